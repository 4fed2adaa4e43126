//! A document as learners of one locale get it.
//!
//! A unit (an exercise's item, an article's section) is scored and read as a whole, so all of it comes from one
//! revision of the source. A unit is *whole* in a revision when every text of it that has words has a translation that
//! was made from exactly that text. Learners get the newest whole form; a unit that was never whole is left out or
//! stays as the source has it, by the locale's policy.
//!
//! If a newer form waits only for words of dispensable parts (`x-dispensable`) and has other answers (`x-answers`),
//! learners get it without those parts. If what they get does not have the current source's answers, this is reported,
//! and the locale's policy decides whether they are scored by the earlier ones.
//!
//! Invariants:
//! 1. No unit mixes two revisions: its texts, its answers and everything else are from one.
//! 2. The units that are delivered keep the order of the current source.
//! 3. When nothing is stale and nothing left out, the result differs from the source in texts only.
//! 4. A list of units that is not empty stays so: if all would be left out, the source's remain.

use serde_json::Value;

use super::{
    Translation,
    foreign::Foreign,
    old_keys::OldKey,
    policy::{LocalePolicy, OldKeys, Untranslated},
    whole::{Form, Units, Whole},
};
use crate::schema::{
    kind::{
        KindSchema,
        trail::Trail,
        tree::{Marks, Node},
    },
    segments::{Address, UnitId, in_place_of, segment_at, wants_words},
};

/// What [`translate`] made, and what an editor should know about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivered {
    /// The delivered document.
    pub document: Value,
    /// Whether any text of it is a translation.
    pub is_translated: bool,
    /// Texts whose source has changed since they were translated, in the order of the document.
    pub stale: Vec<Address>,
    /// Units that come from an older revision.
    pub older: Vec<UnitId>,
    /// Units whose newest whole form has other answers than the current source's.
    pub old_keys: Vec<OldKey>,
    /// Units without their dispensable parts, whose words wait for translation.
    pub shortened: Vec<UnitId>,
    /// Units that are left out.
    pub left_out: Vec<UnitId>,
    /// Units that are as in the source, because they have no whole translation.
    pub untranslated: Vec<UnitId>,
    /// Texts outside of units that have words and no translation, as JSON pointers; only those that learners get.
    pub texts_untranslated: Vec<String>,
}

impl Delivered {
    /// Which parts of the document are in the language of its source.
    pub fn foreign(&self) -> Foreign {
        Foreign { units: self.untranslated.clone(), texts: self.texts_untranslated.clone() }
    }
}

