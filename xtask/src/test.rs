//! Every check and test, ordered so that failures show early.
//!
//! One profile and one target folder serve all steps, because compiling dominates on few cores: the dependencies are
//! checked once for clippy and built once for everything that runs. A step that fails does not stop the ones after it.

use std::{
    env,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};

use crate::{
    clients, contract, drive, fuzz, npm, perseus, player, tidy,
    tools::{self, cargo, run},
};

/// How much to test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// What every change must pass.
    Short,
    /// Thousands of kills, long fuzzing and hours of random use as well.
    Long,
}

/// How a step ended, if it did not fail.
enum Ended {
    Passed,
    Skipped(&'static str),
}

/// Runs every check and test, or those that are named; ends with a line that counts the steps.
///
/// # Errors
/// When a step failed, or no step has a given name.
pub(crate) fn run_all(
    root: &Path,
    extent: Extent,
    only: Vec<String>,
    understands: tidy::Understands,
) -> Result<()> {
    let mut steps = Steps { only, ..Steps::default() };
    steps.step("tools", || install_tools().map(|()| Ended::Passed));
    steps.command("format", cargo(root).args(["fmt", "--all", "--check"]));
    steps.step("tidy", || tidy::run(root, understands).map(|()| Ended::Passed));
    steps.step("clients", || client_tools(root));
    // Embedded files have to exist before anything is compiled.
    steps.step("player", || player_tests(root));
    steps.command(
        "clippy",
        cargo(root)
            .args(["clippy", "--workspace", "--all-targets", "--quiet", "--"])
            .args(["-D", "warnings"]),
    );
    steps.step("perseus", || perseus_bundle(root));
    steps.command("tests", &mut tests(root, extent));
    steps.command("doc tests", cargo(root).args(["test", "--workspace", "--doc", "--quiet"]));
    steps.step("contract", || contract_test(root, extent));
    steps.step("drive", || drive::run_some(root, extent, &[]).map(|()| Ended::Passed));
    steps.step("browser tests", || browser_tests(root));
    steps.step("fuzzing", || fuzzing(root, extent));
    steps.step("licences", || licences(root));
    steps.close()
}

/// What checks a change while it is being made: format, rules, lints, and the tests that need no server and no disk of
/// their own. It takes under two minutes when the dependencies are built.
///
/// # Errors
/// When a step failed.
pub(crate) fn run_quick(root: &Path, understands: tidy::Understands) -> Result<()> {
    let mut steps = Steps::default();
    steps.command("format", cargo(root).args(["fmt", "--all", "--check"]));
    steps.step("tidy", || tidy::run(root, understands).map(|()| Ended::Passed));
    steps.step("player", || player::refresh(root).map(|()| Ended::Passed));
    steps.command(
        "clippy",
        cargo(root)
            .args(["clippy", "--workspace", "--all-targets", "--quiet", "--"])
            .args(["-D", "warnings"]),
    );
    let units = ["test", "--quiet", "--package", "cms-core", "--package", "cms-api", "--lib"];
    steps.command("unit tests", cargo(root).args(units));
    steps.close()
}

fn install_tools() -> Result<()> {
    let installed = tools::install_packages();
    tools::need_component("rustfmt", "fmt")?;
    tools::need_component("clippy", "clippy")?;
    match installed {
        // A person without root may still run most of it; the steps say what they lack.
        Err(error) if env::var_os("CI").is_none() => println!("going on without: {error:#}"),
        installed => installed?,
    }
    Ok(())
}

fn tests(root: &Path, extent: Extent) -> Command {
    let mut command = cargo(root);
    if tools::has_subcommand("nextest") {
        command.args(["nextest", "run", "--workspace", "--no-fail-fast"]);
        command.args(["--status-level", "slow", "--final-status-level", "fail"]);
    } else {
        command.args(["test", "--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"]);
    }
    // A snapshot that differs is a failure, never a new file.
    command.env("INSTA_UPDATE", "no");
    if extent == Extent::Long {
        command.env("CMS_TEST_LONG", "1");
    }
    command
}

/// Compares the embedded bundle with its lock file.
fn perseus_bundle(root: &Path) -> Result<Ended> {
    if tools::find("npm").is_none() {
        ensure!(env::var_os("CI").is_none(), "npm is missing");
        return Ok(Ended::Skipped("npm is missing"));
    }
    perseus::check(root).map(|()| Ended::Passed)
}

/// The player's types, its build if it is stale, and its own tests.
fn player_tests(root: &Path) -> Result<Ended> {
    if tools::find("npm").is_none() {
        ensure!(env::var_os("CI").is_none(), "npm is missing");
        return Ok(Ended::Skipped("npm is missing"));
    }
    player::refresh(root)?;
    player::test(root).map(|()| Ended::Passed)
}

/// Reads the committed OpenAPI document with the tools of people who write clients.
fn client_tools(root: &Path) -> Result<Ended> {
    for program in ["npm", "python3"] {
        if tools::find(program).is_none() {
            ensure!(env::var_os("CI").is_none(), "{program} is missing");
            return Ok(Ended::Skipped("npm or python3 is missing"));
        }
    }
    clients::check(root, clients::Types::Compared).map(|()| Ended::Passed)
}

/// The server against its own OpenAPI document; random requests belong to the long runs.
fn contract_test(root: &Path, extent: Extent) -> Result<Ended> {
    if tools::find("python3").is_none() {
        ensure!(env::var_os("CI").is_none(), "python3 is missing");
        return Ok(Ended::Skipped("python3 is missing"));
    }
    let phases = match extent {
        Extent::Short => "examples,coverage",
        Extent::Long => "examples,coverage,fuzzing",
    };
    contract::check(root, phases).map(|()| Ended::Passed)
}

/// Journeys through the admin pages in a real browser, against the program that the tests built.
fn browser_tests(root: &Path) -> Result<Ended> {
    let folder = root.join("cms-admin-ui/e2e");
    if !folder.join("package.json").is_file() {
        return Ok(Ended::Skipped("cms-admin-ui/e2e is not there"));
    }
    let Some(chromium) = tools::find("chromium") else {
        ensure!(env::var_os("CI").is_none(), "chromium is missing");
        return Ok(Ended::Skipped("chromium is missing"));
    };
    let program = tools::built_program(root)?;
    npm::install(&folder)?;
    run(npm::npm(&folder).args(["test"]).env("CMS_BIN", program).env("CHROMIUM", chromium))?;
    Ok(Ended::Passed)
}

/// The same properties run as ordinary tests too; here a fuzzer chooses the input.
fn fuzzing(root: &Path, extent: Extent) -> Result<Ended> {
    if fuzz::targets(root).is_empty() {
        return Ok(Ended::Skipped("fuzz/fuzz_targets is not there"));
    }
    fuzz::run_each(root, extent).map(|()| Ended::Passed)
}

/// Licences and sources of all dependencies. Advisories would need a database from elsewhere.
fn licences(root: &Path) -> Result<Ended> {
    let program = tools::cargo_deny(root)?;
    run(Command::new(program).current_dir(root).args([
        "--log-level",
        "error",
        "check",
        "licenses",
        "bans",
        "sources",
    ]))?;
    Ok(Ended::Passed)
}

/// Counts steps and reports how long each one took.
#[derive(Default)]
struct Steps {
    passed: usize,
    skipped: usize,
    failed: Vec<&'static str>,
    time: Duration,
    /// The steps to run; all if none is named.
    only: Vec<String>,
}

impl Steps {
    fn command(&mut self, name: &'static str, command: &mut Command) {
        self.step(name, || run(command).map(|()| Ended::Passed));
    }

