//! A kind: its schema, compiled.
//!
//! Invariants:
//! 1. A [`KindSchema`] exists only for a schema without any problem; there is no lenient mode.
//! 2. Compiling reads nothing but the schema: references lead only into the schema itself.
//! 3. Patterns run on a linear-time engine, so that no text of a document can stall validation.

use std::{collections::BTreeSet, fmt, sync::Arc};

use jsonschema::{PatternOptions, Validator};
use serde_json::Value;

use self::{
    annotations::Annotations,
    survey::{Subschema, survey},
    tree::Tree,
};
use super::content_engine::EnginePlace;
use crate::{
    model::{key::Kind, pointer},
    schema::{kind::problem::SchemaProblem, role::Role},
};

pub(super) mod annotations;
mod build;
pub(super) mod problem;
mod survey;
pub(super) mod trail;
pub(super) mod tree;

/// When an entry of a kind is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// When it has a place in the containment tree below the home page.
    Tree,
    /// When a delivered entry embeds it.
    Used,
    /// Always.
    Always,
    /// Never: it is for authors only.
    Never,
}

/// A schema that does not compile, with all that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the schema of {kind} does not compile: {}", first(.problems))]
pub struct SchemaError {
    /// The kind that the schema was to describe.
    pub kind: Kind,
    /// At least one problem, in the order of the schema.
    pub problems: Vec<SchemaProblem>,
}

fn first(problems: &[SchemaProblem]) -> String {
    match problems {
        [] => "no problem is known".to_owned(),
        [one] => one.to_string(),
        [one, rest @ ..] => format!("{one} (and {} more)", rest.len()),
    }
}

/// A kind's compiled schema: answers every question about a document of the kind.
///
/// It is immutable and shared behind an `Arc`; compiling takes milliseconds, a question microseconds.
pub struct KindSchema {
    pub(super) kind: Kind,
    pub(super) schema: Value,
    pub(super) validator: Validator,
    pub(super) tree: Tree,
    pub(super) fields: RootFields,
    pub(super) holds_schemas: bool,
    pub(super) place: Place,
    pub(super) letter: Option<char>,
    /// Names of fields below which answers are stored.
    pub(super) answers: BTreeSet<String>,
}

/// The fields of the document itself that annotations single out.
#[derive(Debug, Default)]
pub(super) struct RootFields {
    pub title: Option<Arc<str>>,
    pub slug: Option<Arc<str>>,
    pub canonical_parent: Option<Arc<str>>,
    pub template: Option<Arc<str>>,
    pub not_before: Option<Arc<str>>,
    pub summary: Vec<Arc<str>>,
    /// The fields that hold containment links.
    pub children: Vec<Arc<str>>,
    pub units: Vec<Arc<str>>,
    pub engine_places: Vec<EnginePlace>,
}

impl KindSchema {
    /// Compiles the schema of `kind`.
    ///
    /// # Errors
    /// [`SchemaError`] with all that is wrong: what is not JSON Schema 2020-12, references that lead
    /// out of the schema or nowhere, and annotations that are unknown, malformed or misplaced.
    pub fn compile(kind: &Kind, schema: &Value) -> Result<Self, SchemaError> {
        let mut problems = Vec::new();
        let (place, letter) = root_facts(schema, &mut problems);
        answers(schema, &mut problems);
        let subschemas = survey(schema, &mut problems);
        let fields = RootFields::of(&subschemas, &mut problems);
        if place == Place::Tree && (fields.title.is_none() || fields.slug.is_none()) {
            let message = "a kind with x-place “tree” has pages: it needs an x-title and an x-slug";
            problems.push(problem("/properties", message));
        }
        let meta = jsonschema::draft202012::meta::validator();
        problems.extend(
            meta.iter_errors(schema)
                .take(PROBLEMS_MAX)
                .map(|error| problem(error.instance_path().as_str(), error.to_string())),
        );
        let fails = |problems| SchemaError { kind: kind.clone(), problems: ordered(problems) };
        if !problems.is_empty() {
            return Err(fails(problems));
        }
        if fields.template.is_some() && place != Place::Never {
            let message = "a kind of templates is for authors only: it needs x-place “never”";
            return Err(fails(vec![problem("/x-place", message)]));
        }
        let tree = Tree::of(&subschemas, &mut problems);
        let validator = jsonschema::draft202012::options()
            .offline()
            .should_validate_formats(true)
            .should_ignore_unknown_formats(false)
            .with_pattern_options(PatternOptions::regex())
            .build(schema)
            .map_err(|error| problem(error.instance_path().as_str(), error.to_string()));
        match validator {
            Ok(validator) if problems.is_empty() => Ok(Self {
                kind: kind.clone(),
                schema: schema.clone(),
                validator,
                tree,
                fields,
                holds_schemas: false,
                place,
                letter,
                answers: answers(schema, &mut Vec::new()),
            }),
            Ok(_) => Err(fails(problems)),
            Err(error) => {
                problems.push(error);
                Err(fails(problems))
            }
        }
    }

    /// The kind that the schema describes.
    pub const fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The schema as it was written.
    pub const fn schema(&self) -> &Value {
        &self.schema
    }

    /// When entries of the kind are delivered (`x-place`).
    pub const fn place(&self) -> Place {
        self.place
    }

    /// The letter that stands before the slug in a route (`x-letter`); containers have none.
    pub const fn letter(&self) -> Option<char> {
        self.letter
    }

