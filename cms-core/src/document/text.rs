//! Texts compared and merged: by lines first, then by words where lines differ.
//!
//! By lines first, because that is how people's edits stay apart in practice, and how line merges of the same text have
//! always come out; by words inside a changed stretch, because one line of prose is a whole paragraph, which two people
//! may well correct in different places.
//!
//! Invariants:
//! 1. What is reported about a change holds all of both texts: what is same or removed makes the one before, what is
//!    same or added the one after.
//! 2. A merge keeps each side's change, or holds both in a conflict.
//! 3. No token of [`super::tokens`] is split or mixed from two sides.
//! 4. A change of line ends is not an edit: it neither conflicts nor keeps anything from merging.
//! 5. What a conflict holds for a side is a stretch of that side's text.

mod line_ends;
mod merge;
mod moves;
mod sentences;
mod weave;
mod words;

use std::ops::Range;

pub(super) use line_ends::{plain_value, same_but_ends};
pub(super) use merge::{TextMerge, merge_texts};
pub(super) use weave::Woven;
pub use weave::{JoinedFrom, JoinedRun};
pub(super) use words::words;
pub use words::{Paragraph, ParagraphKind, Run, RunKind, Words};

use super::{
    align::Numbers,
    part::Part,
    tokens::{self, Dialect},
};

/// A text without annotation is compared by words when it has at least this many bytes, and more than one line or at
/// least this many words: shorter ones are names, formulas or numbers, and are one value.
const PLAIN_SIZE_BYTES_MIN: usize = 40;
const PLAIN_WORDS_MIN: usize = 6;

/// How texts are read when they are compared by words; `None` when each is one value as a whole.
pub(super) fn dialect(part: Part<'_>, texts: &[Option<&str>]) -> Option<Dialect> {
    if part.is_prose() {
        return Some(Dialect::Prose);
    }
    let is_long = |text: &str| {
        let has_words = || text.split_whitespace().nth(PLAIN_WORDS_MIN - 1).is_some();
        text.len() >= PLAIN_SIZE_BYTES_MIN && (text.contains('\n') || has_words())
    };
    texts.iter().flatten().all(|text| is_long(text)).then_some(Dialect::Plain)
}

/// A text with its tokens and lines, numbered.
struct Read<'t> {
    tokens: Vec<&'t str>,
    /// The tokens of each line, as ranges.
    lines: Vec<Range<usize>>,
    /// The number of each line: equal numbers for equal lines.
    numbers: Vec<u32>,
}

/// Reads a text so that its lines can be compared with those of other texts that are read with the same numbers.
fn read<'t>(text: &'t str, dialect: Dialect, numbers: &mut Numbers<&'t str>) -> Read<'t> {
    let tokens = tokens::tokens(text, dialect);
    let lines = tokens::lines(&tokens);
    let mut at = 0;
    let texts = lines.iter().map(|line| {
        let size: usize = tokens[line.clone()].iter().map(|token| token.len()).sum();
        at += size;
        &text[at - size..at]
    });
    let numbers = numbers.of(texts);
    Read { tokens, lines, numbers }
}

impl<'t> Read<'t> {
    /// The tokens of some lines.
    fn tokens_of(&self, lines: Range<usize>) -> &[&'t str] {
        &self.tokens[self.tokens_at(lines)]
    }

    /// The range of tokens that some lines consist of.
    fn tokens_at(&self, lines: Range<usize>) -> Range<usize> {
        let start = self.lines.get(lines.start).map_or(self.tokens.len(), |line| line.start);
        let end = if lines.is_empty() { start } else { self.lines[lines.end - 1].end };
        start..end
    }
}

/// The paragraphs of prose, each with the blank lines after it; a formula is never split.
pub(super) fn paragraphs(text: &str) -> Vec<&str> {
    let tokens = tokens::tokens(text, Dialect::Prose);
    let mut paragraphs = Vec::new();
    let (mut start, mut at) = (0, 0);
    let mut ended = false;
    for line in tokens::lines(&tokens) {
        let is_blank = tokens[line.clone()].iter().all(|token| tokens::is_blank(token));
        if ended && !is_blank {
            paragraphs.push(&text[start..at]);
            start = at;
        }
        ended = is_blank && start < at;
        at += tokens[line].iter().map(|token| token.len()).sum::<usize>();
    }
    if start < at {
        paragraphs.push(&text[start..at]);
    }
    paragraphs
}
