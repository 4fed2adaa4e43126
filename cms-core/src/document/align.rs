//! Alignment: which stretches of two sequences are the same, in bounded time.
//!
//! Invariants:
//! 1. Blocks ascend in both sequences, do not overlap, and pair only equal tokens.
//! 2. The result depends on the sequences and the budget alone.
//! 3. Beyond the bounds a stretch counts as wholly replaced: coarser, never wrong.

use std::{collections::HashMap, hash::Hash, ops::Range};

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::budget::Budget;

/// Gaps up to this product of lengths are aligned directly by Myers' algorithm.
const PRODUCT_DIRECT_MAX: u64 = 1 << 20;
/// Gaps up to this sum of lengths are aligned by it when they have no unique token in common.
const LENGTH_MAX: usize = 1 << 15;
/// How many times a gap is split at tokens that are unique in it.
const SPLITS_MAX: usize = 8;

/// A stretch that both sequences have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) before: usize,
    pub(super) after: usize,
    pub(super) len: usize,
}

/// A stretch that differs: what each sequence has there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Gap {
    pub(super) before: Range<usize>,
    pub(super) after: Range<usize>,
}

/// Numbers for values; equal values have equal numbers.
#[derive(Debug)]
pub(super) struct Numbers<T>(HashMap<T, u32>);

impl<T: Hash + Eq> Numbers<T> {
    pub(super) fn new() -> Self {
        Self(HashMap::new())
    }

    pub(super) fn of(&mut self, values: impl IntoIterator<Item = T>) -> Vec<u32> {
        let number = |value| {
            let next = self.0.len() as u32;
            *self.0.entry(value).or_insert(next)
        };
        values.into_iter().map(number).collect()
    }
}

/// The stretches that two sequences share.
pub(super) fn align(before: &[u32], after: &[u32], budget: &Budget) -> Vec<Block> {
    let mut aligner = Aligner { before, after, budget, blocks: Vec::new() };
    aligner.stretch(0..before.len(), 0..after.len(), 0);
    aligner.blocks
}

/// The gaps between the blocks.
pub(super) fn gaps(blocks: &[Block], before_len: usize, after_len: usize) -> Vec<Gap> {
    let end = Block { before: before_len, after: after_len, len: 0 };
    let mut gaps = Vec::new();
    let (mut before, mut after) = (0, 0);
    for block in blocks.iter().chain([&end]) {
        if before < block.before || after < block.after {
            gaps.push(Gap { before: before..block.before, after: after..block.after });
        }
        (before, after) = (block.before + block.len, block.after + block.len);
    }
    gaps
}

struct Aligner<'s> {
    before: &'s [u32],
    after: &'s [u32],
    budget: &'s Budget,
    blocks: Vec<Block>,
}

impl Aligner<'_> {
    fn stretch(&mut self, mut before: Range<usize>, mut after: Range<usize>, splits: usize) {
        let pairs = self.before[before.clone()].iter().zip(&self.after[after.clone()]);
        let head = pairs.take_while(|(left, right)| left == right).count();
        self.push(before.start, after.start, head);
        before.start += head;
        after.start += head;
        let pairs =
            self.before[before.clone()].iter().rev().zip(self.after[after.clone()].iter().rev());
        let tail = pairs.take_while(|(left, right)| left == right).count();
        before.end -= tail;
        after.end -= tail;
        if !before.is_empty() && !after.is_empty() {
            self.differing(before.clone(), after.clone(), splits);
        }
        self.push(before.end, after.end, tail);
    }

    fn differing(&mut self, before: Range<usize>, after: Range<usize>, splits: usize) {
        let product = before.len() as u64 * after.len() as u64;
        if product <= PRODUCT_DIRECT_MAX && self.budget.take(product) {
            return self.directly(before, after);
        }
        let anchors = if splits < SPLITS_MAX {
            self.anchors(before.clone(), after.clone())
        } else {
            Vec::new()
        };
        if !anchors.is_empty() {
            let (mut left, mut right) = (before.start, after.start);
            for (at_before, at_after) in anchors {
                self.stretch(left..at_before, right..at_after, splits + 1);
                self.push(at_before, at_after, 1);
                (left, right) = (at_before + 1, at_after + 1);
            }
            return self.stretch(left..before.end, right..after.end, splits + 1);
        }
        let is_short = before.len() + after.len() <= LENGTH_MAX;
        // The search abandons a path after about the root of the length, and splits there.
        let steps = (before.len() + after.len()) as u64 * 1024;
        if is_short && self.budget.take(steps.min(product)) {
            return self.directly(before, after);
        }
        self.budget.set_coarse();
    }

    fn directly(&mut self, before: Range<usize>, after: Range<usize>) {
        let (left, right) = (&self.before[before.clone()], &self.after[after.clone()]);
        for op in capture_diff_slices(Algorithm::Myers, left, right) {
            if let DiffOp::Equal { old_index, new_index, len } = op {
                self.push(before.start + old_index, after.start + new_index, len);
            }
        }
    }

    /// Tokens that each side has exactly once, in an order that both agree on.
    fn anchors(&self, before: Range<usize>, after: Range<usize>) -> Vec<(usize, usize)> {
        #[derive(Default)]
        struct Seen {
            before: (u32, usize),
            after: (u32, usize),
        }
        let mut seen: HashMap<u32, Seen> = HashMap::new();
        for at in before.clone() {
            let entry = seen.entry(self.before[at]).or_default();
            entry.before = (entry.before.0 + 1, at);
        }
        for at in after {
            if let Some(entry) = seen.get_mut(&self.after[at]) {
                entry.after = (entry.after.0 + 1, at);
            }
        }
        let unique: Vec<_> = before
            .filter_map(|at| {
                let entry = &seen[&self.before[at]];
                (entry.before.0 == 1 && entry.after.0 == 1).then_some((at, entry.after.1))
            })
            .collect();
        let ranks: Vec<_> = unique.iter().map(|(_, at)| *at).collect();
        longest_ascending(&ranks).into_iter().map(|index| unique[index]).collect()
    }

    fn push(&mut self, before: usize, after: usize, len: usize) {
        if len == 0 {
            return;
        }
        match self.blocks.last_mut() {
            Some(last) if last.before + last.len == before && last.after + last.len == after => {
                last.len += len;
            }
            _ => self.blocks.push(Block { before, after, len }),
        }
    }
}

