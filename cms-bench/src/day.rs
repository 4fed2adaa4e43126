//! Group `day`: a day of 20 authors, 5 reviewers and a publisher, all through the HTTP API, all at once.
//!
//! Authors remember every edit that they made. When the day is over, each edit is public, or is listed as merged and
//! not public with a reason, or is in a draft that is still open; otherwise it is lost.

mod author;
pub(crate) mod dice;
mod ledger;
pub(crate) mod person;
mod publisher;
mod reviewer;
mod settle;
pub(crate) mod site;
#[cfg(test)]
mod tests;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use cms_api::{
    cli::init,
    ground::{
        authorship::{Authorship, fresh_operation},
        moment,
    },
    store::Store,
};
use cms_core::access::Role;

use self::{
    author::{Author, Leaf},
    dice::Dice,
    ledger::{Account, Ledger},
    person::{AUTHORING, Bell, Person},
    publisher::Publisher,
    reviewer::Reviewer,
    site::Site,
};
use crate::{
    Plan,
    figure::{Figure, Rounds, say},
};

/// Every figure's name.
pub(crate) const NAMES: [&str; 6] =
    ["day_edits", "day_unaccounted", "day_requests", "day_save", "day_merge", "day_publish"];

const AUTHORS: usize = 20;
const REVIEWERS: usize = 5;
/// Entries that everybody edits.
const HOT: usize = 12;
/// Lessons that are searched for leaves.
const LESSONS_MAX: usize = 150;
const SEED: u64 = 20_150_308;

/// How long a day is, and its seed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DayPlan {
    pub(crate) seed: u64,
    pub(crate) tasks_per_author: usize,
    /// How long an author waits for a review before leaving the draft as it is.
    pub(crate) patience: Duration,
}

/// What all people of the day share.
struct Shared {
    plan: DayPlan,
    hot: Vec<String>,
    lessons: Vec<String>,
    /// Leaves that the publisher will hold.
    reserved: Vec<Leaf>,
    reviewers: Vec<String>,
    ledger: Ledger,
    bell: Bell,
    authors_left: AtomicUsize,
}

/// The results of a day.
pub(crate) struct Day {
    pub(crate) account: Account,
    pub(crate) requests_count: usize,
    pub(crate) took: Duration,
    /// How many times a draft was brought up to date, and how many conflicts were settled.
    pub(crate) rebases_count: usize,
    pub(crate) settled_count: usize,
    /// Durations of saves in milliseconds, unordered.
    pub(crate) saves_ms: Vec<f64>,
    pub(crate) merges_ms: Vec<f64>,
    pub(crate) publishes_ms: Vec<f64>,
}

/// Simulates a day on the content of a store.
pub(crate) fn spend(store: Store, spool: &Path, plan: DayPlan) -> Result<Day> {
    let site = Site::open(store, spool)?;
    let operator = site.person("operator", Role::Administrator)?;
    publisher::demand_approvals(&operator)?;
    let author_names: Vec<String> = (0..AUTHORS).map(|number| format!("author-{number}")).collect();
    let reviewers: Vec<String> =
        (0..REVIEWERS).map(|number| format!("reviewer-{number}")).collect();
    let (mut lessons, leaves) = survey(&operator, plan.seed)?;
    ensure!(lessons.len() > HOT / 2 && leaves.len() > AUTHORS, "there is too little content");
    // Videos, because nothing embeds them, so that any of them can be taken off.
    let (mut reserved, others): (Vec<Leaf>, Vec<Leaf>) =
        leaves.into_iter().partition(|leaf| leaf.key.starts_with("video/"));
    let leaves: Vec<Leaf> =
        others.into_iter().chain(reserved.drain(3.min(reserved.len())..)).collect();
    let hot: Vec<String> = lessons.iter().take(HOT).cloned().collect();
    lessons.truncate(LESSONS_MAX);
    let shared = Arc::new(Shared {
        plan,
        hot,
        lessons,
        reserved,
        reviewers: reviewers.clone(),
        ledger: Ledger::default(),
        bell: Bell::default(),
        authors_left: AtomicUsize::new(AUTHORS),
    });
    let people: Vec<Person> =
        author_names.iter().map(|name| site.person(name, Role::Author)).collect::<Result<_>>()?;
    let publisher = Publisher {
        person: site.person("publisher", Role::Publisher)?,
        shared: Arc::clone(&shared),
    };
    publisher::open_up(&publisher)?;
    let start = Instant::now();
    let before = site.times().count();
    let outcomes: Vec<Result<()>> = thread::scope(|scope| {
        let mut working = Vec::new();
        for (number, person) in people.iter().enumerate() {
            let own = leaves.iter().skip(number).step_by(AUTHORS).cloned().collect();
            let colleague = people[(number + 1) % AUTHORS].clone();
            let mut author = Author::new(number, (person.clone(), colleague), own, &shared);
            let shared = &shared;
            working.push(scope.spawn(move || {
                let _gone = Gone(shared);
                author.day()
            }));
        }
        for (number, name) in reviewers.iter().enumerate() {
            let person = site.person(name, Role::Reviewer);
            let dice = Dice::new(plan.seed ^ (1000 + number as u64));
            let shared = Arc::clone(&shared);
            working.push(scope.spawn(move || Reviewer { person: person?, dice, shared }.day()));
        }
        working.push(scope.spawn(|| publisher.day()));
        working.into_iter().map(|person| person.join().expect("somebody panicked")).collect()
    });
    let took = start.elapsed();
    let failed: Vec<String> =
        outcomes.into_iter().filter_map(|done| Some(format!("{:#}", done.err()?))).collect();
    ensure!(failed.is_empty(), "{}", failed.join("\n"));
    publisher.evening().context("the evening")?;
    let requests_count = site.times().count() - before;
    let account = ledger::account(&shared.ledger, &operator)?;
    let times = |what| site.times().of(what);
    Ok(Day {
        account,
        requests_count,
        took,
        rebases_count: times("rebase").len(),
        settled_count: times("settle").len(),
        saves_ms: times("save"),
        merges_ms: times("merge"),
        publishes_ms: times("publish"),
    })
}

