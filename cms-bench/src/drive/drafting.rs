//! What is done with drafts: begun, committed, brought up to date, settled, arranged, reverted.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{
    Law, broken, course,
    ledger::{numbers, word},
    world::{About, Count, Draft, World},
};
use crate::day::{
    dice::Dice,
    person::{AUTHORING, Answer},
};

/// Places that one person settles at a time.
const SETTLED_MAX: usize = 6;
/// Places of a draft that are settled before giving up on it.
const PLACES_MAX: usize = 40;

/// What is in conflict, as the server lists it.
enum InConflict {
    Entry(Value),
    Around(Value),
}

impl World {
    pub(super) fn begin_draft(&mut self, dice: &mut Dice) -> Result<Count> {
        if !self.has_room() {
            return Ok(Count::Idle);
        }
        let who = self.writer(dice);
        let members: Vec<&str> =
            (0..self.writers).filter(|at| *at != who).map(|at| self.name(at)).collect();
        let body = json!({ "title": format!("Draft {}", self.drafts.len()), "members": members });
        let path = format!("{AUTHORING}/drafts");
        let answer = self.post(who, About::default(), &path, &body)?;
        if answer.is_done() {
            let id = answer.body["draft"].as_str().context("a draft has a name")?.to_owned();
            self.drafts.push(Draft { id, is_open: true });
        }
        Ok(Count::of(&answer))
    }

    pub(super) fn rename(&mut self, dice: &mut Dice) -> Result<Count> {
        let Some(draft) = self.draft(dice) else { return Ok(Count::Idle) };
        let body = json!({ "title": format!("Renamed {}", dice.below(1000)) });
        self.record(draft, dice, ("PATCH", ""), &body)
    }

    /// Discards a draft, with everything that is only in it.
    pub(super) fn discard(&mut self, dice: &mut Dice) -> Result<Count> {
        let Some(draft) = self.draft(dice) else { return Ok(Count::Idle) };
        let only = self.ledger.only_in(draft);
        let count = self.record(draft, dice, ("DELETE", ""), &Value::Null)?;
        if count == Count::Done {
            self.check_texts_on_main_of(&only)?;
            self.drafts[draft].is_open = false;
        }
        Ok(count)
    }

    /// What a discarded draft had and `main` does not is given up.
    fn check_texts_on_main_of(&mut self, only: &[u32]) -> Result<()> {
        let main = self.main_texts()?;
        let kept = |number: &u32| {
            let token = self.ledger.live.get(number);
            token
                .is_some_and(|token| main.get(&token.key).is_some_and(|says| says.contains(number)))
        };
        let gone: Vec<u32> = only.iter().filter(|number| !kept(number)).copied().collect();
        self.ledger.remove(gone);
        Ok(())
    }

    pub(super) fn reopen(&mut self, dice: &mut Dice) -> Result<Count> {
        if self.drafts.is_empty() || !self.has_room() {
            return Ok(Count::Idle);
        }
        let draft = dice.below(self.drafts.len());
        let count = self.record(draft, dice, ("POST", "/reopen"), &Value::Null)?;
        if count == Count::Done {
            self.drafts[draft].is_open = true;
        }
        Ok(count)
    }

    /// Changes a draft's record, naming its current version.
    fn record(
        &mut self,
        draft: usize,
        dice: &mut Dice,
        (method, end): (&str, &str),
        body: &Value,
    ) -> Result<Count> {
        let (who, path) = (self.writer(dice), self.path(draft));
        let tag = self.get(who, &path)?.tag;
        let about = About { draft: Some(draft), key: None };
        let path = format!("{path}{end}");
        let answer = self.change(who, about, (method, &path), &[("if-match", &tag)], body)?;
        Ok(Count::of(&answer))
    }

    /// Calls a verb of a draft that must not lose anything.
    pub(super) fn step(
        &mut self,
        who: usize,
        draft: usize,
        verb: &str,
        body: &Value,
    ) -> Result<Answer> {
        let before = self.draft_texts(draft)?;
        let about = About { draft: Some(draft), key: None };
        let answer = self.post(who, about, &format!("{}/{verb}", self.path(draft)), body)?;
        if answer.is_done() {
            let after = self.draft_texts(draft)?;
            self.nothing_lost(&format!("{verb} of draft {draft}"), &before, &[&after])?;
        }
        Ok(answer)
    }

