//! The line of reviews: what stands on it is reviews, what they name is there, and the index lists them all.
//! What is broken is mended from the line's own history, which holds every version of every review.

use std::collections::{BTreeMap, BTreeSet};

use super::{Seen, VerifyReport};
use crate::{
    map::{self, Staging},
    model::{
        commit::Commit,
        id::{CommitId, ObjectId},
        key::EntryKey,
        object::{ObjectKind, Space},
    },
    repo::{
        branch::NewCommit,
        content::{
            catalogue::{self, CatalogueRow},
            objects::{ObjectSink, StoreError},
            own::KIND_OF_REVIEWS,
        },
        draft::DraftError,
        open::Repository,
        review::{
            REVIEWS, ReviewId,
            stored::{StoredReview, index_keys},
        },
        stamp::Stamp,
    },
};

/// How to mend what is wrong with the line as a whole.
const MEND: &str = "`cms verify --mend-reviews` takes it from its history";

impl Repository {
    /// Every review can be read and refers to what is there, and the index lists each where it belongs.
    pub(super) fn verify_reviews(
        &self,
        seen: &mut Seen,
        report: &mut VerifyReport,
    ) -> Result<(), StoreError> {
        let Some((_, commit)) = self.reviews_head()? else { return Ok(()) };
        let mut expected = BTreeSet::new();
        for row in self.rows(commit.catalogue, b"")? {
            let (key, row) = row?;
            match self.whole_review(&key, row) {
                Ok(Some((id, review))) => {
                    self.verify_review(&id, &review, seen, report);
                    expected.extend(index_keys(&id, &review));
                }
                Ok(None) => report.problem(format!("{key} is no review; {MEND}")),
                Err(error) => report.problem(format!("{key}: {error}; {MEND}")),
            }
        }
        if commit.generation > 0 && expected.is_empty() {
            report.problem(format!("the line of reviews has none left; {MEND}"));
        }
        let mut listed = BTreeSet::new();
        for entry in map::entries(&*self.source, commit.backlinks, b"")? {
            listed.insert(entry?.0);
        }
        if listed != expected {
            let apart = listed.symmetric_difference(&expected).count();
            report.problem(format!("the lists of reviews are wrong in {apart} places; {MEND}"));
        }
        Ok(())
    }

    /// A row of the line as the review that it is; none where it is something else.
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

    /// What a review names is there.
    fn verify_review(
        &self,
        id: &ReviewId,
        review: &StoredReview,
        seen: &mut Seen,
        report: &mut VerifyReport,
    ) {
        let lost = |what: String| {
            format!(
                "review {id} names {what}, which is not there; close it and open another one of what the draft has now"
            )
        };
        match self.draft(&review.draft) {
            Ok(_) => {}
            Err(DraftError::Unknown { .. }) => {
                report.problem(lost(format!("draft {}", review.draft)));
            }
            Err(error) => report.problem(format!("review {id}, its draft: {error}")),
        }
        let commits = review.seen.values().chain(review.closed_at.iter()).flatten();
        for commit in commits.chain(review.merged_as.iter()) {
            match self.content_commit(*commit) {
                Ok(Some(_)) => {}
                Ok(None) => report.problem(lost(format!("commit {commit}"))),
                Err(error) => report.problem(format!("review {id}: {error}")),
            }
        }
        for approval in &review.approvals {
            for document in [approval.pair.before, approval.pair.after].into_iter().flatten() {
                let id = document.object_id();
                self.verify_object(
                    &Space::Source,
                    id,
                    ObjectKind::Document,
                    &approval.key,
                    seen,
                    report,
                );
            }
        }
        for anchor in review.threads.iter().filter_map(|thread| thread.anchor.as_ref()) {
            let revision: ObjectId = anchor.revision.object_id();
            if seen.objects.contains(&revision) {
                continue;
            }
            match self.revision(anchor.revision) {
                Ok(_) => {}
                Err(StoreError::Missing { .. }) => {
                    report.problem(lost(format!("revision {}", anchor.revision)));
                }
                Err(error) => report.problem(format!("review {id}: {error}")),
            }
        }
    }

    /// Makes the line of reviews whole again from its history: of each review the newest version that can be
    /// read, and the lists anew; what is no review goes. Returns how many reviews there are now, none where
    /// nothing was to be mended. One commit of that line; what it had before stays in its history.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read or written; nothing is changed then.
    pub fn mend_reviews(&self, stamp: &Stamp) -> Result<Option<u64>, StoreError> {
        let turn = self.turns.of(REVIEWS);
        let _turn = turn.lock();
        let Some((head, base)) = self.reviews_head()? else { return Ok(None) };
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
            // The same as there is, of which some may be missing.
            let mut sink = ObjectSink::new(self);
            for node in nodes.iter() {
                sink.add(Space::Source, node.object.clone())?;
            }
            sink.flush()?;
            return Ok(None);
        }
        let objects = nodes.iter().map(|node| (Space::Source, node.object.clone()));
        let new = NewCommit {
            branch: REVIEWS,
            head: &head,
            merged: None,
            roots: crate::repo::state::Roots { catalogue, backlinks },
            conflicts: None,
            objects: objects.collect(),
            swaps: Vec::new(),
            typed: None,
        };
        let done = self.advance_naming(&[], new, "mend-reviews", stamp)?.is_some();
        Ok(done.then_some(whole.len() as u64))
    }

    /// Of each review that the line ever had, the newest version that can be read.
    fn whole_reviews(
        &self,
        head: CommitId,
    ) -> Result<BTreeMap<EntryKey, (CatalogueRow, (ReviewId, StoredReview))>, StoreError> {
        let mut whole = BTreeMap::new();
        for commit in self.ancestry(head) {
            // Behind what can't be read, the line ends.
            let Ok((_, commit)): Result<(_, Commit), _> = commit else { continue };
            let before = commit.parents.first().and_then(|parent| self.commit_of(*parent).ok());
            let before = before.map(|parent| parent.catalogue);
            // A version whose node is lost is looked for further back.
            let Ok(differences) = self.walk(&Space::Source, before, commit.catalogue) else {
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
