//! Trails: how to get back from a working copy to its earlier texts, so that a save that comes too late is joined on
//! the base of what its writer had read, and not of what was committed last.
//!
//! A step holds the one stretch in which two successive texts differ, which is a few bytes for what is typed between
//! two saves. A trail is bounded; a text that fell off its end is reported as forgotten.

use serde::{Deserialize, Serialize};

/// Most steps of a trail: about eight minutes of another person's typing, saved every second.
const STEPS_MAX: usize = 512;
/// Most bytes of the texts of a trail together.
const TEXT_SIZE_BYTES_MAX: usize = 32 << 10;

/// Earlier texts of a document, as canonical JSON; the empty text stands for no document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::repo) struct Trail(Vec<Step>);

/// How to get back from a text to the one before it; its fields are in the order of canonical JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Step {
    /// Where the two texts begin to differ, in bytes.
    #[serde(rename = "a")]
    at: usize,
    /// How many bytes to cut there.
    #[serde(rename = "c")]
    cut: usize,
    /// The text to insert there.
    #[serde(rename = "p")]
    put: String,
    /// The version of the text that it leads to.
    #[serde(rename = "v")]
    version: u64,
}

impl Trail {
    pub(in crate::repo) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The trail of the text `now`, made of the trail of the text `before`, which had this version.
    pub(in crate::repo) fn lengthened(mut self, version: u64, before: &str, now: &str) -> Self {
        self.0.insert(0, Step::back(version, before, now));
        self.0.truncate(STEPS_MAX);
        let mut size_bytes = 0;
        let kept = self.0.iter().take_while(|step| {
            size_bytes += step.put.len();
            size_bytes <= TEXT_SIZE_BYTES_MAX
        });
        let kept = kept.count();
        self.0.truncate(kept);
        self
    }

    /// The text of a version, reached from the text that the trail belongs to; `None` when it is forgotten.
    pub(in crate::repo) fn text_of(&self, now: &str, version: u64) -> Option<String> {
        let mut text = now.to_owned();
        for step in &self.0 {
            let end = step.at.checked_add(step.cut)?;
            text.get(step.at..end)?;
            text.replace_range(step.at..end, &step.put);
            if step.version == version {
                return Some(text);
            }
        }
        None
    }
}

impl Step {
    fn back(version: u64, before: &str, now: &str) -> Self {
        let same = before.bytes().zip(now.bytes()).take_while(|(a, b)| a == b).count();
        let at = before.floor_char_boundary(same).min(now.floor_char_boundary(same));
        let (left, right) = (&before.as_bytes()[at..], &now.as_bytes()[at..]);
        let ending = left.iter().rev().zip(right.iter().rev()).take_while(|(a, b)| a == b).count();
        // The texts end with the same bytes, so a character boundary there in one is a boundary in the other.
        let end = before.ceil_char_boundary(before.len() - ending);
        let ending = before.len() - end;
        Self { version, at, cut: now.len() - ending - at, put: before[at..end].to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_text_that_was_saved_is_found_again(texts in prop::collection::vec("[aé日x]{0,12}", 1..20)) {
            let mut trail = Trail::default();
            for (number, pair) in texts.windows(2).enumerate() {
                trail = trail.lengthened(number as u64, &pair[0], &pair[1]);
            }
            let now = texts.last().unwrap();
            for (number, text) in texts[..texts.len() - 1].iter().enumerate() {
                let found = trail.text_of(now, number as u64);
                prop_assert_eq!(found.as_ref(), Some(text));
            }
            prop_assert_eq!(trail.text_of(now, 99), None);
        }
    }

    #[test]
    fn a_trail_has_an_end() {
        let mut trail = Trail::default();
        let text = |number: usize| format!("{number:->9000}");
        for number in 0..10 {
            trail = trail.lengthened(number as u64, &text(number), &text(number + 1));
        }
        assert_eq!(trail.text_of(&text(10), 9), Some(text(9)), "what differs is small");
        for number in 0..10 {
            let (before, now) = ("a".repeat(9000 + number), "b".repeat(9000 + number));
            trail = trail.lengthened(100 + number as u64, &before, &now);
        }
        assert_eq!(trail.text_of(&"b".repeat(9009), 109), Some("a".repeat(9009)));
        assert_eq!(trail.text_of(&text(10), 9), None, "it is forgotten");
    }
}
