//! Which parts of a document learners get.
//!
//! Invariants:
//! 1. Nothing that is `x-private` comes out of here, at any depth and in any branch.

use crate::model::pointer;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::kind::{
    KindSchema,
    tree::{Marks, Node},
};

/// What happens to the fields that hold a container's children.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Children {
    /// They stay as they are written.
    Kept,
    /// They are left out, because a delivered document carries its children with their summaries.
    Dropped,
}

impl KindSchema {
    /// The fields of this document that its parent's delivered document shows (`x-summary`), where present.
    pub fn summary(&self, document: &Value) -> Map<String, Value> {
        let mut summary = Map::new();
        for name in &self.fields.summary {
            let node = self.tree.field(self.tree.root(), name);
            if let (Some(node), Some(value)) = (node, document.get(&**name)) {
                summary.insert(name.to_string(), self.without_private(node, value));
            }
        }
        summary
    }

    /// Whether one of these JSON pointers leads to what a parent shows first: the title or, if a kind has no title, any
    /// field of the summary.
    pub fn names_summary<'p>(&self, pointers: impl Iterator<Item = &'p str>) -> bool {
        let shown = match &self.fields.title {
            Some(title) => std::slice::from_ref(title),
            None => self.fields.summary.as_slice(),
        };
        let field = |at: &'p str| at.split('/').nth(1).unwrap_or_default();
        let mut fields = pointers.map(field);
        fields.any(|at| shown.iter().any(|name| pointer::escaped(name) == at))
    }

    /// The document as learners may see it.
    pub fn public(&self, document: &Value, children: Children) -> Value {
        let mut public = self.without_private(self.tree.root(), document);
        if let (Children::Dropped, Value::Object(fields)) = (children, &mut public) {
            fields.retain(|name, _| !self.fields.children.iter().any(|child| **child == **name));
        }
        public
    }

    /// What a player must support to show the document, such as `perseus-widget:radio` (`x-requires`).
    ///
    /// Private fields require nothing.
    pub fn requires(&self, document: &Value) -> BTreeSet<String> {
        let mut requires = BTreeSet::new();
        self.tree.walk(document, Marks::REQUIRES, &mut |node, value, _| {
            if let (Some(family), Some(name), false) = (&node.requires, value.as_str(), node.hidden)
            {
                requires.insert(format!("{family}:{name}"));
            }
        });
        requires
    }

    fn without_private(&self, node: &Node, value: &Value) -> Value {
        if !node.reach.meets(Marks::PRIVATE) {
            return value.clone();
        }
        match value {
            Value::Object(fields) => {
                let public = fields.iter().filter_map(|(name, field)| {
                    let field = match self.tree.field(node, name) {
                        Some(child) if child.own.meets(Marks::PRIVATE) => return None,
                        Some(child) => self.without_private(child, field),
                        None => field.clone(),
                    };
                    Some((name.clone(), field))
                });
                Value::Object(public.collect())
            }
            Value::Array(elements) => match self.tree.element(node) {
                Some(child) => {
                    elements.iter().map(|element| self.without_private(child, element)).collect()
                }
                None => value.clone(),
            },
            _ => value.clone(),
        }
    }
}
