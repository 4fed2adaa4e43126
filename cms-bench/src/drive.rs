//! `cms-bench drive`: a random, stateful test of the authoring API against a real server process.
//!
//! A list of steps is made from a seed. Each step names a verb and carries a number, from which everything that the
//! verb chooses is drawn when its turn comes: so any sublist of a list can be run again from a fresh data directory,
//! which is how shrinking works. What the driver remembers of the answers is compared with what the server says; what
//! must hold is a [`Law`].

mod approvals;
mod course;
mod drafting;
mod laws;
mod ledger;
mod looking;
mod patch;
mod publishing;
mod reviewing;
mod server;
mod shrink;
mod step;
#[cfg(test)]
mod tests;
mod world;
mod writing;

use std::{
    collections::BTreeMap,
    fmt, fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};

use self::{server::Cms, shrink::shrink, step::Step, world::World};

/// Steps between two complete checks.
const STEPS_BETWEEN_CHECKS: usize = 40;

/// The arguments of the driver.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Arguments {
    /// Which run; several with commas between, one after the other
    #[arg(long, value_delimiter = ',', default_value = "1", value_name = "N,…")]
    seed: Vec<u64>,
    /// Steps of a run
    #[arg(long, default_value_t = 300, value_name = "N")]
    steps: usize,
    /// Number of people who write: every second one is a reviewer too
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(2..=20), value_name = "N")]
    people: u8,
    /// Sometimes end the server with SIGKILL, rather than always with SIGTERM
    #[arg(long)]
    kills: bool,
    /// Go on with fresh seeds for this many minutes
    #[arg(long, value_name = "MINUTES")]
    minutes: Option<u64>,
    /// Run only the steps of a file that a failed run left
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
    /// How long a failed list may be shrunk, in seconds; 0 leaves it as it is
    #[arg(long, default_value_t = 120, value_name = "SECONDS")]
    shrink: u64,
    /// Print every request that changes something, and its answer
    #[arg(long)]
    trace: bool,
    /// The program under test
    #[arg(long, value_name = "PATH")]
    cms: PathBuf,
    /// Where data directories and failed lists are written
    #[arg(long, default_value = "target/drive", value_name = "DIR")]
    folder: PathBuf,
}

/// What must hold, whatever anybody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Law {
    /// What was acknowledged exists until somebody removes it knowingly.
    NothingLost,
    /// A refusal changes nothing.
    RefusalsChangeNothing,
    /// `main` is valid and not in conflict, and the store is whole.
    MainIsValid,
    /// What was delivered step by step equals what a publish from scratch delivers.
    IncrementalIsFromNothing,
    /// A publish does what its plan said.
    PlanIsPublish,
    /// A rollback delivers what was delivered before.
    RollbackIsWhatWas,
    /// What reaches `main` was approved.
    NothingUnapproved,
    /// A difference leads from one document to the other.
    DifferencesLead,
    /// An act is reported once.
    ToldOnce,
    /// The server answers, and only with known words.
    AnswersAreKnown,
    /// A late save gets back what its writer had read, and is joined with it.
    LateSavesAreJoined,
}

/// A law that does not hold.
#[derive(Debug)]
pub(crate) struct Broken {
    law: Law,
    words: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.law, self.words)
    }
}

impl std::error::Error for Broken {}

/// Fails for a law.
fn broken<T>(law: Law, words: impl Into<String>) -> Result<T> {
    Err(Broken { law, words: words.into() }.into())
}

/// The law that an error is about; none for a fault of the driver itself.
fn law_of(error: &anyhow::Error) -> Option<Law> {
    error.downcast_ref::<Broken>().map(|broken| broken.law)
}

/// What a run did: how many times each verb succeeded, was refused, and had nothing to act on.
#[derive(Debug, Default)]
struct Tally(BTreeMap<&'static str, [usize; 3]>);

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (verb, [done, refused, idle]) in &self.0 {
            write!(f, " {verb} {done}/{refused}/{idle}")?;
        }
        Ok(())
    }
}

