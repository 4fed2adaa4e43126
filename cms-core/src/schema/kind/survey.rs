//! Every subschema of a schema, with its annotations and with what it leads to.
//!
//! The survey is by place in the schema: it visits each subschema once, whether anything refers to it or not, so that a
//! mistake in an unused definition is reported too. [`super::tree`] then follows the paths that a document can take
//! through it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use serde_json::{Map, Value};

use super::annotations::{self, Annotations, Standing};
use crate::{
    model::pointer,
    schema::{kind::problem::SchemaProblem, nearest},
};

/// The number of a subschema in the order of the survey; the root is 0.
pub(in crate::schema) type SubschemaIndex = usize;

/// One subschema.
#[derive(Debug, Default)]
pub(in crate::schema) struct Subschema {
    pub pointer: String,
    pub annotations: Annotations,
    /// The subschemas of the named properties.
    pub properties: BTreeMap<String, SubschemaIndex>,
    /// The defaults of required properties, where the schema gives them.
    pub defaults: BTreeMap<Arc<str>, Value>,
    /// The subschema of every other property.
    pub additional: Option<SubschemaIndex>,
    /// The subschema of the elements.
    pub items: Option<SubschemaIndex>,
    /// The subschemas of the same value: the target of `$ref`, and branches.
    pub same: Vec<SubschemaIndex>,
    /// Subschemas that are checked against the same value without their annotations counting.
    conditions: Vec<SubschemaIndex>,
    reference: Option<String>,
}

/// Most subschemas that one schema may have.
const SUBSCHEMAS_MAX: usize = 10_000;

/// Keywords of JSON Schema 2020-12 that are plain data to us.
const PLAIN: [&str; 41] = [
    "$schema",
    "$id",
    "$ref",
    "$comment",
    "$vocabulary",
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "type",
    "enum",
    "const",
    "multipleOf",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "maxContains",
    "minContains",
    "maxProperties",
    "minProperties",
    "required",
    "dependentRequired",
    "format",
    "contentEncoding",
    "contentMediaType",
    // Named here so that a misspelt keyword gets them as a suggestion.
    "properties",
    "items",
    "additionalProperties",
    "allOf",
    "anyOf",
    "oneOf",
];

/// Keywords whose subschemas are checked but not followed for annotations.
const UNFOLLOWED: [&str; 14] = [
    "patternProperties",
    "propertyNames",
    "prefixItems",
    "contains",
    "not",
    "if",
    "then",
    "else",
    "dependentSchemas",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
    "$defs",
    "definitions",
];

/// Surveys a whole schema; problems are added to the list, and what can be read is returned.
pub(in crate::schema) fn survey(
    schema: &Value,
    problems: &mut Vec<SchemaProblem>,
) -> Vec<Subschema> {
    let mut surveyor = Surveyor { found: Vec::new(), by_pointer: HashMap::new(), problems };
    surveyor.subschema(schema, String::new(), Standing::Root);
    surveyor.resolve();
    surveyor.refuse_circles();
    surveyor.found
}

struct Surveyor<'p> {
    found: Vec<Subschema>,
    by_pointer: HashMap<String, SubschemaIndex>,
    problems: &'p mut Vec<SchemaProblem>,
}

