//! The line of reviews: checks that it holds only reviews, that what they name exists, and that the index lists them
//! all. A broken line is mended from its own history, which has every version of every review.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    named::{For, Named, Need},
    walk::{Standing, Walk},
};
use crate::{
    map::{self, Staging},
    model::{
        commit::Commit,
        id::CommitId,
        key::EntryKey,
        name::Branch,
        object::{ObjectKind, Space},
    },
    repo::{
        branch::NewCommit,
        content::{
            catalogue::{self, CatalogueRow},
            objects::ObjectSink,
            own::KIND_OF_REVIEWS,
        },
        draft::DraftError,
        ground::{error::StoreError, repository::Repository, stamp::Stamp},
        review::{
            ReviewId,
            stored::{StoredReview, index_keys},
        },
    },
};

/// How to mend the line as a whole.
const MEND: &str = "`cms verify --mend-reviews` takes it from its history";

impl Walk<'_> {
    /// Checks that every review can be read and refers to what exists, and that the index lists each where it belongs.
    pub(super) fn reviews(&mut self) -> Result<(), StoreError> {
        let repository = self.repository;
        let Some((_, commit)) = repository.reviews().head()? else { return Ok(()) };
        let mut expected = BTreeSet::new();
        let mut is_partial = false;
        for row in repository.rows(commit.catalogue, b"")? {
            let (key, row) = match row {
                // The walk has reported this damage already.
                Err(error) if error.is_damage() => {
                    is_partial = true;
                    continue;
                }
                row => row?,
            };
            match repository.whole_review(&key, row) {
                Ok(Some((id, review))) => {
                    self.review(&id, &review)?;
                    expected.extend(index_keys(&id, &review));
                }
                Ok(None) => self.report.problem(format_args!("{key} is not a review; {MEND}")),
                Err(error) => {
                    is_partial = true;
                    self.report.problem(format_args!("{key}: {error}; {MEND}"));
                }
            }
        }
        if commit.generation > 0 && expected.is_empty() && !is_partial {
            self.report.problem(format_args!("no review is left on the line of reviews; {MEND}"));
        }
        let mut listed = BTreeSet::new();
        for entry in map::entries(&*repository.source, commit.backlinks, b"")? {
            match entry.map_err(StoreError::from) {
                Err(error) if error.is_damage() => is_partial = true,
                entry => drop(listed.insert(entry?.0)),
            }
        }
        if listed != expected && !is_partial {
            let apart = listed.symmetric_difference(&expected).count();
            self.report
                .problem(format_args!("the lists of reviews are wrong in {apart} places; {MEND}"));
        }
        Ok(())
    }

    /// Checks that what a review names exists.
    fn review(&mut self, id: &ReviewId, review: &StoredReview) -> Result<(), StoreError> {
        let lost = |what: String| {
            format!(
                "review {id} names {what}, which does not exist; close it and open another one for what the draft has now"
            )
        };
        match self.repository.drafts().one(&review.draft) {
            Ok(_) => {}
            Err(DraftError::Unknown { .. }) => {
                self.report.problem(lost(format!("draft {}", review.draft)));
            }
            Err(error) => self.report.problem(format_args!("review {id}, its draft: {error}")),
        }
        let of = format!("review {id}");
        let commits = review.seen.values().chain(review.closed_at.iter()).flatten();
        for commit in commits.chain(review.merged_as.iter()) {
            let object = (&Space::Source, commit.object_id(), ObjectKind::Commit);
            if let Standing::Lost(place) =
                self.look(object, &of, |repository| repository.commit_of(*commit))?
            {
                self.needed_by(id, place, For::All);
                if self.lost(place).is_missing {
                    self.report.problem(lost(format!("commit {commit}")));
                }
                continue;
            }
            match self.repository.content_commit(*commit) {
                Ok(Some(_)) => {}
                Ok(None) => self.report.problem(lost(format!("commit {commit}"))),
                Err(error) => self.report.problem(format_args!("review {id}: {error}")),
            }
        }
        for approval in &review.approvals {
            for document in [approval.pair.before, approval.pair.after].into_iter().flatten() {
                for need in self.plain_document(document.object_id(), &approval.key)? {
                    if let Need::Lost(place, _) = need {
                        self.needed_by(id, place, For::Entry(approval.key.clone()));
                    }
                }
            }
        }
        for anchor in review.threads.iter().filter_map(|thread| thread.anchor.as_ref()) {
            let object = (&Space::Source, anchor.revision.object_id(), ObjectKind::Revision);
            if let Standing::Lost(place) =
                self.look(object, &of, |repository| repository.revision(anchor.revision))?
            {
                self.needed_by(id, place, For::Entry(anchor.key.clone()));
                if self.lost(place).is_missing {
                    self.report.problem(lost(format!("revision {}", anchor.revision)));
                }
            }
        }
        Ok(())
    }

    fn needed_by(&mut self, id: &ReviewId, place: usize, of: For) {
        self.touch(&Space::Source, vec![Need::Lost(place, of)], Named::Review(id.as_str()));
    }
}

