//! Three-way merge of texts.

use super::{
    super::{
        align::{Numbers, align},
        budget::Budget,
        diff3::{Changed, Chunk, Lengths, Touching, chunks},
        tokens::{Dialect, is_blank},
    },
    Read,
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
    [base, ours, theirs]: [&str; 3],
    dialect: Dialect,
    budget: &Budget,
) -> TextMerge {
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
    let said = |tokens: &[&str]| tokens.iter().filter(|token| !is_blank(token)).count();
    let keeps = |blocks: &[super::super::align::Block]| {
        let kept: usize =
            blocks.iter().map(|block| said(&base[block.before..block.before + block.len])).sum();
        100 * kept >= KEPT_PERCENT_MIN * said(base)
    };
    if !keeps(&by_ours) || !keeps(&by_theirs) {
        return None;
    }
    let lengths = Lengths { base: base.len(), ours: ours.len(), theirs: theirs.len() };
    let mut text = String::new();
    for chunk in chunks(lengths, &by_ours, &by_theirs, Touching::IsOne) {
        let (ours, theirs) = (&ours[chunk.ours], &theirs[chunk.theirs]);
        let tokens = match chunk.changed {
            Changed::Nobody | Changed::Ours => ours,
            Changed::Theirs => theirs,
            Changed::Both if ours == theirs => ours,
            Changed::Both => return None,
        };
        tokens.iter().for_each(|token| text.push_str(token));
    }
    Some(text)
}