    fn step(&mut self, name: &'static str, work: impl FnOnce() -> Result<Ended>) {
        if !self.only.is_empty() && !self.only.iter().any(|only| only == name) {
            return;
        }
        println!("── {name}");
        let start = Instant::now();
        let ended = work();
        let time = start.elapsed();
        self.time += time;
        let seconds = time.as_secs_f64();
        match ended {
            Ok(Ended::Passed) => {
                self.passed += 1;
                println!("── {name}: passed in {seconds:.1} s");
            }
            Ok(Ended::Skipped(reason)) => {
                self.skipped += 1;
                println!("── {name}: skipped, {reason}");
            }
            Err(error) => {
                self.failed.push(name);
                println!("── {name}: FAILED in {seconds:.1} s: {error:#}");
            }
        }
    }

    fn close(self) -> Result<()> {
        println!("── all steps: {:.0} s", self.time.as_secs_f64());
        let skipped = match self.skipped {
            0 => String::new(),
            count => format!(", {count} skipped"),
        };
        println!("{} passed, {} failed{skipped}", self.passed, self.failed.len());
        let count = self.passed + self.skipped + self.failed.len();
        ensure!(count > 0, "no step is named {}", self.only.join(", "));
        ensure!(self.failed.is_empty(), "failed: {}", self.failed.join(", "));
        Ok(())
    }
}