    /// Calls a verb with which a person removes texts after having seen them.
    fn knowing_step(
        &mut self,
        who: usize,
        draft: usize,
        verb: &str,
        body: &Value,
    ) -> Result<Answer> {
        let before = self.draft_texts(draft)?;
        let about = About { draft: Some(draft), key: None };
        let answer = self.post(who, about, &format!("{}/{verb}", self.path(draft)), body)?;
        if answer.is_done() {
            let after = self.draft_texts(draft)?;
            self.taken_away(&before, &after);
        }
        Ok(answer)
    }

    pub(super) fn commit(&mut self, dice: &mut Dice) -> Result<Count> {
        let Some(draft) = self.draft(dice) else { return Ok(Count::Idle) };
        let (who, key) = (self.writer(dice), self.key(dice));
        let body = match dice.below(4) {
            0 => json!({ "message": "One", "only": [key] }),
            _ => json!({ "message": "All" }),
        };
        Ok(Count::of(&self.step(who, draft, "commit", &body)?))
    }

    /// Brings a draft up to date: afterwards it has what `main` has, besides its own.
    pub(super) fn rebase(&mut self, dice: &mut Dice) -> Result<Count> {
        let Some(draft) = self.draft(dice) else { return Ok(Count::Idle) };
        self.bring_up_to_date(draft, dice)
    }

    pub(super) fn bring_up_to_date(&mut self, draft: usize, dice: &mut Dice) -> Result<Count> {
        let who = self.writer(dice);
        let answer = self.step(who, draft, "rebase", &json!({}))?;
        if answer.is_done() {
            let (main, after) = (self.main_texts()?, self.draft_texts(draft)?);
            self.nothing_lost(&format!("what main has, in draft {draft}"), &main, &[&after])?;
        }
        Ok(Count::of(&answer))
    }

    /// Settles some places, in one way or another.
    pub(super) fn resolve(&mut self, dice: &mut Dice) -> Result<Count> {
        let count = self.resolve_one(dice)?;
        for _ in 0..dice.below(SETTLED_MAX) {
            if self.resolve_one(dice)? == Count::Idle {
                break;
            }
        }
        Ok(count)
    }

    /// Settles all that is in conflict in a draft, place by place.
    pub(super) fn settle_all(&mut self, draft: usize, dice: &mut Dice) -> Result<()> {
        for _ in 0..PLACES_MAX {
            match self.in_conflict(draft)? {
                Some(one) => self.settle_one(draft, &one, dice)?,
                None => break,
            };
        }
        Ok(())
    }

    fn resolve_one(&mut self, dice: &mut Dice) -> Result<Count> {
        for draft in self.open_drafts() {
            if let Some(one) = self.in_conflict(draft)? {
                return self.settle_one(draft, &one, dice);
            }
        }
        Ok(Count::Idle)
    }

    /// An entry, or otherwise something around the entries, that is in conflict in a draft.
    fn in_conflict(&self, draft: usize) -> Result<Option<InConflict>> {
        let listed = self.get(self.operator(), &format!("{}/conflicts", self.path(draft)))?.body;
        let rows = |name: &str| listed[name].as_array().cloned().unwrap_or_default().into_iter();
        let entry = rows("entries").find(|entry| entry["conflicts"].get(0).is_some());
        let known = |one: &Value| {
            one["reason"]["is"] == "moved-apart" || one["reason"]["is"] == "deleted-but-used"
        };
        let around = || rows("catalogue").find(known);
        Ok(entry.map(InConflict::Entry).or_else(|| around().map(InConflict::Around)))
    }

