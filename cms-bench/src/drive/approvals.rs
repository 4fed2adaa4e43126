//! What came to `main`: all of it was approved, and nothing that was on `main` or in the draft is gone.

use anyhow::Result;
use serde_json::Value;

use super::{
    Law, broken,
    world::{Count, World},
};
use crate::day::person::{AUTHORING, Answer};

impl World {
    /// Takes a step that brings something to `main`, and checks the result.
    pub(super) fn bring(
        &mut self,
        who: usize,
        draft: usize,
        review: Option<usize>,
        bring: &mut dyn FnMut(&mut Self) -> Result<Answer>,
    ) -> Result<Count> {
        let head = self.main_head()?;
        let (main, drafted) = (self.main_texts()?, self.draft_texts(draft)?);
        let answer = bring(self)?;
        if !answer.is_done() {
            return Ok(Count::Refused);
        }
        let shown = self.get(who, &self.path(draft))?;
        self.drafts[draft].is_open = shown.body["state"] == "open";
        self.were_approved(&head, review)?;
        let (main_now, drafted_now) = (self.main_texts()?, self.draft_texts(draft)?);
        self.nothing_lost("a merge, on main", &main, &[&main_now])?;
        if self.drafts[draft].is_open {
            self.nothing_lost("a merge, of its draft", &drafted, &[&main_now, &drafted_now])?;
        } else {
            self.nothing_lost("a merge that closed its draft", &drafted, &[&main_now])?;
        }
        Ok(Count::Done)
    }

    /// Checks that every document that came to `main` since a commit was approved in the review.
    fn were_approved(&self, since: &str, review: Option<usize>) -> Result<()> {
        let now = self.main_head()?;
        let rows = self.rows(self.operator(), &format!("diff?from={since}&to={now}"))?;
        for row in rows {
            let key = row["key"].as_str().unwrap_or_default().to_owned();
            let after = row["after"]["document"].as_str().map(str::to_owned);
            let approved = review.map(|review| (review, key.clone(), after.clone()));
            if !approved.is_some_and(|approved| self.approved.contains(&approved)) {
                let words = format!("{key} came to main as {after:?} without an approval");
                return broken(Law::NothingUnapproved, words);
            }
        }
        Ok(())
    }

    /// Checks that no entry of `main` is in conflict.
    pub(super) fn main_has_no_conflict(&self) -> Result<()> {
        let rows = self.rows(self.operator(), "entries?at=main")?;
        let conflicted: Vec<&Value> =
            rows.iter().filter(|row| row["state"] == "conflicted").map(|row| &row["key"]).collect();
        if conflicted.is_empty() {
            return Ok(());
        }
        broken(
            Law::MainIsValid,
            format!("in conflict on main: {conflicted:?}, see {AUTHORING}/entries"),
        )
    }
}
