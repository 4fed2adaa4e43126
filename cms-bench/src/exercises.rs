//! Group `exercises`: the cost of parsing, linting and splitting Perseus items in process, and of showing them in the
//! player.
//!
//! The items are those of the course in `fixtures/`, or a real corpus: a folder with `perseus-items.ndjson.gz`, one
//! `{item}` per line. The engine has one context, or two for figures of two threads; documents are JSON values before
//! the clock starts.

mod player;
mod score;

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    num::NonZeroUsize,
    path::Path,
    thread,
};

use anyhow::{Context, Result, anyhow, ensure};
use cms_perseus::{Engine, Finding, Form, Limits, Severity};
use flate2::read::MultiGzDecoder;
use serde_json::Value;

use crate::{
    Plan,
    figure::{Figure, Rounds, ms, say, timed},
};

/// Every figure's name.
pub(crate) const NAMES: [&str; 7] = [
    "item_in_process",
    "validate_corpus",
    "examine_corpus",
    "score",
    "player_first",
    "player_next",
    "player_repaint",
];

/// The file of real items in a folder of test data.
const CORPUS: &str = "perseus-items.ndjson.gz";
/// The course's exercises, used when no corpus is given.
const FIXTURES: &str = "fixtures/fractions/exercise";
/// A run over the corpus has at least this many items, so that the fixtures give a figure as well.
const RUN_ITEMS: usize = 1_500;
const THREADS: NonZeroUsize = NonZeroUsize::new(2).expect("two is not zero");

pub(crate) fn run(plan: &Plan) -> Result<()> {
    let items = match &plan.data {
        Some(folder) => corpus(folder)?,
        None => fixtures()?,
    };
    say(format_args!("{} items", items.len()));
    if plan.wants("item_in_process") {
        item_in_process(plan, &items)?;
    }
    if plan.wants("validate_corpus") {
        validate_corpus(plan, &items)?;
    }
    if plan.wants("examine_corpus") {
        examine_corpus(plan, &items)?;
    }
    if plan.wants("score") {
        score::run(plan)?;
    }
    player::run(plan)?;
    Ok(())
}

/// One item after the other in one context.
fn item_in_process(plan: &Plan, items: &[Value]) -> Result<()> {
    let engine = engine(NonZeroUsize::MIN);
    // The first call loads the bundle.
    engine.prepare(Form::Item, &items[0])?;
    let mut times_ms = Vec::new();
    let p50 = Rounds::of(plan, 5, || {
        let mut round_ms = Vec::with_capacity(items.len());
        for item in items {
            let (prepared, time) = timed(|| engine.prepare(Form::Item, item));
            prepared?;
            round_ms.push(ms(time));
        }
        let p50 = at(&mut round_ms, 0.5);
        times_ms.append(&mut round_ms);
        Ok(p50)
    })?;
    let [p99, max] = [0.99, 1.0].map(|share| at(&mut times_ms, share));
    let mut figure = Figure::new("item_in_process", items.len() as u32, "ms", &p50)
        .against("p50 at most 2 ms, p99 at most 10 ms", Some(p50.median() <= 2.0 && p99 <= 10.0));
    figure.sync = "none";
    figure.note = format!("parse, lint and split: p99 {p99:.2} ms, max {max:.2} ms");
    figure.print();
    Ok(())
}

/// All items on two threads, each with a context: split, then linted and split.
fn validate_corpus(plan: &Plan, items: &[Value]) -> Result<()> {
    let engine = engine(THREADS);
    let items: Vec<_> = items.iter().cycle().take(items.len().max(RUN_ITEMS)).collect();
    let per_second = |work: &(dyn Fn(&Value) -> Result<()> + Sync)| -> Result<f64> {
        let (done, time) = timed(|| by_threads(&items, work));
        done?;
        Ok(items.len() as f64 / time.as_secs_f64())
    };
    // Both contexts load the bundle.
    by_threads(&items[..THREADS.get() * 8], &|item| split_one(&engine, item))?;
    // In turn, so that both figures come from the same minutes of the machine.
    let mut linted = Vec::new();
    let split = Rounds::of(plan, 5, || {
        linted.push(per_second(&|item| lint_and_split_one(&engine, item))?);
        per_second(&|item| split_one(&engine, item))
    })?;
    let linted = Rounds::given(linted);
    let (split_rate, linted_rate) = (split.median(), linted.median());
    let mut figure = Figure::new("validate_corpus", items.len() as u32, "items/s", &split).against(
        "parse and split at least 2,000/s, with lint at least 1,000/s",
        Some(split_rate >= 2_000.0 && linted_rate >= 1_000.0),
    );
    figure.sync = "none";
    figure.note = format!("{THREADS} threads; with lint {linted_rate:.0} items/s");
    figure.print();
    Ok(())
}

