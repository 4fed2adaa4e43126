//! The next step: a verb, and a number from which all its choices are drawn.

use std::fmt;

use anyhow::{Context, Result};

use crate::day::dice::Dice;

macro_rules! verbs {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $weight:literal;)*) => {
        /// What somebody does.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Verb { $($(#[$doc])* $name,)* }

        /// Every verb, with its relative frequency.
        const WEIGHTS: &[(Verb, usize)] = &[$((Verb::$name, $weight),)*];

        impl Verb {
            /// The word for it in files.
            pub(super) const fn word(self) -> &'static str { match self { $(Self::$name => $word,)* } }
        }
    };
}

verbs! {
    /// Begin a draft with everybody in it.
    Begin = "begin", 9;
    /// Give a draft another title.
    Rename = "rename", 1;
    /// Discard a draft.
    Discard = "discard", 1;
    /// Reopen a draft.
    Reopen = "reopen", 1;
    /// Read an entry, and keep its tag for later.
    Read = "read", 7;
    /// Read and save.
    Save = "save", 28;
    /// Save with a tag that was kept.
    SaveLate = "save-late", 12;
    /// Save a text that decides a place in conflict.
    SaveSettling = "save-settling", 4;
    /// Drop a working copy.
    Drop = "drop", 2;
    /// Put an entry into the trash as a working copy.
    SaveTrash = "save-trash", 1;
    /// Commit what is typed in a draft.
    Commit = "commit", 8;
    /// Bring a draft up to date.
    Rebase = "rebase", 8;
    /// Settle a place in conflict.
    Resolve = "resolve", 12;
    /// Move an entry to another place.
    Place = "place", 3;
    /// Put an entry into the trash.
    Trash = "trash", 1;
    /// Take an entry out of the trash.
    Untrash = "untrash", 1;
    /// Copy an entry.
    Duplicate = "duplicate", 2;
    /// Change a field of several entries.
    Batch = "batch", 2;
    /// Bring back an earlier version of an entry.
    Restore = "restore", 2;
    /// Revert a commit.
    Revert = "revert", 2;
    /// Open a review.
    Open = "open", 6;
    /// Say something in a review.
    Comment = "comment", 3;
    /// Approve what a review shows.
    Approve = "approve", 12;
    /// Ask for changes.
    RequestChanges = "request-changes", 1;
    /// Merge a review, at the head that was seen or at any.
    Merge = "merge", 14;
    /// Accept some entries of a review.
    Accept = "accept", 3;
    /// Close a review.
    Close = "close", 1;
    /// Reopen a closed review.
    ReopenReview = "reopen-review", 1;
    /// Bring a draft to `main` with everything that this takes.
    Land = "land", 6;
    /// Merge a draft without its review.
    MergeDraft = "merge-draft", 1;
    /// Plan, and publish what was planned.
    Publish = "publish", 6;
    /// Roll the channel back to what it delivered before.
    Rollback = "rollback", 1;
    /// Take an entry off the channel.
    Unpublish = "unpublish", 1;
    /// Release everything on hold.
    Release = "release", 1;
    /// Publish a little later.
    Schedule = "schedule", 1;
    /// Get a difference as a patch, and apply it.
    Differ = "differ", 3;
    /// End the server in an orderly way, check the store, and start it again.
    Restart = "restart", 1;
    /// End the server at once, and start it again.
    Kill = "kill", 2;
}

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) verb: Verb,
    pub(super) number: u64,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb.word(), self.number)
    }
}

/// The steps of a seed. Without kills the server is always asked to end.
pub(super) fn list(seed: u64, count: usize, kills: bool) -> Vec<Step> {
    let mut dice = Dice::new(seed);
    let all: usize = WEIGHTS.iter().map(|(_, weight)| weight).sum();
    let steps = (0..count).map(|_| {
        let mut at = dice.below(all);
        let rolled = WEIGHTS.iter().find(|(_, weight)| {
            let is_it = at < *weight;
            at = at.saturating_sub(*weight);
            is_it
        });
        let verb = rolled.expect("the number lies below all weights").0;
        let verb = if verb == Verb::Kill && !kills { Verb::Save } else { verb };
        Step { verb, number: dice.next() }
    });
    steps.collect()
}

/// Steps as a file has them: one line each.
pub(super) fn print(steps: &[Step]) -> String {
    steps.iter().map(|step| format!("{step}\n")).collect()
}

/// Reads such a file.
pub(super) fn parse(text: &str) -> Result<Vec<Step>> {
    let step = |line: &str| -> Result<Step> {
        let (word, number) = line.split_once(' ').with_context(|| format!("no step: {line}"))?;
        let known = WEIGHTS.iter().find(|(verb, _)| verb.word() == word);
        let verb = known.with_context(|| format!("no verb: {word}"))?.0;
        Ok(Step { verb, number: number.trim().parse()? })
    };
    text.lines().filter(|line| !line.trim().is_empty()).map(step).collect()
}
