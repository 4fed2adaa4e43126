//! The rules of this repository that no compiler knows. Each finding is `path:line: what to do`.
//!
//! Invariants:
//! 1. A rule is a function of the files' paths and texts alone; it runs nothing and reads nothing else.
//! 2. A rule that can't be broken in its test is not a rule: `tests.rs` breaks each one.

mod arrows;
mod habits;
mod prose;
mod rooms;
mod rust;
mod sizes;
mod tree;

use std::{fmt, path::Path};

use anyhow::{Result, bail};

pub(crate) use self::prose::Understands;
use self::tree::Tree;

/// Something to mend, or to look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    what: String,
    is_advice: bool,
}

impl Finding {
    fn at(path: &str, line: usize, what: String) -> Self {
        Self { path: path.to_owned(), line, what, is_advice: false }
    }

    fn advice(path: &str, what: String) -> Self {
        Self { path: path.to_owned(), line: 1, what, is_advice: true }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let advice = if self.is_advice { "advice: " } else { "" };
        write!(f, "{}:{}: {advice}{}", self.path, self.line, self.what)
    }
}

/// Checks every rule and prints its findings.
///
/// # Errors
/// When a finding is more than advice.
pub(crate) fn run(root: &Path, understands: Understands) -> Result<()> {
    let findings = check(&Tree::read(root)?, understands);
    for finding in &findings {
        println!("{finding}");
    }
    match findings.iter().filter(|finding| !finding.is_advice).count() {
        0 => Ok(()),
        1 => bail!("one thing to mend"),
        count => bail!("{count} things to mend"),
    }
}

/// Prints the rooms of the crates, the arrows between them and where these form circles; or where one room uses
/// another.
///
/// # Errors
/// When the files can't be read.
pub(crate) fn print_rooms(root: &Path, why: Option<&[String]>) -> Result<()> {
    let tree = Tree::read(root)?;
    match why {
        Some([from, to]) => rooms::print_why(&tree, from, to),
        _ => rooms::print(&tree),
    }
    Ok(())
}

fn check(tree: &Tree, understands: Understands) -> Vec<Finding> {
    let mut findings = Vec::new();
    arrows::check(tree, &mut findings);
    rooms::check(tree, &mut findings);
    habits::check(tree, &mut findings);
    sizes::check(tree, &mut findings);
    prose::check(tree, understands, &mut findings);
    findings.sort();
    findings.dedup();
    findings
}

#[cfg(test)]
mod tests;