impl Repository {
    /// The review in a row of the line; `None` when the row holds something else.
    fn whole_review(
        &self,
        key: &EntryKey,
        row: CatalogueRow,
    ) -> Result<Option<(ReviewId, StoredReview)>, StoreError> {
        if key.kind().as_str() != KIND_OF_REVIEWS || key.locale().is_some() {
            return Ok(None);
        }
        let (Ok(id), Some(document)) = (key.id().parse::<ReviewId>(), row.document()) else {
            return Ok(None);
        };
        let review = serde_json::from_value(self.document(document)?);
        Ok(review.ok().map(|review| (id, review)))
    }

    /// Makes the line of reviews whole again from its history: it takes the newest readable version of each review,
    /// rebuilds the lists, and removes what is not a review. Returns how many reviews there are now, or `None` when
    /// nothing had to be mended. This is one commit of that line; what the line had before stays in its history.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read or written; nothing is changed.
    pub fn mend_reviews(&self, stamp: &Stamp) -> Result<Option<u64>, StoreError> {
        let turn = self.turns.of(&Branch::Reviews);
        let _turn = turn.lock();
        let Some((head, base)) = self.reviews().head()? else { return Ok(None) };
        let whole = self.whole_reviews(head.commit)?;
        let mut staged = Staging::over(&*self.source);
        let salt = self.header.salt();
        let empty = map::build(&mut staged, salt, [])?;
        let rows = whole.iter().map(|(key, (row, _))| (key.encode(), Some(row.encode())));
        let catalogue = map::edit(&mut staged, salt, empty, rows.collect::<Vec<_>>())?;
        let lists: BTreeMap<_, _> = whole
            .values()
            .flat_map(|(_, (id, review))| index_keys(id, review))
            .map(|key| (key, Some(Vec::new())))
            .collect();
        let backlinks = map::edit(&mut staged, salt, empty, lists)?;
        let nodes = staged.into_reachable([catalogue, backlinks]);
        if (catalogue, backlinks) == (base.catalogue, base.backlinks) {
            // The roots are the same, but some of their nodes may be missing.
            let mut sink = ObjectSink::new(self);
            for node in nodes.iter() {
                sink.add(Space::Source, node.object.clone())?;
            }
            sink.flush()?;
            return Ok(None);
        }
        let objects = nodes.iter().map(|node| (Space::Source, node.object.clone()));
        let new = NewCommit {
            branch: &Branch::Reviews,
            head: &head,
            merged: None,
            roots: crate::repo::content::state::Roots { catalogue, backlinks },
            conflicts: None,
            objects: objects.collect(),
            swaps: Vec::new(),
            typed: None,
        };
        let done = self.advance_naming(&[], new, "mend-reviews", stamp)?.is_some();
        Ok(done.then_some(whole.len() as u64))
    }

    /// The newest readable version of each review that the line ever had.
    fn whole_reviews(
        &self,
        head: CommitId,
    ) -> Result<BTreeMap<EntryKey, (CatalogueRow, (ReviewId, StoredReview))>, StoreError> {
        let mut whole = BTreeMap::new();
        for commit in self.ancestry(head) {
            // The line ends at a commit that can't be read.
            let Ok((_, commit)): Result<(_, Commit), _> = commit else { continue };
            let before = commit.parents.first().and_then(|parent| self.commit_of(*parent).ok());
            let before = match before {
                Some(parent) => parent.catalogue,
                None => map::build(&mut Vec::new(), self.header.salt(), [])?,
            };
            // A version whose node is lost is searched for further back.
            let Ok(differences) = map::diff(&*self.source, before, commit.catalogue) else {
                continue;
            };
            for difference in differences.map_while(Result::ok) {
                let Some(value) = difference.right else { continue };
                let key = catalogue::decoded_key(&difference.key)?;
                if whole.contains_key(&key) {
                    continue;
                }
                let row = catalogue::decoded_row(&difference.key, &value)?;
                if let Ok(Some(review)) = self.whole_review(&key, row) {
                    whole.insert(key, (row, review));
                }
            }
        }
        Ok(whole)
    }
}
