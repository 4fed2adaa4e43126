//! Which units of a source are whole in a translation and, for those that are not, which earlier form is.
//!
//! Invariants:
//! 1. Older revisions are read only while a unit that was once translated still lacks a whole form, and never more than
//!    [`HISTORY_DOCUMENTS_MAX`].

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Translation, deliver::Translator};
use crate::schema::{
    kind::{
        KindSchema,
        trail::{ElementName, Trail},
        tree::{Marks, Node, element_keys},
    },
    segments::{UnitId, segment_at, wants_words},
};

/// At most this many older revisions are searched for whole units.
pub const HISTORY_DOCUMENTS_MAX: usize = 64;

/// The units of a source of which every text with words is translated.
pub fn whole_units(
    kind: &KindSchema,
    source: &Value,
    translation: &Translation,
) -> BTreeSet<UnitId> {
    let mut whole = BTreeSet::new();
    let translator = Translator { kind, translation };
    translator.each_unit(source, &mut |unit, node, element, trail| {
        if translator.standing(node, element, trail).is_whole {
            whole.insert(unit);
        }
    });
    whole
}

/// One list of units.
pub(super) struct Units<'d> {
    pub(super) field: &'d str,
    pub(super) node: &'d Node,
    pub(super) elements: &'d [Value],
}

/// What a visit to a list of units gets for an element: the element and, if it has a key of its own, its name and what
/// is needed to walk it.
pub(super) type VisitElement<'v> = dyn FnMut(&Value, Option<(UnitId, &Node, Trail<'_>)>) + 'v;

/// How far a unit is translated in one revision.
pub(super) struct Standing {
    /// Whether every text with words has a translation that fits.
    pub(super) is_whole: bool,
    /// Whether there is a text with words at all.
    has_words: bool,
}

/// The units that can be delivered whole.
#[derive(Default)]
pub(super) struct Whole {
    /// Those that are whole in the current source.
    pub(super) now: BTreeSet<UnitId>,
    /// For the others, the newest whole form in an older revision.
    pub(super) before: BTreeMap<UnitId, Form>,
    /// For the others, the newest form that is whole except for dispensable parts, without those.
    pub(super) short: BTreeMap<UnitId, Form>,
}

/// A unit of one revision.
pub(super) struct Form {
    pub(super) source: Value,
    pub(super) translated: Value,
    pub(super) is_current: bool,
}

impl Translator<'_> {
    /// Finds the units that are whole, and for the others their earlier whole forms.
    pub(super) fn whole<E>(
        &self,
        source: &Value,
        older: &mut dyn Iterator<Item = Result<Value, E>>,
    ) -> Result<Whole, E> {
        let addresses = self.translation.segments().map(|(address, _)| address);
        let touched: BTreeSet<UnitId> =
            addresses.filter_map(|address| address.unit(self.kind)).collect();
        let mut whole = Whole::default();
        let mut pending = BTreeSet::new();
        self.each_unit(source, &mut |unit, node, element, trail| {
            if self.standing(node, element, trail).is_whole {
                whole.now.insert(unit);
            } else if touched.contains(&unit) {
                if let Some(short) = self.short_form(node, element, trail, true) {
                    whole.short.insert(unit.clone(), short);
                }
                pending.insert(unit);
            }
        });
        for _ in 0..HISTORY_DOCUMENTS_MAX {
            if pending.is_empty() {
                break;
            }
            let Some(document) = older.next() else { break };
            self.each_unit(&document?, &mut |unit, node, element, trail| {
                if !pending.contains(&unit) {
                    return;
                }
                let standing = self.standing(node, element, trail);
                // An older unit without a word is a sketch rather than a translation.
                if standing.is_whole && standing.has_words {
                    let mut translated = element.clone();
                    self.apply_exactly(node, &mut translated, trail);
                    pending.remove(&unit);
                    let form = Form { source: element.clone(), translated, is_current: false };
                    whole.before.insert(unit, form);
                } else if !whole.short.contains_key(&unit)
                    && let Some(short) = self.short_form(node, element, trail, false)
                {
                    whole.short.insert(unit, short);
                }
            });
        }
        Ok(whole)
    }

    fn short_form(
        &self,
        node: &Node,
        element: &Value,
        trail: Trail<'_>,
        is_current: bool,
    ) -> Option<Form> {
        let translated = self.shortened(node, element, trail)?;
        Some(Form { source: element.clone(), translated, is_current })
    }

    fn each_unit(&self, document: &Value, visit: &mut dyn FnMut(UnitId, &Node, &Value, Trail<'_>)) {
        for field in &self.kind.fields.units {
            let node = self.kind.tree.field(self.kind.tree.root(), field);
            let elements = document.get(&**field).and_then(Value::as_array);
            if let (Some(node), Some(elements)) = (node, elements) {
                let units = Units { field, node, elements };
                self.each_element(&units, &mut |element, named| {
                    if let Some((unit, node, trail)) = named {
                        visit(unit, node, element, trail);
                    }
                });
            }
        }
    }

    /// Visits the elements of a list of units in order; those with a key of their own come with their name.
    pub(super) fn each_element(&self, units: &Units<'_>, visit: &mut VisitElement<'_>) {
        let keys = element_keys(units.node, units.elements, Marks::TEXT);
        let child = self.kind.tree.element(units.node);
        let above = Trail::ROOT.field(units.field, &Trail::ROOT);
        for (index, element) in units.elements.iter().enumerate() {
            let key = keys.get(index).copied().flatten();
            let named = key.zip(child).map(|(key, node)| {
                let trail = above.element(index, ElementName::Key(key), &above);
                (UnitId::new(units.field, key), node, trail)
            });
            visit(element, named);
        }
    }

    pub(super) fn standing(&self, node: &Node, element: &Value, trail: Trail<'_>) -> Standing {
        let mut standing = Standing { is_whole: true, has_words: false };
        self.kind.tree.walk_node(node, element, Marks::TEXT, trail, &mut |node, value, trail| {
            let Some((address, text)) = segment_at(node, value, trail) else { return };
            if wants_words(node, &text) {
                standing.has_words = true;
                standing.is_whole &= self.translation.fitting(&address, &text).is_some();
            }
        });
        standing
    }
}
