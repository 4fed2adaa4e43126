//! The programs that this repository's commands need, and how they are installed: a missing program is installed if a
//! package client can do it.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};

/// Programs that Debian provides, each with its package.
const PACKAGES: [(&str, &str); 14] = [
    ("git", "git"),
    ("cc", "gcc"),
    ("c++", "g++"),
    ("node", "nodejs"),
    ("npm", "npm"),
    ("chromium", "chromium"),
    // The contract test's packages live in an environment of their own.
    ("python3", "python3-venv"),
    // The power-cut tests make, mount and shut down a file system in a file.
    ("mkfs.ext4", "e2fsprogs"),
    ("mount", "mount"),
    ("xfs_io", "xfsprogs"),
    // The configurations of docs/proxies are run.
    ("nginx", "nginx"),
    ("varnishd", "varnish"),
    ("caddy", "caddy"),
    // Commands of docs/WHEN.md are run.
    ("curl", "curl"),
];

/// Installs every package whose program is missing.
///
/// # Errors
/// When the package client fails, or there is none.
pub(crate) fn install_packages() -> Result<()> {
    let missing: Vec<_> =
        PACKAGES.iter().filter(|(program, _)| find(program).is_none()).map(|row| row.1).collect();
    if missing.is_empty() {
        println!("every program is there");
        return Ok(());
    }
    println!("installing {}", missing.join(", "));
    apt(&["update"])?;
    let arguments = [&["install", "-y", "--no-install-recommends"][..], &missing].concat();
    apt(&arguments)
}

pub(crate) fn apt(arguments: &[&str]) -> Result<()> {
    let mut command = match find("sudo") {
        Some(sudo) if !is_root() => {
            let mut command = Command::new(sudo);
            command.args(["-n", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
            command
        }
        _ => Command::new("apt-get"),
    };
    command.env("DEBIAN_FRONTEND", "noninteractive").arg("-qq").args(arguments);
    run(&mut command)
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Makes sure that a component of the toolchain is installed.
///
/// # Errors
/// When it is not and rustup can't install it.
pub(crate) fn need_component(component: &str, subcommand: &str) -> Result<()> {
    if has_subcommand(subcommand) {
        return Ok(());
    }
    run(Command::new("rustup").args(["component", "add", component]))
}

/// Whether `cargo NAME` works.
pub(crate) fn has_subcommand(name: &str) -> bool {
    succeeds(cargo(Path::new(".")).args([name, "--version"]))
}

/// The version of cargo-deny to install, with its own lock file.
const CARGO_DENY: &str = "0.20.2";

/// The program that checks licences and sources of dependencies; it is built if it is missing (one or two minutes).
///
/// # Errors
/// When it does not compile.
pub(crate) fn cargo_deny(root: &Path) -> Result<PathBuf> {
    let home = target(root).join("tools").join(format!("cargo-deny-{CARGO_DENY}"));
    let program = home.join("bin/cargo-deny");
    if program.is_file() {
        return Ok(program);
    }
    // It runs for a second, so compiling it fast matters more than its speed.
    let version = format!("={CARGO_DENY}");
    let install =
        ["install", "cargo-deny", "--locked", "--debug", "--quiet", "--version", &version];
    let build = home.join("build");
    run(cargo(root)
        .args(install)
        .arg("--root")
        .arg(&home)
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TARGET_DIR", &build))?;
    std::fs::remove_dir_all(&build).context("removing what cargo-deny was built from")?;
    Ok(program)
}

/// The platform that the compiler builds for by default, such as `x86_64-unknown-linux-gnu`.
///
/// # Errors
/// When the compiler does not say.
pub(crate) fn platform() -> Result<String> {
    let told =
        Command::new("rustc").arg("-vV").output().context("asking rustc for its platform")?;
    let told = String::from_utf8(told.stdout).context("rustc answers in text")?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc -vV names no host")?.to_owned())
}

/// The folder in which cargo builds.
pub(crate) fn target(root: &Path) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir))
}

/// A cargo command, run in a folder.
pub(crate) fn cargo(folder: &Path) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(folder);
    command
}

/// The `cms` program as the tests build it. It is built with the same selection of packages as the tests, because
/// another selection has other features, with which cargo would build most dependencies once more.
///
/// # Errors
/// When it does not compile.
pub(crate) fn built_program(root: &Path) -> Result<PathBuf> {
    run(cargo(root).args(["test", "--workspace", "--no-run", "--quiet"]))?;
    Ok(target(root).join("debug/cms"))
}

/// Runs a command and shows its output.
///
/// # Errors
/// When it can't be started or doesn't succeed.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let name = shown(command);
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("`{name}` could not be started"))?;
    ensure!(status.success(), "`{name}` ended with {status}");
    Ok(())
}

fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

fn shown(command: &Command) -> String {
    let words = [command.get_program()].into_iter().chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// A program on the path. System programs are found even if the path leaves out their folder.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/sbin".into()])
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}
