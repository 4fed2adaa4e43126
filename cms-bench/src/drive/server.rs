//! The server under test: a process of its own, which can be asked to end, be killed, and started again.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{
    day::person::{Person, Times},
    drive::{Law, broken, course},
};

/// A data directory, with a server over it most of the time.
pub(super) struct Cms {
    program: PathBuf,
    folder: PathBuf,
    child: Option<Child>,
    base: String,
    times: Arc<Times>,
}

impl Cms {
    /// Makes a data directory with the course in it, published.
    pub(super) fn fill(program: &Path, folder: &Path) -> Result<Self> {
        let cms = Self {
            program: program.canonicalize()?,
            folder: folder.to_owned(),
            child: None,
            base: String::new(),
            times: Arc::default(),
        };
        let lines = folder.join("course.ndjson");
        fs::write(&lines, course::lines())?;
        cms.obey(&["import", &lines.to_string_lossy(), "--message", "The course"])?;
        cms.obey(&["publish", "--message", "The beginning"])?;
        Ok(cms)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--data").arg(self.folder.join("data")).args(arguments);
        command.env("CMS_LOG", "error").stdin(Stdio::null());
        command
    }

    /// Runs a command of the command line to its end.
    fn obey(&self, arguments: &[&str]) -> Result<String> {
        let output = self.command(arguments).output().context("the program could not start")?;
        let (out, err) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        ensure!(output.status.success(), "cms {}: {out} {err}", arguments.join(" "));
        Ok(out.into_owned())
    }

    /// A new token for a person; only while no server runs.
    pub(super) fn token(&self, name: &str, role: &str) -> Result<String> {
        let told = self.obey(&["--json", "token", "create", name, "--role", role])?;
        let told: Value = serde_json::from_str(&told)?;
        Ok(told["text"].as_str().context("a token has a text")?.to_owned())
    }

    /// Starts the server.
    pub(super) fn start(&mut self) -> Result<()> {
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        let log = fs::File::options().create(true).append(true).open(self.folder.join("log"))?;
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn()?;
        let out = child.stdout.take().context("the server's output")?;
        self.child = Some(child);
        let line = BufReader::new(out).lines().next();
        let Some(Ok(line)) = line else {
            return broken(Law::AnswersAreKnown, "the server does not start");
        };
        let base = line.strip_prefix("serving ").with_context(|| format!("it said {line:?}"))?;
        base.clone_into(&mut self.base);
        Ok(())
    }

    /// A person whose requests go to the server that runs now.
    pub(super) fn person(&self, name: &str, token: &str) -> Person {
        Person::new(name, &self.base, token, &self.times)
    }

    /// Ends the server in an orderly way.
    pub(super) fn stop(&mut self) -> Result<()> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        let asked = Command::new("kill").args(["-TERM", &child.id().to_string()]).status()?;
        ensure!(asked.success(), "`kill -TERM` ended with {asked}");
        let status = child.wait()?;
        if status.success() {
            return Ok(());
        }
        broken(Law::AnswersAreKnown, format!("the server ended with {status}"))
    }

    /// Ends the server at once.
    pub(super) fn kill(&mut self) -> Result<()> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        child.kill()?;
        child.wait()?;
        Ok(())
    }

    /// Reads back every stored byte; only while no server runs.
    pub(super) fn verify(&self) -> Result<()> {
        match self.obey(&["verify"]) {
            Ok(_) => Ok(()),
            Err(error) => broken(Law::MainIsValid, format!("{error:#}")),
        }
    }
}

impl Drop for Cms {
    fn drop(&mut self) {
        // Whatever failed has been reported already.
        drop(self.kill());
    }
}
