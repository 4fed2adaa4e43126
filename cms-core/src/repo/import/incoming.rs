//! The accepted lines of an import in progress, each with what it changes.

use std::collections::BTreeMap;

use super::{
    line::Judged,
    report::{ImportNotice, ImportReport, Origin, refused_line},
};
use crate::{
    model::{key::EntryKey, object::Space},
    repo::{
        commit::prepared::{After, Prepared},
        content::objects::ObjectSink,
        ground::error::StoreError,
    },
    schema::{Violation, ViolationCode},
};

/// Lines that are judged together, on all cores.
pub(super) const LINES_AT_ONCE: usize = 512;

/// An entry or translation that is being imported.
pub(super) struct Incoming {
    pub(super) origin: Origin,
    pub(super) prepared: Prepared,
}

/// Takes an accepted line in, and writes its document.
pub(super) fn take(
    judged: Judged,
    incoming: &mut BTreeMap<EntryKey, Incoming>,
    sink: &mut ObjectSink<'_>,
    report: &mut ImportReport,
) -> Result<(), StoreError> {
    let Judged { origin, mut prepared, notices } = judged;
    let key = prepared.key.clone();
    if let Some(first) = incoming.get(&key) {
        let message =
            format!("{key} is on line {} of {} already", first.origin.line, first.origin.source);
        let reasons = vec![Violation::new("", ViolationCode::RepeatedLine, message)];
        report.refuse(refused_line(&origin, Some(key.to_string()), reasons));
        return Ok(());
    }
    for (pointer, message) in notices {
        let source = origin.source.to_string();
        report.notice(ImportNotice {
            line: origin.line,
            source,
            key: key.clone(),
            pointer,
            message,
        });
    }
    if let After::Document(document) = &mut prepared.after {
        // An unchanged document is stored already; a new one is written now, and only its id is kept.
        let known = prepared.before.and_then(|row| row.document());
        let object = document.take_unwritten();
        if let Some(object) = object.filter(|_| known != Some(document.id())) {
            sink.add(Space::Source, object)?;
        }
    }
    incoming.insert(key, Incoming { origin, prepared });
    Ok(())
}
