//! Placeholders: parts of a text that learners work with, which go into its translation unchanged.
//!
//! `[[☃ numeric-input 1]]` is one. If a translator meant one and wrote it differently (starred, with an extra space, a
//! snowman alone), it shows as it is written and stands for nothing, so it counts as a placeholder that the source does
//! not have.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Translation, judge::text_pointer};
use crate::schema::{
    kind::KindSchema,
    nearest::excerpt,
    segments::is_placeholder,
    violation::{Violation, ViolationCode},
};

const SNOWMAN: char = '☃';
/// Longest text between brackets that may be meant as the name of a widget, in bytes.
const NAME_SIZE_BYTES_MAX: usize = 120;

impl KindSchema {
    /// Texts in which a `[[☃ placeholder]]` was lost, altered, doubled or added.
    pub fn lost_placeholders(&self, source: &Value, translation: &Translation) -> Vec<Violation> {
        let mut violations = Vec::new();
        for segment in self.segments(source) {
            let Some(text) = translation.fitting(&segment.address, &segment.text) else { continue };
            if let Some(message) = wrong(&segment.text, text) {
                let code = ViolationCode::LostPlaceholder;
                violations.push(Violation::new(text_pointer(&segment.address), code, message));
            }
        }
        violations
    }
}

/// What is wrong with the placeholders of a translated text.
fn wrong(source: &str, text: &str) -> Option<String> {
    let (theirs, ours) = (counted(source), counted(text));
    let count = |of: &BTreeMap<&str, usize>, name: &str| of.get(name).copied().unwrap_or_default();
    let mut more = ours.keys().filter(|name| count(&ours, name) > count(&theirs, name));
    let lost = theirs.keys().find(|name| count(&ours, name) < count(&theirs, name));
    let (lost, more) = (lost, more.next().map(|name| (*name, excerpt(name))));
    match (lost, more) {
        (None, None) => None,
        (Some(lost), Some((name, shown))) if !is_placeholder(name) => {
            Some(format!("{lost} of the source is missing, and “{shown}” does not stand for it"))
        }
        (Some(lost), _) if count(&ours, lost) > 0 => {
            Some(format!("{lost} appears fewer times than in the source"))
        }
        (Some(lost), _) => Some(format!("{lost} of the source is missing")),
        (None, Some((name, shown))) if count(&theirs, name) > 0 => {
            Some(format!("{shown} appears more times than in the source"))
        }
        (None, Some((name, shown))) if is_placeholder(name) => {
            Some(format!("{shown} is not in the source"))
        }
        (None, Some((_, shown))) => {
            Some(format!("“{shown}” is not in the source, and stands for nothing"))
        }
    }
}

/// The parts of a text that are placeholders, or are meant as such, with the number of times that each occurs.
fn counted(text: &str) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    let mut rest = text;
    while let Some(at) = rest.find(['[', SNOWMAN]) {
        rest = &rest[at..];
        let size = match bracketed(rest) {
            Some(size) => size,
            None if rest.starts_with(SNOWMAN) => SNOWMAN.len_utf8(),
            None => {
                rest = &rest[1..];
                continue;
            }
        };
        *counts.entry(&rest[..size]).or_default() += 1;
        rest = &rest[size..];
    }
    counts
}

/// The size of what begins here with two brackets and names a widget, or seems to.
fn bracketed(text: &str) -> Option<usize> {
    let inner = text.strip_prefix("[[")?;
    let size = inner.find("]]").filter(|size| *size <= NAME_SIZE_BYTES_MAX)?;
    let inner = &inner[..size];
    let name = inner.trim_matches(|letter: char| !letter.is_alphanumeric());
    let is_named = name.rsplit_once(char::is_whitespace).is_some_and(|(name, number)| {
        let is_letter = |letter: char| letter.is_ascii_alphabetic() || letter == '-';
        number.bytes().all(|digit| digit.is_ascii_digit()) && name.trim().chars().all(is_letter)
    });
    (inner.contains(SNOWMAN) || is_named).then_some(size + 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_altered_doubled_or_added_is_told_and_other_brackets_are_not() {
        let source = "Add [[☃ numeric-input 1]] and [[☃ radio 1]]; $[[1, 2]]$.";
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(wrong(source, text).as_deref(), expected, "{text}");
        };
        check("[[☃ radio 1]], [[☃ numeric-input 1]]: $[[1; 2]]$ [[uno]] [[2]]", None);
        check("[[☃ radio 1]]", Some("[[☃ numeric-input 1]] of the source is missing"));
        let altered = [
            "[[* numeric-input 1]]",
            "[[☃ Numeric-Input 1]]",
            "[[☃numeric-input 1]]",
            "[[ ☃ numeric-input 1 ]]",
            "[[☃ numeric-input 1 ]]",
            "[[numeric-input 1]]",
            "[[☃ entrada 1]]",
        ];
        for altered in altered {
            let is_one = altered == "[[☃ entrada 1]]";
            let and = format!(", and “{altered}” does not stand for it");
            let told = format!(
                "[[☃ numeric-input 1]] of the source is missing{}",
                if is_one { "" } else { &and }
            );
            check(&format!("{altered} [[☃ radio 1]]"), Some(&told));
        }
        let whole = "[[☃ numeric-input 1]] [[☃ radio 1]]";
        check(
            &format!("{whole} [[☃ radio 1]]"),
            Some("[[☃ radio 1]] appears more times than in the source"),
        );
        check(&format!("{whole} [[☃ radio 2]]"), Some("[[☃ radio 2]] is not in the source"));
        for none in ["[[* radio 2]]", "☃", "[[ radio 1]]"] {
            let told = format!("“{none}” is not in the source, and stands for nothing");
            check(&format!("{whole} {none}"), Some(&told));
        }
        assert_eq!(
            wrong("[[☃ radio 1]] [[☃ radio 1]]", "[[☃ radio 1]]").as_deref(),
            Some("[[☃ radio 1]] appears fewer times than in the source")
        );
        assert_eq!(
            wrong("☃ [[* radio 1]]", "[[* radio 1]] ☃"),
            None,
            "what the source has may stay"
        );
    }
}
