//! What a document links to.
//!
//! Invariants:
//! 1. Links come in the order of the document; children keep the order of their array.
//! 2. A link is a key without a locale, of a kind that its place allows. Anything else in such a place is not a link,
//!    and validation reports it.
//! 3. A private field embeds nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{
    kind::{
        KindSchema,
        trail::Trail,
        tree::{Marks, Node},
    },
    segments::Address,
};
use crate::{
    model::key::{EntryKey, Kind},
    schema::role::Role,
};

impl Role {
    /// One word for people and programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Contains => "contains",
            Self::Embeds => "embeds",
            Self::Refers => "refers",
            Self::RefersAcyclic => "builds on",
        }
    }
}

impl Serialize for Role {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// One link of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The entry that it leads to.
    pub target: EntryKey,
    /// What the link means.
    pub role: Role,
    /// The JSON pointer of the string that holds it.
    pub pointer: String,
}

impl KindSchema {
    /// All links of a document: those in `x-link` fields, those mentioned in texts below `x-refs` (as
    /// [`Role::Embeds`]), and those to which prose below `x-mentions` leads (as [`Role::Refers`]). A text that mentions
    /// an entry twice links to it twice.
    ///
    /// A private field embeds nothing: what it mentions is a [`Role::Refers`].
    pub fn links(&self, document: &Value) -> Vec<Link> {
        let mut links = Vec::new();
        let marks = Marks::LINK.with(Marks::REFS);
        self.tree.walk(document, marks, &mut |node, value, trail| {
            if let Value::String(text) = value {
                collect(node, text, trail, &mut links);
            }
        });
        links
    }

    /// The parent that a document names as its canonical one.
    pub fn canonical_parent(&self, document: &Value) -> Option<EntryKey> {
        self.link_in(self.fields.canonical_parent.as_deref()?, document)
    }

    /// The entry that a template's document names as the model for new ones.
    pub fn model(&self, document: &Value) -> Option<EntryKey> {
        self.link_in(self.fields.template.as_deref()?, document)
    }

    fn link_in(&self, name: &str, document: &Value) -> Option<EntryKey> {
        let text = document.get(name)?.as_str()?;
        let link = self.tree.field(self.tree.root(), name)?.link.as_ref()?;
        target(text, &link.kinds)
    }
}

impl KindSchema {
    /// The document without some of its children.
    pub fn without_children(&self, document: &Value, gone: &[EntryKey]) -> Value {
        let mut document = document.clone();
        for name in &self.fields.children {
            if let Some(children) = document.get_mut(&**name).and_then(Value::as_array_mut) {
                children.retain(|child| {
                    let key = child.as_str().and_then(|text| text.parse::<EntryKey>().ok());
                    key.is_none_or(|key| !gone.contains(&key))
                });
            }
        }
        document
    }

    /// The document with one more child: at an index of the first list of children that accepts its kind, or at the
    /// end; none when no list accepts it.
    pub fn with_child(
        &self,
        document: &Value,
        child: &EntryKey,
        index: Option<usize>,
    ) -> Option<Value> {
        let root = self.tree.root();
        let takes = |name: &&std::sync::Arc<str>| {
            let list = self.tree.field(root, name)?;
            let link = self.tree.element(list)?.link.as_ref()?;
            Some(link.kinds.contains(child.kind()))
        };
        let name = self.fields.children.iter().find(|name| takes(name) == Some(true))?;
        let mut document = document.clone();
        let fields = document.as_object_mut()?;
        let list = fields.entry(name.to_string()).or_insert_with(|| Value::Array(Vec::new()));
        let children = list.as_array_mut()?;
        let index = index.unwrap_or(children.len()).min(children.len());
        children.insert(index, Value::String(child.to_string()));
        Some(document)
    }

    /// Marks a copy's title and slug, so that they differ from the original's.
    pub fn mark_as_copy(&self, document: &mut Value) {
        let mut mark = |name: &Option<std::sync::Arc<str>>, mark: &str| {
            if let Some(name) = name
                && let Some(Value::String(text)) = document.get_mut(&**name)
            {
                text.push_str(mark);
            }
        };
        mark(&self.fields.title, " (copy)");
        mark(&self.fields.slug, "-copy");
    }

    /// The document with links to some entries redirected to others, including mentions in texts.
    pub fn repointed(&self, document: &Value, to: &BTreeMap<EntryKey, EntryKey>) -> Value {
        let mut document = document.clone();
        let marks = Marks::LINK.with(Marks::REFS);
        self.tree.walk_mut(&mut document, marks, &mut |node, value, _| {
            let Value::String(text) = value else { return };
            if let Some(rule) = &node.link {
                if let Some(new) = target(text, &rule.kinds).and_then(|key| to.get(&key)) {
                    *text = new.to_string();
                }
                return;
            }
            repoint(node, text, to);
        });
        document
    }

    /// A text of a translation with mentions of some entries redirected to others.
    pub(super) fn repointed_text(
        &self,
        address: &Address,
        text: &str,
        to: &BTreeMap<EntryKey, EntryKey>,
    ) -> String {
        let mut text = text.to_owned();
        if let Some(node) = self.node_at(address) {
            repoint(node, &mut text, to);
        }
        text
    }
}

fn collect(node: &Node, text: &str, trail: Trail<'_>, links: &mut Vec<Link>) {
    if let Some(rule) = &node.link {
        if let Some(target) = target(text, &rule.kinds) {
            // What only a private field embeds must not be delivered because of it.
            let embeds_unseen = node.hidden && rule.role == Role::Embeds;
            let role = if embeds_unseen { Role::Refers } else { rule.role };
            links.push(Link { target, role, pointer: trail.pointer() });
        }
        return;
    }
    for (target, role) in mentioned(node, text) {
        let role = if node.hidden { Role::Refers } else { role };
        links.push(Link { target, role, pointer: trail.pointer() });
    }
}

