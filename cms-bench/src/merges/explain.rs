//! Why a merge is not as people made it: each difference, and whose edit it is.

use std::collections::BTreeMap;

use cms_core::document::{Change, DocumentConflict, RunKind, Words, diff};
use serde_json::{Value, json};

use super::Done;

/// Longest value that is shown, in letters.
const SHOWN_LETTERS_MAX: usize = 160;

/// Prints every merge of ours that differs from people's or from git's, and every one that we leave in
/// conflict.
pub(super) fn explain(done: &[Done]) {
    for (number, done) in done.iter().enumerate() {
        if let Some(merged) = done.merged().filter(|merged| loses(done, merged)) {
            println!("{number} words are not kept: {:?}", unkept(done, merged));
        }
        let by_git = if done.git.is_some() { "clean for git" } else { "conflict for git" };
        let what = match done.merged() {
            Some(merged) if merged == &done.people => continue,
            Some(_) => "differs from people's",
            None => "conflict",
        };
        println!("{number} {} {}: {what}, {by_git}", done.case.path, done.case.merge);
        done.ours.conflicts.iter().for_each(|conflict| show_conflict(done, conflict));
        if let Some(merged) = done.merged() {
            differences(done, merged, &done.people, "people");
            if let Some(git) = done.git.as_ref().filter(|git| *git != merged) {
                differences(done, merged, git, "git");
            }
        }
    }
}

/// A conflict: what each side changed, so far as it does not merge.
fn show_conflict(done: &Done, conflict: &DocumentConflict) {
    println!("  ! {} {:?}", conflict.pointer, conflict.reason);
    let Some(base) = &conflict.base else {
        let value = |value: &Option<Value>| value.as_ref().map_or("nothing".into(), shown);
        println!("      ours: {}", value(&conflict.ours));
        println!("      theirs: {}", value(&conflict.theirs));
        return;
    };
    for (name, side) in [("ours", &conflict.ours), ("theirs", &conflict.theirs)] {
        let Some(side) = side else {
            println!("      {name}: nothing");
            continue;
        };
        // Under the whole document's shape a text at its place is compared by words.
        let wrap =
            |value: &Value| if value.is_string() { json!({"text": value}) } else { value.clone() };
        for change in diff(done.case.form.shape(), &wrap(base), &wrap(side)).changes {
            match &change.words {
                Some(words) => show_runs(words, name, &|_| String::new()),
                None => {
                    let value =
                        |value: &Option<Value>| value.as_ref().map_or("nothing".into(), shown);
                    let (before, after) = (value(&change.before), value(&change.after));
                    println!(
                        "      {name} {:?} {}: {before} → {after}",
                        change.kind, change.pointer
                    );
                }
            }
        }
    }
}

fn show_runs(words: &Words, name: &str, note: &dyn Fn(&str) -> String) {
    for run in words.paragraphs.iter().flat_map(|paragraph| &paragraph.runs) {
        let mark = match run.kind {
            RunKind::Same => continue,
            RunKind::Removed => "-",
            RunKind::Added => "+",
        };
        let text = shown(&Value::from(run.text.as_str()));
        println!("      {name} {mark} {text}{}", note(&run.text));
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
                let stands = |text: &str| {
                    let texts = [&done.case.base, &done.case.ours, &done.case.theirs];
                    let terms = ["base", "ours", "theirs"].into_iter().zip(texts);
                    let terms = terms.filter(|(_, whole)| whole.contains(text.trim()));
                    let terms: Vec<&str> = terms.map(|(term, _)| term).collect();
                    format!(" (stands in {})", terms.join(", "))
                };
                show_runs(words, name, &stands);
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

/// Whether a document, taken as the merge, lacks words that a side added, keeps words that a side removed,
/// or has words that nobody wrote. Words, marks and line ends are counted, wherever they stand.
pub(super) fn loses(done: &Done, merged: &Value) -> bool {
    !unkept(done, merged).is_empty()
}

fn unkept(done: &Done, merged: &Value) -> Vec<String> {
    let mut counts: BTreeMap<String, [i64; 4]> = BTreeMap::new();
    let [base, ours, theirs] = terms(done);
    for (index, value) in [&base, &ours, &theirs, merged].into_iter().enumerate() {
        count(value, index, &mut counts);
    }
    counts.retain(|_, [base, ours, theirs, merged]| {
        let (ours, theirs, merged) = (*ours - *base, *theirs - *base, *merged - *base);
        let (less, more) = (ours.min(theirs), ours.max(theirs));
        // What both did alike counts once or twice, as it was one place or two.
        let (least, most) = match (less >= 0, more <= 0) {
            (true, _) => (more, less + more),
            (_, true) => (less + more, less),
            _ => (less, more),
        };
        merged < least || merged > most
    });
    counts.into_keys().collect()
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
            for line in text.split_inclusive('\n') {
                let words = line.split_inclusive(|letter: char| !letter.is_alphanumeric());
                let words = words.flat_map(|word| {
                    let end = word.trim_end_matches(|letter: char| !letter.is_alphanumeric()).len();
                    [&word[..end], &word[end..]]
                });
                for word in words.filter(|word| !word.is_empty() && *word != " ") {
                    counts.entry(word.to_owned()).or_default()[index] += 1;
                }
            }
        }
        scalar => counts.entry(scalar.to_string()).or_default()[index] += 1,
    }
}
