//! Three-way merge of documents. A conflict is a value, not an error.
//!
//! Invariants:
//! 1. What only one side changed is as that side has it; what both changed in the same way is not a conflict.
//! 2. Each change of either side is in the merged document, or at or below the pointer of a conflict.
//! 3. A conflict is as small as possible: a sentence or a paragraph of a text, an element of a list. What merges around
//!    it stays, whatever is chosen.
//! 4. What a conflict shows as base, ours and theirs stood in that document in that form: a value of it, a stretch of a
//!    text, elements of a list. Choosing one puts exactly that in its place.
//! 5. An element or a paragraph that one side moved and the other edited is moved and edited.
//! 6. What was joined within one sentence is reported.
//! 7. Swapping the sides swaps the sides of conflicts and nothing else, except which of two additions at one place
//!    comes first: ours does.

mod array;
mod sequence;

use std::{collections::BTreeSet, sync::Arc};

use serde::Serialize;
use serde_json::{Map, Value};

pub(super) use self::sequence::SequenceMerge;
use super::{
    budget::Budget,
    part::{Part, PathStep, Shape, Step, Trail, label},
    sides::Sides,
    text::{self, JoinedRun, TextMerge, same_but_ends},
};

/// A merged document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DocumentMerge {
    /// The document; where the sides conflict it holds ours, if ours has anything there. `None` when the entry does not
    /// exist.
    pub document: Option<Value>,
    /// Where the sides conflict, in the order of the document.
    pub conflicts: Vec<DocumentConflict>,
    /// The sentences in which changes of both sides were joined, in the order of the document: each side's words are as
    /// written, and nobody has read the two together.
    pub joined: Vec<JoinedSentence>,
    /// Whether the merge was cut short by its bounds: then there are more conflicts than necessary, or larger ones, and
    /// never a lost change.
    pub is_coarse: bool,
}

/// A sentence in which changes of both sides were joined without a conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JoinedSentence {
    /// The text that it belongs to, named as conflicts are.
    pub pointer: String,
    /// The path to it, for people.
    pub place: Vec<Step>,
    /// The sentence before both changes.
    pub base: String,
    /// Our version of it.
    pub ours: String,
    /// Their version of it.
    pub theirs: String,
    /// The joined sentence in pieces, which together are its text.
    pub runs: Vec<JoinedRun>,
}

/// One place where the sides conflict.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DocumentConflict {
    /// Names the conflict: a JSON pointer with keyed elements by key, such as `/items/i1/question/content`, so that it
    /// stays the same while other conflicts are settled. For a stretch of a text it is the text's pointer and a name
    /// below it.
    pub pointer: String,
    /// The pointer of the text or list that the conflict is a stretch of; none when it is about a value as a whole.
    /// Settling that pointer settles all conflicts within.
    pub within: Option<String>,
    /// The path to it, for people.
    pub place: Vec<Step>,
    /// Why the sides do not merge.
    pub reason: ConflictReason,
    /// The base's value; `None` when there was none.
    pub base: Option<Value>,
    /// Our value; `None` when we removed it.
    pub ours: Option<Value>,
    /// Their value; `None` when they removed it.
    pub theirs: Option<Value>,
}

impl DocumentConflict {
    /// The three values of the conflict.
    pub fn sides(&self) -> Sides<Option<&Value>> {
        let (base, ours, theirs) = (self.base.as_ref(), self.ours.as_ref(), self.theirs.as_ref());
        Sides { base, ours, theirs }
    }
}

/// Why two sides do not merge at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConflictReason {
    /// Both changed the value, in different ways.
    BothChanged,
    /// Both put different values where there was none.
    BothAdded,
    /// We removed what they changed.
    OursRemoved,
    /// They removed what we changed.
    TheirsRemoved,
    /// Both moved elements, and no order agrees with both; the values are the elements' keys in order.
    Order,
}

/// The value in base, ours and theirs; `None` where it is absent.
pub(super) type Terms<'v> = Sides<Option<&'v Value>>;

/// The arrays at one place.
type Lists<'v> = Sides<&'v [Value]>;

/// A conflict, and what is needed to settle it.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) conflict: DocumentConflict,
    pub(super) site: Site,
    /// Where the merged document has what the conflict is about: the value, the text or list that it is a stretch of,
    /// or the place where an element would be put.
    pub(super) merged_path: Vec<PathStep>,
    /// The result of choosing both, if that has a meaning.
    pub(super) both: Option<Value>,
}

/// A path into each term, if the term has the place.
pub(super) type Paths = Sides<Option<Vec<PathStep>>>;

