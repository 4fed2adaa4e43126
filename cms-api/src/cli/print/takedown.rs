//! Prints what `cms takedown` answers.

use crate::{
    cli::paper::{Paper, clean},
    verbs::takedown::{list, make, show},
    views::takedown::{SharedObject, TakedownRow},
};

/// Prints what was taken down, or would be.
pub(crate) fn made(report: &make::Report, paper: &mut Paper) {
    if let Some(done) = &report.takedown {
        shown(done, paper);
    }
    let Some(plan) = &report.plan else { return };
    for (space, count) in &plan.counts {
        paper.line(format!("{count} objects of {space} would be taken down."));
    }
    for planned in &plan.channels {
        let count = planned.report.retired_count;
        paper.line(format!("{count} entries would leave {}.", clean(&planned.channel)));
    }
    print_shared(&plan.shared, paper);
    paper.line(format!("Caches would have to be purged of {} keys.", plan.surrogate_keys_count));
    paper.line("Nothing was done.");
}

/// Prints the takedowns.
pub(crate) fn listed(report: &list::Report, paper: &mut Paper) {
    if report.takedowns.is_empty() {
        paper.line("Nothing was taken down.");
    }
    let row = |row: &TakedownRow| {
        [row.id.clone(), row.created_at.clone(), clean(&row.author), word(&row.reason), named(row)]
    };
    paper.rows(&report.takedowns.iter().map(row).collect::<Vec<_>>());
}

/// Prints one takedown.
pub(crate) fn shown(report: &show::Report, paper: &mut Paper) {
    let row = &report.takedown;
    paper.line(format!("Takedown {} of {}, because of {}.", row.id, named(row), word(&row.reason)));
    paper.line(format!("By {} at {}; {}.", clean(&row.author), row.created_at, word(&row.step)));
    for (space, count) in &row.counts {
        paper.line(format!("{count} objects of {space}."));
    }
    for taken in &row.channels {
        paper.line(format!("{} is at {} now.", clean(&taken.channel), taken.sequence));
    }
    for key in &row.still_linking {
        paper.line(format!("{key} still names it: change its words."));
    }
    print_shared(&row.shared, paper);
    paper.line(format!("Purge caches of {} surrogate keys:", report.surrogate_keys_count));
    report.surrogate_keys.iter().for_each(|key| paper.line(key));
}

fn print_shared(shared: &[SharedObject], paper: &mut Paper) {
    for SharedObject { object, with } in shared {
        paper.line(format!("{object} stays, because {with} has it too: name it to take it down."));
    }
}

fn named(row: &TakedownRow) -> String {
    let all = row.entries.iter().chain(&row.objects).chain(&row.media);
    all.cloned().collect::<Vec<_>>().join(", ")
}

fn word(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}