    /// Whether a JSON pointer leads to an answer or into one (`x-answers`).
    pub fn is_answer(&self, pointer: &str) -> bool {
        !self.answers.is_empty() && pointer.split('/').any(|name| self.answers.contains(name))
    }

    /// Whether entries of the kind are templates: models that new entries are made from (`x-template`).
    pub const fn is_template(&self) -> bool {
        self.fields.template.is_some()
    }

    /// Whether documents of the kind can hold children (`x-link` with `contains`).
    pub fn is_container(&self) -> bool {
        !self.fields.children.is_empty()
    }
}

/// The names of fields below which answers are stored.
fn answers(schema: &Value, problems: &mut Vec<SchemaProblem>) -> BTreeSet<String> {
    let Some(names) = schema.get("x-answers") else { return BTreeSet::new() };
    let names: Option<BTreeSet<String>> = names
        .as_array()
        .and_then(|names| names.iter().map(|name| name.as_str().map(str::to_owned)).collect());
    match names.filter(|names| !names.is_empty()) {
        Some(names) => names,
        None => {
            problems.push(problem("/x-answers", "x-answers is expected to be a list of names"));
            BTreeSet::new()
        }
    }
}

impl fmt::Debug for KindSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KindSchema").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// At most this many problems from one source are added to an error.
const PROBLEMS_MAX: usize = 200;

fn problem(pointer: &str, message: impl Into<String>) -> SchemaProblem {
    SchemaProblem { pointer: pointer.to_owned(), message: message.into() }
}

fn ordered(mut problems: Vec<SchemaProblem>) -> Vec<SchemaProblem> {
    problems.sort_by(|a, b| pointer::compare(&a.pointer, &b.pointer));
    problems.dedup();
    problems.truncate(PROBLEMS_MAX);
    problems
}

/// Reads annotations that are allowed only at the root of a schema.
fn root_facts(schema: &Value, problems: &mut Vec<SchemaProblem>) -> (Place, Option<char>) {
    if !schema.is_object() {
        problems.push(problem("", "a kind's schema is a JSON object"));
        return (Place::Never, None);
    }
    if schema.get("type").is_none_or(|of| of != "object") {
        problems
            .push(problem("/type", "a document is a JSON object: “type”: “object” is expected"));
    }
    let draft = "https://json-schema.org/draft/2020-12/schema";
    if schema.get("$schema").is_some_and(|found| found != draft) {
        problems.push(problem("/$schema", format!("schemas are written for “{draft}”")));
    }
    let place = match schema.get("x-place").and_then(Value::as_str) {
        Some("tree") => Place::Tree,
        Some("used") => Place::Used,
        Some("always") => Place::Always,
        Some("never") => Place::Never,
        _ => {
            let message = "x-place is expected to be “tree”, “used”, “always” or “never”";
            problems.push(problem("/x-place", message));
            Place::Never
        }
    };
    let letter = schema.get("x-letter").and_then(|letter| {
        let mut letters = letter.as_str().unwrap_or_default().chars();
        let one = letters.next().filter(|letter| letter.is_ascii_lowercase());
        if one.is_none() || letters.next().is_some() {
            problems.push(problem("/x-letter", "x-letter is expected to be one letter a-z"));
        } else if place != Place::Tree {
            problems.push(problem("/x-letter", "x-letter has a meaning only with x-place “tree”"));
        }
        one
    });
    (place, letter)
}

impl RootFields {
    fn of(subschemas: &[Subschema], problems: &mut Vec<SchemaProblem>) -> Self {
        let mut found = Self::default();
        let contains = |annotations: &Annotations| {
            let link = annotations.link.as_ref();
            link.is_some_and(|link| link.role == Role::Contains)
        };
        for (name, &index) in &subschemas[0].properties {
            let name: Arc<str> = name.as_str().into();
            let annotations = &subschemas[index].annotations;
            let at = &subschemas[index].pointer;
            let singles = [
                ("x-title", annotations.title, &mut found.title),
                ("x-slug", annotations.slug, &mut found.slug),
                ("x-canonical-parent", annotations.canonical_parent, &mut found.canonical_parent),
                ("x-template", annotations.template, &mut found.template),
                ("x-not-before", annotations.not_before, &mut found.not_before),
            ];
            for (annotation, is_here, single) in singles {
                if !is_here {
                    continue;
                }
                match single {
                    None => *single = Some(name.clone()),
                    Some(other) => {
                        let message =
                            format!("{annotation} is already on “{other}”; a kind has only one");
                        problems.push(problem(&format!("{at}/{annotation}"), message));
                    }
                }
            }
            if annotations.summary {
                found.summary.push(name.clone());
            }
            if annotations.unit {
                found.units.push(name.clone());
            }
            let items = subschemas[index].items.map(|items| &subschemas[items].annotations);
            if let Some(rule) = items.and_then(|items| items.engine.as_ref()) {
                match &annotations.key {
                    Some(key) if annotations.unit => found.engine_places.push(EnginePlace {
                        property: name.clone(),
                        key: key.clone(),
                        engine: rule.name.clone(),
                        form: rule.form.clone(),
                    }),
                    _ => {
                        let message = "x-engine needs an x-key and an x-unit on the array";
                        problems.push(problem(&format!("{at}/items/x-engine"), message));
                    }
                }
            }
            if contains(annotations) || items.is_some_and(contains) {
                if annotations.private {
                    let message = "x-private contradicts contains: children are delivered";
                    problems.push(problem(&format!("{at}/x-private"), message));
                }
                found.children.push(name);
            }
        }
        found
    }
}
