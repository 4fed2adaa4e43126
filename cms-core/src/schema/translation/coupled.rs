//! Texts that stand for one another: cards and their right order, labels and the right ones.
//!
//! An engine compares what a learner chose, word for word, with what is stored elsewhere in the element. So texts that
//! are equal in the source have to be equal in its translation.
//!
//! Invariants:
//! 1. A text that waits for its translation is not reported as differing from the others: its unit is not whole, and
//!    nobody gets it.

use std::collections::HashMap;

use serde_json::Value;

use super::{Translation, judge::text_pointer};
use crate::schema::{
    content_engine::ContentEngines,
    kind::{KindSchema, tree::Marks},
    nearest::excerpt,
    segments::{Address, has_words, segment_at},
    violation::{Violation, ViolationCode},
};

impl KindSchema {
    /// The texts of a translation that differ from others although, by an engine, they stand for the same.
    pub fn parted_texts(
        &self,
        source: &Value,
        translation: &Translation,
        engines: &ContentEngines,
    ) -> Vec<Violation> {
        let mut violations = Vec::new();
        let mut addresses: Option<HashMap<String, Address>> = None;
        for place in self.engine_places() {
            let Ok(engine) = place.engine(engines) else { continue };
            for (position, element) in place.elements(source) {
                for group in engine.coupled(&place.form, element) {
                    let addresses = addresses.get_or_insert_with(|| self.addresses_of(source));
                    let at = place.pointer(position);
                    let texts = group.iter().filter_map(|below| {
                        let text = element.pointer(below)?.as_str()?;
                        Some((addresses.get(&format!("{at}{below}")), text))
                    });
                    violations.extend(parted(translation, texts));
                }
            }
        }
        violations
    }

    fn addresses_of(&self, source: &Value) -> HashMap<String, Address> {
        let mut addresses = HashMap::new();
        self.tree.walk(source, Marks::TEXT, &mut |node, value, trail| {
            if let Some((address, _)) = segment_at(node, value, trail) {
                addresses.insert(trail.pointer(), address);
            }
        });
        addresses
    }
}

/// The texts of one group that are translated differently from the first of it.
fn parted<'s>(
    translation: &Translation,
    texts: impl Iterator<Item = (Option<&'s Address>, &'s str)>,
) -> Vec<Violation> {
    let mut first: Option<(Option<&Address>, &str)> = None;
    let mut violations = Vec::new();
    for (address, source) in texts {
        let fitting = address.and_then(|address| translation.fitting(address, source));
        let text = match fitting {
            Some(text) => text,
            None if address.is_some() && has_words(source) => continue,
            None => source,
        };
        let Some((of, expected)) = first else {
            first = Some((address, text));
            continue;
        };
        if text == expected {
            continue;
        }
        // If this one is not translated at all, the first one is.
        let translated = [address.filter(|_| fitting.is_some()), of];
        let Some(blamed) = translated.into_iter().flatten().next() else { continue };
        let message = format!(
            "“{}” appears in several places of this question and is compared word for word, so it needs one translation: here “{}”, elsewhere “{}”",
            excerpt(source),
            excerpt(if fitting.is_some() { text } else { expected }),
            excerpt(if fitting.is_some() { expected } else { text }),
        );
        violations.push(Violation::new(text_pointer(blamed), ViolationCode::PartedTexts, message));
    }
    violations
}
