//! Three-way merge of documents. A conflict is a value, not an error.
//!
//! Invariants:
//! 1. What only one side changed is as that side has it; what both changed alike is no conflict.
//! 2. Each change of either side is in the merged document, or at or below the pointer of a conflict.
//! 3. A conflict's `ours` and `theirs` hold whatever merges beside it, so that choosing one gives up the
//!    other's words only where the two conflict.
//! 4. Swapping the sides swaps the sides of conflicts and nothing else, save which of two additions at one
//!    place comes first: ours does.

mod array;
mod sequence;

use std::{collections::BTreeSet, sync::Arc};

use serde::Serialize;
use serde_json::{Map, Value};

pub(super) use self::sequence::edited;
use super::{
    budget::Budget,
    part::{Part, PathStep, Shape, Step, Trail},
    text,
};

/// A merged document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DocumentMerge {
    /// The document; where the sides conflict it holds ours, so far as there is one. `None` when the entry
    /// is not there.
    pub document: Option<Value>,
    /// Where the sides conflict, in the order of the document.
    pub conflicts: Vec<DocumentConflict>,
    /// Whether the merge was cut short by the bounds of its work: then more conflicts than need be, or
    /// larger ones, and never a lost change.
    pub is_coarse: bool,
}

/// One place where the sides conflict.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DocumentConflict {
    /// Names the conflict: a JSON pointer in which elements that have a key go by it, such as
    /// `/items/i1/question/content`, so that it stays the same while other conflicts are settled.
    pub pointer: String,
    /// The way to it, for people.
    pub place: Vec<Step>,
    /// Why the sides do not merge.
    pub reason: ConflictReason,
    /// What was there; `None` when nothing was.
    pub base: Option<Value>,
    /// What we have there, with what merges beside the conflict; `None` when we removed it.
    pub ours: Option<Value>,
    /// What they have there, with what merges beside the conflict; `None` when they removed it.
    pub theirs: Option<Value>,
}

/// Why two sides do not merge at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictReason {
    /// Both changed the value, in different ways.
    BothChanged,
    /// Both put a value where there was none, and not the same.
    BothAdded,
    /// We removed what they changed.
    OursRemoved,
    /// They removed what we changed.
    TheirsRemoved,
    /// Both moved elements, and no order agrees with both; the values are the elements' keys in order.
    Order,
}

/// Base, ours and theirs, in this order.
pub(super) type Terms<'v> = [Option<&'v Value>; 3];

/// A conflict, and what it takes to settle it.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) conflict: DocumentConflict,
    pub(super) site: Site,
    /// What choosing both gives, where that has a meaning.
    pub(super) both: Option<Value>,
}

/// A path into each term, as far as the term has the place.
pub(super) type Paths = [Option<Vec<PathStep>>; 3];

/// Where a conflict lies in its terms.
#[derive(Debug)]
pub(super) enum Site {
    /// A field, or an element that all three have, or the whole document.
    Value(Paths),
    /// An element of arrays.
    Element {
        arrays: Arc<ArraySite>,
        /// Its position in the terms that have it.
        at: [Option<usize>; 3],
        /// Where it goes in the terms that lack it.
        insert_at: [usize; 3],
    },
    /// The order of arrays.
    Order(Arc<ArraySite>),
}

/// Arrays whose elements have keys; conflicts in one array share it.
#[derive(Debug)]
pub(super) struct ArraySite {
    pub(super) paths: Paths,
    pub(super) keys: Keys,
    /// The merged order, by keys, where that is no conflict itself: with an element back in all terms it is
    /// still to be this.
    pub(super) order: Option<Vec<String>>,
}

/// The key of each element of an array, by term.
pub(super) type Keys = [Vec<Option<String>>; 3];

/// Merges what two sides made of a document; `None` stands for an entry that is not there.
pub fn merge(
    shape: Shape<'_>,
    base: Option<&Value>,
    ours: Option<&Value>,
    theirs: Option<&Value>,
) -> DocumentMerge {
    let budget = Budget::new();
    let (document, found) = find(shape, [base, ours, theirs], &budget);
    DocumentMerge {
        document,
        conflicts: found.into_iter().map(|found| found.conflict).collect(),
        is_coarse: budget.is_coarse(),
    }
}

/// As [`merge`], with each text as a whole: where both sides changed one, ours stands and no words are joined.
pub(super) fn merge_whole_texts(
    shape: Shape<'_>,
    [base, ours, theirs]: Terms<'_>,
) -> Option<Value> {
    let budget = Budget::new();
    let mut merger = Merger { budget: &budget, found: Vec::new(), joins_words: false };
    merger.value(Part::root(shape), &Trail::ROOT, [base, ours, theirs])
}

