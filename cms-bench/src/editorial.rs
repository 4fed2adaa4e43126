//! Group `editorial`: what editors and reviewers wait for.
//!
//! One file a row, each with a function that takes the plan; a row is added here by its name.

mod document_diff;

use anyhow::Result;

use crate::Plan;

/// Measures one row.
type Row = fn(&Plan) -> Result<()>;

/// Every row, by name.
const ROWS: [(&str, Row); 1] = [("document_diff", document_diff::run)];

/// Every figure's name.
pub(crate) const NAMES: [&str; ROWS.len()] = {
    let mut names = [""; ROWS.len()];
    let mut at = 0;
    while at < ROWS.len() {
        names[at] = ROWS[at].0;
        at += 1;
    }
    names
};

pub(crate) fn run(plan: &Plan) -> Result<()> {
    ROWS.iter().filter(|(name, _)| plan.wants(name)).try_for_each(|(_, row)| row(plan))
}
