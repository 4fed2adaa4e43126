//! Reading and saving: with the current tag, with one that was kept, and over conflicts.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::{Value, json};

use super::{
    Law, broken, course,
    ledger::{Number, numbers, word},
    looking::Seen,
    world::{About, Count, Read, World},
};
use crate::day::dice::Dice;

/// How many tags are kept.
const READS_MAX: usize = 12;
/// A late save is joined and saved again at most this many times; nobody else writes meanwhile.
const SAVES_MAX: usize = 2;

impl World {
    /// Reads an entry, and remembers what was read.
    pub(super) fn read(&mut self, dice: &mut Dice) -> Result<Count> {
        let (Some(draft), key) = (self.draft(dice), self.key(dice)) else {
            return Ok(Count::Idle);
        };
        let Seen { document, tag, .. } = self.seen(draft, &key)?;
        if document.is_null() {
            return Ok(Count::Idle);
        }
        if self.reads.len() == READS_MAX {
            self.reads.remove(0);
        }
        self.reads.push(Read { draft, key, tag, document });
        Ok(Count::Done)
    }

    /// Reads an entry, changes a field, and saves the whole.
    pub(super) fn save_fresh(&mut self, dice: &mut Dice) -> Result<Count> {
        let (Some(draft), key) = (self.draft(dice), self.key(dice)) else {
            return Ok(Count::Idle);
        };
        let Seen { document, tag, .. } = self.seen(draft, &key)?;
        if document.is_null() {
            return Ok(Count::Idle);
        }
        let who = self.writer(dice);
        let text = self.edited(&document, dice);
        self.save(who, &Read { draft, key, tag, document }, text, &[])
    }

    /// Saves over something that was read some time ago.
    pub(super) fn save_late(&mut self, dice: &mut Dice) -> Result<Count> {
        self.reads.retain(|read| self.drafts[read.draft].is_open);
        if self.reads.is_empty() {
            return Ok(Count::Idle);
        }
        let read = self.reads.remove(dice.below(self.reads.len()));
        let who = self.writer(dice);
        let text = self.edited(&read.document, dice);
        self.save(who, &read, text, &[])
    }

    /// Saves a text that decides one of the places in conflict.
    pub(super) fn save_settling(&mut self, dice: &mut Dice) -> Result<Count> {
        let Some(draft) = self.draft(dice) else { return Ok(Count::Idle) };
        for key in self.keys.clone() {
            let Seen { document, tag, conflicts, .. } = self.seen(draft, &key)?;
            if conflicts.is_empty() || document.is_null() {
                continue;
            }
            let place = &conflicts[dice.below(conflicts.len())];
            let who = self.writer(dice);
            let text = self.edited(&document, dice);
            return self.save(who, &Read { draft, key, tag, document }, text, &[place]);
        }
        Ok(Count::Idle)
    }

    /// Drops a working copy, which the person who drops it has seen.
    pub(super) fn drop_working(&mut self, dice: &mut Dice) -> Result<Count> {
        let (Some(draft), key) = (self.draft(dice), self.key(dice)) else {
            return Ok(Count::Idle);
        };
        let before = self.seen(draft, &key)?;
        if before.tag.is_empty() {
            return Ok(Count::Idle);
        }
        let (who, path) = (self.writer(dice), self.path(draft));
        let path = format!("{path}/entries/{key}/working");
        let about = About { draft: Some(draft), key: Some(&key) };
        let tag = [("if-match", &*before.tag)];
        let answer = self.change(who, about, ("DELETE", &path), &tag, &Value::Null)?;
        if answer.is_done() {
            let after = self.seen(draft, &key)?;
            self.ledger.remove(before.says.difference(&after.says).copied().collect::<Vec<_>>());
        }
        Ok(Count::of(&answer))
    }

    /// Puts an entry into the trash as a working copy, over what is there.
    pub(super) fn save_trash(&mut self, dice: &mut Dice) -> Result<Count> {
        let Some(draft) = self.draft(dice) else { return Ok(Count::Idle) };
        let key = course::LEAVES[dice.below(course::LEAVES.len())];
        let before = self.seen(draft, key)?;
        if before.document.is_null() {
            return Ok(Count::Idle);
        }
        let (who, path) = (self.writer(dice), self.path(draft));
        let path = format!("{path}/entries/{key}");
        let about = About { draft: Some(draft), key: Some(key) };
        let tag = [("if-match", &*before.tag)];
        let answer = self.change(who, about, ("DELETE", &path), &tag, &Value::Null)?;
        if answer.is_done() {
            self.ledger.remove(self.ledger.of_key(key));
        }
        Ok(Count::of(&answer))
    }

    /// Changes a text, with a unique token in it.
    fn edited(&mut self, document: &Value, dice: &mut Dice) -> Value {
        // Each token is in one place only, so that removing it there removes it.
        let number = self.ledger.next();
        let mark = word(number);
        let mut text = document.clone();
        let description = document["description"].as_str().unwrap_or_default();
        let sections = document["sections"].as_array().map_or(0, Vec::len);
        match dice.below(20) {
            0 => text["title"] = "".into(),
            1 | 2 => text["title"] = format!("Title {mark}").into(),
            3..=5 => text["description"] = format!("First {mark} stands. {description}").into(),
            6..=8 => text["description"] = with_word(description, &mark, dice).into(),
            9..=13 if sections > 0 => {
                let section = &mut text["sections"][dice.below(sections)];
                let content = section["content"].as_str().unwrap_or_default();
                section["content"] = format!("{content}\n\nA paragraph {mark}.").into();
            }
            14 | 15 if sections > 0 => {
                let section = json!({
                    "id": format!("n{number}"), "content": format!("New {mark}."),
                    "images": {}, "widgets": {},
                });
                if let Some(all) = text["sections"].as_array_mut() {
                    all.insert(dice.below(sections + 1), section);
                }
            }
            16 => text["description"] = format!("Only {mark} is left.").into(),
            _ => text["description"] = format!("{description} Also {mark} stands here.").into(),
        }
        if text["title"] == "" && dice.below(2) == 0 {
            text["title"] = format!("Named {}", word(self.ledger.next())).into();
        }
        text
    }

