//! Channels: planned, published, rolled back, scheduled; each result is compared with what was announced before.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use cms_api::ground::moment;
use serde_json::{Value, json};

use super::{
    Law, broken,
    world::{About, Count, World},
};
use crate::day::{
    dice::Dice,
    person::{AUTHORING, Answer},
};

const CHANNEL: &str = "/authoring/v1/channels/production";
/// How far in the future a schedule is: its instants are whole seconds.
const SCHEDULED_AHEAD_MS: u64 = 1_500;
/// How long a schedule may be late.
const LATE_MAX: Duration = Duration::from_secs(60);

impl World {
    /// Plans and publishes everything, or an entry and what it needs.
    pub(super) fn publish(&mut self, dice: &mut Dice) -> Result<Count> {
        let key = self.key(dice);
        let only = if dice.below(4) == 0 { json!([key]) } else { json!([]) };
        let answer = self.publish_to("production", &only)?;
        self.note_snapshot()?;
        Ok(Count::of(&answer))
    }

    /// Plans and publishes, and checks that what was done is what was planned.
    pub(super) fn publish_to(&mut self, channel: &str, only: &Value) -> Result<Answer> {
        let (who, about) = (self.publisher(), About::default());
        let path = format!("{AUTHORING}/channels/{channel}");
        let body = json!({ "only": only });
        let planned = self.post(who, about, &format!("{path}/plan"), &body)?;
        if !planned.is_done() {
            return Ok(planned);
        }
        let body = json!({ "plan": planned.body["id"], "only": only });
        let done = self.post(who, about, &format!("{path}/publish"), &body)?;
        if done.is_done() && planned.body["report"] != done.body["report"] {
            let words = format!("planned {}, did {}", planned.body["report"], done.body["report"]);
            return broken(Law::PlanIsPublish, words);
        }
        Ok(done)
    }

    /// Notes what `production` delivers now.
    pub(super) fn note_snapshot(&mut self) -> Result<()> {
        let state = self.get(self.operator(), &format!("{AUTHORING}/states/production"))?.body;
        let sequence = state["sequence"].as_u64().context("production has a number")?;
        let snapshot = state["snapshot"].as_str().context("production has a snapshot")?.to_owned();
        self.snapshots.insert(sequence, snapshot);
        Ok(())
    }

    /// The sequence number of the snapshot of `production` that was noted last.
    fn sequence(&self) -> Result<u64> {
        Ok(*self.snapshots.last_key_value().context("production was published")?.0)
    }

    /// What a snapshot delivers: keys and objects.
    pub(super) fn delivered(&self, snapshot: &str) -> Result<Vec<Value>> {
        let (mut rows, mut next) = (Vec::new(), String::new());
        loop {
            let path = format!("/v1/snapshots/{snapshot}/en/entries{next}");
            let page = self.get(self.operator(), &path)?.body;
            let found = page["entries"].as_array().with_context(|| format!("{path}: {page}"))?;
            rows.extend(found.iter().cloned());
            match page["next"].as_str() {
                Some(cursor) => next = format!("?cursor={cursor}"),
                None => return Ok(rows),
            }
        }
    }

    /// Moves `production`, naming its current version.
    fn move_channel(&mut self, verb: &str, body: &Value) -> Result<Answer> {
        let who = self.publisher();
        let tag = self.get(who, &format!("{AUTHORING}/states/production"))?.tag;
        let line = ("POST", &*format!("{CHANNEL}/{verb}"));
        let answer = self.change(who, About::default(), line, &[("if-match", &tag)], body)?;
        self.note_snapshot()?;
        Ok(answer)
    }

    /// Rolls the channel back: it delivers what it delivered then.
    pub(super) fn rollback(&mut self, dice: &mut Dice) -> Result<Count> {
        let all: Vec<(u64, String)> =
            self.snapshots.iter().map(|(number, snapshot)| (*number, snapshot.clone())).collect();
        let (number, snapshot) = &all[dice.below(all.len())];
        let answer =
            self.move_channel("rollback", &json!({ "to": format!("production@{number}") }))?;
        // What is on hold stays off, whatever was delivered then.
        if answer.is_done() && answer.body["report"]["on_hold_count"] == 0 {
            // A rollback that changes nothing made no snapshot of its own.
            let now = self.snapshots.last_key_value().context("a snapshot")?.1;
            let (was, is) = (self.delivered(snapshot)?, self.delivered(now)?);
            if was != is {
                let words = format!("production@{number} was {was:?}, is {is:?}");
                return broken(Law::RollbackIsWhatWas, words);
            }
        }
        Ok(Count::of(&answer))
    }

    pub(super) fn unpublish(&mut self, dice: &mut Dice) -> Result<Count> {
        let key = self.key(dice);
        let answer = self.move_channel("unpublish", &json!({ "keys": [key] }))?;
        Ok(Count::of(&answer))
    }

    /// Releases all that is held.
    pub(super) fn release(&mut self) -> Result<Count> {
        let held = self.rows(self.publisher(), "channels/production/holds")?;
        if held.is_empty() {
            return Ok(Count::Idle);
        }
        let keys: Vec<&Value> = held.iter().map(|row| &row["key"]).collect();
        let answer = self.move_channel("release", &json!({ "keys": keys }))?;
        Ok(Count::of(&answer))
    }

    /// Schedules a publish, sometimes kills the server, and waits until the schedule has run, which it does once.
    pub(super) fn schedule(&mut self, dice: &mut Dice) -> Result<Count> {
        let at = moment::iso(moment::now_ms() + SCHEDULED_AHEAD_MS);
        let body = json!({ "verb": "publish", "at": at });
        let who = self.publisher();
        let made = self.post(who, About::default(), &format!("{CHANNEL}/schedules"), &body)?;
        if !made.is_done() {
            return Ok(Count::Refused);
        }
        let id = made.body["schedule"]["id"].as_str().context("a schedule has an id")?.to_owned();
        if dice.below(3) == 0 {
            self.kill()?;
        }
        let before = self.sequence()?;
        let start = Instant::now();
        while start.elapsed() < LATE_MAX {
            let shown = self.get(who, &format!("{CHANNEL}/schedules/{id}"))?.body;
            let state = shown["state"].as_str().unwrap_or_default();
            if state == "pending" {
                thread::sleep(Duration::from_millis(100));
                continue;
            }
            self.note_snapshot()?;
            if self.sequence()? > before + 1 {
                return broken(Law::ToldOnce, format!("schedule {id} ran more than once: {shown}"));
            }
            return match state {
                "done" => Ok(Count::Done),
                "failed" => Ok(Count::Refused),
                _ => {
                    broken(Law::ToldOnce, format!("what schedule {id} did can't be read: {shown}"))
                }
            };
        }
        broken(Law::ToldOnce, format!("schedule {id} does not run"))
    }
}
