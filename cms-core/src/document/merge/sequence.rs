//! Arrays whose elements nothing names: merged by where they stand, as lines of a text are.
//!
//! An element that a side edited is known again when enough of it stayed, and is then merged by content. What
//! remains is one conflict of the whole array, whose sides hold all that merges beside it.

use std::collections::HashMap;

use serde_json::Value;

use super::{
    super::{
        align::{Block, Gap, Numbers, align, gaps},
        budget::Budget,
        diff3::{Changed, Chunk, Lengths, Touching, chunks},
        likeness,
        matching::Arrays,
        part::{ElementStep, Part, Trail},
    },
    ConflictReason, Found, Merger, Site, Terms,
};

/// An element is one that was edited when at least so many percent of its words stayed.
const EDITED_PERCENT_MIN: usize = 40;

/// A stretch of the merged array.
struct Stretch<'v> {
    /// What it is in base, ours and theirs.
    terms: [&'v [Value]; 3],
    /// What it is merged; `None` where the sides conflict.
    merged: Option<Vec<Value>>,
    /// Conflicts inside its elements.
    found: Vec<Found>,
}

impl Merger<'_> {
    pub(super) fn sequence(
        &mut self,
        part: Part<'_>,
        trail: &Trail<'_>,
        arrays: Arrays<'_>,
        terms: Terms<'_>,
    ) -> Option<Value> {
        let stretches = self.stretches(part, trail, arrays);
        let is_doubled = doubles(arrays, &stretches);
        if !is_doubled && stretches.iter().all(|stretch| stretch.merged.is_some()) {
            let mut elements = Vec::new();
            for stretch in stretches {
                elements.extend(stretch.merged.into_iter().flatten());
                self.found.extend(stretch.found);
            }
            return Some(Value::Array(elements));
        }
        let [base, ours, theirs] = [0, 1, 2].map(|term| -> Value {
            let elements = stretches.iter().flat_map(|stretch| match &stretch.merged {
                Some(merged) if stretch.found.is_empty() && !is_doubled => merged,
                _ => stretch.terms[term],
            });
            elements.cloned().collect()
        });
        let both: Value = stretches
            .iter()
            .flat_map(|stretch| match &stretch.merged {
                Some(merged) if stretch.found.is_empty() => [&merged[..], &[]],
                _ => [stretch.terms[1], stretch.terms[2]],
            })
            .flatten()
            .cloned()
            .collect();
        let reason = match terms[0] {
            None => ConflictReason::BothAdded,
            Some(_) => ConflictReason::BothChanged,
        };
        let base = terms[0].map(|before| if before.is_array() { base } else { before.clone() });
        let site = Site::Value([0, 1, 2].map(|term| trail.path(term)));
        self.note(trail, reason, [base.as_ref(), Some(&ours), Some(&theirs)], site);
        if let Some(found) = self.found.last_mut() {
            found.both = (!is_doubled).then_some(both);
        }
        Some(ours)
    }

    fn stretches<'v>(
        &mut self,
        part: Part<'_>,
        trail: &Trail<'_>,
        arrays: Arrays<'v>,
    ) -> Vec<Stretch<'v>> {
        let mut numbers = Numbers::new();
        let [base, ours, theirs] = arrays.map(|array| numbers.of(array));
        let by_ours = self.known_again(arrays[0], arrays[1], align(&base, &ours, self.budget));
        let by_theirs = self.known_again(arrays[0], arrays[2], align(&base, &theirs, self.budget));
        let lengths = Lengths { base: base.len(), ours: ours.len(), theirs: theirs.len() };
        // Two numbers side by side are often one thing, such as a point.
        let has_number = arrays.into_iter().flatten().any(Value::is_number);
        let touching = if has_number { Touching::IsOne } else { Touching::StaysTwo };
        let mut number = 0;
        let mut stretches = Vec::new();
        for chunk in chunks(lengths, &by_ours, &by_theirs, touching) {
            if chunk.changed == Changed::Nobody {
                for offset in 0..chunk.base.len() {
                    stretches.push(self.element(part, trail, arrays, &chunk, offset, number));
                    number += 1;
                }
                continue;
            }
            let terms = [
                &arrays[0][chunk.base.clone()],
                &arrays[1][chunk.ours.clone()],
                &arrays[2][chunk.theirs.clone()],
            ];
            let merged = match chunk.changed {
                Changed::Ours => Some(terms[1].to_vec()),
                Changed::Theirs => Some(terms[2].to_vec()),
                _ if terms[1] == terms[2] => Some(terms[1].to_vec()),
                // Two additions to a list of things both stay; to a text's lines they might contradict.
                _ if terms[0].is_empty() && arrays.into_iter().flatten().all(Value::is_object) => {
                    Some([terms[1], terms[2]].concat())
                }
                _ => None,
            };
            number += merged.as_ref().map_or(terms[1].len(), Vec::len);
            stretches.push(Stretch { terms, merged, found: Vec::new() });
        }
        stretches
    }

    /// Blocks, with elements that were only edited paired too.
    fn known_again(&self, before: &[Value], after: &[Value], mut blocks: Vec<Block>) -> Vec<Block> {
        let mut paired = Vec::new();
        for gap in gaps(&blocks, before.len(), after.len()) {
            paired.extend(edited(before, after, &gap, self.budget));
        }
        blocks.extend(paired);
        blocks.sort_by_key(|block| block.before);
        blocks
    }

    /// An element that all three have, edited perhaps.
    fn element<'v>(
        &mut self,
        part: Part<'_>,
        trail: &Trail<'_>,
        arrays: Arrays<'v>,
        chunk: &Chunk,
        offset: usize,
        number: usize,
    ) -> Stretch<'v> {
        let at = [&chunk.base, &chunk.ours, &chunk.theirs].map(|range| range.start + offset);
        let terms = [0, 1, 2].map(|term| &arrays[term][at[term]..=at[term]]);
        let values = terms.map(|term| term.first());
        let step = ElementStep { at: at.map(Some), number, key: None, element: &arrays[1][at[1]] };
        let outer = std::mem::take(&mut self.found);
        let merged = self.value(part.element(), &trail.element(step), values);
        let found = std::mem::replace(&mut self.found, outer);
        Stretch { terms, merged: Some(merged.into_iter().collect()), found }
    }
}

