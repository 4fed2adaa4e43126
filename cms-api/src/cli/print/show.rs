//! Prints what `cms show` answers.

use crate::{
    cli::paper::{Ink, Paper, clean, short},
    ground::moment,
    verbs::show::Report,
};

/// Prints the report for people.
pub(crate) fn print(report: &Report, paper: &mut Paper) {
    let title = clean(report.title.as_deref().unwrap_or_default());
    paper.line(format!("{}  {title}", paper.ink(Ink::Strong, &report.key)));
    let revision = &report.revision;
    let mut rows = vec![
        ["version".to_owned(), format!("{} ({})", short(&revision.revision), revision.state)],
        [
            "changed".to_owned(),
            format!("{} by {}", moment::iso(revision.time_ms), clean(&revision.author)),
        ],
    ];
    rows.extend(revision.damaged.iter().map(|said| ["damaged".to_owned(), said.clone()]));
    if !revision.note.is_empty() {
        rows.push(["note".to_owned(), clean(&revision.note)]);
    }
    for (name, value) in [("route", &report.route), ("object", &report.object)] {
        rows.extend(value.iter().map(|value| [name.to_owned(), value.clone()]));
    }
    let parents = report.parents.iter().map(|parent| ["stands in".to_owned(), parent.clone()]);
    rows.extend(parents);
    if !report.locales.is_empty() {
        rows.push(["translated".to_owned(), report.locales.join(", ")]);
    }
    paper.rows(&rows);
    if let Some(document) = &report.document {
        paper.line("");
        for line in serde_json::to_string_pretty(document).expect("JSON serialises").lines() {
            paper.line(line);
        }
    }
}
