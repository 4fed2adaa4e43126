//! One place of a document during a walk: what its kind says about it, and the path to it.

use crate::model::pointer;
use serde::Serialize;
use serde_json::Value;

use super::sides::{Side, Sides};
use crate::schema::{KindSchema, shape};

/// How a document's parts are told apart.
#[derive(Debug, Clone, Copy)]
pub enum Shape<'a> {
    /// By a kind's annotations; where those say nothing, as if inferred.
    Kind(&'a KindSchema),
    /// By what the documents themselves show: elements by `id`, or by another name that all have.
    Inferred,
}

/// One step of the path to a place, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// A field that the kind declares.
    Field {
        /// The field's name.
        name: String,
    },
    /// A field that the document names itself, such as a widget: `radio 1`.
    Named {
        /// The field's name.
        name: String,
    },
    /// An element of an array, or a paragraph of a text.
    Element {
        /// Its position, counted from 1.
        number: usize,
        /// What tells it apart from the others, if anything does.
        key: Option<String>,
        /// The beginning of its first text, so that people recognise it.
        label: Option<String>,
    },
}

/// Longest label, in characters.
const LABEL_LETTERS_MAX: usize = 60;

/// What the kind says about one place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part<'k>(Option<shape::Shape<'k>>);

impl<'k> Part<'k> {
    pub(super) fn root(shape: Shape<'k>) -> Self {
        match shape {
            Shape::Kind(kind) => Self(Some(kind.shape())),
            Shape::Inferred => Self(None),
        }
    }

    pub(super) fn field(self, name: &str) -> Self {
        Self(self.0.map(|shape| shape.field(name)))
    }

    pub(super) fn element(self) -> Self {
        Self(self.0.map(shape::Shape::element))
    }

    pub(super) fn key(self) -> Option<&'k str> {
        self.0?.key()
    }

    pub(super) fn is_prose(self) -> bool {
        self.0.is_some_and(shape::Shape::is_prose)
    }

    pub(super) fn is_link(self) -> bool {
        self.0.is_some_and(shape::Shape::is_link)
    }

    fn declares(self, name: &str) -> bool {
        self.0.is_none_or(|shape| shape.declares(name))
    }
}

/// The path from the root to a value, on the stack; written out only for what is reported.
///
/// The terms of a comparison may have an element at different positions, so each keeps its own: before and after of a
/// difference are base and ours.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trail<'t> {
    above: Option<&'t Trail<'t>>,
    step: TrailStep<'t>,
}

#[derive(Debug, Clone, Copy)]
enum TrailStep<'t> {
    Root,
    Field { name: &'t str, is_declared: bool },
    Element(ElementStep<'t>),
}

/// The step to an element.
#[derive(Debug, Clone, Copy)]
pub(super) struct ElementStep<'t> {
    /// Its position in each term that has it.
    pub(super) at: Sides<Option<usize>>,
    /// Its position for people and, if nothing names it, in addresses.
    pub(super) number: usize,
    pub(super) key: Option<&'t str>,
    pub(super) element: &'t Value,
}

/// One token of a path into one term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PathStep {
    Field(String),
    Index(usize),
}

impl<'t> Trail<'t> {
    pub(super) const ROOT: Trail<'static> = Trail { above: None, step: TrailStep::Root };

    pub(super) fn field(&'t self, part: Part<'_>, name: &'t str) -> Self {
        let step = TrailStep::Field { name, is_declared: part.declares(name) };
        Self { above: Some(self), step }
    }

    pub(super) const fn element(&'t self, step: ElementStep<'t>) -> Self {
        Self { above: Some(self), step: TrailStep::Element(step) }
    }

    /// The JSON pointer on one side; an element that the side lacks is written by its number.
    pub(super) fn pointer(&self, side: Side) -> String {
        self.tokens(&|step| step.at[side].unwrap_or(step.number).to_string())
    }

    /// Like the pointer, but with keyed elements by key, so that it holds in all terms.
    pub(super) fn address(&self) -> String {
        self.tokens(&|step| {
            step.key.map_or_else(|| step.number.to_string(), |key| pointer::escaped(key).into())
        })
    }

    fn tokens(&self, element: &dyn Fn(&ElementStep<'_>) -> String) -> String {
        let mut text = self.above.map_or_else(String::new, |above| above.tokens(element));
        match &self.step {
            TrailStep::Root => return text,
            TrailStep::Field { name, .. } => {
                text.push('/');
                text.push_str(&pointer::escaped(name));
            }
            TrailStep::Element(step) => {
                text.push('/');
                text.push_str(&element(step));
            }
        }
        text
    }

    /// The path on one side; `None` below an element that the side lacks.
    pub(super) fn path(&self, side: Side) -> Option<Vec<PathStep>> {
        let mut path = match self.above {
            None => return Some(Vec::new()),
            Some(above) => above.path(side)?,
        };
        match &self.step {
            TrailStep::Root => {}
            TrailStep::Field { name, .. } => path.push(PathStep::Field((*name).to_owned())),
            TrailStep::Element(step) => path.push(PathStep::Index(step.at[side]?)),
        }
        Some(path)
    }

    /// The path in the merged document, in which each element goes by its number.
    pub(super) fn merged_path(&self) -> Vec<PathStep> {
        let mut path = self.above.map_or_else(Vec::new, Trail::merged_path);
        match &self.step {
            TrailStep::Root => {}
            TrailStep::Field { name, .. } => path.push(PathStep::Field((*name).to_owned())),
            TrailStep::Element(step) => path.push(PathStep::Index(step.number)),
        }
        path
    }

    /// The path, for people.
    pub(super) fn place(&self) -> Vec<Step> {
        let mut place = self.above.map_or_else(Vec::new, Trail::place);
        match &self.step {
            TrailStep::Root => {}
            TrailStep::Field { name, is_declared: true } => {
                place.push(Step::Field { name: (*name).to_owned() });
            }
            TrailStep::Field { name, is_declared: false } => {
                place.push(Step::Named { name: (*name).to_owned() });
            }
            TrailStep::Element(step) => place.push(Step::Element {
                number: step.number + 1,
                key: step.key.map(str::to_owned),
                label: label(step.element, step.key),
            }),
        }
        place
    }
}

/// The beginning of the first text of an element that is not its key.
pub(super) fn label(element: &Value, key: Option<&str>) -> Option<String> {
    let text = first_text(element, key)?;
    let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
    let mut label: String = line.chars().take(LABEL_LETTERS_MAX).collect();
    if label.len() < line.len() {
        label.push('…');
    }
    Some(label)
}

fn first_text<'v>(value: &'v Value, key: Option<&str>) -> Option<&'v str> {
    match value {
        Value::String(text) => {
            Some(text.as_str()).filter(|text| !text.trim().is_empty() && Some(*text) != key)
        }
        // A text directly in the element says more than one deeper inside.
        Value::Object(fields) => fields
            .values()
            .filter(|value| value.is_string())
            .chain(fields.values().filter(|value| !value.is_string()))
            .find_map(|value| first_text(value, key)),
        Value::Array(elements) => elements.iter().find_map(|value| first_text(value, key)),
        _ => None,
    }
}
