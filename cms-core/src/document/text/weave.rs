//! Two sides' changes of one text combined: by lines, and by words where both changed a line.
//!
//! Words of two people are joined only where both can be true together. Nothing here understands a text, so it judges
//! as an editor's eye does: whether the changes are in one sentence, how far apart they are, and whether they touch
//! what other words of the sentence depend on. What would be joined wrongly is a conflict of that sentence; what is
//! joined within one sentence is reported, so that somebody reads it.
//!
//! Invariants:
//! 1. Lines of which only one side changed any, with an unchanged line at both ends, are as that side has them.
//! 2. In lines that both changed, two changes of one sentence are joined only with more than two unchanged words
//!    between them, and not at all if one of them negates, or if both change quantities.
//! 3. A conflict is one of whole sentences, or of whole lines if the sides have too little in common.

mod clash;
mod slide;

use std::ops::Range;

use serde::Serialize;

use self::slide::at_sentences;

use super::{
    super::{
        align::{Block, Numbers, align, gaps},
        budget::Budget,
        diff3::{Changed, Chunk, Touching, chunks},
        sides::Sides,
        tokens::{Dialect, is_blank, words_count},
    },
    Read,
    merge::{Split, Stretch, TextMerge},
    sentences,
};

/// In a stretch that both sides changed, each side must have kept at least this share of the words, in percent;
/// otherwise the stretch is a conflict as a whole: words of two rewritten sentences do not mix.
const KEPT_PERCENT_MIN: usize = 50;

/// A sentence in which changes of both sides were joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Woven {
    pub(in super::super) sides: Sides<String>,
    pub(in super::super) runs: Vec<JoinedRun>,
}

/// A piece of a joined sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JoinedRun {
    /// Who wrote it.
    pub from: JoinedFrom,
    /// The text of the piece; empty where the side removed words.
    pub text: String,
}

/// Who wrote a piece of a joined sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinedFrom {
    /// Nobody changed it, or both did in the same way.
    Both,
    /// We wrote it, or removed what was there.
    Ours,
    /// They wrote it, or removed what was there.
    Theirs,
}

/// Who changed a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    Nobody,
    Ours,
    Theirs,
    /// Both, in the same way.
    Both,
    /// Both, and the changes can't be joined.
    Clash,
    /// Both, and nothing around it must be taken for the same sentence.
    Apart,
}

/// A stretch of tokens, and its position in each text.
#[derive(Debug, Clone)]
struct Piece {
    from: From,
    at: Sides<Range<usize>>,
    /// The stretch of lines that it belongs to.
    chunk: usize,
}

/// Merges by lines and words, in place.
pub(super) fn weave(texts: Sides<&str>, dialect: Dialect, budget: &Budget) -> TextMerge {
    let mut numbers = Numbers::new();
    let reads = texts.map(|text| super::read(text, dialect, &mut numbers));
    let lines = chunks(
        reads.as_ref().map(|read| read.lines.len()),
        &align(&reads.base.numbers, &reads.ours.numbers, budget),
        &align(&reads.base.numbers, &reads.theirs.numbers, budget),
        Touching::IsOne,
    );
    let ends = reads.as_ref().map(|read| sentences::ends(&read.tokens, dialect));
    let mut weaver = Weaver { reads: &reads, ends: &ends, budget, pieces: Vec::new() };
    for number in 0..lines.len() {
        weaver.lines(&lines, number);
    }
    let mut merged = TextMerge::default();
    for sentence in weaver.sentences() {
        weaver.write(&sentence, &mut merged);
    }
    merged
}

struct Weaver<'w, 't> {
    reads: &'w Sides<Read<'t>>,
    ends: &'w Sides<Vec<bool>>,
    budget: &'w Budget,
    pieces: Vec<Piece>,
}