/// Where a conflict lies in its terms.
#[derive(Debug)]
pub(super) enum Site {
    /// A field, or an element that all three have, or the whole document.
    Value(Paths),
    /// A stretch of a text.
    Text { paths: Paths, merge: Arc<TextMerge>, number: usize },
    /// A stretch of an array whose elements nothing names.
    Stretch { paths: Paths, merge: Arc<SequenceMerge>, number: usize },
    /// An element of arrays.
    Element {
        arrays: Arc<ArraySite>,
        /// Its position in the terms that have it.
        at: Sides<Option<usize>>,
        /// Where it goes in the terms that lack it.
        insert_at: Sides<usize>,
    },
    /// The order of arrays.
    Order(Arc<ArraySite>),
}

/// Arrays whose elements have keys; conflicts in one array share it.
#[derive(Debug)]
pub(super) struct ArraySite {
    pub(super) paths: Paths,
    pub(super) keys: Keys,
    /// The merged order, by keys, unless the order itself conflicts: when an element returns to all terms, the order
    /// must still be this one.
    pub(super) order: Option<Vec<String>>,
}

/// The key of each element of an array, by term.
pub(super) type Keys = Sides<Vec<Option<String>>>;

/// Merges what two sides made of a document; `None` stands for an entry that does not exist.
pub fn merge(shape: Shape<'_>, sides: Sides<Option<&Value>>) -> DocumentMerge {
    let budget = Budget::new();
    let merged = find(shape, sides, &budget);
    DocumentMerge {
        document: merged.document,
        conflicts: merged.found.into_iter().map(|found| found.conflict).collect(),
        joined: merged.joined,
        is_coarse: budget.is_coarse(),
    }
}

/// Like [`merge`], with each text as a whole: if both sides changed one, ours stays and no words are joined.
pub(super) fn merge_whole_texts(shape: Shape<'_>, sides: Sides<Option<&Value>>) -> Option<Value> {
    let budget = Budget::new();
    let mut merger =
        Merger { budget: &budget, found: Vec::new(), joined: Vec::new(), joins_words: false };
    merger.value(Part::root(shape), &Trail::ROOT, sides)
}

/// A merge with what is needed to settle its conflicts.
pub(super) struct Merged {
    pub(super) document: Option<Value>,
    pub(super) found: Vec<Found>,
    joined: Vec<JoinedSentence>,
}

pub(super) fn find(shape: Shape<'_>, terms: Terms<'_>, budget: &Budget) -> Merged {
    let mut merger = Merger { budget, found: Vec::new(), joined: Vec::new(), joins_words: true };
    let document = merger.value(Part::root(shape), &Trail::ROOT, terms);
    Merged { document, found: merger.found, joined: merger.joined }
}

/// A text as the value to compare: an absent one counts as empty.
fn as_text(value: Option<&Value>) -> Option<&str> {
    match value {
        None => Some(""),
        Some(value) => value.as_str(),
    }
}

struct Merger<'b> {
    budget: &'b Budget,
    found: Vec<Found>,
    joined: Vec<JoinedSentence>,
    /// Whether the words of a text are joined.
    joins_words: bool,
}

/// How much a merger had found before it began something that it may abandon.
#[derive(Debug, Clone, Copy)]
struct Mark {
    found: usize,
    joined: usize,
}

