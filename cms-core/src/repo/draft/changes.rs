//! What a draft changes, committed or not, compared with what `main` had when they parted.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    DraftError, DraftId,
    record::Draft,
    working::{StoredWorking, edited_key},
};
use crate::{
    model::{
        id::{CommitId, DocumentId},
        key::EntryKey,
        name::Branch,
    },
    repo::{
        branch::branch_head,
        commit::conflict::CatalogueConflict,
        content::{
            catalogue::{self, CatalogueRow, RowState, changed_rows},
            kinds::Kinds,
        },
        draft::Drafts,
        ground::error::StoreError,
    },
};

/// What a draft does to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DraftAlteration {
    /// The draft adds it.
    Added,
    /// The draft changes it.
    Changed,
    /// The draft puts it into the trash.
    Deleted,
    /// The draft takes it out of the trash.
    Restored,
}

/// One entry or translation that a draft changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DraftChangeRow {
    /// The entry or translation.
    pub key: EntryKey,
    /// Its title.
    pub title: Option<String>,
    /// What the draft does to it.
    pub change: DraftAlteration,
    /// Its document when the draft parted from `main`.
    pub before: Option<DocumentId>,
    /// Its committed document in the draft.
    pub after: Option<DocumentId>,
    /// Whether a working copy changes it further.
    pub is_working: bool,
    /// Whether its committed document has a conflict that nobody has settled; what is typed may have settled it.
    pub is_conflicted: bool,
    /// Whether `main` changed it too since they parted.
    pub is_changed_on_main: bool,
    /// How many violations it has.
    pub violations_count: u64,
}

/// What a draft changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DraftChanges {
    /// The commit at which the draft parted from `main`.
    pub base: CommitId,
    /// The newest commit of the draft.
    pub head: CommitId,
    /// The commit that `main` points at.
    pub main: CommitId,
    /// The entries and translations that it changes, ascending by key.
    pub rows: Vec<DraftChangeRow>,
    /// What does not fit together around entries, in the draft or with what `main` has gained since. This includes what
    /// is typed and not committed.
    pub conflicts: Vec<CatalogueConflict>,
    /// Entries that would conflict with `main` if the draft's commits were merged now, or that are in conflict already.
    pub conflicted: Vec<EntryKey>,
}

/// The commits of a draft and of `main`.
pub(in crate::repo) struct Beside {
    pub(in crate::repo) base: CommitId,
    pub(in crate::repo) head: CommitId,
    pub(in crate::repo) main: CommitId,
}

