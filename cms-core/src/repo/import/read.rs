//! Reading: all lines, piece by piece, each judged by itself.

use std::{collections::BTreeMap, io};

use rayon::prelude::*;

use super::{
    ImportError, ImportLine, ImportNotice, ImportProgress, ImportReport, Incoming, LINES_AT_ONCE,
    line::{Judge, Judged, Parsed, Read, refused_line},
    schemas::{self, Doubted},
};
use crate::{
    model::{key::EntryKey, object::Space},
    repo::{commit::prepared::After, content::objects::ObjectSink, ground::error::StoreError},
    schema::{Violation, ViolationCode},
};

/// Reads and judges all lines; documents are written on the way.
pub(super) fn read_all(
    judge: &Judge<'_>,
    lines: &mut dyn Iterator<Item = io::Result<ImportLine>>,
    sink: &mut ObjectSink<'_>,
    report: &mut ImportReport,
    progress: &mut dyn FnMut(ImportProgress),
) -> Result<BTreeMap<EntryKey, Incoming>, ImportError> {
    let mut incoming = BTreeMap::new();
    let mut translations: Vec<Parsed> = Vec::new();
    let mut doubted = Doubted::default();
    let mut done = ImportProgress::default();
    loop {
        let piece: Vec<ImportLine> = lines.take(LINES_AT_ONCE).collect::<Result<_, _>>()?;
        if piece.is_empty() {
            break;
        }
        done.lines += piece.len() as u64;
        done.size_bytes += piece.iter().map(|line| line.text.len() as u64).sum::<u64>();
        report.lines = done.lines;
        let read: Vec<Read> =
            piece.into_par_iter().map(|line| judge.entry(line)).collect::<Result<_, _>>()?;
        for read in read {
            match read {
                Read::Translation(parsed) => {
                    report.translations += 1;
                    translations.push(parsed);
                }
                Read::Judged(judged) => take(*judged, &mut incoming, sink, report)?,
                Read::Refused(refused, parsed) => {
                    report.refuse(refused);
                    doubted.extend(parsed);
                }
            }
        }
        progress(done);
    }
    sink.flush()?;
    schemas::take(judge, &mut incoming, doubted, sink, report)?;
    // A translation is made from its source as these lines leave it, wherever in them that stands.
    sink.flush()?;
    let known = &incoming;
    let mut judged = Vec::new();
    for piece in translations.chunks(LINES_AT_ONCE) {
        let piece: Vec<Read> = piece
            .par_iter()
            .map(|parsed| judge.translation(parsed, known))
            .collect::<Result<_, _>>()?;
        judged.extend(piece);
    }
    for read in judged {
        match read {
            Read::Judged(judged) => take(*judged, &mut incoming, sink, report)?,
            Read::Refused(refused, _) => report.refuse(refused),
            Read::Translation(_) => {}
        }
    }
    Ok(incoming)
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
        // What is unchanged is there already; the rest is written now, and only its id is kept.
        let known = prepared.before.and_then(|row| row.document());
        let object = document.take_unwritten();
        if let Some(object) = object.filter(|_| known != Some(document.id())) {
            sink.add(Space::Source, object)?;
        }
    }
    incoming.insert(key, Incoming { origin, prepared });
    Ok(())
}
