//! The rules in force, read once and remembered until a grant changes.

use std::sync::Arc;

use parking_lot::Mutex;

use crate::{
    access::{Bounds, Denied, Holder, OnBehalf, Right, Rules, Subject},
    model::{id::CommitId, key::EntryKey, name::Person},
    repo::ground::{error::StoreError, repository::Repository, stamp::Stamp},
};

/// The rules that were read last, with their version.
#[derive(Default)]
struct Memo(Mutex<Option<(u64, Arc<Rules>)>>);

impl Repository {
    /// The rules in force: the grants of everybody who is not suspended.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn rules(&self) -> Result<Arc<Rules>, StoreError> {
        let memo = self.memos.of(Memo::default);
        loop {
            let version = self.access_version()?;
            if let Some((known, rules)) = &*memo.0.lock()
                && *known == version
            {
                return Ok(Arc::clone(rules));
            }
            let stored = self.stored_access()?;
            if self.access_version()? != version {
                continue;
            }
            let brought = self.tokens()?.into_iter().filter_map(|row| row.own_grant());
            let grants = stored.grants.iter().map(|record| record.value.clone()).chain(brought);
            let rules = Rules::of(grants.filter(|grant| !stored.is_suspended(&grant.person)));
            let given =
                stored.grants.iter().map(|record| (record.value.id.clone(), record.version));
            let rules = Arc::new(rules.given_at(given.collect()));
            *memo.0.lock() = Some((version, Arc::clone(&rules)));
            return Ok(rules);
        }
    }

    /// The moment by which rights are judged: where `main` is, by which places are, and the version of all grants.
    pub(in crate::repo) fn moment_of_rights(&self) -> Result<(CommitId, u64), StoreError> {
        let main = self.main_roots()?;
        let (main, _) = main.ok_or_else(|| StoreError::Row { what: "the branch main".into() })?;
        Ok((main, self.access_version()?))
    }

    /// Reads the rules again at the next question.
    pub(in crate::repo) fn forget_rules(&self) {
        *self.memos.of(Memo::default).0.lock() = None;
    }

    /// A person as one who asks, with what they may do now.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn holder(
        &self,
        person: &Person,
        bounds: Option<Arc<Bounds>>,
    ) -> Result<Holder, StoreError> {
        Ok(self.rules()?.holder(person, bounds))
    }

    /// The one on whose behalf something is done, with what they may do now.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn holder_on_behalf(&self, of: &OnBehalf) -> Result<Holder, StoreError> {
        match of {
            OnBehalf::Machine => Ok(Holder::Machine),
            OnBehalf::Person { person, bounds, .. } => {
                let holder = self.holder(person, bounds.clone().map(Arc::new))?;
                Ok(holder.assured(of.assurance().unwrap_or_default()))
            }
        }
    }

    /// Refuses what somebody may not do to a subject.
    ///
    /// # Errors
    /// [`StoreError::Denied`], which says why and who could; or the store can't be read.
    pub fn require(
        &self,
        holder: &Holder,
        right: Right,
        subject: &Subject<'_>,
    ) -> Result<(), StoreError> {
        if holder.may(right, subject) {
            return Ok(());
        }
        let denied: Result<(), Box<Denied>> = self.rules()?.require(holder, right, subject);
        Ok(denied?)
    }

    /// Refuses what the one who asks may not do to an entry, by where it stands on `main`.
    ///
    /// # Errors
    /// As [`Repository::require`].
    pub fn require_for_entry(
        &self,
        stamp: &Stamp,
        right: Right,
        key: &EntryKey,
    ) -> Result<(), StoreError> {
        if stamp.holder.may_everywhere(right) {
            return Ok(());
        }
        let above = self.above(key)?;
        self.require(&stamp.holder, right, &Subject::entry(key, &above))
    }

    /// Whether somebody may do something to an entry, by where it stands on `main`.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn may_for_entry(
        &self,
        holder: &Holder,
        right: Right,
        key: &EntryKey,
    ) -> Result<bool, StoreError> {
        if holder.may_everywhere(right) {
            return Ok(true);
        }
        Ok(holder.may(right, &Subject::entry(key, &self.above(key)?)))
    }
}