impl Drafts<'_> {
    /// Where a draft is, where `main` is, and where they parted.
    pub(in crate::repo) fn beside(&self, draft: &DraftId) -> Result<Beside, DraftError> {
        let head = branch_head(self.repository, &draft.branch())?;
        let head = head.ok_or_else(|| self.not_open(draft))?.commit;
        let main = branch_head(self.repository, &Branch::Main)?.ok_or_else(no_main)?.commit;
        let base = self.repository.merge_bases(main, head)?.first().copied().unwrap_or(main);
        Ok(Beside { base, head, main })
    }

    /// The entries and translations that a draft changes, by its commits since it last took over `main`, or since it was
    /// begun. A draft that was merged still changes what it changed.
    pub(in crate::repo) fn changed_by(
        &self,
        draft: &Draft,
    ) -> Result<BTreeSet<EntryKey>, StoreError> {
        let (mut changed, mut at) = (BTreeSet::new(), draft.head);
        while at != draft.begun_from {
            let commit = self.repository.commit_of(at)?;
            let (Some(own), merged) = (commit.parents.first(), commit.parents.get(1)) else {
                break;
            };
            let before = self.repository.commit_of(*merged.unwrap_or(own))?;
            let rows = changed_rows(self.repository, before.catalogue, commit.catalogue)?;
            changed.extend(rows.into_keys());
            if merged.is_some() {
                // Compared with what was taken over, a merge has all that the draft changed before it.
                break;
            }
            at = *own;
        }
        Ok(changed)
    }

    /// How many entries of a draft have a working copy that is not committed.
    ///
    /// # Errors
    /// [`DraftError`] when the store can't be read.
    pub fn uncommitted(&self, draft: &DraftId) -> Result<usize, DraftError> {
        let cells = self.cells(draft)?;
        Ok(cells.iter().filter(|(name, _)| edited_key(name).is_some()).count())
    }

    /// What a draft changes, working copies included.
    ///
    /// # Errors
    /// [`DraftError::Unknown`], or the store can't be read.
    pub fn changes(&self, draft: &DraftId) -> Result<DraftChanges, DraftError> {
        let Beside { base, head, main } = self.beside(draft)?;
        let [before, after, current] = [
            self.repository.commit_of(base)?,
            self.repository.commit_of(head)?,
            self.repository.commit_of(main)?,
        ];
        let kinds = Kinds::at(self.repository, after.catalogue);
        let on_main = changed_rows(self.repository, before.catalogue, current.catalogue)?;
        let mut changed = changed_rows(self.repository, before.catalogue, after.catalogue)?;
        let mut working = BTreeMap::new();
        for (name, cell) in self.cells(draft)? {
            let Some(key) = edited_key(&name) else { continue };
            if !changed.contains_key(&key) {
                let row = catalogue::row(&*self.repository.source, before.catalogue, &key)?;
                changed.insert(key.clone(), [row, row]);
            }
            working.insert(key, StoredWorking::of(&name, &cell)?);
        }
        let mut rows = Vec::new();
        for (key, [before, after]) in changed {
            let stored = working.get(&key);
            let state = after.map(|row| row.state);
            let is_working = match stored {
                Some(stored) => self.says_more(stored, state)?,
                None => false,
            };
            if !is_working && before.map(|row| row.state) == state {
                continue;
            }
            let mut row =
                self.change_row(&kinds, key, [before, after], stored.filter(|_| is_working))?;
            // A translation is judged with what is typed of its source, committed or not.
            if row.key.locale().is_some()
                && let Some(document) = self.document(draft, &row.key)?
            {
                let violations = self.judge_typed(draft, &kinds, &row.key, &document)?;
                row.violations_count = violations.len() as u64;
            }
            let is_changed_on_main = on_main.contains_key(&row.key);
            rows.push(DraftChangeRow { is_changed_on_main, ..row });
        }
        let obstacles = self.obstacles(head)?;
        let mut conflicts = self.typed_conflicts(draft)?;
        for found in obstacles.conflicts {
            if conflicts.iter().all(|known| known.id != found.id) {
                conflicts.push(found);
            }
        }
        let conflicted = obstacles.conflicted;
        Ok(DraftChanges { base, head, main, rows, conflicts, conflicted })
    }

    pub(in crate::repo) fn change_row(
        &self,
        kinds: &Kinds<'_>,
        key: EntryKey,
        [before, after]: [Option<CatalogueRow>; 2],
        working: Option<&StoredWorking>,
    ) -> Result<DraftChangeRow, StoreError> {
        let document = match working {
            Some(stored) => self.working_document(&stored.content)?,
            None => match after {
                Some(row) => self.shown_document(kinds, &key, row)?,
                None => None,
            },
        };
        let kind = kinds.get(key.kind())?;
        let title = |document: &serde_json::Value| {
            kind.as_ref().and_then(|kind| kind.schema.title(document).map(str::to_owned))
        };
        let old = before.and_then(|row| row.document());
        let shown = match (&document, old) {
            (Some(document), _) => title(document),
            (None, Some(old)) => match self.repository.document(old) {
                Err(error) if error.is_taken_down() => None,
                old => title(&old?),
            },
            (None, None) => None,
        };
        let violations_count = match &document {
            Some(document) => self.repository.violations(kinds, &key, document)?.len() as u64,
            None => 0,
        };
        let was = before.map(|row| row.state);
        Ok(DraftChangeRow {
            title: shown,
            change: match (was, document.is_some()) {
                (None, true) => DraftAlteration::Added,
                (Some(RowState::Deleted), true) => DraftAlteration::Restored,
                (_, false) => DraftAlteration::Deleted,
                (Some(_), true) => DraftAlteration::Changed,
            },
            before: old,
            after: after.and_then(|row| row.document()),
            is_working: working.is_some(),
            is_conflicted: match working {
                Some(stored) => self.working_terms(kinds, &key, stored)?.is_some(),
                None => after.is_some_and(|row| row.state == RowState::Conflicted),
            },
            is_changed_on_main: false,
            violations_count,
            key,
        })
    }
}

fn no_main() -> StoreError {
    StoreError::Row { what: "the branch main".to_owned() }
}
