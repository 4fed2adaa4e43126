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
/// [`MapError`] when the root can't be read; what can't be read below it shows in the iteration.
pub fn entries<'a, R: ReadNodes + ?Sized>(
    nodes: &'a R,
    root: NodeId,
    start: &[u8],
) -> Result<Entries<'a, R>, MapError> {
    let mut entries = Entries { nodes, path: Vec::new(), failed: None, lost: None };
    let mut node = nodes.node(root)?;
    loop {
        let index = node.lower_bound(start);
        let is_above = node.level() > 0 && index < node.len();
        // From here on, the child below is in `path`, so the parent continues after it.
        entries.path.push((Arc::clone(&node), if is_above { index + 1 } else { index }));
        if !is_above {
            return Ok(entries);
        }
        match nodes.node(node.child(index).id) {
            Ok(child) => node = child,
            Err(error) => {
                entries.failed = Some(error);
                return Ok(entries);
            }
        }
    }
}

/// An ascending walk over entries; see [`entries`].
///
/// A node that can't be read is reported once, as an error; a caller that continues gets the entries that come after
/// those below that node.
pub struct Entries<'a, R: ?Sized> {
    nodes: &'a R,
    /// From the root down; each index is that of the entry that comes next.
    path: Vec<(Arc<Node>, usize)>,
    /// What went wrong on the way to the first entry.
    failed: Option<MapError>,
    lost: Option<LostEntries>,
}

/// The entries below a node that can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LostEntries {
    /// The node that can't be read.
    pub node: NodeId,
    /// The last key before them; none when nothing readable is before them.
    pub after: Option<Vec<u8>>,
    /// Their last key.
    pub to: Vec<u8>,
    /// How many there are.
    pub count: u64,
}

impl<R: ReadNodes + ?Sized> Entries<'_, R> {
    /// The entries that were skipped at the last error.
    pub const fn lost(&self) -> Option<&LostEntries> {
        self.lost.as_ref()
    }

    /// Records what is below the child that was visited last.
    fn lose(&mut self) {
        let Some((node, next)) = self.path.last() else { return };
        let index = *next - 1;
        let child = node.child(index);
        // The separator before it, from the lowest node that has one.
        let before = |(node, next): &(Arc<Node>, usize)| (*next >= 2).then(|| node.key(*next - 2));
        let after = self.path.iter().rev().find_map(before);
        let (id, to, count) = (child.id, node.key(index), child.count);
        self.lost = Some(LostEntries { node: id, after, to, count });
    }
}

impl<R: ReadNodes + ?Sized> Iterator for Entries<'_, R> {
    type Item = Result<(Vec<u8>, Bytes), MapError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.failed.take() {
            self.lose();
            return Some(Err(error));
        }
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
                Err(error) => {
                    self.lose();
                    return Some(Err(error));
                }
            }
        }
    }
}
