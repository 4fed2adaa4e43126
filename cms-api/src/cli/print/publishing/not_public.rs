//! Prints what `cms not-public` answers.

use crate::{
    cli::paper::{Ink, Paper, clean},
    ground::moment,
    verbs::publishing::not_public::Report,
    views::{scheduling::Why, words::publishing::UnpublishedChange},
};

/// Prints the report for people.
pub(crate) fn print(report: &Report, paper: &mut Paper) {
    if report.rows.is_empty() {
        paper.line(format!("{} delivers all there is.", report.channel));
        return;
    }
    for row in &report.rows {
        let since = row.since.as_ref().map_or(String::new(), |since| {
            format!("{} by {}", moment::iso(since.time_ms), clean(&since.author))
        });
        let title = clean(row.title.as_deref().unwrap_or_default());
        let sign = match row.change {
            UnpublishedChange::Added => "+",
            UnpublishedChange::Removed => "-",
            UnpublishedChange::Changed => "~",
            UnpublishedChange::Unchanged => " ",
        };
        paper.line(format!("{sign} {}  {title}  {}", row.key, paper.ink(Ink::Faint, since)));
        for why in &row.why {
            paper.line(format!("      {}", clean(&sentence(why))));
        }
    }
    if let (true, Some(last)) = (report.more, report.rows.last()) {
        paper.line(paper.ink(Ink::Faint, format!("  … more: --after {}", last.key)));
    }
}

fn sentence(why: &Why) -> String {
    match why {
        Why::NotPublished => "nobody has published it".to_owned(),
        Why::HeldBack { reasons, .. } => {
            let reasons: Vec<_> = reasons.iter().map(|reason| reason.message.as_str()).collect();
            format!("held back: {}", reasons.join("; "))
        }
        Why::OnHold { hold } => {
            let reason =
                if hold.reason.is_empty() { String::new() } else { format!(": {}", hold.reason) };
            format!(
                "on hold since {} by {} ({}){reason}",
                moment::iso(hold.time_ms),
                hold.author,
                hold.verb
            )
        }
        Why::Embargoed { message } => message.clone(),
        Why::StandsNowhere => "it stands nowhere".to_owned(),
        Why::IsModel { template } => format!("it is of the model of {template}"),
        Why::Damaged { message } => format!("damaged: {message}"),
    }
}
