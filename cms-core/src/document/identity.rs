//! Which elements of two lists are the same when nothing names them: first by their order, then, for those that are
//! left, wherever they stand.
//!
//! Invariants:
//! 1. An element corresponds to at most one element of the other list.
//! 2. Elements in the same order in both lists are matched by that order; an element counts as moved only if it is left
//!    over.
//! 3. Equal elements that are left over are not matched: which of them moved can't be known.

use std::{borrow::Cow, collections::HashMap};

use serde_json::Value;

use super::{
    align::{Block, Gap, Numbers, align, gaps},
    budget::Budget,
    likeness,
    order::{merge_orders, moved},
    sides::{Side, Sides},
    split,
    text::plain_value,
};

/// An element in order counts as edited when at least this many percent of its words stayed.
const EDITED_PERCENT_MIN: usize = 40;
/// An element that moved has to be more like what it was.
const MOVED_PERCENT_MIN: usize = 60;

/// One element's positions in the three lists.
pub(super) type Same = Sides<Option<usize>>;

/// The elements of two lists that are equal except for line ends, or were edited, as blocks in order.
pub(super) fn blocks_in_order(before: &[Value], after: &[Value], budget: &Budget) -> Vec<Block> {
    let mut blocks = align_values(before, after, budget);
    let mut paired = Vec::new();
    for gap in gaps(&blocks, before.len(), after.len()) {
        // An element that was split in two is neither of the two.
        let is_parted = |block: &Block| {
            let pair = |at: usize| gap.after.contains(&at) && gap.after.contains(&(at + 1));
            let places = [block.after.checked_sub(1), Some(block.after)].into_iter().flatten();
            let whole = &before[block.before];
            places
                .filter(|at| pair(*at))
                .any(|at| split::as_one(whole, [&after[at], &after[at + 1]]).is_some())
        };
        let known = edited(before, after, &gap, budget);
        paired.extend(known.into_iter().filter(|block| !is_parted(block)));
    }
    blocks.extend(paired);
    blocks.sort_by_key(|block| block.before);
    blocks
}

fn align_values(before: &[Value], after: &[Value], budget: &Budget) -> Vec<Block> {
    let mut numbers: Numbers<Cow<'_, Value>> = Numbers::new();
    let [left, right] = [before, after].map(|values| numbers.of(values.iter().map(plain_value)));
    align(&left, &right, budget)
}

/// The elements of a gap that were edited, as blocks of one: a text in place of a text, and whatever is much like what
/// was there.
pub(super) fn edited(before: &[Value], after: &[Value], gap: &Gap, budget: &Budget) -> Vec<Block> {
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

/// For each former element, which new one it is, wherever that stands.
fn known_anywhere(before: &[Value], after: &[Value], budget: &Budget) -> Vec<Option<usize>> {
    let mut is = vec![None; before.len()];
    let mut free = vec![true; after.len()];
    let mut pair = |is: &mut Vec<Option<usize>>, left: usize, right: usize| {
        is[left] = Some(right);
        free[right] = false;
    };
    // An element that moved unchanged is that element, rather than another that is in its place and like it.
    let blocks = align_values(before, after, budget);
    for block in &blocks {
        (0..block.len)
            .for_each(|offset| pair(&mut is, block.before + offset, block.after + offset));
    }
    let in_gaps = gaps(&blocks, before.len(), after.len());
    let lefts = || in_gaps.iter().flat_map(|gap| gap.before.clone());
    let rights = || in_gaps.iter().flat_map(|gap| gap.after.clone());
    let mut seen: HashMap<Cow<'_, Value>, [Vec<usize>; 2]> = HashMap::new();
    lefts().for_each(|at| seen.entry(plain_value(&before[at])).or_default()[0].push(at));
    rights().for_each(|at| seen.entry(plain_value(&after[at])).or_default()[1].push(at));
    let mut moved: Vec<(usize, usize)> = seen
        .values()
        .filter_map(|[left, right]| match (&left[..], &right[..]) {
            (&[left], &[right]) => Some((left, right)),
            _ => None,
        })
        .collect();
    moved.sort_unstable();
    moved.iter().for_each(|&(left, right)| pair(&mut is, left, right));
    for gap in &in_gaps {
        let is_free = |at: &usize| moved.iter().all(|(_, right)| right != at);
        let is_left = |at: &usize| moved.iter().all(|(left, _)| left != at);
        // A gap counts as edited in place only if nothing moved out of it or into it.
        if gap.before.clone().all(|at| is_left(&at)) && gap.after.clone().all(|at| is_free(&at)) {
            for block in edited(before, after, gap, budget) {
                pair(&mut is, block.before, block.after);
            }
        }
    }
    let is_told_apart = |value: &Value| {
        seen.get(&plain_value(value))
            .is_none_or(|[left, right]| left.is_empty() || right.is_empty())
    };
    let lefts = lefts().filter(|at| is[*at].is_none() && is_told_apart(&before[*at]));
    let lefts: Vec<usize> = lefts.collect();
    let rights = rights().filter(|at| !is.contains(&Some(*at)) && is_told_apart(&after[*at]));
    let rights: Vec<usize> = rights.collect();
    let values =
        |of: &'_ [Value], at: &[usize]| at.iter().map(|at| of[*at].clone()).collect::<Vec<_>>();
    let (left_values, right_values) = (values(before, &lefts), values(after, &rights));
    let (left_refs, right_refs): (Vec<&Value>, Vec<&Value>) =
        (left_values.iter().collect(), right_values.iter().collect());
    for (left, right) in
        likeness::pairs_anywhere(&left_refs, &right_refs, MOVED_PERCENT_MIN, budget)
    {
        pair(&mut is, lefts[left], rights[right]);
    }
    is
}

/// How many times each value occurs in a list.
struct Counts<'v>(HashMap<&'v Value, usize>);

