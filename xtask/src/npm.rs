//! Packages of JavaScript: installed by their lock file, and only when that has changed.

use std::{path::Path, process::Command};

use anyhow::Result;

use crate::tools::run;

/// Installs the packages of a folder by its lock file, unless they are there.
///
/// # Errors
/// When a package can't be had.
pub(crate) fn install(folder: &Path) -> Result<()> {
    // npm leaves its own copy of the lock file next to what it installed.
    let installed = folder.join("node_modules/.package-lock.json").metadata();
    let locked = folder.join("package-lock.json").metadata()?;
    if installed.is_ok_and(|installed| installed.modified().ok() >= locked.modified().ok()) {
        return Ok(());
    }
    run(npm(folder).args(["ci", "--no-audit", "--no-fund", "--silent"]))
}

/// npm, in a folder.
pub(crate) fn npm(folder: &Path) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(folder);
    command
}
