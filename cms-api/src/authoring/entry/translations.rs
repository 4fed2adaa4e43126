//! What translators work with: the texts of an entry one by one, and what is missing and stale in a language.

use axum::{extract, http::HeaderMap, response::Response};
use cms_core::{
    model::key::{EntryKey, Kind, Locale},
    repo::State,
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    app::App,
    authoring::{Pinned, key_of, listed, main, pinned_state, unknown_entry},
    edge::{
        access::Caller,
        cache::Tagged,
        extract::{PathOf, parsed},
        query::{PageParameters, Paged, Query},
    },
    ground::page::Page,
    problem::{Code, Problem, caching::Caching},
    store::Store,
    views::{
        translations::{EntryGaps, EntryTexts, LanguageGaps},
        view,
    },
};

/// The language, and the state.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SegmentsQuery {
    /// The language.
    #[param(value_type = String)]
    locale: Locale,
    /// The state: `main` when left out.
    #[serde(default = "main")]
    at: String,
}

/// An entry's texts with their translations
///
/// Every text that is translated, with its address, its hash and its state in a language. A translator's page shows
/// this, and a translation's document `{"segments": {ADDRESS: {"source": HASH, "text": TEXT}}}` is made of it. In a language
/// that does not exist yet, every text is missing.
#[utoipa::path(
    get,
    path = "/authoring/v1/entries/{kind}/{id}/segments",
    operation_id = "entry_segments_get",
    tag = "translations",
    params(
        ("kind" = String, Path, description = "The entry's kind"),
        ("id" = String, Path, description = "The entry's id"),
        SegmentsQuery,
    ),
    responses(
        (status = 200, description = "The texts", body = EntryTexts, headers(("ETag" = String, description = "Names these bytes"))),
        (status = 304, description = "The client has it"),
        (status = 404, description = "No such state or entry"),
    ),
)]
pub async fn segments(
    extract::State(app): extract::State<App>,
    PathOf((kind, id)): PathOf<(String, String)>,
    Query(SegmentsQuery { locale, at }): Query<SegmentsQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let key = key_of(&kind, &id)?;
    app.core(move |store| {
        let state = store.repository.resolve(&at)?;
        let found = store.repository.entry_texts(&state, &key, &locale)?;
        let found: EntryTexts = view(found.ok_or_else(|| unknown_entry(&key, &at))?);
        Ok(Tagged::json(Caching::Revalidated, &found).answer(&headers))
    })
    .await
}

/// How the gaps of a state are told.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GapsQuery {
    /// The state: `main` when left out.
    #[serde(default = "main")]
    at: String,
    /// The kind of the containers to list by; `course` when left out.
    #[serde(default = "course")]
    #[param(value_type = String)]
    by: Kind,
}

/// What is missing and stale in a language
///
/// By course, in reading order, in texts and in words of the source. An entry counts once, in the first course in which
/// it stands; the row without a course has the entries above all courses.
#[utoipa::path(
    get,
    path = "/authoring/v1/languages/{locale}/gaps",
    operation_id = "language_gaps_get",
    tag = "translations",
    params(
        ("locale" = String, Path, description = "The language"),
        GapsQuery,
    ),
    responses(
        (status = 200, description = "The courses", body = LanguageGaps, headers(("ETag" = String, description = "Names these bytes"))),
        (status = 304, description = "The client has it"),
        (status = 404, description = "No such state or language"),
    ),
)]
pub async fn courses(
    extract::State(app): extract::State<App>,
    caller: Caller,
    PathOf(locale): PathOf<String>,
    Query(GapsQuery { at, by }): Query<GapsQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let locale: Locale = parsed(&locale)?;
    app.core(move |store| {
        let state = store.repository.resolve(&at)?;
        let found = store.repository.language_gaps(&state, &locale, &by)?;
        let rows = found.map_or_else(|| Err(unknown_language(store, &state, &locale, &at)), Ok)?;
        let sight = caller.sight(store);
        let mut seen = Vec::with_capacity(rows.len());
        for row in rows {
            let is_seen = match &row.course {
                Some(course) => sight.sees(&state, course)?,
                // What is in no course stands anywhere.
                None => sight.is_whole(),
            };
            seen.extend(is_seen.then_some(row));
        }
        let rows = view(seen);
        let gaps = LanguageGaps { locale: locale.to_string(), rows };
        Ok(Tagged::json(Caching::Revalidated, &gaps).answer(&headers))
    })
    .await
}

/// Which entries of which state.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct GapEntriesQuery {
    /// Only entries that stand in this container.
    #[param(value_type = Option<String>)]
    course: Option<EntryKey>,
    /// The state: `main` when left out.
    #[serde(default = "main")]
    at: String,
    /// The kind of the containers to list by; `course` when left out.
    #[serde(default = "course")]
    #[param(value_type = String)]
    by: Kind,
}

/// The entries that are not done in a language
///
/// Ascending by key; only of one course if one is named.
#[utoipa::path(
    get,
    path = "/authoring/v1/languages/{locale}/gaps/entries",
    operation_id = "language_gaps_entries_list",
    tag = "translations",
    params(
        ("locale" = String, Path, description = "The language"),
        GapEntriesQuery,
        PageParameters,
    ),
    responses(
        (status = 200, description = "A page", body = Page<EntryGaps>),
        (status = 404, description = "No such state or language"),
    ),
)]
pub async fn entries(
    extract::State(app): extract::State<App>,
    caller: Caller,
    PathOf(locale): PathOf<String>,
    Paged { page, query }: Paged<Pinned<EntryKey>, GapEntriesQuery>,
) -> Result<Response, Problem> {
    let locale: Locale = parsed(&locale)?;
    let GapEntriesQuery { course, at, by } = query;
    let found = app
        .core(move |store| {
            let (after, pin) = page.after.map(|after| (after.row, after.state)).unzip();
            let (state, pin) = pinned_state(&store.repository, &at, pin.as_deref())?;
            let rows_max = page.rows_max;
            let (course, after) = (course.as_ref(), after.as_ref());
            let rows =
                store.repository.entry_gaps(&state, &locale, &by, course, after, rows_max + 1)?;
            let rows =
                rows.map_or_else(|| Err(unknown_language(store, &state, &locale, &at)), Ok)?;
            let page = Page::cut(rows, page.list, rows_max, |row| Pinned {
                state: pin.clone(),
                row: row.key.clone(),
            });
            let sight = caller.sight(store);
            let page = page.try_retain(|row| sight.sees(&state, &row.key.translated(&locale)))?;
            page.try_map(|mut row| {
                if let Some(course) = &row.course
                    && !sight.sees(&state, course)?
                {
                    row.course = None;
                }
                Ok(view::<EntryGaps>(&row))
            })
        })
        .await?;
    Ok(listed(&found))
}

/// The containers by which a language is told where none are named.
fn course() -> Kind {
    "course".parse().expect("a kind")
}

/// The problem of a language that is not there, with those that are.
fn unknown_language(store: &Store, state: &State, locale: &Locale, at: &str) -> Problem {
    let at: String = at.chars().take(120).collect();
    let problem = Problem::new(Code::LocaleUnknown, format!("{at} has no language {locale}"));
    match store.repository.languages_at(state) {
        Ok(known) => problem.with("known", known.iter().map(Locale::to_string).collect::<Vec<_>>()),
        Err(error) => error.into(),
    }
}
