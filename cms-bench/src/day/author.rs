//! An author's day: drafts with edits of every kind, saved at the same time as a colleague, brought up to date,
//! settled.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::{
    Shared,
    dice::Dice,
    ledger::{Edit, Sight},
    person::{AUTHORING, Answer, Person},
    settle,
};

/// A leaf of the tree, and a lesson in which it has a place.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    pub(super) key: String,
    pub(super) parent: String,
}

/// Races that one save may lose before that counts as a defect.
const SAVES_MAX: usize = 200;

/// An author, with the leaves that no other author has.
pub(super) struct Author {
    pub(super) number: usize,
    pub(super) person: Person,
    /// The colleague who saves the same entries at the same time.
    pub(super) colleague: Person,
    pub(super) leaves: Vec<Leaf>,
    pub(super) dice: Dice,
    pub(super) shared: Arc<Shared>,
    marks_count: usize,
}

impl Author {
    pub(super) fn new(
        number: usize,
        (person, colleague): (Person, Person),
        leaves: Vec<Leaf>,
        shared: &Arc<Shared>,
    ) -> Self {
        let dice = Dice::new(shared.plan.seed ^ number as u64);
        Self { number, person, colleague, leaves, dice, shared: Arc::clone(shared), marks_count: 0 }
    }

    pub(super) fn day(&mut self) -> Result<()> {
        for task in 0..self.shared.plan.tasks_per_author {
            self.task(task).with_context(|| format!("{}, task {task}", self.person.name))?;
        }
        Ok(())
    }

    fn task(&mut self, task: usize) -> Result<()> {
        let title = format!("Task {task} of {}", self.person.name);
        let begin = json!({ "title": title, "members": [self.colleague.name] });
        let begun = self.person.must("begin", &format!("{AUTHORING}/drafts"), &begin)?;
        let draft = begun.body["draft"].as_str().context("a draft has a name")?.to_owned();
        // The first three authors make sure that an unpublish, a rollback and an embargo have something to hold.
        let special = if task == 0 { self.shared.reserved.get(self.number).cloned() } else { None };
        if let Some(leaf) = special {
            self.say(&draft, &leaf.key, "/title")?;
            if self.number == 2 {
                self.embargo(&draft, &leaf.key)?;
            }
        } else {
            let hot = self.hot();
            self.race(&draft, &hot)?;
            self.say(&draft, &self.hot_of(task), "/title")?;
            self.arrange(&draft, task)?;
        }
        let commit = json!({ "message": title });
        let path = format!("{AUTHORING}/drafts/{draft}");
        let committed = self.person.post("commit", &format!("{path}/commit"), &commit)?;
        let is_done = committed.is_done() || committed.code() == "nothing-to-do";
        ensure!(is_done, "commit of {draft}: {}", committed.body);
        // Some work is never finished.
        if task > 0 && (self.number + task).is_multiple_of(7) {
            return Ok(());
        }
        self.review(&draft, &title)
    }

    fn hot(&mut self) -> String {
        let at = self.dice.below(self.shared.hot.len());
        self.shared.hot[at].clone()
    }

    /// A hot entry that others edit in the same task.
    fn hot_of(&self, task: usize) -> String {
        self.shared.hot[(self.number / 4 + task) % self.shared.hot.len()].clone()
    }

    fn mark(&mut self) -> String {
        self.marks_count += 1;
        format!("m{}x{}", self.number, self.marks_count)
    }

    fn remember(&self, draft: &str, sight: Sight) {
        let edit = Edit { author: self.person.name.clone(), draft: draft.to_owned(), sight };
        self.shared.ledger.add(edit);
    }

    /// Writes a mark into a text.
    fn say(&mut self, draft: &str, key: &str, pointer: &'static str) -> Result<()> {
        let mark = self.mark();
        write(&self.person, draft, key, pointer, &mark)?;
        self.remember(draft, Sight::Says { key: key.to_owned(), pointer, mark });
        Ok(())
    }

    /// Saves at the same time as a colleague: both write the same text of one working copy.
    fn race(&mut self, draft: &str, key: &str) -> Result<()> {
        let marks = [self.mark(), self.mark()];
        let people = [&self.person, &self.colleague];
        let saved: Vec<Result<()>> = thread::scope(|scope| {
            let saving: Vec<_> = people
                .iter()
                .zip(&marks)
                .map(|(person, mark)| {
                    scope.spawn(move || write(person, draft, key, "/description", mark))
                })
                .collect();
            saving.into_iter().map(|saving| saving.join().expect("a writer panicked")).collect()
        });
        saved.into_iter().collect::<Result<Vec<()>>>()?;
        for mark in marks {
            self.remember(
                draft,
                Sight::Says { key: key.to_owned(), pointer: "/description", mark },
            );
        }
        Ok(())
    }

