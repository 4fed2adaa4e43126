//! Where nodes come from and where new ones go.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use quick_cache::{Weighter, sync::Cache};
use rayon::prelude::*;

use super::node::Node;
use crate::{
    engine::{Engine, ReadError},
    model::{
        encode::DecodeError,
        id::NodeId,
        object::{Object, ObjectKind, Space},
    },
};

/// Why a map could not be read or edited.
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    /// A node that the map is made of is not in the store.
    #[error("map node {id} is missing from {space}")]
    Missing {
        /// The missing node.
        id: NodeId,
        /// Where it was looked for.
        space: Space,
    },
    /// An object under a node's id is not a node.
    #[error("map node {id} can't be decoded")]
    Malformed {
        /// The object's id.
        id: NodeId,
        /// What is wrong with the bytes.
        source: DecodeError,
    },
    /// An entry is larger than a node may hold.
    #[error(
        "a key of {key_size_bytes} bytes with a value of {value_size_bytes} bytes exceeds the map's limits"
    )]
    TooLarge {
        /// Size of the key, in bytes.
        key_size_bytes: usize,
        /// Size of the value, in bytes.
        value_size_bytes: usize,
    },
    /// The store did not answer.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Gives nodes by id.
pub trait ReadNodes {
    /// The node with this id.
    ///
    /// # Errors
    /// [`MapError`] when it is missing, damaged or unreadable.
    fn node(&self, id: NodeId) -> Result<Arc<Node>, MapError>;

    /// Announces nodes that will be asked for soon. The implementation may read them at once, or not at all; any error
    /// is reported when they are asked for.
    fn expect(&self, _ids: Vec<NodeId>) {}
}

/// Takes new nodes.
pub trait WriteNodes {
    /// Takes one node; the same node may come twice.
    fn write(&mut self, node: Object);
}

impl WriteNodes for Vec<Object> {
    fn write(&mut self, node: Object) {
        self.push(node);
    }
}

#[derive(Clone)]
struct BySize;

impl Weighter<NodeId, Arc<Node>> for BySize {
    fn weight(&self, _: &NodeId, node: &Arc<Node>) -> u64 {
        node.size_bytes() as u64
    }
}

/// The nodes of one space of an engine, or of several layered spaces; decoded nodes are cached as long as they fit.
pub struct NodeStore {
    engine: Arc<dyn Engine>,
    /// At least one; each is searched when the ones before it have no such node.
    spaces: Vec<Space>,
    cache: Cache<NodeId, Arc<Node>, BySize>,
}

impl NodeStore {
    /// The nodes of `space`; at most `cache_size_bytes` of them are kept decoded.
    pub fn new(engine: Arc<dyn Engine>, space: Space, cache_size_bytes: u64) -> Self {
        Self::layered(engine, vec![space], cache_size_bytes)
    }

    /// The nodes of several spaces: each node comes from the first space that has it.
    ///
    /// # Panics
    /// When no space is given.
    pub fn layered(engine: Arc<dyn Engine>, spaces: Vec<Space>, cache_size_bytes: u64) -> Self {
        assert!(!spaces.is_empty(), "nodes are read from somewhere");
        let nodes_estimated = (cache_size_bytes / 6_000).max(16) as usize;
        Self {
            engine,
            spaces,
            cache: Cache::with_weighter(nodes_estimated, cache_size_bytes, BySize),
        }
    }

    /// Caches nodes that were just written: the next reader of the map needs them first.
    pub fn remember(&self, nodes: impl IntoIterator<Item = NewNode>) {
        for NewNode { id, node, .. } in nodes {
            self.cache.insert(id, node);
        }
    }

    /// The object of a node, from the first space that has it whole.
    fn object(&self, id: NodeId) -> Result<Object, MapError> {
        let mut damaged = None;
        for space in &self.spaces {
            match self.engine.object(space, id.object_id()) {
                Ok(Some(object)) if object.kind() == ObjectKind::Node => return Ok(object),
                Ok(_) => {}
                // Another space may have it whole.
                Err(error @ ReadError::Damaged { .. }) => damaged = damaged.or(Some(error)),
                Err(error) => return Err(error.into()),
            }
        }
        let missing = || MapError::Missing { id, space: self.spaces[0].clone() };
        Err(damaged.map_or_else(missing, MapError::Read))
    }

    /// The space that is looked into first.
    pub fn space(&self) -> &Space {
        &self.spaces[0]
    }
}

impl ReadNodes for NodeStore {
    fn node(&self, id: NodeId) -> Result<Arc<Node>, MapError> {
        if let Some(node) = self.cache.get(&id) {
            return Ok(node);
        }
        let object = self.object(id)?;
        let node = Node::decode(object.bytes().clone())
            .map_err(|source| MapError::Malformed { id, source })?;
        let node = Arc::new(node);
        self.cache.insert(id, Arc::clone(&node));
        Ok(node)
    }

    fn expect(&self, ids: Vec<NodeId>) {
        // Fewer nodes are not worth waking other threads for.
        if ids.len() >= 16 {
            ids.par_iter().with_min_len(8).for_each(|id| drop(self.node(*id)));
        }
    }
}

/// New nodes that are not stored yet, layered over stored ones: what a verb builds before it commits.
pub struct Staging<'a> {
    below: &'a (dyn ReadNodes + Sync),
    nodes: HashMap<NodeId, Staged>,
}

/// A new node, decoded when it is first read.
struct Staged {
    object: Object,
    node: OnceLock<Arc<Node>>,
}

impl Staged {
    fn node(&self) -> Arc<Node> {
        let decode =
            || Arc::new(Node::decode(self.object.bytes().clone()).expect("encoded by the chunker"));
        Arc::clone(self.node.get_or_init(decode))
    }
}

impl<'a> Staging<'a> {
    /// No new nodes yet, over `below`.
    pub fn over(below: &'a (dyn ReadNodes + Sync)) -> Self {
        Self { below, nodes: HashMap::new() }
    }

    /// The new nodes that `roots` are made of; nodes of intermediate steps are left out.
    pub fn into_reachable(mut self, roots: impl IntoIterator<Item = NodeId>) -> Vec<NewNode> {
        let mut taken = Vec::new();
        let mut queue: Vec<NodeId> = roots.into_iter().collect();
        while let Some(id) = queue.pop() {
            let Some(staged) = self.nodes.remove(&id) else { continue };
            let node = staged.node();
            if node.level() > 0 {
                queue.extend((0..node.len()).map(|index| node.child(index).id));
            }
            taken.push(NewNode { id, node, object: staged.object });
        }
        taken
    }
}

/// A node to be stored.
pub struct NewNode {
    /// The node's id.
    pub id: NodeId,
    /// The decoded node.
    pub node: Arc<Node>,
    /// The stored bytes.
    pub object: Object,
}

impl ReadNodes for Staging<'_> {
    fn node(&self, id: NodeId) -> Result<Arc<Node>, MapError> {
        match self.nodes.get(&id) {
            Some(staged) => Ok(staged.node()),
            None => self.below.node(id),
        }
    }

    fn expect(&self, ids: Vec<NodeId>) {
        self.below.expect(ids);
    }
}

impl WriteNodes for Staging<'_> {
    fn write(&mut self, node: Object) {
        let staged = Staged { object: node, node: OnceLock::new() };
        self.nodes.entry(NodeId::from_object_id(staged.object.id())).or_insert(staged);
    }
}
