//! A record of the audit, read back.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    engine::AuditRecord,
    repo::ground::{error::StoreError, stamp::ORIGIN},
};

/// A record of the audit: who did what, when, and from where.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AuditRow {
    /// Its position, which only grows.
    pub position: u64,
    /// When it happened, in milliseconds since 1970-01-01T00:00:00Z, by the clock of that moment.
    pub time_ms: u64,
    /// Who did it.
    pub author: String,
    /// What they did.
    pub verb: String,
    /// On whose behalf, when that was somebody else.
    pub on_behalf_of: Option<String>,
    /// By what: `machine`, `key:ID`, `session:ID`, `job:ID`, `schedule:ID`; `None` where nobody recorded it.
    pub via: Option<String>,
    /// The mark of the client's address.
    pub client: Option<String>,
    /// What it concerned: names of fields with their values, without those before and after.
    pub on: Map<String, Value>,
    /// What was there before.
    pub before: Option<Value>,
    /// What is there since.
    pub after: Option<Value>,
}

#[derive(Deserialize)]
struct Verb {
    verb: String,
}

/// The verb of a record; `None` when the record is not one of ours.
pub(super) fn verb_of(record: &AuditRecord) -> Option<String> {
    serde_json::from_slice::<Verb>(&record.bytes).ok().map(|found| found.verb)
}

/// When a record was made, by its own word.
pub(super) fn time_of(record: &AuditRecord) -> Option<u64> {
    #[derive(Deserialize)]
    struct Time {
        time_ms: u64,
    }
    serde_json::from_slice::<Time>(&record.bytes).ok().map(|found| found.time_ms)
}

impl AuditRow {
    /// A record as a row.
    ///
    /// # Errors
    /// [`StoreError::Row`] when the record is not one of ours.
    pub(super) fn of(record: &AuditRecord) -> Result<Self, StoreError> {
        let malformed =
            || StoreError::Row { what: format!("the audit record at {}", record.position.0) };
        let mut fields: Map<String, Value> =
            serde_json::from_slice(&record.bytes).map_err(|_| malformed())?;
        let text = |value: Option<Value>| match value {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        let author = text(fields.remove("author")).ok_or_else(malformed)?;
        let verb = text(fields.remove("verb")).ok_or_else(malformed)?;
        let time_ms = fields.remove("time_ms").as_ref().and_then(Value::as_u64);
        let mut origin = match fields.remove(ORIGIN) {
            Some(Value::Object(origin)) => origin,
            _ => Map::new(),
        };
        let mut parsed = |name: &str| fields.remove(name).map(unfolded);
        Ok(Self {
            position: record.position.0,
            time_ms: time_ms.ok_or_else(malformed)?,
            author,
            verb,
            on_behalf_of: text(origin.remove("on_behalf_of")),
            via: text(origin.remove("via")),
            client: text(origin.remove("client")),
            before: parsed("before"),
            after: parsed("after"),
            on: fields,
        })
    }
}

/// A value that is JSON itself, such as a grant, as that JSON.
fn unfolded(value: Value) -> Value {
    match &value {
        Value::String(text) if text.starts_with(['{', '[']) => {
            serde_json::from_str(text).unwrap_or(value)
        }
        _ => value,
    }
}
