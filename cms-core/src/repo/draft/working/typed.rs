//! What people typed in a draft, as a commit that the draft's branch does not point at yet. A verb that builds on it
//! moves the branch past it, and a refused verb leaves everything as it was.

use crate::repo::{
    branch::{Tip, branch_head, branch_swap},
    commit::{
        land::{ENTRIES_RECORDED_MAX, LandError, Landing},
        prepared::{After, Prepared},
    },
    content::kinds::{Kinds, schema_of},
    draft::{
        DraftId,
        commit::error::DraftCommitError,
        standing::{StoredTrail, trail_cell},
        working::{StoredContent, StoredWorking, edited_key},
    },
    ground::{
        error::StoreError,
        stamp::{ENTRIES, Stamp},
    },
    record::put_record,
};
use crate::{
    engine::{Cell, CellName, Expected, Swap, SwapValue},
    model::{
        commit::Commit,
        id::DocumentId,
        key::EntryKey,
        object::{Object, ObjectKind},
    },
    repo::draft::Drafts,
};

/// The entries whose working copies change, as an audit record names them.
pub(in crate::repo::draft) fn entries_of(swaps: &[Swap]) -> String {
    let keys = swaps.iter().filter_map(|swap| edited_key(&swap.cell));
    let keys = keys.take(ENTRIES_RECORDED_MAX).map(|key| key.to_string());
    keys.collect::<Vec<_>>().join(" ")
}

/// Working copies, ready to be committed.
pub(in crate::repo::draft) struct Gathered {
    pub(in crate::repo::draft) prepared: Vec<Prepared>,
    /// The cells that are removed with them, and those that are added.
    pub(in crate::repo::draft) swaps: Vec<Swap>,
    /// Documents that the cells name.
    pub(in crate::repo::draft) objects: Vec<Object>,
}

impl Drafts<'_> {
    /// What people typed in a draft, all of it or only of chosen entries, as a commit under their names that the branch
    /// does not point at yet. A caller that moves the branch in turn calls this within its turn.
    ///
    /// # Errors
    /// [`DraftCommitError`]; nothing is changed, whatever the result.
    pub(in crate::repo) fn typed(
        &self,
        draft: &DraftId,
        only: Option<&[EntryKey]>,
        stamp: &Stamp,
    ) -> Result<Tip, DraftCommitError> {
        let branch = draft.branch();
        let mut head =
            branch_head(self.repository, &branch)?.ok_or_else(|| self.not_open(draft))?;
        let base = self.repository.commit_of(head.commit)?;
        let kinds = Kinds::at(self.repository, base.catalogue);
        let Gathered { prepared, swaps, objects } = self.gathered(&kinds, &base, draft, only)?;
        if prepared.is_empty() {
            return Ok(Tip { head, ahead: None, swaps });
        }
        let mut landing = Landing::new(&branch, &head, &base, &kinds, "commit-draft");
        landing.objects = objects;
        let ahead = match self.repository.land_ahead(landing, prepared, stamp) {
            Ok(commit) => commit,
            Err(LandError::Refused { refusals }) => {
                return Err(DraftCommitError::Refused { refusals });
            }
            Err(LandError::Store(error)) => return Err(error.into()),
        };
        head.commit = ahead;
        Ok(Tip { head, ahead: Some(ahead), swaps })
    }

    /// Moves a draft's branch to what was typed; returns whether everything was still as it was read.
    pub(in crate::repo) fn take_typed(
        &self,
        draft: &DraftId,
        typed: &Tip,
        stamp: &Stamp,
    ) -> Result<bool, StoreError> {
        let mut swaps = typed.swaps.clone();
        if swaps.is_empty() {
            return Ok(true);
        }
        let branch = draft.branch();
        let entries = entries_of(&swaps);
        let Some(ahead) = typed.ahead else {
            let audit =
                stamp.audit("drop-working", &[("draft", draft.as_str()), (ENTRIES, &entries)]);
            let swapped = self.repository.swap_records(stamp.operation, swaps, Some(audit))?;
            return Ok(swapped.is_some());
        };
        let moved = branch_swap(&branch, Expected::Version(typed.head.version), ahead)
            .map_err(|_| StoreError::Row { what: format!("the branch of draft {draft}") })?;
        swaps.push(moved);
        let name = branch.to_string();
        let fields = [("branch", &*name), ("commit", &*ahead.to_string()), (ENTRIES, &entries)];
        let audit = stamp.audit("commit-draft", &fields);
        Ok(self.repository.swap_records(stamp.operation, swaps, Some(audit))?.is_some())
    }

    /// The working copies of a draft as changes of what its branch has, and the cells that change with them.
    pub(in crate::repo::draft) fn gathered(
        &self,
        kinds: &Kinds<'_>,
        base: &Commit,
        draft: &DraftId,
        only: Option<&[EntryKey]>,
    ) -> Result<Gathered, DraftCommitError> {
        let cells = self.cells(draft)?;
        let mut gathered =
            Gathered { prepared: Vec::new(), swaps: Vec::new(), objects: Vec::new() };
        let mut refusals = Vec::new();
        // Schemas first: documents that are committed together with a schema link as that schema says.
        for (name, cell) in &cells {
            let key = edited_key(name).filter(|key| only.is_none_or(|only| only.contains(key)));
            let Some(kind) = key.as_ref().and_then(schema_of) else { continue };
            let stored = StoredWorking::of(name, cell)?;
            if let Some(document) = self.working_document(&stored.content)? {
                kinds.take_document(kind, &document)?;
            }
        }
        for (name, cell) in &cells {
            let chosen = edited_key(name).filter(|key| only.is_none_or(|only| only.contains(key)));
            let Some(key) = chosen else { continue };
            let stored = StoredWorking::of(name, cell)?;
            let change = match self.prepare_working(kinds, base, &key, &stored)? {
                Ok(change) => change,
                Err(refusal) => {
                    refusals.push(refusal);
                    continue;
                }
            };
            gathered.swaps.push(Swap {
                cell: name.clone(),
                expected: Expected::Version(cell.version),
                value: SwapValue::Delete,
            });
            gathered.leave_trail(draft, &key, (stored, cell.version), &cells)?;
            if !change.changes_nothing() {
                gathered.prepared.push(change);
            }
        }
        self.delete_translations(kinds, base, &mut gathered.prepared)?;
        if refusals.is_empty() { Ok(gathered) } else { Err(DraftCommitError::Refused { refusals }) }
    }
}

