//! Small habits: modules say what they are, names mean something, nothing is left for later, and tests neither wait nor
//! sleep.

use super::{
    Finding,
    rust::Source,
    tree::{Tree, name},
};

/// File names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 6] = ["utils", "util", "helpers", "common", "types", "misc"];
const SLEEPS: [&[&str]; 3] =
    [&["thread", "sleep"], &["std", "thread", "sleep"], &["tokio", "time", "sleep"]];

pub(super) fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    for path in tree.paths() {
        let file = name(path);
        let stem = file.split('.').next().unwrap_or_default();
        let in_rooms = path.starts_with("cms-") || path.starts_with("xtask/");
        if in_rooms && EMPTY_NAMES.contains(&stem) {
            let what = format!("name the file after its concept: `{stem}` says nothing");
            findings.push(Finding::at(path, 1, what));
        }
        if file == "mod.rs" {
            findings.push(Finding::at(path, 1, "move it to `foo.rs` next to `foo/`".to_owned()));
        }
    }
    for (path, text) in tree.texts(".rs") {
        if !opens_with_docs(text) {
            let what = "begin the file with `//!`: what it is and why it is this way".to_owned();
            findings.push(Finding::at(path, 1, what));
        }
        let source = Source::new(text);
        check_leftovers(path, &source, findings);
        let test_lines = source.test_lines();
        for used in source.paths() {
            // A simulated disk that tests use may take its time; a test may not.
            let is_test = path.contains("/tests/") || name(path) == "tests.rs";
            let in_test = is_test || test_lines.contains(&used.line);
            if in_test && SLEEPS.iter().any(|sleep| used.parts == *sleep) {
                let what = "wait for the event itself: a test that sleeps is slow and still flaky";
                findings.push(Finding::at(path, used.line, what.to_owned()));
            }
        }
    }
}

/// A fuzz target opens with `#![no_main]`; attributes may come before the docs.
fn opens_with_docs(text: &str) -> bool {
    let first = text.lines().find(|line| !line.is_empty() && !line.starts_with("#!["));
    first.is_some_and(|line| line.starts_with("//!"))
}

fn check_leftovers(path: &str, source: &Source, findings: &mut Vec<Finding>) {
    for (index, line) in source.code.lines().enumerate() {
        let dense: String = line.chars().filter(|c| !c.is_whitespace()).collect();
        if dense.contains("#[ignore") {
            let what = "run the test or delete it: nobody runs an ignored one".to_owned();
            findings.push(Finding::at(path, index + 1, what));
        }
        if dense.contains("todo!(") || dense.contains("unimplemented!(") {
            findings.push(Finding::at(path, index + 1, "write it, or don't offer it".to_owned()));
        }
    }
    for (index, line) in source.comments.lines().enumerate() {
        if let Some(word) = ["FIXME", "TODO", "XXX"].into_iter().find(|word| has_word(line, word)) {
            let what = format!("do it now or file an issue: `{word}` is nobody's task");
            findings.push(Finding::at(path, index + 1, what));
        }
    }
}

fn has_word(line: &str, word: &str) -> bool {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == word)
}