/// The elements of a gap that were edited, as blocks of one: a text in the place of a text, and what
/// is much like what stood there.
pub(in super::super) fn edited(
    before: &[Value],
    after: &[Value],
    gap: &Gap,
    budget: &Budget,
) -> Vec<Block> {
    let lefts: Vec<&Value> = before[gap.before.clone()].iter().collect();
    let rights: Vec<&Value> = after[gap.after.clone()].iter().collect();
    let pairs = match (&lefts[..], &rights[..]) {
        ([Value::String(_)], [Value::String(_)]) => vec![(0, 0)],
        _ => likeness::pairs_in_order(&lefts, &rights, EDITED_PERCENT_MIN, budget),
    };
    let block = |(left, right): (usize, usize)| Block {
        before: gap.before.start + left,
        after: gap.after.start + right,
        len: 1,
    };
    pairs.into_iter().map(block).collect()
}

/// Whether an element stands twice in the merge that stands once in each array: both sides moved it.
fn doubles(arrays: Arrays<'_>, stretches: &[Stretch<'_>]) -> bool {
    let mut counts: HashMap<&Value, [usize; 4]> = HashMap::new();
    for (term, array) in arrays.into_iter().enumerate() {
        for value in array {
            counts.entry(value).or_default()[term] += 1;
        }
    }
    for value in stretches.iter().filter_map(|stretch| stretch.merged.as_ref()).flatten() {
        counts.entry(value).or_default()[3] += 1;
    }
    counts
        .values()
        .any(|[base, ours, theirs, merged]| [base, ours, theirs] == [&1; 3] && *merged > 1)
}
