//! The complete checks: between steps, and at the end of a run.

use std::{
    collections::BTreeSet,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{
    Law, broken, patch,
    world::{About, Count, World},
};
use crate::day::{dice::Dice, person::AUTHORING};

/// Notices come after what they report, but not long after.
const TOLD_WITHIN: Duration = Duration::from_secs(20);

impl World {
    /// Checks everything that must hold at any time.
    pub(super) fn check_all(&mut self) -> Result<()> {
        self.check_texts()?;
        self.main_has_no_conflict()?;
        self.told_once()?;
        self.incremental_is_from_nothing()
    }

    /// Publishes what is ready, and then all of `main` to a channel that has delivered nothing yet.
    fn incremental_is_from_nothing(&mut self) -> Result<()> {
        self.publish_to("production", &json!([]))?;
        self.note_snapshot()?;
        let operator = self.operator();
        let held = self.rows(operator, "channels/production/holds")?;
        let waiting = self.rows(operator, "channels/production/not-public")?;
        if !held.is_empty() || !waiting.is_empty() {
            return Ok(());
        }
        self.trials += 1;
        let trial = format!("trial-{}", self.trials);
        let body = json!({
            "operation": format!("{:032x}", self.trials),
            "request": { "channel": trial, "answers": "withheld", "testing": true },
        });
        let path = format!("{AUTHORING}/commands/begin-channel");
        let begun = self.post(operator, About::default(), &path, &body)?;
        let published = self.publish_to(&trial, &json!([]))?;
        let snapshot = published.body["snapshot"].as_str();
        let snapshot = snapshot.with_context(|| format!("{} {}", begun.body, published.body))?;
        let production = self.snapshots.last_key_value().context("a snapshot")?.1.clone();
        let (from_nothing, incremental) = (self.delivered(snapshot)?, self.delivered(&production)?);
        if from_nothing == incremental {
            return Ok(());
        }
        let differ: Vec<&Value> =
            incremental.iter().filter(|row| !from_nothing.contains(row)).collect();
        broken(Law::IncrementalIsFromNothing, format!("production alone has {differ:?}"))
    }

    /// Checks that nobody gets two notices of one act, and that a person who was asked for a review gets a notice of it
    /// soon after.
    fn told_once(&self) -> Result<()> {
        for who in 0..self.people_count() {
            let start = Instant::now();
            loop {
                let rows = self.rows(who, "notices")?;
                let mut told = BTreeSet::new();
                for row in &rows {
                    let act = json!([row["kind"], row["subject"], row["text"], row["time_ms"]]);
                    if !told.insert(act.to_string()) {
                        return broken(Law::ToldOnce, format!("{} twice: {act}", self.name(who)));
                    }
                }
                let Some(untold) = self.untold(who, &rows) else { break };
                if start.elapsed() > TOLD_WITHIN {
                    let words = format!("{} not of reviews/{untold}", self.name(who));
                    return broken(Law::ToldOnce, words);
                }
                thread::sleep(Duration::from_millis(100));
            }
        }
        Ok(())
    }

    /// A review that a person was asked to look at, and that no notice reports.
    fn untold(&self, who: usize, notices: &[Value]) -> Option<&str> {
        let mut asked = self.reviews.iter().filter(|review| review.asked == self.name(who));
        let untold = asked.find(|review| {
            let subject = format!("reviews/{}", review.id);
            let is_told = |row: &Value| row["kind"] == "assigned" && row["subject"] == *subject;
            !notices.iter().any(is_told)
        });
        untold.map(|review| &*review.id)
    }

    /// Checks that a difference as a patch leads from one document to the other.
    pub(super) fn differ(&mut self, dice: &mut Dice) -> Result<Count> {
        let (Some(draft), key) = (self.draft(dice), self.key(dice)) else {
            return Ok(Count::Idle);
        };
        let state = format!("draft%2F{}", self.drafts[draft].id);
        let who = self.writer(dice);
        let at = |state: &str| -> Result<Value> {
            let shown = self.get(who, &format!("{AUTHORING}/entries/{key}?at={state}"))?;
            Ok(if shown.is_done() { shown.body["document"].clone() } else { Value::Null })
        };
        let (from, to) = (at("main")?, at(&state)?);
        if from.is_null() || to.is_null() {
            return Ok(Count::Idle);
        }
        let path = format!("{AUTHORING}/entries/{key}/diff?from=main&to={state}&as=json-patch");
        let told = self.get(who, &path)?.body;
        match patch::apply(from.clone(), &told) {
            Ok(made) if made == to => Ok(Count::Done),
            made => {
                broken(Law::DifferencesLead, format!("{told} of {from} gives {made:?}, not {to}"))
            }
        }
    }
}