/// Everything that is found about each item, one after the other in one context; the note says in how many items
/// something is found.
fn examine_corpus(plan: &Plan, items: &[Value]) -> Result<()> {
    let engine = engine(NonZeroUsize::MIN);
    let (mut wanting, mut impossible) = (0, 0);
    for item in items {
        let found = engine.examine(Form::Item, item)?.findings;
        wanting += usize::from(!found.is_empty());
        let is_impossible = |found: &Finding| found.severity == Severity::Impossible;
        impossible += usize::from(found.iter().any(is_impossible));
    }
    let p50 = Rounds::of(plan, 3, || {
        let mut round_ms = Vec::with_capacity(items.len());
        for item in items {
            let (found, time) = timed(|| engine.findings(Form::Item, item));
            found?;
            round_ms.push(ms(time));
        }
        Ok(at(&mut round_ms, 0.5))
    })?;
    let mut figure = Figure::new("examine_corpus", items.len() as u32, "ms", &p50)
        .against("p50 at most 5 ms", Some(p50.median() <= 5.0));
    figure.sync = "none";
    figure.note = format!(
        "solved, formulas set, linted: {wanting} items are found wanting, of which {impossible} can't be answered"
    );
    figure.print();
    Ok(())
}

fn split_one(engine: &Engine, item: &Value) -> Result<()> {
    engine.split(Form::Item, item)?;
    Ok(())
}

fn lint_and_split_one(engine: &Engine, item: &Value) -> Result<()> {
    engine.prepare(Form::Item, item)?;
    Ok(())
}

fn by_threads(items: &[&Value], work: &(dyn Fn(&Value) -> Result<()> + Sync)) -> Result<()> {
    thread::scope(|scope| {
        let running: Vec<_> = (0..THREADS.get())
            .map(|first| {
                let own = items.iter().skip(first).step_by(THREADS.get());
                scope.spawn(move || own.copied().try_for_each(work))
            })
            .collect();
        running.into_iter().try_for_each(|thread| {
            thread.join().map_err(|_| anyhow!("a thread that validates panicked"))?
        })
    })
}

fn engine(contexts: NonZeroUsize) -> Engine {
    Engine::new(Limits { contexts, ..Limits::default() })
}

/// The item that every line of a corpus holds.
fn corpus(folder: &Path) -> Result<Vec<Value>> {
    let path = folder.join(CORPUS);
    let file = File::open(&path).with_context(|| format!("opening {}", path.display()))?;
    let items = BufReader::new(MultiGzDecoder::new(file)).lines().map(|line| {
        let mut line: Value = serde_json::from_str(&line?)?;
        Ok(line["item"].take())
    });
    let items = items.collect::<Result<Vec<_>>>()?;
    ensure!(!items.is_empty(), "{} holds no items", path.display());
    Ok(items)
}

/// The items of the course's exercises, without its translations.
fn fixtures() -> Result<Vec<Value>> {
    let mut items = Vec::new();
    for file in fs::read_dir(FIXTURES).with_context(|| format!("reading {FIXTURES}"))? {
        let path = file?.path();
        let mut exercise: Value = serde_json::from_slice(&fs::read(&path)?)?;
        if let Some(own) = exercise["items"].as_array_mut() {
            items.extend(own.drain(..).filter(|item| item.get("question").is_some()));
        }
    }
    ensure!(!items.is_empty(), "{FIXTURES} holds no items");
    Ok(items)
}

/// The value below which a share of the values are.
fn at(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[((values.len() - 1) as f64 * share) as usize]
}
