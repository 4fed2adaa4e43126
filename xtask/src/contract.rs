//! The server against its own description: schemathesis makes requests from the OpenAPI document, valid and invalid,
//! and checks that the document describes every answer.
//!
//! It runs against the program that the tests built, over a fresh data directory with the fixtures in it, with an
//! operator's token. Then REDbot requests from the same server as caches do, and finds nothing that docs/PROXIES.md
//! does not explain. Their packages are pinned and live below `target/`.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};

use crate::tools::{self, run};

const SCHEMATHESIS: &str = "schemathesis";
const REDBOT: &str = "redbot";
/// schemathesis's own limit is a little lower; this one is for a server that hangs.
const TIME_MAX: Duration = Duration::from_secs(210);

/// Runs some of schemathesis's phases, given by their names with commas between.
///
/// # Errors
/// When an answer is not as described, or it does not end in time.
pub(crate) fn check(root: &Path, phases: &str) -> Result<()> {
    let schemathesis = installed(root, SCHEMATHESIS)?;
    let redbot = installed(root, REDBOT)?;
    let program = tools::built_program(root)?;
    let data = tools::target(root).join("contract");
    if data.exists() {
        fs::remove_dir_all(&data).context("clearing the data directory of the last run")?;
    }
    let cms = |arguments: &[&str]| {
        let mut command = Command::new(&program);
        command.current_dir(root).arg("--data").arg(&data).args(arguments).env("CMS_LOG", "error");
        command
    };
    run(cms(&["import", "fixtures/fractions"]).stdout(Stdio::null()))?;
    run(cms(&["publish"]).stdout(Stdio::null()))?;
    let made =
        cms(&["--json", "token", "create", "contract", "--role", "administrator"]).output()?;
    let made = String::from_utf8(made.stdout).context("the token's report")?;
    let token = made.split("\"text\":\"").nth(1).and_then(|rest| rest.split('"').next());
    let token = token.context("`cms token create` told no token")?;
    let server = Server::start(&mut cms(&["serve", "--listen", "127.0.0.1:0"]))?;
    let mut command = Command::new(schemathesis);
    command
        .arg("--config-file")
        .arg(folder(root, SCHEMATHESIS).join("schemathesis.toml"))
        .args(["run", &format!("{}/openapi.json", server.url), "--checks", "all", "--no-color"])
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .args(["--phases", phases])
        .current_dir(&data);
    within(&mut command, TIME_MAX)?;
    let mut command = Command::new(redbot.with_file_name("python"));
    command.arg(folder(root, REDBOT).join("check.py")).arg(&redbot).arg(&server.url);
    within(&mut command, TIME_MAX)
}

/// The folder with a program's pinned packages and settings.
pub(crate) fn folder(root: &Path, name: &str) -> PathBuf {
    root.join("xtask").join(name)
}

/// A program, installed below `target/` if it is missing or has another version.
///
/// # Errors
/// When its packages can't be had.
pub(crate) fn installed(root: &Path, name: &str) -> Result<PathBuf> {
    let home = tools::target(root).join("tools").join(name);
    let program = home.join("bin").join(name);
    let wanted = folder(root, name).join("requirements.txt");
    let mark = home.join("requirements.txt");
    let wanted_text = fs::read_to_string(&wanted).context("reading the pinned packages")?;
    if program.is_file() && fs::read_to_string(&mark).is_ok_and(|text| text == wanted_text) {
        return Ok(program);
    }
    // Debian's python3 comes without the module that makes environments.
    if run(Command::new("python3").args(["-c", "import ensurepip"])).is_err() {
        tools::apt(&["install", "-y", "--no-install-recommends", "python3-venv"])?;
    }
    run(Command::new("python3").args(["-m", "venv"]).arg(&home))?;
    run(Command::new(home.join("bin/pip"))
        .args(["install", "--quiet", "--no-deps", "--requirement"])
        .arg(&wanted))?;
    fs::write(&mark, wanted_text)?;
    Ok(program)
}

fn within(command: &mut Command, time_max: Duration) -> Result<()> {
    let mut child = command.stdin(Stdio::null()).spawn().context("the check could not start")?;
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            ensure!(status.success(), "the check ended with {status}");
            return Ok(());
        }
        if start.elapsed() > time_max {
            child.kill()?;
            child.wait()?;
            anyhow::bail!("the check did not end within {} s", time_max.as_secs());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// A server; killed when dropped.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(command: &mut Command) -> Result<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn().context("the server")?;
        let out = child.stdout.take().context("the server's output")?;
        let line = BufReader::new(out).lines().next().context("the server said nothing")??;
        let url = line.strip_prefix("serving ").map(str::to_owned);
        Ok(Self { child, url: url.with_context(|| format!("the server said {line:?}"))? })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
