//! The `x-` annotations of one subschema, read from JSON into types.
//!
//! Invariants:
//! 1. An annotation that is read is well-formed and stands where it has a meaning; everything else is a problem that
//!    names the place. Nothing is ignored: a misspelt `x-private` would publish what must stay private.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Map, Value};

use crate::{
    media::MediaFamily,
    model::{key::Kind, pointer},
    schema::{kind::problem::SchemaProblem, nearest, role::Role},
};

/// Every annotation there is; `docs/KINDS.md` explains them.
pub(in crate::schema) const NAMES: [&str; 25] = [
    "x-place",
    "x-letter",
    "x-answers",
    "x-title",
    "x-slug",
    "x-summary",
    "x-translatable",
    "x-localisable",
    "x-prose",
    "x-private",
    "x-not-before",
    "x-key",
    "x-unit",
    "x-dispensable",
    "x-link",
    "x-canonical-parent",
    "x-template",
    "x-media",
    "x-requires",
    "x-refs",
    "x-mentions",
    "x-draws",
    "x-translatable-names",
    "x-was",
    "x-engine",
];

/// Where a subschema stands, which decides which annotations have a meaning there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::schema) enum Standing {
    /// The schema itself.
    Root,
    /// A property of the document.
    RootProperty,
    /// The elements of an array that is a property of the document.
    RootPropertyItems,
    /// A property deeper down, or one of a definition.
    Property,
    /// Elements, other properties, branches, definitions.
    Inner,
    /// Below a keyword through which annotations are not followed.
    Unreached,
}

/// A link held by a string.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in crate::schema) struct LinkRule {
    /// The kinds that it may lead to, at least one.
    pub kinds: Vec<Kind>,
    /// What the link means.
    pub role: Role,
}

/// A media file named by a string.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(in crate::schema) struct MediaRule {
    /// The families that the file may belong to; any family when none are named.
    pub is: BTreeSet<MediaFamily>,
    /// The property next to the string that states the file's media type.
    pub declared: Option<Arc<str>>,
}

/// What understands a value: an engine by its name, and the form by the engine's name for it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::schema) struct EngineRule {
    pub name: Arc<str>,
    pub form: Arc<str>,
}

/// What the annotations of one subschema say.
#[derive(Clone, Default, Debug)]
pub(in crate::schema) struct Annotations {
    pub title: bool,
    pub slug: bool,
    pub summary: bool,
    pub translatable: bool,
    pub localisable: bool,
    pub prose: bool,
    pub private: bool,
    pub not_before: bool,
    pub unit: bool,
    pub dispensable: bool,
    pub canonical_parent: bool,
    pub template: bool,
    pub media: Option<Arc<MediaRule>>,
    pub key: Option<Arc<str>>,
    pub link: Option<Arc<LinkRule>>,
    pub requires: Option<Arc<str>>,
    pub refs: BTreeSet<Kind>,
    pub mentions: BTreeSet<Kind>,
    /// Whether the number here says how many elements are drawn from the entry that the embedding link next to it leads
    /// to.
    pub draws: bool,
    pub names: BTreeSet<Arc<str>>,
    /// The engine that understands the elements, and the form that they have.
    pub engine: Option<EngineRule>,
    /// Names that the property had in earlier versions of the kind.
    pub was: BTreeSet<Arc<str>>,
}

/// Reads the annotations of `schema`; `x-place`, `x-letter` and `x-answers` are read by [`super`].
pub(in crate::schema) fn read(
    schema: &Map<String, Value>,
    at: &str,
    standing: Standing,
    problems: &mut Vec<SchemaProblem>,
) -> Annotations {
    let mut reader = Reader { schema, at, standing, problems, found: Annotations::default() };
    for (name, value) in schema.iter().filter(|(name, _)| name.starts_with("x-")) {
        reader.annotation(name, value);
    }
    reader.combinations();
    reader.found
}

struct Reader<'s> {
    schema: &'s Map<String, Value>,
    at: &'s str,
    standing: Standing,
    problems: &'s mut Vec<SchemaProblem>,
    found: Annotations,
}

