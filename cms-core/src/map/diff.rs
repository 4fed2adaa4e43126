//! The difference of two maps: two cursors that skip equal subtrees.
//!
//! Cost: proportional to the number of differences times the depth, not to the size.

use std::{cmp::Ordering, collections::HashMap, sync::Arc};

use bytes::Bytes;

use super::{
    node::Node,
    store::{MapError, ReadNodes},
};
use crate::model::id::NodeId;

/// At most this many nodes are requested at once; if more differ, the walk reads them as it reaches them.
const LOOK_AHEAD_NODES_MAX: usize = 1024;

/// A key on which two maps disagree; at least one side has a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The key on which they disagree.
    pub key: Vec<u8>,
    /// The value in the first map.
    pub left: Option<Bytes>,
    /// The value in the second map.
    pub right: Option<Bytes>,
}

/// The differences of two maps, ascending by key.
///
/// # Errors
/// [`MapError`] when a root can't be read; later errors show in the iteration.
pub fn diff<'a, R: ReadNodes + ?Sized>(
    nodes: &'a R,
    left: NodeId,
    right: NodeId,
) -> Result<Diff<'a, R>, MapError> {
    let mut diff = Diff::new(nodes);
    if left != right {
        let (left, right) = (nodes.node(left)?, nodes.node(right)?);
        diff.is_ahead = diff.expect_all(Arc::clone(&left), Arc::clone(&right));
        diff.left.enter(left);
        diff.right.enter(right);
    }
    Ok(diff)
}

/// The differences of two maps from a key on, ascending; what comes before the key is not read.
///
/// # Errors
/// [`MapError`] when the way to the key can't be read; later errors show in the iteration.
pub fn diff_from<'a, R: ReadNodes + ?Sized>(
    nodes: &'a R,
    left: NodeId,
    right: NodeId,
    start: &[u8],
) -> Result<Diff<'a, R>, MapError> {
    let mut diff = Diff::new(nodes);
    if left != right {
        diff.left.seek(nodes, left, start)?;
        diff.right.seek(nodes, right, start)?;
    }
    Ok(diff)
}

/// An ascending walk over differences; see [`diff`].
pub struct Diff<'a, R: ?Sized> {
    nodes: &'a R,
    left: Cursor,
    right: Cursor,
    /// Whether all nodes that differ have been requested.
    is_ahead: bool,
    /// Nodes above the leaves that were read in order to request others, and that the walk has not reached yet.
    ahead: HashMap<NodeId, Arc<Node>>,
}

/// A position before an entry of some level; everything before it has been handled.
#[derive(Default)]
struct Cursor {
    path: Vec<(Arc<Node>, usize)>,
}

impl Cursor {
    fn enter(&mut self, node: Arc<Node>) {
        self.path.push((node, 0));
        self.settle();
    }

    /// Descends to the first entry that is not before the key.
    fn seek<R: ReadNodes + ?Sized>(
        &mut self,
        nodes: &R,
        root: NodeId,
        key: &[u8],
    ) -> Result<(), MapError> {
        let mut node = nodes.node(root)?;
        loop {
            let index = node.lower_bound(key);
            if node.level() == 0 || index == node.len() {
                self.path.push((node, index));
                self.settle();
                return Ok(());
            }
            let child = nodes.node(node.child_id(index))?;
            self.path.push((node, index + 1));
            node = child;
        }
    }

    /// Leaves nodes whose entries are all handled.
    fn settle(&mut self) {
        while self.path.last().is_some_and(|(node, index)| *index >= node.len()) {
            self.path.pop();
        }
    }

    fn skip(&mut self) {
        if let Some((_, index)) = self.path.last_mut() {
            *index += 1;
        }
        self.settle();
    }

    fn here(&self) -> Option<(&Arc<Node>, usize)> {
        self.path.last().map(|(node, index)| (node, *index))
    }

    /// Replaces the entry here by the node below it.
    fn descend<R: ReadNodes + ?Sized>(
        &mut self,
        nodes: &R,
        ahead: &mut HashMap<NodeId, Arc<Node>>,
    ) -> Result<(), MapError> {
        let (node, index) = self.path.last_mut().expect("descends from an entry");
        let id = node.child_id(*index);
        let child = ahead.remove(&id).map_or_else(|| nodes.node(id), Ok)?;
        *index += 1;
        // The cursor is not settled here: the parent may be finished, and is left when the child is.
        self.path.push((child, 0));
        self.settle();
        Ok(())
    }

    fn take(&mut self) -> (Vec<u8>, Bytes) {
        let (node, index) = self.here().expect("takes an entry");
        let entry = (node.key(index), node.value(index));
        self.skip();
        entry
    }
}

/// For each of two nodes, the children that the other node does not have.
fn differing(left: &Node, right: &Node) -> [Vec<NodeId>; 2] {
    let mut sides = [Vec::new(), Vec::new()];
    let (mut at, mut other) = (0, 0);
    while at < left.len() || other < right.len() {
        let order = match (at < left.len(), other < right.len()) {
            (true, true) if left.child_id(at) == right.child_id(other) => {
                (at, other) = (at + 1, other + 1);
                continue;
            }
            (true, true) => left.compare_entries(at, right, other),
            (true, false) => Ordering::Less,
            _ => Ordering::Greater,
        };
        if order.is_le() {
            sides[0].push(left.child_id(at));
            at += 1;
        }
        if order.is_ge() {
            sides[1].push(right.child_id(other));
            other += 1;
        }
    }
    sides
}

enum Step {
    End,
    TakeLeft,
    TakeRight,
    TakeBoth,
    SkipBoth,
    DescendLeft,
    DescendRight,
    DescendBoth,
}

