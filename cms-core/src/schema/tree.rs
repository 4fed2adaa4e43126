//! The annotation tree: for each place that a document can have, all that the annotations say there.
//!
//! A value may be described by several subschemas at once (`$ref` with siblings, `allOf`, branches),
//! and some annotations reach down (`x-refs`, `x-translatable-names`). Both are worked out when the
//! kind is compiled: a node stands for a *set* of subschemas with what reaches down to it, so that
//! walking a document is one look-up a value. Recursive schemas become cycles between nodes.
//!
//! Invariants:
//! 1. A value of a document has at most one node, found from its parent's node and its name alone.
//! 2. `reach` of a node holds whatever its own annotations or any below it are, so a walk enters a
//!    part of a document only when it may find there what it looks for.
//! 3. Branches (`anyOf`, `oneOf`, `allOf`) are joined: an annotation in any of them counts, since
//!    what is private or a link in one reading must not be delivered or dangle in another.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use serde_json::Value;

use super::{
    annotations::LinkRule,
    kind::SchemaProblem,
    pointer,
    segments::Address,
    survey::{Subschema, SubschemaIndex},
};
use crate::model::key::Kind;

/// A set of annotations, as bits: what a node has, or what a walk looks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Marks(u8);

impl Marks {
    pub(super) const LINK: Self = Self(1);
    pub(super) const REFS: Self = Self(1 << 1);
    pub(super) const TEXT: Self = Self(1 << 2);
    pub(super) const PRIVATE: Self = Self(1 << 3);
    pub(super) const MEDIA: Self = Self(1 << 4);
    pub(super) const REQUIRES: Self = Self(1 << 5);
    pub(super) const KEY: Self = Self(1 << 6);

    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// The number of a node; the root is 0.
pub(super) type NodeIndex = usize;

/// What the annotations say about the values at one sort of place.
#[derive(Debug, Default)]
pub(super) struct Node {
    /// The text here is translated.
    pub text: bool,
    pub prose: bool,
    pub unit: bool,
    pub key: Option<Arc<str>>,
    pub link: Option<Arc<LinkRule>>,
    pub requires: Option<Arc<str>>,
    /// Kinds that a string here may mention.
    pub refs: Arc<BTreeSet<Kind>>,
    pub own: Marks,
    pub reach: Marks,
    fields: BTreeMap<Arc<str>, NodeIndex>,
    /// Names that the kind itself gives to fields here, annotated or not.
    pub declared: BTreeSet<Arc<str>>,
    others: Option<NodeIndex>,
    elements: Option<NodeIndex>,
}

/// All nodes of a kind.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
}

/// Most nodes of a kind. Joined branches could make exponentially many; no honest schema comes near.
const NODES_MAX: usize = 20_000;

impl Tree {
    pub(super) fn build(subschemas: &[Subschema], problems: &mut Vec<SchemaProblem>) -> Self {
        let mut builder = Builder {
            subschemas,
            numbers: HashMap::new(),
            nodes: Vec::new(),
            todo: Vec::new(),
            problems,
        };
        builder.node(State { at: BTreeSet::from([0]), ..State::default() });
        while let Some((index, state)) = builder.todo.pop() {
            if builder.nodes.len() > NODES_MAX {
                let message = format!("its branches make more than {NODES_MAX} different places");
                builder.problems.push(SchemaProblem { pointer: String::new(), message });
                break;
            }
            builder.fill(index, &state);
        }
        let mut tree = Self { nodes: builder.nodes };
        tree.spread_reach();
        tree
    }

    pub(super) fn root(&self) -> &Node {
        &self.nodes[0]
    }

    pub(super) fn field(&self, node: &Node, name: &str) -> Option<&Node> {
        node.fields.get(name).copied().or(node.others).map(|index| &self.nodes[index])
    }

    pub(super) fn element(&self, node: &Node) -> Option<&Node> {
        node.elements.map(|index| &self.nodes[index])
    }

    /// Brings marks from the leaves up, through cycles too, until nothing changes.
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