    fn embargo(&self, draft: &str, key: &str) -> Result<()> {
        save(&self.person, draft, key, &|document| {
            document["not_before"] = json!("2099-01-01T09:00[Europe/Berlin]");
        })
    }

    /// Changes where entries stand, one kind of change per task.
    fn arrange(&mut self, draft: &str, task: usize) -> Result<()> {
        let Some(leaf) = self.leaves.pop() else { return Ok(()) };
        let steps = format!("{AUTHORING}/drafts/{draft}");
        let target = self.shared.lessons[self.dice.below(self.shared.lessons.len())].clone();
        match (self.number + task) % 6 {
            0 if target != leaf.parent => {
                let body = json!({ "key": leaf.key, "from": [leaf.parent], "parent": target });
                if self.did(&format!("{steps}/place"), &body)?.is_some() {
                    self.remember(draft, Sight::Contains { parent: target, child: leaf.key });
                }
            }
            1 => {
                let body = json!({ "key": leaf.key, "everywhere": true });
                if self.did(&format!("{steps}/trash"), &body)?.is_some() {
                    self.remember(draft, Sight::Gone { key: leaf.key });
                }
            }
            2 => {
                let trash = json!({ "key": leaf.key, "everywhere": true });
                if self.did(&format!("{steps}/trash"), &trash)?.is_some() {
                    let back = json!({ "key": leaf.key });
                    let back = self.person.must("arrange", &format!("{steps}/untrash"), &back)?;
                    let placed = back.body["placed"].as_array().cloned().unwrap_or_default();
                    if !placed.contains(&json!(leaf.parent)) {
                        let place = json!({ "key": leaf.key, "parent": leaf.parent, "index": 0 });
                        self.person.must("arrange", &format!("{steps}/place"), &place)?;
                    }
                    let child = leaf.key;
                    self.remember(draft, Sight::Contains { parent: leaf.parent, child });
                }
            }
            3 => {
                let body = json!({ "key": leaf.key, "parent": leaf.parent });
                if let Some(answer) = self.did(&format!("{steps}/duplicate"), &body)? {
                    let child = answer.body["key"].as_str().context("a copy's key")?.to_owned();
                    self.remember(draft, Sight::Contains { parent: leaf.parent, child });
                }
            }
            4 => self.batch(draft, &leaf)?,
            _ => self.begin_with_template(draft, &leaf)?,
        }
        Ok(())
    }

    fn batch(&mut self, draft: &str, leaf: &Leaf) -> Result<()> {
        let keys: Vec<String> = [Some(leaf.clone()), self.leaves.pop()]
            .into_iter()
            .flatten()
            .map(|leaf| leaf.key)
            .collect();
        let mark = self.mark();
        let steps =
            json!([{ "do": "set", "pointer": "/description", "value": format!("New {mark}") }]);
        let path = format!("{AUTHORING}/drafts/{draft}/batch");
        let trial = json!({ "keys": keys, "steps": steps, "trial": true });
        let tried = self.person.must("arrange", &path, &trial)?;
        ensure!(tried.body["commit"].is_null(), "a trial commits nothing: {}", tried.body);
        self.person.must("arrange", &path, &json!({ "keys": keys, "steps": steps }))?;
        for key in keys {
            let mark = mark.clone();
            self.remember(draft, Sight::Says { key, pointer: "/description", mark });
        }
        Ok(())
    }

    fn begin_with_template(&mut self, draft: &str, leaf: &Leaf) -> Result<()> {
        let at = format!("{AUTHORING}/templates?kind=exercise&at=draft%2F{draft}");
        let templates = self.person.get(&at)?;
        let Some(template) = templates.body["rows"][0]["key"].as_str() else { return Ok(()) };
        let title = format!("From a template {}", self.mark());
        let body = json!({ "template": template, "title": title, "parent": leaf.parent });
        let path = format!("{AUTHORING}/drafts/{draft}/from-template");
        if let Some(answer) = self.did(&path, &body)? {
            let child = answer.body["key"].as_str().context("a copy's key")?.to_owned();
            self.remember(draft, Sight::Contains { parent: leaf.parent.clone(), child });
        }
        Ok(())
    }