    fn settle_one(&mut self, draft: usize, one: &InConflict, dice: &mut Dice) -> Result<Count> {
        let who = self.writer(dice);
        match one {
            InConflict::Entry(entry) => self.settle(who, draft, entry, dice),
            InConflict::Around(around) if around["reason"]["is"] == "deleted-but-used" => {
                let body = json!({ "key": around["entries"][0] });
                Ok(Count::of(&self.step(who, draft, "untrash", &body)?))
            }
            InConflict::Around(around) => {
                let choice = ["ours", "theirs", "both"][dice.below(3)];
                let body = json!({ "conflict": around["id"], "choice": choice });
                Ok(Count::of(&self.knowing_step(who, draft, "resolve", &body)?))
            }
        }
    }

    fn settle(
        &mut self,
        who: usize,
        draft: usize,
        entry: &Value,
        dice: &mut Dice,
    ) -> Result<Count> {
        let places = entry["conflicts"].as_array().context("places in conflict")?;
        let place = &places[dice.below(places.len())];
        let key = entry["key"].as_str().context("a key")?.to_owned();
        let choice = ["ours", "theirs", "both", "base", "value"][dice.below(5)];
        let mut body = json!({ "key": key, "pointer": place["pointer"], "choice": choice });
        let mut kept = match choice {
            "both" => &numbers(&place["ours"]) | &numbers(&place["theirs"]),
            "value" => Default::default(),
            side => numbers(&place[side]),
        };
        if choice == "value" {
            let text = |side: &str| place[side].as_str().map(str::to_owned);
            let value: Value = match (text("ours"), text("theirs")) {
                (Some(ours), Some(theirs)) => format!("{ours} {theirs}").into(),
                _ => place["ours"].clone(),
            };
            if value.is_null() {
                return Ok(Count::Idle);
            }
            kept = numbers(&value);
            body["value"] = value;
        }
        let before = self.seen(draft, &key)?;
        let about = About { draft: Some(draft), key: Some(&key) };
        let answer = self.post(who, about, &format!("{}/resolve", self.path(draft)), &body)?;
        if answer.is_done() {
            let after = self.seen(draft, &key)?;
            let theirs_to_take = numbers(place);
            let mut lost = self.ledger.wanted(&key, &before.says);
            lost.retain(|number| {
                let may_go = theirs_to_take.contains(number) && !kept.contains(number);
                !after.says.contains(number) && !may_go
            });
            if !lost.is_empty() {
                let words = format!("{body} of {place} lost {lost:?}: {}", after.document);
                return broken(Law::NothingLost, words);
            }
            let gone: Vec<_> = before.says.difference(&after.says).copied().collect();
            self.ledger.remove(gone);
        }
        Ok(Count::of(&answer))
    }

    pub(super) fn place(&mut self, dice: &mut Dice) -> Result<Count> {
        let Some(draft) = self.draft(dice) else { return Ok(Count::Idle) };
        let key = course::LEAVES[dice.below(course::LEAVES.len())];
        let parent = course::LESSONS[dice.below(course::LESSONS.len())];
        let mut body = json!({ "key": key, "parent": parent, "index": dice.below(3) });
        let from = course::LESSONS[dice.below(course::LESSONS.len())];
        if dice.below(2) == 0 {
            body["from"] = json!([from]);
        }
        let who = self.writer(dice);
        Ok(Count::of(&self.step(who, draft, "place", &body)?))
    }

    /// Puts an entry into the trash: its texts are removed, wherever it is.
    pub(super) fn trash(&mut self, dice: &mut Dice) -> Result<Count> {
        let Some(draft) = self.draft(dice) else { return Ok(Count::Idle) };
        let (who, copies) = (self.writer(dice), course::KEYS.len());
        // Copies first, so that the course stays.
        let key = match self.keys.get(copies..) {
            Some(made) if !made.is_empty() => made[dice.below(made.len())].clone(),
            _ => course::LEAVES[dice.below(course::LEAVES.len())].to_owned(),
        };
        let body = json!({ "key": key, "everywhere": dice.below(3) > 0 });
        let answer = self.step_of_key(who, draft, "trash", &key, &body)?;
        Ok(Count::of(&answer))
    }

