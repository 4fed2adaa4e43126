//! Who does something, when, why, and in which attempt.

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    access::Holder,
    engine::OperationId,
    model::{canonical, name::Person},
    repo::ground::origin::Origin,
};

/// The field of an audit record that says from where somebody acted.
pub(in crate::repo) const ORIGIN: &str = "origin";

/// The field of an audit record that names the entries that changed, with spaces between them.
pub(in crate::repo) const ENTRIES: &str = "entries";

/// What a verb that writes learns about its writer; the core has no clock and no randomness.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// Who does it.
    pub author: Person,
    /// When they do it, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// Why they do it, in their words.
    pub message: String,
    /// The id of the attempt: 16 bytes that nobody else uses.
    pub operation: OperationId,
    /// What they may do: every way to `main` and to learners asks it.
    pub holder: Holder,
    /// From where they do it, and by what.
    pub origin: Origin,
}

impl Stamp {
    /// The operation id of one step of this attempt, which differs from that of the whole.
    pub(in crate::repo) fn step(&self, number: u64) -> OperationId {
        let parts = [&self.operation.0[..], &number.to_le_bytes()];
        OperationId::derive("cms 2026-11-22 v1 operation step", parts)
    }

    /// The same stamp for a step of this attempt that has a name of its own.
    pub(in crate::repo) fn apart(&self, name: &str) -> Self {
        let parts = [&self.operation.0[..], name.as_bytes()];
        let operation = OperationId::derive("cms 2026-11-30 v1 operation of a named step", parts);
        Self { operation, ..self.clone() }
    }
}

impl Stamp {
    /// The audit record of a verb: canonical JSON of who, when, from where, which verb, and the verb's own fields.
    pub(in crate::repo) fn audit(&self, verb: &str, fields: &[(&str, &str)]) -> Bytes {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).into()));
        self.audit_of(verb, fields.collect())
    }

    /// Like [`Stamp::audit`], with fields that are more than texts.
    pub(in crate::repo) fn audit_of(&self, verb: &str, fields: Map<String, Value>) -> Bytes {
        let mut record = fields;
        record.insert("author".into(), self.author.as_str().into());
        record.insert("time_ms".into(), self.time_ms.into());
        record.insert("verb".into(), verb.into());
        if let Some(origin) = self.origin.recorded() {
            record.insert(ORIGIN.into(), origin);
        }
        canonical::to_bytes(&record.into()).into()
    }
}

/// The fields of a record that say what a rule was before, and what it is since.
pub(in crate::repo) fn before_and_after(
    before: &impl Serialize,
    after: &impl Serialize,
) -> Map<String, Value> {
    let json = |rule: Result<Value, serde_json::Error>| rule.expect("rules are JSON");
    Map::from_iter([
        ("before".to_owned(), json(serde_json::to_value(before))),
        ("after".to_owned(), json(serde_json::to_value(after))),
    ])
}
