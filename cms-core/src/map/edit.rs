//! Editing a map: one batch of changes, level by level, through the streaming chunker.
//!
//! At each level, the nodes that changes fall into are cut again, from the start of the first such node until a new
//! boundary meets an old one; the nodes between such stretches are reused. The changes to the level above are the
//! separators that came and went, so every level is the same problem.
//!
//! Where a node's keys stay the same, its boundaries do too (invariant 2 of the map), and the node is merely written
//! again with its new values.

use std::{cmp::Ordering, collections::BTreeMap, iter::Peekable, sync::Arc};

use super::{
    KEY_SIZE_BYTES_MAX, VALUE_SIZE_BYTES_MAX,
    chunker::{Chunker, Closed, Salt, write, write_values},
    node::{Child, Node},
    store::{MapError, ReadNodes, WriteNodes},
};
use crate::model::id::NodeId;

/// One change: a key with its new value, or with none to remove the key.
pub type Edit = (Vec<u8>, Option<Vec<u8>>);

/// Nodes that can be read and written: what editing works on.
pub trait Nodes: ReadNodes + WriteNodes {}

impl<T: ReadNodes + WriteNodes> Nodes for T {}

/// Makes a map of strictly ascending entries.
///
/// # Errors
/// [`MapError::TooLarge`] for an entry beyond the limits.
pub fn build(
    sink: &mut dyn WriteNodes,
    salt: Salt,
    entries: impl IntoIterator<Item = (Vec<u8>, Vec<u8>)>,
) -> Result<NodeId, MapError> {
    let mut chunker = Chunker::new(salt, 0);
    let mut level = Vec::new();
    for (key, value) in entries {
        check_size(&key, &value)?;
        level.extend(chunker.push(key, value, 1, sink));
    }
    level.extend(chunker.close_unless_empty(sink));
    Ok(raise(sink, salt, 0, level))
}

/// Applies changes to the map under `root`; returns the new root.
///
/// The keys of `edits` ascend strictly. Removing a key that does not exist changes nothing.
///
/// # Errors
/// [`MapError`] when a node can't be read, or an entry is too large.
pub fn edit(
    nodes: &mut impl Nodes,
    salt: Salt,
    root: NodeId,
    edits: impl IntoIterator<Item = Edit>,
) -> Result<NodeId, MapError> {
    let root_node = nodes.node(root)?;
    let mut changes = BTreeMap::new();
    for (key, value) in edits {
        check_size(&key, value.as_deref().unwrap_or_default())?;
        changes.insert(key, value.map(|value| (value, 1)));
    }
    if changes.is_empty() {
        return Ok(root);
    }
    for level in 0..root_node.level() {
        changes = edit_level(nodes, salt, &root_node, level, changes)?.separators;
        if changes.is_empty() {
            return Ok(root);
        }
    }
    let outcome = edit_level(nodes, salt, &root_node, root_node.level(), changes)?;
    if outcome.unchanged {
        return Ok(root);
    }
    let level: Vec<Closed> = outcome.closed;
    let new_root = raise(nodes, salt, root_node.level(), level);
    lower(nodes, new_root)
}

fn check_size(key: &[u8], value: &[u8]) -> Result<(), MapError> {
    if key.len() <= KEY_SIZE_BYTES_MAX && value.len() <= VALUE_SIZE_BYTES_MAX {
        return Ok(());
    }
    Err(MapError::TooLarge { key_size_bytes: key.len(), value_size_bytes: value.len() })
}

/// Builds levels above the nodes of one level until a single node is left.
fn raise(
    sink: &mut (impl WriteNodes + ?Sized),
    salt: Salt,
    mut level: u8,
    mut nodes: Vec<Closed>,
) -> NodeId {
    let mut sink = Forward(sink);
    loop {
        match &nodes[..] {
            [] => return write::<&[u8], &[u8]>(0, &[], &mut sink),
            [(_, only)] => return only.id,
            _ => {}
        }
        level += 1;
        let mut chunker = Chunker::new(salt, level);
        let mut above = Vec::new();
        for (key, child) in nodes {
            above.extend(chunker.push(key, child.encode(), child.count, &mut sink));
        }
        above.extend(chunker.close_unless_empty(&mut sink));
        nodes = above;
    }
}

