//! The people who wrote what a draft changes: their approval does not count, unless a policy says otherwise.

use std::collections::BTreeSet;

use crate::repo::{
    draft::{DraftId, merge::proposed::Writers},
    review::Reviews,
};

impl Reviews<'_> {
    /// The draft's owner, the people who wrote a part of it, in it or in a draft that it was begun from, and the people
    /// who committed that. Bringing a draft up to date does not count as writing.
    pub(super) fn changed_by(&self, draft: &DraftId, writers: &Writers) -> BTreeSet<String> {
        let Ok(record) = self.repository.drafts().one(draft) else { return BTreeSet::new() };
        let mut people: BTreeSet<String> = writers.values().flatten().cloned().collect();
        people.insert(record.owner);
        people
    }
}
