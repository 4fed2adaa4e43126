//! A publisher's day: plans and publishes while all others work, schedules, takes off, rolls back.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use cms_api::ground::moment;
use serde_json::{Value, json};

use super::{
    Shared,
    person::{AUTHORING, Person},
};

const CHANNEL: &str = "/authoring/v1/channels/production";
/// How far in the future a schedule is.
const SCHEDULED_AHEAD_MS: u64 = 2_000;
/// How long a schedule may be late.
const LATE_MAX: Duration = Duration::from_secs(60);

/// The publisher.
pub(super) struct Publisher {
    pub(super) person: Person,
    pub(super) shared: Arc<Shared>,
}

impl Publisher {
    /// What the publisher does while authors work.
    pub(super) fn day(&self) -> Result<()> {
        let mut publishes_count = 0;
        while self.shared.authors_left.load(Ordering::SeqCst) > 0 {
            self.shared.bell.wait(Duration::from_millis(500));
            publishes_count += usize::from(self.publish()?);
            if publishes_count == 1 {
                self.schedule()?;
                publishes_count += 1;
            }
        }
        Ok(())
    }

    /// When everybody has gone home: what is merged becomes public, then three things are held.
    pub(super) fn evening(&self) -> Result<()> {
        self.schedule()?;
        self.wait_for_schedules()?;
        self.publish()?;
        if let Some(leaf) = self.shared.reserved.first() {
            self.channel("unpublish", &json!({ "keys": [leaf.key], "message": "A complaint" }))?;
        }
        if let Some(leaf) = self.shared.reserved.get(1) {
            let body = json!({ "to": "production@1", "only": [leaf.key], "message": "A mistake" });
            self.channel("rollback", &body)?;
        }
        self.publish()?;
        Ok(())
    }

    /// Publishes all that is merged; returns false when there is nothing to do.
    fn publish(&self) -> Result<bool> {
        for _ in 0..20 {
            let plan = self.person.must("plan", &format!("{CHANNEL}/plan"), &json!({}))?;
            let body = json!({ "plan": plan.body["id"] });
            let done = self.person.post("publish", &format!("{CHANNEL}/publish"), &body)?;
            match (done.is_done(), done.code()) {
                (true, _) => return Ok(true),
                (_, "nothing-to-do") => return Ok(false),
                // A schedule ran in between.
                (_, "moved") => {}
                _ => bail!("publish: {} {}", done.status, done.body),
            }
        }
        bail!("the channel moved under twenty plans")
    }

    /// Schedules a publish of an entry that waits; gives up if the server says that it would fail.
    fn schedule(&self) -> Result<()> {
        let waiting = self.person.all("channels/production/not-public")?;
        let waits = |row: &&Value| row["why"][0]["why"] == "not_published";
        let Some(row) = waiting.iter().find(waits) else { return Ok(()) };
        let at = moment::iso(moment::now_ms() + SCHEDULED_AHEAD_MS);
        let body = json!({ "verb": "publish", "at": at, "keys": [row["key"]], "message": "Soon" });
        let made = self.person.post("schedule", &format!("{CHANNEL}/schedules"), &body)?;
        if !made.is_done() {
            // It was published meanwhile, or needs others with it.
            let is_told = matches!(made.code(), "nothing-to-do" | "publish-refused" | "moved");
            ensure!(is_told, "schedule {body}: {} {}", made.status, made.body);
        } else if !made.body["would_fail"].is_null() {
            self.cancel(&made.body["schedule"])?;
        }
        Ok(())
    }

    fn cancel(&self, schedule: &Value) -> Result<()> {
        let id = schedule["id"].as_str().context("a schedule has an id")?;
        let path = format!("{CHANNEL}/schedules/{id}");
        let tag = self.person.get(&path)?.tag;
        let gone = self.person.ask("schedule", ("DELETE", &path), &[("if-match", &tag)], None)?;
        ensure!(gone.is_done() || gone.status == 404, "{path}: {} {}", gone.status, gone.body);
        Ok(())
    }

    fn wait_for_schedules(&self) -> Result<()> {
        let deadline = Instant::now() + LATE_MAX;
        loop {
            let listed = self.person.get(&format!("{AUTHORING}/schedules"))?.body;
            let rows = listed["rows"].as_array().context("schedules are listed")?;
            // A failed schedule says why; the evening's publish brings what it can.
            for failed in rows.iter().filter(|row| row["state"] == "failed") {
                ensure!(
                    failed["failure"]["message"].is_string(),
                    "failed without a reason: {failed}"
                );
                self.cancel(failed)?;
            }
            // Schedules that ran stay listed.
            let late: Vec<&Value> = rows.iter().filter(|row| row["state"] == "pending").collect();
            if late.is_empty() {
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "schedules are late: {}", json!(late));
            self.shared.bell.wait(Duration::from_millis(300));
        }
    }

    /// Moves the channel, naming the version that was seen.
    fn channel(&self, verb: &str, body: &Value) -> Result<()> {
        let tag = self.person.get(CHANNEL)?.tag;
        let path = format!("{CHANNEL}/{verb}");
        let moved = self.person.ask("move", ("POST", &path), &[("if-match", &tag)], Some(body))?;
        ensure!(moved.is_done(), "POST {path} {body}: {} {}", moved.status, moved.body);
        Ok(())
    }
}

/// Makes sure that every entry of a review needs one approval.
pub(super) fn demand_approvals(person: &Person) -> Result<()> {
    let path = format!("{AUTHORING}/review-policy");
    let tag = person.get(&path)?.tag;
    let rules = json!({ "approvals_required": 1 });
    let set = person.ask("read", ("PUT", &path), &[("if-match", &tag)], Some(&rules))?;
    ensure!(set.is_done(), "the rules of reviews: {}", set.body);
    Ok(())
}

/// Publishes everything in the morning.
pub(super) fn open_up(publisher: &Publisher) -> Result<()> {
    let published = publisher.publish().context("the morning's publish")?;
    ensure!(published, "there is nothing to publish in the morning");
    Ok(())
}