    /// Takes a step; returns none when it was refused for a reason that an author can meet.
    fn did(&self, path: &str, body: &Value) -> Result<Option<Answer>> {
        let answer = self.person.post("arrange", path, body)?;
        match (answer.is_done(), answer.code()) {
            (true, _) => Ok(Some(answer)),
            (_, "still-used" | "in-conflict" | "content-refused" | "nothing-to-do") => Ok(None),
            _ => bail!("POST {path} {body}: {} {}", answer.status, answer.body),
        }
    }

    /// Asks for a review, and does what is needed until the draft is merged.
    fn review(&mut self, draft: &str, title: &str) -> Result<()> {
        let reviewers = &self.shared.reviewers;
        let first = self.dice.below(reviewers.len());
        let asked = [&reviewers[first], &reviewers[(first + 1) % reviewers.len()]];
        let body = json!({ "draft": draft, "title": title, "reviewers": asked });
        let opened = self.person.must("open", &format!("{AUTHORING}/reviews"), &body)?;
        let review = opened.body["review"].as_str().context("a review has a name")?.to_owned();
        self.shared.bell.ring();
        let path = format!("{AUTHORING}/reviews/{review}");
        let deadline = Instant::now() + self.shared.plan.patience;
        let mut answered_ms = 0;
        while Instant::now() < deadline {
            let shown = self.person.get(&path)?.body;
            if shown["state"] != "open" {
                return Ok(());
            }
            let verdicts = shown["verdicts"].as_array().into_iter().flatten();
            let wanted = verdicts.filter(|verdict| verdict["wants_changes"] == true);
            let newest = wanted.filter_map(|verdict| verdict["time_ms"].as_u64()).max();
            if let Some(newest) = newest.filter(|newest| *newest > answered_ms) {
                self.bring_up_to_date(draft)?;
                answered_ms = newest;
                let words = json!({ "text": "It is up to date, please look again." });
                self.person.must("talk", &format!("{path}/comments"), &words)?;
                self.shared.bell.ring();
                continue;
            }
            self.shared.bell.wait(Duration::from_millis(300));
        }
        Ok(())
    }

    fn bring_up_to_date(&self, draft: &str) -> Result<()> {
        let path = format!("{AUTHORING}/drafts/{draft}");
        // Half-settled conflicts come first.
        settle::settle(&self.person, &path)?;
        let rebased = self.person.post("rebase", &format!("{path}/rebase"), &json!({}))?;
        // Another reviewer may have merged it meanwhile.
        let is_told = matches!(rebased.code(), "nothing-to-do" | "draft-state");
        ensure!(
            rebased.is_done() || is_told,
            "rebase of {draft}: {} {}",
            rebased.status,
            rebased.body
        );
        settle::settle(&self.person, &path)
    }
}

/// Writes a mark at the end of a text.
fn write(person: &Person, draft: &str, key: &str, pointer: &'static str, mark: &str) -> Result<()> {
    save(person, draft, key, &|document| {
        let field = &mut document[pointer.trim_start_matches('/')];
        let text = field.as_str().unwrap_or_default();
        *field = format!("{text} {mark}").trim().into();
    })
}

/// Saves a change of an entry; a save that came too late is made again from what the refusal returned.
fn save(person: &Person, draft: &str, key: &str, change: &dyn Fn(&mut Value)) -> Result<()> {
    let path = format!("{AUTHORING}/drafts/{draft}/entries/{key}");
    let shown = person.get(&path)?;
    ensure!(shown.is_done(), "GET {path}: {} {}", shown.status, shown.body);
    let (mut document, mut tag) = (shown.body["document"].clone(), shown.tag);
    change(&mut document);
    for _ in 0..SAVES_MAX {
        let header = if tag.is_empty() { ("if-none-match", "*") } else { ("if-match", &*tag) };
        let saved = person.ask("save", ("PUT", &path), &[header], Some(&document))?;
        if saved.is_done() {
            return Ok(());
        }
        ensure!(saved.status == 412, "PUT {path}: {} {}", saved.status, saved.body);
        let told = &saved.body;
        tag = told["current_tag"].as_str().unwrap_or_default().to_owned();
        let conflicts = told["conflicts"].as_array().map_or(0, Vec::len);
        if conflicts == 0 && told["merged"].is_object() {
            document = told["merged"].clone();
        } else {
            document = told["theirs"].clone();
            ensure!(document.is_object(), "412 of {path} does not hold theirs: {told}");
            change(&mut document);
        }
    }
    bail!("{} saved {key} {SAVES_MAX} times and was always late", person.name)
}
