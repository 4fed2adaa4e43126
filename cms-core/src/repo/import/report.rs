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

/// Most refused lines and notices that a report lists; the counts are complete.
pub const IMPORT_ROWS_MAX: usize = 1000;

/// A line that is not imported, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedLine {
    /// Its number, from 1; 0 for an entry that existed before.
    pub line: u64,
    /// Where in that line the first fault is, in characters from 1, if that is known.
    pub column: Option<u64>,
    /// The name of its file.
    pub source: String,
    /// Its key, if that could be read.
    pub key: Option<String>,
    /// All that is wrong with it.
    pub reasons: Vec<Violation>,
    /// The number of the line as it came in.
    #[serde(skip)]
    pub(super) number: u64,
}

/// Something that the import put right or left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportNotice {
    /// The line that it concerns; 0 for an entry that existed before.
    pub line: u64,
    /// The name of the line's file.
    pub source: String,
    /// The entry that it concerns.
    pub key: EntryKey,
    /// The JSON pointer of the place.
    pub pointer: String,
    /// What was done.
    pub message: String,
}

/// A media file that is stored in another form than it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConvertedMedia {
    /// The file's name.
    pub name: String,
    /// The format that it came in, for people.
    pub made_from: String,
    /// The id of the stored file, which documents name.
    pub id: MediaId,
}

/// What an import did. Lists are cut at [`IMPORT_ROWS_MAX`]; counts are complete.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// The commit; `None` when nothing changed or nothing was imported.
    pub commit: Option<CommitId>,
    /// How many lines were read.
    pub lines: u64,
    /// How many entries and translations are new.
    pub added: u64,
    /// How many entries and translations have another document.
    pub changed: u64,
    /// How many lines changed nothing.
    pub unchanged: u64,
    /// How many entries and translations were removed.
    pub removed: u64,
    /// How many lines hold a translation.
    pub translations: u64,
    /// How many media files were written.
    pub media: u64,
    /// The written media files that were converted from another format or encoding.
    pub converted: Vec<ConvertedMedia>,
    /// How many files were converted.
    pub converted_count: u64,
    /// Lines that were refused.
    pub refused: Vec<RefusedLine>,
    /// How many lines were refused.
    pub refused_count: u64,
    /// What was put right.
    pub notices: Vec<ImportNotice>,
    /// How many things were put right.
    pub notices_count: u64,
    /// The keys of refused lines: the entries that they name stay as they are.
    #[serde(skip)]
    pub(super) named: BTreeSet<String>,
}

impl ImportReport {
    /// Withdraws a refusal.
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

/// Where a line came from.
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