/// Translates a source document for delivery.
///
/// `older` gives the source documents before the current one, newest first; no more of them are read than needed.
///
/// # Errors
/// The first error of `older`.
pub fn translate<E>(
    kind: &KindSchema,
    source: &Value,
    older: &mut dyn Iterator<Item = Result<Value, E>>,
    translation: &Translation,
    policy: impl Into<LocalePolicy>,
) -> Result<Delivered, E> {
    let policy = policy.into();
    let translator = Translator { kind, translation };
    let whole = translator.whole(source, older)?;
    let mut delivered = Delivered {
        document: source.clone(),
        is_translated: false,
        stale: kind.stale(source, translation),
        older: Vec::new(),
        old_keys: Vec::new(),
        shortened: Vec::new(),
        left_out: Vec::new(),
        untranslated: Vec::new(),
        texts_untranslated: Vec::new(),
    };
    if let Value::Object(fields) = &mut delivered.document {
        let mut document = std::mem::take(fields);
        for (name, value) in &mut document {
            let Some(node) = kind.tree.field(kind.tree.root(), name) else { continue };
            match value {
                Value::Array(elements) if node.unit => {
                    let units = Units { field: name, node, elements };
                    let chosen = translator.units(&units, &whole, policy, &mut delivered);
                    *elements = chosen;
                }
                value => {
                    let trail = Trail::ROOT.field(name, &Trail::ROOT);
                    translator.missing(node, value, trail, &mut delivered.texts_untranslated);
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
    /// Also those made from an earlier text: outside of units an old translation is better than none. If the address
    /// counts positions, the earlier text may have been another one, so only exact ones count.
    Any,
}

/// A unit that is not whole, with what is needed to walk it.
struct Waiting<'w> {
    unit: &'w UnitId,
    node: &'w Node,
    element: &'w Value,
    trail: Trail<'w>,
}

pub(super) struct Translator<'k> {
    pub(super) kind: &'k KindSchema,
    pub(super) translation: &'k Translation,
}

impl Translator<'_> {
    /// The elements of a list of units as they are delivered.
    fn units(
        &self,
        units: &Units<'_>,
        whole: &Whole,
        policy: LocalePolicy,
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
                let count = self.apply_exactly(node, &mut element, trail);
                delivered.is_translated |= count > 0;
                chosen.push(element);
                return;
            }
            let waiting = Waiting { unit: &unit, node, element, trail };
            if let Some(instead) = self.instead(&waiting, whole, policy, delivered) {
                delivered.is_translated = true;
                chosen.push(instead);
            } else if policy.untranslated == Untranslated::LastWhole {
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

    /// What is delivered in place of a unit that is not whole in the current source; none if it never was whole, or is
    /// held.
    fn instead(
        &self,
        waiting: &Waiting<'_>,
        whole: &Whole,
        policy: LocalePolicy,
        delivered: &mut Delivered,
    ) -> Option<Value> {
        let &Waiting { unit, node, element, trail } = waiting;
        let older = whole.before.get(unit)?;
        // Newer answers are worth losing the hints; newer words are not.
        let is_worth = |short: &&Form| {
            !self.kind.changed_answers(node, &older.source, &short.source).is_empty()
        };
        let short = whole.short.get(unit).filter(is_worth);
        let chosen = short.unwrap_or(older);
        let changed = self.kind.changed_answers(node, &chosen.source, element);
        if !changed.is_empty() {
            let held = policy.old_keys == OldKeys::Hold;
            let at = trail.pointer();
            let pointers = changed.iter().map(|below| format!("{at}{below}")).collect();
            delivered.old_keys.push(OldKey { unit: unit.clone(), pointers, held });
            if held {
                return None;
            }
        }
        if short.is_some() {
            delivered.shortened.push(unit.clone());
        }
        if !chosen.is_current {
            delivered.older.push(unit.clone());
        }
        Some(chosen.translated.clone())
    }

    /// Collects the texts that learners get and that have words and no translation.
    fn missing(&self, node: &Node, value: &Value, trail: Trail<'_>, into: &mut Vec<String>) {
        self.kind.tree.walk_node(node, value, Marks::TEXT, trail, &mut |node, value, trail| {
            let Some((address, text)) = segment_at(node, value, trail) else { return };
            let is_translated = || self.text(&address, &text, trail, Fit::Any).is_some();
            if !node.hidden && wants_words(node, &text) && !is_translated() {
                into.push(trail.pointer());
            }
        });
    }

    /// The translation of a text, when it is good enough.
    fn text(&self, address: &Address, text: &str, trail: Trail<'_>, fit: Fit) -> Option<&str> {
        match fit {
            Fit::Any if !trail.is_positional() => {
                self.translation.get(address).map(|found| found.text.as_str())
            }
            Fit::Exact | Fit::Any => self.translation.fitting(address, text),
        }
    }

    pub(super) fn apply_exactly(&self, node: &Node, value: &mut Value, trail: Trail<'_>) -> usize {
        self.apply(node, value, trail, Fit::Exact)
    }

    /// Replaces texts by their translations; returns how many.
    fn apply(&self, node: &Node, value: &mut Value, trail: Trail<'_>, fit: Fit) -> usize {
        let mut count = 0;
        self.kind.tree.walk_node_mut(node, value, Marks::TEXT, trail, &mut |node, value, trail| {
            let Some((address, text)) = segment_at(node, value, trail) else { return };
            if let Some(translated) = self.text(&address, &text, trail, fit) {
                *value = in_place_of(value, translated);
                count += 1;
            }
        });
        count
    }
}
