//! The entries leave the open drafts: what is typed of them is removed, and drafts that changed one delete it. A draft
//! that did not change one learns of its deletion when it is brought up to date.

use std::collections::BTreeSet;

use super::{ask::TakedownError, steps::operation};
use crate::{
    engine::{CellName, Expected, Swap, SwapValue, cells_of},
    model::{
        commit::Commit,
        id::ObjectId,
        key::EntryKey,
        name::{Branch, DRAFTS, Holds},
    },
    repo::{
        branch::{BRANCH_GROUP, branch_head, content_head},
        commit::{
            error::CommitError,
            request::{Change, CommitRequest},
        },
        content::{catalogue, kinds::Kinds},
        draft::working::{StoredConflict, StoredContent, StoredWorking},
        ground::{
            error::StoreError, on_branch::ATTEMPTS_MAX, repository::Repository, stamp::Stamp,
        },
    },
};

/// The beginnings of the names of cells that hold what is typed of an entry.
const TYPED_PREFIXES: [&str; 2] = ["edit/", "edit-read/"];
/// The groups of the answers that are remembered for requests that are repeated.
const ANSWER_GROUPS: &str = "answer/";

/// What is typed of the entries in open drafts.
pub(super) struct Typed {
    /// The cells that hold it, each at its version.
    cells: Vec<(CellName, u64)>,
    /// The documents that are stored next to the cells.
    pub(super) beside: Vec<ObjectId>,
}

impl Repository {
    /// What is typed of the entries in open drafts.
    pub(super) fn typed_of(&self, gone: &BTreeSet<EntryKey>) -> Result<Typed, StoreError> {
        let mut typed = Typed { cells: Vec::new(), beside: Vec::new() };
        for row in cells_of(&*self.engine, format!("{BRANCH_GROUP}{DRAFTS}")) {
            let (name, cell) = row?;
            let key = TYPED_PREFIXES.iter().find_map(|prefix| name.name().strip_prefix(prefix));
            let key: Option<EntryKey> = key.and_then(|key| key.parse().ok());
            if !key.is_some_and(|key| gone.contains(&key.source())) {
                continue;
            }
            if let Ok(working) = StoredWorking::of(&name, &cell) {
                let mut contents = vec![working.content];
                if let Some(StoredConflict::Left { base, theirs }) = working.conflict {
                    contents.extend([base, theirs]);
                }
                typed.beside.extend(contents.iter().filter_map(|content| match content {
                    StoredContent::Beside(id) => Some(id.object_id()),
                    StoredContent::Document(_) | StoredContent::Deleted => None,
                }));
            }
            typed.cells.push((name, cell.version));
        }
        Ok(typed)
    }

    /// Removes what is typed of the entries, and deletes them from the branches of drafts.
    pub(super) fn leave_drafts(
        &self,
        gone: &BTreeSet<EntryKey>,
        stamp: &Stamp,
    ) -> Result<(), TakedownError> {
        let mut attempts = 0;
        loop {
            let cells = self.typed_of(gone)?.cells;
            if cells.is_empty() {
                break;
            }
            if attempts > ATTEMPTS_MAX {
                return Err(TakedownError::Busy);
            }
            attempts += 1;
            // A writer that saved meanwhile wins, and is met at the next attempt.
            cells
                .into_iter()
                .try_for_each(|(name, version)| self.drop_cell(name, version, stamp))?;
        }
        for (branch, _) in self.content_branches()? {
            if branch.holds() != Holds::Drafted {
                continue;
            }
            for _ in 0..ATTEMPTS_MAX {
                let Some(head) = content_head(self, &branch)? else { break };
                let base = self.commit_of(head.commit)?;
                let changed = self.changed_in(&base, gone)?;
                let mut changes = self.deletions(&base, &changed)?;
                if changes.is_empty() {
                    break;
                }
                let kinds = Kinds::at(self, base.catalogue);
                changes.extend(self.relinked(&base, &kinds, &changed)?.0);
                let operation = operation(stamp, "draft", head.commit.object_id().as_bytes());
                let stamp = Stamp { operation, ..stamp.clone() };
                let expected = Some(head.commit);
                let request = CommitRequest { branch: branch.clone(), expected, changes, stamp };
                match self.commit(request) {
                    Ok(_)
                    | Err(
                        CommitError::NothingChanged
                        | CommitError::Moved { .. }
                        | CommitError::UnknownBranch { .. },
                    ) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(self.forget_answers_naming(gone, stamp)?)
    }

    /// The entries of which a draft has a version, in any language, that `main` never had.
    fn changed_in(
        &self,
        base: &Commit,
        gone: &BTreeSet<EntryKey>,
    ) -> Result<BTreeSet<EntryKey>, StoreError> {
        let main = branch_head(self, &Branch::Main)?.map(|head| self.commit_of(head.commit));
        let main = main.transpose()?;
        let mut changed = BTreeSet::new();
        for Change { key, .. } in self.deletions(base, gone)? {
            let nodes = &*self.source;
            let Some(row) = catalogue::row(nodes, base.catalogue, &key)? else { continue };
            let on_main = match &main {
                Some(main) => catalogue::row(nodes, main.catalogue, &key)?,
                None => None,
            };
            let is_of_main = match on_main {
                Some(on_main) => self.is_made_from(on_main.revision, row.revision)?,
                None => false,
            };
            if !is_of_main {
                changed.insert(key.source());
            }
        }
        Ok(changed)
    }

    /// Forgets answers to earlier requests in which the entries are named: they may hold their text.
    fn forget_answers_naming(
        &self,
        gone: &BTreeSet<EntryKey>,
        stamp: &Stamp,
    ) -> Result<(), StoreError> {
        let texts: Vec<String> = gone.iter().map(ToString::to_string).collect();
        for row in cells_of(&*self.engine, ANSWER_GROUPS) {
            let (name, cell) = row?;
            let text = String::from_utf8_lossy(&cell.value);
            if texts.iter().any(|key| text.contains(key.as_str())) {
                self.drop_cell(name, cell.version, stamp)?;
            }
        }
        Ok(())
    }

    fn drop_cell(&self, cell: CellName, version: u64, stamp: &Stamp) -> Result<(), StoreError> {
        let operation = operation(stamp, "cell", format!("{version} {cell}").as_bytes());
        let expected = Expected::Version(version);
        let swap = Swap { cell, expected, value: SwapValue::Delete };
        self.swap_records(operation, vec![swap], None).map(drop)
    }
}
