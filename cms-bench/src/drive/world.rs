//! The people, what the driver remembers, and the one way in which it makes changes.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use cms_api::problem::Code;
use serde_json::{Value, json};

use super::{
    Law, broken, course,
    ledger::Ledger,
    server::Cms,
    step::{Step, Verb},
};
use crate::day::{
    dice::Dice,
    person::{AUTHORING, Answer, Person},
};

/// Drafts that are open at the same time.
const OPEN_MAX: usize = 4;

/// Reviewers who never write, so that they may approve.
const JUDGES: usize = 2;

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    /// Something changed.
    Done,
    /// The server refused it.
    Refused,
    /// There was nothing to act on.
    Idle,
}

impl Count {
    /// How a step ended, by the server's answer.
    pub(super) fn of(answer: &Answer) -> Self {
        if answer.is_done() { Self::Done } else { Self::Refused }
    }
}

/// A draft as the driver last saw it.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) id: String,
    pub(super) is_open: bool,
}

/// A review.
#[derive(Debug, Clone)]
pub(super) struct Review {
    pub(super) id: String,
    pub(super) draft: usize,
    /// The person who was asked to look.
    pub(super) asked: String,
}

/// What somebody read, with its tag.
#[derive(Debug, Clone)]
pub(super) struct Read {
    pub(super) draft: usize,
    pub(super) key: String,
    pub(super) tag: String,
    pub(super) document: Value,
}

/// What a change is about, so that a refusal can be checked.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct About<'a> {
    pub(super) draft: Option<usize>,
    pub(super) key: Option<&'a str>,
}

/// Everything that the driver knows.
pub(super) struct World {
    pub(super) cms: Cms,
    names: Vec<(String, String)>,
    people: Vec<Person>,
    pub(super) writers: usize,
    pub(super) drafts: Vec<Draft>,
    pub(super) reviews: Vec<Review>,
    pub(super) reads: Vec<Read>,
    pub(super) keys: Vec<String>,
    pub(super) ledger: Ledger,
    /// Documents that were approved in a review, by review and entry; none for an entry that is removed.
    pub(super) approved: BTreeSet<(usize, String, Option<String>)>,
    /// Snapshots of `production` by their numbers.
    pub(super) snapshots: BTreeMap<u64, String>,
    pub(super) trials: usize,
    trace: bool,
}

impl World {
    /// Makes everybody's tokens, starts the server, and sets the policy of reviews.
    pub(super) fn begin(mut cms: Cms, writers: usize, trace: bool) -> Result<Self> {
        let role = |number: usize| if number % 2 == 1 { "reviewer" } else { "author" };
        let mut names = Vec::new();
        for number in 0..writers {
            let name = format!("writer-{number}");
            names.push((name.clone(), cms.token(&name, role(number))?));
        }
        for number in 0..JUDGES {
            let name = format!("judge-{number}");
            names.push((name.clone(), cms.token(&name, "reviewer")?));
        }
        for name in ["publisher", "operator"] {
            names.push((name.to_owned(), cms.token(name, name)?));
        }
        cms.start()?;
        let mut world = Self {
            cms,
            names,
            people: Vec::new(),
            writers,
            drafts: Vec::new(),
            reviews: Vec::new(),
            reads: Vec::new(),
            keys: course::KEYS.map(str::to_owned).to_vec(),
            ledger: Ledger::default(),
            approved: BTreeSet::new(),
            snapshots: BTreeMap::new(),
            trials: 0,
            trace,
        };
        world.meet();
        let path = format!("{AUTHORING}/review-policy");
        let tag = world.get(world.operator(), &path)?.tag;
        let policy = json!({ "approvals_required": 1 });
        let operator = world.operator();
        let about = About::default();
        let set = world.change(operator, about, ("PUT", &path), &[("if-match", &tag)], &policy)?;
        anyhow::ensure!(set.is_done(), "the policy: {}", set.body);
        world.note_snapshot()?;
        Ok(world)
    }

