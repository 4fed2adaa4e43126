//! Prints what `cms admin` answers: one link, which is shown only this once.

use crate::{
    cli::paper::{Ink, Paper},
    verbs::admin::link::Report,
};

/// Prints a one-time link.
pub(crate) fn link(report: &Report, paper: &mut Paper) {
    let address = report.url.as_ref().unwrap_or(&report.path);
    paper.line(paper.ink(Ink::Strong, address));
    paper.line(format!("It works once, until {}, and is kept nowhere.", report.expires_at));
    if report.url.is_none() {
        paper.line("Open it on the server; `--public-url URL` writes the whole address.");
    }
}