impl<'a, R: ReadNodes + ?Sized> Diff<'a, R> {
    fn new(nodes: &'a R) -> Self {
        let (left, right) = (Cursor::default(), Cursor::default());
        Self { nodes, left, right, is_ahead: false, ahead: HashMap::new() }
    }

    /// Requests all nodes that differ, one level at a time, so that many are read at once: a few differences are
    /// usually far apart, each under nodes of its own. Returns whether that was possible: it is not when too many nodes
    /// differ, or below nodes with other boundaries, whose children have no counterparts.
    fn expect_all(&mut self, left: Arc<Node>, right: Arc<Node>) -> bool {
        let mut is_all = left.level() == right.level();
        let mut pairs = if is_all { vec![(left, right)] } else { Vec::new() };
        let mut asked = 0;
        while let Some(level) =
            pairs.first().map(|(left, _)| left.level()).filter(|level| *level > 0)
        {
            let mut ids = Vec::new();
            let mut below = Vec::new();
            for (left, right) in &pairs {
                let [lefts, rights] = differing(left, right);
                ids.extend(lefts.iter().chain(&rights).copied());
                if lefts.len() == rights.len() {
                    below.extend(lefts.into_iter().zip(rights));
                } else {
                    is_all = false;
                }
            }
            asked += ids.len();
            if asked > LOOK_AHEAD_NODES_MAX {
                return false;
            }
            self.nodes.expect(ids);
            if level == 1 {
                break;
            }
            pairs.clear();
            for (left, right) in below {
                // Nodes that can't be read are reported when the walk reaches them.
                let (Ok(left), Ok(right)) = (self.read_ahead(left), self.read_ahead(right)) else {
                    return false;
                };
                pairs.push((left, right));
            }
        }
        is_all
    }

    fn read_ahead(&mut self, id: NodeId) -> Result<Arc<Node>, MapError> {
        let node = self.nodes.node(id)?;
        self.ahead.insert(id, Arc::clone(&node));
        Ok(node)
    }

    fn step(&self) -> Step {
        match (self.left.here(), self.right.here()) {
            (None, None) => Step::End,
            (Some((left, _)), None) if left.level() == 0 => Step::TakeLeft,
            (Some(_), None) => Step::DescendLeft,
            (None, Some((right, _))) if right.level() == 0 => Step::TakeRight,
            (None, Some(_)) => Step::DescendRight,
            (Some((left, at)), Some((right, other))) => match left.level().cmp(&right.level()) {
                Ordering::Greater => Step::DescendLeft,
                Ordering::Less => Step::DescendRight,
                Ordering::Equal if left.level() > 0 => {
                    if left.child_id(at) == right.child_id(other) {
                        Step::SkipBoth
                    } else {
                        Step::DescendBoth
                    }
                }
                Ordering::Equal if left.is_same_entry(at, right, other) => Step::SkipBoth,
                Ordering::Equal => match left.compare_entries(at, right, other) {
                    Ordering::Less => Step::TakeLeft,
                    Ordering::Greater => Step::TakeRight,
                    Ordering::Equal if left.value_slice(at) == right.value_slice(other) => {
                        Step::SkipBoth
                    }
                    Ordering::Equal => Step::TakeBoth,
                },
            },
        }
    }

    /// Requests what the walk is about to need, so that many nodes are read at once.
    ///
    /// At the grandparents of leaves it requests the leaves too: a few differences are usually far apart, one or two
    /// under each parent. Where parents have other boundaries, the walk reads as it goes.
    fn look_ahead(&self) {
        let (Some((left, _)), Some((right, _))) = (self.left.here(), self.right.here()) else {
            return;
        };
        if left.level() != right.level() || left.level() == 0 || left.level() > 2 {
            return;
        }
        let [lefts, rights] = differing(left, right);
        self.nodes.expect([&lefts[..], &rights].concat());
        if left.level() == 1 || lefts.len() != rights.len() {
            return;
        }
        let mut leaves = Vec::new();
        for (left, right) in lefts.into_iter().zip(rights) {
            let (Ok(left), Ok(right)) = (self.nodes.node(left), self.nodes.node(right)) else {
                return;
            };
            leaves.extend(differing(&left, &right).into_iter().flatten());
            if leaves.len() > LOOK_AHEAD_NODES_MAX {
                return;
            }
        }
        self.nodes.expect(leaves);
    }

    fn advance(&mut self) -> Result<Option<Difference>, MapError> {
        loop {
            match self.step() {
                Step::End => return Ok(None),
                Step::TakeLeft => {
                    let (key, value) = self.left.take();
                    return Ok(Some(Difference { key, left: Some(value), right: None }));
                }
                Step::TakeRight => {
                    let (key, value) = self.right.take();
                    return Ok(Some(Difference { key, left: None, right: Some(value) }));
                }
                Step::TakeBoth => {
                    let (key, left) = self.left.take();
                    let (_, right) = self.right.take();
                    return Ok(Some(Difference { key, left: Some(left), right: Some(right) }));
                }
                Step::SkipBoth => {
                    self.left.skip();
                    self.right.skip();
                }
                Step::DescendLeft => self.left.descend(self.nodes, &mut self.ahead)?,
                Step::DescendRight => self.right.descend(self.nodes, &mut self.ahead)?,
                Step::DescendBoth => {
                    self.left.descend(self.nodes, &mut self.ahead)?;
                    self.right.descend(self.nodes, &mut self.ahead)?;
                    if !self.is_ahead {
                        self.look_ahead();
                    }
                }
            }
        }
    }
}

impl<R: ReadNodes + ?Sized> Iterator for Diff<'_, R> {
    type Item = Result<Difference, MapError>;

    fn next(&mut self) -> Option<Self::Item> {
        let result = self.advance();
        if result.is_err() {
            self.left.path.clear();
            self.right.path.clear();
        }
        result.transpose()
    }
}
