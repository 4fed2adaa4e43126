//! Opening, in a process of its own: after a clean stop, after a kill, and from segments alone.

use std::{
    env,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use cms_core::engine::local::{LocalEngine, LocalOptions};

use super::At;
use crate::{
    Plan, child,
    disk::{MeasuredDisk, Sync},
    figure::{Figure, Rounds, ms, timed},
};

/// Time to open, and memory use once open.
pub(super) fn open(at: &At<'_>) -> Result<()> {
    let quiet = Plan { repeat: None, ..at.plan.clone() };
    if at.plan.wants("open_rss") {
        rss(at)?;
    }
    if !at.plan.wants("open") {
        return Ok(());
    }
    // Opened and closed once, so that what an earlier row left is in order.
    opened_ms(at)?;
    let clean = Rounds::of(&quiet, 7, || opened_ms(at))?;
    let holds = clean.median() <= 100.0;
    let figure = at.figure("open", "ms", &clean).against("<= 100 ms", Some(holds));
    Figure { note: "after a clean stop; pages warm".into(), ..figure }.print();
    let killed = Rounds::of(&quiet, 3, || {
        fill_and_kill(at)?;
        opened_ms(at)
    })?;
    let holds = killed.median() <= 1000.0;
    let figure = at.figure("open", "ms", &killed).against("<= 1000 ms", Some(holds));
    Figure { note: "after kill -9 with a full journal; pages warm".into(), ..figure }.print();
    Ok(())
}

fn itself(at: &At<'_>, task: &str) -> Result<Command> {
    let mut command = Command::new(env::current_exe()?);
    command.arg(task).arg(&at.place.folder).stdin(Stdio::null()).stderr(Stdio::inherit());
    Ok(command)
}

fn output(mut command: Command) -> Result<String> {
    let output = command.output()?;
    ensure!(output.status.success(), "a measured process ended with {}", output.status);
    Ok(String::from_utf8(output.stdout)?)
}

fn opened_ms(at: &At<'_>) -> Result<f64> {
    Ok(output(itself(at, "open")?)?.trim().parse()?)
}

fn fill_and_kill(at: &At<'_>) -> Result<()> {
    let mut command = itself(at, "fill")?;
    command.arg(at.n.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut filler = command.spawn()?;
    let mut said = String::new();
    let out = filler.stdout.take().context("no output")?;
    BufReader::new(out).read_line(&mut said)?;
    // SIGKILL: the process can't close anything.
    filler.kill()?;
    filler.wait()?;
    ensure!(said.trim() == "full", "the journal could not be filled");
    Ok(())
}

fn rss(at: &At<'_>) -> Result<()> {
    child::write_keys(&at.place.folder, at.n)?;
    let mut files = 0.0;
    let quiet = Plan { repeat: None, ..at.plan.clone() };
    let rounds = Rounds::of(&quiet, 3, || {
        let mut command = itself(at, "read")?;
        command.arg(at.n.to_string());
        let text = output(command)?;
        let mut numbers = text.split_whitespace().map(str::parse::<f64>);
        let anonymous = numbers.next().context("no number")??;
        files = numbers.next().context("no number")?? / 1e6;
        Ok(anonymous / 1e6)
    })?;
    let holds = rounds.median() <= 100.0;
    let figure = at.figure("open_rss", "MB", &rounds).against("<= 100 MB", Some(holds));
    let note = format!("anonymous, after 10,000 random reads; file-backed {files:.0} MB beside");
    Figure { note, ..figure }.print();
    Ok(())
}

/// Time to rebuild sled and the indexes.
pub(super) fn rebuild(at: &At<'_>) -> Result<()> {
    let quiet = Plan { repeat: None, ..at.plan.clone() };
    let options = || LocalOptions {
        disk: MeasuredDisk::new(Sync::Real),
        ..LocalOptions::new(&at.place.folder)
    };
    let without_sled = Rounds::of(&quiet, 3, || {
        std::fs::remove_dir_all(at.place.folder.join("sled"))?;
        let (engine, time) = timed(|| LocalEngine::open(options()));
        drop(engine?);
        Ok(ms(time))
    })?;
    let holds = without_sled.median() <= 5000.0;
    let figure = at.figure("rebuild", "ms", &without_sled).against("<= 5000 ms", Some(holds));
    Figure { note: "opened with sled's directory deleted".into(), ..figure }.print();
    let all = Rounds::of(&quiet, 3, || {
        let engine = LocalEngine::open(options())?;
        let (done, time) = timed(|| engine.rebuild_index());
        done?;
        Ok(ms(time))
    })?;
    let figure = at.figure("rebuild", "ms", &all);
    Figure { note: "sled and every index, by reading all segments; no target".into(), ..figure }
        .print();
    Ok(())
}
