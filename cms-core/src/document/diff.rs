//! The difference of two documents: fields set and removed, elements added, removed and moved, values changed, prose by
//! words.
//!
//! Invariants:
//! 1. `diff(a, b).apply(a) == b`, from the changes alone; applied to anything else it is refused.
//! 2. `diff(a, a)` is empty.
//! 3. A change is reported once, at the deepest place that holds it.

mod apply;
mod patch;

use serde::Serialize;
use serde_json::{Map, Value};

pub use apply::ApplyError;

use super::{
    budget::Budget,
    elements::Elements,
    part::{ElementStep, Part, Shape, Step, Trail},
    sides::{Side, Sides},
    text::{self, Words},
};

/// Elements of one array that may be added, removed and moved before the array is reported as a whole.
const ELEMENT_CHANGES_MAX: usize = 2_000;

/// What differs between two documents.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DocumentDiff {
    /// The changes, in the order of the document.
    pub changes: Vec<Change>,
    /// Whether the comparison was cut short by its bounds: what it reports is right, but larger than necessary.
    pub is_coarse: bool,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The JSON pointer, in the document that has the place: the new one, or the old one when something was removed.
    pub pointer: String,
    /// Like the pointer, but with keyed elements by key, so that it names the same place in both documents.
    pub address: String,
    /// The path to it, for people.
    pub place: Vec<Step>,
    /// What happened there.
    pub kind: ChangeKind,
    /// For a moved element, the JSON pointer that it had before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The old value; none for a moved element, whose content is reported separately.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// The new value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
    /// For a changed text, its paragraphs and words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<Words>,
}

/// What happened at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// A field that was not there before.
    Set,
    /// A field that is gone.
    Removed,
    /// Another value.
    Changed,
    /// An element that was not there before.
    ElementAdded,
    /// An element that is gone.
    ElementRemoved,
    /// An element at another position among those that both have.
    ElementMoved,
}

/// The difference of two documents.
pub fn diff(shape: Shape<'_>, before: &Value, after: &Value) -> DocumentDiff {
    let budget = Budget::new();
    let mut differ = Differ { budget: &budget, changes: Vec::new() };
    differ.value(Part::root(shape), &Trail::ROOT, before, after);
    DocumentDiff { changes: differ.changes, is_coarse: budget.is_coarse() }
}

impl DocumentDiff {
    /// Whether the documents are equal.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

/// Which side each document is in trails.
const BEFORE: Side = Side::Base;
const AFTER: Side = Side::Ours;

struct Differ<'b> {
    budget: &'b Budget,
    changes: Vec<Change>,
}

impl Differ<'_> {
    fn value(&mut self, part: Part<'_>, trail: &Trail<'_>, before: &Value, after: &Value) {
        if before == after {
            return;
        }
        match (before, after) {
            (Value::Object(left), Value::Object(right)) => self.object(part, trail, left, right),
            (Value::Array(left), Value::Array(right)) => self.array(part, trail, left, right),
            (Value::String(left), Value::String(right)) => {
                let words = text::dialect(part, &[Some(left), Some(right)])
                    .map(|dialect| text::words(left, right, dialect, self.budget));
                self.changed(trail, before, after, words);
            }
            _ => self.changed(trail, before, after, None),
        }
    }

    fn object(
        &mut self,
        part: Part<'_>,
        trail: &Trail<'_>,
        before: &Map<String, Value>,
        after: &Map<String, Value>,
    ) {
        // Both are sorted by name, and so are the changes.
        let (mut lefts, mut rights) = (before.iter().peekable(), after.iter().peekable());
        loop {
            let (left, right) = match (lefts.peek(), rights.peek()) {
                (None, None) => return,
                (Some(left), Some(right)) => match left.0.cmp(right.0) {
                    std::cmp::Ordering::Less => (lefts.next(), None),
                    std::cmp::Ordering::Greater => (None, rights.next()),
                    std::cmp::Ordering::Equal => (lefts.next(), rights.next()),
                },
                _ => (lefts.next(), rights.next()),
            };
            let Some(name) = left.or(right).map(|(name, _)| name) else { return };
            let trail = trail.field(part, name);
            match (left.map(|(_, value)| value), right.map(|(_, value)| value)) {
                (Some(left), Some(right)) => self.value(part.field(name), &trail, left, right),
                (Some(left), None) => {
                    self.note(&trail, BEFORE, ChangeKind::Removed).before = Some(left.clone());
                }
                (None, Some(right)) => {
                    self.note(&trail, AFTER, ChangeKind::Set).after = Some(right.clone());
                }
                (None, None) => {}
            }
        }
    }

    fn array(&mut self, part: Part<'_>, trail: &Trail<'_>, before: &[Value], after: &[Value]) {
        let elements = Elements::of(part, before, after, self.budget);
        let count = elements.gone.len()
            + elements.former.iter().filter(|former| former.is_none()).count()
            + elements.moved.iter().filter(|moved| **moved).count();
        if count > ELEMENT_CHANGES_MAX {
            self.budget.set_coarse();
            let (before, after) = (Value::from(before), Value::from(after));
            return self.changed(trail, &before, &after, None);
        }
        for (at, key) in &elements.gone {
            let element = &before[*at];
            let step = ElementStep {
                at: Sides { base: Some(*at), ..Sides::default() },
                number: *at,
                key: key.as_deref(),
                element,
            };
            let change = self.note(&trail.element(step), BEFORE, ChangeKind::ElementRemoved);
            change.before = Some(element.clone());
        }
        for (at, element) in after.iter().enumerate() {
            let former = elements.former[at];
            let key = elements.names[at].as_deref();
            let sides = Sides { base: former, ours: Some(at), theirs: None };
            let step = ElementStep { at: sides, number: at, key, element };
            let trail = trail.element(step);
            match former {
                None => {
                    let change = self.note(&trail, AFTER, ChangeKind::ElementAdded);
                    change.after = Some(element.clone());
                }
                Some(former) => {
                    if elements.moved[at] {
                        let from = trail.pointer(BEFORE);
                        self.note(&trail, AFTER, ChangeKind::ElementMoved).from = Some(from);
                    }
                    self.value(part.element(), &trail, &before[former], element);
                }
            }
        }
    }

    fn changed(&mut self, trail: &Trail<'_>, before: &Value, after: &Value, words: Option<Words>) {
        let change = self.note(trail, AFTER, ChangeKind::Changed);
        change.before = Some(before.clone());
        change.after = Some(after.clone());
        change.words = words;
    }

    fn note(&mut self, trail: &Trail<'_>, side: Side, kind: ChangeKind) -> &mut Change {
        self.changes.push(Change {
            pointer: trail.pointer(side),
            address: trail.address(),
            place: trail.place(),
            kind,
            from: None,
            before: None,
            after: None,
            words: None,
        });
        self.changes.last_mut().expect("it was just added")
    }
}
