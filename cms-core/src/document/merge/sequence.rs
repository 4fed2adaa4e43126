//! Arrays whose elements nothing names: merged by position, as the lines of a text are.
//!
//! An element that a side edited is recognised when enough of it stayed, and is then merged by content. If that leaves
//! a conflict, and a side moved elements, each is searched for wherever it went.
//!
//! Invariants:
//! 1. What only one side changed is as that side has it, down to the fields of an element.
//! 2. An element that a side removed is gone only if the other left it as it was.
//! 3. A conflict is a stretch of elements that stands in that form in each array, or an array as a whole if the sides
//!    contradict each other about its order.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::Value;

use super::{
    super::{
        diff3::{Changed, Chunk, Touching, chunks},
        identity::{Known, blocks_in_order},
        matching::Group,
        part::{ElementStep, Part, Step, Trail},
        sides::{Side, Sides},
        split,
    },
    DocumentConflict, Found, Lists, Merger, Site, Terms,
    array::{Fate, fate},
    label, reason, same, short_name,
};

/// A stretch of the merged array.
struct Stretch<'v> {
    /// The stretch in base, ours and theirs.
    terms: Lists<'v>,
    /// The merged stretch; `None` when the sides conflict.
    merged: Option<Vec<Value>>,
    /// Conflicts inside its elements.
    found: Vec<Found>,
    /// Its position in the merged array.
    number: usize,
}

/// A merged array with conflicts in it, stretch by stretch.
#[derive(Debug)]
pub(in super::super) struct SequenceMerge(Vec<Sides<Vec<Value>>>);

impl SequenceMerge {
    /// The arrays with what merges in all three.
    pub(in super::super) fn terms(&self) -> Sides<Vec<Value>> {
        Sides::by(|side| self.0.iter().flat_map(|stretch| stretch[side].iter().cloned()).collect())
    }

    /// The terms with the choice in place of one stretch.
    pub(in super::super) fn settled(&self, number: usize, chosen: &[Value]) -> Sides<Vec<Value>> {
        let mut stretches = self.0.clone();
        stretches[number] = Sides::all(chosen.to_vec());
        Self(stretches).terms()
    }

    /// Whether a stretch is shown as an element rather than as an array of elements.
    pub(in super::super) fn is_element(&self, number: usize) -> bool {
        self.0[number].as_ref().each().into_iter().all(|side| side.len() <= 1)
    }
}

