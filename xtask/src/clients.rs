//! The contract as clients' tools read it: the OpenAPI document is linted, types and clients are made of it, and a client that is
//! written against those types compiles. Whoever builds a screen on the API meets no warning that this step did not meet first.
//!
//! The tools are pinned: those of JavaScript in `xtask/clients`, that of Python in `xtask/openapi-python-client`. What they make lies below
//! `target/` and in `xtask/clients/made`, and is no part of the repository.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{
    contract::{folder, installed},
    npm, tools,
    tools::run,
};

const DOCUMENT: &str = "cms-api/openapi.json";
const PYTHON_CLIENT: &str = "openapi-python-client";

/// Runs every tool over the committed document.
///
/// # Errors
/// When one finds anything at all, or what it made does not compile.
pub(crate) fn check(root: &Path) -> Result<()> {
    let clients = folder(root, "clients");
    npm::install(&clients)?;
    let document = root.join(DOCUMENT);
    let tool = |name: &str| {
        let mut command = Command::new(clients.join("node_modules/.bin").join(name));
        command.current_dir(&clients).env("REDOCLY_TELEMETRY", "off");
        command.env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
        command
    };
    // Warnings count: what one reader is only warned of, another stops at.
    run(tool("spectral").arg("lint").arg(&document).args([
        "--ruleset",
        ".spectral.yaml",
        "--fail-severity",
        "hint",
        "--quiet",
    ]))?;
    run(tool("redocly").arg("lint").arg(&document))?;
    let made = clients.join("made");
    fs::create_dir_all(&made).context("a folder for what is made")?;
    run(tool("openapi-typescript").arg(&document).arg("-o").arg(made.join("api.d.ts")))?;
    run(tool("tsc").args(["--project", "."]))?;
    python_client(root, &document)
}

/// A client in Python, each of whose modules loads.
fn python_client(root: &Path, document: &Path) -> Result<()> {
    let program = installed(root, PYTHON_CLIENT)?;
    let made = tools::target(root).join("clients").join("python");
    let package = made.join("cms_client");
    if package.exists() {
        fs::remove_dir_all(&package).context("clearing the client of the last run")?;
    }
    fs::create_dir_all(&made).context("a folder for the client")?;
    run(Command::new(&program)
        .args(["generate", "--meta", "none", "--fail-on-warning", "--path"])
        .arg(document)
        .arg("--config")
        .arg(folder(root, PYTHON_CLIENT).join("config.yaml"))
        .arg("--output-path")
        .arg(&package))?;
    let python: PathBuf = program.with_file_name("python");
    let load = "import importlib, pkgutil, cms_client.api as api\n\
                for module in pkgutil.walk_packages(api.__path__, 'cms_client.api.'):\n    importlib.import_module(module.name)";
    run(Command::new(python).current_dir(&made).args(["-c", load]))
}