    /// Points everybody at the server that runs now.
    fn meet(&mut self) {
        let cms = &self.cms;
        self.people = self.names.iter().map(|(name, token)| cms.person(name, token)).collect();
    }

    /// Takes a step.
    pub(super) fn act(&mut self, step: Step) -> Result<Count> {
        let mut dice = Dice::new(step.number);
        let dice = &mut dice;
        match step.verb {
            Verb::Begin => self.begin_draft(dice),
            Verb::Rename => self.rename(dice),
            Verb::Discard => self.discard(dice),
            Verb::Reopen => self.reopen(dice),
            Verb::Read => self.read(dice),
            Verb::Save => self.save_fresh(dice),
            Verb::SaveLate => self.save_late(dice),
            Verb::SaveSettling => self.save_settling(dice),
            Verb::Drop => self.drop_working(dice),
            Verb::SaveTrash => self.save_trash(dice),
            Verb::Commit => self.commit(dice),
            Verb::Rebase => self.rebase(dice),
            Verb::Resolve => self.resolve(dice),
            Verb::Place => self.place(dice),
            Verb::Trash => self.trash(dice),
            Verb::Untrash => self.untrash(dice),
            Verb::Duplicate => self.duplicate(dice),
            Verb::Batch => self.batch(dice),
            Verb::Restore => self.restore(dice),
            Verb::Revert => self.revert(dice),
            Verb::Open => self.open_review(dice),
            Verb::Comment => self.comment(dice),
            Verb::Approve => self.approve(dice),
            Verb::RequestChanges => self.request_changes(dice),
            Verb::Merge => self.merge_review(dice),
            Verb::Accept => self.accept(dice),
            Verb::Close => self.end_review(dice, "close"),
            Verb::ReopenReview => self.end_review(dice, "reopen"),
            Verb::Land => self.land(dice),
            Verb::MergeDraft => self.merge_draft(dice),
            Verb::Publish => self.publish(dice),
            Verb::Rollback => self.rollback(dice),
            Verb::Unpublish => self.unpublish(dice),
            Verb::Release => self.release(),
            Verb::Schedule => self.schedule(dice),
            Verb::Differ => self.differ(dice),
            Verb::Restart => self.restart(),
            Verb::Kill => self.kill(),
        }
    }

    fn restart(&mut self) -> Result<Count> {
        self.cms.stop()?;
        self.cms.verify()?;
        self.cms.start()?;
        self.meet();
        Ok(Count::Done)
    }

    /// Kills the server, and checks that everything that was acknowledged is there when it is back.
    pub(super) fn kill(&mut self) -> Result<Count> {
        self.cms.kill()?;
        self.cms.start()?;
        self.meet();
        self.check_texts()?;
        Ok(Count::Done)
    }

    /// Ends the server in an orderly way, and reads every byte back.
    pub(super) fn end(&mut self) -> Result<()> {
        self.cms.stop()?;
        self.cms.verify()
    }

    /// The person who publishes.
    pub(super) const fn publisher(&self) -> usize {
        self.writers + JUDGES
    }

    /// The person who sets the rules.
    pub(super) const fn operator(&self) -> usize {
        self.writers + JUDGES + 1
    }

    /// How many people there are.
    pub(super) const fn people_count(&self) -> usize {
        self.people.len()
    }

    pub(super) fn name(&self, who: usize) -> &str {
        &self.names[who].0
    }

    pub(super) fn writer(&self, dice: &mut Dice) -> usize {
        dice.below(self.writers)
    }

    /// A person who reviews: rarely one who writes too.
    pub(super) fn reviewer(&self, dice: &mut Dice) -> usize {
        match dice.below(6) {
            0 => 2 * dice.below(self.writers / 2) + 1,
            _ => self.judge(dice),
        }
    }

    /// A person who reviews and never writes.
    pub(super) fn judge(&self, dice: &mut Dice) -> usize {
        self.writers + dice.below(JUDGES)
    }

