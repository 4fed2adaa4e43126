//! `cms salvage`: makes a store from everything that is whole in a damaged one, which is only read.

use std::{
    fs::{self, File, TryLockError},
    io,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use cms_core::{
    engine::{
        Engine,
        local::{Access, LocalEngine, LocalOptions, SalvageError},
    },
    repo::{self, LineGap, LostNow, Repository, RepositoryOptions},
};
use serde::{Deserialize, Serialize};

use super::paper::{Ink, Paper, counted, size};
use crate::{
    ground::authorship::Authorship,
    problem::{Code, Problem},
    process::stop::Begun,
    store,
};

/// The directory to save, and where to.
#[derive(Args, Debug, Clone)]
pub struct Request {
    /// The damaged data directory; nothing in it is changed
    #[arg(value_name = "DIR")]
    pub from: PathBuf,
    /// The data directory to make; it must not exist, or be empty
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
}

/// What was saved, and what was not.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Report {
    /// Whether nothing is lost.
    pub whole: bool,
    /// How many objects were saved.
    pub objects_count: u64,
    /// The size of the saved objects, in bytes.
    pub size_bytes: u64,
    /// How many cells were saved: where branches and channels are, drafts, tokens.
    pub cells_count: u64,
    /// How many audit records were saved.
    pub audit_records_count: u64,
    /// What is damaged in the old store, one sentence for each damage.
    pub damages: Vec<String>,
    /// Branches and channels that are at an earlier state, one sentence for each.
    pub heads: Vec<String>,
    /// Branches whose history lacks a commit, one sentence for each.
    pub gaps: Vec<String>,
    /// Entries that are gone, or have an earlier version.
    pub entries: Vec<LostEntry>,
    /// Channels whose live documents `cms remake` has to make again.
    pub remake: Vec<String>,
    /// What verifying the new store finds: what its history names and lacks, one sentence for each problem.
    pub problems: Vec<String>,
}

/// An entry that could not be saved as it was.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LostEntry {
    /// `main`, or a draft.
    pub branch: String,
    /// The entry or translation; null when its name is no longer known.
    pub key: Option<String>,
    /// `earlier`: it has an earlier version; `newest`: it is not known any more which version it had, and it has the
    /// newest; `unattributed`: it is as it was, but its author is not known any more; `gone`; `untyped`: what was typed
    /// and not committed is gone.
    pub now: String,
    /// What could not be read, for people.
    pub detail: String,
}

/// The message when the cells are gone, the repository's own first of all.
const HEADER_LOST: &str = "the repository's header is gone and was made again; drafts, tokens, schedules and settings, of \
     which only cells knew, are gone as well";

/// Where the new store is until it is complete: no verb opens it by this name.
const UNFINISHED: &str = "store.unfinished";

/// Salvages a damaged data directory.
///
/// # Errors
/// A problem when there is nothing to save, or no place for it. An unfinished store then has a name by which no verb
/// opens it, and the next salvage to that place begins from scratch.
pub fn execute(request: &Request, by: &Authorship) -> Result<Report, Problem> {
    let from = store::directory(&request.from)?;
    let options = LocalOptions { access: Access::Read, ..LocalOptions::new(&from) };
    let old = LocalEngine::open(options)?;
    must_be_elsewhere(&request.from, &request.to)?;
    must_be_empty(&request.to)?;
    let to = |error: io::Error| Problem::io(request.to.display(), &error);
    store::private::make_private(&request.to).map_err(to)?;
    let folder = File::open(&request.to).map_err(to)?;
    if let Err(TryLockError::WouldBlock) = folder.try_lock() {
        let detail = format!("another salvage writes to {}", request.to.display());
        return Err(Problem::new(Code::StoreInUse, detail));
    }
    let unfinished = request.to.join(UNFINISHED);
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished)
            .map_err(|error| Problem::io(unfinished.display(), &error))?;
    }
    // Until it is complete it is not a store, and whatever ends this removes it.
    let begun = Begun::make(|| Ok(unfinished.clone())).map_err(to)?;
    let report = salvage(&old, &unfinished, by)?;
    let store = request.to.join("store");
    fs::rename(&unfinished, &store).map_err(|error| Problem::io(store.display(), &error))?;
    begun.keep();
    Ok(report)
}

fn salvage(old: &LocalEngine, to: &Path, by: &Authorship) -> Result<Report, Problem> {
    let saved = old.salvage(&LocalOptions::new(to), &mut |_| ControlFlow::Continue(()));
    let saved = saved.map_err(problem_of)?;
    let mut report = Report {
        objects_count: saved.objects_count,
        size_bytes: saved.size_bytes,
        cells_count: saved.cells_count,
        audit_records_count: saved.audit_records_count,
        damages: saved.damages.iter().map(ToString::to_string).collect(),
        ..Report::default()
    };
    let new = Arc::new(LocalEngine::open(LocalOptions::new(to))?);
    match Repository::open(Arc::clone(&new) as Arc<dyn Engine>, RepositoryOptions::default()) {
        Ok(repository) => settle(&repository, old, by, &mut report)?,
        Err(repo::OpenError::Empty) if saved.objects_count > 0 => {
            let secrets = [store::random_secret()?, store::random_secret()?];
            let stamp = by.stamp("What could be saved of a damaged store");
            let repository = Repository::rescue(new as Arc<dyn Engine>, secrets, &stamp)?;
            report.heads.push(HEADER_LOST.to_owned());
            settle(&repository, old, by, &mut report)?;
        }
        Err(repo::OpenError::Empty) => {
            report.heads.push("nothing was found that could be saved".to_owned());
        }
        Err(error) => return Err(error.into()),
    }
    report.whole = report.damages.is_empty()
        && report.heads.is_empty()
        && report.gaps.is_empty()
        && report.entries.is_empty()
        && report.problems.is_empty();
    Ok(report)
}

