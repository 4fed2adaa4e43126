//! Texts about the code: decision records have their shape, links and paths lead somewhere, and the commands that
//! documents tell people to type exist.

use std::collections::BTreeSet;

use super::{
    Finding,
    tree::{Tree, folder, name},
};

/// The headings of a decision record, in order.
const DECISION_HEADINGS: [&str; 6] =
    ["Status", "Context", "Decision", "Alternatives", "Consequences", "Kept true by"];
/// This is two pages.
const DECISION_WORDS_MAX: usize = 1300;

/// Decides whether the words after `cargo xtask` are a command.
pub(crate) type Understands = fn(&[&str]) -> bool;

pub(super) fn check(tree: &Tree, understands: Understands, findings: &mut Vec<Finding>) {
    for (path, text) in tree.texts(".md") {
        if path.starts_with("docs/adr/") && name(path) != "README.md" {
            check_decision(path, text, findings);
        }
        let mut fenced = false;
        for (index, line) in text.lines().enumerate() {
            let line_number = index + 1;
            if line.trim_start().starts_with("```") {
                fenced = !fenced;
            } else if fenced {
                check_command(tree, path, line_number, line.trim(), understands, findings);
            } else {
                for target in links(line) {
                    check_link(tree, path, line_number, target, findings);
                }
                for code in line.split('`').skip(1).step_by(2) {
                    check_command(tree, path, line_number, code, understands, findings);
                    check_path(tree, path, line_number, code, findings);
                }
            }
        }
    }
}

fn check_decision(path: &str, text: &str, findings: &mut Vec<Finding>) {
    let is_dated = name(path).bytes().zip(b"dddd-dd-dd-".iter()).all(|(found, expected)| {
        if *expected == b'd' { found.is_ascii_digit() } else { found == *expected }
    });
    if !is_dated {
        findings.push(Finding::at(path, 1, "name the record YEAR-MONTH-DAY-title.md".to_owned()));
    }
    let headings: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("## ")).collect();
    if headings != DECISION_HEADINGS {
        let what = format!("give the record the headings {}", DECISION_HEADINGS.join(", "));
        findings.push(Finding::at(path, 1, what));
    }
    let words = text.split_whitespace().count();
    if words > DECISION_WORDS_MAX {
        let what = format!("shorten the record to two pages: {words} words are more than that");
        findings.push(Finding::at(path, 1, what));
    }
}

/// The targets of markdown links in a line, outside code spans.
fn links(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for prose in line.split('`').step_by(2) {
        for after in prose.split("](").skip(1) {
            found.extend(after.split([')', ' ']).next());
        }
    }
    found
}

fn check_link(tree: &Tree, path: &str, line: usize, target: &str, findings: &mut Vec<Finding>) {
    if target.contains("://") || target.starts_with("mailto:") {
        return;
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let file = if file.is_empty() { path.to_owned() } else { resolve(folder(path), file) };
    if !tree.holds(&file) {
        findings.push(Finding::at(path, line, format!("mend the link: there is no {file}")));
        return;
    }
    let Some(text) = tree.text(&file).filter(|_| !anchor.is_empty() && file.ends_with(".md"))
    else {
        return;
    };
    if !anchors(text).contains(anchor) {
        let what = format!("mend the link: {file} has no heading #{anchor}");
        findings.push(Finding::at(path, line, what));
    }
}

/// A path from a folder, with `.` and `..` resolved.
fn resolve(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    if target.starts_with('/') {
        parts.clear();
    }
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn anchors(text: &str) -> BTreeSet<String> {
    let mut fenced = false;
    let mut found = BTreeSet::new();
    for line in text.lines() {
        fenced ^= line.trim_start().starts_with("```");
        let heading = line.trim_start_matches('#');
        if !fenced && heading.len() < line.len() && heading.starts_with(' ') {
            let kept = |c: &char| c.is_alphanumeric() || " -_".contains(*c);
            found.insert(heading.trim().to_lowercase().chars().filter(kept).collect::<String>());
        }
    }
    found.into_iter().map(|heading| heading.replace(' ', "-")).collect()
}

/// `cargo xtask …` is a command of this program, `cms …` a verb of cms-api.
fn check_command(
    tree: &Tree,
    path: &str,
    line: usize,
    text: &str,
    understands: Understands,
    findings: &mut Vec<Finding>,
) {
    let text = text.split(" #").next().unwrap_or_default();
    let words: Vec<_> = text.trim_start_matches("$ ").split_whitespace().collect();
    match words[..] {
        ["cargo", "xtask", ref command @ ..] if !command.is_empty() => {
            // People read what follows: brackets and capitals stand for a choice.
            let said: Vec<_> =
                command.iter().copied().take_while(|word| !is_placeholder(word)).collect();
            if !understands(&said) {
                findings.push(Finding::at(path, line, format!("`{text}` is not a command")));
            }
        }
        ["cms", verb, ..] if verb.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') => {
            let room = "cms-api/src/verbs";
            let file = format!("{}.rs", verb.replace('-', "_"));
            // Verbs of one subject have a folder of their own. What only this machine can do is no verb of a server's, and lies
            // with the command line; `serve` is a room of its own.
            let is_verb = |path: &str| {
                let below = |room: &str| path.strip_prefix(room)?.strip_prefix('/');
                below(room).is_some_and(|inner| inner.split('/').next_back() == Some(&file))
                    || below("cms-api/src/cli") == Some(&file)
                    || below("cms-api/src") == Some(&file)
            };
            if tree.holds(room) && verb != "help" && !tree.paths().any(is_verb) {
                let what = format!("`cms {verb}` is not a verb: there is no {room}/{file}");
                findings.push(Finding::at(path, line, what));
            }
        }
        _ => {}
    }
}

fn is_placeholder(word: &str) -> bool {
    word.starts_with(['[', '<', '…', '|']) || word.bytes().all(|b| b.is_ascii_uppercase())
}

/// Paths in code spans that begin with a folder of this repository lead somewhere.
fn check_path(tree: &Tree, path: &str, line: usize, code: &str, findings: &mut Vec<Finding>) {
    const FOLDERS: [&str; 9] = [
        "cms-core/",
        "cms-perseus/",
        "cms-api/",
        "cms-admin-ui/",
        "cms-bench/",
        "docs/",
        "schemas/",
        "xtask/",
        "fixtures/",
    ];
    let is_path = FOLDERS.iter().any(|folder| code.starts_with(folder))
        && code.bytes().all(|b| b.is_ascii_alphanumeric() || b"/._-".contains(&b));
    if is_path && !tree.holds(code) {
        findings.push(Finding::at(path, line, format!("mend the path: there is no {code}")));
    }
}
