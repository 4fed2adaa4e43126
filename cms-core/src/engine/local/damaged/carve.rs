//! What is whole in a stretch of a journal that is not: objects, which hash to their ids, and audit records, which
//! carry a check. Cells carry no check here; they are looked up in sled.
//!
//! Invariants:
//! 1. Only what is whole is taken.
//! 2. An object whose space is not known is taken to be an author's, never a learner's.

use std::{collections::BTreeSet, ops::RangeInclusive};

use super::super::{
    audit,
    file::display_name,
    journal::{LiveJournal, Stretch},
    record::RecordHeader,
};
use crate::{
    engine::{Damage, Lost},
    model::{encode::Reader, object::Space},
};

/// Longest name of a space, in bytes.
const SPACE_SIZE_BYTES_MAX: usize = 128;
/// Most bytes of a count.
const COUNT_SIZE_BYTES_MAX: usize = 5;

/// Adds to a journal what is whole in a stretch of its bytes, and reports objects there that are not. `spaces` are
/// those that the store is known to have.
pub(super) fn carve(
    journal: &mut LiveJournal,
    bytes: &[u8],
    stretch: &Stretch,
    positions: &RangeInclusive<u64>,
    spaces: &BTreeSet<Space>,
) -> Vec<Damage> {
    let mut damages = Vec::new();
    let bytes = bytes.get(..stretch.bytes.end).unwrap_or(bytes);
    let mut at = stretch.bytes.start;
    let mut run = Run::default();
    while at < bytes.len() {
        let rest = &bytes[at..];
        if let Some(header) = RecordHeader::find(rest) {
            let space = run.space_of(&bytes[stretch.bytes.start..at], at, spaces);
            let is_whole = header.is_whole(rest);
            let size_bytes = header.record_size_bytes();
            if is_whole {
                journal.add_object(&space, header.id, at as u64, size_bytes);
            } else {
                let detail = "the bytes do not hash to the id";
                let damage = Damage::of(display_name(&journal.path), Some(at as u64), detail);
                damages.push(damage.losing(Lost::Object(space, header.id)));
            }
            run.within = at + size_bytes;
            // A damaged record may be shorter than it says.
            at += if is_whole { size_bytes } else { 1 };
            run.end = is_whole.then_some(at);
        } else if let Some((row, size_bytes)) = audit::find(rest, at, positions) {
            journal.add_audit(row.position, at as u64, size_bytes);
            at += size_bytes;
        } else {
            // The first record of a run may be the damaged one.
            if at >= run.within
                && let Some((space, left)) = space_at(rest)
            {
                run = Run { space: Some(space), left, ..Run::default() };
            }
            at += 1;
        }
    }
    damages
}

/// Records of one space, which are stored one after the other after its name and their count.
#[derive(Default)]
struct Run {
    space: Option<Space>,
    /// How many more records may belong to it.
    left: u64,
    /// Where its last whole record ended.
    end: Option<usize>,
    /// Where its last record should end: bytes inside that record do not name a space.
    within: usize,
}

impl Run {
    /// The space of a record that begins at a place, by the bytes before it.
    fn space_of(&mut self, before: &[u8], at: usize, spaces: &BTreeSet<Space>) -> Space {
        let goes_on = self.end == Some(at) && self.left > 0;
        if !goes_on && at >= self.within {
            let named = space_before(before);
            // A name with one damaged byte is taken for the space whose name it almost is.
            let named = named.or_else(|| Some((nearly_named(before, spaces)?, u64::MAX)));
            if let Some((space, left)) = named {
                (self.space, self.left) = (Some(space), left);
            }
        }
        let space = self.space.clone().filter(|_| self.left > 0).unwrap_or(Space::Source);
        self.left = self.left.saturating_sub(1);
        space
    }
}

/// The space and count of records that these bytes begin with.
fn space_at(bytes: &[u8]) -> Option<(Space, u64)> {
    // Most bytes do not begin a name: this shows before anything is read.
    bytes.get(1).filter(|first| first.is_ascii_lowercase())?;
    let longest = SPACE_SIZE_BYTES_MAX + 1 + COUNT_SIZE_BYTES_MAX;
    let mut reader = Reader::new(bytes.get(..longest).unwrap_or(bytes));
    let space = reader.text("space").ok()?.parse().ok()?;
    let count = reader.varint().ok().filter(|count| *count > 0)?;
    Some((space, count))
}

/// The space whose name and count of records come at the end of these bytes.
fn space_before(bytes: &[u8]) -> Option<(Space, u64)> {
    (1..=COUNT_SIZE_BYTES_MAX).find_map(|count_size| {
        let (before, count) = bytes.split_at_checked(bytes.len().checked_sub(count_size)?)?;
        let mut reader = Reader::new(count);
        let count = reader.varint().ok().filter(|count| *count > 0)?;
        reader.finish().ok()?;
        (1..=SPACE_SIZE_BYTES_MAX.min(before.len())).find_map(|size| {
            let (before, name) = before.split_at_checked(before.len() - size)?;
            let space = std::str::from_utf8(name).ok()?.parse().ok()?;
            (usize::from(*before.last()?) == size).then_some((space, count))
        })
    })
}

/// The space whose length, name and count come at the end of these bytes, except for one byte of them.
fn nearly_named(bytes: &[u8], spaces: &BTreeSet<Space>) -> Option<Space> {
    let is_near = |space: &&Space| {
        let name = space.to_string();
        let length = u8::try_from(name.len()).unwrap_or(u8::MAX);
        let written = [&[length], name.as_bytes()].concat();
        (0..=COUNT_SIZE_BYTES_MAX).any(|count_size| {
            (written.len() - 1..=written.len()).any(|size| {
                let end = bytes.len().checked_sub(count_size);
                let found = end.and_then(|end| bytes.get(end.checked_sub(size)?..end));
                found.is_some_and(|found| differs_by_one(found, &written))
            })
        })
    };
    spaces.iter().find(is_near).cloned()
}

/// Whether one byte of what was written has changed or is missing.
fn differs_by_one(found: &[u8], written: &[u8]) -> bool {
    let same_before = found.iter().zip(written).take_while(|(one, other)| one == other).count();
    let same_behind = found
        .iter()
        .rev()
        .zip(written.iter().rev())
        .take_while(|(one, other)| one == other)
        .count();
    found == written || same_before + same_behind + 1 >= written.len()
}
