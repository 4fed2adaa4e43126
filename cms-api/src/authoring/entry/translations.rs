//! What translators work with: the texts of an entry one by one, and what is missing and stale in a language.

use axum::{extract::State, http::HeaderMap, response::Response};
use cms_core::{
    model::key::{EntryKey, Kind, Locale},
    repo::Role,
};

use crate::{
    app::App,
    authoring::{Pinned, at, key_of, listed, pinned_state, unknown_entry},
    edge::{
        access::Caller,
        cache::Tagged,
        extract::{PathOf, parsed},
        query::Parameters,
    },
    ground::page::Page,
    problem::{Code, Problem, caching::Caching},
    views::{
        translations::{EntryGaps, EntryTexts, LanguageGaps},
        view,
    },
};

/// The kind of the containers by which a language is listed when none is named.
const BY: &str = "course";

/// An entry's texts with their translations
///
/// Every text that is translated, with its address, its hash and its state in a language. A translator's page shows
/// this, and a translation's document `{"segments": {ADDRESS: {"source": HASH, "text": TEXT}}}` is made of.
#[utoipa::path(
    get,
    path = "/authoring/v1/entries/{kind}/{id}/segments",
    operation_id = "entry_segments_get",
    tag = "translations",
    params(
        ("kind" = String, Path, description = "The entry's kind"),
        ("id" = String, Path, description = "The entry's id"),
        ("locale" = String, Query, description = "The language"),
        ("at" = Option<String>, Query, description = "The state: `main` when left out"),
    ),
    responses(
        (status = 200, description = "The texts", body = EntryTexts, headers(("ETag" = String, description = "Names these bytes"))),
        (status = 304, description = "The client has it"),
        (status = 404, description = "No such state or entry"),
    ),
)]
pub async fn segments(
    State(app): State<App>,
    caller: Caller,
    PathOf((kind, id)): PathOf<(String, String)>,
    mut parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.must_be(Role::Viewer)?;
    let key = key_of(&kind, &id)?;
    let at = at(&mut parameters)?;
    let locale: Locale = parameters.needed("locale")?;
    parameters.finish(&["at", "locale"])?;
    app.core(move |store| {
        let state = store.repository.resolve(&at)?;
        let found = store.repository.entry_texts(&state, &key, &locale)?;
        let found: EntryTexts = view(found.ok_or_else(|| unknown_entry(&key, &at))?);
        Ok(Tagged::json(Caching::Revalidated, &found).answer(&headers))
    })
    .await
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
        ("at" = Option<String>, Query, description = "The state: `main` when left out"),
        ("by" = Option<String>, Query, description = "The kind of the containers to list by; `course` when left out"),
    ),
    responses(
        (status = 200, description = "The courses", body = LanguageGaps, headers(("ETag" = String, description = "Names these bytes"))),
        (status = 304, description = "The client has it"),
        (status = 404, description = "No such state or language"),
    ),
)]
pub async fn courses(
    State(app): State<App>,
    caller: Caller,
    PathOf(locale): PathOf<String>,
    mut parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.must_be(Role::Viewer)?;
    let locale: Locale = parsed(&locale)?;
    let at = at(&mut parameters)?;
    let by = by(&mut parameters)?;
    parameters.finish(&["at", "by"])?;
    app.core(move |store| {
        let state = store.repository.resolve(&at)?;
        let found = store.repository.language_gaps(&state, &locale, &by)?;
        let rows = view(found.ok_or_else(|| unknown_language(&locale, &at))?);
        let gaps = LanguageGaps { locale: locale.to_string(), rows };
        Ok(Tagged::json(Caching::Revalidated, &gaps).answer(&headers))
    })
    .await
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
        ("course" = Option<String>, Query, description = "Only entries that stand in this container"),
        ("at" = Option<String>, Query, description = "The state: `main` when left out"),
        ("by" = Option<String>, Query, description = "The kind of the containers to list by; `course` when left out"),
        ("cursor" = Option<String>, Query, description = "`next` of the previous page"),
        ("limit" = Option<u32>, Query, description = "Rows of the page, 1 to 500; 100 when left out"),
    ),
    responses(
        (status = 200, description = "A page", body = Page<EntryGaps>),
        (status = 404, description = "No such state or language"),
    ),
)]
pub async fn entries(
    State(app): State<App>,
    caller: Caller,
    PathOf(locale): PathOf<String>,
    mut parameters: Parameters,
) -> Result<Response, Problem> {
    caller.must_be(Role::Viewer)?;
    let locale: Locale = parsed(&locale)?;
    let at = at(&mut parameters)?;
    let by = by(&mut parameters)?;
    let course = parameters.one::<EntryKey>("course")?;
    let page = parameters.page::<Pinned<EntryKey>>()?;
    parameters.finish(&["at", "by", "course", "cursor", "limit"])?;
    let found = app
        .core(move |store| {
            let (after, pin) = page.after.map(|after| (after.row, after.state)).unzip();
            let (state, pin) = pinned_state(&store.repository, &at, pin.as_deref())?;
            let rows_max = page.rows_max;
            let (course, after) = (course.as_ref(), after.as_ref());
            let rows =
                store.repository.entry_gaps(&state, &locale, &by, course, after, rows_max + 1)?;
            let rows = rows.ok_or_else(|| unknown_language(&locale, &at))?;
            let rows = rows.iter().map(|row| (row.key.clone(), view::<EntryGaps>(row)));
            let page = Page::cut(rows.collect(), page.list, rows_max, |(key, _)| Pinned {
                state: pin.clone(),
                row: key.clone(),
            });
            Ok(page.map(|(_, row)| row))
        })
        .await?;
    Ok(listed(&found))
}

fn by(parameters: &mut Parameters) -> Result<Kind, Problem> {
    let by = parameters.one::<Kind>("by")?;
    Ok(by.unwrap_or_else(|| BY.parse().expect("a kind")))
}

fn unknown_language(locale: &Locale, at: &str) -> Problem {
    Problem::new(Code::EntryUnknown, format!("{at} has no language {locale}"))
}
