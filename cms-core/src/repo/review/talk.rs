//! Threads and comments: saying something in a review, editing it, and resolving threads.

use super::{
    COMMENT_SIZE_BYTES_MAX, COMMENTS_MAX, ReviewError, ReviewId, ReviewState,
    stored::{Anchor, Comment, StoredReview, StoredThread},
    view::Review,
};
use crate::repo::{
    content::own,
    ground::{error::StoreError, stamp::Stamp},
};
use crate::{repo::review::Reviews, schema::title::is_blank};

/// Where a comment goes.
#[derive(Debug, Clone)]
pub enum Place {
    /// A new thread about the whole review.
    Whole,
    /// A new thread about a place in an entry.
    Anchored(Anchor),
    /// An existing thread.
    Thread(String),
}

fn checked(text: &str) -> Result<(), ReviewError> {
    if !is_blank(text) && text.len() <= COMMENT_SIZE_BYTES_MAX {
        return Ok(());
    }
    let reason = format!("a comment has 1 to {COMMENT_SIZE_BYTES_MAX} bytes");
    Err(ReviewError::Refused { pointer: "/text", reason })
}

fn no_thread(thread: &str) -> ReviewError {
    ReviewError::UnknownThread { thread: thread.to_owned() }
}

impl StoredReview {
    fn comments_count(&self) -> usize {
        self.threads.iter().map(|thread| thread.comments.len()).sum()
    }

    fn thread(&mut self, id: &str) -> Result<&mut StoredThread, ReviewError> {
        self.threads.iter_mut().find(|thread| thread.id == id).ok_or_else(|| no_thread(id))
    }
}

impl Reviews<'_> {
    /// Adds a comment. Threads of a closed review can still be answered.
    ///
    /// # Errors
    /// [`ReviewError`]; no comment is added.
    pub fn comment(
        &self,
        id: &ReviewId,
        place: &Place,
        text: &str,
        stamp: &Stamp,
    ) -> Result<Review, ReviewError> {
        checked(text)?;
        if let Place::Anchored(anchor) = place {
            self.check_anchor(anchor)?;
        }
        let operation = blake3::Hasher::new_derive_key("cms 2026-11-22 v1 comment id")
            .update(&stamp.operation.0)
            .finalize();
        let name = operation.to_hex()[..10].to_owned();
        self.change(id, "comment", stamp, &mut |before| {
            let mut review = before.ok_or_else(|| ReviewError::Unknown { review: id.clone() })?;
            let known = |thread: &StoredThread| thread.comments.iter().any(|each| each.id == name);
            if review.threads.iter().any(known) {
                return Ok(review);
            }
            if review.comments_count() >= COMMENTS_MAX {
                let reason = format!("a review holds at most {COMMENTS_MAX} comments");
                return Err(ReviewError::Refused { pointer: "", reason });
            }
            let comment = Comment {
                id: name.clone(),
                author: stamp.author.to_string(),
                text: text.to_owned(),
                time_ms: stamp.time_ms,
                edited_ms: None,
            };
            match place {
                Place::Thread(thread) => review.thread(thread)?.comments.push(comment),
                Place::Whole | Place::Anchored(_) => review.threads.push(StoredThread {
                    id: name.clone(),
                    anchor: match place {
                        Place::Anchored(anchor) => Some(anchor.clone()),
                        _ => None,
                    },
                    resolved_by: None,
                    comments: vec![comment],
                }),
            }
            Ok(review)
        })?;
        self.one(id, Some(&stamp.author))
    }

    /// Edits a comment of one's own.
    ///
    /// # Errors
    /// [`ReviewError`]; nothing is changed.
    pub fn edit_comment(
        &self,
        id: &ReviewId,
        comment: &str,
        text: &str,
        stamp: &Stamp,
    ) -> Result<Review, ReviewError> {
        checked(text)?;
        self.change(id, "edit-comment", stamp, &mut |before| {
            let mut review = before.ok_or_else(|| ReviewError::Unknown { review: id.clone() })?;
            let comments = review.threads.iter_mut().flat_map(|thread| &mut thread.comments);
            let mut comments = comments.filter(|known| known.id == comment);
            let known = comments
                .next()
                .ok_or_else(|| ReviewError::UnknownComment { comment: comment.to_owned() })?;
            if known.author != stamp.author {
                let reason = format!("the comment is {}'s", known.author);
                return Err(ReviewError::NotAllowed { reason });
            }
            text.clone_into(&mut known.text);
            known.edited_ms = Some(stamp.time_ms);
            Ok(review)
        })?;
        self.one(id, Some(&stamp.author))
    }

    /// Resolves a thread, or reopens it.
    ///
    /// # Errors
    /// [`ReviewError`]; nothing is changed.
    pub fn resolve_thread(
        &self,
        id: &ReviewId,
        thread: &str,
        is_resolved: bool,
        stamp: &Stamp,
    ) -> Result<Review, ReviewError> {
        self.change(id, "resolve-thread", stamp, &mut |before| {
            let mut review = before.ok_or_else(|| ReviewError::Unknown { review: id.clone() })?;
            if review.state == ReviewState::Merged && is_resolved {
                review.must_be(id, ReviewState::Open)?;
            }
            review.thread(thread)?.resolved_by = is_resolved.then(|| stamp.author.to_string());
            Ok(review)
        })?;
        self.one(id, Some(&stamp.author))
    }

    /// Checks that an anchor names a place that exists.
    fn check_anchor(&self, anchor: &Anchor) -> Result<(), ReviewError> {
        let refused = |pointer, reason: String| Err(ReviewError::Refused { pointer, reason });
        let revision = match self.repository.revision(anchor.revision) {
            Err(StoreError::Missing { .. }) => {
                return refused(
                    "/anchor/revision",
                    format!("there is no revision {}", anchor.revision),
                );
            }
            other => other?,
        };
        if revision.key != anchor.key || own::is_revision(&revision) {
            return refused(
                "/anchor/revision",
                format!("{} is not a revision of {}", anchor.revision, anchor.key),
            );
        }
        let document = match revision.state.document() {
            Some(document) => self.repository.document(document)?,
            None => return Ok(()),
        };
        let Some(value) = document.pointer(&anchor.pointer) else {
            return refused(
                "/anchor/pointer",
                format!("{} has nothing at {:?}", anchor.key, anchor.pointer),
            );
        };
        if let Some(span) = &anchor.span {
            let length = value.as_str().map_or(0, |text| text.chars().count() as u64);
            if span.start >= span.end || span.end > length {
                return refused("/anchor/span", format!("the text has {length} characters"));
            }
        }
        Ok(())
    }
}
