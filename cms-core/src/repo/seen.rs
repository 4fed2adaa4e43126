//! What is told to somebody who sees only a part of the catalogue.
//!
//! Each method takes what a verb found and leaves out what they do not see; counts become the counts of what is left.
//! What is left out whole is answered as if it were not there. For whoever sees everything nothing is looked at.

mod commits;
mod drafts;
mod entries;
mod notices;
mod publishing;
mod reviews;
mod schedules;
pub(super) mod words;

use crate::{
    model::key::EntryKey,
    repo::{
        access::sight::Sight,
        content::state::State,
        ground::{error::StoreError, repository::Repository},
    },
};

impl Repository {
    /// The state in which what is not told to be elsewhere is looked for.
    fn state_of_main(&self) -> Result<State, StoreError> {
        let main = self.main_roots()?;
        let (main, _) = main.ok_or_else(|| StoreError::Row { what: "the branch main".into() })?;
        Ok(State::Commit(main))
    }
}

impl Sight<'_> {
    /// Whether they see an entry on `main`.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn sees_on_main(&self, key: &EntryKey) -> Result<bool, StoreError> {
        Ok(self.is_whole() || self.sees(&self.repository.state_of_main()?, key)?)
    }

    /// Only the entries that they see.
    fn keys(&self, state: &State, keys: Vec<EntryKey>) -> Result<Vec<EntryKey>, StoreError> {
        self.seen(state, keys, |key| key)
    }
}
