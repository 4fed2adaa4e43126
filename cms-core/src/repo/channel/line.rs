//! The line of a channel: its moves from the newest back, and the way to one that is far back.
//!
//! A publication names only the one before it, so the way back is walked. The walk leaves a mark every [`STRIDE`]
//! numbers, and the next walk to a place that far back begins at the nearest mark above it. A page of old publications
//! costs the page and less than a stride; only the process's first walk that far costs the whole way.
//!
//! Invariants:
//! 1. A mark is the newest publication that has its number. It is made only when the publication after it has a higher
//!    number, so no other with its own number can follow.
//! 2. Marks are hints in memory: every answer is the same without them. A verb that moves a channel back forgets them.

use std::collections::{BTreeMap, HashMap};

use parking_lot::Mutex;

use crate::{
    model::{
        id::{PublicationId, SnapshotId},
        name::ChannelName,
    },
    repo::{
        channel::head::Head,
        ground::{error::StoreError, repository::Repository},
    },
};

/// The distance from one mark to the next, in sequence numbers.
const STRIDE: u64 = 64;
/// Most marks of one channel; beyond the last mark a longer line is walked.
const MARKS_MAX: usize = 16_384;

/// The marks of each channel, by sequence number.
#[derive(Default)]
struct Marks(Mutex<HashMap<ChannelName, BTreeMap<u64, (PublicationId, SnapshotId)>>>);

impl Marks {
    /// The nearest mark at or above a number; `None` when the head is as near.
    fn above(&self, head: &Head, sequence: u64) -> Option<Head> {
        if sequence >= head.sequence {
            return None;
        }
        let marks = self.0.lock();
        let (marked, place) = marks.get(&head.channel)?.range(sequence..head.sequence).next()?;
        let (publication, snapshot) = *place;
        Some(Head { publication, snapshot, sequence: *marked, ..head.clone() })
    }

    fn leave(&self, at: &Head) {
        let mut marks = self.0.lock();
        let of_channel = marks.entry(at.channel.clone()).or_default();
        if of_channel.len() < MARKS_MAX {
            of_channel.insert(at.sequence, (at.publication, at.snapshot));
        }
    }
}

impl Repository {
    /// The newest publication of a channel whose number is at most this one, found by walking back from the head.
    pub(in crate::repo) fn channel_at(
        &self,
        head: Head,
        sequence: u64,
    ) -> Result<Option<Head>, StoreError> {
        let marks = self.memos.of(Marks::default);
        let mut next = Some(marks.above(&head, sequence).unwrap_or(head));
        while let Some(at) = next {
            if at.sequence <= sequence {
                return Ok(Some(at));
            }
            next = self.before(&at)?;
            if let Some(before) = &next
                && before.sequence < at.sequence
                && before.sequence.is_multiple_of(STRIDE)
            {
                marks.leave(before);
            }
        }
        Ok(None)
    }

    /// Forgets all marks, because channels were moved to other lines than they were on.
    pub(in crate::repo) fn forget_lines(&self) {
        self.memos.of(Marks::default).0.lock().clear();
    }
}
