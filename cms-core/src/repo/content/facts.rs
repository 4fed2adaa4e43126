//! What the graph needs to know about a document: its links, its slug, and its canonical parent.

use serde_json::Value;

use crate::{
    model::key::EntryKey,
    schema::{KindSchema, Link, Role, translation::Translation},
};

/// What the graph knows about one document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::repo) struct Facts {
    /// Its links, each target and role once, in the order of the document.
    pub(in crate::repo) links: Vec<Link>,
    /// Its slug.
    pub(in crate::repo) slug: Option<String>,
    /// The route letter of its kind; slugs are unique among siblings of one letter.
    pub(in crate::repo) letter: Option<char>,
    /// The parent that it names as its canonical one.
    pub(in crate::repo) canonical_parent: Option<EntryKey>,
}

impl Facts {
    pub(in crate::repo) fn of(kind: &KindSchema, document: &Value) -> Self {
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

    /// What the graph knows about a translation: what its texts show.
    pub(in crate::repo) fn of_translation(kind: &KindSchema, document: &Value) -> Self {
        let Ok(translation) = Translation::parse(document) else { return Self::default() };
        let mut seen = std::collections::HashSet::new();
        let mut links = kind.translation_links(&translation.renamed(kind));
        links.retain(|link| seen.insert((link.target.clone(), link.role)));
        Self { links, ..Self::default() }
    }

    /// What the graph knows about the document under a key.
    pub(in crate::repo) fn under(key: &EntryKey, kind: &KindSchema, document: &Value) -> Self {
        match key.locale() {
            None => Self::of(kind, document),
            Some(_) => Self::of_translation(kind, document),
        }
    }

    /// The children, in reading order.
    pub(in crate::repo) fn children(&self) -> impl Iterator<Item = &EntryKey> {
        self.links.iter().filter(|link| link.role == Role::Contains).map(|link| &link.target)
    }

    /// What the delivered document carries: children first, then embedded entries.
    pub(in crate::repo) fn carried(&self) -> impl Iterator<Item = (&EntryKey, Role)> {
        self.links
            .iter()
            .filter(|link| matches!(link.role, Role::Contains | Role::Embeds))
            .map(|link| (&link.target, link.role))
    }

    /// The entries that the document embeds, each once.
    pub(in crate::repo) fn embedded(&self) -> Vec<EntryKey> {
        let embeds = self.links.iter().filter(|link| link.role == Role::Embeds);
        embeds.map(|link| link.target.clone()).collect()
    }

    /// Whether the delivered document carries this entry.
    pub(in crate::repo) fn carries(&self, target: &EntryKey) -> bool {
        self.carried().any(|(key, _)| key == target)
    }
}