/// Tells the others that an author has gone home, however the author's day ended.
struct Gone<'s>(&'s Shared);

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        self.0.authors_left.fetch_sub(1, Ordering::SeqCst);
        self.0.bell.ring();
    }
}

/// Lessons, and videos, exercises and articles in them, each once, in an order that the seed decides.
fn survey(person: &Person, seed: u64) -> Result<(Vec<String>, Vec<Leaf>)> {
    let mut dice = Dice::new(seed);
    let rows = person.all("entries?kind=lesson")?;
    let mut lessons: Vec<String> =
        rows.iter().filter_map(|row| row["key"].as_str().map(str::to_owned)).collect();
    dice.shuffle(&mut lessons);
    let (mut known, mut leaves) = (std::collections::HashSet::new(), Vec::new());
    let mut placed = Vec::new();
    for lesson in lessons {
        if placed.len() == LESSONS_MAX {
            break;
        }
        let shown = person.get(&format!("{AUTHORING}/entries/{lesson}"))?.body;
        // Models of templates stand nowhere.
        if shown["parents"].as_array().is_none_or(Vec::is_empty) {
            continue;
        }
        for child in shown["document"]["children"].as_array().into_iter().flatten() {
            let child = child.as_str().context("a child's key")?.to_owned();
            if known.insert(child.clone()) {
                leaves.push(Leaf { key: child, parent: lesson.clone() });
            }
        }
        placed.push(lesson);
    }
    dice.shuffle(&mut leaves);
    Ok((placed, leaves))
}

pub(crate) fn run(plan: &Plan) -> Result<()> {
    let data = plan.data.as_deref().context(
        "the day is spent on a topic tree that is not part of this repository: name its file, or a folder of dated states, with --data",
    )?;
    let file = newest(data)?;
    let folder = plan.folder.join("day");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    let by = Authorship {
        author: cms_core::model::name::Person::recorded("day"),
        time_ms: moment::now_ms(),
        operation: fresh_operation(),
        holder: cms_core::access::Holder::Machine,
        origin: cms_core::repo::Origin::default(),
    };
    let store = init::open_or_create(&folder, &by).map_err(site::failed)?;
    say(format_args!("importing {}", file.display()));
    site::import(&store, &file)?;
    let tasks_per_author = if plan.quick { 2 } else { 6 };
    let day = DayPlan { seed: SEED, tasks_per_author, patience: Duration::from_secs(120) };
    let done = spend(store, &folder, day)?;
    print(&done);
    if !plan.keep {
        std::fs::remove_dir_all(&folder)?;
    }
    Ok(())
}

/// The file itself, or the newest English state of a folder.
fn newest(data: &Path) -> Result<PathBuf> {
    if data.is_file() {
        return Ok(data.to_owned());
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(data).with_context(|| data.display().to_string())? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        if name.is_some_and(|name| name.starts_with("en-") && name.contains(".ndjson")) {
            files.push(path);
        }
    }
    files.sort();
    files.pop().with_context(|| format!("{} has no file en-….ndjson", data.display()))
}

fn print(day: &Day) {
    let account = &day.account;
    let edits = account.edits_count;
    let figure = |name, unit, values| Figure::new(name, edits as u32, unit, &Rounds::given(values));
    let mut all = figure("day_edits", "edits", vec![edits as f64]);
    all.note = format!(
        "n is edits; {} public, {:?} held, {} in open drafts; {} rebases, {} conflicts settled",
        account.published_count,
        account.held,
        account.in_drafts_count,
        day.rebases_count,
        day.settled_count
    );
    all.print();
    for lost in &account.lost {
        say(format_args!("lost: {lost}"));
    }
    let lost = account.lost.len();
    figure("day_unaccounted", "edits", vec![lost as f64]).against("0", Some(lost == 0)).print();
    let rate = day.requests_count as f64 / day.took.as_secs_f64();
    let mut requests = figure("day_requests", "requests/s", vec![rate]);
    requests.note = format!(
        "{} requests of {} people in {:.1} s",
        day.requests_count,
        AUTHORS + REVIEWERS + 1,
        day.took.as_secs_f64()
    );
    requests.print();
    for (name, times) in [
        ("day_save", &day.saves_ms),
        ("day_merge", &day.merges_ms),
        ("day_publish", &day.publishes_ms),
    ] {
        if times.is_empty() {
            continue;
        }
        let rounds = Rounds::given(times.clone());
        let mut row = Figure::new(name, edits as u32, "ms", &rounds);
        row.note =
            format!("p50 of {}, p99 {:.1} ms, refusals among them", times.len(), rounds.at(0.99));
        row.print();
    }
}