impl Merger<'_> {
    pub(super) fn sequence(
        &mut self,
        part: Part<'_>,
        trail: &Trail<'_>,
        arrays: Lists<'_>,
        terms: Terms<'_>,
    ) -> Option<Value> {
        let mark = self.mark();
        let stretches = self.stretches(part, trail, arrays);
        let is_clean = |stretch: &Stretch<'_>| stretch.merged.is_some() && stretch.found.is_empty();
        let is_unclear = !stretches.iter().all(is_clean);
        let known = Known::of(arrays, self.budget);
        let elements = || stretches.iter().filter_map(|stretch| stretch.merged.as_ref()).flatten();
        let is_doubled = || known.doubles(arrays, &elements().cloned().collect::<Vec<_>>());
        if known.is_moved && (is_unclear || is_doubled()) {
            self.give_up(mark);
            return self.moved(part, trail, arrays, &known, terms);
        }
        // A conflict about everything is a conflict of the arrays as values.
        let is_whole = stretches.len() == 1 || !terms.base.is_some_and(Value::is_array);
        if is_whole && stretches.iter().any(|stretch| stretch.merged.is_none()) {
            self.give_up(mark);
            self.conflict(trail, terms);
            if let Some(found) = self.found.last_mut() {
                found.both = Some(Value::from([arrays.ours, arrays.theirs].concat()));
            }
            return terms.ours.cloned();
        }
        Some(self.written(trail, stretches))
    }

    /// Merges arrays in which a side moved elements.
    fn moved(
        &mut self,
        part: Part<'_>,
        trail: &Trail<'_>,
        arrays: Lists<'_>,
        known: &Known,
        terms: Terms<'_>,
    ) -> Option<Value> {
        let group = |same: &Sides<Option<usize>>| Group { at: *same, name: None };
        let groups: Vec<Group<'_>> = known.same.iter().map(group).collect();
        let is_shown = |at: usize| !matches!(fate(arrays, &groups[at]), Fate::Removed);
        let order = known.order(is_shown, self.budget);
        // Two additions to a list of things both stay; to a text's lines they might contradict each other. They count
        // as at one place if no element that both sides have stands between them.
        let is_new = |at: &usize, side: Side| {
            known.same[*at].base.is_none() && known.same[*at][side].is_some()
        };
        let is_of_both =
            |at: &usize| known.same[*at].ours.is_some() && known.same[*at].theirs.is_some();
        let meets = |place: &[usize]| {
            [Side::Ours, Side::Theirs]
                .into_iter()
                .all(|side| place.iter().any(|at| is_new(at, side)))
        };
        let are_things = arrays.each().into_iter().flatten().all(Value::is_object);
        match order {
            Some(order) if are_things || !order.split(is_of_both).any(meets) => {
                Some(self.groups(part, trail, arrays, &groups))
            }
            _ => {
                self.conflict(trail, terms);
                terms.ours.cloned()
            }
        }
    }

    /// Writes the merged array, and notes its conflicts.
    fn written(&mut self, trail: &Trail<'_>, stretches: Vec<Stretch<'_>>) -> Value {
        let sides = |stretch: &Stretch<'_>| match &stretch.merged {
            Some(merged) if stretch.found.is_empty() => Sides::all(merged.clone()),
            _ => stretch.terms.map(<[Value]>::to_vec),
        };
        let merge = Arc::new(SequenceMerge(stretches.iter().map(sides).collect()));
        let mut elements = Vec::new();
        let mut names = BTreeSet::new();
        for (number, stretch) in stretches.into_iter().enumerate() {
            self.found.extend(stretch.found);
            match stretch.merged {
                Some(merged) => elements.extend(merged),
                None => {
                    elements.extend_from_slice(stretch.terms.ours);
                    self.stretch_conflict(trail, &merge, (number, stretch.number), &mut names);
                }
            }
        }
        Value::Array(elements)
    }

    fn stretch_conflict(
        &mut self,
        trail: &Trail<'_>,
        merge: &Arc<SequenceMerge>,
        (number, position): (usize, usize),
        names: &mut BTreeSet<String>,
    ) {
        let is_element = merge.is_element(number);
        let values = merge.0[number].as_ref().map(|elements| match elements.as_slice() {
            [] => None,
            [element] if is_element => Some(element.clone()),
            elements => Some(Value::from(elements)),
        });
        let told = values.as_ref().map(Option::as_ref);
        // If ours has nothing, it gets the position of what follows.
        let is_at_position = is_element && values.ours.is_some();
        let mut name = if is_at_position { position.to_string() } else { short_name(&values) };
        while !names.insert(name.clone()) {
            name.push('+');
        }
        let mut place = trail.place();
        place.push(Step::Element {
            number: position + 1,
            key: None,
            label: told.base.or(told.ours).or(told.theirs).and_then(|value| label(value, None)),
        });
        let pointer = trail.address();
        let conflict = DocumentConflict {
            pointer: format!("{pointer}/{name}"),
            within: Some(pointer),
            place,
            reason: reason(told),
            base: values.base,
            ours: values.ours,
            theirs: values.theirs,
        };
        let Sides { ours, theirs, .. } = &merge.0[number];
        let both = Value::from([ours.as_slice(), theirs].concat());
        let paths = Sides::by(|side| trail.path(side));
        let site = Site::Stretch { paths, merge: Arc::clone(merge), number };
        self.found.push(Found {
            conflict,
            site,
            merged_path: trail.merged_path(),
            both: Some(both),
        });
    }

    fn stretches<'v>(
        &mut self,
        part: Part<'_>,
        trail: &Trail<'_>,
        arrays: Lists<'v>,
    ) -> Vec<Stretch<'v>> {
        let by_ours = blocks_in_order(arrays.base, arrays.ours, self.budget);
        let by_theirs = blocks_in_order(arrays.base, arrays.theirs, self.budget);
        // Two numbers next to each other are often one thing, such as a point.
        let has_number = arrays.each().into_iter().flatten().any(Value::is_number);
        let touching = if has_number { Touching::IsOne } else { Touching::StaysTwo };
        let mut stretches: Vec<Stretch<'v>> = Vec::new();
        let next = |stretches: &[Stretch<'v>]| {
            let len =
                |last: &Stretch<'v>| last.merged.as_ref().map_or(last.terms.ours.len(), Vec::len);
            stretches.last().map_or(0, |last| last.number + len(last))
        };
        for chunk in chunks(arrays.map(<[Value]>::len), &by_ours, &by_theirs, touching) {
            if chunk.changed == Changed::Nobody {
                for offset in 0..chunk.at.base.len() {
                    let number = next(&stretches);
                    stretches.push(self.element(part, trail, arrays, &chunk, (offset, number)));
                }
                continue;
            }
            for terms in taken_apart(arrays, &chunk) {
                let number = next(&stretches);
                let merged = merged(arrays, terms, chunk.changed)
                    .or_else(|| self.parted(part, trail, terms, number));
                stretches.push(Stretch { terms, merged, found: Vec::new(), number });
            }
        }
        stretches
    }

    /// An element that one side split in two while the other edited it: the edit goes into the part that it belongs to.
    fn parted(
        &mut self,
        part: Part<'_>,
        trail: &Trail<'_>,
        terms: Lists<'_>,
        number: usize,
    ) -> Option<Vec<Value>> {
        let [base] = terms.base else { return None };
        let (parts, edited, is_ours) = match (terms.ours, terms.theirs) {
            ([first, second], [edited]) => ([first, second], edited, true),
            ([edited], [first, second]) => ([first, second], edited, false),
            _ => return None,
        };
        let one = split::as_one(base, parts)?;
        let (ours, theirs) = if is_ours { (&one, edited) } else { (edited, &one) };
        let mark = self.mark();
        let step = ElementStep { at: Sides::default(), number, key: None, element: edited };
        let sides = Sides { base: Some(base), ours: Some(ours), theirs: Some(theirs) };
        let merged = self.value(part.element(), &trail.element(step), sides);
        if self.mark().found > mark.found {
            self.give_up(mark);
            return None;
        }
        split::as_two(&merged?, parts[1]).map(Vec::from)
    }

    /// An element that all three have, possibly edited.
    fn element<'v>(
        &mut self,
        part: Part<'_>,
        trail: &Trail<'_>,
        arrays: Lists<'v>,
        chunk: &Chunk,
        (offset, number): (usize, usize),
    ) -> Stretch<'v> {
        let at = chunk.at.clone().map(|range| range.start + offset);
        let terms = arrays.zip(at).map(|(array, at)| &array[at..=at]);
        let (at, element) = (at.map(Some), &arrays.ours[at.ours]);
        let step = ElementStep { at, number, key: None, element };
        let outer = std::mem::take(&mut self.found);
        let merged = self.value(part.element(), &trail.element(step), terms.map(<[Value]>::first));
        let found = std::mem::replace(&mut self.found, outer);
        Stretch { terms, merged: Some(merged.into_iter().collect()), found, number }
    }
}

