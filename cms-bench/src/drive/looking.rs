//! What the server says about entries, drafts and `main`, and whether everything that was acknowledged is there.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde_json::Value;

use super::{
    Law, broken,
    ledger::{Number, numbers},
    world::World,
};
use crate::day::person::AUTHORING;

/// An entry as a draft has it.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    /// The document; null for an entry in the trash.
    pub(super) document: Value,
    pub(super) tag: String,
    /// The places in conflict.
    pub(super) conflicts: Vec<Value>,
    /// The texts in all of that.
    pub(super) says: BTreeSet<Number>,
}

/// The texts of entries, by their keys.
pub(super) type Texts = BTreeMap<String, BTreeSet<Number>>;

impl World {
    /// An entry in a draft; empty when the draft has no such entry.
    pub(super) fn seen(&self, draft: usize, key: &str) -> Result<Seen> {
        let path = format!("{}/entries/{key}", self.path(draft));
        let answer = self.get(self.operator(), &path)?;
        if !answer.is_done() {
            return Ok(Seen::default());
        }
        let document = answer.body["document"].clone();
        let conflicts = answer.body["conflicts"].clone();
        let mut says = numbers(&document);
        says.extend(numbers(&conflicts));
        let conflicts = conflicts.as_array().cloned().unwrap_or_default();
        Ok(Seen { document, tag: answer.tag, conflicts, says })
    }

    /// An entry on `main`; null when there is none.
    pub(super) fn on_main(&self, key: &str) -> Result<Value> {
        let answer = self.get(self.operator(), &format!("{AUTHORING}/entries/{key}?at=main"))?;
        Ok(if answer.is_done() { answer.body["document"].clone() } else { Value::Null })
    }

    /// The commit that `main` is at.
    pub(super) fn main_head(&self) -> Result<String> {
        let state = self.get(self.operator(), &format!("{AUTHORING}/states/main"))?;
        Ok(state.body["commit"].as_str().unwrap_or_default().to_owned())
    }

    /// The texts of all entries of a draft.
    pub(super) fn draft_texts(&self, draft: usize) -> Result<Texts> {
        let keys = self.keys.iter();
        keys.map(|key| Ok((key.clone(), self.seen(draft, key)?.says))).collect()
    }

    /// The texts of all entries of `main`.
    pub(super) fn main_texts(&self) -> Result<Texts> {
        let keys = self.keys.iter();
        keys.map(|key| Ok((key.clone(), numbers(&self.on_main(key)?)))).collect()
    }

    /// Checks that what was there is still there, or in the other place.
    pub(super) fn nothing_lost(&self, what: &str, before: &Texts, after: &[&Texts]) -> Result<()> {
        for (key, texts) in before {
            let mut lost = self.ledger.wanted(key, texts);
            for place in after {
                lost.retain(|number| !place.get(key).is_some_and(|says| says.contains(number)));
            }
            if !lost.is_empty() {
                return broken(Law::NothingLost, format!("{what}: {key} lost {lost:?}"));
            }
        }
        Ok(())
    }

    /// Notes that what vanished from entries was removed on purpose.
    pub(super) fn taken_away(&mut self, before: &Texts, after: &Texts) {
        for (key, texts) in before {
            let left = after.get(key).cloned().unwrap_or_default();
            self.ledger.remove(texts.difference(&left).copied().collect::<Vec<_>>());
        }
    }

    /// Checks for every acknowledged text: on `main` if it was ever there, otherwise in its draft.
    pub(super) fn check_texts(&mut self) -> Result<()> {
        let on_main = self.main_texts()?;
        let mut in_drafts = BTreeMap::new();
        for draft in self.open_drafts() {
            in_drafts.insert(draft, self.draft_texts(draft)?);
        }
        let has = |texts: Option<&Texts>, key: &str, number: &Number| {
            texts.and_then(|texts| texts.get(key)).is_some_and(|says| says.contains(number))
        };
        let mut lost = Vec::new();
        for (number, token) in &mut self.ledger.live {
            if has(Some(&on_main), &token.key, number) {
                token.is_on_main = true;
            } else if token.is_on_main {
                lost.push(format!("{number} of {} was on main", token.key));
            } else if !has(in_drafts.get(&token.draft), &token.key, number) {
                lost.push(format!("{number} of {} in draft {}", token.key, token.draft));
            }
        }
        if lost.is_empty() {
            return Ok(());
        }
        broken(Law::NothingLost, lost.join("; "))
    }
}
