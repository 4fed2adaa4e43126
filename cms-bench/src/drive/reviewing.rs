//! Reviews: opened, discussed, approved, merged whole or in part, closed.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::world::{About, Count, Review, World};
use crate::day::{
    dice::Dice,
    person::{AUTHORING, Answer},
};

/// How many reviews are considered: the newest.
const REVIEWS_MAX: usize = 6;

impl World {
    pub(super) fn open_review(&mut self, dice: &mut Dice) -> Result<Count> {
        match self.draft(dice) {
            Some(draft) => self.open_review_of(draft, dice),
            None => Ok(Count::Idle),
        }
    }

    fn open_review_of(&mut self, draft: usize, dice: &mut Dice) -> Result<Count> {
        let (who, asked) = (self.writer(dice), self.reviewer(dice));
        let asked = self.name(asked).to_owned();
        let body = json!({
            "draft": self.drafts[draft].id, "title": format!("Review {}", self.reviews.len()),
            "reviewers": [asked],
        });
        let about = About { draft: Some(draft), key: None };
        let answer = self.post(who, about, &format!("{AUTHORING}/reviews"), &body)?;
        if answer.is_done() {
            let id = answer.body["review"].as_str().context("a review has a name")?.to_owned();
            // Nobody gets notices of their own acts.
            let asked = if asked == self.name(who) { String::new() } else { asked };
            self.reviews.push(Review { id, draft, asked });
        }
        Ok(Count::of(&answer))
    }

    /// One of the newest reviews, in its current state.
    fn review(&self, dice: &mut Dice) -> Result<Option<(usize, Value)>> {
        if self.reviews.is_empty() {
            return Ok(None);
        }
        let oldest = self.reviews.len().saturating_sub(REVIEWS_MAX);
        let at = oldest + dice.below(self.reviews.len() - oldest);
        // An open review of an open draft, if there is any.
        for review in (oldest..=at).rev().chain(at + 1..self.reviews.len()) {
            let shown = self.get(self.operator(), &self.review_path(review))?.body;
            let is_open = self.drafts[self.reviews[review].draft].is_open || dice.below(8) == 0;
            if shown["state"] == "open" && is_open {
                return Ok(Some((review, shown)));
            }
        }
        let shown = self.get(self.operator(), &self.review_path(at))?.body;
        Ok(Some((at, shown)))
    }

    fn review_path(&self, review: usize) -> String {
        format!("{AUTHORING}/reviews/{}", self.reviews[review].id)
    }

    fn in_review(&mut self, who: usize, review: usize, verb: &str, body: &Value) -> Result<Answer> {
        let about = About { draft: Some(self.reviews[review].draft), key: None };
        self.post(who, about, &format!("{}/{verb}", self.review_path(review)), body)
    }

    pub(super) fn comment(&mut self, dice: &mut Dice) -> Result<Count> {
        let Some((review, _)) = self.review(dice)? else { return Ok(Count::Idle) };
        let who = self.writer(dice);
        let body = json!({ "text": format!("Look at {} again, @writer-0.", dice.below(1000)) });
        Ok(Count::of(&self.in_review(who, review, "comments", &body)?))
    }

    /// Approves what the review shows: most of it, or all.
    pub(super) fn approve(&mut self, dice: &mut Dice) -> Result<Count> {
        let Some((review, mut shown)) = self.review(dice)? else { return Ok(Count::Idle) };
        let is_behind = |entry: &Value| entry["is_changed_on_main"] == true;
        let mut entries = shown["entries"].as_array().into_iter().flatten();
        if entries.any(is_behind) && dice.below(3) > 0 {
            // What `main` changed too is approved as it is joined.
            self.bring_up_to_date(self.reviews[review].draft, dice)?;
            shown = self.get(self.operator(), &self.review_path(review))?.body;
        }
        let who = self.reviewer(dice);
        let all = dice.below(5) > 0;
        let count = self.approve_of(who, review, &shown, |_| all || dice.below(2) == 0)?;
        if count == Count::Done && dice.below(2) == 0 {
            return self.merge_as_seen(who, review, &json!({ "head": shown["head"] }));
        }
        Ok(count)
    }

    /// Approves some of what a review shows, in the form that is shown.
    fn approve_of(
        &mut self,
        who: usize,
        review: usize,
        shown: &Value,
        mut is_chosen: impl FnMut(&Value) -> bool,
    ) -> Result<Count> {
        let mut seen = Vec::new();
        for entry in shown["entries"].as_array().into_iter().flatten() {
            if entry["is_conflicted"] != true && is_chosen(entry) {
                let pair = &entry["pair"];
                seen.push(json!({
                    "key": entry["key"], "before": pair["before"], "after": pair["after"],
                }));
            }
        }
        if seen.is_empty() {
            return Ok(Count::Idle);
        }
        let answer = self.in_review(who, review, "approve", &json!({ "entries": seen }))?;
        if answer.is_done() {
            for entry in seen {
                let text = |name: &str| entry[name].as_str().map(str::to_owned);
                self.approved.insert((review, text("key").unwrap_or_default(), text("after")));
            }
        }
        Ok(Count::of(&answer))
    }

