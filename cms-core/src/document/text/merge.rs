//! Three-way merge of texts.

use super::{
    super::{
        align::{Block, Numbers, align},
        budget::Budget,
        diff3::{Changed, Chunk, Lengths, Touching, chunks},
        tokens::{Dialect, is_blank, words_count},
    },
    Read,
    line_ends::{self, LineEnds},
};

/// Of a stretch that both sides changed, each side has kept at least this share of the words, in
/// percent, or it is a conflict as a whole: words of two sentences that were written anew do not mix.
const KEPT_PERCENT_MIN: usize = 50;

/// A merged text: the stretches in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct TextMerge {
    stretches: Vec<Stretch>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Stretch {
    Merged(String),
    Conflict { base: String, ours: String, theirs: String },
}

impl TextMerge {
    /// The same with other line ends.
    fn with(self, ends: LineEnds) -> Self {
        let stretch = |stretch| match stretch {
            Stretch::Merged(text) => Stretch::Merged(ends.put(text)),
            Stretch::Conflict { base, ours, theirs } => Stretch::Conflict {
                base: ends.put(base),
                ours: ends.put(ours),
                theirs: ends.put(theirs),
            },
        };
        Self { stretches: self.stretches.into_iter().map(stretch).collect() }
    }

    /// The text, when nothing in it conflicts.
    pub(in super::super) fn merged(&self) -> Option<String> {
        let whole = self.stretches.iter().map(|stretch| match stretch {
            Stretch::Merged(text) => Some(text.as_str()),
            Stretch::Conflict { .. } => None,
        });
        whole.collect()
    }

    /// The text as base, ours or theirs would have it where the sides conflict; what does not
    /// conflict is merged in all three.
    pub(in super::super) fn terms(&self) -> [String; 3] {
        let mut terms = [String::new(), String::new(), String::new()];
        for stretch in &self.stretches {
            let texts = match stretch {
                Stretch::Merged(text) => [text, text, text],
                Stretch::Conflict { base, ours, theirs } => [base, ours, theirs],
            };
            terms.iter_mut().zip(texts).for_each(|(term, text)| term.push_str(text));
        }
        terms
    }

    /// The text with both sides' words where they conflict, ours first.
    pub(in super::super) fn both(&self) -> String {
        let mut whole = String::new();
        for stretch in &self.stretches {
            match stretch {
                Stretch::Merged(text) => whole.push_str(text),
                Stretch::Conflict { ours, theirs, .. } => {
                    whole.push_str(ours);
                    if !ours.is_empty() && !theirs.is_empty() && !ours.ends_with('\n') {
                        whole.push('\n');
                    }
                    whole.push_str(theirs);
                }
            }
        }
        whole
    }
}

/// Merges what two sides made of a text.
pub(in super::super) fn merge_texts(
    terms: [&str; 3],
    dialect: Dialect,
    budget: &Budget,
) -> TextMerge {
    let merged = match LineEnds::merged(terms) {
        None => merge_lines(terms, dialect, budget),
        Some(ends) => {
            let [base, ours, theirs] = terms.map(line_ends::plain);
            merge_lines([&base, &ours, &theirs], dialect, budget).with(ends)
        }
    };
    // One line of what is no prose may be code: there, edits that only stand apart may still contradict
    // each other, and merge only when one side did all that the other did.
    let is_line = dialect == Dialect::Plain && terms.iter().any(|text| !text.contains('\n'));
    match merged.merged() {
        Some(text) if is_line && text != terms[1] && text != terms[2] => {
            let [base, ours, theirs] = terms.map(str::to_owned);
            TextMerge { stretches: vec![Stretch::Conflict { base, ours, theirs }] }
        }
        _ => merged,
    }
}

fn merge_lines([base, ours, theirs]: [&str; 3], dialect: Dialect, budget: &Budget) -> TextMerge {
    let [base, ours, theirs] = super::read([base, ours, theirs], dialect);
    let lengths =
        Lengths { base: base.lines.len(), ours: ours.lines.len(), theirs: theirs.lines.len() };
    let found = chunks(
        lengths,
        &align(&base.numbers, &ours.numbers, budget),
        &align(&base.numbers, &theirs.numbers, budget),
        Touching::IsOne,
    );
    let stretch = |chunk: &Chunk| stretch([&base, &ours, &theirs], chunk, budget);
    TextMerge { stretches: found.iter().map(stretch).collect() }
}

/// A stretch of lines; by words where both sides changed it.
fn stretch([base, ours, theirs]: [&Read<'_>; 3], chunk: &Chunk, budget: &Budget) -> Stretch {
    let in_base = base.tokens_of(chunk.base.clone());
    let in_ours = ours.tokens_of(chunk.ours.clone());
    let in_theirs = theirs.tokens_of(chunk.theirs.clone());
    match chunk.changed {
        Changed::Nobody | Changed::Ours => return Stretch::Merged(in_ours.concat()),
        Changed::Theirs => return Stretch::Merged(in_theirs.concat()),
        Changed::Both if in_ours == in_theirs => return Stretch::Merged(in_ours.concat()),
        Changed::Both => {}
    }
    match merge_tokens([in_base, in_ours, in_theirs], budget) {
        Some(text) => Stretch::Merged(text),
        None => Stretch::Conflict {
            base: in_base.concat(),
            ours: in_ours.concat(),
            theirs: in_theirs.concat(),
        },
    }
}

fn merge_tokens([base, ours, theirs]: [&[&str]; 3], budget: &Budget) -> Option<String> {
    let mut numbers = Numbers::new();
    let terms = [base, ours, theirs].map(|tokens| numbers.of(tokens.iter().copied()));
    let by_ours = align(&terms[0], &terms[1], budget);
    let by_theirs = align(&terms[0], &terms[2], budget);
    let keeps = |blocks: &[Block]| {
        let in_block = |block: &Block| &base[block.before..block.before + block.len];
        let kept: usize = blocks.iter().map(|block| words_count(in_block(block))).sum();
        100 * kept >= KEPT_PERCENT_MIN * words_count(base)
    };
    if !keeps(&by_ours) || !keeps(&by_theirs) {
        return None;
    }
    let lengths = Lengths { base: base.len(), ours: ours.len(), theirs: theirs.len() };
    let mut text = String::new();
    for chunk in chunks(lengths, &by_ours, &by_theirs, Touching::StaysTwo) {
        let (base, ours, theirs) = (&base[chunk.base], &ours[chunk.ours], &theirs[chunk.theirs]);
        let tokens = match chunk.changed {
            Changed::Nobody | Changed::Ours => ours,
            Changed::Theirs => theirs,
            Changed::Both if goes_further(base, ours, theirs) => theirs,
            Changed::Both if goes_further(base, theirs, ours) => ours,
            Changed::Both => return None,
        };
        tokens.iter().for_each(|token| text.push_str(token));
    }
    Some(text)
}

/// Whether one side did all that the other did to a stretch, and then changed what the other left as it
/// was before or after it.
fn goes_further(base: &[&str], one: &[&str], further: &[&str]) -> bool {
    if one == further {
        return true;
    }
    let same = |(left, right): &(&&str, &&str)| left == right;
    let head = one.iter().zip(further).take_while(same).count();
    let tail = one.iter().rev().zip(further.iter().rev()).take_while(same).count();
    let has_word = |tokens: &[&str]| tokens.iter().any(|token| !is_blank(token));
    let (after_head, before_tail) = (&one[head..], &one[..one.len() - tail]);
    (has_word(&one[..head]) && base.ends_with(after_head))
        || (has_word(&one[one.len() - tail..]) && base.starts_with(before_tail))
}
