//! From a fresh clone to a running server with real content in it.
//!
//! Invariants:
//! 1. A data directory that exists is served as it is; nothing is imported into it.
//! 2. Nothing is ever deleted: `--fresh` sets the old directory aside.
//! 3. A new directory that could not be filled is set aside too, so that the next run starts from scratch.
//! 4. The server takes this program's place, so that signals and the exit code are its own.
//! 5. The server's log goes into a file, apart from what this program prints; if a server does not start, the log's
//!    last lines are shown.

use std::{
    fs::File,
    net::TcpListener,
    os::unix::process::{CommandExt, parent_id},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{
    http, player,
    tools::{self, cargo, run},
};

/// The content that a new data directory gets.
const FIXTURES: &str = "fixtures/fractions";
/// How long the server may take until its first answer.
const READY_WITHIN: Duration = Duration::from_secs(30);
/// How many of the log's last lines are shown when the server does not start.
const LAST_LINES_COUNT: usize = 10;

/// The arguments of `cargo xtask run`.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Arguments {
    /// The port to serve on, at 127.0.0.1
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// The data directory; a new one is filled with the fixtures and published
    #[arg(long, default_value = ".data", value_name = "DIR")]
    data: PathBuf,
    /// Set an existing data directory aside and make a new one
    #[arg(long)]
    fresh: bool,
}

/// Builds, fills the data directory if it is new, and serves.
///
/// # Errors
/// When a step fails; if all go well this does not return.
pub(crate) fn serve(root: &Path, arguments: &Arguments) -> Result<()> {
    let port = arguments.port;
    drop(TcpListener::bind(("127.0.0.1", port)).with_context(|| {
        format!("port {port} can't be listened on; choose another with --port")
    })?);
    player::refresh(root)?;
    println!("building in release mode (a few minutes the first time)");
    run(cargo(root).args(["build", "--release", "--package", "cms-api", "--bin", "cms"]))?;
    let cms = || {
        let mut command = Command::new(tools::target(root).join("release/cms"));
        command.current_dir(root).arg("--data").arg(&arguments.data);
        command
    };
    let data = root.join(&arguments.data);
    if arguments.fresh && data.exists() {
        set_aside(&data)?;
    }
    if data.exists() {
        println!("{} is there already: serving what it holds", arguments.data.display());
    } else {
        fill(&cms, &data)?;
    }
    let log_path = tools::target(root).join("run.log");
    let log = File::create(&log_path)
        .with_context(|| format!("beginning the log {}", log_path.display()))?;
    announce_later(port, &log_path)?;
    let listen = format!("127.0.0.1:{port}");
    let error = cms().args(["serve", "--listen", &listen]).stderr(log).exec();
    Err(error).context("starting the server")
}

fn fill(cms: &dyn Fn() -> Command, data: &Path) -> Result<()> {
    println!("importing {FIXTURES} into {}", data.display());
    let message = "Import the Fractions course";
    let filled = run(cms().args(["import", FIXTURES, "--message", message])).and_then(|()| {
        println!("publishing to production");
        run(cms().args(["publish", "--channel", "production", "--message", "First publish"]))
    });
    if filled.is_err() && data.exists() {
        set_aside(data)?;
    }
    filled
}

/// Renames a directory to the first free `NAME.old-N`.
fn set_aside(data: &Path) -> Result<()> {
    for number in 1..1000 {
        let mut name = data.as_os_str().to_owned();
        name.push(format!(".old-{number}"));
        let aside = PathBuf::from(name);
        if !aside.exists() {
            println!("setting {} aside as {}", data.display(), aside.display());
            return std::fs::rename(data, &aside).context("setting the data directory aside");
        }
    }
    bail!("there are a thousand old data directories next to {}", data.display())
}

/// Leaves a process running that prints what to open once the server answers.
fn announce_later(port: u16, log: &Path) -> Result<()> {
    let program = std::env::current_exe().context("finding this program")?;
    Command::new(program)
        .args(["announce", &port.to_string()])
        .arg(log)
        .stdin(Stdio::null())
        .spawn()
        .context("starting the announcement")?;
    Ok(())
}

/// Waits until the server answers, then prints what to open and what to try.
///
/// # Errors
/// When the server ends, does not answer in time, or not as expected.
pub(crate) fn announce(port: u16, log: &Path) -> Result<()> {
    let server = parent_id();
    let start = Instant::now();
    while http::get(port, "/readyz").is_none_or(|answer| answer.status != 200) {
        if parent_id() != server {
            bail!("the server did not start; it said:\n{}", last_lines(log));
        }
        if start.elapsed() > READY_WITHIN {
            let within = READY_WITHIN.as_secs();
            bail!("the server did not answer within {within} s; it said:\n{}", last_lines(log));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let base = format!("http://127.0.0.1:{port}");
    let channel = "/v1/channels/production";
    println!();
    println!("Open");
    println!("  {base}/           where one can go from here");
    println!("  {base}/admin      what is published, and what changed between two snapshots");
    println!("  {base}/learn      the course as learners see it");
    println!("  {base}/docs       the API, to read and to try");
    println!("  {base}{channel}");
    println!("\nThe log goes to {}; Ctrl-C stops the server.", log.display());
    let Some(snapshot) = http::get(port, channel).and_then(|answer| answer.field("snapshot"))
    else {
        println!("\nNothing is published to production yet.");
        return Ok(());
    };
    let home = format!("/v1/snapshots/{snapshot}/en/entries/topic/root");
    println!("\nTry");
    println!("  curl -s {base}{channel}");
    println!("  curl -sL {base}{home}");
    if let Some(object) = http::get(port, &home).and_then(|answer| answer.header("location")) {
        let id = object.rsplit('/').next().unwrap_or_default();
        println!("  curl -s {base}{object} | b3sum     # prints {id}");
    }
    Ok(())
}

fn last_lines(log: &Path) -> String {
    let written = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = written.lines().collect();
    lines[lines.len().saturating_sub(LAST_LINES_COUNT)..].join("\n")
}