/// The indexes of a longest strictly ascending subsequence.
pub(super) fn longest_ascending(ranks: &[usize]) -> Vec<usize> {
    // `ends[n]` is the index at which the best subsequence of n + 1 ranks ends.
    let mut ends: Vec<usize> = Vec::new();
    let mut previous = vec![usize::MAX; ranks.len()];
    for (index, rank) in ranks.iter().enumerate() {
        let at = ends.partition_point(|end| ranks[*end] < *rank);
        if at > 0 {
            previous[index] = ends[at - 1];
        }
        if at == ends.len() {
            ends.push(index);
        } else {
            ends[at] = index;
        }
    }
    let mut chosen = Vec::with_capacity(ends.len());
    let mut at = ends.last().copied().unwrap_or(usize::MAX);
    while at != usize::MAX {
        chosen.push(at);
        at = previous[at];
    }
    chosen.reverse();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &str, after: &str, shared: &str) {
        let numbers = |text: &str| text.chars().map(u32::from).collect::<Vec<_>>();
        let (left, right) = (numbers(before), numbers(after));
        let blocks = align(&left, &right, &Budget::new());
        let mut found = Vec::new();
        for block in blocks {
            let stretch = &left[block.before..block.before + block.len];
            assert_eq!(stretch, &right[block.after..block.after + block.len]);
            found.extend_from_slice(stretch);
        }
        assert_eq!(found, numbers(shared), "{before} {after}");
    }

    #[test]
    fn what_is_shared_is_found() {
        check("", "", "");
        check("abc", "", "");
        check("abc", "abc", "abc");
        check("abcdef", "abXdef", "abdef");
        check("abcd", "bcda", "bcd");
    }

    #[test]
    fn long_sequences_are_split_at_what_is_unique() {
        let left: Vec<u32> = (0..50_000).collect();
        let mut right = left.clone();
        right[100] = 1_000_000;
        right[40_000] = 1_000_001;
        let blocks = align(&left, &right, &Budget::new());
        assert_eq!(blocks.iter().map(|block| block.len).sum::<usize>(), 49_998);
    }

    #[test]
    fn sequences_without_anything_unique_are_coarse_past_the_bound() {
        let left: Vec<u32> = (0..400_000).map(|at| at % 7).collect();
        let right: Vec<u32> = (0..400_000).map(|at| at % 5 + at % 3).collect();
        let budget = Budget::new();
        align(&left, &right, &budget);
        assert!(budget.is_coarse());
    }

    #[test]
    fn the_longest_ascent_is_found() {
        assert_eq!(longest_ascending(&[3, 0, 1, 2]), [1, 2, 3]);
        assert_eq!(longest_ascending(&[]), [0; 0]);
        assert_eq!(longest_ascending(&[2, 1, 0]).len(), 1);
    }
}
