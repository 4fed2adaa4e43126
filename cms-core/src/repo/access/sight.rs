//! What somebody may see: the entries that they may read, and what is told around them.
//!
//! What one may not see is answered as if it were not there, so no answer tells that it is. A room that knows more than
//! entries (drafts, reviews, commits, schedules) says itself, with a method of [`Sight`], which of them somebody sees.
//!
//! Invariants:
//! 1. Whoever may read everything costs nothing more: no entry is looked at.
//! 2. Where an entry that is on `main` stands is judged there; what only a draft has is judged in the draft, and is seen
//!    by those who work in it.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use parking_lot::Mutex;

use super::places::Above;
use crate::{
    access::{Holder, Right, Subject},
    model::{
        id::NodeId,
        key::{EntryKey, Kind},
        name::Person,
    },
    repo::{
        content::state::{Roots, State},
        ground::{error::StoreError, repository::Repository},
    },
};

/// What one person sees; see the module.
pub struct Sight<'r> {
    pub(in crate::repo) repository: &'r Repository,
    holder: Holder,
    is_whole: bool,
    /// The catalogues of the drafts that they work in: what only these have is theirs to see, wherever it stands.
    own: Mutex<HashSet<NodeId>>,
    /// Where entries stand that `main` has not, by the catalogue of their state.
    elsewhere: Mutex<HashMap<NodeId, HashMap<EntryKey, Above>>>,
}

impl Repository {
    /// What somebody may see.
    pub fn sight(&self, holder: &Holder) -> Sight<'_> {
        Sight {
            repository: self,
            holder: holder.clone(),
            is_whole: holder.may_everywhere(Right::Read),
            own: Mutex::default(),
            elsewhere: Mutex::default(),
        }
    }
}

impl<'r> Sight<'r> {
    /// Whether they see everything.
    pub const fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Who looks; `None` for the machine.
    pub const fn person(&self) -> Option<&Person> {
        self.holder.person()
    }

    /// Counts what only a draft has as theirs, because they work in it.
    pub(in crate::repo) fn works_in(&self, catalogue: NodeId) {
        self.own.lock().insert(catalogue);
    }

    /// Whether they are one of some people.
    pub(in crate::repo) fn is_one_of<'p>(
        &self,
        people: impl IntoIterator<Item = &'p String>,
    ) -> bool {
        self.person().is_some_and(|person| people.into_iter().any(|one| *one == person.as_str()))
    }

    /// Whether they see an entry of a state.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn sees(&self, state: &State, key: &EntryKey) -> Result<bool, StoreError> {
        if self.is_whole {
            return Ok(true);
        }
        self.sees_at(self.repository.roots(state)?, key)
    }

    /// Whether they see an entry of the state with these maps.
    pub(in crate::repo) fn sees_at(
        &self,
        roots: Roots,
        key: &EntryKey,
    ) -> Result<bool, StoreError> {
        let may = |above: &[EntryKey]| self.holder.may(Right::Read, &Subject::entry(key, above));
        // A role for a kind or a language needs no place.
        if self.is_whole || may(&[]) {
            return Ok(true);
        }
        if !self.holder.has_subtrees() {
            return Ok(false);
        }
        let above = self.repository.above(key)?;
        if !above.is_empty() {
            return Ok(may(&above));
        }
        // In the trash it is known as well.
        if self.repository.row_on_main(&key.source())?.is_some() {
            return Ok(false);
        }
        if self.own.lock().contains(&roots.catalogue) {
            return Ok(true);
        }
        let mut elsewhere = self.elsewhere.lock();
        let known = elsewhere.entry(roots.catalogue).or_default();
        Ok(may(&self.repository.above_at(roots, &key.source(), known)?))
    }

    /// Only the rows whose entries they see.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn seen<T>(
        &self,
        state: &State,
        rows: Vec<T>,
        key: impl Fn(&T) -> &EntryKey,
    ) -> Result<Vec<T>, StoreError> {
        if self.is_whole {
            return Ok(rows);
        }
        let roots = self.repository.roots(state)?;
        let mut seen = Vec::with_capacity(rows.len());
        for row in rows {
            if self.sees_at(roots, key(&row))? {
                seen.push(row);
            }
        }
        Ok(seen)
    }

    /// Whether they see each of some entries.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn sees_all<'k>(
        &self,
        state: &State,
        keys: impl IntoIterator<Item = &'k EntryKey>,
    ) -> Result<bool, StoreError> {
        for key in keys {
            if !self.sees(state, key)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The entries among which everything is that they see on `main` outside the trash; `None` when nothing confines
    /// them to a part of the tree.
    pub(in crate::repo) fn territory(
        &self,
    ) -> Result<Option<Vec<Arc<BTreeSet<EntryKey>>>>, StoreError> {
        if self.is_whole {
            return Ok(None);
        }
        let Some(roots) = self.holder.confined_to(Right::Read) else { return Ok(None) };
        roots.iter().map(|root| self.repository.territory(root)).collect::<Result<_, _>>().map(Some)
    }

    /// The kinds that they see; `None` when nothing confines them to kinds.
    pub(in crate::repo) fn kinds(&self) -> Option<BTreeSet<Kind>> {
        if self.is_whole { None } else { self.holder.kinds_of(Right::Read) }
    }
}