/// Runs what the arguments say.
///
/// # Errors
/// When a law does not hold; the steps are in a file then.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    fs::create_dir_all(&arguments.folder)?;
    ensure!(arguments.cms.is_file(), "there is no program {}", arguments.cms.display());
    if let Some(file) = &arguments.replay {
        let text = fs::read_to_string(file).with_context(|| format!("{}", file.display()))?;
        let steps = step::parse(&text)?;
        println!("drive: {} steps of {}", steps.len(), file.display());
        return drive(arguments, &steps)
            .map(drop)
            .map_err(|(at, error)| error.context(format!("after {at} of {} steps", steps.len())));
    }
    let start = Instant::now();
    let mut seeds = arguments.seed.clone();
    let mut steps_count = 0;
    while !seeds.is_empty() {
        for seed in std::mem::take(&mut seeds) {
            steps_count += arguments.steps;
            one_seed(arguments, seed)?;
        }
        let length = Duration::from_secs(60 * arguments.minutes.unwrap_or_default());
        if start.elapsed() < length {
            seeds.push(cms_api::ground::moment::now_ms());
        }
    }
    println!(
        "drive: {steps_count} steps in {:.0} s, every law holds",
        start.elapsed().as_secs_f64()
    );
    Ok(())
}

fn one_seed(arguments: &Arguments, seed: u64) -> Result<()> {
    println!("drive: seed {seed}, {} steps", arguments.steps);
    let start = Instant::now();
    let steps = step::list(seed, arguments.steps, arguments.kills);
    let (at, error) = match drive(arguments, &steps) {
        Ok(tally) => {
            let seconds = start.elapsed().as_secs_f64();
            println!("drive: seed {seed} in {seconds:.0} s, done/refused/idle:{tally}");
            return Ok(());
        }
        Err(failed) => failed,
    };
    println!("drive: seed {seed} fails after {at} steps: {error:#}");
    let file = arguments.folder.join(format!("failed-{seed}.steps"));
    let ran = &steps[..at];
    fs::write(&file, step::print(ran))?;
    let law = law_of(&error);
    let fails = |steps: &[Step]| match drive(arguments, steps) {
        Err((at, error)) if law_of(&error) == law => Some(at),
        Err(_) | Ok(_) => None,
    };
    let shrunk = shrink(ran, Duration::from_secs(arguments.shrink), &fails);
    fs::write(&file, step::print(&shrunk))?;
    println!("drive: {} steps are enough: {}", shrunk.len(), file.display());
    bail!("seed {seed}, step {at}: {error:#}")
}

/// Runs steps on a fresh data directory; on failure returns the number of steps that were begun.
fn drive(arguments: &Arguments, steps: &[Step]) -> Result<Tally, (usize, anyhow::Error)> {
    let folder = fresh_folder(&arguments.folder).map_err(|error| (0, error))?;
    let begun = Cms::fill(&arguments.cms, &folder)
        .and_then(|cms| World::begin(cms, arguments.people.into(), arguments.trace));
    let mut world = begun.map_err(|error| (0, error))?;
    let mut tally = Tally::default();
    for (at, step) in steps.iter().enumerate() {
        let mut done = world.act(*step);
        if (at + 1) % STEPS_BETWEEN_CHECKS == 0 || at + 1 == steps.len() {
            done = done.and_then(|count| world.check_all().map(|()| count));
        }
        let count =
            done.map_err(|error| (at + 1, error.context(format!("step {}: {step}", at + 1))));
        tally.0.entry(step.verb.word()).or_default()[count? as usize] += 1;
    }
    world.end().map_err(|error| (steps.len(), error))?;
    fs::remove_dir_all(&folder).map_err(|error| (steps.len(), error.into()))?;
    Ok(tally)
}

fn fresh_folder(folder: &Path) -> Result<PathBuf> {
    let folder = folder.join(format!("data-{}", std::process::id()));
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    Ok(folder.canonicalize()?)
}
