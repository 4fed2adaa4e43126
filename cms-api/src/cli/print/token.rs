//! Prints what `cms token` answers.

use crate::{
    cli::paper::{Ink, Paper, clean},
    ground::moment,
    verbs::token::{create, list, revoke},
};

/// Prints the text of a new token, which is shown only this once.
pub(crate) fn created(report: &create::Report, paper: &mut Paper) {
    paper.line(paper.ink(Ink::Strong, &report.text));
    let row = &report.token;
    let end = row
        .expires_ms
        .map_or("without an end".to_owned(), |end| format!("until {}", moment::iso(end)));
    paper.line(format!("Token {} of {}, {}, {end}.", row.id, clean(&row.person), row.role));
    paper.line("This text is kept nowhere: note it now.");
}

/// Prints the tokens.
pub(crate) fn listed(report: &list::Report, paper: &mut Paper) {
    if report.tokens.is_empty() {
        paper.line("There are no tokens: `cms token create` makes one.");
    }
    let rows: Vec<_> = report
        .tokens
        .iter()
        .map(|row| {
            [
                row.id.clone(),
                clean(&row.person),
                row.role.to_string(),
                moment::iso(row.created_ms),
                row.expires_ms.map(|end| format!("ends {}", moment::iso(end))).unwrap_or_default(),
                clean(&row.label),
            ]
        })
        .collect();
    paper.rows(&rows);
}

/// Prints which token was revoked.
pub(crate) fn revoked(report: &revoke::Report, paper: &mut Paper) {
    paper.line(format!(
        "Token {} of {} no longer opens anything.",
        report.id,
        clean(&report.person)
    ));
}
