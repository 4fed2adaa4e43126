//! Reviews as they are stored: one document each, on the branch `reviews`, with its places in the index.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Pair, ReviewError, ReviewId, ReviewState};
use crate::repo::{
    branch::{BranchHead, NewCommit, branch_head, branch_swap},
    commit::prepared::{After, NewDocument, Prepared},
    content::{catalogue, own},
    draft::DraftId,
    ground::{error::StoreError, stamp::Stamp},
};
use crate::{
    engine::{Expected, Transaction},
    map::{self, Staging},
    model::{
        commit::Commit,
        document::Document,
        id::{CommitId, RevisionId},
        key::EntryKey,
        name::Branch,
        object::{Object, ObjectKind, Space},
    },
    repo::review::Reviews,
};

/// A review as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::repo) struct StoredReview {
    pub(in crate::repo) title: String,
    pub(in crate::repo) description: String,
    pub(in crate::repo) author: String,
    pub(in crate::repo) draft: DraftId,
    pub(in crate::repo) state: ReviewState,
    pub(in crate::repo) reviewers: BTreeSet<String>,
    pub(in crate::repo) created_ms: u64,
    pub(in crate::repo) changed_ms: u64,
    pub(in crate::repo) approvals: Vec<StoredApproval>,
    pub(in crate::repo) verdicts: BTreeMap<String, StoredVerdict>,
    /// For each person, where the draft and `main` had parted, and the draft's commit, when they last looked.
    pub(in crate::repo) seen: BTreeMap<String, [CommitId; 2]>,
    pub(in crate::repo) threads: Vec<StoredThread>,
    /// Where the draft and `main` parted, and the draft's commit, when the review was closed.
    pub(in crate::repo) closed_at: Option<[CommitId; 2]>,
    pub(in crate::repo) merged_as: Option<CommitId>,
}

/// One person's approval of one entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::repo) struct StoredApproval {
    pub(in crate::repo) person: String,
    pub(in crate::repo) key: EntryKey,
    #[serde(flatten)]
    pub(in crate::repo) pair: Pair,
    pub(in crate::repo) time_ms: u64,
    /// Whether its giver might approve the entry when they did; `None` on the machine, and before this was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::repo) held: Option<bool>,
}

/// One person's verdict on the whole review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::repo) struct StoredVerdict {
    pub(in crate::repo) wants_changes: bool,
    pub(in crate::repo) message: String,
    pub(in crate::repo) time_ms: u64,
    /// Whether its giver had rights of their own; `None` on the machine, and before this was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::repo) held: Option<bool>,
}

/// A thread, and the place that it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::repo) struct StoredThread {
    pub(in crate::repo) id: String,
    pub(in crate::repo) anchor: Option<Anchor>,
    pub(in crate::repo) resolved_by: Option<String>,
    pub(in crate::repo) comments: Vec<Comment>,
}

/// The place that a thread is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// The entry.
    pub key: EntryKey,
    /// The revision that the commenter looked at.
    pub revision: RevisionId,
    /// The JSON pointer in the revision's document.
    pub pointer: String,
    /// The part of the text there, if the thread is about a part.
    pub span: Option<Span>,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Where it begins, in characters.
    pub start: u64,
    /// Where it ends, in characters; the end itself is not part of it.
    pub end: u64,
}

/// One comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Its name within the review.
    pub id: String,
    /// Who said it.
    pub author: String,
    /// The text, as Markdown.
    pub text: String,
    /// When they said it, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// When it was last edited, in milliseconds since 1970-01-01T00:00:00Z.
    pub edited_ms: Option<u64>,
}

/// The places of a review in the lists that it is in: each list is newest first.
pub(in crate::repo) fn index_keys(id: &ReviewId, review: &StoredReview) -> BTreeSet<Vec<u8>> {
    let place = |list: &str| place_in(list, review.created_ms, id);
    let mut keys = BTreeSet::from([place(""), place(&format!("s/{}", review.state.word()))]);
    let state = review.state.word();
    keys.insert(place(&format!("a/{state}/{}", review.author)));
    for person in &review.reviewers {
        keys.insert(place(&format!("r/{state}/{person}")));
    }
    keys.insert(place(&format!("d/{}", review.draft)));
    keys
}

/// The key of a review's place in a list.
pub(super) fn place_in(list: &str, created_ms: u64, id: &ReviewId) -> Vec<u8> {
    let mut key = list_prefix(list);
    key.extend_from_slice(&(u64::MAX - created_ms).to_be_bytes());
    key.extend_from_slice(id.as_str().as_bytes());
    key
}

/// The prefix of the keys of a list.
pub(super) fn list_prefix(list: &str) -> Vec<u8> {
    [list.as_bytes(), &[0]].concat()
}

/// The review that a key of the index names.
pub(super) fn listed(prefix_len: usize, key: &[u8]) -> Option<ReviewId> {
    std::str::from_utf8(key.get(prefix_len + 8..)?).ok()?.parse().ok()
}