/// Redirects mentions of some entries to others.
fn repoint(node: &Node, text: &mut String, to: &BTreeMap<EntryKey, EntryKey>) {
    let mut mentioned: Vec<(usize, EntryKey)> = Vec::new();
    for kind in node.refs.iter() {
        mentions(text, kind, &mut mentioned);
    }
    for kind in node.mentions.iter() {
        destinations(text, kind, &mut mentioned);
    }
    // From the end, so that earlier offsets stay valid.
    mentioned.sort_by_key(|(offset, _)| std::cmp::Reverse(*offset));
    for (offset, key) in mentioned {
        let Some(new) = to.get(&key) else { continue };
        let old = key.to_string();
        if let Some(at) = text[offset..].find(&old).map(|at| offset + at) {
            text.replace_range(at..at + old.len(), &new.to_string());
        }
    }
}

/// The entries that a text mentions, in its order, with the meaning of each mention.
pub(super) fn mentioned(node: &Node, text: &str) -> Vec<(EntryKey, Role)> {
    let mut shown: Vec<(usize, EntryKey)> = Vec::new();
    for kind in node.refs.iter() {
        mentions(text, kind, &mut shown);
    }
    let mut led_to: Vec<(usize, EntryKey)> = Vec::new();
    for kind in node.mentions.iter().filter(|kind| !node.refs.contains(*kind)) {
        destinations(text, kind, &mut led_to);
    }
    let with = |role| move |(offset, target)| (offset, target, role);
    let mut all: Vec<(usize, EntryKey, Role)> = shown.into_iter().map(with(Role::Embeds)).collect();
    all.extend(led_to.into_iter().map(with(Role::Refers)));
    all.sort_by_key(|(offset, _, _)| *offset);
    all.into_iter().map(|(_, target, role)| (target, role)).collect()
}

/// Which of some entries are mentioned by texts of a value, as `x-refs` reads them.
pub fn mentioned_in(value: &Value, among: &BTreeSet<EntryKey>) -> BTreeSet<EntryKey> {
    let kinds: BTreeSet<&Kind> = among.iter().map(EntryKey::kind).collect();
    let (mut found, mut queue) = (Vec::new(), vec![value]);
    while let Some(value) = queue.pop() {
        match value {
            Value::String(text) => kinds.iter().for_each(|kind| mentions(text, kind, &mut found)),
            Value::Array(elements) => queue.extend(elements),
            Value::Object(fields) => queue.extend(fields.values()),
            _ => {}
        }
    }
    let found = found.into_iter().map(|(_, key)| key);
    found.filter(|key| among.contains(key)).collect()
}

fn target(text: &str, kinds: &[Kind]) -> Option<EntryKey> {
    let key: EntryKey = text.parse().ok()?;
    (key.locale().is_none() && kinds.contains(key.kind())).then_some(key)
}

/// Finds the entries of `kind` that a text mentions: as the whole text, `image/x1`, or as a
/// destination in markdown, `![alt](image/x1)` or `[text](image/x1 "title")`.
fn mentions(text: &str, kind: &Kind, found: &mut Vec<(usize, EntryKey)>) {
    if let Some(id) = after_kind(text, kind) {
        found.extend(EntryKey::new(kind.clone(), id).ok().map(|key| (0, key)));
    }
    destinations(text, kind, found);
}

/// The id in a text that begins like a key of a kind.
fn after_kind<'t>(text: &'t str, kind: &Kind) -> Option<&'t str> {
    text.strip_prefix(kind.as_str())?.strip_prefix('/')
}

/// Finds the entries of `kind` to which a text leads in markdown: `[text](lesson/l1 "title")`.
fn destinations(text: &str, kind: &Kind, found: &mut Vec<(usize, EntryKey)>) {
    for (offset, opening) in text.match_indices("](") {
        let Some(rest) = after_kind(&text[offset + opening.len()..], kind) else { continue };
        let is_id = |byte: &u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
        };
        let id_size = rest.bytes().take_while(|byte| is_id(byte)).count();
        let ends = rest[id_size..].starts_with(|next: char| next == ')' || next.is_whitespace());
        if ends {
            let key = EntryKey::new(kind.clone(), &rest[..id_size]);
            found.extend(key.ok().map(|key| (offset, key)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let mut found = Vec::new();
        mentions(text, &"image".parse().expect("a kind"), &mut found);
        let found: Vec<String> = found.into_iter().map(|(_, key)| key.to_string()).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_text_mentions_entries_as_a_whole_or_in_markdown_parentheses() {
        check("image/x1", &["image/x1"]);
        check("![a pie](image/x1)", &["image/x1"]);
        check("![a](image/x1) and ![b](image/x2 \"title\")", &["image/x1", "image/x2"]);
        check("[see](image/x1)\n\n![](image/x1)", &["image/x1", "image/x1"]);
        check("see image/x1", &[]);
        check("(image/x1)", &[]);
        check("![a](image/x1.png)", &[]);
        check("![a](image/)", &[]);
        check("![a](image/x1", &[]);
        check("![a](https://example.com/image/x1)", &[]);
        check("image/x1@es", &[]);
        check("images/x1", &[]);
        check("![ñ](image/ñ)", &[]);
        check("", &[]);
    }
}
