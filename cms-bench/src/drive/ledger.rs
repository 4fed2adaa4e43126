//! What was acknowledged: a unique token for every text that somebody wrote, and where it has to be.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// The prefix of tokens.
const MARK: &str = "tk";

/// The number of a text.
pub(super) type Number = u32;

/// The numbers of all texts in a value.
pub(super) fn numbers(value: &Value) -> BTreeSet<Number> {
    let text = value.to_string();
    let found = text.match_indices(MARK).filter_map(|(at, _)| {
        let digits = text[at + MARK.len()..].split(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse().ok()
    });
    found.collect()
}

/// A text as it is written.
pub(super) fn word(number: Number) -> String {
    format!("{MARK}{number}")
}

/// A text that was acknowledged.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) key: String,
    /// The draft that it was written in.
    pub(super) draft: usize,
    /// Whether it was seen on `main`; from then on it must stay there.
    pub(super) is_on_main: bool,
}

/// All texts, and which of them somebody removed knowingly.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    given: Number,
    pub(super) live: BTreeMap<Number, Token>,
    removed: BTreeSet<Number>,
}

impl Ledger {
    /// A number that was never used before.
    pub(super) fn next(&mut self) -> Number {
        self.given += 1;
        self.given
    }

    /// Notes texts that were acknowledged.
    pub(super) fn add(&mut self, key: &str, draft: usize, numbers: &BTreeSet<Number>) {
        for number in numbers {
            if !self.removed.contains(number) {
                let token = Token { key: key.to_owned(), draft, is_on_main: false };
                self.live.entry(*number).or_insert(token);
            }
        }
    }

    /// Notes that somebody removed texts after having seen them.
    pub(super) fn remove(&mut self, numbers: impl IntoIterator<Item = Number>) {
        for number in numbers {
            self.live.remove(&number);
            self.removed.insert(number);
        }
    }

    /// Those of the texts that were written in an entry and that nobody removed. What a copy has from its original is
    /// not expected there.
    pub(super) fn wanted(&self, key: &str, numbers: &BTreeSet<Number>) -> BTreeSet<Number> {
        let is_wanted =
            |number: &&Number| self.live.get(number).is_some_and(|token| token.key == key);
        numbers.iter().filter(is_wanted).copied().collect()
    }

    /// The texts of an entry.
    pub(super) fn of_key(&self, key: &str) -> Vec<Number> {
        self.live.iter().filter(|(_, token)| token.key == key).map(|(number, _)| *number).collect()
    }

    /// The texts that exist only in a draft.
    pub(super) fn only_in(&self, draft: usize) -> Vec<Number> {
        let only = |token: &Token| token.draft == draft && !token.is_on_main;
        self.live.iter().filter(|(_, token)| only(token)).map(|(number, _)| *number).collect()
    }
}