impl Drafts<'_> {
    /// An entry goes into the trash with its translations, so that a later entry with its id inherits none.
    fn delete_translations(
        &self,
        kinds: &Kinds<'_>,
        base: &Commit,
        prepared: &mut Vec<Prepared>,
    ) -> Result<(), StoreError> {
        let is_gone = |change: &&Prepared| matches!(change.after, After::Deleted);
        let gone: Vec<EntryKey> =
            prepared.iter().filter(is_gone).map(|change| change.key.clone()).collect();
        for key in gone {
            for (translation, row) in self.live_translations(base.catalogue, &key)? {
                if prepared.iter().any(|change| change.key == translation) {
                    continue;
                }
                let schema = kinds.get(key.kind())?.and_then(|kind| kind.document);
                let mut change = Prepared::new(translation, Some(row), schema);
                change.facts.before =
                    self.repository.facts_before(kinds, &change.key, change.before)?;
                prepared.push(change);
            }
        }
        Ok(())
    }
}

impl Gathered {
    /// The cell that says what an entry was before its working copy was committed, for saves that come late.
    fn leave_trail(
        &mut self,
        draft: &DraftId,
        key: &EntryKey,
        (stored, version): (StoredWorking, u64),
        cells: &[(CellName, Cell)],
    ) -> Result<(), StoreError> {
        let cell = trail_cell(draft, key)?;
        let known = cells.iter().find(|(name, _)| *name == cell);
        let expected = known.map_or(Expected::Absent, |(_, cell)| Expected::Version(cell.version));
        // What was typed is stored as a document of its own, even where the commit joins it with something else.
        let of = match stored.content {
            StoredContent::Document(text) => {
                let object = Object::new(ObjectKind::Document, text.get().to_owned());
                let id = DocumentId::from_object_id(object.id());
                self.objects.push(object);
                Some(id)
            }
            StoredContent::Beside(id) => Some(id),
            StoredContent::Deleted => None,
        };
        self.swaps.push(put_record(
            cell,
            expected,
            &StoredTrail { of, version, trail: stored.trail },
        ));
        Ok(())
    }
}