/// Lets an unsized sink stand where a sized one is required.
struct Forward<'a, W: ?Sized>(&'a mut W);

impl<W: WriteNodes + ?Sized> WriteNodes for Forward<'_, W> {
    fn write(&mut self, node: crate::model::object::Object) {
        self.0.write(node);
    }
}

/// Drops roots that have only one child.
fn lower(nodes: &impl ReadNodes, mut root: NodeId) -> Result<NodeId, MapError> {
    loop {
        let node = nodes.node(root)?;
        if node.level() == 0 || node.len() > 1 {
            return Ok(root);
        }
        root = node.child(0).id;
    }
}

/// Changes to one level: a value with the number of leaf entries that it stands for.
type Changes = BTreeMap<Vec<u8>, Option<(Vec<u8>, u64)>>;

/// One of these changes.
type Change = (Vec<u8>, Option<(Vec<u8>, u64)>);

/// The result of editing a level.
#[derive(Default)]
struct Edited {
    /// The changes to the level above.
    separators: Changes,
    /// The new nodes, in order; for the root's level, all of its nodes.
    closed: Vec<Closed>,
    /// Whether the changes left everything as it was.
    unchanged: bool,
}

impl Edited {
    fn gone(&mut self, separator: Option<Vec<u8>>) {
        if let Some(separator) = separator {
            self.separators.entry(separator).or_insert(None);
        }
    }

    fn made(&mut self, (key, child): Closed) {
        self.separators.insert(key.clone(), Some((child.encode(), child.count)));
        self.closed.push((key, child));
    }
}

fn edit_level(
    nodes: &mut impl Nodes,
    salt: Salt,
    root: &Arc<Node>,
    level: u8,
    changes: Changes,
) -> Result<Edited, MapError> {
    let mut edited = Edited { unchanged: true, ..Edited::default() };
    let mut changes = changes.into_iter().peekable();
    let mut cursor = LevelCursor::new(Arc::clone(root));
    while let Some((first, _)) = changes.peek() {
        cursor.seek(nodes, level, first)?;
        let mut chunker = Chunker::new(salt, level);
        loop {
            let node = cursor.node();
            let is_last = cursor.is_last();
            let here = take_changes(&mut changes, &node, is_last);
            if chunker.at_boundary() {
                match Revised::of(&node, &here) {
                    Revised::Same => break,
                    Revised::Values { values, count } => {
                        edited.unchanged = false;
                        let id = write_values(&node, &values, nodes);
                        edited.made((node.key(node.len() - 1), Child { id, count }));
                        break;
                    }
                    Revised::Keys => {}
                }
            }
            edited.unchanged = false;
            edited.gone(node.len().checked_sub(1).map(|last| node.key(last)));
            for (key, value, below) in merged(&node, here) {
                if let Some(closed) = chunker.push(key, value, below, nodes) {
                    edited.made(closed);
                }
            }
            if chunker.at_boundary() {
                break;
            }
            if is_last {
                if let Some(closed) = chunker.close_unless_empty(nodes) {
                    edited.made(closed);
                }
                break;
            }
            cursor.advance(nodes)?;
        }
    }
    Ok(edited)
}

/// Takes the changes that fall into a node: up to its last key or, for the last node, all of them.
fn take_changes(
    changes: &mut Peekable<impl Iterator<Item = Change>>,
    node: &Node,
    is_last: bool,
) -> Vec<Change> {
    let mut here = Vec::new();
    while let Some(change) = changes.next_if(|(key, _)| {
        is_last || node.len().checked_sub(1).is_some_and(|i| node.compare(i, key).is_ge())
    }) {
        here.push(change);
    }
    here
}

type Row = (Vec<u8>, Vec<u8>, u64);

