//! The streaming chunker: it alone decides where nodes end.
//!
//! Invariants:
//! 1. Whether a node ends after an entry depends only on the entry's key, the level, the salt and the count.
//! 2. After a node ends, the chunker starts from scratch: what follows does not depend on what came before.

use std::collections::BTreeMap;

use super::{
    node::{self, COUNT_MAX, Child, Node},
    store::WriteNodes,
};
use crate::model::{
    id::NodeId,
    object::{Object, ObjectKind},
};

/// A node never ends with fewer entries than this, except the last of its level.
pub const COUNT_MIN: usize = 16;
/// From this many entries on, a node ends with the higher chance.
pub const COUNT_LIKELY: usize = 64;

/// One in 256.
const CHANCE_EARLY: u32 = u32::MAX / 256;
/// One in 16.
const CHANCE_LIKELY: u32 = u32::MAX / 16;

/// What makes this repository's boundaries its own. It is not secret and travels with every copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Salt(pub [u8; 32]);

impl Salt {
    /// A pseudo-random number that depends only on the key and the level.
    fn draw(&self, level: u8, key: &[u8], buffer: &mut Vec<u8>) -> u32 {
        buffer.clear();
        buffer.push(level);
        buffer.extend_from_slice(key);
        let hash = blake3::keyed_hash(&self.0, buffer);
        let (first, _) = hash.as_bytes().split_first_chunk().expect("32 bytes hold 4");
        u32::from_le_bytes(*first)
    }
}

/// A finished node: its last key, and what its parent records about it.
pub(super) type Closed = (Vec<u8>, Child);

/// Cuts an ascending stream of entries of one level into nodes.
pub(super) struct Chunker {
    salt: Salt,
    level: u8,
    pending: Vec<(Vec<u8>, Vec<u8>)>,
    below: u64,
    buffer: Vec<u8>,
}

impl Chunker {
    pub(super) fn new(salt: Salt, level: u8) -> Self {
        Self { salt, level, pending: Vec::new(), below: 0, buffer: Vec::new() }
    }

    /// Whether the next entry starts a node.
    pub(super) fn at_boundary(&self) -> bool {
        self.pending.is_empty()
    }

    /// Adds an entry that stands for `below` leaf entries; returns the node that it completes.
    pub(super) fn push(
        &mut self,
        key: Vec<u8>,
        value: Vec<u8>,
        below: u64,
        sink: &mut dyn WriteNodes,
    ) -> Option<Closed> {
        debug_assert!(self.pending.last().is_none_or(|(last, _)| *last < key), "entries ascend");
        let count = self.pending.len() + 1;
        let ends = match count {
            ..COUNT_MIN => false,
            COUNT_MAX.. => true,
            COUNT_MIN..COUNT_LIKELY => {
                self.salt.draw(self.level, &key, &mut self.buffer) < CHANCE_EARLY
            }
            COUNT_LIKELY..COUNT_MAX => {
                self.salt.draw(self.level, &key, &mut self.buffer) < CHANCE_LIKELY
            }
        };
        self.pending.push((key, value));
        self.below += below;
        ends.then(|| self.close(sink)).flatten()
    }

    /// Ends the level; returns the last node, if entries are left for one.
    pub(super) fn close_unless_empty(&mut self, sink: &mut dyn WriteNodes) -> Option<Closed> {
        if self.pending.is_empty() { None } else { self.close(sink) }
    }

    fn close(&mut self, sink: &mut dyn WriteNodes) -> Option<Closed> {
        let id = write(self.level, &self.pending, sink);
        let (last, _) = self.pending.pop()?;
        self.pending.clear();
        Some((last, Child { id, count: std::mem::take(&mut self.below) }))
    }
}

/// Writes a node of strictly ascending entries; an empty leaf is the empty map.
pub(super) fn write<K, V>(level: u8, entries: &[(K, V)], sink: &mut dyn WriteNodes) -> NodeId
where
    K: AsRef<[u8]>,
    V: AsRef<[u8]>,
{
    sent(node::encode(level, entries), sink)
}

/// Writes a node whose keys, and therefore boundaries, stay the same.
pub(super) fn write_values(
    node: &Node,
    values: &BTreeMap<usize, &[u8]>,
    sink: &mut dyn WriteNodes,
) -> NodeId {
    sent(node::encode_values(node, values), sink)
}

fn sent(bytes: Vec<u8>, sink: &mut dyn WriteNodes) -> NodeId {
    let object = Object::new(ObjectKind::Node, bytes);
    let id = NodeId::from_object_id(object.id());
    sink.write(object);
    id
}
