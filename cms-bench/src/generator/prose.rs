//! Pseudo-random draws, and English-like text made from them.

/// A stream of draws (SplitMix64): small, fast, and the same on every machine.
#[derive(Debug, Clone)]
pub(super) struct Draws(u64);

impl Draws {
    /// The stream of a place: draws of one entry do not change when another's do.
    pub(super) fn of(seed: u64, place: &[u64]) -> Self {
        let mut draws = Self(seed);
        for part in place {
            draws.0 = draws.next() ^ part.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        }
        draws
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is above 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// A number from 0 to 1, with 1 not included.
    pub(super) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }
}

const WORDS: [&str; 162] = [
    "the",
    "a",
    "of",
    "to",
    "and",
    "is",
    "in",
    "that",
    "we",
    "it",
    "you",
    "this",
    "for",
    "are",
    "as",
    "with",
    "on",
    "be",
    "by",
    "from",
    "have",
    "can",
    "or",
    "so",
    "if",
    "how",
    "what",
    "each",
    "two",
    "one",
    "number",
    "numbers",
    "fraction",
    "whole",
    "part",
    "parts",
    "equal",
    "line",
    "point",
    "points",
    "graph",
    "slope",
    "area",
    "angle",
    "triangle",
    "square",
    "circle",
    "side",
    "sides",
    "length",
    "height",
    "width",
    "shape",
    "figure",
    "table",
    "row",
    "column",
    "value",
    "values",
    "variable",
    "equation",
    "expression",
    "function",
    "input",
    "output",
    "sum",
    "difference",
    "product",
    "quotient",
    "factor",
    "multiple",
    "divide",
    "multiply",
    "add",
    "subtract",
    "count",
    "measure",
    "compare",
    "order",
    "greater",
    "less",
    "than",
    "same",
    "different",
    "first",
    "second",
    "third",
    "next",
    "last",
    "left",
    "right",
    "above",
    "below",
    "between",
    "answer",
    "question",
    "problem",
    "solve",
    "solution",
    "step",
    "check",
    "think",
    "draw",
    "write",
    "read",
    "find",
    "show",
    "explain",
    "model",
    "picture",
    "example",
    "rule",
    "pattern",
    "cell",
    "energy",
    "force",
    "mass",
    "speed",
    "time",
    "distance",
    "water",
    "earth",
    "light",
    "heat",
    "plant",
    "animal",
    "gene",
    "protein",
    "atom",
    "bond",
    "charge",
    "current",
    "market",
    "price",
    "supply",
    "demand",
    "cost",
    "income",
    "state",
    "law",
    "war",
    "city",
    "empire",
    "river",
    "trade",
    "king",
    "people",
    "art",
    "paint",
    "music",
    "story",
    "century",
    "idea",
    "work",
    "because",
    "then",
    "when",
    "where",
    "while",
    "every",
    "both",
    "its",
];

/// Text of about `size_bytes` bytes, in sentences.
pub(super) fn text(draws: &mut Draws, size_bytes: usize) -> String {
    let mut out = String::with_capacity(size_bytes + 16);
    let mut words_left = 0;
    while out.len() + 1 < size_bytes {
        let word = word(draws);
        if words_left == 0 {
            words_left = 6 + draws.below(12);
            if !out.is_empty() {
                out.push_str(". ");
            }
            out.push_str(&word[..1].to_uppercase());
            out.push_str(&word[1..]);
        } else {
            out.push(' ');
            out.push_str(word);
        }
        words_left -= 1;
    }
    out.push('.');
    out
}

/// A few words, as in a title.
pub(super) fn title(draws: &mut Draws) -> String {
    let words: Vec<_> = (0..3 + draws.below(4)).map(|_| word(draws)).collect();
    let joined = words.join(" ");
    joined[..1].to_uppercase() + &joined[1..]
}

/// Frequent words come first in the list and occur more often in the text, as in real language.
fn word(draws: &mut Draws) -> &'static str {
    let share = draws.share();
    WORDS[(share * share * WORDS.len() as f64) as usize]
}
