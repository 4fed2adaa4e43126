//! A document as learners of one locale get it.
//!
//! A unit (an exercise's item, an article's section) is scored and read as a whole, so it comes
//! whole out of one revision of the source. A unit is *whole* in a revision when every text of it
//! that has words has a translation that was made from exactly that text. Learners get the newest
//! whole one; what was never whole is left out or stays as the source has it, by the locale's policy.
//!
//! Invariants:
//! 1. No unit mixes two revisions: texts, answers and everything else of it are of one.
//! 2. The units that are delivered keep the order of the current source.
//! 3. When nothing is stale and nothing left out, the result differs from the source in texts only.
//! 4. A list of units that is not empty stays so: when all would be left out, the source's remain.
//! 5. Older revisions are read only while a unit that was once translated still lacks a whole one,
//!    and never more than [`HISTORY_DOCUMENTS_MAX`].

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Translation;
use crate::schema::{
    kind::{
        KindSchema,
        trail::{ElementName, Trail},
        tree::{Marks, Node, element_keys},
    },
    segments::{Address, UnitId, has_words, segment_at},
};

/// Most older revisions that are looked through for whole units.
pub const HISTORY_DOCUMENTS_MAX: usize = 64;

/// What a locale's learners get in place of a unit that was never translated as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Untranslated {
    /// Nothing: they never meet another language by surprise.
    LastWhole,
    /// The source's unit as it is.
    Source,
}

/// What [`translate`] made, and what an editor should know of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivered {
    /// The document.
    pub document: Value,
    /// Whether any text of it is a translation.
    pub is_translated: bool,
    /// Texts whose source changed since they were translated, in the order of the document.
    pub stale: Vec<Address>,
    /// Units that come from an older revision.
    pub older: Vec<UnitId>,
    /// Units that are left out.
    pub left_out: Vec<UnitId>,
    /// Units that are as in the source, for want of a whole translation.
    pub untranslated: Vec<UnitId>,
}

/// Translates a source document for delivery.
///
/// `older` gives the source documents before the current one, the newest first; it is asked for no
/// more of them than needed.
///
/// # Errors
/// The first error of `older`.
pub fn translate<E>(
    kind: &KindSchema,
    source: &Value,
    older: &mut dyn Iterator<Item = Result<Value, E>>,
    translation: &Translation,
    untranslated: Untranslated,
) -> Result<Delivered, E> {
    let translator = Translator { kind, translation };
    let whole = translator.whole(source, older)?;
    let mut delivered = Delivered {
        document: source.clone(),
        is_translated: false,
        stale: kind.stale(source, translation),
        older: Vec::new(),
        left_out: Vec::new(),
        untranslated: Vec::new(),
    };
    if let Value::Object(fields) = &mut delivered.document {
        let mut document = std::mem::take(fields);
        for (name, value) in &mut document {
            let Some(node) = kind.tree.field(kind.tree.root(), name) else { continue };
            match value {
                Value::Array(elements) if node.unit => {
                    let units = Units { field: name, node, elements };
                    let chosen = translator.units(&units, &whole, untranslated, &mut delivered);
                    *elements = chosen;
                }
                value => {
                    let trail = Trail::ROOT.field(name, &Trail::ROOT);
                    let count = translator.apply(node, value, trail, Fit::Any);
                    delivered.is_translated |= count > 0;
                }
            }
        }
        delivered.document = Value::Object(document);
    }
    Ok(delivered)
}

/// Which translations are good enough.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fit {
    /// Those made from exactly this text.
    Exact,
    /// Those made from an earlier text too: outside of units an old translation beats none. Where
    /// the address counts positions, the earlier text may be another one's, so only exact ones do.
    Any,
}

/// One list of units.
struct Units<'d> {
    field: &'d str,
    node: &'d Node,
    elements: &'d [Value],
}

/// What a visit to a list of units learns of an element: itself and, when it has a key of its own,
/// its name and what walks it.
type VisitElement<'v> = dyn FnMut(&Value, Option<(UnitId, &Node, Trail<'_>)>) + 'v;

