//! The player that `cms` embeds: built from its sources and lock file, and not committed.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use anyhow::{Context, Result};

use crate::{
    npm::{install, npm},
    tools::{self, run},
};

/// What it is built from, below its folder.
const SOURCES: [&str; 12] = [
    "src",
    "build",
    "index.html",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "tsconfig.host.json",
    "vite.config.ts",
    "../../cms-perseus/bundle/formulas.js",
    "../../cms-perseus/bundle/formula-text.js",
    "../../cms-perseus/bundle/opening.js",
    "../../cms-perseus/bundle/answer-area.js",
];
/// The last file that a build writes.
const BUILT_LAST: &str = "dist/host.d.ts";

/// Checks its types and builds it.
///
/// # Errors
/// When a package can't be had, a type is wrong or the build fails.
pub(crate) fn build(root: &Path) -> Result<()> {
    let folder = folder(root);
    install(&folder)?;
    run(npm(&folder).args(["run", "--silent", "build"]))
}

/// Builds it if a source is newer than the last build. Without npm there is no player, and pages say so.
///
/// # Errors
/// When the build fails.
pub(crate) fn refresh(root: &Path) -> Result<()> {
    if !is_stale(root)? {
        return Ok(());
    }
    if tools::find("npm").is_none() {
        println!("going on without the player: npm is missing");
        return Ok(());
    }
    println!("building the player");
    build(root)
}

/// Runs its own tests, of everything that needs no browser.
///
/// # Errors
/// When one fails.
pub(crate) fn test(root: &Path) -> Result<()> {
    run(npm(&folder(root)).args(["run", "--silent", "test"]))
}

fn folder(root: &Path) -> PathBuf {
    root.join("cms-admin-ui/player")
}

fn is_stale(root: &Path) -> Result<bool> {
    let folder = folder(root);
    let Ok(built) = folder.join(BUILT_LAST).metadata() else { return Ok(true) };
    let built = built.modified()?;
    for source in SOURCES {
        if newest(&folder.join(source))? > built {
            return Ok(true);
        }
    }
    Ok(false)
}

/// When anything at or below a path last changed; a folder changes with the names in it.
fn newest(path: &Path) -> Result<SystemTime> {
    let metadata = path.metadata().with_context(|| format!("reading {}", path.display()))?;
    let mut newest = metadata.modified()?;
    if metadata.is_dir() {
        for entry in fs::read_dir(path)? {
            newest = newest.max(self::newest(&entry?.path())?);
        }
    }
    Ok(newest)
}