/// Refuses a place in the old directory, which is only read.
fn must_be_elsewhere(from: &Path, to: &Path) -> Result<(), Problem> {
    let from = from.canonicalize().map_err(|error| Problem::io(from.display(), &error))?;
    // A directory that does not exist yet is below one that does.
    let there = to.ancestors().find_map(|above| {
        let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
        above.canonicalize().ok()
    });
    if there.is_some_and(|there| there.starts_with(&from)) {
        let detail = format!("{} is in the directory that is to be saved", to.display());
        return Err(Problem::new(Code::RequestMalformed, detail));
    }
    Ok(())
}

fn settle(
    repository: &Repository,
    old: &LocalEngine,
    by: &Authorship,
    report: &mut Report,
) -> Result<(), Problem> {
    let stamp = by.stamp("What could be saved of a damaged store");
    let earlier = |cell: &_| old.earlier_values(cell).unwrap_or_default();
    let settled = repository.settle_salvaged(&earlier, &stamp)?;
    let heads = settled.heads.into_iter().map(|head| match head.to {
        Some(to) => format!("{} is at {to} now, because {} can't be read", head.what, head.from),
        None => format!("{} is gone, since {} can't be read", head.what, head.from),
    });
    report.heads.extend(heads);
    report.gaps = settled.gaps.iter().map(gap).collect();
    let entries = settled.entries.into_iter().map(|entry| LostEntry {
        branch: entry.branch,
        key: entry.key.map(|key| key.to_string()),
        now: word(entry.now).to_owned(),
        detail: entry.detail,
    });
    report.entries = entries.collect();
    report.remake = settled.remake;
    report.problems = repository.verify(&mut |_| ControlFlow::Continue(()))?.problems;
    Ok(())
}

fn gap(gap: &LineGap) -> String {
    let LineGap { branch, lost, before } = gap;
    match before {
        Some(before) => {
            format!("{branch}: commit {lost} is gone; its history continues at {before}")
        }
        None => format!(
            "{branch}: commit {lost} is gone, and nothing says what came before it, so it is not known what a draft changed"
        ),
    }
}

const fn word(now: LostNow) -> &'static str {
    match now {
        LostNow::Earlier => "earlier",
        LostNow::Newest => "newest",
        LostNow::Unattributed => "unattributed",
        LostNow::Gone => "gone",
        LostNow::Untyped => "untyped",
    }
}

fn must_be_empty(to: &Path) -> Result<(), Problem> {
    match fs::read_dir(to) {
        Ok(entries) => {
            // What an earlier attempt left unfinished is ours.
            let mut others = entries.flatten().filter(|entry| entry.file_name() != UNFINISHED);
            if others.next().is_none() {
                return Ok(());
            }
            let detail = format!("{} is not empty", to.display());
            Err(Problem::new(Code::RequestMalformed, detail))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Problem::io(to.display(), &error)),
    }
}

fn problem_of(error: SalvageError) -> Problem {
    match error {
        SalvageError::NotEmpty { .. } => Problem::new(Code::RequestMalformed, error.to_string()),
        SalvageError::Io { place, source } => Problem::io(place, &source),
        SalvageError::Read(error) => error.into(),
    }
}

/// Prints the report for people.
pub fn print(report: &Report, paper: &mut Paper) {
    let saved = format!(
        "{} ({}), {}, {}",
        counted(report.objects_count, "object", "objects"),
        size(report.size_bytes),
        counted(report.cells_count, "cell", "cells"),
        counted(report.audit_records_count, "audit record", "audit records"),
    );
    if report.whole {
        return paper.line(format!("{} Saved {saved}.", paper.ink(Ink::Added, "Nothing is lost.")));
    }
    paper.line(format!("Saved {saved}."));
    let mut list = |title: &str, rows: Vec<String>| {
        if !rows.is_empty() {
            paper.line(format!("{}, {}:", title, rows.len()));
            rows.iter().for_each(|row| paper.line(format!("  {row}")));
        }
    };
    list("Damaged in the old store", report.damages.clone());
    list("Standing elsewhere", report.heads.clone());
    list("Gaps of history", report.gaps.clone());
    let entries = report.entries.iter().map(|entry| {
        let key = entry.key.as_deref().unwrap_or("entries");
        let now = match entry.now.as_str() {
            "gone" if entry.branch.starts_with("channel ") => {
                "is delivered as it was, until a publish takes it off or brings another version"
            }
            "earlier" => "has an earlier version",
            "newest" => "has the newest version that exists",
            "unattributed" => "is as it was, by nobody known",
            "gone" => "is gone",
            _ => "lost what was typed and not committed",
        };
        format!("{key} of {} {now}: {}", entry.branch, entry.detail)
    });
    list("Not as it was", entries.collect());
    list("Verifying the new store finds", report.problems.clone());
    if report.entries.iter().any(|entry| entry.now == "gone" && entry.branch == "main") {
        let what = "What is gone comes back from a backup or another copy: `cms import FILE`, then `cms publish`.";
        paper.line(what);
    }
    for channel in &report.remake {
        paper.line(format!("Some of what {channel} delivers is gone: `cms remake --channel {channel}` makes it again."));
    }
}
