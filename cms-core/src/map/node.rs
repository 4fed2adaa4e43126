//! A node: a run of entries of one level, as stored bytes with an index over them.
//!
//! Layout (`docs/FORMAT.md`, "Map node"): version, level, count, the longest prefix that all keys share, then for each
//! entry the rest of its key and its value. In a leaf (level 0) a value is the map's; in higher nodes it is the child's
//! id and the number of leaf entries below it.
//!
//! Invariants:
//! 1. Keys ascend strictly; the prefix is the longest possible; nothing follows the last entry.
//! 2. A node above the leaves has at least one entry.

use std::{cmp::Ordering, collections::BTreeMap, ops::Range};

use bytes::Bytes;

use super::{KEY_SIZE_BYTES_MAX, LEVEL_MAX, VALUE_SIZE_BYTES_MAX};

/// A node always ends at this many entries.
pub const COUNT_MAX: usize = 256;
use crate::model::{
    encode::{DecodeError, Reader, Writer},
    id::{NodeId, ObjectId},
};

const VERSION: u8 = 1;

/// A decoded node; values are slices of the stored bytes.
#[derive(Debug)]
pub struct Node {
    bytes: Bytes,
    level: u8,
    prefix: Range<usize>,
    slots: Box<[Slot]>,
}

#[derive(Debug, Clone, Copy)]
struct Slot {
    key_start: u32,
    key_end: u32,
    value_start: u32,
    value_end: u32,
}

/// What a node above the leaves records about a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Child {
    /// The child's id.
    pub id: NodeId,
    /// Leaf entries below it.
    pub count: u64,
}

impl Child {
    /// The child as an entry's value.
    pub fn encode(self) -> Vec<u8> {
        let mut out = Writer::default();
        out.raw(self.id.object_id().as_bytes()).varint(self.count);
        out.finish()
    }

    fn decode(value: &[u8]) -> Result<Self, DecodeError> {
        let mut input = Reader::new(value);
        let id = NodeId::from_object_id(ObjectId::from_bytes(input.array()?));
        let count = input.varint()?;
        input.finish()?;
        Ok(Self { id, count })
    }
}

/// Writes a node of entries whose keys ascend strictly.
pub fn encode<K: AsRef<[u8]>, V: AsRef<[u8]>>(level: u8, entries: &[(K, V)]) -> Vec<u8> {
    let prefix = match (entries.first(), entries.last()) {
        // Keys ascend, so whatever the first and the last share, all share.
        (Some((first, _)), Some((last, _))) => shared(first.as_ref(), last.as_ref()),
        _ => 0,
    };
    let mut out = Writer::versioned(VERSION);
    out.byte(level).varint(entries.len() as u64);
    out.sized(entries.first().map_or(&[][..], |(key, _)| &key.as_ref()[..prefix]));
    for (key, value) in entries {
        out.sized(&key.as_ref()[prefix..]);
        if level == 0 {
            out.sized(value.as_ref());
        } else {
            out.raw(value.as_ref());
        }
    }
    out.finish()
}

/// Writes a node again with other values at some indexes; its keys stay.
pub(super) fn encode_values(node: &Node, values: &BTreeMap<usize, &[u8]>) -> Vec<u8> {
    let mut out = Writer::versioned(VERSION);
    out.byte(node.level).varint(node.len() as u64);
    out.sized(node.prefix());
    for index in 0..node.len() {
        out.sized(node.suffix(index));
        let value = values.get(&index).copied().unwrap_or_else(|| node.value_slice(index));
        if node.level == 0 {
            out.sized(value);
        } else {
            out.raw(value);
        }
    }
    out.finish()
}

