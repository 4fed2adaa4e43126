//! Reading a map: one key, a range, counts.

use std::sync::Arc;

use bytes::Bytes;

use super::{
    node::Node,
    store::{MapError, ReadNodes},
};
use crate::model::id::NodeId;

/// The value under `key`.
///
/// # Errors
/// [`MapError`] when a node on the way can't be read.
pub fn get(
    nodes: &(impl ReadNodes + ?Sized),
    root: NodeId,
    key: &[u8],
) -> Result<Option<Bytes>, MapError> {
    let mut node = nodes.node(root)?;
    while node.level() > 0 {
        let index = node.lower_bound(key);
        if index == node.len() {
            return Ok(None);
        }
        node = nodes.node(node.child(index).id)?;
    }
    Ok(node.find(key).map(|index| node.value(index)))
}

/// How many entries the map has.
///
/// # Errors
/// [`MapError`] when the root can't be read.
pub fn count(nodes: &(impl ReadNodes + ?Sized), root: NodeId) -> Result<u64, MapError> {
    Ok(nodes.node(root)?.count())
}

/// How many entries have a key below `key`; O(log n).
///
/// # Errors
/// [`MapError`] when a node on the way can't be read.
pub fn rank(nodes: &(impl ReadNodes + ?Sized), root: NodeId, key: &[u8]) -> Result<u64, MapError> {
    let mut below = 0;
    let mut node = nodes.node(root)?;
    loop {
        let index = node.lower_bound(key);
        if node.level() == 0 {
            return Ok(below + index as u64);
        }
        below += (0..index).map(|before| node.child(before).count).sum::<u64>();
        if index == node.len() {
            return Ok(below);
        }
        node = nodes.node(node.child(index).id)?;
    }
}

/// The entries from `start` on, ascending.
///
/// # Errors
/// [`MapError`] when a node on the way to `start` can't be read; later ones show in the iteration.
pub fn entries<'a, R: ReadNodes + ?Sized>(
    nodes: &'a R,
    root: NodeId,
    start: &[u8],
) -> Result<Entries<'a, R>, MapError> {
    let mut path = Vec::new();
    let mut node = nodes.node(root)?;
    loop {
        let index = node.lower_bound(start);
        if node.level() == 0 {
            path.push((node, index));
            return Ok(Entries { nodes, path });
        }
        let child = (index < node.len()).then(|| node.child(index).id);
        // The child below is in `path` from here on, so the parent's turn comes after it.
        path.push((node, index + 1));
        match child {
            Some(id) => node = nodes.node(id)?,
            None => return Ok(Entries { nodes, path }),
        }
    }
}

/// An ascending walk over entries; see [`entries`]. It goes on behind a node that can't be read.
pub struct Entries<'a, R: ?Sized> {
    nodes: &'a R,
    /// From the root down; the index is of the entry that comes next.
    path: Vec<(Arc<Node>, usize)>,
}

impl<R: ReadNodes + ?Sized> Iterator for Entries<'_, R> {
    type Item = Result<(Vec<u8>, Bytes), MapError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (node, index) = self.path.last_mut()?;
            if *index >= node.len() {
                self.path.pop();
                continue;
            }
            let at = *index;
            *index += 1;
            if node.level() == 0 {
                return Some(Ok((node.key(at), node.value(at))));
            }
            let id = node.child(at).id;
            match self.nodes.node(id) {
                Ok(child) => self.path.push((child, 0)),
                // What lies beside it can be read all the same.
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
