//! How the annotation tree is built: each node stands for a set of subschemas.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use super::{
    survey::{Subschema, SubschemaIndex},
    tree::{Marks, Node, NodeIndex},
};
use crate::{model::key::Kind, schema::kind::problem::SchemaProblem};

/// Most nodes of a kind. Joined branches could make exponentially many; no real schema comes near.
const NODES_MAX: usize = 5_000;

/// The nodes for a surveyed schema, the root first; their `reach` is still empty.
pub(super) fn build(subschemas: &[Subschema], problems: &mut Vec<SchemaProblem>) -> Vec<Node> {
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
    builder.nodes
}

/// What a node stands for.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
struct State {
    /// The subschemas that the node stands for, with all others that describe the same value.
    at: BTreeSet<SubschemaIndex>,
    /// Kinds that strings at or below this value may mention.
    refs: Arc<BTreeSet<Kind>>,
    /// Kinds to whose entries prose at or below this value may lead.
    mentions: Arc<BTreeSet<Kind>>,
    /// Names of properties below this value whose texts are translated.
    names: Arc<BTreeSet<Arc<str>>>,
    /// Whether this value is such a property, or an element of one.
    named: bool,
    /// Whether this value is private, or below one that is.
    hidden: bool,
}

impl State {
    fn says_nothing(&self) -> bool {
        self.at.is_empty()
            && self.refs.is_empty()
            && self.mentions.is_empty()
            && self.names.is_empty()
            && !self.named
    }
}

struct Builder<'s> {
    subschemas: &'s [Subschema],
    numbers: HashMap<State, NodeIndex>,
    nodes: Vec<Node>,
    todo: Vec<(NodeIndex, State)>,
    problems: &'s mut Vec<SchemaProblem>,
}

impl Builder<'_> {
    /// The node of a state, made if it is new; `None` for a state that says nothing at all.
    fn node(&mut self, mut state: State) -> Option<NodeIndex> {
        self.close(&mut state);
        if state.says_nothing() {
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

    /// Adds the subschemas that describe the same value, and what they pass down.
    fn close(&self, state: &mut State) {
        let mut todo: Vec<_> = state.at.iter().copied().collect();
        while let Some(index) = todo.pop() {
            let subschema = &self.subschemas[index];
            todo.extend(subschema.same.iter().filter(|same| state.at.insert(**same)));
            let annotations = &subschema.annotations;
            state.hidden |= annotations.private;
            if !annotations.refs.is_subset(&state.refs) {
                Arc::make_mut(&mut state.refs).extend(annotations.refs.iter().cloned());
            }
            if !annotations.mentions.is_subset(&state.mentions) {
                Arc::make_mut(&mut state.mentions).extend(annotations.mentions.iter().cloned());
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

    /// A node with the joined annotations of a state, without the nodes below it.
    fn annotated(&mut self, state: &State) -> Node {
        let mut node = Node {
            text: state.named,
            hidden: state.hidden,
            refs: state.refs.clone(),
            mentions: state.mentions.clone(),
            ..Node::default()
        };
        let mut own = Marks::default();
        for &at in &state.at {
            let subschema = &self.subschemas[at];
            let annotations = &subschema.annotations;
            node.text |= annotations.translatable || annotations.localisable;
            node.localisable |= annotations.localisable;
            node.prose |= annotations.prose;
            node.unit |= annotations.unit;
            node.dispensable |= annotations.dispensable;
            node.declared.extend(subschema.properties.keys().map(|name| Arc::from(name.as_str())));
            for (name, property) in &subschema.properties {
                let was = self.subschemas[*property].annotations.was.iter();
                node.was.extend(was.map(|was| (was.clone(), Arc::from(name.as_str()))));
            }
            node.defaults.extend(subschema.defaults.clone());
            if annotations.private {
                own = own.with(Marks::PRIVATE);
            }
            if annotations.draws {
                own = own.with(Marks::DRAWS);
            }
            let differs = join(&mut node.key, annotations.key.as_ref())
                | join(&mut node.link, annotations.link.as_ref())
                | join(&mut node.media, annotations.media.as_ref())
                | join(&mut node.requires, annotations.requires.as_ref());
            if differs {
                self.problems.push(SchemaProblem {
                    pointer: subschema.pointer.clone(),
                    message: "an x-key, x-link, x-media or x-requires here differs from another one for the same value".to_owned(),
                });
            }
        }
        let marks = [
            (node.text, Marks::TEXT),
            (node.link.is_some(), Marks::LINK),
            (node.media.is_some(), Marks::MEDIA),
            (node.requires.is_some(), Marks::REQUIRES),
            (node.key.is_some(), Marks::KEY),
            (node.dispensable, Marks::DISPENSABLE),
            (!node.refs.is_empty() || !node.mentions.is_empty(), Marks::REFS),
            (!node.was.is_empty() || !node.defaults.is_empty(), Marks::BEFORE),
        ];
        node.own =
            marks.into_iter().filter(|(has, _)| *has).fold(own, |own, (_, mark)| own.with(mark));
        node
    }
}

/// Takes over `found`; returns true when something else was there.
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
