//! Reading: all lines, piece by piece, each judged by itself.

use std::{collections::BTreeMap, io};

use rayon::prelude::*;

use super::{
    line::{Judge, Parsed, Read},
    schemas::{self, Doubted},
};
use crate::{
    model::key::EntryKey,
    repo::{
        content::objects::ObjectSink,
        import::{
            error::ImportError,
            incoming::{Incoming, LINES_AT_ONCE, take},
            report::ImportReport,
            request::{ImportLine, ImportProgress},
        },
    },
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
    // A translation is made from its source as these lines leave it, wherever among them the source is.
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
