//! Prints what `cms role` and `cms who-may` answer.

use crate::{
    cli::paper::{Ink, Paper, clean},
    verbs::{
        role::{give, list, take},
        who_may,
    },
    views::people::GrantView,
};

/// Prints which role was given.
pub(crate) fn given(report: &give::Report, paper: &mut Paper) {
    let grant = &report.grant;
    paper.line(format!("{} is {} {}.", clean(&grant.person), grant.role, reach(grant)));
}

/// Prints which role was taken.
pub(crate) fn taken(report: &take::Report, paper: &mut Paper) {
    let grant = &report.grant;
    paper.line(format!("{} is no longer {} {}.", clean(&grant.person), grant.role, reach(grant)));
}

/// Prints everybody's roles.
pub(crate) fn listed(report: &list::Report, paper: &mut Paper) {
    if report.grants.is_empty() {
        paper.line("Nobody has a role: `cms role give` gives one.");
    }
    paper.rows(&report.grants.iter().map(row).collect::<Vec<_>>());
    for finding in &report.findings {
        let text = format!("{}: {}", finding.grant, finding.message);
        paper.line(paper.ink(Ink::Warned, text));
    }
}

/// Prints who may.
pub(crate) fn who_may(report: &who_may::Report, paper: &mut Paper) {
    if !report.above.is_empty() {
        paper.line(paper.ink(Ink::Faint, format!("It stands in {}.", report.above.join(" < "))));
    }
    paper.rows(&report.may.iter().map(row).collect::<Vec<_>>());
    if let Some(besides) = &report.besides {
        paper.line(paper.ink(Ink::Warned, format!("But {besides}.")));
    }
    match &report.why_not {
        Some(why) if why.helpers.is_empty() => paper.line(format!("No: {}.", why.detail)),
        Some(why) => {
            paper.line(format!("No: {}. Ask {}.", why.detail, why.helpers.join(", ")));
        }
        None if report.may.is_empty() => paper.line("Nobody may, except on this machine itself."),
        None => {}
    }
}

fn row(grant: &GrantView) -> [String; 4] {
    [clean(&grant.person), grant.role.to_string(), reach(grant), grant.id.clone()]
}

/// How far a grant reaches, in words.
fn reach(grant: &GrantView) -> String {
    let mut parts: Vec<String> =
        grant.subtree.iter().map(|subtree| format!("below {subtree}")).collect();
    let lists = [("for", &grant.kinds), ("in", &grant.locales), ("on", &grant.channels)];
    let lists = lists.into_iter().filter(|(_, names)| !names.is_empty());
    parts.extend(lists.map(|(word, names)| format!("{word} {}", names.join(", "))));
    if parts.is_empty() { "everywhere".to_owned() } else { parts.join(" ") }
}