impl<'t> Weaver<'_, 't> {
    fn tokens(&self, at: &Sides<Range<usize>>) -> Sides<&[&'t str]> {
        self.reads.as_ref().zip(at.clone()).map(|(read, at)| &read.tokens[at])
    }

    fn texts(&self, at: &Sides<Range<usize>>) -> Sides<String> {
        self.tokens(at).map(<[&str]>::concat)
    }

    /// Splits one stretch of lines into pieces.
    fn lines(&mut self, lines: &[Chunk], number: usize) {
        let chunk = &lines[number];
        let at = self.reads.as_ref().zip(chunk.at.clone()).map(|(read, at)| read.tokens_at(at));
        let Sides { base, ours, theirs } = self.tokens(&at);
        let from = match chunk.changed {
            Changed::Nobody => From::Nobody,
            Changed::Ours if base == theirs && self.is_beside(lines, number) => {
                let blocks = self.aligned(base, ours);
                return self.words(&at, &blocks, &whole(base), number);
            }
            Changed::Theirs if base == ours && self.is_beside(lines, number) => {
                let blocks = self.aligned(base, theirs);
                return self.words(&at, &whole(base), &blocks, number);
            }
            Changed::Ours => From::Ours,
            Changed::Theirs => From::Theirs,
            Changed::Both if ours == theirs => From::Both,
            // A sentence that one side moved and the other edited or moved elsewhere would appear twice.
            Changed::Both if self.moves_apart(&at) => From::Apart,
            Changed::Both => {
                let [by_ours, by_theirs] = [ours, theirs].map(|side| self.aligned(base, side));
                let keeps = |blocks: &[Block]| {
                    let in_block = |block: &Block| &base[block.before..block.before + block.len];
                    let kept = blocks.iter().map(|block| words_count(in_block(block))).sum();
                    is_enough(kept, words_count(base))
                };
                if keeps(&by_ours) && keeps(&by_theirs) {
                    let stretch = |tokens, ends| slide::Stretch { tokens, ends };
                    let ends = self.ends.as_ref().zip(at.clone()).map(|(ends, at)| &ends[at]);
                    let whole = stretch(base, ends.base);
                    let by_ours = at_sentences(by_ours, whole, stretch(ours, ends.ours));
                    let by_theirs = at_sentences(by_theirs, whole, stretch(theirs, ends.theirs));
                    return self.words(&at, &by_ours, &by_theirs, number);
                }
                From::Apart
            }
        };
        self.pieces.push(Piece { from, at, chunk: number });
    }

    /// Whether lines that one side changed share a sentence with lines that the other side changed.
    fn is_beside(&self, lines: &[Chunk], number: usize) -> bool {
        let changed = lines[number].changed;
        let joins = |between: Option<&Chunk>, other: Option<&Chunk>| {
            let (Some(between), Some(other)) = (between, other) else { return false };
            let at = self.reads.base.tokens_at(between.at.base.clone());
            between.changed == Changed::Nobody
                && !matches!(other.changed, Changed::Nobody)
                && other.changed != changed
                && !self.ends.base[at].contains(&true)
        };
        let [before, far_before] = [1, 2].map(|back| lines.get(number.wrapping_sub(back)));
        joins(lines.get(number + 1), lines.get(number + 2)) || joins(before, far_before)
    }

    /// Whether a side moved a sentence that the other side no longer has unchanged in its old place.
    fn moves_apart(&self, at: &Sides<Range<usize>>) -> bool {
        let mut numbers: Numbers<String> = Numbers::new();
        let ends = self.ends.as_ref().zip(at.clone()).map(|(ends, at)| &ends[at]);
        let Sides { base, ours, theirs } = self.tokens(at).zip(ends).map(|(tokens, ends)| {
            let mut sentences = vec![String::new()];
            for (token, ends) in tokens.iter().zip(ends) {
                sentences.last_mut().expect("there is one").push_str(token);
                if *ends {
                    sentences.push(String::new());
                }
            }
            let said = sentences.iter().map(|sentence| sentence.trim().to_owned());
            numbers.of(said.filter(|sentence| !sentence.is_empty()))
        });
        let [by_ours, by_theirs] = [&ours, &theirs].map(|side| {
            let blocks = align(&base, side, self.budget);
            let gaps = gaps(&blocks, base.len(), side.len());
            let gone: Vec<u32> =
                gaps.iter().flat_map(|gap| &base[gap.before.clone()]).copied().collect();
            let new = gaps.iter().flat_map(|gap| &side[gap.after.clone()]).copied();
            let moved: Vec<u32> = new.filter(|sentence| gone.contains(sentence)).collect();
            (gone, moved)
        });
        let is_elsewhere = |moved: &[u32], gone: &[u32]| moved.iter().any(|one| gone.contains(one));
        is_elsewhere(&by_ours.1, &by_theirs.0) || is_elsewhere(&by_theirs.1, &by_ours.0)
    }

    fn aligned(&self, before: &[&str], after: &[&str]) -> Vec<Block> {
        let mut numbers = Numbers::new();
        let [before, after] = [before, after].map(|tokens| numbers.of(tokens.iter().copied()));
        align(&before, &after, self.budget)
    }

    /// Splits a stretch by words.
    fn words(
        &mut self,
        within: &Sides<Range<usize>>,
        ours: &[Block],
        theirs: &[Block],
        chunk: usize,
    ) {
        let lengths = within.clone().map(|range| range.len());
        for found in chunks(lengths, ours, theirs, Touching::StaysTwo) {
            let at = within
                .clone()
                .zip(found.at)
                .map(|(within, at)| within.start + at.start..within.start + at.end);
            let Sides { base, ours, theirs } = self.tokens(&at);
            let from = match found.changed {
                Changed::Nobody => From::Nobody,
                Changed::Ours => From::Ours,
                Changed::Theirs => From::Theirs,
                Changed::Both if ours == theirs => From::Both,
                Changed::Both => match (left(base, theirs, ours), left(base, ours, theirs)) {
                    (Some(_), None) | (Some(1..), Some(0)) => From::Ours,
                    (None, Some(_)) | (Some(0), Some(1..)) => From::Theirs,
                    // With repeated passages, each side may seem to go further than the other; then neither does.
                    _ => From::Clash,
                },
            };
            self.pieces.push(Piece { from, at, chunk });
        }
    }

    /// The pieces by sentence: cut where all three texts end a sentence within what nobody changed, and after sentences
    /// that are changed as wholes.
    fn sentences(&self) -> Vec<Vec<Piece>> {
        let mut done = Vec::new();
        let mut open: Vec<Piece> = Vec::new();
        for piece in &self.pieces {
            match piece.from {
                From::Apart => {
                    done.push(std::mem::take(&mut open));
                    done.push(vec![piece.clone()]);
                }
                // Equal lines are read differently if what is above them differs, such as a mark that opens code: then
                // only where they begin and end is the same.
                From::Nobody if !self.is_read_alike(piece) => {
                    open.push(piece.clone());
                    done.push(std::mem::take(&mut open));
                }
                From::Nobody => {
                    let part = |from: usize, to: usize| Piece {
                        at: piece.at.clone().map(|at| at.start + from..at.start + to),
                        ..piece.clone()
                    };
                    let mut start = 0;
                    let ends = self.ends.as_ref().zip(piece.at.clone()).map(|(ends, at)| &ends[at]);
                    for offset in 0..piece.at.base.len() {
                        if ends.each().iter().all(|ends| ends[offset]) {
                            open.push(part(start, offset + 1));
                            done.push(std::mem::take(&mut open));
                            start = offset + 1;
                        }
                    }
                    if start < piece.at.base.len() {
                        open.push(part(start, piece.at.base.len()));
                    }
                }
                _ => {
                    let is_first =
                        open.iter().all(|piece| piece.from == From::Nobody && self.is_blank(piece));
                    open.push(piece.clone());
                    if is_first && self.is_sentences(piece) {
                        done.push(std::mem::take(&mut open));
                    }
                }
            }
        }
        done.push(open);
        done
    }

    fn is_read_alike(&self, piece: &Piece) -> bool {
        let Sides { base, ours, theirs } = self.tokens(&piece.at);
        base == ours && base == theirs
    }

    fn is_blank(&self, piece: &Piece) -> bool {
        self.tokens(&piece.at).each().into_iter().flatten().all(|token| is_blank(token))
    }

    /// Whether each text's part of a piece ends where a sentence does.
    fn is_sentences(&self, piece: &Piece) -> bool {
        let ends = self.tokens(&piece.at).zip(self.ends.as_ref().zip(piece.at.clone()));
        ends.each().into_iter().all(|(tokens, (ends, at))| {
            let last = tokens.iter().rposition(|token| !is_blank(token));
            last.is_none_or(|last| ends[at.start + last..at.end].contains(&true))
        })
    }

    /// Whether only blanks changed in a piece.
    fn is_spacing(&self, piece: &Piece) -> bool {
        let said = |tokens: &[&'t str]| {
            let words = tokens.iter().filter(|token| !is_blank(token)).copied();
            words.collect::<Vec<_>>()
        };
        let Sides { base, ours, theirs } = self.tokens(&piece.at).map(said);
        base == ours && base == theirs
    }

    /// Writes a sentence: merged, or as a conflict.
    fn write(&self, sentence: &[Piece], merged: &mut TextMerge) {
        let (Some(first), Some(last)) = (sentence.first(), sentence.last()) else { return };
        let whole = Sides {
            base: first.at.base.start..last.at.base.end,
            ours: first.at.ours.start..last.at.ours.end,
            theirs: first.at.theirs.start..last.at.theirs.end,
        };
        let has =
            |from: From| sentence.iter().any(|piece| piece.from == from && !self.is_spacing(piece));
        let is_of_both = has(From::Ours) && has(From::Theirs);
        if has(From::Apart)
            || sentence.iter().any(|piece| piece.from == From::Clash)
            || (is_of_both && self.clashes(sentence))
        {
            merged.stretches.push(Stretch::Conflict(Split::of(self.texts(&whole))));
            return;
        }
        let mut runs: Vec<JoinedRun> = Vec::new();
        for piece in sentence {
            let Sides { ours, theirs, .. } = self.tokens(&piece.at);
            let (from, taken) = match piece.from {
                From::Theirs => (JoinedFrom::Theirs, theirs),
                From::Ours => (JoinedFrom::Ours, ours),
                _ => (JoinedFrom::Both, ours),
            };
            let text = taken.concat();
            merged.push_merged(&text);
            match runs.last_mut() {
                Some(run) if run.from == from => run.text.push_str(&text),
                _ => runs.push(JoinedRun { from, text }),
            }
        }
        if is_of_both {
            merged.woven.push(Woven { sides: self.texts(&whole), runs });
        }
    }
}

