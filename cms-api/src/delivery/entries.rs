//! `GET /v1/snapshots/{snapshot}/{locale}/entries`: which entries there are, or what serves for many.

use axum::{extract::State, http::HeaderMap, response::Response};
use cms_core::model::{
    key::{EntryKey, Kind, Locale},
    snapshot::Snapshot,
};

use super::{Found, Place};
use crate::{
    app::App,
    edge::{
        cache::{IMMUTABLE, Tagged},
        extract::PathOf,
        page::{Cursor, List, Rows},
        problem::{Code, Problem, ProblemSchema},
        query::Parameters,
    },
    store::Store,
    views::delivery::{EntryPage, EntryRow},
};

/// Most keys of one batch read.
pub const KEYS_MAX: usize = 100;
const KNOWN: &[&str] = &["cursor", "key", "kind", "limit"];

/// What is asked for: a listing or a batch, never both.
enum Asked {
    Page { kind: Option<Kind>, after: Option<EntryKey>, rows: Rows },
    Batch(Vec<EntryKey>),
}

/// Entries of a snapshot
///
/// A listing by `kind` and `cursor`; or, with `key` repeated, what serves for those entries. Keys of a
/// batch must ascend, so that one set of keys has one address; entries that the snapshot does not
/// deliver are left out.
#[utoipa::path(
    get,
    path = "/v1/snapshots/{snapshot}/{locale}/entries",
    tag = "delivery",
    params(
        ("snapshot" = String, Path, description = "The snapshot's id"),
        ("locale" = String, Path, description = "A locale of the snapshot", example = "en"),
        ("kind" = Option<String>, Query, description = "Only this kind"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
        ("limit" = Option<u32>, Query, description = "Rows of the page, 1 to 500; 100 when left out"),
        ("key" = Option<Vec<String>>, Query, description = "A key, repeated: 1 to 100, ascending, each once; goes with nothing else"),
    ),
    responses(
        (status = 200, description = "Keys with their objects", body = EntryPage, headers(
            ("ETag" = String, description = "Names these bytes"),
            ("Cache-Control" = String, description = "public, max-age=31536000, immutable"),
            ("Vary" = String, description = "Accept-Encoding"),
        )),
        (status = 304, description = "The client has it"),
        (status = 400, description = "A malformed or unknown parameter", content_type = "application/problem+json", body = ProblemSchema),
        (status = 404, description = "No such snapshot or locale", content_type = "application/problem+json", body = ProblemSchema),
        (status = 503, description = "The store is not available", content_type = "application/problem+json", body = ProblemSchema),
    ),
)]
pub async fn handler(
    State(app): State<App>,
    PathOf((snapshot, locale)): PathOf<(String, String)>,
    parameters: Parameters,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let place = Place::of(&snapshot, locale)?;
    let of = parameters.list();
    let asked = asked(parameters)?;
    app.core(move |store| {
        let Found { snapshot, locale } = place.find(store)?;
        let page = match asked {
            Asked::Page { kind, after, rows } => {
                list(store, of, &snapshot, locale.as_ref(), kind.as_ref(), after.as_ref(), rows)?
            }
            Asked::Batch(keys) => batch(store, &snapshot, locale.as_ref(), &keys)?,
        };
        Ok(Tagged::json(IMMUTABLE, &page).answer(&headers))
    })
    .await
}

fn asked(mut parameters: Parameters) -> Result<Asked, Problem> {
    let of = parameters.list();
    let keys = parameters.many("key");
    let kind = parameters.one::<Kind>("kind")?;
    let cursor = parameters.one::<Cursor>("cursor")?;
    let rows = parameters.one::<Rows>("limit")?;
    parameters.finish(KNOWN)?;
    let malformed = |detail: String| Problem::new(Code::ParameterMalformed, detail);
    if keys.is_empty() {
        let after = cursor.map(|cursor| cursor.row_for_ever(of)).transpose();
        let after = after.map_err(|error| malformed(format!("`cursor`: {error}")))?;
        return Ok(Asked::Page { kind, after, rows: rows.unwrap_or_default() });
    }
    if kind.is_some() || cursor.is_some() || rows.is_some() {
        return Err(malformed("`key` goes with no other parameter".into()));
    }
    if keys.len() > KEYS_MAX {
        return Err(malformed(format!("{} keys are more than {KEYS_MAX}", keys.len())));
    }
    let parse = |text: &String| match text.parse::<EntryKey>() {
        Ok(key) if key.locale().is_none() => Ok(key),
        Ok(key) => Err(malformed(format!("`key`: {key} names a locale, which the path does"))),
        Err(error) => Err(malformed(format!("`key`: {error}"))),
    };
    let keys: Vec<EntryKey> = keys.iter().map(parse).collect::<Result<_, _>>()?;
    if !keys.is_sorted_by(|a, b| a < b) {
        let detail = "keys must ascend, each once, so that one set of keys has one address";
        return Err(malformed(detail.into()));
    }
    Ok(Asked::Batch(keys))
}

fn list(
    store: &Store,
    of: List,
    snapshot: &Snapshot,
    locale: Option<&Locale>,
    kind: Option<&Kind>,
    after: Option<&EntryKey>,
    rows: Rows,
) -> Result<EntryPage, Problem> {
    let page = store.repository.delivered_page(snapshot, locale, kind, after, rows.0)?;
    let last = page.rows.last().map(|(key, _)| of.after(key));
    Ok(EntryPage {
        entries: page
            .rows
            .iter()
            .map(|(key, row)| EntryRow::of(key, row, &snapshot.source_locale))
            .collect(),
        next: last.filter(|_| page.more),
    })
}

fn batch(
    store: &Store,
    snapshot: &Snapshot,
    locale: Option<&Locale>,
    keys: &[EntryKey],
) -> Result<EntryPage, Problem> {
    let mut entries = Vec::with_capacity(keys.len());
    for key in keys {
        let row = store.repository.delivered(snapshot, key, locale)?;
        if let Some(row) = row.filter(|row| !row.retired) {
            entries.push(EntryRow::of(key, &row, &snapshot.source_locale));
        }
    }
    Ok(EntryPage { entries, next: None })
}
