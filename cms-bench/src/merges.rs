//! Group `merges`: real three-way merges of lesson files, beside git's line merge and beside what
//! people made of them.
//!
//! The data is a folder of gzip'd NDJSON, a line a merge: `{path, base, ours, theirs, result}`, where
//! `result` is what people committed.

mod corpus;
mod explain;

use std::{fmt, fs::File, path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use cms_core::document::{DocumentMerge, Shape, merge};
use serde_json::Value;

use self::corpus::{Case, Form};
use crate::{
    Plan,
    figure::{Figure, Rounds, ms, say, timed},
};

/// Every figure's name.
pub(crate) const NAMES: [&str; 4] =
    ["merge_resolved", "merge_as_people", "merge_as_people_kept", "merge_clean_same"];

/// A merge that was done three times: by us, by git, by people.
struct Done {
    case: Case,
    ours: DocumentMerge,
    /// What git made of it; `None` where it found a conflict.
    git: Option<Value>,
    people: Value,
}

impl Done {
    /// Our document, when nothing conflicts.
    fn merged(&self) -> Option<&Value> {
        self.ours.document.as_ref().filter(|_| self.ours.conflicts.is_empty())
    }
}

pub(crate) fn run(plan: &Plan) -> Result<()> {
    let data = plan.data.as_deref().context(
        "the merges are not part of this repository: name a folder of them with --data DIR",
    )?;
    let cases = corpus::read(data)?;
    let mut times_ms = Vec::new();
    let mut done = Vec::new();
    for case in cases {
        let (merged, time) = timed(|| -> Result<_> {
            let terms = [&case.base, &case.ours, &case.theirs].map(|text| case.form.value(text));
            let [base, ours, theirs] = terms;
            Ok(merge(case.form.shape(), Some(&base?), Some(&ours?), Some(&theirs?)))
        });
        times_ms.push(ms(time));
        let git = git_merge(&plan.folder, &case)?;
        let people = case.form.value(&case.result)?;
        done.push(Done { ours: merged?, git, people, case });
    }
    say(format_args!(
        "{} merges, ours in {:.1} ms together, parsing included",
        done.len(),
        times_ms.iter().sum::<f64>()
    ));
    report(plan, &done)?;
    if plan.explain {
        explain::explain(&done);
    }
    Ok(())
}

fn report(plan: &Plan, done: &[Done]) -> Result<()> {
    let (clean, conflicted): (Vec<_>, Vec<_>) = done.iter().partition(|done| done.git.is_some());
    ensure!(!conflicted.is_empty() && !clean.is_empty(), "the folder holds too few merges");
    let resolved: Vec<_> = conflicted.iter().filter(|done| done.merged().is_some()).collect();
    // Where people dropped an edit or wrote something of their own, no merge can be as theirs.
    let kept: Vec<_> = resolved.iter().filter(|done| !explain::loses(done, &done.people)).collect();
    let as_people = |done: &Done| done.merged() == Some(&done.people);
    let same = Share::of(&resolved, |done| as_people(done));
    let same_kept = Share::of(&kept, |done| as_people(done));
    let clean_same = Share::of(&clean, |done| done.merged() == done.git.as_ref());
    let git_same = Share::of(&clean, |done| done.git.as_ref() == Some(&done.people));
    let all_kept = Share::of(&conflicted, |done| !explain::loses(done, &done.people));
    let lost =
        Share::of(done, |done| done.merged().is_some_and(|merged| explain::loses(done, merged)));
    let resolved = Share { count: resolved.len(), of: conflicted.len() };
    let print = |name, share: Share, least: f64, target: &str, note: String| -> Result<()> {
        if plan.wants(name) {
            let rounds = Rounds::of(plan, 1, || Ok(share.percent()))?;
            let mut figure = Figure::new(name, share.of as u32, "%", &rounds)
                .against(target, Some(share.percent() >= least));
            if name == "merge_as_people" {
                figure = figure.beside("git's clean merges", Some(git_same.percent()));
            }
            figure.min = None;
            figure.note = note;
            figure.print();
        }
        Ok(())
    };
    print(
        "merge_resolved",
        resolved,
        40.0,
        "at least 40 % of git's conflicts resolved",
        format!("{resolved}; in {lost} of all merges words do not add up, as --explain tells"),
    )?;
    print(
        "merge_as_people",
        same,
        90.0,
        "at least 90 % of those as people did",
        format!("{same}; of all git's conflicts people kept every edit and no more in {all_kept}"),
    )?;
    print(
        "merge_as_people_kept",
        same_kept,
        90.0,
        "at least 90 % of those as people did, where people kept every edit and wrote no more",
        same_kept.to_string(),
    )?;
    print(
        "merge_clean_same",
        clean_same,
        100.0,
        "all of git's clean merges the same",
        clean_same.to_string(),
    )
}

/// So many of so many.
#[derive(Clone, Copy)]
struct Share {
    count: usize,
    of: usize,
}

impl Share {
    fn of<T>(all: &[T], holds: impl Fn(&T) -> bool) -> Self {
        Self { count: all.iter().filter(|one| holds(one)).count(), of: all.len() }
    }

    fn percent(self) -> f64 {
        100.0 * self.count as f64 / self.of.max(1) as f64
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.count, self.of)
    }
}

/// What git's line merge makes of the files; `None` for conflicts.
fn git_merge(folder: &Path, case: &Case) -> Result<Option<Value>> {
    let folder = folder.join("merges");
    std::fs::create_dir_all(&folder)?;
    let files = [("ours", &case.ours), ("base", &case.base), ("theirs", &case.theirs)];
    for (name, text) in files {
        std::fs::write(folder.join(name), text)?;
    }
    let merged = folder.join("merged");
    let status = Command::new("git")
        .args(["merge-file", "--stdout", "--quiet", "ours", "base", "theirs"])
        .current_dir(&folder)
        .stdout(File::create(&merged)?)
        .status()
        .context("running git merge-file")?;
    // Git says how many conflicts there are, and 128 and more for errors.
    let code = status.code().context("git merge-file was killed")?;
    ensure!(code < 128, "git merge-file fails on {}", case.path);
    if code > 0 {
        return Ok(None);
    }
    // A clean merge of lines is not always JSON.
    Ok(case.form.value(&std::fs::read_to_string(&merged)?).ok())
}

impl Form {
    fn shape(&self) -> Shape<'_> {
        match self {
            Self::Json => Shape::Inferred,
            Self::Prose(kind) => Shape::Kind(kind),
        }
    }
}