    /// An open draft.
    pub(super) fn draft(&self, dice: &mut Dice) -> Option<usize> {
        let open: Vec<usize> = self.open_drafts();
        (!open.is_empty()).then(|| open[dice.below(open.len())])
    }

    pub(super) fn open_drafts(&self) -> Vec<usize> {
        (0..self.drafts.len()).filter(|at| self.drafts[*at].is_open).collect()
    }

    /// Whether another draft may be begun.
    pub(super) fn has_room(&self) -> bool {
        self.open_drafts().len() < OPEN_MAX
    }

    /// An entry; most of the time one of three, so that people meet.
    pub(super) fn key(&self, dice: &mut Dice) -> String {
        let hot = if dice.below(10) < 7 { 3 } else { self.keys.len() };
        self.keys[dice.below(hot)].clone()
    }

    /// The address of a draft.
    pub(super) fn path(&self, draft: usize) -> String {
        format!("{AUTHORING}/drafts/{}", self.drafts[draft].id)
    }

    pub(super) fn get(&self, who: usize, path: &str) -> Result<Answer> {
        self.ask(who, ("GET", path), &[], None)
    }

    /// All rows of a listing of the authoring API.
    pub(super) fn rows(&self, who: usize, path: &str) -> Result<Vec<Value>> {
        match self.people[who].all(path) {
            Ok(rows) => Ok(rows),
            Err(error) => broken(Law::AnswersAreKnown, format!("{error:#}")),
        }
    }

    fn ask(
        &self,
        who: usize,
        line: (&str, &str),
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Answer> {
        match self.people[who].ask("drive", line, headers, body) {
            Ok(answer) => Ok(answer),
            Err(error) => broken(Law::AnswersAreKnown, format!("{error:#}")),
        }
    }

    /// Requests a change; checks that a refusal has a known code, and has changed nothing.
    pub(super) fn change(
        &mut self,
        who: usize,
        about: About<'_>,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Result<Answer> {
        let before = self.print(about)?;
        let body = (!body.is_null()).then_some(body);
        let answer = self.ask(who, (method, path), headers, body)?;
        let asked = || {
            let body = body.map(Value::to_string).unwrap_or_default();
            format!("{}: {method} {path} {headers:?} {body}", self.name(who))
        };
        if self.trace {
            println!("  {} → {} {}", asked(), answer.status, answer.body);
        }
        if answer.is_done() {
            return Ok(answer);
        }
        let code = answer.code();
        if !Code::ALL.iter().any(|known| known.word() == code) {
            return broken(Law::AnswersAreKnown, format!("{}: {}", asked(), answer.body));
        }
        if matches!(answer.status, 400 | 401 | 405 | 415) {
            bail!("the driver asks wrongly: {}: {}", asked(), answer.body);
        }
        let after = self.print(about)?;
        if before != after {
            let words = format!("{}: {}, but {before} became {after}", asked(), answer.body);
            return broken(Law::RefusalsChangeNothing, words);
        }
        Ok(answer)
    }

    /// Posts a change.
    pub(super) fn post(
        &mut self,
        who: usize,
        about: About<'_>,
        path: &str,
        body: &Value,
    ) -> Result<Answer> {
        self.change(who, about, ("POST", path), &[], body)
    }

    /// A fingerprint of everything that a refused change could have moved.
    fn print(&self, about: About<'_>) -> Result<Value> {
        let operator = self.operator();
        let get = |path: &str| self.get(operator, &format!("{AUTHORING}/{path}"));
        let mut print = vec![
            get("states/main")?.body["commit"].clone(),
            get("states/production")?.body["publication"].clone(),
        ];
        if let Some(draft) = about.draft {
            let path = format!("drafts/{}", self.drafts[draft].id);
            print.push(get(&path)?.body);
            print.push(get(&format!("{path}/changes"))?.body["rows"].clone());
            if let Some(key) = about.key {
                print.push(get(&format!("{path}/entries/{key}"))?.tag.into());
            }
        }
        Ok(print.into())
    }
}
