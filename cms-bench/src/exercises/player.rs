//! The player's figures, measured in a real browser by `cms-admin-ui/e2e/corpus.js`, which prints them as lines of JSON.

use std::{
    env,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{Plan, figure::say};

const NAMES: [&str; 3] = ["player_first", "player_next", "player_repaint"];
const FOLDER: &str = "cms-admin-ui/e2e";
/// Number of documents of a quick run.
const QUICK_DOCUMENTS: &str = "60";

/// Measures the requested figures. Without Node, a browser or the packages of the browser tests there are none.
pub(super) fn run(plan: &Plan) -> Result<()> {
    if !NAMES.iter().any(|name| plan.wants(name)) {
        return Ok(());
    }
    // `cargo xtask bench exercises` builds the server beside this program and installs the packages.
    let server = env::current_exe()?.with_file_name("cms");
    if !server.is_file() || !Path::new(FOLDER).join("node_modules").is_dir() {
        say(format_args!("no figures of the player: no server, or no packages in {FOLDER}"));
        return Ok(());
    }
    let mut command = Command::new("node");
    command.current_dir(FOLDER).arg("corpus.js").env("CMS_BIN", &server);
    if let Some(folder) = &plan.data {
        command.arg("--data").arg(folder.canonicalize()?);
    }
    if plan.quick {
        command.args(["--limit", QUICK_DOCUMENTS]);
    }
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .context("`node corpus.js` could not be started")?;
    let lines = String::from_utf8(output.stdout).context("`node corpus.js` prints text")?;
    let mut count = 0;
    for line in lines.lines() {
        let figure: Value = serde_json::from_str(line).context("a figure of the player is JSON")?;
        if figure["name"].as_str().is_some_and(|name| plan.wants(name)) {
            println!("{line}");
            count += 1;
        }
    }
    ensure!(count > 0, "`node corpus.js` ended with {} and no figures", output.status);
    Ok(())
}