    /// A step after which nobody expects the texts of an entry any more.
    fn step_of_key(
        &mut self,
        who: usize,
        draft: usize,
        verb: &str,
        key: &str,
        body: &Value,
    ) -> Result<Answer> {
        let before = self.draft_texts(draft)?;
        let about = About { draft: Some(draft), key: Some(key) };
        let answer = self.post(who, about, &format!("{}/{verb}", self.path(draft)), body)?;
        if answer.is_done() {
            self.ledger.remove(self.ledger.of_key(key));
            let after = self.draft_texts(draft)?;
            self.nothing_lost(&format!("{verb} of {key}"), &before, &[&after])?;
        }
        Ok(answer)
    }

    pub(super) fn untrash(&mut self, dice: &mut Dice) -> Result<Count> {
        let Some(draft) = self.draft(dice) else { return Ok(Count::Idle) };
        let who = self.writer(dice);
        for key in self.keys.clone() {
            let seen = self.seen(draft, &key)?;
            if seen.document.is_null() {
                let answer = self.step(who, draft, "untrash", &json!({ "key": key }))?;
                return Ok(Count::of(&answer));
            }
        }
        Ok(Count::Idle)
    }

    pub(super) fn duplicate(&mut self, dice: &mut Dice) -> Result<Count> {
        let Some(draft) = self.draft(dice) else { return Ok(Count::Idle) };
        let key = course::LEAVES[dice.below(course::LEAVES.len())];
        let parent = course::LESSONS[dice.below(course::LESSONS.len())];
        let who = self.writer(dice);
        let answer =
            self.step(who, draft, "duplicate", &json!({ "key": key, "parent": parent }))?;
        if let Some(copy) = answer.body["key"].as_str().filter(|_| answer.is_done()) {
            self.keys.push(copy.to_owned());
        }
        Ok(Count::of(&answer))
    }

    /// Writes one sentence into several entries, over what they said.
    pub(super) fn batch(&mut self, dice: &mut Dice) -> Result<Count> {
        let Some(draft) = self.draft(dice) else { return Ok(Count::Idle) };
        let (who, number) = (self.writer(dice), self.ledger.next());
        let mut keys = vec![self.key(dice), self.key(dice)];
        keys.dedup();
        let is_trial = dice.below(4) == 0;
        let body = json!({
            "keys": keys, "trial": is_trial,
            "steps": [{ "do": "set", "pointer": "/description", "value": format!("All say {}.", word(number)) }],
        });
        if is_trial {
            return Ok(Count::of(&self.step(who, draft, "batch", &body)?));
        }
        let answer = self.knowing_step(who, draft, "batch", &body)?;
        Ok(Count::of(&answer))
    }

    pub(super) fn restore(&mut self, dice: &mut Dice) -> Result<Count> {
        let Some(draft) = self.draft(dice) else { return Ok(Count::Idle) };
        let (who, key) = (self.writer(dice), self.key(dice));
        let at = format!("draft%2F{}", self.drafts[draft].id);
        let path = format!("{AUTHORING}/entries/{key}/history?at={at}&limit=20");
        let history = self.get(who, &path)?.body;
        let rows = history["rows"].as_array().cloned().unwrap_or_default();
        if rows.is_empty() {
            return Ok(Count::Idle);
        }
        let body = json!({ "key": key, "revision": rows[dice.below(rows.len())]["revision"] });
        Ok(Count::of(&self.knowing_step(who, draft, "restore", &body)?))
    }

    pub(super) fn revert(&mut self, dice: &mut Dice) -> Result<Count> {
        let Some(draft) = self.draft(dice) else { return Ok(Count::Idle) };
        let who = self.writer(dice);
        let path = format!("{AUTHORING}/commits?at=draft%2F{}&limit=6", self.drafts[draft].id);
        let mut rows = self.get(who, &path)?.body["rows"].as_array().cloned().unwrap_or_default();
        // Without the course that everybody began with, a run would have nothing to act on.
        rows.retain(|row| (0..self.people_count()).any(|one| row["author"] == self.name(one)));
        if rows.is_empty() {
            return Ok(Count::Idle);
        }
        let body = json!({ "commit": rows[dice.below(rows.len())]["commit"] });
        Ok(Count::of(&self.knowing_step(who, draft, "revert", &body)?))
    }
}