impl Merger<'_> {
    const fn mark(&self) -> Mark {
        Mark { found: self.found.len(), joined: self.joined.len() }
    }

    fn give_up(&mut self, mark: Mark) {
        self.found.truncate(mark.found);
        self.joined.truncate(mark.joined);
    }

    /// Merges one value; `None` is an absent one.
    fn value(&mut self, part: Part<'_>, trail: &Trail<'_>, terms: Terms<'_>) -> Option<Value> {
        let Sides { base, ours, theirs } = terms;
        if ours == theirs || theirs == base {
            return ours.cloned();
        }
        if ours == base {
            return theirs.cloned();
        }
        match (ours, theirs) {
            (Some(Value::Object(left)), Some(Value::Object(right))) => {
                let base = base.and_then(Value::as_object);
                let sides = Sides { base, ours: Some(left), theirs: Some(right) };
                Some(self.object(part, trail, sides))
            }
            (Some(Value::Array(ours)), Some(Value::Array(theirs))) => {
                let base = base.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                self.array(part, trail, Sides { base, ours, theirs }, terms)
            }
            (Some(Value::String(_)), Some(Value::String(_))) => self.text(part, trail, terms),
            // A change of line ends is not an edit.
            _ if same(theirs, base) => ours.cloned(),
            _ if same(ours, base) => theirs.cloned(),
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
        terms: Sides<Option<&Map<String, Value>>>,
    ) -> Value {
        let mut merged = Map::new();
        let names: BTreeSet<&String> =
            terms.each().into_iter().flatten().flat_map(Map::keys).collect();
        for name in names {
            let fields = terms.map(|fields| fields?.get(name));
            let trail = trail.field(part, name);
            if let Some(value) = self.value(part.field(name), &trail, fields) {
                merged.insert(name.clone(), value);
            }
        }
        Value::Object(merged)
    }

    fn text(&mut self, part: Part<'_>, trail: &Trail<'_>, terms: Terms<'_>) -> Option<Value> {
        let written = terms.map(|term| term.and_then(Value::as_str));
        let dialect = text::dialect(part, &written.each()).filter(|_| self.joins_words);
        let Sides { base: Some(base), ours: Some(ours), theirs: Some(theirs) } = terms.map(as_text)
        else {
            self.conflict(trail, terms);
            return terms.ours.cloned();
        };
        let texts = Sides { base, ours, theirs };
        let mut merged = text::merge_texts(texts, dialect, self.budget);
        self.tell_joined(trail, std::mem::take(&mut merged.woven));
        if let Some(text) = merged.merged() {
            return Some(text.into());
        }
        if merged.is_whole_conflict() {
            let both = merged.both(0);
            self.conflict(trail, terms);
            if let Some(found) = self.found.last_mut() {
                found.both = both.filter(|_| dialect.is_some()).map(Value::from);
            }
            return Some(ours.into());
        }
        let shown = merged.terms().ours;
        self.text_conflicts(trail, merged);
        Some(shown.into())
    }

    /// Notes the conflicts about stretches of a text.
    fn text_conflicts(&mut self, trail: &Trail<'_>, merged: TextMerge) {
        let merge = Arc::new(merged);
        let pointer = trail.address();
        let paragraphs = merge.paragraph_numbers();
        let mut names: BTreeSet<String> = BTreeSet::new();
        for (number, split) in merge.conflicts() {
            let values = split
                .sides
                .as_ref()
                .map(|text| (!text.is_empty()).then(|| Value::from(text.as_str())));
            let mut name = short_name(&values);
            while !names.insert(name.clone()) {
                name.push('+');
            }
            let mut place = trail.place();
            let told = values.as_ref().map(Option::as_ref);
            place.push(Step::Element {
                number: paragraphs[number],
                key: None,
                label: told.base.or(told.ours).or(told.theirs).and_then(|text| label(text, None)),
            });
            let conflict = DocumentConflict {
                pointer: format!("{pointer}/{name}"),
                within: Some(pointer.clone()),
                place,
                reason: reason(told),
                base: values.base,
                ours: values.ours,
                theirs: values.theirs,
            };
            let paths = Sides::by(|side| trail.path(side));
            let both = merge.both(number).map(Value::from);
            let site = Site::Text { paths, merge: Arc::clone(&merge), number };
            let merged_path = trail.merged_path();
            self.found.push(Found { conflict, site, merged_path, both });
        }
    }

    fn tell_joined(&mut self, trail: &Trail<'_>, woven: Vec<text::Woven>) {
        for text::Woven { sides: Sides { base, ours, theirs }, runs } in woven {
            let (pointer, place) = (trail.address(), trail.place());
            self.joined.push(JoinedSentence { pointer, place, base, ours, theirs, runs });
        }
    }

    /// Notes a conflict about the value at a place.
    fn conflict(&mut self, trail: &Trail<'_>, terms: Terms<'_>) {
        let site = Site::Value(Sides::by(|side| trail.path(side)));
        self.note(trail, reason(terms), terms, site);
    }

    fn note(&mut self, trail: &Trail<'_>, reason: ConflictReason, terms: Terms<'_>, site: Site) {
        let Sides { base, ours, theirs } = terms.map(|term| term.cloned());
        let (pointer, place) = (trail.address(), trail.place());
        let conflict =
            DocumentConflict { pointer, within: None, place, reason, base, ours, theirs };
        self.found.push(Found { conflict, site, merged_path: trail.merged_path(), both: None });
    }
}

/// Whether two values differ in nothing but line ends.
fn same(left: Option<&Value>, right: Option<&Value>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => same_but_ends(left, right),
        (left, right) => left == right,
    }
}

const fn reason(terms: Terms<'_>) -> ConflictReason {
    match (terms.base, terms.ours, terms.theirs) {
        (_, None, _) => ConflictReason::OursRemoved,
        (_, _, None) => ConflictReason::TheirsRemoved,
        (None, ..) => ConflictReason::BothAdded,
        _ => ConflictReason::BothChanged,
    }
}

/// A name for a conflict, made from what the sides have there, so that it stays the same while others are settled.
fn short_name(values: &Sides<Option<Value>>) -> String {
    let mut hasher = blake3::Hasher::new();
    for value in values.as_ref().each() {
        let text = value.as_ref().map(Value::to_string).unwrap_or_default();
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    hasher.finalize().to_hex()[..NAME_LETTERS].to_owned()
}

/// The length of the names of conflicts within a text or list.
const NAME_LETTERS: usize = 8;
