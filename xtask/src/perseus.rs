//! The bundle of Perseus that `cms-perseus` embeds: built from its lock file, committed, and compared at every test run.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use crate::tools::{self, run};

/// What `bundle/build.mjs` writes, below `cms-perseus/`.
const BUILT: [&str; 4] = [
    "bundle/dist/engine.js",
    "bundle/dist/identity.json",
    "bundle/dist/NOTICE",
    "tests/fixtures/expected.ndjson",
];

/// Builds the bundle, and asks the packages under Node what they make of the fixtures.
///
/// # Errors
/// When a package can't be had or the build fails.
pub(crate) fn build(root: &Path) -> Result<()> {
    install(root)?;
    run(npm(root).args(["run", "--silent", "build"]))
}

/// Builds into a folder of its own and compares byte for byte with what is committed.
///
/// # Errors
/// When something differs, or the build fails.
pub(crate) fn check(root: &Path) -> Result<()> {
    install(root)?;
    let folder = tools::target(root).join("perseus");
    run(npm(root).args(["run", "--silent", "build", "--"]).arg(&folder))?;
    for path in BUILT {
        let committed = read(&crate_folder(root).join(path))?;
        ensure!(
            read(&folder.join(path))? == committed,
            "cms-perseus/{path} is not what its sources make: run `cargo xtask perseus` and look at the difference"
        );
    }
    println!("{} are what the lock file makes", BUILT.join(", "));
    Ok(())
}

/// The packages by the lock file, unless they are there.
fn install(root: &Path) -> Result<()> {
    let bundle = crate_folder(root).join("bundle");
    // npm leaves its own copy of the lock file behind what it installed.
    let installed = bundle.join("node_modules/.package-lock.json").metadata();
    let locked = bundle.join("package-lock.json").metadata()?;
    if installed.is_ok_and(|installed| installed.modified().ok() >= locked.modified().ok()) {
        return Ok(());
    }
    run(npm(root).args(["ci", "--no-audit", "--no-fund", "--silent"]))
}

fn npm(root: &Path) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(crate_folder(root).join("bundle"));
    command
}

fn crate_folder(root: &Path) -> PathBuf {
    root.join("cms-perseus")
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("reading {}", path.display()))
}