    /// Calls `visit` for each value whose node has one of the marks, a parent before what it holds.
    pub(super) fn walk<'d>(
        &self,
        document: &'d Value,
        marks: Marks,
        visit: &mut dyn FnMut(&Node, &'d Value, Trail<'_>),
    ) {
        self.walk_node(self.root(), document, marks, Trail::ROOT, visit);
    }

    pub(super) fn walk_node<'d>(
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

    /// As [`Tree::walk`], for changing the values that are visited.
    pub(super) fn walk_mut(
        &self,
        document: &mut Value,
        marks: Marks,
        visit: &mut dyn FnMut(&Node, &mut Value, Trail<'_>),
    ) {
        self.walk_node_mut(self.root(), document, marks, Trail::ROOT, visit);
    }

    pub(super) fn walk_node_mut(
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

/// For each element of a keyed array its key, unless it has none or an earlier element has the same.
/// Only addresses of segments go by keys, so other walks are spared them.
pub(super) fn element_keys<'d>(
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

/// How an element is named in the address of a segment.
#[derive(Clone, Copy, Debug)]
pub(super) enum ElementName<'t> {
    /// By its number, since its array has no key.
    Index,
    /// By its key.
    Key(&'t str),
    /// Not at all: its array has a key that this element lacks or shares.
    Nameless,
}

impl<'t> ElementName<'t> {
    fn of<S: AsRef<str>>(node: &Node, keys: &'t [Option<S>], index: usize) -> Self {
        match (&node.key, keys.get(index)) {
            (None, _) => Self::Index,
            (Some(_), Some(Some(key))) => Self::Key(key.as_ref()),
            (Some(_), _) => Self::Nameless,
        }
    }
}

/// The way from the root to a value, on the stack; written out only when someone asks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Trail<'t> {
    above: Option<&'t Trail<'t>>,
    step: Step<'t>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'t> {
    Root,
    Field(&'t str),
    Element(usize, ElementName<'t>),
}

impl<'t> Trail<'t> {
    pub(super) const ROOT: Trail<'static> = Trail { above: None, step: Step::Root };

    pub(super) const fn field(&self, name: &'t str, above: &'t Self) -> Self {
        Self { above: Some(above), step: Step::Field(name) }
    }

    pub(super) const fn element(
        &self,
        index: usize,
        name: ElementName<'t>,
        above: &'t Self,
    ) -> Self {
        Self { above: Some(above), step: Step::Element(index, name) }
    }

    /// The JSON pointer of the value.
    pub(super) fn pointer(&self) -> String {
        let mut text = self.above.map_or_else(String::new, Trail::pointer);
        match self.step {
            Step::Root => {}
            Step::Field(name) => {
                text.push('/');
                text.push_str(&pointer::escaped(name));
            }
            Step::Element(index, _) => {
                text.push('/');
                text.push_str(&index.to_string());
            }
        }
        text
    }

    /// The address of the value: as the pointer, but keyed elements by key. `None` below an element
    /// that has no name of its own.
    pub(super) fn address(&self) -> Option<Address> {
        self.address_text().map(Address::of_walk)
    }

    fn address_text(&self) -> Option<String> {
        let mut text = match self.above {
            None => String::new(),
            Some(above) => above.address_text()?,
        };
        match self.step {
            Step::Root => {}
            Step::Field(name) | Step::Element(_, ElementName::Key(name)) => {
                text.push('/');
                text.push_str(&pointer::escaped(name));
            }
            Step::Element(index, ElementName::Index) => {
                text.push('/');
                text.push_str(&index.to_string());
            }
            Step::Element(_, ElementName::Nameless) => return None,
        }
        Some(text)
    }
}

/// What a node stands for.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
struct State {
    /// The subschemas, with all that describe the same value.
    at: BTreeSet<SubschemaIndex>,
    /// Kinds that strings at or below this value may mention.
    refs: Arc<BTreeSet<Kind>>,
    /// Names of properties below this value whose texts are translated.
    names: Arc<BTreeSet<Arc<str>>>,
    /// This value is such a property, or an element of one.
    named: bool,
}

struct Builder<'s> {
    subschemas: &'s [Subschema],
    numbers: HashMap<State, NodeIndex>,
    nodes: Vec<Node>,
    todo: Vec<(NodeIndex, State)>,
    problems: &'s mut Vec<SchemaProblem>,
}

impl Builder<'_> {
    /// The node of a state, made when it is new; `None` for a state that says nothing at all.
    fn node(&mut self, mut state: State) -> Option<NodeIndex> {
        self.close(&mut state);
        if state == State::default() {
            return None;
        }
        if let Some(&index) = self.numbers.get(&state) {
            return Some(index);
        }
        let index = self.nodes.len();
        self.nodes.push(Node::default());
        self.numbers.insert(state.clone(), index);
        self.todo.push((index, state));
        Some(index)
    }

    /// Adds the subschemas that describe the same value, and what they hand down.
    fn close(&self, state: &mut State) {
        let mut todo: Vec<_> = state.at.iter().copied().collect();
        while let Some(index) = todo.pop() {
            let subschema = &self.subschemas[index];
            todo.extend(subschema.same.iter().filter(|same| state.at.insert(**same)));
            let annotations = &subschema.annotations;
            if !annotations.refs.is_subset(&state.refs) {
                Arc::make_mut(&mut state.refs).extend(annotations.refs.iter().cloned());
            }
            if !annotations.names.is_subset(&state.names) {
                Arc::make_mut(&mut state.names).extend(annotations.names.iter().cloned());
            }
        }
    }

    fn fill(&mut self, index: NodeIndex, state: &State) {
        let mut node = self.annotated(state);
        let mut fields: BTreeSet<Arc<str>> = (*state.names).clone();
        for &at in &state.at {
            fields
                .extend(self.subschemas[at].properties.keys().map(|name| Arc::from(name.as_str())));
        }
        for name in &fields {
            let property = |at: &SubschemaIndex| {
                let subschema = &self.subschemas[*at];
                subschema.properties.get(&**name).copied().or(subschema.additional)
            };
            let at = state.at.iter().filter_map(property).collect();
            let named = state.names.contains(name);
            if let Some(child) = self.node(State { at, named, ..state.clone() }) {
                node.fields.insert(name.clone(), child);
            }
        }
        let additional = state.at.iter().filter_map(|at| self.subschemas[*at].additional).collect();
        node.others = self.node(State { at: additional, named: false, ..state.clone() });
        let items = state.at.iter().filter_map(|at| self.subschemas[*at].items).collect();
        node.elements = self.node(State { at: items, named: node.text, ..state.clone() });
        self.nodes[index] = node;
    }

    /// A node with the joined annotations of a state, and without what lies below.
    fn annotated(&mut self, state: &State) -> Node {
        let mut node = Node { text: state.named, refs: state.refs.clone(), ..Node::default() };
        let mut own = Marks::default();
        for &at in &state.at {
            let subschema = &self.subschemas[at];
            let annotations = &subschema.annotations;
            node.text |= annotations.translatable;
            node.prose |= annotations.prose;
            node.unit |= annotations.unit;
            node.declared.extend(subschema.properties.keys().map(|name| Arc::from(name.as_str())));
            if annotations.private {
                own = own.with(Marks::PRIVATE);
            }
            if annotations.media {
                own = own.with(Marks::MEDIA);
            }
            let differs = join(&mut node.key, annotations.key.as_ref())
                | join(&mut node.link, annotations.link.as_ref())
                | join(&mut node.requires, annotations.requires.as_ref());
            if differs {
                self.problems.push(SchemaProblem {
                    pointer: subschema.pointer.clone(),
                    message: "an x-key, x-link or x-requires here differs from another one for the same value".to_owned(),
                });
            }
        }
        let marks = [
            (node.text, Marks::TEXT),
            (node.link.is_some(), Marks::LINK),
            (node.requires.is_some(), Marks::REQUIRES),
            (node.key.is_some(), Marks::KEY),
            (!node.refs.is_empty(), Marks::REFS),
        ];
        node.own =
            marks.into_iter().filter(|(has, _)| *has).fold(own, |own, (_, mark)| own.with(mark));
        node
    }
}

/// Takes over `found`; true when something else was there.
fn join<T: PartialEq + ?Sized>(into: &mut Option<Arc<T>>, found: Option<&Arc<T>>) -> bool {
    match (into.as_ref(), found) {
        (_, None) => false,
        (None, Some(found)) => {
            *into = Some(found.clone());
            false
        }
        (Some(there), Some(found)) => there != found,
    }
}
