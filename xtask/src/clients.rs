//! The contract as clients' tools read it: the OpenAPI document is linted, types and clients are generated from it, and
//! a client that is written against those types compiles. A developer who builds a screen on the API meets no warning
//! that this step did not meet first.
//!
//! The tools are pinned: those of JavaScript in `xtask/clients`, that of Python in `xtask/openapi-python-client`. Their
//! output is below `target/` and in `xtask/clients/made`, and does not belong to the repository, except for the types
//! of the published schemas: these are committed in `contract/types`, and compared.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use crate::{
    contract::{folder, installed},
    npm, tools,
    tools::run,
};

const DOCUMENT: &str = "cms-api/openapi.json";
const PYTHON_CLIENT: &str = "openapi-python-client";

/// What to do about types that differ from the committed ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Types {
    /// The step fails.
    Compared,
    /// The new types are committed.
    Updated,
}

/// Runs every tool over the committed document and the published schemas.
///
/// # Errors
/// When one finds anything at all, or its output does not compile.
pub(crate) fn check(root: &Path, types: Types) -> Result<()> {
    let clients = folder(root, "clients");
    npm::install(&clients)?;
    let document = root.join(DOCUMENT);
    let tool = |name: &str| {
        let mut command = Command::new(clients.join("node_modules/.bin").join(name));
        command.current_dir(&clients).env("REDOCLY_TELEMETRY", "off");
        command.env("REDOCLY_SUPPRESS_UPDATE_NOTICE", "true");
        command
    };
    // Warnings count: where one reader only warns, another stops.
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
    let published = made.join("types");
    if published.exists() {
        fs::remove_dir_all(&published).context("clearing the types of the last run")?;
    }
    let contract = root.join("contract");
    let schemas = contract.join("schemas");
    run(tool("json2ts")
        .arg("--input")
        .arg(&schemas)
        .arg("--output")
        .arg(&published)
        .arg("--cwd")
        .arg(&schemas)
        .args(["--additionalProperties=false", "--bannerComment", ""]))?;
    settle(&published, &contract.join("types"), types)?;
    run(tool("tsc").args(["--project", "."]))?;
    python_client(root, &document)
}

/// Compares the generated types with the committed ones, or commits them.
fn settle(made: &Path, committed: &Path, types: Types) -> Result<()> {
    let now = texts(made)?;
    ensure!(!now.is_empty(), "no types were made of the published schemas");
    if types == Types::Updated {
        for (name, text) in &now {
            let path = committed.join(name);
            fs::create_dir_all(path.parent().unwrap_or(committed)).context("a folder for types")?;
            fs::write(path, text).context("writing types")?;
        }
    }
    let then = texts(committed)?;
    let differing: Vec<_> =
        now.keys().chain(then.keys()).filter(|name| now.get(*name) != then.get(*name)).collect();
    ensure!(
        differing.is_empty(),
        "run `cargo xtask clients --update`: the published schemas have other types now: {differing:?}"
    );
    Ok(())
}

/// The files of a folder and its subfolders, by their path within.
fn texts(folder: &Path) -> Result<BTreeMap<PathBuf, String>> {
    let mut found = BTreeMap::new();
    let mut next = vec![folder.to_owned()];
    while let Some(at) = next.pop() {
        let Ok(files) = fs::read_dir(&at) else { continue };
        for file in files {
            let path = file?.path();
            if path.is_dir() {
                next.push(path);
            } else {
                let name = path.strip_prefix(folder)?.to_owned();
                found.insert(name, fs::read_to_string(&path).context("reading types")?);
            }
        }
    }
    Ok(found)
}

/// Generates a client in Python and loads each of its modules.
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
