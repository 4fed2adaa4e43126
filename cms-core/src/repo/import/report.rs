//! What an import did, and what it refused.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::{
    model::{
        id::{CommitId, MediaId},
        key::EntryKey,
    },
    schema::{Violation, ViolationCode},
};

/// Most refused lines and notices that a report lists; the counts are whole.
pub const IMPORT_ROWS_MAX: usize = 1000;

/// A line that is not imported, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedLine {
    /// Its number, from 1; 0 where it is an entry that was there before.
    pub line: u64,
    /// Where in that line the first thing is wrong, in characters from 1, where that is known.
    pub column: Option<u64>,
    /// Its file.
    pub source: String,
    /// Its key, where it could be read.
    pub key: Option<String>,
    /// All that is wrong.
    pub reasons: Vec<Violation>,
    /// The line's number as it came in.
    #[serde(skip)]
    pub(super) number: u64,
}

/// Something that was put right, or left out, on the way in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportNotice {
    /// The line, where it concerns one; 0 where it concerns an entry that was there before.
    pub line: u64,
    /// The line's file.
    pub source: String,
    /// The entry.
    pub key: EntryKey,
    /// The JSON pointer of the place.
    pub pointer: String,
    /// What was done.
    pub message: String,
}

/// A media file that is kept as another one than came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConvertedMedia {
    /// Its name.
    pub name: String,
    /// What it came as, for people.
    pub made_from: String,
    /// What it is kept as, which is what documents name.
    pub id: MediaId,
}

/// What an import did. Lists are cut at [`IMPORT_ROWS_MAX`]; counts are whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// The commit; none when nothing changed or nothing was imported.
    pub commit: Option<CommitId>,
    /// Lines read.
    pub lines: u64,
    /// Entries and translations that are new.
    pub added: u64,
    /// Entries and translations whose document changed.
    pub changed: u64,
    /// Lines that changed nothing.
    pub unchanged: u64,
    /// Entries and translations that were removed.
    pub removed: u64,
    /// Lines that hold a translation.
    pub translations: u64,
    /// Media files written.
    pub media: u64,
    /// Those among them that were made from files of another format or encoding.
    pub converted: Vec<ConvertedMedia>,
    /// How many those are.
    pub converted_count: u64,
    /// Lines that were refused.
    pub refused: Vec<RefusedLine>,
    /// How many those are.
    pub refused_count: u64,
    /// What was put right.
    pub notices: Vec<ImportNotice>,
    /// How many those are.
    pub notices_count: u64,
    /// The keys of refused lines: what they name stays as it is.
    #[serde(skip)]
    pub(super) named: BTreeSet<String>,
}

impl ImportReport {
    /// Takes a refusal back.
    pub(super) fn accept(&mut self, origin: &Origin) {
        self.refused.retain(|row| row.number != origin.line || *row.source != *origin.source);
        self.refused_count -= 1;
    }

    pub(super) fn refuse(&mut self, line: RefusedLine) {
        self.refused_count += 1;
        self.named.extend(line.key.clone());
        if self.refused.len() < IMPORT_ROWS_MAX {
            self.refused.push(line);
        }
    }

    pub(super) fn notice(&mut self, notice: ImportNotice) {
        self.notices_count += 1;
        if self.notices.len() < IMPORT_ROWS_MAX {
            self.notices.push(notice);
        }
    }
}

/// Where a line stood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) line: u64,
    pub(super) source: std::sync::Arc<str>,
}

pub(super) type Reasons = Vec<Violation>;

pub(super) fn reason(pointer: &str, code: ViolationCode, message: impl Into<String>) -> Reasons {
    vec![Violation::new(pointer, code, message)]
}

pub(super) fn refused_line(origin: &Origin, key: Option<String>, reasons: Reasons) -> RefusedLine {
    let source = origin.source.to_string();
    let (line, number) = (origin.line, origin.line);
    RefusedLine { line, column: None, source, key, reasons, number }
}
