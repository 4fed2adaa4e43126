//! The path from the root of a document to a value in it.

use super::tree::Node;
use crate::model::pointer;
use crate::schema::segments::Address;

/// How an element is named in the address of a segment.
#[derive(Clone, Copy, Debug)]
pub(in crate::schema) enum ElementName<'t> {
    /// By its number, because its array has no key.
    Index,
    /// By its key.
    Key(&'t str),
    /// Not at all: its array has a key that this element lacks or shares.
    Nameless,
}

impl<'t> ElementName<'t> {
    pub(in crate::schema) fn of<S: AsRef<str>>(
        node: &Node,
        keys: &'t [Option<S>],
        index: usize,
    ) -> Self {
        match (&node.key, keys.get(index)) {
            (None, _) => Self::Index,
            (Some(_), Some(Some(key))) => Self::Key(key.as_ref()),
            (Some(_), _) => Self::Nameless,
        }
    }
}

/// The path from the root to a value, on the stack; written out only when a caller asks for it.
#[derive(Clone, Copy, Debug)]
pub(in crate::schema) struct Trail<'t> {
    above: Option<&'t Trail<'t>>,
    step: Step<'t>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'t> {
    Root,
    Field(&'t str),
    Element(usize, ElementName<'t>),
}

impl<'t> Trail<'t> {
    pub(in crate::schema) const ROOT: Trail<'static> = Trail { above: None, step: Step::Root };

    pub(in crate::schema) const fn field(&self, name: &'t str, above: &'t Self) -> Self {
        Self { above: Some(above), step: Step::Field(name) }
    }

    pub(in crate::schema) const fn element(
        &self,
        index: usize,
        name: ElementName<'t>,
        above: &'t Self,
    ) -> Self {
        Self { above: Some(above), step: Step::Element(index, name) }
    }

    /// The JSON pointer of the value.
    pub(in crate::schema) fn pointer(&self) -> String {
        let mut text = self.above.map_or_else(String::new, Trail::pointer);
        match self.step {
            Step::Root => {}
            Step::Field(name) => {
                text.push('/');
                text.push_str(&pointer::escaped(name));
            }
            Step::Element(index, _) => {
                text.push('/');
                text.push_str(&index.to_string());
            }
        }
        text
    }

    /// Whether the address counts positions: another text may be at that address later.
    pub(in crate::schema) fn is_positional(&self) -> bool {
        matches!(self.step, Step::Element(_, ElementName::Index))
            || self.above.is_some_and(Trail::is_positional)
    }

    /// Whether the value itself is an element of an array without a key.
    pub(in crate::schema) const fn is_counted(&self) -> bool {
        matches!(self.step, Step::Element(_, ElementName::Index))
    }

    /// The address of the value: like the pointer, but with keyed elements by key. `None` below an element that has no
    /// name of its own.
    pub(in crate::schema) fn address(&self) -> Option<Address> {
        self.address_text().map(Address::of_walk)
    }

    fn address_text(&self) -> Option<String> {
        let mut text = match self.above {
            None => String::new(),
            Some(above) => above.address_text()?,
        };
        match self.step {
            Step::Root => {}
            Step::Field(name) | Step::Element(_, ElementName::Key(name)) => {
                text.push('/');
                text.push_str(&pointer::escaped(name));
            }
            Step::Element(index, ElementName::Index) => {
                text.push('/');
                text.push_str(&index.to_string());
            }
            Step::Element(_, ElementName::Nameless) => return None,
        }
        Some(text)
    }
}
