//! Group `access`: what it costs to know who may do what, and what strangers who guess passwords cost everybody else.

mod audit;
mod authorise;
mod house;
mod signed_in_read;
mod storm;
mod visible_list;

use anyhow::Result;

use crate::Plan;

/// Measures one row.
type Row = fn(&Plan) -> Result<()>;

/// Every row, by name.
const ROWS: [(&str, Row); 6] = [
    ("authorise", authorise::run),
    ("visible_list", visible_list::run),
    ("signed_in_read", signed_in_read::run),
    ("sign_in_storm", storm::run),
    ("audit_append", audit::append),
    ("audit_page", audit::page),
];

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
