//! Parts of the lists in reports: a list is cut, and says how much more there is.

use crate::{
    cli::paper::{Ink, Paper, clean, number},
    views::content::Violation,
};

/// Prints why something is refused or held back, one line per reason.
pub(crate) fn reasons(reasons: &[Violation], paper: &mut Paper) {
    for reason in reasons.iter().take(8) {
        let place = if reason.pointer.is_empty() { "(the whole)" } else { &reason.pointer };
        paper.line(format!("      {}: {}", clean(place), clean(&reason.message)));
    }
    and_more(reasons.len() as u64, 8, reasons.len(), paper);
}

/// Prints how many rows a list has besides those that are shown, and how many of these `--json` has: reports are cut too.
pub(crate) fn and_more(count: u64, shown: usize, told: usize, paper: &mut Paper) {
    let shown = shown.min(told);
    let more = count.saturating_sub(shown as u64);
    if more == 0 {
        return;
    }
    let where_told = match told as u64 {
        told if told >= count => " (--json has them)".to_owned(),
        told if told > shown as u64 => format!(" (--json has the first {})", number(told)),
        _ => String::new(),
    };
    paper.line(paper.ink(Ink::Faint, format!("  … and {} more{where_told}", number(more))));
}
