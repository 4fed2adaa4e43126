//! What an import did. Lists are cut by the core; the counts next to them are complete.

use cms_core::repo;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::OnWire;

use super::content::Violation;

/// A line that was not imported.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RefusedLine {
    /// Its number in its file; 0 for an entry that existed before.
    pub line: u64,
    /// Where in that line the first fault is, in characters from 1, if that is known.
    #[serde(default)]
    pub column: Option<u64>,
    /// The name of its file.
    pub source: String,
    /// Its key, if that could be read.
    pub key: Option<String>,
    /// All that is wrong with it.
    pub reasons: Vec<Violation>,
}

/// Something that the import put right.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ImportNotice {
    /// The line; 0 for an entry that existed before.
    pub line: u64,
    /// The name of the line's file.
    pub source: String,
    /// The entry that it concerns.
    pub key: String,
    /// The JSON pointer of the place.
    pub pointer: String,
    /// What was done.
    pub message: String,
}

/// A media file that is stored in another form than it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConvertedMedia {
    /// The file's name.
    pub name: String,
    /// The format that it came in, for people: for example subtitles in SubRip, or in another encoding than UTF-8.
    pub made_from: String,
    /// The id of the stored file, which documents name.
    pub id: String,
}

/// What an import did.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ImportReport {
    /// The commit; null when nothing changed.
    pub commit: Option<String>,
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
    #[serde(default)]
    pub converted: Vec<ConvertedMedia>,
    /// How many files were converted.
    #[serde(default)]
    pub converted_count: u64,
    /// Lines and media files that were refused, and entries that would not be valid under a schema among the lines.
    pub refused: Vec<RefusedLine>,
    /// How many lines, files and entries were refused.
    pub refused_count: u64,
    /// What was put right.
    pub notices: Vec<ImportNotice>,
    /// How many things were put right.
    pub notices_count: u64,
    /// Files that were found and not read.
    #[serde(default)]
    pub left_out: Vec<FileLeftOut>,
    /// How many files were left out.
    #[serde(default)]
    pub left_out_count: u64,
}

/// A file that was found next to what was imported, and was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileLeftOut {
    /// The name of the file.
    pub source: String,
    /// The reason, for people.
    pub reason: String,
}

viewed! {
    repo::ImportNotice => ImportNotice { line, source, key, pointer, message }
    repo::ConvertedMedia => ConvertedMedia { name, made_from, id }
}

impl From<repo::ImportReport> for ImportReport {
    /// The caller that looked for files knows what was left out, and adds it.
    fn from(report: repo::ImportReport) -> Self {
        Self {
            commit: report.commit.on_wire(),
            lines: report.lines,
            added: report.added,
            changed: report.changed,
            unchanged: report.unchanged,
            removed: report.removed,
            translations: report.translations,
            media: report.media,
            converted: report.converted.on_wire(),
            converted_count: report.converted_count,
            refused: report.refused.on_wire(),
            refused_count: report.refused_count,
            notices: report.notices.on_wire(),
            notices_count: report.notices_count,
            left_out: Vec::new(),
            left_out_count: 0,
        }
    }
}

impl OnWire<ImportReport> for repo::ImportReport {
    fn on_wire(self) -> ImportReport {
        self.into()
    }
}

impl OnWire<RefusedLine> for repo::RefusedLine {
    /// A line's place in the whole input matters only to the core.
    fn on_wire(self) -> RefusedLine {
        RefusedLine {
            line: self.line,
            column: self.column,
            source: self.source,
            key: self.key,
            reasons: self.reasons.on_wire(),
        }
    }
}
