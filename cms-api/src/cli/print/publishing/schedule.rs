//! Prints what `cms schedule` answers.

use crate::{
    cli::{
        paper::{Ink, Paper, clean, counted},
        print::lists::and_more,
    },
    ground::moment,
    verbs::publishing::schedule::{Action, Report},
    views::{
        scheduling::{ScheduleFailure, ScheduleOutcome, ScheduleRow, ScheduledPublish},
        words::publishing::ScheduleStateWord,
    },
};

/// Prints the report for people.
pub(crate) fn print(report: &Report, paper: &mut Paper) {
    match report.action {
        Action::List if report.schedules.is_empty() => paper.line("Nothing is scheduled."),
        Action::Run if report.ran.is_empty() && report.embargoes.is_empty() => {
            paper.line("Nothing is due.")
        }
        Action::Cancel => paper.line("Cancelled:"),
        Action::Retry => paper.line("To be run again:"),
        _ => {}
    }
    for row in &report.schedules {
        print_row(row, paper);
    }
    if let Some(failure) = &report.would_fail {
        paper.line("");
        paper.line(paper.ink(Ink::Warned, "As things are it would fail:"));
        print_failure(failure, paper);
    }
    for ran in &report.ran {
        print_row(&ran.schedule, paper);
        match &ran.outcome {
            ScheduleOutcome::Published(ScheduledPublish { sequence, left_alone_count, .. }) => {
                paper.line(format!("      done: version {sequence}"));
                if *left_alone_count > 0 {
                    let left = counted(*left_alone_count, "entry", "entries");
                    let text = format!("      {left} held back or on hold: see its report");
                    paper.line(paper.ink(Ink::Warned, text));
                }
            }
            ScheduleOutcome::NothingToDo => paper.line("      there was nothing to do"),
            ScheduleOutcome::Failed(failure) => print_failure(failure, paper),
        }
    }
    for ended in &report.embargoes {
        let what = match ended.sequence {
            Some(sequence) => format!("is live as of version {sequence}"),
            None => "may not go live for other reasons".to_owned(),
        };
        paper.line(format!("{}: its embargo ended, and it {what}", ended.keys.join(" ")));
    }
}

fn print_row(row: &ScheduleRow, paper: &mut Paper) {
    // Once nothing is left to do, what the schedule named is in what it did.
    let named = row
        .done
        .first()
        .filter(|_| row.state == ScheduleStateWord::Done)
        .map_or(&row.keys, |it| &it.keys);
    let what = match (named.len(), named.first()) {
        (0, _) => "everything".to_owned(),
        (1, Some(key)) => key.clone(),
        (count, _) => counted(count as u64, "entry", "entries"),
    };
    paper.line(format!(
        "{}  {} {} {what} at {}  {}",
        row.id,
        row.verb,
        row.channel,
        row.at,
        paper.ink(Ink::Faint, format!("{} {}", moment::iso(row.due_ms), clean(&row.author)))
    ));
    for step in &row.done {
        let what = match step.sequence {
            Some(sequence) => format!("version {sequence}"),
            None => "nothing to do".to_owned(),
        };
        let when = moment::iso(step.time_ms);
        paper.line(format!("      done: {} {}: {what} at {when}", step.verb, step.keys.join(" ")));
    }
    for step in &row.then {
        paper.line(format!("      then: {} {}", step.verb, step.keys.join(" ")));
    }
    if let Some(failure) = &row.failure {
        paper.line(paper.ink(Ink::Warned, "      failed"));
        print_failure(failure, paper);
    }
}

fn print_failure(failure: &ScheduleFailure, paper: &mut Paper) {
    paper.line(format!("      {}", clean(&failure.message)));
    for row in failure.reasons.iter().take(20) {
        for reason in &row.reasons {
            paper.line(format!("      {}: {}", row.key, clean(&reason.message)));
        }
    }
    and_more(failure.reasons_count, 20, failure.reasons.len(), paper);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_schedule_that_ran_is_listed_by_what_it_named() {
        let row = |state: &str, keys: &[&str], done: serde_json::Value| {
            let row = json!({
                "id": "1", "channel": "production", "verb": "unpublish", "at": "then",
                "due_ms": 0, "state": state, "keys": keys, "revisions_count": 0,
                "commit": null, "replaced_by": null, "author": "ana", "message": "",
                "created_ms": 0, "failure": null, "then": [], "done": done, "made": 1, "version": 1,
            });
            let mut paper = Paper::plain();
            print_row(&serde_json::from_value(row).unwrap(), &mut paper);
            paper.into_text()
        };
        let step = json!([{"verb": "unpublish", "keys": ["video/v"], "time_ms": 0, "sequence": 2}]);
        assert!(row("pending", &["video/v"], json!([])).contains("production video/v at"));
        assert!(row("done", &[], step).contains("production video/v at"));
        assert!(row("pending", &[], json!([])).contains("production everything at"));
    }
}
