//! Prints what `cms audit` answers.

use crate::{
    cli::{
        paper::{Ink, Paper, clean, counted},
        print::lists::and_more,
    },
    ground::moment,
    verbs::audit::{head, keep, key, log, verify},
    views::audit::AuditLine,
};

/// Prints the head as one line, to be kept elsewhere.
pub(crate) fn head(report: &head::Report, paper: &mut Paper) {
    match &report.head {
        Some(head) => paper.line(serde_json::to_string(head).expect("heads serialise")),
        None => paper.line("Nothing was recorded yet."),
    }
}

/// Prints the public key.
pub(crate) fn key(report: &key::Report, paper: &mut Paper) {
    paper.line(&report.key);
    if let Some(before) = &report.before {
        paper.line(format!("The key before was {before}; it gave its word for the new one."));
    }
}

/// Prints how long the audit is kept.
pub(crate) fn keep(report: &keep::Report, paper: &mut Paper) {
    let days = |days: u32| counted(u64::from(days), "day", "days");
    paper.line(match report.records_kept_days {
        None => "Lines are kept for ever.".to_owned(),
        Some(kept) => format!("Lines are kept for {}.", days(kept)),
    });
    paper.line(format!("Clients' addresses are kept for {}.", days(report.addresses_kept_days)));
}

/// Prints lines of the audit.
pub(crate) fn log(report: &log::Report, paper: &mut Paper) {
    let rows: Vec<_> = report.rows.iter().map(line).collect();
    paper.rows(&rows);
    if report.rows.is_empty() {
        paper.line("Nothing was found here.");
    }
    if let Some(next) = &report.next {
        let looked = report.looked_to_ms.map(moment::iso).unwrap_or_default();
        let told = format!("Looked as far as {looked}; go on with --after {next}");
        paper.line(paper.ink(Ink::Faint, told));
    }
}

fn line(row: &AuditLine) -> [String; 5] {
    let who = match &row.on_behalf_of {
        Some(other) => format!("{} for {}", clean(&row.author), clean(other)),
        None => clean(&row.author),
    };
    let mut what: Vec<String> = row
        .on
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| *name != "rows" && *name != "head")
        .map(|(name, value)| format!("{name} {}", told(value)))
        .collect();
    what.extend(row.before.as_ref().map(|value| format!("before {}", told(value))));
    what.extend(row.after.as_ref().map(|value| format!("after {}", told(value))));
    let from = row.address.as_deref().or(row.via.as_deref()).unwrap_or_default();
    [moment::iso(row.time_ms), who, clean(&row.verb), clean(from), what.join(", ")]
}

fn told(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => clean(text),
        other => clean(&other.to_string()),
    }
}

/// Prints what verifying found, what is proved, and what is not.
pub(crate) fn verified(report: &verify::Report, paper: &mut Paper) {
    let read = counted(report.records_count, "record", "records");
    let seals = counted(report.seals_count, "seal", "seals");
    if report.ok {
        let well = paper.ink(Ink::Added, "Unbroken.");
        paper.line(format!("{well} Read {read} and {seals}."));
    } else {
        let wrong = counted(report.findings_count, "finding", "findings");
        paper.line(paper.ink(Ink::Removed, format!("Broken: {wrong}")));
        for finding in &report.findings {
            let when = finding.time_ms.map(moment::iso).unwrap_or_default();
            let (what, detail) = (&finding.what, &finding.detail);
            paper.line(format!("  {what} at {} ({when}): {detail}", finding.position));
        }
        and_more(report.findings_count, report.findings.len(), report.findings.len(), paper);
        for damage in &report.damages {
            paper.line(format!("  {damage}"));
        }
        paper.line(format!("Read {read} and {seals}."));
    }
    if let Some(through) = report.forgotten_through {
        paper.line(format!(
            "Records up to position {through} were forgotten, because they were old."
        ));
    }
    for kept in &report.kept {
        let word = if kept.is_proved { "proves" } else { "does not prove" };
        let when = moment::iso(kept.sealed_ms);
        paper.line(format!("The head of {when} {word} the records up to {}.", kept.through));
    }
    paper.line(match report.sealed_through {
        Some(through) => format!("Seals cover the records up to {through}."),
        None => "Nothing was sealed yet.".to_owned(),
    });
    if report.unsealed_count > 0 {
        let since = counted(report.unsealed_count, "record", "records");
        paper.line(format!("Nothing proves what was recorded since: {since}."));
    }
    if report.kept.is_empty() {
        paper.line(
            "Who holds this machine could have sealed another past: compare with a head that was kept elsewhere (--head).",
        );
    }
    for key in &report.keys {
        paper.line(paper.ink(Ink::Faint, format!("Key {key}")));
    }
}
