//! `…/colleagues`: by which names people know each other, for everybody who works here. Addresses and rights are for
//! administrators (`…/people`).

use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use cms_core::{
    model::name::Person,
    repo::{PersonRow, PersonState},
    schema::title::searchable,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::App,
    authoring::listed,
    edge::{
        access::Caller,
        cache::Tagged,
        extract::{PathOf, parsed},
        guard::{Answer, Upload},
        query::{NoQuery, PageParameters, Paged, malformed},
    },
    ground::page::{Order, Page},
    problem::{Code, Problem, caching::Caching},
    views::words::people::{PersonSortWord, PersonStateWord},
};

/// Most people that one request names.
const NAMED_MAX: usize = 100;
/// Longest part of a name that is looked for, in bytes.
const NAME_SIZE_BYTES_MAX: usize = 200;

/// Somebody who works here.
#[derive(Debug, Serialize, ToSchema)]
pub struct ColleagueView {
    /// The person's id, which content and records name.
    pub person: String,
    /// What the account is for.
    pub sort: PersonSortWord,
    /// What became of it.
    pub state: PersonStateWord,
    /// The name by which others know the person; empty once it is erased.
    pub name: String,
    /// Whether there is a picture.
    pub has_picture: bool,
}

impl From<&PersonRow> for ColleagueView {
    fn from(row: &PersonRow) -> Self {
        Self {
            person: row.id.to_string(),
            sort: row.sort.into(),
            state: row.state.into(),
            name: row.name.clone(),
            has_picture: row.has_picture,
        }
    }
}

/// Whom to list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ColleaguesQuery {
    /// Only names that have this text, whatever its case.
    name: Option<String>,
    /// These people, whatever became of them: up to 100 ids, separated by commas.
    ids: Option<String>,
}

/// Who works here
///
/// Active accounts, by id; with `ids` those that are named, whatever became of them. Who has no account is not among
/// them.
#[utoipa::path(
    get,
    path = "/authoring/v1/colleagues",
    operation_id = "colleagues_list",
    tag = "people",
    params(ColleaguesQuery, PageParameters),
    responses((status = 200, description = "A page", body = Page<ColleagueView>)),
)]
pub async fn list(
    State(app): State<App>,
    _: Caller,
    Paged { page, query }: Paged<String, ColleaguesQuery>,
) -> Result<Response, Problem> {
    let ColleaguesQuery { name, ids } = query;
    if name.as_ref().is_some_and(|name| name.len() > NAME_SIZE_BYTES_MAX) {
        return Err(malformed("name", "`name` is longer than 200 bytes".to_owned()));
    }
    let ids = ids.as_deref().map(named).transpose()?;
    let wanted = name.as_deref().map(searchable).unwrap_or_default();
    app.core(move |store| {
        let people = store.repository.people();
        let mut rows = match &ids {
            None => people.all()?,
            Some(ids) => {
                let known = ids.iter().map(|person| people.find(person));
                known.filter_map(Result::transpose).collect::<Result<_, _>>()?
            }
        };
        rows.retain(|row| {
            (ids.is_some() || row.state == PersonState::Active)
                && searchable(&row.name).contains(&wanted)
        });
        let placed = rows.iter().map(|row| (row.id.to_string(), ColleagueView::from(row)));
        Ok(listed(&Page::of(placed, &page, Order::Ascending)))
    })
    .await
}

/// The people whose ids stand in a text, each once.
fn named(text: &str) -> Result<Vec<Person>, Problem> {
    let ids = text.split(',').filter(|id| !id.is_empty()).map(str::parse::<Person>);
    let mut people: Vec<Person> =
        ids.collect::<Result<_, _>>().map_err(|error| malformed("ids", error.to_string()))?;
    people.sort();
    people.dedup();
    match people.len() {
        0..=NAMED_MAX => Ok(people),
        count => Err(malformed("ids", format!("`ids` names {count} people, {NAMED_MAX} at most"))),
    }
}

/// The picture of somebody who works here
///
/// As it was sent.
#[utoipa::path(
    get,
    path = "/authoring/v1/colleagues/{person}/picture",
    operation_id = "colleague_picture_get",
    tag = "people",
    params(("person" = String, Path, description = "Their id")),
    responses(
        (status = 200, description = "The picture", content_type = "image/*", body = Vec<u8>, headers(("ETag" = String, description = "Names these bytes"))),
        (status = 304, description = "As it was"),
        (status = 404, description = "No such person, or no picture"),
    ),
)]
pub async fn picture(
    State(app): State<App>,
    _: Caller,
    PathOf(person): PathOf<String>,
    _: NoQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let person: Person = parsed(&person)?;
    app.core(move |store| {
        let body = store.repository.people().picture(&person)?.ok_or_else(|| {
            let detail = format!("{person} has no picture");
            Problem::new(Code::AccountUnknown, detail)
        })?;
        let content_type = cms_core::media::served_type(&body);
        let tag = blake3::hash(&body).to_hex()[..32].to_owned();
        let caching = Caching::Revalidated;
        let mut response = Tagged { content_type, caching, tag, body }.answer(&headers);
        response.extensions_mut().insert(Answer::Upload(Upload::Shown));
        Ok(response.into_response())
    })
    .await
}
