//! Group `editorial`: what editors and reviewers wait for.
//!
//! One file per row, each with a function that takes the plan; a row is added here by its name.

mod autosave;
mod document_diff;
mod history;
mod merge;
mod stage;
mod tree_diff;

use anyhow::Result;

use crate::{
    Plan,
    named::{self, Row},
};

/// Every row, by name.
const ROWS: [Row; 6] = [
    ("document_diff", document_diff::run),
    ("tree_diff_50", tree_diff::run),
    ("merge_100", merge::merge_100),
    ("autosave_50", autosave::run),
    ("contended_merge_50", merge::contended_merge_50),
    ("entry_history", history::run),
];

/// Every figure's name.
pub(crate) const NAMES: [&str; ROWS.len()] = named::names(&ROWS);

pub(crate) fn run(plan: &Plan) -> Result<()> {
    named::run(&ROWS, plan)
}
