//! Why a merge differs from people's: each difference, and whose edit it is.

use std::collections::BTreeMap;

use cms_core::document::{Change, DocumentConflict, RunKind, Sides, Words, diff};
use serde_json::{Value, json};

use super::Done;

/// Longest value that is shown, in characters.
const SHOWN_LETTERS_MAX: usize = 160;

/// Prints every merge of ours that differs from people's or from git's, and every merge that we leave in conflict.
pub(super) fn explain(done: &[Done]) {
    for (number, done) in done.iter().enumerate() {
        if let Some(merged) = done.merged().filter(|merged| loses(done, merged)) {
            println!("{number} words do not add up in {}:", done.case.path);
            unkept(done, merged).iter().for_each(|word| println!("      {word}"));
        }
        for joined in &done.ours.joined {
            let whole: String = joined.runs.iter().map(|run| run.text.as_str()).collect();
            let what = if done.case.result.contains(whole.trim()) {
                "as people did"
            } else {
                "not as people did"
            };
            println!("{number} joined {what}: {} {:?}", joined.pointer, whole.trim());
            println!("      base   {:?}", joined.base.trim());
            println!("      ours   {:?}", joined.ours.trim());
            println!("      theirs {:?}", joined.theirs.trim());
        }
        let by_git = if done.git.is_some() { "clean for git" } else { "conflict for git" };
        let what = match done.merged() {
            Some(_) if done.is_as_people() && (done.git.is_none() || done.is_as_git()) => continue,
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

/// Prints a conflict: what each side changed, where it does not merge.
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
        // Under the whole document's shape, a text in its place is compared by words.
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
    let terms = Sides { base: "base", ours: "ours", theirs: "theirs" }.zip(terms(done));
    let found = diff(done.case.form.shape(), merged, other);
    let from: Vec<(&str, Vec<Change>)> = terms
        .each()
        .into_iter()
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
                    let names = Sides { base: "base", ours: "ours", theirs: "theirs" };
                    let terms = names.zip(done.case.texts.as_ref()).each().into_iter();
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

fn terms(done: &Done) -> Sides<Value> {
    let texts = done.case.texts.as_ref();
    texts.map(|text| done.case.form.value(text).unwrap_or_default())
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    let mut shown: String = text.chars().take(SHOWN_LETTERS_MAX).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// Whether a document, taken as the merge, lacks words that a side added, keeps words that a side removed, or has words
/// that nobody wrote.
///
/// Words, marks and values are counted. A side removed or inserted words according to the lines and values that it has
/// more or fewer times than the base, wherever they are, so that what it moved counts as neither. What both did in the
/// same way counts once or twice, depending on whether it was one place or two.
pub(super) fn loses(done: &Done, merged: &Value) -> bool {
    !unkept(done, merged).is_empty()
}

/// How many times a word occurs in base, ours, theirs and the merge, and how many times a side removed or inserted it.
#[derive(Default)]
struct Count {
    stands: [i64; 4],
    gone: [i64; 4],
    new: [i64; 4],
}

fn unkept(done: &Done, merged: &Value) -> Vec<String> {
    let Sides { base, ours, theirs } = terms(done);
    let lines = [&base, &ours, &theirs, merged].map(|value| {
        let mut lines: BTreeMap<String, i64> = BTreeMap::new();
        lines_of(value, &mut lines);
        lines
    });
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    for (index, of) in lines.iter().enumerate() {
        for (line, times) in of {
            let more = times - lines[0].get(line).copied().unwrap_or(0);
            for word in words(line) {
                let count = counts.entry(word).or_default();
                count.stands[index] += times;
                count.new[index] += more.max(0);
                count.gone[index] += (-more).max(0);
            }
        }
        for (line, times) in lines[0].iter().filter(|(line, _)| !of.contains_key(*line)) {
            words(line).for_each(|word| counts.entry(word).or_default().gone[index] += times);
        }
    }
    counts.retain(|_, Count { stands, gone, new }| {
        let found = stands[3] - stands[0];
        let least = new[1].max(new[2]) - gone[1] - gone[2];
        let most = new[1] + new[2] - gone[1].max(gone[2]);
        found < least || found > most
    });
    let told = |(word, Count { stands: [base, ours, theirs, merged], .. })| {
        format!("{word:?}: base {base}, ours {ours}, theirs {theirs}, merged {merged}")
    };
    counts.into_iter().map(told).collect()
}

/// The lines of all texts, the names of fields, and all other values. A field is identified by what it holds; of that,
/// only its name is counted.
fn lines_of(value: &Value, lines: &mut BTreeMap<String, i64>) {
    let mut add = |line: String| *lines.entry(line).or_default() += 1;
    match value {
        // Line ends are not words.
        Value::String(text) => {
            text.replace("\r\n", "\n").split_inclusive('\n').for_each(|line| add(line.into()));
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| add(format!("/{name}{HELD}{value}")));
            fields.values().for_each(|value| lines_of(value, lines));
        }
        Value::Array(elements) => elements.iter().for_each(|value| lines_of(value, lines)),
        scalar => add(scalar.to_string()),
    }
}

/// Separates a field's name from what it holds.
const HELD: char = '\0';

fn words(line: &str) -> impl Iterator<Item = String> {
    let counted = line.split(HELD).next().unwrap_or_default();
    let words = counted.split_inclusive(|letter: char| !letter.is_alphanumeric());
    let parted = words.flat_map(|word| {
        let end = word.trim_end_matches(|letter: char| !letter.is_alphanumeric()).len();
        [&word[..end], &word[end..]]
    });
    parted.filter(|word| !word.is_empty() && *word != " ").map(str::to_owned)
}
