//! Importing: lines of entries and translations as one commit.
//!
//! Lines are read, judged and written piece by piece; what stays in memory of an entry is its key, its
//! links and its slug. Then the graph is checked as a whole, slugs that clash are told apart, and one
//! commit moves the branch. Until then nothing that was written can be reached.
//!
//! Invariants:
//! 1. Nothing is imported unless every line is accepted, or the caller asked to skip the others.
//! 2. Every refused line is told, with all that is wrong with it, and where that stands in its file.
//! 3. Importing what is there already changes nothing, and says so.
//! 4. Schemas among the lines are in force for all entries of their kinds, for those on other lines and
//!    for those that no line names; what the branch would then hold is valid, or nothing is imported.
//! 5. What is removed is what no line names, accepted or refused, and never more than was allowed.

mod line;
mod media;
mod place;
mod prune;
mod read;
mod schemas;
mod settle;
mod translation;

use std::{collections::BTreeSet, io};

use serde::Serialize;

use super::{
    branch::{BranchHead, NewCommit, branch_head},
    commit::prepared::Prepared,
    content::{kinds::Kinds, objects::ObjectSink},
};
use crate::{
    map,
    model::{
        commit::Commit,
        id::{CommitId, MediaId},
        key::EntryKey,
        name::{Branch, Holds},
        object::Space,
    },
    repo::ground::{error::StoreError, repository::Repository, stamp::Stamp},
    schema::Violation,
};
use line::Judge;
use media::ImportedMedia;
pub use prune::PruneAtMost;
use settle::Settled;

/// Lines that are judged together, on all cores.
const LINES_AT_ONCE: usize = 512;
/// Longest line, in bytes: a document at its limit, written with escapes, and its key.
pub const LINE_SIZE_BYTES_MAX: usize = 16 << 20;
/// Most refused lines and notices that a report lists; the counts are whole.
pub const IMPORT_ROWS_MAX: usize = 1000;

/// One line to import.
#[derive(Debug, Clone)]
pub struct ImportLine {
    /// Its number in its file, from 1.
    pub number: u64,
    /// The file's name, for reports.
    pub source: String,
    /// JSON: `{"key", "locale", "document"}`, or `"translation"` in place of the document; or `"file"`, the
    /// whole text of a file that is one document; or `"unreadable"`, why a file can't be read.
    pub text: Vec<u8>,
}

/// Gives the media files of an import directory.
pub trait MediaSource: Sync {
    /// The names of the files, each once.
    fn names(&self) -> Vec<String>;

    /// The bytes of a file.
    ///
    /// # Errors
    /// What the system says.
    fn bytes(&self, name: &str) -> io::Result<Vec<u8>>;
}

/// How to import.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// The branch, `main` as a rule.
    pub branch: Branch,
    /// Import the lines that are accepted even though others are refused.
    pub skip_invalid: bool,
    /// Remove entries and translations that the lines lack. Schemas stay unless the lines hold some.
    pub prune: bool,
    /// How much that may remove.
    pub prune_at_most: PruneAtMost,
    /// Who, when, why.
    pub stamp: Stamp,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ImportProgress {
    /// Lines read.
    pub lines: u64,
    /// Bytes of those lines.
    pub size_bytes: u64,
}

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
    number: u64,
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
    named: BTreeSet<String>,
}

impl ImportReport {
    /// Takes a refusal back.
    fn accept(&mut self, origin: &Origin) {
        self.refused.retain(|row| row.number != origin.line || *row.source != *origin.source);
        self.refused_count -= 1;
    }

    fn refuse(&mut self, line: RefusedLine) {
        self.refused_count += 1;
        self.named.extend(line.key.clone());
        if self.refused.len() < IMPORT_ROWS_MAX {
            self.refused.push(line);
        }
    }

