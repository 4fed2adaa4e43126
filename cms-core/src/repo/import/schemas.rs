//! Schemas among the lines: when all lines are read, the schemas come into force and what they concern is judged again.
//! Lines come in any order, so a schema may come after the entries that need it.
//!
//! Entries that no line names are judged by [`super::reconcile`], with the lines as a whole.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::line::{Accepted, Judge, Judged, Parsed, Read};
use crate::{
    model::key::{EntryKey, Kind},
    repo::{
        commit::prepared::NewDocument,
        content::{kinds::KindInForce, objects::ObjectSink},
        ground::error::StoreError,
        import::{
            incoming::{Incoming, LINES_AT_ONCE, take as take_in},
            report::{ImportReport, Reasons, refused_line},
        },
    },
    schema::KIND_OF_SCHEMAS,
};

/// Bytes of refused lines that are kept to be judged again; the lines after them stay refused.
const DOUBTED_SIZE_BYTES_MAX: usize = 64 << 20;

/// Refused lines that a later schema may make valid.
#[derive(Default)]
pub(super) struct Doubted {
    lines: Vec<Parsed>,
    size_bytes: usize,
}

impl Extend<Parsed> for Doubted {
    fn extend<I: IntoIterator<Item = Parsed>>(&mut self, lines: I) {
        for line in lines {
            if self.size_bytes + line.size_bytes() <= DOUBTED_SIZE_BYTES_MAX {
                self.size_bytes += line.size_bytes();
                self.lines.push(line);
            }
        }
    }
}

/// Puts the schemas among the lines in force, and judges again what they concern. The documents of the lines are
/// written already.
pub(super) fn take(
    judge: &Judge<'_>,
    incoming: &mut BTreeMap<EntryKey, Incoming>,
    doubted: Doubted,
    sink: &mut ObjectSink<'_>,
    report: &mut ImportReport,
) -> Result<(), StoreError> {
    take_schemas(judge, incoming)?;
    let taken = judge.kinds.taken();
    if taken.is_empty() {
        return Ok(());
    }
    judge_again(judge, &taken, incoming, sink, report)?;
    for parsed in doubted.lines.into_iter().filter(|line| taken.contains(line.key.kind())) {
        let origin = parsed.origin.clone();
        // What is wrong now is reported instead of what was wrong before.
        report.accept(&origin);
        match judge.again(parsed)? {
            Read::Judged(judged) => take_in(*judged, incoming, sink, report)?,
            Read::Refused(refused, _) => report.refuse(refused),
            Read::Translation(_) => {}
        }
    }
    sink.flush()
}

fn take_schemas(
    judge: &Judge<'_>,
    incoming: &BTreeMap<EntryKey, Incoming>,
) -> Result<(), StoreError> {
    for (key, Incoming { prepared, .. }) in incoming {
        let (true, Some(document)) = (key.kind().as_str() == KIND_OF_SCHEMAS, prepared.document())
        else {
            continue;
        };
        if prepared.changes_nothing() {
            continue;
        }
        let Ok(kind) = key.id().parse::<Kind>() else { continue };
        let schema = judge.repository.compiled_schema(&kind, document.id())?;
        judge.kinds.take(kind, KindInForce { schema, document: Some(document.id()) })?;
    }
    Ok(())
}

/// Judges the accepted lines of these kinds again. Lines that change nothing are judged with the entries
/// that no line names.
fn judge_again(
    judge: &Judge<'_>,
    kinds: &[Kind],
    incoming: &mut BTreeMap<EntryKey, Incoming>,
    sink: &mut ObjectSink<'_>,
    report: &mut ImportReport,
) -> Result<(), StoreError> {
    let concerned: Vec<EntryKey> = incoming
        .iter()
        .filter(|(key, incoming)| {
            let is_source = key.locale().is_none() && kinds.contains(key.kind());
            is_source && !incoming.prepared.changes_nothing()
        })
        .map(|(key, _)| key.clone())
        .collect();
    for piece in concerned.chunks(LINES_AT_ONCE) {
        let known = &*incoming;
        let judged: Vec<Option<Result<Accepted, Reasons>>> = piece
            .par_iter()
            .map(|key| {
                let document = known.get(key).and_then(|incoming| incoming.prepared.document());
                let Some(id) = document.map(NewDocument::id) else { return Ok(None) };
                judge.document(key, judge.repository.document(id)?).map(Some)
            })
            .collect::<Result<_, StoreError>>()?;
        for (key, judged) in piece.iter().zip(judged) {
            let (Some(judged), Some(known)) = (judged, incoming.remove(key)) else { continue };
            let origin = known.origin;
            match judged {
                Ok((prepared, notices)) => {
                    take_in(Judged { origin, prepared, notices }, incoming, sink, report)?;
                }
                Err(reasons) => {
                    report.refuse(refused_line(&origin, Some(key.to_string()), reasons));
                }
            }
        }
    }
    Ok(())
}
