//! The bundle of Perseus that `cms-perseus` embeds: built from its lock file, committed, and compared at every test run.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::{
    npm::{install, npm},
    tools::{self, run},
};

/// What `bundle/build.mjs` writes, below `cms-perseus/`.
const BUILT: [&str; 4] = [
    "bundle/dist/engine.js",
    "bundle/dist/identity.json",
    "bundle/dist/NOTICE",
    "tests/fixtures/expected.ndjson",
];

/// Builds the bundle, and records how the packages treat the fixtures under Node.
///
/// # Errors
/// When a package can't be had or the build fails.
pub(crate) fn build(root: &Path) -> Result<()> {
    let bundle = crate_folder(root).join("bundle");
    install(&bundle)?;
    run(npm(&bundle).args(["run", "--silent", "build"]))
}

/// Builds into a folder of its own and compares the result byte for byte with what is committed.
///
/// # Errors
/// When something differs, or the build fails.
pub(crate) fn check(root: &Path) -> Result<()> {
    let bundle = crate_folder(root).join("bundle");
    install(&bundle)?;
    let folder = tools::target(root).join("perseus");
    run(npm(&bundle).args(["run", "--silent", "build", "--"]).arg(&folder))?;
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

fn crate_folder(root: &Path) -> PathBuf {
    root.join("cms-perseus")
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("reading {}", path.display()))
}