impl<'v> Counts<'v> {
    fn of(values: &'v [Value]) -> Self {
        let mut counts = HashMap::new();
        values.iter().for_each(|value| *counts.entry(value).or_default() += 1);
        Self(counts)
    }

    fn get(&self, value: &Value) -> usize {
        self.0.get(value).copied().unwrap_or_default()
    }
}

/// The elements of three lists, each matched wherever it stands.
pub(super) struct Known {
    /// Those of the base in its order, then new ones of ours, then new ones of theirs.
    pub(super) same: Vec<Same>,
    /// Whether a side moved any element.
    pub(super) is_moved: bool,
    /// Whether both sides moved the same element to different places.
    pub(super) is_moved_twice: bool,
}

impl Known {
    pub(super) fn of(lists: Sides<&[Value]>, budget: &Budget) -> Self {
        let ours = known_anywhere(lists.base, lists.ours, budget);
        let theirs = known_anywhere(lists.base, lists.theirs, budget);
        let mut same: Vec<Same> = (0..lists.base.len())
            .map(|at| Sides { base: Some(at), ours: ours[at], theirs: theirs[at] })
            .collect();
        let new = |is: &[Option<usize>], count: usize| -> Vec<usize> {
            let mut is_new = vec![true; count];
            is.iter().flatten().for_each(|at| is_new[*at] = false);
            (0..count).filter(|at| is_new[*at]).collect()
        };
        same.extend(
            new(&ours, lists.ours.len())
                .into_iter()
                .map(|at| Sides { ours: Some(at), ..Sides::default() }),
        );
        same.extend(
            new(&theirs, lists.theirs.len())
                .into_iter()
                .map(|at| Sides { theirs: Some(at), ..Sides::default() }),
        );
        let is_ascending = |is: &[Option<usize>]| is.iter().flatten().is_sorted();
        let is_moved = !is_ascending(&ours) || !is_ascending(&theirs);
        let in_all: Vec<usize> = (0..lists.base.len())
            .filter(|at| ours[*at].is_some() && theirs[*at].is_some())
            .collect();
        let order = |is: &[Option<usize>]| {
            let mut order = in_all.clone();
            order.sort_by_key(|at| is[*at]);
            order
        };
        let (by_ours, by_theirs) = (order(&ours), order(&theirs));
        let (moved_by_us, moved_by_them) = (moved(&in_all, &by_ours), moved(&in_all, &by_theirs));
        let is_moved_twice = by_ours != by_theirs
            && moved_by_us.keys().any(|group| moved_by_them.contains_key(group));
        Self { same, is_moved, is_moved_twice }
    }

    /// Whether a merge that does not know moves has an element twice: where each side has it, perhaps once as it was
    /// and once edited.
    pub(super) fn doubles(&self, lists: Sides<&[Value]>, merged: &[Value]) -> bool {
        if !self.is_moved {
            return false;
        }
        let (in_ours, in_theirs) = (Counts::of(lists.ours), Counts::of(lists.theirs));
        let in_merged = Counts::of(merged);
        self.same.iter().any(|same| match same {
            Sides { base: Some(_), ours: Some(ours), theirs: Some(theirs) } => {
                let (ours, theirs) = (&lists.ours[*ours], &lists.theirs[*theirs]);
                if ours == theirs {
                    in_merged.get(ours) > in_ours.get(ours).max(in_theirs.get(ours))
                } else {
                    let is_apart = in_theirs.get(ours) == 0 && in_ours.get(theirs) == 0;
                    let is_there = in_ours.get(ours) > 0 && in_theirs.get(theirs) > 0;
                    is_apart && is_there && in_merged.get(ours) > 0 && in_merged.get(theirs) > 0
                }
            }
            _ => false,
        })
    }

    /// The merged order of those that `is_shown`; none when the sides contradict each other.
    pub(super) fn order(
        &self,
        is_shown: impl Fn(usize) -> bool,
        budget: &Budget,
    ) -> Option<Vec<usize>> {
        let order = |side: Side| {
            let mut order: Vec<usize> = (0..self.same.len())
                .filter(|at| self.same[*at][side].is_some() && is_shown(*at))
                .collect();
            order.sort_by_key(|at| self.same[*at][side]);
            order
        };
        let orders = Sides::by(order);
        let merged = merge_orders(orders.as_ref().map(Vec::as_slice), budget);
        (!merged.is_conflict && !self.is_moved_twice).then_some(merged.groups)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(before: &[&str], after: &[&str], expected: &[Option<usize>]) {
        let [before, after] =
            [before, after].map(|texts| texts.iter().map(|text| json!(text)).collect::<Vec<_>>());
        assert_eq!(known_anywhere(&before, &after, &Budget::new()), expected);
    }

    #[test]
    fn an_element_is_known_where_it_went() {
        check(&["a b", "c d", "e f"], &["e f", "a b", "c d"], &[Some(1), Some(2), Some(0)]);
        check(
            &["a b c d e", "f g h", "i j k"],
            &["f g h", "i j k", "a b c d x"],
            &[Some(2), Some(0), Some(1)],
        );
        check(&["a", "b"], &["x", "b"], &[Some(0), Some(1)]);
    }

    #[test]
    fn which_of_two_equal_ones_moved_is_not_guessed() {
        let found = |before: &[&str], after: &[&str]| {
            let [before, after] = [before, after]
                .map(|texts| texts.iter().map(|text| json!(text)).collect::<Vec<_>>());
            known_anywhere(&before, &after, &Budget::new()).iter().flatten().count()
        };
        assert_eq!(found(&["a", "a", "b", "c", "d"], &["b", "c", "d", "a", "a"]), 3);
    }
}
