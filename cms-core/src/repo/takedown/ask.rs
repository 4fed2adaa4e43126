//! What a takedown is asked for, and what it refuses before anything is changed.

use std::collections::BTreeSet;

use crate::{
    access::{Right, Subject},
    model::{
        id::{MediaId, NodeId, ObjectId},
        key::EntryKey,
        name::Branch,
        object::ObjectKind,
    },
    repo::{
        branch::branch_head,
        channel::head::{channel_head, channel_names},
        commit::error::CommitError,
        content::{catalogue, kinds::schema_of, languages::language_of},
        ground::{error::StoreError, repository::Repository, stamp::Stamp},
        publish::PublishError,
        record::takedown::{Takedown, TakedownReason, TakedownStep},
    },
};

/// Most things that one takedown names.
pub const TAKEDOWN_KEYS_MAX: usize = 100;
/// Longest reason in words, in characters.
pub const TAKEDOWN_WORDS_CHARS_MAX: usize = 2000;

/// What to take down.
#[derive(Debug, Clone)]
pub struct TakedownRequest {
    /// Entries, each with its translations and all that was ever written or delivered of them.
    pub entries: Vec<EntryKey>,
    /// Single documents, by their ids, such as an old version of an entry.
    pub objects: Vec<ObjectId>,
    /// Media files. The entries that name one stay, and show nothing in its place.
    pub media: Vec<MediaId>,
    /// Why.
    pub reason: TakedownReason,
    /// Why, in words, kept where they can be erased; may be empty.
    pub words: String,
    /// Who takes it down, and when.
    pub stamp: Stamp,
}

/// Why nothing was taken down, or not everything yet.
#[derive(Debug, thiserror::Error)]
pub enum TakedownError {
    /// The request names nothing.
    #[error("name what is to be taken down: entries, objects or media")]
    NothingNamed,
    /// The request names too much.
    #[error("{count} things are more than the {TAKEDOWN_KEYS_MAX} that one takedown may name")]
    TooMany {
        /// How many it names.
        count: usize,
    },
    /// The words of the reason are too long.
    #[error("the words are longer than {TAKEDOWN_WORDS_CHARS_MAX} characters")]
    LongWords,
    /// There never was such an entry, as far as a branch or a channel knows.
    #[error("there is no entry {key}")]
    UnknownEntry {
        /// The entry.
        key: EntryKey,
    },
    /// There is no such object.
    #[error("there is no object {id}")]
    UnknownObject {
        /// The id.
        id: ObjectId,
    },
    /// A kind, a language or a part of a map is no content: the store would not work without it.
    #[error("{what} can't be taken down: it is not content")]
    NotContent {
        /// What was named.
        what: String,
    },
    /// The document is what an entry is now.
    #[error("the document {id} is {key} as it is now; take down the entry, or change it first")]
    InUse {
        /// The document.
        id: ObjectId,
        /// The entry.
        key: EntryKey,
    },
    /// Others moved `main`, a draft or a channel at every attempt. What is done stays done; ask again.
    #[error("others changed the same things at every attempt; ask again to complete it")]
    Busy,
    /// A commit was refused.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// A channel could not be moved.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl TakedownRequest {
    /// The record of the takedown that this asks for. The same attempt always has the same id.
    pub(super) fn record(&self) -> Takedown {
        let operation = format!("{:?}", self.stamp.operation);
        let id = blake3::hash(operation.as_bytes()).to_hex();
        let entries: BTreeSet<EntryKey> = self.entries.iter().map(EntryKey::source).collect();
        Takedown {
            id: format!("t-{}", id.get(..16).unwrap_or_default()),
            author: self.stamp.author.to_string(),
            created_ms: self.stamp.time_ms,
            reason: self.reason,
            words: Some(self.words.clone()).filter(|words| !words.is_empty()),
            entries: entries.into_iter().collect(),
            objects: self.objects.clone(),
            media: self.media.clone(),
            step: TakedownStep::Begun,
            commit: None,
            relinked: Vec::new(),
            still_linking: Vec::new(),
            channels: Vec::new(),
            counts: Default::default(),
            shared: Vec::new(),
            operation,
        }
    }
}

impl Repository {
    /// Refuses what can't be taken down; nothing is changed.
    pub(super) fn must_be_takeable(&self, request: &TakedownRequest) -> Result<(), TakedownError> {
        let count = request.entries.len() + request.objects.len() + request.media.len();
        if count == 0 {
            return Err(TakedownError::NothingNamed);
        }
        if count > TAKEDOWN_KEYS_MAX {
            return Err(TakedownError::TooMany { count });
        }
        if request.words.chars().count() > TAKEDOWN_WORDS_CHARS_MAX {
            return Err(TakedownError::LongWords);
        }
        let holder = &request.stamp.holder;
        if !(request.objects.is_empty() && request.media.is_empty()) {
            self.require(holder, Right::Takedown, &Subject::WHOLE)?;
        }
        let catalogues = self.catalogues()?;
        for key in &request.entries {
            if schema_of(key).is_some() || language_of(key).is_some() {
                return Err(TakedownError::NotContent { what: key.to_string() });
            }
            let mut is_known = false;
            for root in &catalogues {
                is_known |= catalogue::row(&*self.source, *root, &key.source())?.is_some();
            }
            if !is_known {
                return Err(TakedownError::UnknownEntry { key: key.clone() });
            }
            self.require(holder, Right::Takedown, &Subject::entry(key, &self.above(key)?))?;
        }
        for id in &request.objects {
            self.must_be_content(*id, ObjectKind::Document)?;
        }
        for id in &request.media {
            self.must_be_content(id.object_id(), ObjectKind::Media)?;
        }
        self.must_not_be_current(&request.objects)
    }

    /// The catalogues of all branches and channels.
    fn catalogues(&self) -> Result<Vec<NodeId>, StoreError> {
        let mut roots = Vec::new();
        for (_, commit) in self.content_branches()? {
            roots.push(self.commit_of(commit)?.catalogue);
        }
        for name in channel_names(self)? {
            if let Some(head) = channel_head(self, &name)? {
                roots.push(self.publication(head.publication)?.effective);
            }
        }
        Ok(roots)
    }

    fn must_be_content(&self, id: ObjectId, kind: ObjectKind) -> Result<(), TakedownError> {
        for space in self.engine.spaces().map_err(StoreError::from)? {
            let found = match self.engine.object(&space, id).map_err(StoreError::from) {
                // It is taken down already, or its bytes are of no use; the ids are listed all the same.
                Err(error) if error.is_damage() => return Ok(()),
                found => found?.map(|object| object.kind()),
            };
            match found {
                Some(found) if found == kind => return Ok(()),
                Some(found) => {
                    let what = format!("the {} {id}", found.word());
                    return Err(TakedownError::NotContent { what });
                }
                None => {}
            }
        }
        Err(TakedownError::UnknownObject { id })
    }

    /// Refuses documents that entries of `main` have now: without them, the entries could not be read.
    fn must_not_be_current(&self, objects: &[ObjectId]) -> Result<(), TakedownError> {
        let Some(head) = branch_head(self, &Branch::Main)?.filter(|_| !objects.is_empty()) else {
            return Ok(());
        };
        for row in self.rows(self.commit_of(head.commit)?.catalogue, b"")? {
            let (key, row) = row?;
            let document = row.document().map(|document| document.object_id());
            if let Some(id) = document.filter(|id| objects.contains(id)) {
                return Err(TakedownError::InUse { id, key });
            }
        }
        Ok(())
    }
}
