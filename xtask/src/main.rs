//! Every command that a person types while working on the project.

mod clients;
mod contract;
mod drive;
mod fuzz;
mod http;
mod npm;
mod perseus;
mod player;
mod run;
mod test;
mod tidy;
mod tools;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Every command that a person types while working on the project.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build, import the fixtures into a new data directory, publish and serve them
    Run(run::Arguments),
    /// Print what to open once a server answers; `run` leaves this behind
    #[command(hide = true)]
    Announce { port: u16, log: PathBuf },
    /// Install what is missing, then run every check and test
    Test {
        /// Also the long runs: thousands of kills, long fuzzing
        #[arg(long)]
        long: bool,
        /// Runs only these steps, by their names as they are printed (`contract`, `browser tests`)
        #[arg(long, value_name = "STEP")]
        only: Vec<String>,
    },
    /// Format, rules, lints and unit tests: what to run while changing something
    Check,
    /// Measure a group of figures (store, editorial, merges, exercises, silence, access, day, damage), one JSON line each; see `--help`
    #[command(disable_help_flag = true)]
    Bench {
        /// The group of figures and how to measure them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENT")]
        arguments: Vec<String>,
    },
    /// Lint the OpenAPI document and generate clients from it, as `test` does
    Clients {
        /// Commit the types that the published schemas have now
        #[arg(long)]
        update: bool,
    },
    /// Drive a server through its API at random, with restarts and kills, and hold it to its laws, as `test` does
    #[command(disable_help_flag = true)]
    Drive {
        /// For two hours, with fresh seeds
        #[arg(long)]
        long: bool,
        /// What the driver should do instead: `--replay FILE`, `--seed N --steps N --kills --trace`, `--help`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENT")]
        arguments: Vec<String>,
    },
    /// Fuzz each target for a while, as `test` does
    Fuzz {
        /// Optimised, and for ten minutes each
        #[arg(long)]
        long: bool,
    },
    /// Build the bundle of Perseus that is embedded, from its lock file
    Perseus {
        /// Only compare it with what is committed
        #[arg(long)]
        check: bool,
    },
    /// Build the player that is embedded, from its lock file; `run`, `test` and `bench` do so if it is stale
    Player,
    /// Check the rules that no compiler knows: arrows between rooms, sizes, names, links
    Tidy {
        /// Prints the rooms of the crates, what each uses, and where that forms circles
        #[arg(long)]
        rooms: bool,
        /// With `--rooms`: prints where one room uses another (`repo::content repo::channel`)
        #[arg(long, num_args = 2, value_names = ["FROM", "TO"], requires = "rooms")]
        why: Option<Vec<String>>,
    },
}

fn main() -> ExitCode {
    match run(&root(), Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(root: &Path, command: Command) -> Result<()> {
    match command {
        Command::Run(arguments) => run::serve(root, &arguments),
        Command::Announce { port, log } => run::announce(port, &log),
        Command::Check => test::run_quick(root, understands),
        Command::Test { long, only } => test::run_all(root, extent(long), only, understands),
        Command::Drive { long, arguments } => drive::run_some(root, extent(long), &arguments),
        Command::Clients { update: true } => clients::check(root, clients::Types::Updated),
        Command::Clients { update: false } => clients::check(root, clients::Types::Compared),
        Command::Fuzz { long } => fuzz::run_each(root, extent(long)),
        Command::Bench { arguments } => bench(root, &arguments),
        Command::Perseus { check: true } => perseus::check(root),
        Command::Perseus { check: false } => perseus::build(root),
        Command::Player => player::build(root),
        Command::Tidy { rooms: true, why } => tidy::print_rooms(root, why.as_deref()),
        Command::Tidy { rooms: false, .. } => tidy::run(root, understands),
    }
}

const fn extent(long: bool) -> test::Extent {
    if long { test::Extent::Long } else { test::Extent::Short }
}

/// Measures figures; those of the exercises also need a server and a browser.
fn bench(root: &Path, arguments: &[String]) -> Result<()> {
    player::refresh(root)?;
    if arguments.iter().any(|argument| argument == "exercises") && tools::find("npm").is_some() {
        npm::install(&root.join("cms-admin-ui/e2e"))?;
        let server = ["build", "--quiet", "--release", "--package", "cms-api", "--bin", "cms"];
        tools::run(tools::cargo(root).args(server))?;
    }
    let measure = ["run", "--quiet", "--release", "--package", "cms-bench", "--"];
    tools::run(tools::cargo(root).args(measure).args(arguments))
}

/// The repository from which cargo runs this program. If several work trees share a target folder, it may differ from
/// the one in which the program was built.
fn root() -> PathBuf {
    let manifest =
        std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&manifest).parent().expect("xtask lies in the repository").to_owned()
}

/// Whether the words after `cargo xtask` are a command.
fn understands(words: &[&str]) -> bool {
    let all = ["cargo xtask"].iter().chain(words);
    match Arguments::try_parse_from(all) {
        Ok(_) => true,
        Err(error) => !error.use_stderr(),
    }
}
