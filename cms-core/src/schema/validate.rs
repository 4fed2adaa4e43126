//! Validation: everything that is wrong with a document, in one result.
//!
//! Besides JSON Schema it checks what that cannot express: elements of an `x-key` array have keys of their own, and an
//! `x-link` is the key of an entry of an allowed kind. Only the catalogue knows whether the entry exists, and whether
//! containment forms a circle.
//!
//! Invariants:
//! 1. A document without violations costs only the check: nothing is allocated for messages.
//! 2. Violations are ordered and limited as [`super::violation`] says.

use crate::model::pointer;
use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{
    kind::{
        KindSchema,
        annotations::LinkRule,
        trail::Trail,
        tree::{Marks, Node},
    },
    meta,
    nearest::excerpt,
    violation::{Violation, ViolationCode, sorted},
};
use crate::model::key::EntryKey;

mod wording;

impl KindSchema {
    /// All that is wrong with a document; empty when it is valid.
    pub fn validate(&self, document: &Value) -> Vec<Violation> {
        let mut violations = Vec::new();
        let marks = Marks::KEY.with(Marks::LINK);
        self.tree.walk(document, marks, &mut |node, value, trail| match value {
            Value::Array(elements) => check_keys(node, elements, trail, &mut violations),
            Value::String(text) => {
                if let Some(rule) = &node.link {
                    violations.extend(check_link(rule, text, trail));
                }
            }
            _ => {}
        });
        if self.holds_schemas {
            meta::check_schema(document, &mut violations);
        }
        self.check_embargo(document, &mut violations);
        if !self.validator.is_valid(document) {
            self.explain(document, &mut violations);
        }
        self.check_title(document, &mut violations);
        if violations.is_empty() { violations } else { sorted(violations) }
    }

    /// Whether a document has no violations.
    pub fn is_valid(&self, document: &Value) -> bool {
        self.validate(document).is_empty()
    }

    fn explain(&self, document: &Value, violations: &mut Vec<Violation>) {
        let mut explained = Vec::new();
        for error in self.validator.iter_errors(document) {
            wording::explain(&self.schema, &error, &mut explained);
        }
        // A link's pattern says less than what was already reported about the link.
        let told: HashSet<&str> = violations.iter().map(|found| found.pointer.as_str()).collect();
        explained.retain(|found| {
            found.code != ViolationCode::WrongForm || !told.contains(found.pointer.as_str())
        });
        violations.append(&mut explained);
    }
}

fn check_keys(node: &Node, elements: &[Value], trail: Trail<'_>, into: &mut Vec<Violation>) {
    let Some(name) = node.key.as_deref() else { return };
    let mut seen: HashMap<&str, usize> = HashMap::with_capacity(elements.len());
    for (index, element) in elements.iter().enumerate() {
        // If an element is not an object, or its key is not a text, the schema should refuse it; but a schema may have
        // said nothing about it.
        let at = || pointer::joined(&pointer::joined(&trail.pointer(), &index.to_string()), name);
        match element.get(name) {
            Some(Value::String(key)) => {
                if let Some(first) = seen.insert(key, index) {
                    let message = format!(
                        "the {name} “{}” is taken by element {} already",
                        excerpt(key),
                        first + 1
                    );
                    into.push(Violation::new(at(), ViolationCode::RepeatedKey, message));
                }
            }
            Some(_) => {
                let message = format!("the {name} of element {} is not a text", index + 1);
                into.push(Violation::new(at(), ViolationCode::WrongType, message));
            }
            None => {
                let message = format!("element {} has no {name}", index + 1);
                into.push(Violation::new(at(), ViolationCode::MissingField, message));
            }
        }
    }
}

fn check_link(rule: &LinkRule, text: &str, trail: Trail<'_>) -> Option<Violation> {
    let allowed = || {
        let kinds: Vec<&str> = rule.kinds.iter().map(|kind| kind.as_str()).collect();
        kinds.join(", ")
    };
    let (code, message) = match text.parse::<EntryKey>() {
        Err(error) => (ViolationCode::NotAKey, error.to_string()),
        Ok(key) if key.locale().is_some() => {
            let message = format!("“{key}” is a translation; link to “{}”", key.source());
            (ViolationCode::NotAKey, message)
        }
        Ok(key) if !rule.kinds.contains(key.kind()) => {
            let message = format!("“{key}” cannot be linked here; allowed are: {}", allowed());
            (ViolationCode::WrongKind, message)
        }
        Ok(_) => return None,
    };
    Some(Violation::new(trail.pointer(), code, message))
}
