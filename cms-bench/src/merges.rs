//! Group `merges`: real three-way merges of lesson files, compared with git's line merge and with what people made of
//! them.
//!
//! The data is a folder of gzip'd NDJSON, one merge per line: `{path, base, ours, theirs, result}`, where `result` is
//! what people committed.

mod corpus;
mod explain;

use std::{fmt, fs::File, path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use cms_core::document::{DocumentMerge, JoinedSentence, Shape, Sides, merge};
use serde_json::Value;

use self::corpus::{Case, Form};
use crate::{
    Plan,
    figure::{Figure, Rounds, ms, say, timed},
};

/// Every figure's name.
pub(crate) const NAMES: [&str; 7] = [
    "merge_resolved",
    "merge_resolved_json",
    "merge_as_people",
    "merge_as_people_kept",
    "merge_clean_same",
    "merge_joined_undone",
    "merge_words_astray",
];

/// A merge that was made three times: by us, by git, by people.
struct Done {
    case: Case,
    ours: DocumentMerge,
    /// Git's result; `None` when it found a conflict.
    git: Option<Value>,
    people: Value,
}

impl Done {
    /// Our document, when nothing conflicts.
    fn merged(&self) -> Option<&Value> {
        self.ours.document.as_ref().filter(|_| self.ours.conflicts.is_empty())
    }

    /// Whether git merged the file and our result is the same, except for line ends.
    fn is_as_git(&self) -> bool {
        self.merged().map(plain) == self.git.as_ref().map(plain)
    }

    fn is_as_people(&self) -> bool {
        self.merged().map(plain) == Some(plain(&self.people))
    }

    /// The sentences that we joined, and that people put back to one side's version.
    fn undone(&self) -> Vec<&JoinedSentence> {
        let people = self.case.result.replace("\r\n", "\n");
        let has = |text: &str| !text.trim().is_empty() && people.contains(text.trim());
        let is_undone = |joined: &&JoinedSentence| {
            let whole: String = joined.runs.iter().map(|run| run.text.as_str()).collect();
            !has(&whole)
                && [&joined.base, &joined.ours, &joined.theirs].iter().any(|side| has(side))
        };
        self.ours.joined.iter().filter(is_undone).collect()
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
            let documents = case.texts.as_ref().try_map(|text| case.form.value(text))?;
            Ok(merge(case.form.shape(), documents.as_ref().map(Some)))
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
    let in_json: Vec<_> =
        conflicted.iter().filter(|done| matches!(done.case.form, Form::Json)).collect();
    let resolved: Vec<_> = conflicted.iter().filter(|done| done.merged().is_some()).collect();
    // If people dropped an edit or wrote something of their own, no merge can equal theirs.
    let kept: Vec<_> = resolved.iter().filter(|done| !explain::loses(done, &done.people)).collect();
    let git_same = Share::of(&clean, |done| done.git.as_ref() == Some(&done.people));
    let all_kept = Share::of(&conflicted, |done| !explain::loses(done, &done.people));
    let joined: Vec<_> = done.iter().filter(|done| !done.ours.joined.is_empty()).collect();
    let astray =
        Share::of(done, |done| done.merged().is_some_and(|merged| explain::loses(done, merged)));
    let print =
        |name, share: Share, target: &str, holds: Option<bool>, note: String| -> Result<()> {
            if plan.wants(name) {
                let rounds = Rounds::of(plan, 1, || Ok(share.percent()))?;
                let mut figure =
                    Figure::new(name, share.of as u32, "%", &rounds).against(target, holds);
                if name == "merge_as_people" {
                    figure = figure.beside("git's clean merges", Some(git_same.percent()));
                }
                figure.min = None;
                figure.note = format!("{share}{note}");
                figure.print();
            }
            Ok(())
        };
    let least = |share: Share, percent: f64| Some(share.of == 0 || share.percent() >= percent);
    let of_all = Share { count: resolved.len(), of: conflicted.len() };
    print("merge_resolved", of_all, "git's conflicts resolved, of all files", None, String::new())?;
    let of_json = Share::of(&in_json, |done| done.merged().is_some());
    let target = "at least 40 % of git's conflicts in JSON resolved";
    print("merge_resolved_json", of_json, target, least(of_json, 40.0), String::new())?;
    let same = Share::of(&resolved, |done| done.is_as_people());
    let note = format!("; of all git's conflicts people kept every edit and no more in {all_kept}");
    print("merge_as_people", same, "of those as people did", None, note)?;
    let same = Share::of(&kept, |done| done.is_as_people());
    let target =
        "at least 90 % of those as people did, where people kept every edit and wrote no more";
    print("merge_as_people_kept", same, target, least(same, 90.0), String::new())?;
    let same = Share::of(&clean, |done| done.is_as_git());
    let target = "all of git's clean merges the same, line ends aside";
    print("merge_clean_same", same, target, least(same, 100.0), String::new())?;
    let undone = Share::of(&joined, |done| !done.undone().is_empty());
    let target = "no merge with a sentence that we joined and people put back to a side's";
    print("merge_joined_undone", undone, target, Some(undone.count == 0), String::new())?;
    let target = "no merge in which words do not add up";
    print("merge_words_astray", astray, target, Some(astray.count == 0), String::new())
}

/// A document with plain line feeds.
fn plain(value: &Value) -> Value {
    match value {
        Value::String(text) => text.replace("\r\n", "\n").into(),
        Value::Array(elements) => elements.iter().map(plain).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect()
        }
        scalar => scalar.clone(),
    }
}

/// A number out of a total.
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

/// The result of git's line merge of the files; `None` for conflicts.
fn git_merge(folder: &Path, case: &Case) -> Result<Option<Value>> {
    let folder = folder.join("merges");
    std::fs::create_dir_all(&folder)?;
    let names = Sides { base: "base", ours: "ours", theirs: "theirs" };
    for (name, text) in names.zip(case.texts.as_ref()).each() {
        std::fs::write(folder.join(name), text)?;
    }
    let merged = folder.join("merged");
    let status = Command::new("git")
        .args(["merge-file", "--stdout", "--quiet", "ours", "base", "theirs"])
        .current_dir(&folder)
        .stdout(File::create(&merged)?)
        .status()
        .context("running git merge-file")?;
    // Git returns the number of conflicts, and 128 or more for errors.
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
            Self::Json | Self::Text => Shape::Inferred,
            Self::Prose(kind) => Shape::Kind(kind),
        }
    }
}
