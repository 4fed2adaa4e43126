//! Units whose answers changed since their newest whole translation: who is scored by which answers.
//!
//! A unit comes whole from one revision, so a corrected answer waits for the words that were changed along with it.
//! Here such waiting is reported; if only parts wait that a unit can do without (`x-dispensable`: hints), the answer
//! does not wait at all.
//!
//! Invariants:
//! 1. Only what is below a name of `x-answers` is an answer; words that are shown next to an answer are not, and
//!    neither is anything in a dispensable part.

use crate::model::pointer;
use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

use super::deliver::Translator;
use crate::schema::{
    kind::{
        KindSchema,
        trail::{ElementName, Trail},
        tree::{Marks, Node, element_keys},
    },
    segments::{UnitId, has_words, is_blank},
};

/// Most answers of one unit that are reported.
const POINTERS_MAX: usize = 16;

/// Most places at which a part that has moved is searched for.
const PLACES_MAX: usize = 100;

/// A unit that learners of a locale would answer by earlier answers than the source's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldKey {
    /// The unit's id.
    pub unit: UnitId,
    /// The answers that differ, as JSON pointers into the current source; only the first ones.
    pub pointers: Vec<String>,
    /// Whether the locale's policy holds the unit back instead, so that nobody is scored by those answers.
    pub held: bool,
}

impl KindSchema {
    /// The answers that differ between two forms of an element, as JSON pointers from it, without those in dispensable
    /// parts.
    pub(super) fn changed_answers(
        &self,
        node: &Node,
        before: &Value,
        after: &Value,
    ) -> Vec<String> {
        if self.answers.is_empty() {
            return Vec::new();
        }
        let [before, after] = [before, after].map(|element| self.indispensable(node, element));
        let (mut was, mut is) = (BTreeMap::new(), BTreeMap::new());
        self.answers_of(&before, Place::default(), &mut was);
        self.answers_of(&after, Place::default(), &mut is);
        let added = is.iter().filter(|(at, answer)| was.get(*at) != Some(answer));
        let gone = was.keys().filter(|at| !is.contains_key(*at));
        let mut changed: Vec<String> = added.map(|(at, _)| at).chain(gone).cloned().collect();
        changed.sort_by(|a, b| pointer::compare(a, b));
        changed.truncate(POINTERS_MAX);
        changed
    }

    fn indispensable(&self, node: &Node, element: &Value) -> Value {
        let mut element = element.clone();
        let marks = Marks::DISPENSABLE;
        self.tree.walk_node_mut(node, &mut element, marks, Trail::ROOT, &mut |_, value, _| {
            *value = Value::Null;
        });
        element
    }

    fn answers_of<'v>(&self, value: &'v Value, at: Place, into: &mut BTreeMap<String, &'v Value>) {
        match value {
            Value::Object(fields) if !fields.is_empty() => {
                for (name, field) in fields {
                    let is_named = self.answers.contains(name);
                    let place = Place {
                        pointer: pointer::joined(&at.pointer, name),
                        is_below: at.is_below || is_named,
                        is_named,
                    };
                    self.answers_of(field, place, into);
                }
            }
            Value::Array(elements) if !elements.is_empty() => {
                for (index, element) in elements.iter().enumerate() {
                    let pointer = pointer::joined(&at.pointer, &index.to_string());
                    self.answers_of(element, Place { pointer, ..at.clone() }, into);
                }
            }
            // A missing field and a null field say the same.
            Value::Null => {}
            Value::String(text) if !at.is_named && (is_blank(text) || has_words(text)) => {}
            answer if at.is_below => {
                into.insert(at.pointer, answer);
            }
            _ => {}
        }
    }
}

/// Where in an element a value is.
#[derive(Default, Clone)]
struct Place {
    pointer: String,
    /// Whether it is below a name of `x-answers`.
    is_below: bool,
    /// Whether the last name on the path is such a name.
    is_named: bool,
}

impl Translator<'_> {
    /// A unit of one revision, translated, without the dispensable parts whose words wait; none if other words wait. A
    /// part that moved keeps its translation: another hint may have been put before it.
    pub(super) fn shortened(
        &self,
        node: &Node,
        element: &Value,
        trail: Trail<'_>,
    ) -> Option<Value> {
        let tree = &self.kind.tree;
        let (mut short, mut kept) = (element.clone(), VecDeque::new());
        let marks = Marks::DISPENSABLE;
        tree.walk_node_mut(node, &mut short, marks, trail, &mut |node, value, trail| {
            if let Value::Array(parts) = value {
                kept.push_back(self.translated_parts(node, std::mem::take(parts), trail));
            }
        });
        if kept.is_empty() || !self.standing(node, &short, trail).is_whole {
            return None;
        }
        self.apply_exactly(node, &mut short, trail);
        tree.walk_node_mut(node, &mut short, marks, trail, &mut |_, value, _| {
            if value.is_array()
                && let Some(parts) = kept.pop_front()
            {
                *value = parts.into();
            }
        });
        Some(short)
    }

    /// The parts of which every text with words is translated, in their order.
    fn translated_parts(&self, node: &Node, parts: Vec<Value>, trail: Trail<'_>) -> Vec<Value> {
        let Some(child) = self.kind.tree.element(node) else { return parts };
        let keys = element_keys(node, &parts, Marks::TEXT);
        let keys: Vec<_> = keys.into_iter().map(|key| key.map(str::to_owned)).collect();
        let mut kept = Vec::with_capacity(parts.len());
        for (index, mut part) in parts.into_iter().enumerate() {
            let own = ElementName::of(node, &keys, index);
            let elsewhere = matches!(own, ElementName::Index).then_some(0..PLACES_MAX);
            let places = elsewhere.into_iter().flatten().map(|at| (at, ElementName::Index));
            let mut places = std::iter::once((index, own)).chain(places);
            let place = places.find(|(at, name)| {
                self.standing(child, &part, trail.element(*at, *name, &trail)).is_whole
            });
            if let Some((at, name)) = place {
                self.apply_exactly(child, &mut part, trail.element(at, name, &trail));
                kept.push(part);
            }
        }
        kept
    }
}