fn shared(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

impl Node {
    /// Reads stored bytes, checking every invariant.
    ///
    /// # Errors
    /// [`DecodeError`] when they are not a node's.
    pub fn decode(bytes: Bytes) -> Result<Self, DecodeError> {
        let mut input = Reader::versioned(&bytes, VERSION)?;
        let level = input.byte()?;
        let count = input.length()?;
        if level > LEVEL_MAX {
            return Err(DecodeError::Field { field: "level" });
        }
        if count > COUNT_MAX || (count == 0 && level > 0) {
            return Err(DecodeError::Field { field: "count" });
        }
        let at = |input: &Reader<'_>| bytes.len() - input.rest().len();
        let prefix_size = input.sized()?.len();
        let prefix = at(&input) - prefix_size..at(&input);
        let mut slots = Vec::with_capacity(count);
        for _ in 0..count {
            let key_size = input.sized()?.len();
            let key_end = at(&input);
            let value_size = if level == 0 {
                input.sized()?.len()
            } else {
                let before = input.rest().len();
                input.array::<32>()?;
                input.varint()?;
                before - input.rest().len()
            };
            let value_end = at(&input);
            if prefix_size + key_size > KEY_SIZE_BYTES_MAX || value_size > VALUE_SIZE_BYTES_MAX {
                return Err(DecodeError::Field { field: "entry size" });
            }
            slots.push(Slot {
                key_start: (key_end - key_size) as u32,
                key_end: key_end as u32,
                value_start: (value_end - value_size) as u32,
                value_end: value_end as u32,
            });
        }
        input.finish()?;
        let node = Self { level, prefix, slots: slots.into(), bytes };
        node.check_keys()?;
        Ok(node)
    }

    fn check_keys(&self) -> Result<(), DecodeError> {
        let ascending = (1..self.len()).all(|i| self.suffix(i - 1) < self.suffix(i));
        let shared = match self.len() {
            0 => self.prefix.len(),
            n => shared(self.suffix(0), self.suffix(n - 1)),
        };
        if ascending && shared == 0 { Ok(()) } else { Err(DecodeError::Field { field: "keys" }) }
    }

    /// 0 for a leaf.
    pub const fn level(&self) -> u8 {
        self.level
    }

    /// Number of entries.
    pub const fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there are no entries: the empty map only.
    pub const fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Bytes that the node takes in memory, about.
    pub fn size_bytes(&self) -> usize {
        self.bytes.len() + self.slots.len() * size_of::<Slot>() + 64
    }

    fn prefix(&self) -> &[u8] {
        &self.bytes[self.prefix.clone()]
    }

    fn suffix(&self, index: usize) -> &[u8] {
        let slot = self.slots[index];
        &self.bytes[slot.key_start as usize..slot.key_end as usize]
    }

    /// The whole key of an entry.
    pub fn key(&self, index: usize) -> Vec<u8> {
        [self.prefix(), self.suffix(index)].concat()
    }

    /// The value of an entry, without copying.
    pub fn value(&self, index: usize) -> Bytes {
        let slot = self.slots[index];
        self.bytes.slice(slot.value_start as usize..slot.value_end as usize)
    }

    pub(super) fn value_slice(&self, index: usize) -> &[u8] {
        let slot = self.slots[index];
        &self.bytes[slot.value_start as usize..slot.value_end as usize]
    }

    /// What an entry above the leaves says of its child.
    pub fn child(&self, index: usize) -> Child {
        Child::decode(self.value_slice(index)).expect("checked by Node::decode")
    }

    /// The id of an entry's child, for an entry above the leaves.
    pub(super) fn child_id(&self, index: usize) -> NodeId {
        let id = self.value_slice(index).first_chunk().expect("checked by Node::decode");
        NodeId::from_object_id(ObjectId::from_bytes(*id))
    }

    /// Whether two entries, of this node and of another, can be seen to be the same without comparing keys; if not,
    /// they may still be the same.
    pub(super) fn is_same_entry(&self, index: usize, other: &Self, other_index: usize) -> bool {
        let (slot, other_slot) = (self.slots[index], other.slots[other_index]);
        let all = |slot: Slot| slot.key_start as usize..slot.value_end as usize;
        slot.key_end - slot.key_start == other_slot.key_end - other_slot.key_start
            && self.bytes[all(slot)] == other.bytes[all(other_slot)]
            && self.prefix() == other.prefix()
    }

    /// Leaf entries in and below this node.
    pub fn count(&self) -> u64 {
        if self.level == 0 {
            self.len() as u64
        } else {
            (0..self.len()).map(|i| self.child(i).count).sum()
        }
    }

    /// How an entry's key compares to `key`.
    pub fn compare(&self, index: usize, key: &[u8]) -> Ordering {
        let prefix = self.prefix();
        let head = &key[..prefix.len().min(key.len())];
        match prefix.cmp(head) {
            Ordering::Equal => self.suffix(index).cmp(&key[prefix.len()..]),
            unequal => unequal,
        }
    }

    /// How the keys of two entries, one of this node and one of another, compare.
    pub fn compare_entries(&self, index: usize, other: &Self, other_index: usize) -> Ordering {
        let ours = self.prefix().iter().chain(self.suffix(index));
        if self.prefix() == other.prefix() {
            return self.suffix(index).cmp(other.suffix(other_index));
        }
        ours.cmp(other.prefix().iter().chain(other.suffix(other_index)))
    }

    /// The first entry whose key is not below `key`; the length when there is none.
    pub fn lower_bound(&self, key: &[u8]) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.compare(middle, key) == Ordering::Less {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The entry with `key`.
    pub fn find(&self, key: &[u8]) -> Option<usize> {
        let index = self.lower_bound(key);
        (index < self.len() && self.compare(index, key) == Ordering::Equal).then_some(index)
    }
}
