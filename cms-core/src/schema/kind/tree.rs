//! The annotation tree: for each place that a document can have, all that the annotations say about it.
//!
//! A value may be described by several subschemas at once (`$ref` with siblings, `allOf`, branches), and some
//! annotations reach down (`x-refs`, `x-mentions`, `x-translatable-names`). Both are worked out when the kind is
//! compiled: a node stands for a *set* of subschemas with what reaches down to it, so that walking a document takes one
//! look-up per value. Recursive schemas become cycles between nodes.
//!
//! Invariants:
//! 1. A value of a document has at most one node, found from its parent's node and its name alone.
//! 2. `reach` of a node holds the marks of its own annotations and of any below it, so a walk enters a part of a
//!    document only if it may find there what it looks for.
//! 3. Branches (`anyOf`, `oneOf`, `allOf`) are joined: an annotation in any of them counts, because what is private or
//!    a link in one reading must not be delivered or dangle in another.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
};

use serde_json::Value;

use super::{
    annotations::{LinkRule, MediaRule},
    build::build,
    survey::Subschema,
    trail::{ElementName, Trail},
};
use crate::{model::key::Kind, schema::kind::problem::SchemaProblem};

/// A set of annotations, as bits: what a node has, or what a walk looks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(in crate::schema) struct Marks(u16);

impl Marks {
    pub(in crate::schema) const LINK: Self = Self(1);
    pub(in crate::schema) const REFS: Self = Self(1 << 1);
    pub(in crate::schema) const TEXT: Self = Self(1 << 2);
    pub(in crate::schema) const PRIVATE: Self = Self(1 << 3);
    pub(in crate::schema) const MEDIA: Self = Self(1 << 4);
    pub(in crate::schema) const REQUIRES: Self = Self(1 << 5);
    pub(in crate::schema) const KEY: Self = Self(1 << 6);
    pub(in crate::schema) const BEFORE: Self = Self(1 << 7);
    pub(in crate::schema) const DRAWS: Self = Self(1 << 8);
    pub(in crate::schema) const DISPENSABLE: Self = Self(1 << 9);

    pub(in crate::schema) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(in crate::schema) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// The number of a node; the root is 0.
pub(in crate::schema) type NodeIndex = usize;

/// What the annotations say about the values at one kind of place.
#[derive(Debug, Default)]
pub(in crate::schema) struct Node {
    /// Whether the text here is translated.
    pub text: bool,
    /// Whether a language may have another value here, without needing one: a file, a number.
    pub localisable: bool,
    pub prose: bool,
    pub unit: bool,
    /// Whether elements here whose words wait for their translation can be left out of a unit.
    pub dispensable: bool,
    /// Whether this value, or one that holds it, is never delivered.
    pub hidden: bool,
    pub key: Option<Arc<str>>,
    pub link: Option<Arc<LinkRule>>,
    pub media: Option<Arc<MediaRule>>,
    pub requires: Option<Arc<str>>,
    /// Kinds that a string here may mention.
    pub refs: Arc<BTreeSet<Kind>>,
    /// Kinds to whose entries prose here may lead.
    pub mentions: Arc<BTreeSet<Kind>>,
    pub own: Marks,
    pub reach: Marks,
    pub(super) fields: BTreeMap<Arc<str>, NodeIndex>,
    /// Earlier names of fields here, with the current ones.
    pub was: BTreeMap<Arc<str>, Arc<str>>,
    /// The defaults of required fields, for documents that are older than the fields.
    pub defaults: BTreeMap<Arc<str>, Value>,
    /// Names that the kind itself gives to fields here, annotated or not.
    pub declared: BTreeSet<Arc<str>>,
    pub(super) others: Option<NodeIndex>,
    pub(super) elements: Option<NodeIndex>,
}

/// All nodes of a kind.
#[derive(Debug)]
pub(in crate::schema) struct Tree {
    nodes: Vec<Node>,
}

impl Tree {
    pub(in crate::schema) fn of(
        subschemas: &[Subschema],
        problems: &mut Vec<SchemaProblem>,
    ) -> Self {
        let mut tree = Self { nodes: build(subschemas, problems) };
        tree.spread_reach();
        tree
    }

    pub(in crate::schema) fn root(&self) -> &Node {
        &self.nodes[0]
    }

    /// Whether a document can contain anything that these marks stand for.
    pub(in crate::schema) fn has_any(&self, marks: Marks) -> bool {
        self.root().own.meets(marks) || self.root().reach.meets(marks)
    }

    pub(in crate::schema) fn field(&self, node: &Node, name: &str) -> Option<&Node> {
        node.fields.get(name).copied().or(node.others).map(|index| &self.nodes[index])
    }