    /// Saves, and accepts what a refusal joined; checks that what the server acknowledged is there.
    fn save(&mut self, who: usize, read: &Read, text: Value, settles: &[&Value]) -> Result<Count> {
        let (mut read, mut text) = (read.clone(), text);
        for number in 0..SAVES_MAX {
            let before = self.seen(read.draft, &read.key)?;
            let mut path = format!("{}/entries/{}", self.path(read.draft), read.key);
            let pointers = settles.iter().filter_map(|place| place["pointer"].as_str());
            for (at, pointer) in pointers.enumerate() {
                let mark = if at == 0 { '?' } else { '&' };
                path.push_str(&format!("{mark}settles={}", escaped(pointer)));
            }
            let about = About { draft: Some(read.draft), key: Some(&read.key) };
            let tag = [("if-match", &*read.tag)];
            let answer = self.change(who, about, ("PUT", &path), &tag, &text)?;
            if answer.is_done() {
                self.saved(&read, &text, settles, &before)?;
                return Ok(Count::Done);
            }
            if answer.status != 412 || number + 1 == SAVES_MAX {
                return Ok(Count::Refused);
            }
            let told = answer.body;
            late(&read, &text, &told)?;
            let theirs = told["theirs"].clone();
            let is_joined = told["conflicts"].as_array().is_some_and(Vec::is_empty);
            if theirs.is_null() {
                return Ok(Count::Refused);
            }
            text = match &told["merged"] {
                merged @ Value::Object(_) if is_joined => merged.clone(),
                _ => {
                    let mut text = theirs.clone();
                    let mark = word(self.ledger.next());
                    let description = text["description"].as_str().unwrap_or_default();
                    text["description"] = format!("{description} Late {mark} is here.").into();
                    text
                }
            };
            read.tag = told["current_tag"].as_str().unwrap_or_default().to_owned();
            read.document = theirs;
        }
        Ok(Count::Refused)
    }

    /// Checks after an acknowledged save: its texts are there, and nothing is gone that its writer had not seen.
    fn saved(
        &mut self,
        read: &Read,
        text: &Value,
        settles: &[&Value],
        before: &Seen,
    ) -> Result<()> {
        let after = self.seen(read.draft, &read.key)?;
        let (known, written) = (numbers(&read.document), numbers(text));
        let decided: BTreeSet<Number> = settles.iter().flat_map(|place| numbers(place)).collect();
        self.ledger.remove(
            known
                .union(&decided)
                .filter(|number| !written.contains(number))
                .copied()
                .collect::<Vec<_>>(),
        );
        let new: BTreeSet<Number> = written.difference(&known).copied().collect();
        self.ledger.add(&read.key, read.draft, &new);
        let must: BTreeSet<Number> = before.says.union(&new).copied().collect();
        let mut lost = self.ledger.wanted(&read.key, &must);
        lost.retain(|number| !after.says.contains(number));
        if !lost.is_empty() {
            let words = format!("a save of {} lost {lost:?}: {}", read.key, after.document);
            return broken(Law::NothingLost, words);
        }
        if settles.is_empty() && !before.conflicts.is_empty() && after.conflicts.is_empty() {
            let words = format!("a save of {} settled its conflicts by the way", read.key);
            return broken(Law::NothingLost, words);
        }
        Ok(())
    }
}

/// Checks the refusal of a late save: its base is what the writer had read, and what it joined has what either side
/// wrote and nothing that one of them removed.
fn late(read: &Read, text: &Value, told: &Value) -> Result<()> {
    let is_base_known = told["is_base_known"] != false;
    if is_base_known && told["base"] != read.document {
        let words = format!("read {}, got as base {}", read.document, told["base"]);
        return broken(Law::LateSavesAreJoined, words);
    }
    let is_joined = told["conflicts"].as_array().is_some_and(Vec::is_empty);
    if !is_joined || !told["merged"].is_object() || told["theirs"].is_null() {
        return Ok(());
    }
    let (base, yours) = (numbers(&read.document), numbers(text));
    let (theirs, merged) = (numbers(&told["theirs"]), numbers(&told["merged"]));
    let stays = |number: &Number| {
        !base.contains(number) || (yours.contains(number) && theirs.contains(number))
    };
    let wanted: BTreeSet<Number> =
        yours.union(&theirs).filter(|number| stays(number)).copied().collect();
    let lost: Vec<_> = wanted.difference(&merged).collect();
    let back: Vec<_> = merged.difference(&wanted).collect();
    if lost.is_empty() && back.is_empty() {
        return Ok(());
    }
    let words = format!("{} joined: {lost:?} lost, {back:?} are back: {told}", read.key);
    broken(Law::LateSavesAreJoined, words)
}

/// A text with one of its words replaced.
fn with_word(text: &str, word: &str, dice: &mut Dice) -> String {
    let mut words: Vec<&str> = text.split(' ').collect();
    let at = dice.below(words.len());
    words[at] = word;
    words.join(" ")
}

/// A pointer in a query.
fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