    fn notice(&mut self, notice: ImportNotice) {
        self.notices_count += 1;
        if self.notices.len() < IMPORT_ROWS_MAX {
            self.notices.push(notice);
        }
    }
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Lines were refused, or entries that no line names are not valid any more under a schema of theirs.
    #[error("{} lines, files or entries are refused; nothing was imported", .report.refused_count)]
    Refused {
        /// Which, and why.
        report: Box<ImportReport>,
    },
    /// There is no such branch.
    #[error("there is no branch {branch:?}")]
    UnknownBranch {
        /// The name.
        branch: Branch,
    },
    /// More would be removed than was allowed.
    #[error(
        "{removed} of {of} entries and translations would be removed, and at most {at_most} may be; nothing was imported"
    )]
    PrunesTooMuch {
        /// How many would be removed.
        removed: u64,
        /// Of how many.
        of: u64,
        /// How many may be.
        at_most: PruneAtMost,
        /// The first of them.
        keys: Vec<EntryKey>,
    },
    /// The branch moved while the lines were read; importing again starts from where it is.
    #[error("branch {branch:?} moved meanwhile; nothing was imported")]
    Moved {
        /// The branch.
        branch: Branch,
    },
    /// The lines or media could not be read.
    #[error("the input could not be read")]
    Input(#[from] io::Error),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<map::MapError> for ImportError {
    fn from(error: map::MapError) -> Self {
        Self::Store(error.into())
    }
}

/// Where a line stood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Origin {
    line: u64,
    source: std::sync::Arc<str>,
}

/// An entry or translation on its way in.
struct Incoming {
    origin: Origin,
    prepared: Prepared,
}

impl Repository {
    /// Imports lines as one commit. Lines may come in any order.
    ///
    /// # Errors
    /// [`ImportError`]; the branch has not moved then.
    pub fn import(
        &self,
        lines: &mut dyn Iterator<Item = io::Result<ImportLine>>,
        media: &dyn MediaSource,
        options: &ImportOptions,
        progress: &mut dyn FnMut(ImportProgress),
    ) -> Result<ImportReport, ImportError> {
        let unknown = || ImportError::UnknownBranch { branch: options.branch.clone() };
        // A draft is its members': what goes into it goes through its own verbs.
        let head = match options.branch.holds() {
            Holds::Accepted => branch_head(self, &options.branch)?,
            // A draft is its members'.
            Holds::Drafted | Holds::Records => None,
        };
        let head = head.ok_or_else(unknown)?;
        let base = self.commit_of(head.commit)?;
        let kinds = Kinds::at(self, base.catalogue);
        let mut sink = ObjectSink::new(self);
        let mut report = ImportReport::default();
        let media = ImportedMedia::take(media, &mut sink, &mut report)?;
        let judge = Judge { repository: self, base: &base, kinds: &kinds, media: &media };
        let mut incoming = read::read_all(&judge, lines, &mut sink, &mut report, progress)?;
        sink.flush()?;
        if options.prune {
            let at_most = options.prune_at_most;
            prune::prune(self, &base, &kinds, at_most, &mut incoming, &mut report)?;
        }
        settle::bring_wordings(self, &base, &kinds, &mut incoming, &mut report, &mut sink)?;
        let settled =
            settle::settle(self, &base, &kinds, incoming, options, &mut report, &mut sink)?;
        if report.refused_count > 0 && !options.skip_invalid {
            return Err(ImportError::Refused { report: Box::new(report) });
        }
        if let Some(settled) = settled {
            let commit = self.commit_import(&head, &base, settled, options, sink)?;
            let moved = || ImportError::Moved { branch: options.branch.clone() };
            report.commit = Some(commit.ok_or_else(moved)?);
        }
        Ok(report)
    }

    fn commit_import(
        &self,
        head: &BranchHead,
        base: &Commit,
        settled: Settled<'_>,
        options: &ImportOptions,
        mut sink: ObjectSink<'_>,
    ) -> Result<Option<CommitId>, StoreError> {
        let Settled { staged, built } = settled;
        for object in built.revisions {
            sink.add(Space::Source, object)?;
        }
        for node in staged.into_reachable([built.roots.catalogue, built.roots.backlinks]) {
            sink.add(Space::Source, node.object)?;
        }
        let new = NewCommit {
            branch: &options.branch,
            head,
            merged: None,
            roots: built.roots,
            conflicts: base.conflicts,
            objects: sink.into_rest()?,
            swaps: Vec::new(),
            typed: None,
        };
        self.advance(new, "import", &options.stamp)
    }
}
