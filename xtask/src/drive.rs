//! The driver: simulated people act at random through the HTTP API of a real server, which is held to the laws of the
//! product.

use std::path::Path;

use anyhow::Result;

use crate::{
    player,
    test::Extent,
    tools::{self, cargo, run},
};

/// What every change must pass: always the same, so that a failure is caused by the change.
const SHORT: [&str; 4] = ["--seed", "1,2,5", "--steps", "600"];
/// Fresh seeds, printed as they come.
const LONG: [&str; 4] = ["--minutes", "120", "--steps", "2000"];

/// Builds the server and the driver, and drives for a while; the caller's own arguments replace the default duration.
///
/// # Errors
/// When a law does not hold: the steps that show it are below `target/drive/` then.
pub(crate) fn run_some(root: &Path, extent: Extent, arguments: &[String]) -> Result<()> {
    player::refresh(root)?;
    // All programs, so that they are built once, together with the tests'.
    run(cargo(root).args(["build", "--quiet", "--workspace", "--bins"]))?;
    let target = tools::target(root);
    let built = |name: &str| target.join("debug").join(name);
    let mut command = std::process::Command::new(built("cms-bench"));
    command.current_dir(root).arg("drive").arg("--cms").arg(built("cms"));
    command.arg("--folder").arg(target.join("drive"));
    match (arguments, extent) {
        ([], Extent::Short) => command.arg("--kills").args(SHORT),
        ([], Extent::Long) => command.arg("--kills").args(LONG),
        (given, _) => command.args(given),
    };
    run(&mut command)
}
