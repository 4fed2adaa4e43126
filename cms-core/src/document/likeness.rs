//! How alike two values are, for elements that nothing names: an element that was edited should be recognised as the
//! same one.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use super::{budget::Budget, tokens};

/// At most this many words of a value are compared.
const WORDS_MAX: usize = 400;
/// Largest table of pairs that is searched for the best ones.
pub(super) const PAIRS_MAX: usize = 1 << 12;

/// The words of a value with their positions, as numbers, sorted.
#[derive(Debug)]
pub(super) struct Bag(Vec<u64>);

impl Bag {
    pub(super) fn of(value: &Value) -> Self {
        let mut words = Vec::new();
        collect(value, 0, &mut words);
        words.sort_unstable();
        Self(words)
    }

    /// The share of words that both have, in percent.
    pub(super) fn percent_like(&self, other: &Self) -> usize {
        let total = self.0.len() + other.0.len();
        if total == 0 {
            return 100;
        }
        let (mut left, mut right, mut same) = (0, 0, 0);
        while let (Some(one), Some(two)) = (self.0.get(left), other.0.get(right)) {
            same += usize::from(one == two);
            let (next_left, next_right) = (usize::from(one <= two), usize::from(two <= one));
            left += next_left;
            right += next_right;
        }
        200 * same / total
    }
}

fn collect(value: &Value, place: u64, words: &mut Vec<u64>) {
    if words.len() >= WORDS_MAX {
        return;
    }
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                collect(value, number(&(place, name)), words);
            }
        }
        Value::Array(elements) => {
            for element in elements {
                collect(element, number(&(place, "[]")), words);
            }
        }
        Value::String(text) => {
            let start = text.floor_char_boundary(16 * WORDS_MAX);
            let tokens = tokens::tokens(&text[..start], tokens::Dialect::Plain);
            let said = tokens.into_iter().filter(|token| !tokens::is_blank(token));
            words.extend(said.take(WORDS_MAX - words.len()).map(|token| number(&(place, token))));
        }
        scalar => words.push(number(&(place, scalar))),
    }
}

/// A number that is the same in every run: this hasher has no random key.
fn number(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// Pairs of elements that are at least this alike, in the order of both lists, with the greatest total likeness.
pub(super) fn pairs_in_order(
    before: &[&Value],
    after: &[&Value],
    percent_min: usize,
    budget: &Budget,
) -> Vec<(usize, usize)> {
    let product = before.len() * after.len();
    // Beyond its cells, a table costs the bags, which hold a few hundred words each.
    if product == 0 || product > PAIRS_MAX || !budget.take(64 * product as u64) {
        return Vec::new();
    }
    let bags = |values: &[&Value]| values.iter().map(|value| Bag::of(value)).collect::<Vec<_>>();
    let (lefts, rights) = (bags(before), bags(after));
    let width = rights.len() + 1;
    // `best[i][j]` is the best total for the elements from i and j on.
    let mut best = vec![0_usize; (lefts.len() + 1) * width];
    let like = |left: usize, right: usize| {
        let percent = lefts[left].percent_like(&rights[right]);
        let same_kind =
            std::mem::discriminant(before[left]) == std::mem::discriminant(after[right]);
        if same_kind && percent >= percent_min { percent + 1 } else { 0 }
    };
    let likes: Vec<usize> =
        (0..product).map(|at| like(at / rights.len(), at % rights.len())).collect();
    for left in (0..lefts.len()).rev() {
        for right in (0..rights.len()).rev() {
            let like = likes[left * rights.len() + right];
            let paired = if like > 0 { like + best[(left + 1) * width + right + 1] } else { 0 };
            best[left * width + right] =
                paired.max(best[(left + 1) * width + right]).max(best[left * width + right + 1]);
        }
    }
    let mut pairs = Vec::new();
    let (mut left, mut right) = (0, 0);
    while left < lefts.len() && right < rights.len() {
        let here = best[left * width + right];
        let like = likes[left * rights.len() + right];
        if like > 0 && here == like + best[(left + 1) * width + right + 1] {
            pairs.push((left, right));
            (left, right) = (left + 1, right + 1);
        } else if here == best[(left + 1) * width + right] {
            left += 1;
        } else {
            right += 1;
        }
    }
    pairs
}

/// Pairs of elements that are at least this alike, wherever they stand, the most alike first.
pub(super) fn pairs_anywhere(
    before: &[&Value],
    after: &[&Value],
    percent_min: usize,
    budget: &Budget,
) -> Vec<(usize, usize)> {
    let product = before.len() * after.len();
    if product == 0 || product > PAIRS_MAX || !budget.take(64 * product as u64) {
        return Vec::new();
    }
    let bags = |values: &[&Value]| values.iter().map(|value| Bag::of(value)).collect::<Vec<_>>();
    let (lefts, rights) = (bags(before), bags(after));
    let mut likes = Vec::new();
    for (left, one) in lefts.iter().enumerate() {
        for (right, two) in rights.iter().enumerate() {
            let percent = one.percent_like(two);
            let same_kind =
                std::mem::discriminant(before[left]) == std::mem::discriminant(after[right]);
            // A value without words is not like anything.
            if same_kind && !one.0.is_empty() && percent >= percent_min {
                likes.push((percent, left, right));
            }
        }
    }
    likes.sort_by_key(|(percent, left, right)| (std::cmp::Reverse(*percent), *left, *right));
    let (mut free_left, mut free_right) = (vec![true; lefts.len()], vec![true; rights.len()]);
    let mut pairs = Vec::new();
    for (_, left, right) in likes {
        if free_left[left] && free_right[right] {
            (free_left[left], free_right[right]) = (false, false);
            pairs.push((left, right));
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn percent(left: &Value, right: &Value) -> usize {
        Bag::of(left).percent_like(&Bag::of(right))
    }

    #[test]
    fn an_edited_element_is_like_itself() {
        let before = json!({"content": "Add the numerators of both fractions.", "replace": false});
        let after = json!({"content": "Add the numerators of all fractions.", "replace": false});
        assert!(percent(&before, &after) > 80);
        assert_eq!(percent(&before, &before), 100);
        assert!(percent(&before, &json!({"content": "Multiply.", "replace": false})) < 50);
    }

    #[test]
    fn pairs_keep_the_order() {
        let (a, b, c) = (json!("one two three"), json!("four five six"), json!("seven eight"));
        let b2 = json!("four five 6");
        let found = pairs_in_order(&[&a, &b], &[&c, &b2], 50, &Budget::new());
        assert_eq!(found, [(1, 1)]);
        let found = pairs_anywhere(&[&a, &b], &[&b2, &a], 50, &Budget::new());
        assert_eq!(found, [(0, 1), (1, 0)]);
    }
}
