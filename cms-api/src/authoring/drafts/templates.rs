//! `GET …/templates`: what new entries can be made from. `POST …/drafts/{draft}/from-template`: a new entry, as a copy
//! of a template's model.

use axum::{extract::State, response::Response};
use cms_core::{
    model::{
        id::CommitId,
        key::{EntryKey, Kind},
    },
    repo::{CopyDepth, DraftId, FromTemplate, State as CoreState},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::catalogue::{copy_made, place_in};
use crate::{
    app::App,
    authoring::{Pinned, listed, main, pinned_state},
    edge::{
        access::Caller,
        body::JsonBody,
        extract::{PathOf, parsed},
        idempotency::{Repeatable, once},
        query::{NoQuery, PageParameters, Paged},
    },
    ground::{
        form::{EntryTitle, KeyText, some_whole},
        page::Page,
    },
    problem::Problem,
    views::{content::TemplateRow, drafts::CopiedView, view},
};

/// What to make, and from which template.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FromTemplateBody {
    /// The template.
    #[schema(value_type = KeyText)]
    template: EntryKey,
    /// The new entry's title.
    #[schema(value_type = EntryTitle)]
    title: EntryTitle,
    /// The last part of its address, in any form; made from the title when left out.
    #[serde(default)]
    #[schema(value_type = Option<EntryTitle>)]
    slug: Option<EntryTitle>,
    /// Whether to leave out what the model contains, so that the new entry contains the same entries.
    #[serde(default)]
    shallow: bool,
    /// The container for the new entry; when left out, it is put into none.
    #[serde(default)]
    #[schema(value_type = Option<KeyText>)]
    parent: Option<EntryKey>,
    /// The index of the child to stand before; last when left out.
    #[serde(default, deserialize_with = "some_whole")]
    #[schema(maximum = 4_294_967_295u32)]
    index: Option<u32>,
}

/// Which templates of which state.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TemplatesQuery {
    /// The state: `main` when left out.
    #[serde(default = "main")]
    at: String,
    /// Only those that make entries of this kind.
    #[param(value_type = Option<String>)]
    kind: Option<Kind>,
}

/// Templates
///
/// Entries of the kinds whose schema has an `x-template`, ascending by key. A template is read in the draft in which it
/// is used; `at=draft/D` lists those that the draft has.
#[utoipa::path(
    get,
    path = "/authoring/v1/templates",
    operation_id = "templates_list",
    tag = "templates",
    params(TemplatesQuery, PageParameters),
    responses(
        (status = 200, description = "A page", body = Page<TemplateRow>),
        (status = 404, description = "No such state"),
    ),
)]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Paged { page, query: TemplatesQuery { at, kind } }: Paged<Pinned<EntryKey>, TemplatesQuery>,
) -> Result<Response, Problem> {
    let found = app
        .core(move |store| {
            let (after, pin) = page.after.map(|after| (after.row, after.state)).unzip();
            let (state, pin) = pinned_state(&store.repository, &at, pin.as_deref())?;
            let (kind, after, rows_max) = (kind.as_ref(), after.as_ref(), page.rows_max);
            let rows = store.repository.drafts().templates(&state, kind, after, rows_max + 1)?;
            let page = Page::cut(rows, page.list, rows_max, |row| Pinned {
                state: pin.clone(),
                row: row.key.clone(),
            });
            let sight = caller.sight(store);
            let page = page.try_retain(|row| sight.sees_all(&state, [&row.key, &row.entry]))?;
            Ok(page.map(view::<TemplateRow>))
        })
        .await?;
    Ok(listed(&found))
}

/// Make an entry from a template
///
/// A copy of the template's model under new ids, with everything that it contains unless `shallow` is set; links among
/// the copied entries lead to the copies.
#[utoipa::path(
    post,
    path = "/authoring/v1/drafts/{draft}/from-template",
    operation_id = "draft_create_from_template",
    tag = "templates",
    params(
        ("draft" = String, Path, description = "The draft's name"),
        ("Idempotency-Key" = Option<String>, Header, description = "Sent again with the same key, the same request is done once"),
    ),
    request_body(content = FromTemplateBody),
    responses(
        (status = 201, description = "The new entries, by what they are copies of", body = CopiedView, headers(("Location" = String, description = "The new entry in the draft"))),
        (status = 404, description = "No such draft, template or model"),
        (status = 409, description = "`draft-state`: the draft is no longer open; `in-trash`: the entry is in the trash"),
        (status = 422, description = "Refused"),
    ),
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    PathOf(draft): PathOf<String>,
    _: NoQuery,
    repeatable: Repeatable,
    JsonBody { value: body, hash }: JsonBody<FromTemplateBody>,
) -> Result<Response, Problem> {
    let draft: DraftId = parsed(&draft)?;
    let new = FromTemplate {
        template: body.template,
        depth: if body.shallow { CopyDepth::Shallow } else { CopyDepth::Deep },
        title: body.title.into(),
        slug: body.slug.map(String::from),
        into: body.parent.map(|parent| place_in(parent, body.index)),
    };
    once(&app, &caller, repeatable, hash, move |store, attempt| {
        let stamp = attempt.by.stamp("");
        let parent = new.into.as_ref().map(|into| &into.parent);
        attempt.by.must_see(store, &draft, [&new.template].into_iter().chain(parent))?;
        let repository = &store.repository;
        let (copy, copied) = match attempt.id_before::<CommitId>("commit")? {
            None => {
                let copied = repository.drafts().create_from_template(&draft, &new, &stamp)?;
                (copied.key.clone(), view(&copied))
            }
            Some(commit) => {
                let at = CoreState::Commit(commit);
                let made = repository.drafts().made_from_template(&at, &new.template, &stamp)?;
                let lost = || Problem::internal(format!("{} is not at {commit}", new.template));
                let (model, copy) = made.ok_or_else(lost)?;
                let copies = [(model.to_string(), copy.to_string())].into();
                let copied = CopiedView {
                    commit: commit.to_string(),
                    key: copy.to_string(),
                    copies,
                    translations: Vec::new(),
                };
                (copy, copied)
            }
        };
        copy_made(store, &draft, &copy, &copied)
    })
    .await
}