impl Surveyor<'_> {
    fn subschema(&mut self, schema: &Value, at: String, standing: Standing) -> SubschemaIndex {
        let index = self.found.len();
        self.by_pointer.insert(at.clone(), index);
        self.found.push(Subschema { pointer: at.clone(), ..Subschema::default() });
        if index == SUBSCHEMAS_MAX {
            self.problem(&at, format!("the schema has more than {SUBSCHEMAS_MAX} subschemas"));
        }
        // A boolean subschema says nothing to us; the meta-schema refuses anything else.
        let Value::Object(map) = schema else { return index };
        if index < SUBSCHEMAS_MAX {
            self.found[index].annotations = annotations::read(map, &at, standing, self.problems);
            self.keywords(map, &at, standing, index);
        }
        index
    }

    fn keywords(&mut self, map: &Map<String, Value>, at: &str, standing: Standing, index: usize) {
        for (keyword, value) in map.iter().filter(|(keyword, _)| !keyword.starts_with("x-")) {
            let here = pointer::joined(at, keyword);
            match (keyword.as_str(), value) {
                ("properties", Value::Object(properties)) => {
                    let below = match standing {
                        Standing::Root => Standing::RootProperty,
                        Standing::Unreached => Standing::Unreached,
                        _ => Standing::Property,
                    };
                    let required = map.get("required").and_then(Value::as_array);
                    for (name, property) in properties {
                        let is_required =
                            required.is_some_and(|names| names.iter().any(|known| known == name));
                        if let (true, Some(default)) = (is_required, property.get("default")) {
                            let default = (Arc::from(name.as_str()), default.clone());
                            self.found[index].defaults.extend([default]);
                        }
                        let child = self.subschema(property, pointer::joined(&here, name), below);
                        self.found[index].properties.insert(name.clone(), child);
                    }
                }
                ("items", _) => {
                    let below = match standing {
                        Standing::RootProperty => Standing::RootPropertyItems,
                        other => other.inner(),
                    };
                    self.found[index].items = Some(self.subschema(value, here, below));
                }
                ("additionalProperties", _) => {
                    let child = self.subschema(value, here, standing.inner());
                    self.found[index].additional = Some(child);
                }
                ("allOf" | "anyOf" | "oneOf", Value::Array(branches)) => {
                    for (number, branch) in branches.iter().enumerate() {
                        let place = format!("{here}/{number}");
                        let child = self.subschema(branch, place, standing.inner());
                        self.found[index].same.push(child);
                    }
                }
                ("$ref", Value::String(reference)) => {
                    self.found[index].reference = Some(reference.clone());
                }
                ("$id", _) if at.is_empty() => {}
                ("$anchor" | "$dynamicRef" | "$dynamicAnchor" | "$id", _) => {
                    let message =
                        format!("{keyword} is not supported: write “$ref”: “#/$defs/NAME”");
                    self.problem(&here, message);
                }
                (word, _) if UNFOLLOWED.contains(&word) => {
                    self.unfollowed(word, value, here, index)
                }
                (word, _) if PLAIN.contains(&word) => {}
                (word, _) => {
                    let known = PLAIN.into_iter().chain(UNFOLLOWED).chain(annotations::NAMES);
                    let hint = nearest::hint(word, known);
                    self.problem(&here, format!("“{word}” is not a keyword of JSON Schema{hint}"));
                }
            }
        }
    }

    fn unfollowed(&mut self, keyword: &str, value: &Value, here: String, index: SubschemaIndex) {
        let definitions = matches!(keyword, "$defs" | "definitions");
        let below = if definitions { Standing::Inner } else { Standing::Unreached };
        let is_map = definitions || matches!(keyword, "patternProperties" | "dependentSchemas");
        let mut children = Vec::new();
        match value {
            Value::Object(schemas) if is_map => {
                for (name, schema) in schemas {
                    children.push(self.subschema(schema, pointer::joined(&here, name), below));
                }
            }
            Value::Array(schemas) => {
                for (number, schema) in schemas.iter().enumerate() {
                    children.push(self.subschema(schema, format!("{here}/{number}"), below));
                }
            }
            schema => children.push(self.subschema(schema, here, below)),
        }
        if matches!(keyword, "not" | "if" | "then" | "else" | "dependentSchemas") {
            self.found[index].conditions.append(&mut children);
        }
    }

    /// Refuses subschemas that lead back to themselves without going deeper into the document: checking a value against
    /// one would never end.
    fn refuse_circles(&mut self) {
        let mut visits = vec![Visit::None; self.found.len()];
        let mut circles = BTreeSet::new();
        let mut todo: Vec<Step> = (0..self.found.len()).rev().map(Step::Enter).collect();
        while let Some(step) = todo.pop() {
            match step {
                Step::Leave(index) => visits[index] = Visit::Done,
                // Not left yet, so it is on the path that led here.
                Step::Enter(index) if visits[index] == Visit::Open => {
                    circles.insert(index);
                }
                Step::Enter(index) if visits[index] == Visit::None => {
                    visits[index] = Visit::Open;
                    todo.push(Step::Leave(index));
                    let subschema = &self.found[index];
                    let next = subschema.same.iter().chain(&subschema.conditions);
                    todo.extend(next.map(|next| Step::Enter(*next)));
                }
                Step::Enter(_) => {}
            }
        }
        for index in circles {
            let pointer = self.found[index].pointer.clone();
            let message = "this leads back to itself without going deeper into the document";
            self.problem(&pointer, message.to_owned());
        }
    }

    /// Turns references into numbers, once every place is known.
    fn resolve(&mut self) {
        for index in 0..self.found.len() {
            let Some(reference) = self.found[index].reference.take() else { continue };
            let here = pointer::joined(&self.found[index].pointer, "$ref");
            let target = match reference.strip_prefix('#') {
                None => {
                    let message = format!(
                        "“{reference}” leads out of this schema; only references such as “#/$defs/NAME” are followed"
                    );
                    self.problem(&here, message);
                    continue;
                }
                Some(fragment) => self.by_pointer.get(fragment).copied(),
            };
            match target {
                Some(target) => self.found[index].same.push(target),
                None => {
                    let known = self.by_pointer.keys().filter(|key| key.starts_with("/$defs/"));
                    let names: Vec<String> = known.map(|key| format!("#{key}")).collect();
                    let hint = nearest::hint(&reference, names.iter().map(String::as_str));
                    self.problem(&here, format!("“{reference}” leads to no subschema{hint}"));
                }
            }
        }
    }

    fn problem(&mut self, pointer: &str, message: String) {
        self.problems.push(SchemaProblem { pointer: pointer.to_owned(), message });
    }
}

/// How far a search for circles has come with a subschema.
#[derive(Clone, Copy, PartialEq)]
enum Visit {
    None,
    Open,
    Done,
}

/// What a search for circles does next.
enum Step {
    Enter(SubschemaIndex),
    Leave(SubschemaIndex),
}

impl Standing {
    const fn inner(self) -> Self {
        match self {
            Self::Unreached => Self::Unreached,
            _ => Self::Inner,
        }
    }
}