/// The chunks' content in the arrays: element by element if one side removed elements that the other has, so that the
/// conflict is only about those that the other edited.
fn taken_apart<'v>(arrays: Lists<'v>, chunk: &Chunk) -> Vec<Lists<'v>> {
    let whole = arrays.zip(chunk.at.clone()).map(|(array, at)| &array[at]);
    let is_taken = match chunk.changed {
        Changed::Ours => whole.ours.is_empty() && whole.theirs.len() == whole.base.len(),
        Changed::Theirs => whole.theirs.is_empty() && whole.ours.len() == whole.base.len(),
        _ => false,
    };
    if !is_taken {
        return vec![whole];
    }
    let one = |at: usize| whole.map(|side| side.get(at..=at).unwrap_or_default());
    (0..whole.base.len()).map(one).collect()
}

/// The merged form of a stretch; none when the sides conflict.
fn merged(arrays: Lists<'_>, terms: Lists<'_>, changed: Changed) -> Option<Vec<Value>> {
    let Sides { base, ours, theirs } = terms;
    let is_kept = |side: &[Value]| {
        side.len() == base.len()
            && side.iter().zip(base).all(|(left, right)| same(Some(left), Some(right)))
    };
    match changed {
        // An edited element counts as the same one, and must not be removed with those around it.
        Changed::Ours if is_kept(theirs) => Some(ours.to_vec()),
        Changed::Theirs if is_kept(ours) => Some(theirs.to_vec()),
        _ if ours == theirs => Some(ours.to_vec()),
        // Two additions to a list of things both stay; to a text's lines they might contradict each other.
        _ if base.is_empty() && arrays.each().into_iter().flatten().all(Value::is_object) => {
            Some([ours, theirs].concat())
        }
        _ => None,
    }
}
