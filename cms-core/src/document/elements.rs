//! How the elements of two arrays correspond.

use std::borrow::Cow;

use serde_json::Value;

use super::{
    align::{Block, Gap, Numbers, align, gaps, longest_ascending},
    budget::Budget,
    identity::edited,
    matching::{Group, Matching, matching},
    part::Part,
    sides::Sides,
};

/// Which elements of two arrays are the same.
pub(super) struct Elements<'v> {
    /// For each element after, its former position.
    pub(super) former: Vec<Option<usize>>,
    /// For each element after, what names it.
    pub(super) names: Vec<Option<Cow<'v, str>>>,
    /// Former elements that are gone, with what named them.
    pub(super) gone: Vec<(usize, Option<Cow<'v, str>>)>,
    /// For each element after, whether it moved among those that both have.
    pub(super) moved: Vec<bool>,
}

impl<'v> Elements<'v> {
    pub(super) fn of(
        part: Part<'_>,
        before: &'v [Value],
        after: &'v [Value],
        budget: &Budget,
    ) -> Self {
        match matching(part, Sides { base: before, ours: after, theirs: &[] }, budget) {
            Matching::Groups(groups) | Matching::Names(groups) => {
                Self::of_groups(groups, after.len())
            }
            Matching::Sequence => Self::of_blocks(&blocks(before, after, budget), before, after),
        }
    }

    fn of_groups(groups: Vec<Group<'v>>, after_len: usize) -> Self {
        let mut elements = Self::new(after_len);
        for group in groups {
            match group.at {
                Sides { base: before, ours: Some(after), .. } => {
                    elements.former[after] = before;
                    elements.names[after] = group.name;
                }
                Sides { base: Some(before), .. } => elements.gone.push((before, group.name)),
                Sides { base: None, .. } => {}
            }
        }
        elements.gone.sort_unstable();
        let both: Vec<(usize, usize)> = elements
            .former
            .iter()
            .enumerate()
            .filter_map(|(after, former)| Some((after, (*former)?)))
            .collect();
        let ranks: Vec<usize> = both.iter().map(|(_, former)| *former).collect();
        both.iter().for_each(|(after, _)| elements.moved[*after] = true);
        for index in longest_ascending(&ranks) {
            elements.moved[both[index].0] = false;
        }
        elements
    }

    fn of_blocks(blocks: &[Block], before: &[Value], after: &[Value]) -> Self {
        let mut elements = Self::new(after.len());
        for block in blocks {
            for offset in 0..block.len {
                elements.former[block.after + offset] = Some(block.before + offset);
            }
        }
        for Gap { before, .. } in gaps(blocks, before.len(), after.len()) {
            elements.gone.extend(before.map(|at| (at, None)));
        }
        elements
    }

    fn new(after_len: usize) -> Self {
        Self {
            former: vec![None; after_len],
            names: vec![None; after_len],
            gone: Vec::new(),
            moved: vec![false; after_len],
        }
    }
}

/// The blocks of two arrays that are compared as sequences, edited elements among them.
fn blocks(before: &[Value], after: &[Value], budget: &Budget) -> Vec<Block> {
    let mut numbers = Numbers::new();
    let (left, right) = (numbers.of(before), numbers.of(after));
    let mut blocks = align(&left, &right, budget);
    let mut known_again = Vec::new();
    for gap in gaps(&blocks, before.len(), after.len()) {
        let is_one = gap.before.len() == 1 && gap.after.len() == 1;
        if is_one && is_scalar(&before[gap.before.start]) && is_scalar(&after[gap.after.start]) {
            known_again.push(Block { before: gap.before.start, after: gap.after.start, len: 1 });
        } else {
            known_again.extend(edited(before, after, &gap, budget));
        }
    }
    blocks.extend(known_again);
    blocks.sort_by_key(|block| block.before);
    blocks
}

const fn is_scalar(value: &Value) -> bool {
    !matches!(value, Value::Object(_) | Value::Array(_))
}
