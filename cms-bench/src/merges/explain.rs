//! Why a merge is not as people made it: each difference, and whose edit it is.

use std::collections::BTreeMap;

use cms_core::document::{Change, RunKind, diff};
use serde_json::Value;

use super::Done;

/// Longest value that is shown, in letters.
const SHOWN_LETTERS_MAX: usize = 160;

/// Prints every merge of ours that differs from people's or from git's, and every one that we leave in
/// conflict.
pub(super) fn explain(done: &[Done]) {
    for (number, done) in done.iter().enumerate() {
        let by_git = if done.git.is_some() { "clean for git" } else { "conflict for git" };
        let what = match done.merged() {
            Some(merged) if merged == &done.people => continue,
            Some(_) => "differs from people's",
            None => "conflict",
        };
        println!("{number} {} {}: {what}, {by_git}", done.case.path, done.case.merge);
        for conflict in &done.ours.conflicts {
            println!("  ! {} {:?}", conflict.pointer, conflict.reason);
            let terms =
                [("base", &conflict.base), ("ours", &conflict.ours), ("theirs", &conflict.theirs)];
            for (name, value) in terms {
                let value = value.as_ref().map_or("nothing".to_owned(), shown);
                println!("      {name}: {value}");
            }
        }
        if let Some(merged) = done.merged() {
            differences(done, merged, &done.people, "people");
            if let Some(git) = done.git.as_ref().filter(|git| *git != merged) {
                differences(done, merged, git, "git");
            }
        }
    }
}

fn differences(done: &Done, merged: &Value, other: &Value, name: &str) {
    let terms = ["base", "ours", "theirs"].into_iter().zip(terms(done));
    let found = diff(done.case.form.shape(), merged, other);
    let from: Vec<(&str, Vec<Change>)> = terms
        .map(|(term, value)| (term, diff(done.case.form.shape(), &value, other).changes))
        .collect();
    for change in found.changes {
        let touches = |one: &Change| {
            one.address.starts_with(&change.address) || change.address.starts_with(&one.address)
        };
        let as_term: Vec<&str> = from
            .iter()
            .filter(|(_, changes)| !changes.iter().any(touches))
            .map(|(term, _)| *term)
            .collect();
        let whose = if as_term.is_empty() {
            format!("{name}'s own edit")
        } else {
            format!("{name} as {}", as_term.join(" and "))
        };
        println!("  {:?} {}: {whose}", change.kind, change.address);
        match &change.words {
            Some(words) => {
                let runs = words.paragraphs.iter().flat_map(|paragraph| &paragraph.runs);
                for run in runs.filter(|run| run.kind != RunKind::Same) {
                    let mark = if run.kind == RunKind::Removed { "we have" } else { name };
                    let terms: Vec<&str> = ["base", "ours", "theirs"]
                        .into_iter()
                        .zip([&done.case.base, &done.case.ours, &done.case.theirs])
                        .filter(|(_, text)| text.contains(run.text.trim()))
                        .map(|(term, _)| term)
                        .collect();
                    let text = shown(&Value::from(run.text.as_str()));
                    println!("      {mark}: {text} (stands in {})", terms.join(", "));
                }
            }
            None => {
                let side = |value: &Option<Value>| value.as_ref().map_or("nothing".into(), shown);
                println!("      we have: {}", side(&change.before));
                println!("      {name}: {}", side(&change.after));
            }
        }
    }
}

fn terms(done: &Done) -> [Value; 3] {
    [&done.case.base, &done.case.ours, &done.case.theirs]
        .map(|text| done.case.form.value(text).unwrap_or_default())
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    let mut shown: String = text.chars().take(SHOWN_LETTERS_MAX).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// Whether a merge without conflicts lacks words that a side added, keeps words that a side removed, or has
/// words that nobody wrote: words are counted, wherever they stand.
pub(super) fn loses(done: &Done) -> bool {
    let Some(merged) = done.merged() else { return false };
    let mut counts: BTreeMap<String, [i64; 4]> = BTreeMap::new();
    let [base, ours, theirs] = terms(done);
    for (index, value) in [&base, &ours, &theirs, merged].into_iter().enumerate() {
        count(value, index, &mut counts);
    }
    counts.into_values().any(|[base, ours, theirs, merged]| {
        let (ours, theirs, merged) = (ours - base, theirs - base, merged - base);
        let (one, two) = (ours.min(theirs), ours.max(theirs));
        // What both did alike counts once or twice, as it was one place or two.
        let least = if two <= 0 {
            one + two
        } else if one >= 0 {
            two
        } else {
            one
        };
        let most = if one >= 0 {
            one + two
        } else if two <= 0 {
            one
        } else {
            two
        };
        merged < least || merged > most
    })
}

fn count(value: &Value, index: usize, counts: &mut BTreeMap<String, [i64; 4]>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                counts.entry(format!("/{name}")).or_default()[index] += 1;
                count(value, index, counts);
            }
        }
        Value::Array(elements) => elements.iter().for_each(|value| count(value, index, counts)),
        Value::String(text) => {
            for word in text.split_whitespace() {
                counts.entry(word.to_owned()).or_default()[index] += 1;
            }
        }
        scalar => counts.entry(scalar.to_string()).or_default()[index] += 1,
    }
}
