//! The difference of two texts, for people: paragraphs, and words inside those that changed.

use serde::Serialize;

use super::super::{
    align::{Numbers, align, gaps},
    budget::Budget,
    tokens::{self, Dialect},
};

/// The difference of two texts, whole: nothing is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Words {
    /// The paragraphs of both texts, in order.
    pub paragraphs: Vec<Paragraph>,
}

/// A paragraph: the text between line ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Paragraph {
    /// What happened to it.
    pub kind: ParagraphKind,
    /// Its text in pieces; if only the former text has it, its pieces count as removed.
    pub runs: Vec<Run>,
}

/// What happened to a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ParagraphKind {
    /// Both texts have it.
    Same,
    /// Only the new text has it.
    Added,
    /// Only the former text has it.
    Removed,
    /// Some of its words changed.
    Changed,
}

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Run {
    /// Which of the two texts has it.
    pub kind: RunKind,
    /// The piece, with its spaces and line ends.
    pub text: String,
}

/// Which of two texts has a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// Both texts.
    Same,
    /// Only the former text.
    Removed,
    /// Only the new text.
    Added,
}

/// In two stretches at least this share of tokens must be the same, in percent; otherwise each is shown whole: words
/// that two different sentences have in common only confuse.
const LIKENESS_PERCENT_MIN: usize = 30;

/// The difference of two texts.
pub(in super::super) fn words(
    before: &str,
    after: &str,
    dialect: Dialect,
    budget: &Budget,
) -> Words {
    let mut numbers = Numbers::new();
    let [before, after] = [before, after].map(|text| super::read(text, dialect, &mut numbers));
    let mut writer = Writer::default();
    let blocks = align(&before.numbers, &after.numbers, budget);
    let gaps = gaps(&blocks, before.lines.len(), after.lines.len());
    let mut at = 0;
    for gap in gaps {
        writer.add(RunKind::Same, before.tokens_of(at..gap.before.start));
        at = gap.before.end;
        let (removed, added) = (before.tokens_of(gap.before), after.tokens_of(gap.after));
        stretch(removed, added, budget, &mut writer);
    }
    writer.add(RunKind::Same, before.tokens_of(at..before.lines.len()));
    writer.finish()
}

/// A stretch that differs, token by token.
fn stretch(removed: &[&str], added: &[&str], budget: &Budget, writer: &mut Writer) {
    let mut numbers = Numbers::new();
    let before = numbers.of(removed.iter().copied());
    let after = numbers.of(added.iter().copied());
    let mut blocks = align(&before, &after, budget);
    let said = |tokens: &[&str]| tokens.iter().filter(|token| !tokens::is_blank(token)).count();
    let same: usize =
        blocks.iter().map(|block| said(&removed[block.before..block.before + block.len])).sum();
    if 200 * same < LIKENESS_PERCENT_MIN * (said(removed) + said(added)) {
        blocks.clear();
    }
    // A blank between two changes belongs to the changes.
    blocks.retain(|block| {
        let at_edge = block.before == 0 || block.before + block.len == removed.len();
        at_edge || said(&removed[block.before..block.before + block.len]) > 0
    });
    let mut at = 0;
    for gap in gaps(&blocks, removed.len(), added.len()) {
        writer.add(RunKind::Same, &removed[at..gap.before.start]);
        at = gap.before.end;
        writer.add(RunKind::Removed, &removed[gap.before]);
        writer.add(RunKind::Added, &added[gap.after]);
    }
    writer.add(RunKind::Same, &removed[at..]);
}

/// Assembles pieces into paragraphs.
#[derive(Default)]
struct Writer {
    done: Vec<Paragraph>,
    runs: Vec<Run>,
}

impl Writer {
    fn add(&mut self, kind: RunKind, tokens: &[&str]) {
        for token in tokens {
            match self.runs.last_mut() {
                Some(run) if run.kind == kind => run.text.push_str(token),
                _ => self.runs.push(Run { kind, text: (*token).to_owned() }),
            }
            let ends = token.ends_with('\n') && tokens::is_blank(token);
            // A changed paragraph ends where both texts end it, or where only one text has it.
            let is_whole = kind == RunKind::Same || self.runs.iter().all(|run| run.kind == kind);
            if ends && is_whole {
                self.end_paragraph();
            }
        }
    }

    fn end_paragraph(&mut self) {
        let runs = std::mem::take(&mut self.runs);
        let has = |kind| runs.iter().any(|run| run.kind == kind);
        let kind = match (has(RunKind::Same), has(RunKind::Removed), has(RunKind::Added)) {
            (_, false, false) => ParagraphKind::Same,
            (false, true, false) => ParagraphKind::Removed,
            (false, false, true) => ParagraphKind::Added,
            _ => ParagraphKind::Changed,
        };
        self.done.push(Paragraph { kind, runs });
    }

    fn finish(mut self) -> Words {
        if !self.runs.is_empty() {
            self.end_paragraph();
        }
        Words { paragraphs: self.done }
    }
}
