//! Group `merges`: real three-way merges of lesson files, beside git's line merge and beside what
//! people made of them.
//!
//! The data is a folder of gzip'd NDJSON, a line a merge: `{path, base, ours, theirs, result}`, where
//! `result` is what people committed.

mod corpus;
mod explain;

use std::{fs::File, path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use cms_core::document::{DocumentMerge, Shape, merge};
use serde_json::Value;

use self::corpus::{Case, Form};
use crate::{
    Plan,
    figure::{Figure, Rounds, ms, say, timed},
};

/// Every figure's name.
pub(crate) const NAMES: [&str; 3] = ["merge_resolved", "merge_as_people", "merge_clean_same"];

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
    let conflicted: Vec<_> = done.iter().filter(|done| done.git.is_none()).collect();
    let resolved: Vec<_> = conflicted.iter().filter(|done| done.merged().is_some()).collect();
    let as_people: Vec<_> =
        resolved.iter().filter(|done| done.merged() == Some(&done.people)).collect();
    let clean: Vec<_> = done.iter().filter(|done| done.git.is_some()).collect();
    let same: Vec<_> = clean.iter().filter(|done| done.merged() == done.git.as_ref()).collect();
    let git_as_people = clean.iter().filter(|done| done.git.as_ref() == Some(&done.people)).count();
    let lost = done.iter().filter(|done| explain::loses(done)).count();
    ensure!(!conflicted.is_empty() && !clean.is_empty(), "the folder holds too few merges");
    let percent = |count: usize, of: usize| 100.0 * count as f64 / of.max(1) as f64;
    let figure = |name, count: usize, of: usize| -> Result<Figure> {
        let share = Rounds::of(plan, 1, || Ok(percent(count, of)))?;
        let mut figure = Figure::new(name, of as u32, "%", &share);
        figure.min = None;
        figure.note = format!("{count} of {of}; edits lost in {lost} of {}", done.len());
        Ok(figure)
    };
    if plan.wants("merge_resolved") {
        let share = percent(resolved.len(), conflicted.len());
        figure("merge_resolved", resolved.len(), conflicted.len())?
            .beside("git merge-file", Some(0.0))
            .against("at least 40 % of git's conflicts resolved", Some(share >= 40.0))
            .print();
    }
    if plan.wants("merge_as_people") {
        let share = percent(as_people.len(), resolved.len());
        figure("merge_as_people", as_people.len(), resolved.len())?
            .beside("git's clean merges as people", Some(percent(git_as_people, clean.len())))
            .against("at least 90 % of those as people did", Some(share >= 90.0))
            .print();
    }
    if plan.wants("merge_clean_same") {
        figure("merge_clean_same", same.len(), clean.len())?
            .against("all of git's clean merges the same", Some(same.len() == clean.len()))
            .print();
    }
    Ok(())
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
