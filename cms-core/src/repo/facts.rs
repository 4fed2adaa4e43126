//! What the graph needs to know of a document: its links, its slug, and where it is at home.

use serde_json::Value;

use crate::{
    model::key::EntryKey,
    schema::{KindSchema, Link, Role},
};

/// What the graph knows of one document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// Its links, each target and role once, in the order of the document.
    pub(super) links: Vec<Link>,
    /// Its slug.
    pub(super) slug: Option<String>,
    /// The route letter of its kind; slugs are unique among siblings of one letter.
    pub(super) letter: Option<char>,
    /// The parent that it names as its canonical one.
    pub(super) canonical_parent: Option<EntryKey>,
}

impl Facts {
    pub(super) fn of(kind: &KindSchema, document: &Value) -> Self {
        let mut seen = std::collections::HashSet::new();
        let mut links = kind.links(document);
        links.retain(|link| seen.insert((link.target.clone(), link.role)));
        Self {
            links,
            slug: kind.slug(document).map(str::to_owned),
            letter: kind.letter(),
            canonical_parent: kind.canonical_parent(document),
        }
    }

    /// The children, in reading order.
    pub(super) fn children(&self) -> impl Iterator<Item = &EntryKey> {
        self.links.iter().filter(|link| link.role == Role::Contains).map(|link| &link.target)
    }

    /// What the delivered document carries: children, then embedded entries.
    pub(super) fn carried(&self) -> impl Iterator<Item = (&EntryKey, Role)> {
        self.links
            .iter()
            .filter(|link| matches!(link.role, Role::Contains | Role::Embeds))
            .map(|link| (&link.target, link.role))
    }

    /// The entries that the document embeds, each once.
    pub(super) fn embedded(&self) -> Vec<EntryKey> {
        let embeds = self.links.iter().filter(|link| link.role == Role::Embeds);
        embeds.map(|link| link.target.clone()).collect()
    }

    /// Whether the delivered document carries this entry.
    pub(super) fn carries(&self, target: &EntryKey) -> bool {
        self.carried().any(|(key, _)| key == target)
    }
}
