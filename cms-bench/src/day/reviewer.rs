//! A reviewer's day: reads, comments, asks for changes, approves and merges, until no author is left.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{
    Shared,
    dice::Dice,
    person::{AUTHORING, Person},
};

/// A reviewer.
pub(super) struct Reviewer {
    pub(super) person: Person,
    pub(super) dice: Dice,
    pub(super) shared: Arc<Shared>,
}

impl Reviewer {
    pub(super) fn day(&mut self) -> Result<()> {
        // The head of the draft at which changes were requested, and whether any were requested before.
        let (mut waiting, mut looked) = (HashMap::new(), HashSet::new());
        while self.shared.authors_left.load(Ordering::SeqCst) > 0 {
            for row in self.person.all("reviews?asked=true&state=open")? {
                let review = row["review"].as_str().context("a review's name")?.to_owned();
                let is_first = looked.insert(review.clone());
                self.look(&review, is_first, &mut waiting)
                    .with_context(|| format!("{} looks at review {review}", self.person.name))?;
            }
            self.shared.bell.wait(Duration::from_millis(300));
        }
        Ok(())
    }

    fn look(
        &mut self,
        review: &str,
        is_first: bool,
        waiting: &mut HashMap<String, Value>,
    ) -> Result<()> {
        let path = format!("{AUTHORING}/reviews/{review}");
        let shown = self.person.get(&path)?.body;
        let is_same = waiting.get(review) == Some(&shown["head"]);
        if shown["state"] != "open" || is_same {
            return Ok(());
        }
        if is_first && self.dice.below(4) == 0 {
            let anchor = &shown["entries"][0];
            let words = json!({ "text": format!("Is {} as it should be?", anchor["key"]) });
            self.person.post("talk", &format!("{path}/comments"), &words)?;
            return self.want_changes(
                &path,
                review,
                &shown,
                "Please look at it once more",
                waiting,
            );
        }
        let entries = shown["entries"].as_array().context("a review has entries")?;
        if entries.iter().any(|entry| entry["is_conflicted"] == true) {
            return self.want_changes(&path, review, &shown, "It has conflicts", waiting);
        }
        if entries.iter().any(|entry| entry["is_changed_on_main"] == true) {
            // The merge would produce a document that nobody has seen.
            return self.want_changes(&path, review, &shown, "main changed it too", waiting);
        }
        let seen: Vec<Value> = entries
            .iter()
            .map(|entry| {
                let pair = &entry["pair"];
                json!({ "key": entry["key"], "before": pair["before"], "after": pair["after"] })
            })
            .collect();
        if !seen.is_empty() {
            let body = json!({ "entries": seen, "message": "Good" });
            let approved = self.person.post("approve", &format!("{path}/approve"), &body)?;
            match (approved.is_done(), approved.code()) {
                (true, _) => {}
                // It was changed or merged meanwhile, or this reviewer is among its writers.
                (_, "not-as-seen" | "review-state" | "not-allowed") => return Ok(()),
                _ => ensure!(false, "approve: {} {}", approved.status, approved.body),
            }
        }
        let merged = self.person.post("merge", &format!("{path}/merge"), &json!({}))?;
        match (merged.is_done(), merged.code()) {
            (true, _) => {
                self.shared.bell.ring();
                Ok(())
            }
            (_, "merge-conflicts") => {
                self.want_changes(&path, review, &shown, "It conflicts with main", waiting)
            }
            // Another reviewer who merged a moment earlier has closed the draft, and perhaps not the review yet.
            (_, "draft-state" | "review-state" | "nothing-to-do") => Ok(()),
            (_, "not-approved" | "not-as-seen" | "moved") => Ok(()),
            _ => {
                ensure!(false, "merge: {} {}", merged.status, merged.body);
                Ok(())
            }
        }
    }

    fn want_changes(
        &self,
        path: &str,
        review: &str,
        shown: &Value,
        message: &str,
        waiting: &mut HashMap<String, Value>,
    ) -> Result<()> {
        let body = json!({ "message": message });
        let wanted = self.person.post("verdict", &format!("{path}/request-changes"), &body)?;
        let is_told = wanted.is_done() || wanted.code() == "review-state";
        ensure!(is_told, "request-changes: {} {}", wanted.status, wanted.body);
        waiting.insert(review.to_owned(), shown["head"].clone());
        self.shared.bell.ring();
        Ok(())
    }
}
