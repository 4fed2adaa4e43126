//! The differences between two versions, as the admin page shows them.

use axum::{extract::State, response::Response};
use cms_core::{
    document::{self, Shape},
    model::{
        id::{DocumentId, SnapshotId},
        key::EntryKey,
    },
    repo::{DeliveredChange, Delivery},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::IntoParams;

use super::versions::private;
use crate::{
    app::reader::Reader,
    delivery::snapshot_of,
    edge::query::{Query, malformed, parsed},
    ground::page::{Cursor, List},
    problem::Problem,
};

const ROWS_A_PAGE: usize = 100;
/// Most changes of one document that are listed.
const CHANGES_MAX: usize = 60;

#[derive(Serialize)]
struct Page {
    rows: Vec<Row>,
    next: Option<Cursor>,
}

#[derive(Serialize)]
struct Row {
    key: String,
    kind: String,
    locale: Option<String>,
    title: Option<String>,
    change: Change,
    /// What changed in the document; empty for an entry that was added or removed.
    changes: Vec<document::Change>,
    /// Whether there are more changes than are listed.
    is_cut: bool,
}

#[derive(Serialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Change {
    Added,
    Removed,
    Changed,
    /// Nothing of its own changed, but something that it contains or shows did.
    Inside,
}

/// Two snapshots.
#[derive(Deserialize, IntoParams)]
pub struct CompareQuery {
    /// The one before.
    #[param(value_type = String)]
    from: SnapshotId,
    /// The one after.
    #[param(value_type = String)]
    to: SnapshotId,
    /// `next` of the previous page.
    #[serde(default, deserialize_with = "parsed")]
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// The difference of two snapshots, one page at a time.
pub async fn handler(
    State(reader): State<Reader>,
    Query(CompareQuery { from, to, cursor }): Query<CompareQuery>,
    list: List,
) -> Result<Response, Problem> {
    let after = cursor.map(|cursor| cursor.row_in::<EntryKey>(list)).transpose();
    let after = after.map_err(|error| malformed("cursor", format!("`cursor`: {error}")))?;
    let page = reader
        .deliver(move |delivery| {
            let (left, right) = (snapshot_of(delivery, from)?, snapshot_of(delivery, to)?);
            let mut found =
                delivery.compare_delivered(&left, &right, after.as_ref(), ROWS_A_PAGE + 1)?;
            let more = found.len() > ROWS_A_PAGE;
            found.truncate(ROWS_A_PAGE);
            let last = found.last().map(|change| list.after(&change.key));
            let rows =
                found.iter().map(|change| row(delivery, change)).collect::<Result<_, _>>()?;
            Ok(Page { rows, next: last.filter(|_| more) })
        })
        .await?;
    Ok(private(&page))
}

fn row(delivery: &Delivery, change: &DeliveredChange) -> Result<Row, Problem> {
    let (left, right) = (read(delivery, change.left)?, read(delivery, change.right)?);
    let title = right
        .as_ref()
        .or(left.as_ref())
        .and_then(|document| document["document"]["title"].as_str().map(str::to_owned));
    let (what, changes, is_cut) = match (&left, &right) {
        (None, _) => (Change::Added, Vec::new(), false),
        (_, None) => (Change::Removed, Vec::new(), false),
        (Some(left), Some(right)) => {
            let mut changes = document::diff(Shape::Inferred, &own(left), &own(right)).changes;
            let what = if changes.is_empty() { Change::Inside } else { Change::Changed };
            let is_cut = changes.len() > CHANGES_MAX;
            changes.truncate(CHANGES_MAX);
            (what, changes, is_cut)
        }
    };
    Ok(Row {
        key: change.key.source().to_string(),
        kind: change.key.kind().to_string(),
        locale: change.key.locale().map(ToString::to_string),
        title,
        change: what,
        changes,
        is_cut,
    })
}

/// A delivered document's own content: its fields and the keys of its children, without what it carries of the
/// children.
fn own(delivered: &Value) -> Value {
    let mut own = delivered["document"].clone();
    let children = delivered["children"].as_array().into_iter().flatten();
    let keys: Vec<Value> = children.map(|child| child["key"].clone()).collect();
    if let (Some(fields), false) = (own.as_object_mut(), keys.is_empty()) {
        fields.insert("children".to_owned(), keys.into());
    }
    own
}

fn read(delivery: &Delivery, object: Option<DocumentId>) -> Result<Option<Value>, Problem> {
    let Some(id) = object else { return Ok(None) };
    let found = delivery.object(id.object_id())?;
    Ok(found.and_then(|object| serde_json::from_slice(object.bytes()).ok()))
}