impl Reader<'_> {
    fn annotation(&mut self, name: &str, value: &Value) {
        if self.standing == Standing::Unreached && NAMES.contains(&name) {
            self.problem(name, "is below a keyword through which annotations are not followed; write it under properties, items, additionalProperties, allOf, anyOf, oneOf or $defs");
            return;
        }
        match name {
            "x-place" | "x-letter" | "x-answers" => {
                self.belongs(name, self.standing == Standing::Root, "at the root of the schema");
            }
            "x-title" => self.found.title = self.of_document(name, value),
            "x-slug" => self.found.slug = self.of_document(name, value),
            "x-summary" => self.found.summary = self.of_document(name, value),
            "x-canonical-parent" => self.found.canonical_parent = self.of_document(name, value),
            "x-template" => self.found.template = self.of_document(name, value),
            "x-unit" => self.found.unit = self.of_document(name, value),
            "x-not-before" => {
                self.belongs(name, self.allows("string"), "on a string");
                self.found.not_before = self.of_document(name, value);
            }
            "x-translatable" => {
                let place = self.allows("string") || self.is_array_of_strings();
                self.belongs(name, place, "on a string or an array of strings");
                self.found.translatable = self.flag(name, value);
            }
            "x-localisable" => {
                let place = ["string", "integer", "number"].iter().any(|of| self.allows(of));
                self.belongs(name, place, "on a string or a number");
                self.found.localisable = self.flag(name, value);
            }
            "x-private" => {
                let property = matches!(self.standing, Standing::RootProperty | Standing::Property);
                self.belongs(name, property, "on a property");
                self.found.private = self.flag(name, value);
            }
            "x-media" => {
                self.belongs(name, self.allows("string"), "on a string");
                self.found.media = Some(Arc::new(self.media(name, value)));
            }
            "x-prose" => {
                self.belongs(name, self.allows("string"), "on a string");
                if value != "markdown" {
                    self.problem(name, "is not “markdown”, the only prose there is");
                }
                self.found.prose = true;
            }
            "x-key" => {
                self.belongs(name, self.allows("array"), "on an array of objects");
                self.found.key = self.word(name, value);
            }
            "x-dispensable" => {
                self.belongs(name, self.allows("array"), "on an array");
                self.found.dispensable = self.flag(name, value);
            }
            "x-requires" => {
                self.belongs(name, self.allows("string"), "on a string");
                self.found.requires = self.word(name, value);
            }
            "x-refs" => self.found.refs = self.kinds(name, value).into_iter().collect(),
            "x-mentions" => self.found.mentions = self.kinds(name, value).into_iter().collect(),
            "x-draws" => {
                self.belongs(name, self.allows("integer"), "on a whole number");
                self.found.draws = self.flag(name, value);
            }
            "x-translatable-names" => {
                self.belongs(name, self.allows("object"), "on an object");
                self.found.names = self.words(name, value).into_iter().collect();
            }
            "x-was" => {
                let holds = matches!(self.standing, Standing::RootProperty | Standing::Property);
                self.belongs(name, holds, "on a property");
                self.found.was = self.words(name, value).into_iter().collect();
            }
            "x-engine" => {
                let place = self.standing == Standing::RootPropertyItems && self.allows("object");
                self.belongs(name, place, "on the items of an array of objects of the document");
                self.found.engine = self.engine(name, value);
            }
            "x-link" => {
                self.belongs(name, self.allows("string"), "on a string");
                self.found.link = self.link(name, value);
            }
            _ => {
                let hint = nearest::hint(name, NAMES);
                self.problem(name, format!("is not an annotation{hint}"));
            }
        }
    }

    /// Checks what only two annotations together can get wrong.
    fn combinations(&mut self) {
        if self.found.unit && self.found.key.is_none() {
            self.problem("x-unit", "needs an x-key on the same array");
        }
        if self.found.private && (self.found.summary || self.found.title || self.found.slug) {
            self.problem(
                "x-private",
                "contradicts x-title, x-slug or x-summary, which are delivered",
            );
        }
        if self.found.localisable && self.found.translatable {
            self.problem(
                "x-localisable",
                "contradicts x-translatable: a text has words or needs none",
            );
        }
        if self.found.not_before && !self.found.private {
            self.problem("x-not-before", "needs an x-private on the same property");
        }
        let plain = self.found.link.as_ref().is_some_and(|link| link.role == Role::Refers);
        if self.found.canonical_parent && !plain {
            self.problem("x-canonical-parent", "needs a plain x-link on the same string");
        }
        if self.found.template && !plain {
            self.problem("x-template", "needs a plain x-link on the same string");
        }
        let contains = self.found.link.as_ref().is_some_and(|link| link.role == Role::Contains);
        let top = matches!(self.standing, Standing::RootProperty | Standing::RootPropertyItems);
        if contains && !top {
            self.problem(
                "x-link",
                "says contains, which belongs on a property of the document or on its items",
            );
        }
    }

    fn link(&mut self, name: &str, value: &Value) -> Option<Arc<LinkRule>> {
        let Value::Object(rule) = value else {
            self.problem(name, "is not an object such as {\"kinds\": [\"video\"]}");
            return None;
        };
        let known = ["kinds", "contains", "embeds", "acyclic"];
        for field in rule.keys().filter(|field| !known.contains(&field.as_str())) {
            let hint = nearest::hint(field, known);
            self.problem(name, format!("has the unknown field “{field}”{hint}"));
        }
        let mut says = |field: &str| match rule.get(field) {
            None | Some(Value::Bool(false)) => false,
            Some(Value::Bool(true)) => true,
            Some(_) => {
                self.problem(name, format!("has a “{field}” that is neither true nor false"));
                false
            }
        };
        let role = match (says("contains"), says("embeds"), says("acyclic")) {
            (true, false, false) => Role::Contains,
            (false, true, false) => Role::Embeds,
            (false, false, true) => Role::RefersAcyclic,
            (false, false, false) => Role::Refers,
            _ => {
                self.problem(name, "says more than one of contains, embeds and acyclic");
                Role::Refers
            }
        };
        let Some(kinds) = rule.get("kinds") else {
            self.problem(name, "names no kinds: {\"kinds\": [\"video\"]} is expected");
            return None;
        };
        let kinds = self.kinds(name, kinds);
        if kinds.is_empty() { None } else { Some(Arc::new(LinkRule { kinds, role })) }
    }

    fn media(&mut self, name: &str, value: &Value) -> MediaRule {
        let Value::Object(rule) = value else {
            if value != &Value::Bool(true) {
                self.problem(
                    name,
                    "is neither true nor an object such as {\"is\": [\"picture\"], \"type\": \"mime\"}",
                );
            }
            return MediaRule::default();
        };
        let known = ["is", "type"];
        for field in rule.keys().filter(|field| !known.contains(&field.as_str())) {
            let hint = nearest::hint(field, known);
            self.problem(name, format!("has the unknown field “{field}”{hint}"));
        }
        let words = rule.get("is").map(|is| self.words(name, is)).unwrap_or_default();
        let mut is = BTreeSet::new();
        for word in words {
            match MediaFamily::of_word(&word) {
                Some(family) => is.extend([family]),
                None => {
                    let families = MediaFamily::ALL.map(MediaFamily::word);
                    let hint = nearest::hint(&word, families);
                    self.problem(
                        name,
                        format!("says “{word}”, and files are {}{hint}", families.join(", ")),
                    );
                }
            }
        }
        MediaRule { is, declared: rule.get("type").and_then(|of| self.word(name, of)) }
    }

    fn engine(&mut self, name: &str, value: &Value) -> Option<EngineRule> {
        let word = |field: &str| {
            value.get(field).and_then(Value::as_str).filter(|word| !word.is_empty()).map(Arc::from)
        };
        let fields = value.as_object().map_or(0, Map::len);
        match (word("name"), word("form"), fields) {
            (Some(name), Some(form), 2) => Some(EngineRule { name, form }),
            _ => {
                self.problem(
                    name,
                    "is not an object such as {\"name\": \"perseus\", \"form\": \"item\"}",
                );
                None
            }
        }
    }

    fn kinds(&mut self, name: &str, value: &Value) -> Vec<Kind> {
        let words = self.words(name, value);
        let mut kinds = Vec::with_capacity(words.len());
        for word in words {
            match word.parse() {
                Ok(kind) => kinds.push(kind),
                Err(error) => self.problem(name, format!("names no kind: {error}")),
            }
        }
        kinds
    }

    /// A list of distinct words, at least one.
    fn words(&mut self, name: &str, value: &Value) -> Vec<Arc<str>> {
        let words: Option<Vec<Arc<str>>> = value.as_array().and_then(|list| {
            list.iter().map(|word| word.as_str().filter(|w| !w.is_empty()).map(Arc::from)).collect()
        });
        let words = words.unwrap_or_default();
        if words.is_empty() {
            self.problem(name, "is not a list of names with at least one in it");
        } else if words.iter().collect::<BTreeSet<_>>().len() < words.len() {
            self.problem(name, "names something twice");
        }
        words
    }

    fn word(&mut self, name: &str, value: &Value) -> Option<Arc<str>> {
        let word = value.as_str().filter(|word| !word.is_empty()).map(Arc::from);
        if word.is_none() {
            self.problem(name, "is not a name");
        }
        word
    }

    fn of_document(&mut self, name: &str, value: &Value) -> bool {
        let place = self.standing == Standing::RootProperty;
        self.belongs(name, place, "on a property of the document itself");
        self.flag(name, value)
    }

    fn flag(&mut self, name: &str, value: &Value) -> bool {
        if value != &Value::Bool(true) {
            self.problem(name, "is not true; leave it out where it does not hold");
        }
        true
    }

    /// Whether a value of this JSON type can stand here, as far as `type` says.
    fn allows(&self, wanted: &str) -> bool {
        match self.schema.get("type") {
            Some(Value::String(one)) => one == wanted,
            Some(Value::Array(some)) => some.iter().any(|one| one == wanted),
            _ => true,
        }
    }

    fn is_array_of_strings(&self) -> bool {
        let items_type = self.schema.get("items").and_then(|items| items.get("type"));
        self.allows("array") && items_type.is_none_or(|of| of == "string")
    }

    fn belongs(&mut self, name: &str, holds: bool, place: &str) {
        if !holds {
            self.problem(name, format!("belongs {place}"));
        }
    }

    fn problem(&mut self, name: &str, message: impl Into<String>) {
        let message = message.into();
        self.problems.push(SchemaProblem {
            pointer: pointer::joined(self.at, name),
            message: format!("{name} {message}"),
        });
    }
}
