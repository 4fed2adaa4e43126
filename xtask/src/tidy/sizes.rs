//! Sizes that a reader can grasp: of files without their tests, of functions, of folders.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Finding,
    rust::{Source, test_files},
    tree::{Tree, folder},
};

/// Longest file, in lines without tests.
const FILE_LINES_MAX: usize = 600;
/// A file with more lines than this is worth a look.
const FILE_LINES_ADVISED: usize = 400;
/// Longest function, in lines.
const FUNCTION_LINES_MAX: usize = 110;
/// Most source files in one folder, except tests; a dozen is the aim.
const FOLDER_FILES_MAX: usize = 20;

/// Folders that hold the rooms of a crate, and how many each may have: their order is in `rooms.rs`.
const HOUSES: [(&str, usize); 2] = [("cms-core/src/repo", 27), ("cms-api/src", 22)];

/// Types that `cargo xtask clients` generates from the published schemas.
const MADE: &str = "contract/types/";

const SOURCES: [&str; 8] = [".rs", ".js", ".mjs", ".ts", ".tsx", ".css", ".html", ".sh"];

pub(super) fn check(tree: &Tree, findings: &mut Vec<Finding>) {
    let tests = test_files(tree);
    for (path, text) in tree.texts(".rs") {
        let source = Source::new(text);
        for function in source.functions() {
            let lines = function.lines.len();
            if lines > FUNCTION_LINES_MAX {
                let what = format!(
                    "split `{}`: {lines} lines are more than {FUNCTION_LINES_MAX}",
                    function.name
                );
                findings.push(Finding::at(path, function.lines.start, what));
            }
        }
        if !tests.contains(path) {
            let lines = text.lines().count() - source.test_lines().len();
            check_length(path, lines, findings);
        }
    }
    for ending in [".js", ".mjs", ".ts", ".tsx", ".css"] {
        for (path, text) in tree.texts(ending) {
            // Generated files are read by programs, not by people.
            if path.starts_with(MADE) {
                continue;
            }
            check_length(path, text.lines().count(), findings);
        }
    }
    check_folders(tree, &tests, findings);
}

fn check_length(path: &str, lines: usize, findings: &mut Vec<Finding>) {
    if lines > FILE_LINES_MAX {
        let what =
            format!("split the file: {lines} lines without tests are more than {FILE_LINES_MAX}");
        findings.push(Finding::at(path, 1, what));
    } else if lines > FILE_LINES_ADVISED {
        findings.push(Finding::advice(path, format!("{lines} lines: look for a second concept")));
    }
}

fn check_folders(tree: &Tree, tests: &BTreeSet<String>, findings: &mut Vec<Finding>) {
    let mut counts = BTreeMap::new();
    for path in tree.paths() {
        let is_source = SOURCES.iter().any(|ending| path.ends_with(ending));
        if is_source && !tests.contains(path) {
            *counts.entry(folder(path)).or_insert(0) += 1;
        }
    }
    for (folder, count) in counts {
        let house = HOUSES.iter().find(|(house, _)| *house == folder);
        let files_max = house.map_or(FOLDER_FILES_MAX, |(_, files_max)| *files_max);
        if count > files_max {
            let what = format!("group the files: {count} in one folder are more than {files_max}");
            findings.push(Finding::at(folder, 1, what));
        }
    }
}