    pub(super) fn request_changes(&mut self, dice: &mut Dice) -> Result<Count> {
        let Some((review, _)) = self.review(dice)? else { return Ok(Count::Idle) };
        let who = self.reviewer(dice);
        let body = json!({ "message": "Please look again" });
        Ok(Count::of(&self.in_review(who, review, "request-changes", &body)?))
    }

    /// Merges a review, sometimes at the state that was seen, sometimes at any state.
    pub(super) fn merge_review(&mut self, dice: &mut Dice) -> Result<Count> {
        let Some((review, shown)) = self.review(dice)? else { return Ok(Count::Idle) };
        let who = self.reviewer(dice);
        let body = match dice.below(2) {
            0 => json!({ "head": shown["head"] }),
            _ => json!({}),
        };
        self.merge_as_seen(who, review, &body)
    }

    fn merge_as_seen(&mut self, who: usize, review: usize, body: &Value) -> Result<Count> {
        self.bring(who, self.reviews[review].draft, Some(review), &mut |world| {
            world.in_review(who, review, "merge", body)
        })
    }

    pub(super) fn accept(&mut self, dice: &mut Dice) -> Result<Count> {
        let Some((review, shown)) = self.review(dice)? else { return Ok(Count::Idle) };
        let who = self.reviewer(dice);
        let entries = shown["entries"].as_array().cloned().unwrap_or_default();
        if entries.is_empty() {
            return Ok(Count::Idle);
        }
        let key = &entries[dice.below(entries.len())]["key"];
        let body = match dice.below(2) {
            0 => json!({ "keys": [key], "head": shown["head"] }),
            _ => json!({ "keys": [key] }),
        };
        self.bring(who, self.reviews[review].draft, Some(review), &mut |world| {
            world.in_review(who, review, "accept", &body)
        })
    }

    /// Closes or reopens a review, naming its current version.
    pub(super) fn end_review(&mut self, dice: &mut Dice, verb: &str) -> Result<Count> {
        if self.reviews.is_empty() {
            return Ok(Count::Idle);
        }
        let oldest = self.reviews.len().saturating_sub(REVIEWS_MAX);
        let review = oldest + dice.below(self.reviews.len() - oldest);
        let who = self.reviewer(dice);
        let path = self.review_path(review);
        let tag = self.get(who, &path)?.tag;
        let about = About { draft: Some(self.reviews[review].draft), key: None };
        let line = ("POST", &*format!("{path}/{verb}"));
        let answer = self.change(who, about, line, &[("if-match", &tag)], &Value::Null)?;
        Ok(Count::of(&answer))
    }

    /// Brings a draft to `main` as a team would: what is in conflict is settled, the rest committed, brought up to date
    /// and reviewed, by a person who did not write it. Any refusal on the way ends it.
    pub(super) fn land(&mut self, dice: &mut Dice) -> Result<Count> {
        let Some(draft) = self.draft(dice) else { return Ok(Count::Idle) };
        self.settle_all(draft, dice)?;
        for verb in ["commit", "rebase"] {
            let who = self.writer(dice);
            self.step(who, draft, verb, &json!({}))?;
        }
        self.settle_all(draft, dice)?;
        let who = self.writer(dice);
        self.step(who, draft, "commit", &json!({}))?;
        let Some(review) = self.review_of(draft, dice)? else { return Ok(Count::Refused) };
        let judge = self.judge(dice);
        let shown = self.get(judge, &self.review_path(review))?.body;
        if self.approve_of(judge, review, &shown, |_| true)? != Count::Done {
            return Ok(Count::Refused);
        }
        self.merge_as_seen(judge, review, &json!({ "head": shown["head"] }))
    }

    /// The open review of a draft, which is opened if there is none.
    fn review_of(&mut self, draft: usize, dice: &mut Dice) -> Result<Option<usize>> {
        for review in (0..self.reviews.len()).rev() {
            if self.reviews[review].draft == draft {
                let shown = self.get(self.operator(), &self.review_path(review))?.body;
                if shown["state"] == "open" {
                    return Ok(Some(review));
                }
            }
        }
        let is_open = self.open_review_of(draft, dice)? == Count::Done;
        Ok(is_open.then(|| self.reviews.len() - 1))
    }

    pub(super) fn merge_draft(&mut self, dice: &mut Dice) -> Result<Count> {
        let Some(draft) = self.draft(dice) else { return Ok(Count::Idle) };
        let who = self.reviewer(dice);
        let about = About { draft: Some(draft), key: None };
        let path = format!("{}/merge", self.path(draft));
        self.bring(who, draft, None, &mut |world| world.post(who, about, &path, &json!({})))
    }
}
