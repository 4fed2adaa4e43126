//! A translation together with its source: what is wrong with the document that the two make.
//!
//! Every text that fits its source is put in its place, whether or not its unit is whole yet, so that a translator
//! learns of a mistake as soon as it is made. Mistakes of the source are not the translation's.
//!
//! Invariants:
//! 1. Pointers of violations lead into the translation's own document.
//! 2. A text that does not fit the source today is judged by its address alone, because the text that it was made from
//!    is not available here.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::Translation;
use crate::{
    model::pointer,
    schema::{
        kind::{KindSchema, tree::Marks},
        links::{Link, mentioned},
        role::Role,
        segments::{Address, TextHash, in_place_of, segment_at},
        violation::{Violation, sorted},
    },
};

/// A source whose texts are replaced by those of a translation.
pub struct Applied {
    /// The resulting document.
    pub document: Value,
    /// The translation's texts in it, by JSON pointer.
    addresses: BTreeMap<String, Address>,
}

impl Applied {
    /// What is wrong with the document but not with the source, at the place in the translation that causes it.
    pub fn blame(&self, found: Vec<Violation>, sources: &[Violation]) -> Vec<Violation> {
        let known: HashSet<_> = sources.iter().map(|known| (&*known.pointer, known.code)).collect();
        let own = found.iter().filter(|found| !known.contains(&(&*found.pointer, found.code)));
        let told = own.map(|found| match self.addresses.get(&found.pointer) {
            Some(address) => Violation { pointer: text_pointer(address), ..found.clone() },
            None => {
                let message =
                    format!("{} (at {} of what learners get)", found.message, found.pointer);
                Violation { pointer: self.nearest(&found.pointer), code: found.code, message }
            }
        });
        sorted(told.collect())
    }

    /// The place in the translation that provides a place of the document.
    pub fn place_of(&self, place: &str) -> String {
        self.addresses.get(place).map_or_else(|| self.nearest(place), text_pointer)
    }

    /// The first text of the translation below a place.
    fn nearest(&self, place: &str) -> String {
        let below = self.addresses.range(place.to_owned()..).next();
        let below = below.filter(|(pointer, _)| pointer.starts_with(place));
        below.map_or_else(|| "/segments".to_owned(), |(_, address)| text_pointer(address))
    }
}

/// Where a translation's document holds the text at an address.
pub(in crate::schema) fn text_pointer(address: &Address) -> String {
    let at = pointer::joined("/segments", address.as_str());
    pointer::joined(&at, "text")
}

impl KindSchema {
    /// A source with every text of a translation that fits it in place.
    pub fn applied(&self, source: &Value, translation: &Translation) -> Applied {
        let (mut document, mut addresses) = (source.clone(), BTreeMap::new());
        self.tree.walk_mut(&mut document, Marks::TEXT, &mut |node, value, trail| {
            let Some((address, text)) = segment_at(node, value, trail) else { return };
            if let Some(translated) = translation.fitting(&address, &text) {
                *value = in_place_of(value, translated);
                addresses.insert(trail.pointer(), address);
            }
        });
        Applied { document, addresses }
    }

    /// What a translation has that its source does not: addresses of no text.
    pub fn nowhere<'t>(&self, source: &Value, translation: &'t Translation) -> Vec<&'t Address> {
        let segments = self.segments(source);
        let there: HashSet<&Address> = segments.iter().map(|segment| &segment.address).collect();
        translation
            .segments()
            .map(|(address, _)| address)
            .filter(|at| !there.contains(at))
            .collect()
    }

    /// The texts of a source whose translation was made from an earlier one.
    pub fn stale(&self, source: &Value, translation: &Translation) -> Vec<Address> {
        let segments = self.segments(source).into_iter();
        let is_stale = |address: &Address, text: &str| {
            let translated = translation.get(address);
            translated.is_some_and(|translated| translated.source != TextHash::of(text))
        };
        let stale = segments.filter(|segment| is_stale(&segment.address, &segment.text));
        stale.map(|segment| segment.address).collect()
    }

    /// The entries that the texts of a translation mention; these are what it shows, whatever its source shows.
    pub fn translation_links(&self, translation: &Translation) -> Vec<Link> {
        let mut links = Vec::new();
        for (address, text) in translation.segments() {
            let Some(node) = self.node_at(address) else { continue };
            let pointer = || text_pointer(address);
            links.extend(mentioned(node, &text.text).into_iter().map(|(target, role)| Link {
                target,
                role: if node.hidden { Role::Refers } else { role },
                pointer: pointer(),
            }));
        }
        links
    }
}