/// What changes do to a node that starts at a boundary.
enum Revised<'c> {
    /// They change nothing.
    Same,
    /// Only values change; boundaries stay. Holds the new values by index, and the total of leaf entries below.
    Values { values: BTreeMap<usize, &'c [u8]>, count: u64 },
    /// Keys come or go; the node is cut again.
    Keys,
}

impl<'c> Revised<'c> {
    fn of(node: &Node, changes: &'c [Change]) -> Self {
        let mut values = BTreeMap::new();
        let mut count = node.count();
        for (key, value) in changes {
            match (node.find(key), value) {
                (None, None) => {}
                (Some(index), Some((value, below))) => {
                    if node.value_slice(index) != &value[..] {
                        if node.level() > 0 {
                            count = count - node.child(index).count + below;
                        }
                        values.insert(index, &value[..]);
                    }
                }
                (None, Some(_)) | (Some(_), None) => return Self::Keys,
            }
        }
        if values.is_empty() { Self::Same } else { Self::Values { values, count } }
    }
}

fn row_of(node: &Node, index: usize) -> Row {
    let below = if node.level() == 0 { 1 } else { node.child(index).count };
    (node.key(index), node.value_slice(index).to_vec(), below)
}

/// The entries of a node with the changes merged in.
fn merged(node: &Node, changes: Vec<Change>) -> impl Iterator<Item = Row> {
    let mut changes = changes.into_iter().peekable();
    let mut index = 0;
    std::iter::from_fn(move || {
        loop {
            let order = match (changes.peek(), index < node.len()) {
                (None, false) => return None,
                (None, true) => Ordering::Less,
                (Some(_), false) => Ordering::Greater,
                (Some((key, _)), true) => node.compare(index, key),
            };
            if order == Ordering::Less {
                index += 1;
                return Some(row_of(node, index - 1));
            }
            if order == Ordering::Equal {
                index += 1;
            }
            if let Some((key, Some((value, below)))) = changes.next() {
                return Some((key, value, below));
            }
        }
    })
}

/// A position at a node of one level, with the way to it.
struct LevelCursor {
    /// From the root down to the node's parent, each with the entry that leads on.
    path: Vec<(Arc<Node>, usize)>,
    node: Arc<Node>,
}

impl LevelCursor {
    const fn new(root: Arc<Node>) -> Self {
        Self { path: Vec::new(), node: root }
    }

    fn node(&self) -> Arc<Node> {
        Arc::clone(&self.node)
    }

    fn is_last(&self) -> bool {
        self.path.iter().all(|(node, index)| index + 1 == node.len())
    }

    /// Goes to the node of `level` where `key` is or would be.
    fn seek(&mut self, nodes: &impl ReadNodes, level: u8, key: &[u8]) -> Result<(), MapError> {
        // Up to the node below which the key lies, then down: neighbours share most of their way.
        while let Some((parent, index)) = self.path.last() {
            let index = *index;
            if parent.compare(index, key).is_ge()
                && (index == 0 || parent.compare(index - 1, key).is_lt())
            {
                break;
            }
            let (parent, _) = self.path.pop().expect("just seen");
            self.node = parent;
        }
        while self.node.level() > level {
            let index = self.node.lower_bound(key).min(self.node.len() - 1);
            self.descend(nodes, index)?;
        }
        Ok(())
    }

    fn descend(&mut self, nodes: &impl ReadNodes, index: usize) -> Result<(), MapError> {
        let child = nodes.node(self.node.child(index).id)?;
        let parent = std::mem::replace(&mut self.node, child);
        self.path.push((parent, index));
        Ok(())
    }

    /// Goes to the next node of the same level, which must exist.
    fn advance(&mut self, nodes: &impl ReadNodes) -> Result<(), MapError> {
        let level = self.node.level();
        loop {
            let (parent, index) = self.path.pop().expect("not the last node");
            self.node = parent;
            if index + 1 < self.node.len() {
                self.descend(nodes, index + 1)?;
                break;
            }
        }
        while self.node.level() > level {
            self.descend(nodes, 0)?;
        }
        Ok(())
    }
}
