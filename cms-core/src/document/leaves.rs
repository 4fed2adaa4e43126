//! The parts of a document that blame tells apart: each field, each element of a list, each paragraph of prose.
//!
//! Blame goes back through an entry's revisions with [`origins`]: if a leaf has an origin in the previous revision,
//! this one did not change it, and the search goes on from there; if it has none, this revision changed it.
//!
//! Invariants:
//! 1. Each scalar, each empty object or array and each paragraph of a document lies in exactly one leaf.
//! 2. A leaf has an origin only if its value is the same, except for blanks at a paragraph's end, and no two leaves
//!    have the same origin.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;

use super::{
    align::{Numbers, align},
    budget::Budget,
    elements::Elements,
    part::{ElementStep, Part, Shape, Step, Trail},
    sides::{Side, Sides},
    text,
};

/// One part of a document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Leaf {
    /// The JSON pointer of the field or element that the leaf is, or is a paragraph of.
    pub pointer: String,
    /// Like the pointer, but with keyed elements by key.
    pub address: String,
    /// The path to it, for people.
    pub place: Vec<Step>,
    /// The number of the paragraph, counted from 0, when the text is prose.
    pub paragraph: Option<usize>,
    /// The value, or the paragraph's text with the blank lines after it.
    pub value: Value,
}

/// The leaves of a document, in its order.
pub fn leaves(shape: Shape<'_>, document: &Value) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    walk(shape, None, document, &mut |leaf| {
        leaves.push(Leaf {
            pointer: leaf.trail.pointer(AFTER),
            address: leaf.trail.address(),
            place: leaf.trail.place(),
            paragraph: leaf.paragraph,
            value: leaf.value.to_value(),
        });
    });
    leaves
}

/// For each leaf of the document after, in the order of [`leaves`], the number of the same leaf in the document before;
/// `None` when it was something else there, or did not exist.
pub fn origins(shape: Shape<'_>, before: &Value, after: &Value) -> Vec<Option<usize>> {
    let mut numbers: HashMap<(String, Option<usize>), usize> = HashMap::new();
    walk(shape, None, before, &mut |leaf| {
        let next = numbers.len();
        numbers.insert((leaf.trail.pointer(AFTER), leaf.paragraph), next);
    });
    let mut origins = Vec::new();
    walk(shape, Some(before), after, &mut |leaf| {
        origins.push(match leaf.origin {
            Origin::None => None,
            Origin::Same(paragraph) => {
                numbers.get(&(leaf.trail.pointer(BEFORE), paragraph)).copied()
            }
        });
    });
    origins
}

const BEFORE: Side = Side::Base;
const AFTER: Side = Side::Ours;

/// A leaf as the walk reaches it.
struct Met<'m> {
    trail: &'m Trail<'m>,
    paragraph: Option<usize>,
    value: Held<'m>,
    origin: Origin,
}

/// What a leaf holds.
enum Held<'m> {
    Value(&'m Value),
    Paragraph(&'m str),
}

impl Held<'_> {
    fn to_value(&self) -> Value {
        match self {
            Self::Value(value) => (*value).clone(),
            Self::Paragraph(text) => (*text).into(),
        }
    }
}

/// What a leaf was before.
enum Origin {
    None,
    /// The leaf at the same place before; with this number, if it is a paragraph.
    Same(Option<usize>),
}

/// Visits the leaves of a document, with what each part was before.
fn walk(shape: Shape<'_>, before: Option<&Value>, after: &Value, visit: &mut dyn FnMut(Met<'_>)) {
    let budget = Budget::new();
    Walk { budget: &budget, visit }.value(Part::root(shape), &Trail::ROOT, before, after);
}

struct Walk<'w> {
    budget: &'w Budget,
    visit: &'w mut dyn FnMut(Met<'_>),
}

impl Walk<'_> {
    fn value(&mut self, part: Part<'_>, trail: &Trail<'_>, before: Option<&Value>, after: &Value) {
        match after {
            Value::Object(fields) if !fields.is_empty() => {
                for (name, value) in fields {
                    let before = before.and_then(|before| before.get(name));
                    self.value(part.field(name), &trail.field(part, name), before, value);
                }
            }
            Value::Array(elements) if !elements.is_empty() => {
                let former = before.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                let matched = Elements::of(part, former, elements, self.budget);
                for (at, element) in elements.iter().enumerate() {
                    let step = ElementStep {
                        at: Sides { base: matched.former[at], ours: Some(at), theirs: None },
                        number: at,
                        key: matched.names[at].as_deref(),
                        element,
                    };
                    let before = matched.former[at].map(|at| &former[at]);
                    self.value(part.element(), &trail.element(step), before, element);
                }
            }
            Value::String(text) if part.is_prose() && !text.is_empty() => {
                self.paragraphs(trail, before.and_then(Value::as_str), text);
            }
            _ => {
                let is_same = before == Some(after);
                let origin = if is_same { Origin::Same(None) } else { Origin::None };
                let value = Held::Value(after);
                (self.visit)(Met { trail, paragraph: None, value, origin });
            }
        }
    }

    fn paragraphs(&mut self, trail: &Trail<'_>, before: Option<&str>, after: &str) {
        let before = text::paragraphs(before.unwrap_or_default());
        let after = text::paragraphs(after);
        let mut numbers = Numbers::new();
        let left = numbers.of(before.iter().map(|text| text.trim_end()));
        let right = numbers.of(after.iter().map(|text| text.trim_end()));
        let mut former = vec![None; after.len()];
        for block in align(&left, &right, self.budget) {
            for offset in 0..block.len {
                former[block.after + offset] = Some(block.before + offset);
            }
        }
        for (at, (text, former)) in after.into_iter().zip(former).enumerate() {
            let origin = former.map_or(Origin::None, |former| Origin::Same(Some(former)));
            let value = Held::Paragraph(text);
            (self.visit)(Met { trail, paragraph: Some(at), value, origin });
        }
    }
}
