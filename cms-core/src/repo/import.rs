//! Importing: lines of entries and translations as one commit.
//!
//! Lines are read, judged and written piece by piece; of each entry only its key, its links and its slug stay in
//! memory. Then the graph is checked as a whole, clashing slugs are made different, and one commit moves the branch.
//! Until then nothing that was written can be reached.
//!
//! Invariants:
//! 1. Nothing is imported unless every line is accepted, or the caller asked to skip refused lines.
//! 2. Every refused line is reported, with everything that is wrong with it and the place in its file.
//! 3. An import of what already exists changes nothing, and says so.
//! 4. Schemas among the lines are in force for all entries of their kinds, both those on other lines and those that no
//!    line names. What the branch would hold is valid, or nothing is imported.
//! 5. Only entries that no line names, accepted or refused, are removed, and never more than was allowed.

mod error;
mod incoming;
mod line;
mod media;
mod place;
mod prune;
mod prune_at_most;
mod read;
mod reconcile;
mod report;
mod request;
mod schemas;
mod translation;

use std::io;

use super::{
    branch::{BranchHead, NewCommit, branch_head},
    content::{kinds::Kinds, objects::ObjectSink},
};
use crate::{
    model::{commit::Commit, id::CommitId, name::Holds, object::Space},
    repo::ground::{error::StoreError, repository::Repository},
};
use line::Judge;
use media::ImportedMedia;
use reconcile::Reconciled;

pub use error::ImportError;
pub use prune_at_most::PruneAtMost;
pub use report::{ConvertedMedia, IMPORT_ROWS_MAX, ImportNotice, ImportReport, RefusedLine};
pub use request::{ImportLine, ImportOptions, ImportProgress, LINE_SIZE_BYTES_MAX, MediaSource};

impl Repository {
    /// Imports lines as one commit. Lines may come in any order.
    ///
    /// # Errors
    /// [`ImportError`]; the branch has not moved.
    pub fn import(
        &self,
        lines: &mut dyn Iterator<Item = io::Result<ImportLine>>,
        media: &dyn MediaSource,
        options: &ImportOptions,
        progress: &mut dyn FnMut(ImportProgress),
    ) -> Result<ImportReport, ImportError> {
        let unknown = || ImportError::UnknownBranch { branch: options.branch.clone() };
        // A draft belongs to its members: content enters it through its own verbs.
        let head = match options.branch.holds() {
            Holds::Accepted => branch_head(self, &options.branch)?,
            // A draft belongs to its members.
            Holds::Drafted | Holds::Records => None,
        };
        let head = head.ok_or_else(unknown)?;
        let base = self.commit_of(head.commit)?;
        let kinds = Kinds::at(self, base.catalogue);
        let mut sink = ObjectSink::new(self);
        let mut report = ImportReport::default();
        let media = ImportedMedia::take(self, media, &mut sink, &mut report)?;
        let judge = Judge { repository: self, base: &base, kinds: &kinds, media: &media };
        let mut incoming = read::read_all(&judge, lines, &mut sink, &mut report, progress)?;
        sink.flush()?;
        if options.prune {
            let at_most = options.prune_at_most;
            prune::prune(self, &base, &kinds, at_most, &mut incoming, &mut report)?;
        }
        reconcile::bring_wordings(self, &base, &kinds, &mut incoming, &mut report, &mut sink)?;
        let reconciled =
            reconcile::reconcile(self, &base, &kinds, incoming, options, &mut report, &mut sink)?;
        if report.refused_count > 0 && !options.skip_invalid {
            return Err(ImportError::Refused { report: Box::new(report) });
        }
        if let Some(reconciled) = reconciled {
            let commit = self.commit_import(&head, &base, reconciled, options, sink)?;
            let moved = || ImportError::Moved { branch: options.branch.clone() };
            report.commit = Some(commit.ok_or_else(moved)?);
        }
        Ok(report)
    }

    fn commit_import(
        &self,
        head: &BranchHead,
        base: &Commit,
        reconciled: Reconciled<'_>,
        options: &ImportOptions,
        mut sink: ObjectSink<'_>,
    ) -> Result<Option<CommitId>, StoreError> {
        let Reconciled { staged, built } = reconciled;
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