impl Reviews<'_> {
    /// The branch of reviews; `None` until something is reviewed.
    pub(in crate::repo) fn head(&self) -> Result<Option<(BranchHead, Commit)>, StoreError> {
        let Some(head) = branch_head(self.repository, &Branch::Reviews)? else { return Ok(None) };
        let commit = self.repository.commit_of(head.commit)?;
        Ok(Some((head, commit)))
    }

    pub(super) fn stored_at(
        &self,
        commit: &Commit,
        id: &ReviewId,
    ) -> Result<Option<StoredReview>, StoreError> {
        let row = catalogue::row(&*self.repository.source, commit.catalogue, &id.key())?;
        let Some(document) = row.and_then(|row| row.document()) else { return Ok(None) };
        serde_json::from_value(self.repository.document(document)?)
            .map(Some)
            .map_err(|_| StoreError::Row { what: format!("review {id}") })
    }

    pub(in crate::repo) fn stored(&self, id: &ReviewId) -> Result<StoredReview, ReviewError> {
        let unknown = || ReviewError::Unknown { review: id.clone() };
        let (_, commit) = self.head()?.ok_or_else(unknown)?;
        self.stored_at(&commit, id)?.ok_or_else(unknown)
    }

    /// Changes a review, as a commit of its branch; a lost race is retried on top of others' commits.
    pub(super) fn change(
        &self,
        id: &ReviewId,
        verb: &'static str,
        stamp: &Stamp,
        change: &mut dyn FnMut(Option<StoredReview>) -> Result<StoredReview, ReviewError>,
    ) -> Result<StoredReview, ReviewError> {
        let changed = self.repository.on_branch::<_, ReviewError>(&Branch::Reviews, |_| {
            let Some((head, base)) = self.head()? else {
                self.begin(stamp)?;
                return Ok(None);
            };
            let before = self.stored_at(&base, id)?;
            let mut after = change(before.clone())?;
            if before.as_ref() == Some(&after) {
                return Ok(Some(after));
            }
            after.changed_ms = stamp.time_ms;
            let sides = [before.as_ref(), Some(&after)];
            let is_put = self.put(id, verb, &head, &base, sides, stamp)?;
            Ok(is_put.then_some(after))
        })?;
        changed.ok_or_else(|| ReviewError::Busy { review: id.clone() })
    }

    fn put(
        &self,
        id: &ReviewId,
        verb: &str,
        head: &BranchHead,
        base: &Commit,
        [before, after]: [Option<&StoredReview>; 2],
        stamp: &Stamp,
    ) -> Result<bool, StoreError> {
        let key = id.key();
        let row = catalogue::row(&*self.repository.source, base.catalogue, &key)?;
        let document = serde_json::to_value(after).expect("a review is JSON");
        let mut prepared = Prepared::new(key, row, None);
        prepared.after = After::Document(NewDocument::Unwritten(Document::of(document)));
        let mut staged = Staging::over(&*self.repository.source);
        let built = self.repository.build(&mut staged, base, &[&prepared], &[], stamp)?;
        let keys = |review: Option<&StoredReview>| {
            review.map(|review| index_keys(id, review)).unwrap_or_default()
        };
        let (old, new) = (keys(before), keys(after));
        let gone = old.difference(&new).map(|key| (key.clone(), None));
        let come = new.difference(&old).map(|key| (key.clone(), Some(Vec::new())));
        let edits: BTreeMap<_, _> = gone.chain(come).collect();
        let mut roots = built.roots;
        roots.backlinks =
            map::edit(&mut staged, self.repository.header.salt(), base.backlinks, edits)?;
        let mut objects: Vec<Object> = prepared.unwritten().cloned().collect();
        objects.extend(built.revisions);
        let nodes = staged.into_reachable([roots.catalogue, roots.backlinks]);
        objects.extend(nodes.iter().map(|node| node.object.clone()));
        let commit = NewCommit {
            branch: &Branch::Reviews,
            head,
            merged: None,
            roots,
            conflicts: None,
            objects: objects.into_iter().map(|object| (Space::Source, object)).collect(),
            swaps: Vec::new(),
            typed: None,
        };
        // The audit record has the names that people know, because the branch is the store's own.
        let draft = [before, after].into_iter().flatten().last();
        let draft = draft.map(|review| review.draft.to_string()).unwrap_or_default();
        let names = [("review", id.as_str()), ("draft", &*draft)];
        let done = self.repository.advance_naming(&names, commit, verb, stamp)?.is_some();
        if done {
            self.repository.source.remember(nodes);
        }
        Ok(done)
    }

    /// Makes the branch of reviews, unless someone else just did.
    fn begin(&self, stamp: &Stamp) -> Result<(), StoreError> {
        let mut nodes = Vec::new();
        let root = map::build(&mut nodes, self.repository.header.salt(), [])?;
        let commit = Commit {
            catalogue: root,
            backlinks: root,
            parents: Vec::new(),
            generation: 0,
            conflicts: None,
            author: stamp.author.to_string(),
            time_ms: stamp.time_ms,
            message: own::FIRST_OF_REVIEWS.to_owned(),
        };
        let object = Object::new(ObjectKind::Commit, commit.encode());
        let id = CommitId::from_object_id(object.id());
        let swap = branch_swap(&Branch::Reviews, Expected::Absent, id)
            .map_err(|_| StoreError::Row { what: "the branch of reviews".to_owned() })?;
        let objects = nodes.into_iter().chain([object]);
        self.repository.engine.commit(vec![Transaction {
            operation: stamp.step(1),
            objects: objects.map(|object| (Space::Source, object)).collect(),
            swaps: vec![swap],
            audit: None,
        }])?;
        Ok(())
    }
}
