//! Entries, with what is told around them.

use crate::repo::{
    access::sight::Sight,
    compare::DifferenceRow,
    content::{state::State, where_used::Use},
    ground::error::StoreError,
    history::{Shown, ShownRevision},
};

impl Sight<'_> {
    /// An entry with the containers and translations that they see; `None` when they do not see it.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn shown(&self, state: &State, shown: Shown) -> Result<Option<Shown>, StoreError> {
        if self.is_whole() {
            return Ok(Some(shown));
        }
        if !self.sees(state, &shown.key)? {
            return Ok(None);
        }
        let mut shown = shown;
        shown.parents = self.keys(state, shown.parents)?;
        let mut locales = Vec::with_capacity(shown.locales.len());
        for locale in shown.locales {
            if self.sees(state, &shown.key.translated(&locale))? {
                locales.push(locale);
            }
        }
        Ok(Some(Shown { locales, ..shown }))
    }

    /// The uses by entries that they see.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn uses(&self, state: &State, uses: Vec<Use>) -> Result<Vec<Use>, StoreError> {
        self.seen(state, uses, |used| &used.by)
    }

    /// The differences of two states in entries that they see in either.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn differences(
        &self,
        [before, after]: [&State; 2],
        rows: Vec<DifferenceRow>,
    ) -> Result<Vec<DifferenceRow>, StoreError> {
        if self.is_whole() {
            return Ok(rows);
        }
        let mut seen = Vec::with_capacity(rows.len());
        for row in rows {
            if self.sees(after, &row.key)? || self.sees(before, &row.key)? {
                seen.push(row);
            }
        }
        Ok(seen)
    }

    /// A version of an entry; `None` when they do not see the entry. An entry that no longer is on `main` is judged in
    /// no draft, because a version does not say of which draft it is.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn revision(&self, shown: ShownRevision) -> Result<Option<ShownRevision>, StoreError> {
        Ok(self.sees_on_main(&shown.key)?.then_some(shown))
    }
}