pub(super) fn find(
    shape: Shape<'_>,
    terms: Terms<'_>,
    budget: &Budget,
) -> (Option<Value>, Vec<Found>) {
    let mut merger = Merger { budget, found: Vec::new(), joins_words: true };
    let document = merger.value(Part::root(shape), &Trail::ROOT, terms);
    (document, merger.found)
}

/// A text as the value to compare: an absent one as empty.
fn as_text(value: Option<&Value>) -> Option<&str> {
    match value {
        None => Some(""),
        Some(value) => value.as_str(),
    }
}

struct Merger<'b> {
    budget: &'b Budget,
    found: Vec<Found>,
    /// Whether the words of one text are joined.
    joins_words: bool,
}

impl Merger<'_> {
    /// Merges one value; `None` is the absent one.
    fn value(&mut self, part: Part<'_>, trail: &Trail<'_>, terms: Terms<'_>) -> Option<Value> {
        let [base, ours, theirs] = terms;
        if ours == theirs || theirs == base {
            return ours.cloned();
        }
        if ours == base {
            return theirs.cloned();
        }
        match (ours, theirs) {
            (Some(Value::Object(left)), Some(Value::Object(right))) => {
                let base = base.and_then(Value::as_object);
                Some(self.object(part, trail, [base, Some(left), Some(right)]))
            }
            (Some(Value::Array(left)), Some(Value::Array(right))) => {
                let base = base.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                self.array(part, trail, [base, left, right], terms)
            }
            (Some(Value::String(left)), Some(Value::String(right))) => {
                self.text(part, trail, terms, [left, right])
            }
            _ => {
                self.conflict(trail, terms);
                ours.cloned()
            }
        }
    }

    fn object(
        &mut self,
        part: Part<'_>,
        trail: &Trail<'_>,
        terms: [Option<&Map<String, Value>>; 3],
    ) -> Value {
        let mut merged = Map::new();
        let names: BTreeSet<&String> = terms.into_iter().flatten().flat_map(Map::keys).collect();
        for name in names {
            let fields = terms.map(|term| term.and_then(|fields| fields.get(name)));
            let trail = trail.field(part, name);
            if let Some(value) = self.value(part.field(name), &trail, fields) {
                merged.insert(name.clone(), value);
            }
        }
        Value::Object(merged)
    }

    fn text(
        &mut self,
        part: Part<'_>,
        trail: &Trail<'_>,
        terms: Terms<'_>,
        [ours, theirs]: [&str; 2],
    ) -> Option<Value> {
        let dialect =
            text::dialect(part, &[terms[0].and_then(Value::as_str), Some(ours), Some(theirs)]);
        let dialect = dialect.filter(|_| self.joins_words);
        let (Some(dialect), Some(base)) = (dialect, as_text(terms[0])) else {
            self.conflict(trail, terms);
            return Some(ours.into());
        };
        let merged = text::merge_texts([base, ours, theirs], dialect, self.budget);
        if let Some(text) = merged.merged() {
            return Some(text.into());
        }
        let [base, ours, theirs] = merged.terms();
        let base = terms[0].map(|_| Value::from(base));
        let (ours, theirs) = (Value::from(ours), Value::from(theirs));
        self.conflict(trail, [base.as_ref(), Some(&ours), Some(&theirs)]);
        if let Some(found) = self.found.last_mut() {
            found.both = Some(merged.both().into());
        }
        Some(ours)
    }

    /// Notes a conflict about the value at a place.
    fn conflict(&mut self, trail: &Trail<'_>, terms: Terms<'_>) {
        let [base, ours, theirs] = terms;
        let reason = match (base, ours, theirs) {
            (_, None, _) => ConflictReason::OursRemoved,
            (_, _, None) => ConflictReason::TheirsRemoved,
            (None, ..) => ConflictReason::BothAdded,
            _ => ConflictReason::BothChanged,
        };
        let site = Site::Value([0, 1, 2].map(|term| trail.path(term)));
        self.note(trail, reason, terms, site);
    }

    fn note(&mut self, trail: &Trail<'_>, reason: ConflictReason, terms: Terms<'_>, site: Site) {
        let [base, ours, theirs] = terms.map(|term| term.cloned());
        let (pointer, place) = (trail.address(), trail.place());
        let conflict = DocumentConflict { pointer, place, reason, base, ours, theirs };
        self.found.push(Found { conflict, site, both: None });
    }
}
