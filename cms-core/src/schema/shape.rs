//! A cursor into a kind, for rooms that walk documents themselves, such as diff and merge.

use super::kind::{
    KindSchema,
    tree::{Marks, Node, Tree},
};

/// What the annotations say about one place; for a place that none describes, every question is answered with no.
#[derive(Debug, Clone, Copy)]
pub struct Shape<'k> {
    tree: &'k Tree,
    node: Option<&'k Node>,
}

impl KindSchema {
    /// The shape of a whole document.
    pub fn shape(&self) -> Shape<'_> {
        Shape { tree: &self.tree, node: Some(self.tree.root()) }
    }
}

impl<'k> Shape<'k> {
    /// The shape of a field of this object.
    pub fn field(self, name: &str) -> Self {
        Self { node: self.node.and_then(|node| self.tree.field(node, name)), ..self }
    }

    /// The shape of the elements of this array.
    pub fn element(self) -> Self {
        Self { node: self.node.and_then(|node| self.tree.element(node)), ..self }
    }

    /// The field that tells this array's elements apart (`x-key`).
    pub fn key(self) -> Option<&'k str> {
        self.node?.key.as_deref()
    }

    /// Whether this text is prose, to be compared and merged by paragraphs and words (`x-prose`).
    pub fn is_prose(self) -> bool {
        self.node.is_some_and(|node| node.prose)
    }

    /// Whether this text, or these texts, are translated.
    pub fn is_translatable(self) -> bool {
        self.node.is_some_and(|node| node.text)
    }

    /// Whether each element of this array is translated as a whole (`x-unit`).
    pub fn is_unit(self) -> bool {
        self.node.is_some_and(|node| node.unit)
    }

    /// Whether this text leads to another entry (`x-link`).
    pub fn is_link(self) -> bool {
        self.node.is_some_and(|node| node.link.is_some())
    }

    /// Whether the kind itself gives this name to a field here; it does not for a widget's name, for example.
    pub fn declares(self, name: &str) -> bool {
        self.node.is_none_or(|node| node.declared.contains(name))
    }

    /// Whether this is never delivered (`x-private`).
    pub fn is_private(self) -> bool {
        self.node.is_some_and(|node| node.own.meets(Marks::PRIVATE))
    }
}
