//! `GET /v1/snapshots/{snapshot}/{locale}/entries`: a list of entries, or what serves for many of them.

use axum::{
    extract::State,
    http::{HeaderMap, Uri},
    response::Response,
};
use cms_core::{
    model::key::{EntryKey, Kind},
    repo::Delivery,
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Found, Place};
use crate::{
    app::reader::Reader,
    edge::{
        address,
        cache::Tagged,
        extract::PathOf,
        query::{Listing, PageParameters},
    },
    ground::page::{Cursor, CursorError, List, Rows},
    problem::{Code, Problem, caching::Caching},
    views::delivery::{EntryPage, EntryRow},
};

/// Most keys in one batch.
pub const KEYS_MAX: usize = 100;

/// What the request asks for: a listing or a batch, never both.
enum Asked {
    Page { kind: Option<Kind>, rows: Rows, cursor: Option<Cursor> },
    Batch(Vec<EntryKey>),
}

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EntriesQuery {
    /// Only this kind.
    #[param(value_type = Option<String>)]
    kind: Option<Kind>,
    /// A key, repeated: 1 to 100, ascending, each once; can't be combined with other parameters.
    #[serde(default)]
    #[param(value_type = Vec<String>)]
    key: Vec<EntryKey>,
}

/// Entries of a snapshot
///
/// A listing by `kind` and `cursor`, or with repeated `key` parameters what serves for those entries. The keys of a
/// batch must ascend, so that one set of keys has one address; entries that the snapshot does not deliver are left out.
/// Parameters in another order or spelling than `kind`, `limit`, `cursor` redirect to the one address.
#[utoipa::path(
    get,
    path = "/v1/snapshots/{snapshot}/{locale}/entries",
    operation_id = "delivered_entries_list",
    tag = "delivery",
    params(
        ("snapshot" = String, Path, description = "The snapshot's id"),
        ("locale" = String, Path, description = "A locale of the snapshot", example = "en"),
        EntriesQuery,
        PageParameters,
    ),
    responses(
        (status = 200, description = "Keys with their objects", body = EntryPage, headers(
            ("ETag" = String, description = "Names these bytes"),
            ("Cache-Control" = String, description = "public, max-age=31536000, immutable"),
            ("Vary" = String, description = "Accept-Encoding, where the body is long enough to be coded"),
        )),
        (status = 304, description = "The client has it"),
        (status = 308, description = "To the one spelling of this address"),
        (status = 400, description = "A malformed or unknown parameter"),
        (status = 404, description = "No such snapshot or locale"),
        (status = 412, description = "`If-Match` names something else"),
        (status = 503, description = "The store is not available"),
    ),
)]
pub async fn handler(
    State(reader): State<Reader>,
    PathOf((snapshot, locale)): PathOf<(String, String)>,
    listing: Listing<EntriesQuery>,
    of: List,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let place = Place::of(&snapshot, locale)?;
    let asked = asked(listing)?;
    let one = asked.query();
    if uri.query().unwrap_or_default() != one || uri.query() == Some("") {
        let mark = if one.is_empty() { "" } else { "?" };
        return Ok(address::lead_to(&format!("{}{mark}{one}", uri.path())));
    }
    reader
        .deliver(move |delivery| {
            let found = place.find(delivery)?;
            let (page, is_all) = match asked {
                Asked::Page { kind, rows, cursor } => {
                    let page = list(delivery, of, &found, kind.as_ref(), rows, cursor)?;
                    let is_all = !page.entries.is_empty();
                    (page, is_all)
                }
                Asked::Batch(keys) => {
                    let page = batch(delivery, &found, &keys)?;
                    let is_all = page.entries.len() == keys.len();
                    (page, is_all)
                }
            };
            let caching = if is_all { Caching::Immutable } else { Caching::ForAMinute };
            Ok(Tagged::json(caching, &page).answer(&headers))
        })
        .await
}

impl Asked {
    /// The query for this request in its only spelling: that of HTML forms, which every client library writes.
    fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        match self {
            Self::Page { kind, rows, cursor } => {
                if let Some(kind) = kind {
                    query.append_pair("kind", kind.as_str());
                }
                if rows != &Rows::default() {
                    query.append_pair("limit", &rows.0.to_string());
                }
                if let Some(cursor) = cursor {
                    query.append_pair("cursor", &cursor.to_string());
                }
            }
            Self::Batch(keys) => {
                query.extend_pairs(keys.iter().map(|key| ("key", key.to_string())));
            }
        }
        query.finish()
    }
}

fn asked(Listing { query, page }: Listing<EntriesQuery>) -> Result<Asked, Problem> {
    let EntriesQuery { kind, key: keys } = query;
    let PageParameters { cursor, limit: rows } = page;
    let malformed = |detail: String| Problem::new(Code::ParameterMalformed, detail);
    if keys.is_empty() {
        return Ok(Asked::Page { kind, rows: rows.unwrap_or_default(), cursor });
    }
    if kind.is_some() || cursor.is_some() || rows.is_some() {
        return Err(malformed("`key` goes with no other parameter".into()));
    }
    if keys.len() > KEYS_MAX {
        return Err(malformed(format!("{} keys are more than {KEYS_MAX}", keys.len())));
    }
    if let Some(key) = keys.iter().find(|key| key.locale().is_some()) {
        return Err(malformed(format!("`key`: {key} names a locale, which the path does")));
    }
    if !keys.is_sorted_by(|a, b| a < b) {
        let detail = "keys must ascend, each once, so that one set of keys has one address";
        return Err(malformed(detail.into()));
    }
    Ok(Asked::Batch(keys))
}

fn list(
    delivery: &Delivery,
    of: List,
    Found { snapshot, locale }: &Found,
    kind: Option<&Kind>,
    rows: Rows,
    cursor: Option<Cursor>,
) -> Result<EntryPage, Problem> {
    let refused = |error: CursorError| {
        let detail = format!("`cursor`: {error}");
        Problem::new(Code::ParameterMalformed, detail).with("parameter", "cursor")
    };
    let after: Option<EntryKey> =
        cursor.map(|cursor| cursor.row_for_ever(of)).transpose().map_err(refused)?;
    // A page ends with a row, so a cursor that names no row was made up.
    if let Some(after) = &after
        && delivery.delivered(snapshot, after, locale.as_ref())?.is_none()
    {
        return Err(refused(CursorError::Unknown));
    }
    let page = delivery.delivered_page(snapshot, locale.as_ref(), kind, after.as_ref(), rows.0)?;
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
    delivery: &Delivery,
    Found { snapshot, locale }: &Found,
    keys: &[EntryKey],
) -> Result<EntryPage, Problem> {
    let mut entries = Vec::with_capacity(keys.len());
    for key in keys {
        let row = delivery.delivered(snapshot, key, locale.as_ref())?;
        if let Some(row) = row.filter(|row| !row.retired) {
            entries.push(EntryRow::of(key, &row, &snapshot.source_locale));
        }
    }
    Ok(EntryPage { entries, next: None })
}