    pub(in crate::schema) fn element(&self, node: &Node) -> Option<&Node> {
        node.elements.map(|index| &self.nodes[index])
    }

    /// The node under a name below a node; the name is that of a field, or the key or number of an element.
    pub(in crate::schema) fn below(&self, node: &Node, name: &str) -> Option<&Node> {
        let field = node.fields.get(name).copied();
        field.or(node.elements).or(node.others).map(|index| &self.nodes[index])
    }

    /// Spreads marks from the leaves up, through cycles too, until nothing changes.
    fn spread_reach(&mut self) {
        loop {
            let mut changed = false;
            for index in (0..self.nodes.len()).rev() {
                let node = &self.nodes[index];
                let below = node.fields.values().copied().chain(node.others).chain(node.elements);
                let reach =
                    below.fold(node.own, |marks, child| marks.with(self.nodes[child].reach));
                if reach != node.reach {
                    self.nodes[index].reach = reach;
                    changed = true;
                }
            }
            if !changed {
                return;
            }
        }
    }

    /// Calls `visit` for each value whose node has one of the marks, a parent before its children.
    pub(in crate::schema) fn walk<'d>(
        &self,
        document: &'d Value,
        marks: Marks,
        visit: &mut dyn FnMut(&Node, &'d Value, Trail<'_>),
    ) {
        self.walk_node(self.root(), document, marks, Trail::ROOT, visit);
    }

    pub(in crate::schema) fn walk_node<'d>(
        &self,
        node: &Node,
        value: &'d Value,
        marks: Marks,
        trail: Trail<'_>,
        visit: &mut dyn FnMut(&Node, &'d Value, Trail<'_>),
    ) {
        if node.own.meets(marks) {
            visit(node, value, trail);
        }
        match value {
            Value::Object(fields) => {
                for (name, field) in fields {
                    let Some(child) = self.field(node, name) else { continue };
                    if child.reach.meets(marks) {
                        self.walk_node(child, field, marks, trail.field(name, &trail), visit);
                    }
                }
            }
            Value::Array(elements) => {
                let Some(child) = self.element(node) else { return };
                if !child.reach.meets(marks) {
                    return;
                }
                let keys = element_keys(node, elements, marks);
                for (index, element) in elements.iter().enumerate() {
                    let name = ElementName::of(node, &keys, index);
                    self.walk_node(
                        child,
                        element,
                        marks,
                        trail.element(index, name, &trail),
                        visit,
                    );
                }
            }
            _ => {}
        }
    }

    /// Like [`Tree::walk`], for changing the values that are visited.
    pub(in crate::schema) fn walk_mut(
        &self,
        document: &mut Value,
        marks: Marks,
        visit: &mut dyn FnMut(&Node, &mut Value, Trail<'_>),
    ) {
        self.walk_node_mut(self.root(), document, marks, Trail::ROOT, visit);
    }

    pub(in crate::schema) fn walk_node_mut(
        &self,
        node: &Node,
        value: &mut Value,
        marks: Marks,
        trail: Trail<'_>,
        visit: &mut dyn FnMut(&Node, &mut Value, Trail<'_>),
    ) {
        if node.own.meets(marks) {
            visit(node, value, trail);
        }
        match value {
            Value::Object(fields) => {
                for (name, field) in fields {
                    let Some(child) = self.field(node, name) else { continue };
                    if child.reach.meets(marks) {
                        self.walk_node_mut(child, field, marks, trail.field(name, &trail), visit);
                    }
                }
            }
            Value::Array(elements) => {
                let Some(child) = self.element(node) else { return };
                if !child.reach.meets(marks) {
                    return;
                }
                let keys = element_keys(node, elements, marks);
                let keys: Vec<_> = keys.into_iter().map(|key| key.map(str::to_owned)).collect();
                for (index, element) in elements.iter_mut().enumerate() {
                    let name = ElementName::of(node, &keys, index);
                    self.walk_node_mut(
                        child,
                        element,
                        marks,
                        trail.element(index, name, &trail),
                        visit,
                    );
                }
            }
            _ => {}
        }
    }
}

/// For each element of a keyed array its key, unless it has none or an earlier element has the same. Only addresses of
/// segments need keys, so other walks do not compute them.
pub(in crate::schema) fn element_keys<'d>(
    node: &Node,
    elements: &'d [Value],
    marks: Marks,
) -> Vec<Option<&'d str>> {
    let Some(name) = node.key.as_deref().filter(|_| marks.meets(Marks::TEXT)) else {
        return Vec::new();
    };
    let mut seen = HashSet::with_capacity(elements.len());
    let key = |element: &'d Value| element.get(name).and_then(Value::as_str);
    elements.iter().map(|element| key(element).filter(|key| seen.insert(*key))).collect()
}