const fn is_enough(kept: usize, words: usize) -> bool {
    100 * kept >= KEPT_PERCENT_MIN * words
}

/// The alignment of tokens with themselves.
fn whole(tokens: &[&str]) -> Vec<Block> {
    vec![Block { before: 0, after: 0, len: tokens.len() }]
}

/// How many tokens one side left as they were, if the other side did all that it did to a stretch, and then changed
/// those before or after it; none if it did not. An insertion that replaced nothing leaves no tokens.
fn left(base: &[&str], one: &[&str], further: &[&str]) -> Option<usize> {
    let same = |(left, right): &(&&str, &&str)| left == right;
    let head = |one: &[&str], two: &[&str]| one.iter().zip(two).take_while(same).count();
    let tail = |one: &[&str], two: &[&str]| {
        one.iter().rev().zip(two.iter().rev()).take_while(same).count()
    };
    // What all three have is not something that a side did.
    let kept = head(base, one).min(head(base, further));
    let (base, one, further) = (&base[kept..], &one[kept..], &further[kept..]);
    let kept = tail(base, one).min(tail(base, further));
    let [base, one, further] = [base, one, further].map(|tokens| &tokens[..tokens.len() - kept]);
    let (head, tail) = (head(one, further), tail(one, further));
    let says = |tokens: &[&str]| words_count(tokens) > 0;
    let (after_head, before_tail) = (&one[head..], &one[..one.len() - tail]);
    let after = says(&one[..head]) && base.ends_with(after_head);
    let before = says(&one[one.len() - tail..]) && base.starts_with(before_tail);
    let after = after.then_some(after_head.len());
    after.max(before.then_some(before_tail.len()))
}
