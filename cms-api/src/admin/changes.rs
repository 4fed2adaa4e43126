//! What changed within one delivered document, field by field, words within text.
//!
//! Invariants:
//! 1. What a container carries of its children is not its own change; which children, in which
//!    order, is.
//! 2. Elements that have an `id` are matched by it, so that one inserted before them moves nothing.
//! 3. The parts of a text, without the added ones, are the text before; without the removed, after.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use similar::{Algorithm, ChangeTag, TextDiff};

/// Most fields that are told of one document.
const FIELDS_MAX: usize = 60;
/// Longer texts, in bytes, are shown as replaced.
const TEXT_SIZE_BYTES_MAX: usize = 100_000;
/// Most time for one text: a hostile one must not hold the server.
const TEXT_TIME_MAX: Duration = Duration::from_millis(100);

/// One field that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// Where: elements with an id are named by it.
    pub pointer: String,
    /// The pieces, in order: what stayed, went and came.
    pub parts: Vec<Part>,
}

/// A piece of a field's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "is", content = "text", rename_all = "lowercase")]
pub enum Part {
    /// In both.
    Same(String),
    /// Only before.
    Removed(String),
    /// Only after.
    Added(String),
}

/// The changes of a delivered document's own fields and of its list of children; and whether there
/// were more than are told.
pub fn changes(before: &Value, after: &Value) -> (Vec<FieldChange>, bool) {
    let mut walk = Walk { found: Vec::new(), is_cut: false };
    walk.compare("", &before["document"], &after["document"]);
    let keys = |document: &Value| -> Vec<String> {
        let children = document["children"].as_array().into_iter().flatten();
        children.map(|child| child["key"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let (left, right) = (keys(before), keys(after));
    if left != right {
        walk.push("/children", parts_of_lines(&left, &right));
    }
    (walk.found, walk.is_cut)
}

struct Walk {
    found: Vec<FieldChange>,
    is_cut: bool,
}

impl Walk {
    fn push(&mut self, pointer: &str, parts: Vec<Part>) {
        if self.found.len() < FIELDS_MAX {
            self.found.push(FieldChange { pointer: pointer.to_owned(), parts });
        } else {
            self.is_cut = true;
        }
    }

    fn compare(&mut self, pointer: &str, before: &Value, after: &Value) {
        if before == after {
            return;
        }
        match (before, after) {
            (Value::Object(left), Value::Object(right)) => {
                let mut names: Vec<&String> = left.keys().chain(right.keys()).collect();
                names.sort();
                names.dedup();
                for name in names {
                    let step = name.replace('~', "~0").replace('/', "~1");
                    let (left, right) = (left.get(name), right.get(name));
                    self.sides(&format!("{pointer}/{step}"), left, right);
                }
            }
            (Value::Array(left), Value::Array(right)) => self.arrays(pointer, left, right),
            (Value::String(left), Value::String(right)) => {
                self.push(pointer, parts_of_text(left, right));
            }
            _ => self.sides_replaced(pointer, before, after),
        }
    }

    fn sides(&mut self, pointer: &str, before: Option<&Value>, after: Option<&Value>) {
        match (before, after) {
            (Some(left), Some(right)) => self.compare(pointer, left, right),
            (Some(left), None) => self.push(pointer, vec![Part::Removed(readable(left))]),
            (None, Some(right)) => self.push(pointer, vec![Part::Added(readable(right))]),
            (None, None) => {}
        }
    }

    fn sides_replaced(&mut self, pointer: &str, before: &Value, after: &Value) {
        let parts =
            [(before, false), (after, true)].into_iter().filter(|(value, _)| !value.is_null());
        let parts = parts
            .map(|(value, is_new)| match is_new {
                true => Part::Added(readable(value)),
                false => Part::Removed(readable(value)),
            })
            .collect();
        self.push(pointer, parts);
    }

    fn arrays(&mut self, pointer: &str, left: &[Value], right: &[Value]) {
        if let (Some(ids), Some(new_ids)) = (ids(left), ids(right)) {
            for (id, value) in ids.iter().zip(left) {
                let after = new_ids.iter().position(|new| new == id).map(|at| &right[at]);
                self.sides(&format!("{pointer}/{id}"), Some(value), after);
            }
            for (id, value) in new_ids.iter().zip(right).filter(|(id, _)| !ids.contains(id)) {
                self.sides(&format!("{pointer}/{id}"), None, Some(value));
            }
            let kept = |all: &[&str], other: &[&str]| -> Vec<String> {
                all.iter().filter(|id| other.contains(id)).map(|id| (*id).to_owned()).collect()
            };
            let (before, after) = (kept(&ids, &new_ids), kept(&new_ids, &ids));
            if before != after {
                self.push(pointer, parts_of_lines(&before, &after));
            }
            return;
        }
        let strings = |values: &[Value]| -> Option<Vec<String>> {
            values.iter().map(|value| value.as_str().map(str::to_owned)).collect()
        };
        if let (Some(before), Some(after)) = (strings(left), strings(right)) {
            self.push(pointer, parts_of_lines(&before, &after));
            return;
        }
        for at in 0..left.len().max(right.len()) {
            self.sides(&format!("{pointer}/{at}"), left.get(at), right.get(at));
        }
    }
}

/// The ids of elements, when each has one of its own.
fn ids(values: &[Value]) -> Option<Vec<&str>> {
    let ids: Vec<&str> = values.iter().map(|value| value["id"].as_str()).collect::<Option<_>>()?;
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    sorted.dedup();
    (sorted.len() == ids.len()).then_some(ids)
}

/// A value as people read it.
fn readable(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(fields) => ["content", "title", "question"]
            .iter()
            .find_map(|name| fields.get(*name).map(readable))
            .unwrap_or_else(|| value.to_string()),
        _ => value.to_string(),
    }
}

fn parts_of_text(before: &str, after: &str) -> Vec<Part> {
    if before.len().max(after.len()) > TEXT_SIZE_BYTES_MAX {
        return vec![Part::Removed(before.to_owned()), Part::Added(after.to_owned())];
    }
    let diff = TextDiff::configure()
        .algorithm(Algorithm::Patience)
        .timeout(TEXT_TIME_MAX)
        .diff_unicode_words(before, after);
    joined(diff.iter_all_changes().map(|change| (change.tag(), change.value().to_owned())))
}

fn parts_of_lines(before: &[String], after: &[String]) -> Vec<Part> {
    let changes = similar::capture_diff_slices(Algorithm::Myers, before, after);
    let rows = changes.iter().flat_map(|change| change.iter_changes(before, after));
    joined(rows.map(|change| (change.tag(), format!("{}\n", change.value()))))
}

/// Neighbours of one sort as one part, the removed before the added.
fn joined(rows: impl Iterator<Item = (ChangeTag, String)>) -> Vec<Part> {
    let (mut parts, mut removed, mut added) = (Vec::new(), String::new(), String::new());
    let flush = |parts: &mut Vec<Part>, removed: &mut String, added: &mut String| {
        for (text, make) in [(removed, Part::Removed as fn(String) -> Part), (added, Part::Added)] {
            if !text.is_empty() {
                parts.push(make(std::mem::take(text)));
            }
        }
    };
    for (tag, text) in rows {
        match tag {
            ChangeTag::Delete => removed.push_str(&text),
            ChangeTag::Insert => added.push_str(&text),
            ChangeTag::Equal => {
                flush(&mut parts, &mut removed, &mut added);
                match parts.last_mut() {
                    Some(Part::Same(last)) => last.push_str(&text),
                    _ => parts.push(Part::Same(text)),
                }
            }
        }
    }
    flush(&mut parts, &mut removed, &mut added);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(before: Value, after: Value, expected: &str) {
        let (found, _) = changes(&before, &after);
        let shown: Vec<String> = found
            .iter()
            .map(|change| {
                let parts: String = change
                    .parts
                    .iter()
                    .map(|part| match part {
                        Part::Same(text) => text.clone(),
                        Part::Removed(text) => format!("[-{text}-]"),
                        Part::Added(text) => format!("[+{text}+]"),
                    })
                    .collect();
                format!("{}: {parts}", change.pointer)
            })
            .collect();
        assert_eq!(shown.join("\n"), expected);
    }

    fn of(document: Value) -> Value {
        json!({ "document": document, "children": [] })
    }

    #[test]
    fn words_are_compared_within_text() {
        check(
            of(json!({ "title": "Adding big fractions" })),
            of(json!({ "title": "Adding small fractions" })),
            "/title: Adding [-big-][+small+] fractions",
        );
    }

    #[test]
    fn elements_are_matched_by_their_ids() {
        let item = |id: &str, text: &str| json!({ "id": id, "content": text });
        check(
            of(json!({ "items": [item("a", "x"), item("b", "y")] })),
            of(json!({ "items": [item("c", "new"), item("a", "x"), item("b", "z")] })),
            "/items/b/content: [-y-][+z+]\n/items/c: [+new+]",
        );
    }

    #[test]
    fn what_a_container_carries_is_not_its_own() {
        let with = |children: &[(&str, &str)]| {
            let children: Vec<Value> = children
                .iter()
                .map(|(key, object)| json!({ "key": key, "object": object }))
                .collect();
            json!({ "document": { "title": "T" }, "children": children })
        };
        check(with(&[("video/a", "1")]), with(&[("video/a", "2")]), "");
        check(
            with(&[("video/a", "1")]),
            with(&[("video/b", "1"), ("video/a", "1")]),
            "/children: [+video/b\n+]video/a\n",
        );
    }

    #[test]
    fn fields_come_go_and_change_their_type() {
        check(
            of(json!({ "a": 1, "b": "x" })),
            of(json!({ "a": "1", "c": [1] })),
            "/a: [-1-][+1+]\n/b: [-x-]\n/c: [+[1]+]",
        );
    }
}
