//! Group `access`: what it costs to know who may do what, and what strangers who guess passwords cost everybody else.

mod audit;
mod authorise;
mod house;
mod signed_in_read;
mod storm;
mod visible_list;

use anyhow::Result;

use crate::{
    Plan,
    named::{self, Row},
};

/// Every row, by name.
const ROWS: [Row; 6] = [
    ("authorise", authorise::run),
    ("visible_list", visible_list::run),
    ("signed_in_read", signed_in_read::run),
    ("sign_in_storm", storm::run),
    ("audit_append", audit::append),
    ("audit_page", audit::page),
];

/// Every figure's name.
pub(crate) const NAMES: [&str; ROWS.len()] = named::names(&ROWS);

pub(crate) fn run(plan: &Plan) -> Result<()> {
    named::run(&ROWS, plan)
}