/// How a unit's translation stands against one revision.
struct Standing {
    /// Every text with words has a translation that fits.
    is_whole: bool,
    /// There is a text with words at all.
    has_words: bool,
}

/// The units that can be delivered whole.
#[derive(Default)]
struct Whole {
    /// Those that are whole in the current source.
    now: BTreeSet<UnitId>,
    /// Of the others, the newest whole form in an older one, translated.
    before: BTreeMap<UnitId, Value>,
}

struct Translator<'k> {
    kind: &'k KindSchema,
    translation: &'k Translation,
}

impl Untranslated {
    /// The word that stands for the policy in documents: `last-whole` or `source`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::LastWhole => "last-whole",
            Self::Source => "source",
        }
    }

    /// The policy of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::LastWhole, Self::Source].into_iter().find(|policy| policy.word() == word)
    }
}

impl Translator<'_> {
    fn whole<E>(
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
                    let mut element = element.clone();
                    self.apply(node, &mut element, trail, Fit::Exact);
                    pending.remove(&unit);
                    whole.before.insert(unit, element);
                }
            });
        }
        Ok(whole)
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

    /// Visits the elements of a list of units in order, those with a key of their own with its name.
    fn each_element(&self, units: &Units<'_>, visit: &mut VisitElement<'_>) {
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

    /// The elements of a list of units as they are delivered.
    fn units(
        &self,
        units: &Units<'_>,
        whole: &Whole,
        untranslated: Untranslated,
        delivered: &mut Delivered,
    ) -> Vec<Value> {
        let mut chosen = Vec::with_capacity(units.elements.len());
        let mut left_out = Vec::new();
        self.each_element(units, &mut |element, named| {
            let Some((unit, node, trail)) = named else {
                chosen.push(element.clone());
                return;
            };
            if whole.now.contains(&unit) {
                let mut element = element.clone();
                let count = self.apply(node, &mut element, trail, Fit::Exact);
                delivered.is_translated |= count > 0;
                chosen.push(element);
            } else if let Some(older) = whole.before.get(&unit) {
                delivered.is_translated = true;
                delivered.older.push(unit);
                chosen.push(older.clone());
            } else if untranslated == Untranslated::LastWhole {
                left_out.push(unit);
            } else {
                delivered.untranslated.push(unit);
                chosen.push(element.clone());
            }
        });
        if chosen.is_empty() && !left_out.is_empty() {
            delivered.untranslated.append(&mut left_out);
            return units.elements.to_vec();
        }
        delivered.left_out.append(&mut left_out);
        chosen
    }

    fn standing(&self, node: &Node, element: &Value, trail: Trail<'_>) -> Standing {
        let mut standing = Standing { is_whole: true, has_words: false };
        self.kind.tree.walk_node(node, element, Marks::TEXT, trail, &mut |node, value, trail| {
            let Some((address, text)) = segment_at(node, value, trail) else { return };
            if has_words(text) {
                standing.has_words = true;
                standing.is_whole &= self.translation.fitting(&address, text).is_some();
            }
        });
        standing
    }

    /// Puts translations in the place of texts; tells how many.
    fn apply(&self, node: &Node, value: &mut Value, trail: Trail<'_>, fit: Fit) -> usize {
        let mut count = 0;
        self.kind.tree.walk_node_mut(node, value, Marks::TEXT, trail, &mut |node, value, trail| {
            let Some((address, text)) = segment_at(node, value, trail) else { return };
            let translated = match fit {
                Fit::Exact => self.translation.fitting(&address, text),
                Fit::Any if !trail.is_positional() => {
                    self.translation.get(&address).map(|found| found.text.as_str())
                }
                Fit::Any => self.translation.fitting(&address, text),
            };
            if let Some(translated) = translated {
                *value = translated.into();
                count += 1;
            }
        });
        count
    }
}
