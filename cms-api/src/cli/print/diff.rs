//! Prints what `cms diff` answers.

use crate::{
    cli::{
        paper::{Ink, Paper, clean, counted},
        print::lists::and_more,
    },
    verbs::diff::Report,
    views::{
        difference::{Changed, PlaceChange, Step},
        words::content::{ParagraphChange, PlaceChangeWord, RunChange},
    },
};

/// Prints the report for people.
pub(crate) fn print(report: &Report, paper: &mut Paper) {
    let counts = [
        (report.added_count, "added"),
        (report.removed_count, "removed"),
        (report.moved_count, "moved"),
        (report.changed_count, "changed"),
    ];
    if counts.iter().all(|(count, _)| *count == 0) {
        paper.line("No difference.");
        return;
    }
    list("+", Ink::Added, &report.added, report.added_count, paper);
    list("-", Ink::Removed, &report.removed, report.removed_count, paper);
    for row in &report.moved {
        paper.line(format!("> {}  {} → {}", row.key, row.from.join(", "), row.to.join(", ")));
    }
    and_more(report.moved_count, report.moved.len(), report.moved.len(), paper);
    list("~", Ink::Warned, &report.changed, report.changed_count, paper);
    if report.concerned_count > 0 {
        let all = counted(report.concerned_count, "container is", "containers are");
        paper.line(paper.ink(Ink::Faint, format!("{all} concerned by what is below")));
    }
    let words: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    paper.line("");
    let all = counted(counts.iter().map(|(count, _)| count).sum(), "difference", "differences");
    paper.line(paper.ink(Ink::Strong, format!("{all}: {}", words.join(", "))));
}

fn list(sign: &str, ink: Ink, rows: &[Changed], count: u64, paper: &mut Paper) {
    for row in rows {
        let title = clean(row.title.as_deref().unwrap_or_default());
        paper.line(format!("{} {}  {title}", paper.ink(ink, sign), paper.ink(ink, &row.key)));
        for change in row.diff.iter().flat_map(|diff| &diff.changes) {
            place(change, paper);
        }
        if let Some(damaged) = &row.damaged {
            paper.line(format!("    damaged: {damaged}"));
        }
    }
    and_more(count, rows.len(), rows.len(), paper);
}

/// One change: where it is and what it is; for prose the words that were removed and added, next to each other.
fn place(change: &PlaceChange, paper: &mut Paper) {
    let way: Vec<String> = change.place.iter().map(step).collect();
    let said = match change.kind {
        PlaceChangeWord::ElementMoved => " moved",
        PlaceChangeWord::ElementAdded => " added",
        PlaceChangeWord::ElementRemoved => " removed",
        PlaceChangeWord::Set | PlaceChangeWord::Removed | PlaceChangeWord::Changed => "",
    };
    paper.line(format!("    {}", paper.ink(Ink::Faint, format!("{}{said}", way.join(" › ")))));
    let Some(words) = &change.words else {
        let signed = [("-", Ink::Removed, &change.before), ("+", Ink::Added, &change.after)];
        for (sign, ink, value) in signed {
            if let Some(value) = value {
                paper.line(format!("      {}", paper.ink(ink, format!("{sign} {}", short(value)))));
            }
        }
        return;
    };
    for paragraph in
        words.paragraphs.iter().filter(|paragraph| paragraph.kind != ParagraphChange::Same)
    {
        let runs = paragraph.runs.iter().map(|run| match run.kind {
            // The marks are printed even without colour, as in a file.
            RunChange::Removed => paper.ink(Ink::Removed, format!("[-{}-]", clean(&run.text))),
            RunChange::Added => paper.ink(Ink::Added, format!("{{+{}+}}", clean(&run.text))),
            RunChange::Same => clean(&run.text),
        });
        let line: String = runs.collect();
        paper.line(format!("      {line}"));
    }
}

fn step(step: &Step) -> String {
    match step {
        Step::Field { name } | Step::Named { name } => clean(name),
        Step::Element { number, key, label } => {
            let name = key.clone().unwrap_or_else(|| format!("no. {number}"));
            match label {
                Some(label) => format!("{} “{}”", clean(&name), clean(label)),
                None => clean(&name),
            }
        }
    }
}

/// A value on one line, cut where it is long.
fn short(value: &serde_json::Value) -> String {
    const CHARACTERS_MAX: usize = 160;
    let text = match value {
        serde_json::Value::String(text) => clean(text),
        other => other.to_string(),
    };
    match text.char_indices().nth(CHARACTERS_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
