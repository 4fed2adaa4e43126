//! Figures in groups, each measured next to its peer in the same run: `cargo xtask bench [GROUP]`.

mod access;
mod child;
mod damage;
mod day;
mod disk;
mod drive;
mod editorial;
mod exercises;
mod figure;
mod git;
mod merges;
mod named;
mod rows;
mod silence;
mod store;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use anyhow::{Result, ensure};
use clap::{Parser, Subcommand, ValueEnum};

/// The allocator of the `cms` program, because that program is what is measured.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A group of figures.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Group {
    /// The store: commits, publishes, reads, import, opening
    Store,
    /// What editors and reviewers wait for: differences of documents
    Editorial,
    /// Merges of documents compared with git's and people's; needs --data
    Merges,
    /// A day of 26 people through the HTTP API; needs --data
    Day,
    /// Perseus in process: parse, lint and split of items
    Exercises,
    /// Ten damages at random: what is still served, exported and salvaged
    Damage,
    /// What an app waits for while others are silent, and while films are requested
    Silence,
    /// Who may do what: a decision, a signed-in read, learners' reads while passwords are guessed
    Access,
}

impl Group {
    /// The names of its figures.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Store => &rows::NAMES,
            Self::Editorial => &editorial::NAMES,
            Self::Merges => &merges::NAMES,
            Self::Day => &day::NAMES,
            Self::Exercises => &exercises::NAMES,
            Self::Damage => &damage::NAMES,
            Self::Silence => &silence::NAMES,
            Self::Access => &access::NAMES,
        }
    }

    fn run(self, plan: &Plan) -> Result<()> {
        match self {
            Self::Store => rows::run(plan),
            Self::Editorial => editorial::run(plan),
            Self::Merges => merges::run(plan),
            Self::Day => day::run(plan),
            Self::Exercises => exercises::run(plan),
            Self::Damage => damage::run(plan),
            Self::Silence => silence::run(plan),
            Self::Access => access::run(plan),
        }
    }
}

/// Figures, one JSON line each.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench")]
struct Arguments {
    #[command(subcommand)]
    child: Option<Task>,
    /// The group of figures
    #[arg(default_value = "store")]
    group: Group,
    #[command(flatten)]
    plan: Plan,
}

/// What to measure, and how.
#[derive(Debug, Clone, clap::Args)]
struct Plan {
    /// Small and rough: 10,000 entries unless stated otherwise, few rounds
    #[arg(long)]
    quick: bool,
    /// Only this figure; may be given several times
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Numbers of entries
    #[arg(long, value_delimiter = ',', value_name = "N,…")]
    n: Vec<u32>,
    /// Locales of the figure that has any: 12 at a million entries take some 50 GB
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u8).range(1..=12), value_name = "N")]
    locales: u8,
    /// Leave the stores for the next run, and use those that an earlier run left
    #[arg(long)]
    keep: bool,
    /// Measure for this long rather than for a number of rounds, so that a profiler can look
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    repeat: Option<Duration>,
    /// Real data to measure on, where a group can use it or needs it
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Also print each merge that differs from people's, and why
    #[arg(long)]
    explain: bool,
    /// Where stores are built, on the disk to be measured
    #[arg(long, default_value = "target/bench", value_name = "DIR")]
    folder: PathBuf,
}

/// What a measured process does by itself, and what is not a figure.
#[derive(Debug, Subcommand)]
enum Task {
    /// Open a store, print how long that took
    #[command(hide = true)]
    Open { folder: PathBuf },
    /// Open a store, read at random, print the memory used
    #[command(hide = true)]
    Read { folder: PathBuf, entries_count: u32 },
    /// Fill the store's journal, then wait to be killed
    #[command(hide = true)]
    Fill { folder: PathBuf, entries_count: u32 },
    /// Serve a data directory, with a log on standard error
    #[command(hide = true)]
    Serve {
        data: PathBuf,
        /// Believe what a proxy on this machine says about clients
        #[arg(long)]
        behind_proxy: bool,
    },
    /// Drive a server through its API at random, and hold it to its laws
    Drive(drive::Arguments),
}

fn seconds(text: &str) -> Result<Duration, std::num::ParseFloatError> {
    text.parse().map(Duration::from_secs_f64)
}

impl Plan {
    /// The numbers of entries, ascending.
    fn sizes(&self) -> Vec<u32> {
        let mut sizes = match &self.n[..] {
            [] if self.quick => vec![10_000],
            [] => vec![10_000, 100_000, 1_000_000],
            given => given.to_vec(),
        };
        sizes.sort_unstable();
        sizes.dedup();
        sizes
    }

    /// Whether a figure was requested.
    fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| name == only)
    }

    /// How many rounds to measure, given how many a careful run takes.
    fn rounds(&self, careful: usize) -> usize {
        if self.quick { careful.div_ceil(3) } else { careful }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.child {
        Some(Task::Open { folder }) => child::open(&folder),
        Some(Task::Read { folder, entries_count }) => child::read(&folder, entries_count),
        Some(Task::Fill { folder, entries_count }) => child::fill(&folder, entries_count),
        Some(Task::Serve { data, behind_proxy }) => silence::serve(&data, behind_proxy),
        Some(Task::Drive(asked)) => drive::run(&asked),
        None => measure(arguments.group, &arguments.plan),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn measure(group: Group, plan: &Plan) -> Result<()> {
    let known = plan.only.iter().all(|only| group.names().contains(&only.as_str()));
    ensure!(known, "the figures are {}", group.names().join(", "));
    std::fs::create_dir_all(&plan.folder)?;
    let measured = group.run(plan);
    if !plan.keep {
        std::fs::remove_dir_all(&plan.folder)?;
    }
    measured
}
