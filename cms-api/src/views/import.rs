//! What an import did. Lists are cut by the core; the counts beside them are whole.

use cms_core::repo;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::OnWire;

use super::content::Violation;

/// A line that was not imported.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct RefusedLine {
    /// Its number in its file; 0 where it is an entry that was there before.
    pub line: u64,
    /// Where in that line the first thing is wrong, in characters from 1, where that is known.
    #[serde(default)]
    pub column: Option<u64>,
    /// Its file.
    pub source: String,
    /// Its key, where it could be read.
    pub key: Option<String>,
    /// All that is wrong.
    pub reasons: Vec<Violation>,
}

/// Something that was put right on the way in.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ImportNotice {
    /// The line; 0 where it concerns an entry that was there before.
    pub line: u64,
    /// Its file.
    pub source: String,
    /// The entry.
    pub key: String,
    /// The JSON pointer of the place.
    pub pointer: String,
    /// What was done.
    pub message: String,
}

/// A media file that is kept as another one than came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConvertedMedia {
    /// Its name.
    pub name: String,
    /// What it came as, for people: subtitles in SubRip, say, or in another encoding than UTF-8.
    pub made_from: String,
    /// What it is kept as, which is what documents name.
    pub id: String,
}

/// What an import did.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ImportReport {
    /// The commit; null when nothing changed.
    pub commit: Option<String>,
    /// Lines read.
    pub lines: u64,
    /// Entries and translations that are new.
    pub added: u64,
    /// Those that changed.
    pub changed: u64,
    /// Lines that changed nothing.
    pub unchanged: u64,
    /// Entries and translations removed.
    pub removed: u64,
    /// Lines that hold a translation.
    pub translations: u64,
    /// Media files written.
    pub media: u64,
    /// Those among them that were made from files of another format or encoding.
    #[serde(default)]
    pub converted: Vec<ConvertedMedia>,
    /// How many.
    #[serde(default)]
    pub converted_count: u64,
    /// Lines and media files that were refused, and entries that would not be valid under a schema among the lines.
    pub refused: Vec<RefusedLine>,
    /// How many.
    pub refused_count: u64,
    /// What was put right.
    pub notices: Vec<ImportNotice>,
    /// How many.
    pub notices_count: u64,
    /// Files that were found and not taken.
    #[serde(default)]
    pub left_out: Vec<FileLeftOut>,
    /// How many.
    #[serde(default)]
    pub left_out_count: u64,
}

/// A file that was found beside what was imported, and was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FileLeftOut {
    /// The file.
    pub source: String,
    /// Why.
    pub reason: String,
}

viewed! {
    repo::ImportNotice => ImportNotice { line, source, key, pointer, message }
    repo::ConvertedMedia => ConvertedMedia { name, made_from, id }
}

impl From<repo::ImportReport> for ImportReport {
    /// What was left out is known to whoever looked for files, and told by them.
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
    /// Of the line's place in the whole input only the core makes something.
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
