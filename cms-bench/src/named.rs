//! A group of figures whose rows are measured one by one: each by its name, with a function that takes the plan.

use anyhow::Result;

use crate::Plan;

/// A figure's name, and what measures it.
pub(crate) type Row = (&'static str, fn(&Plan) -> Result<()>);

/// The names of rows.
pub(crate) const fn names<const COUNT: usize>(rows: &[Row; COUNT]) -> [&'static str; COUNT] {
    let mut names = [""; COUNT];
    let mut at = 0;
    while at < COUNT {
        names[at] = rows[at].0;
        at += 1;
    }
    names
}

/// Measures the rows that the plan wants.
pub(crate) fn run(rows: &[Row], plan: &Plan) -> Result<()> {
    rows.iter().filter(|(name, _)| plan.wants(name)).try_for_each(|(_, measure)| measure(plan))
}
