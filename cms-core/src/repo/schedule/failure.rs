//! Why a schedule could not run, as its cell records it.

use super::row::{ScheduleFailure, ScheduleFailureCode, ScheduleReason};
use crate::{
    repo::{
        ground::error::StoreError,
        publish::{PublishError, PublishReport, Reason},
    },
    schema::{Violation, ViolationCode},
};

/// Most reasons that a failed schedule keeps.
const REASONS_MAX: usize = 100;

/// Most reasons that are listed for one entry.
const REASONS_OF_ENTRY_MAX: usize = 5;

/// Longest pointer or message of a reason, in bytes.
const REASON_SIZE_BYTES_MAX: usize = 500;

/// Why a schedule that met this error can't run.
pub(super) fn failure_of(error: &PublishError, time_ms: u64) -> ScheduleFailure {
    let (mut reasons, reasons_count) = match error {
        PublishError::Strict { report } | PublishError::NothingToDo { report } => {
            return failure_in(report, time_ms);
        }
        PublishError::Needed { needs, needs_count } => {
            let reasons = needs.iter().map(|need| {
                let message = format!("{} still needs it", need.by);
                let violation = Violation::new("", ViolationCode::StillUsed, message);
                ScheduleReason { key: need.key.clone(), reasons: vec![Reason::from(&violation)] }
            });
            (reasons.collect::<Vec<_>>(), *needs_count)
        }
        _ => (Vec::new(), 0),
    };
    shorten(&mut reasons);
    let (code, message) = (code_of(error), error.to_string());
    ScheduleFailure { time_ms, code, message, reasons, reasons_count }
}

fn code_of(error: &PublishError) -> ScheduleFailureCode {
    match error {
        PublishError::Empties { .. } => ScheduleFailureCode::PublishEmpties,
        PublishError::NotAccepted { .. } => ScheduleFailureCode::NotAccepted,
        PublishError::UnknownEntry { .. } => ScheduleFailureCode::EntryUnknown,
        PublishError::Target(_) => ScheduleFailureCode::StateUnknown,
        PublishError::Channel(_) => ScheduleFailureCode::ChannelUnknown,
        PublishError::Store(StoreError::Denied(_)) => ScheduleFailureCode::RightMissing,
        PublishError::Store(_) => ScheduleFailureCode::StoreDamaged,
        PublishError::Strict { .. }
        | PublishError::NothingToDo { .. }
        | PublishError::NothingBefore { .. }
        | PublishError::Needed { .. }
        | PublishError::BadReplacement { .. }
        | PublishError::Protected { .. }
        | PublishError::OtherPlan { .. }
        | PublishError::NotAsPlanned { .. } => ScheduleFailureCode::PublishRefused,
    }
}

/// Why a schedule will fail because what it names can't be read.
pub(super) fn damaged(said: &str, time_ms: u64) -> ScheduleFailure {
    let message = format!("what it names can't be read: {said}");
    let code = ScheduleFailureCode::StoreDamaged;
    ScheduleFailure { time_ms, code, message, reasons: Vec::new(), reasons_count: 0 }
}

/// Why a schedule with this report can't run.
pub(super) fn failure_in(report: &PublishReport, time_ms: u64) -> ScheduleFailure {
    let mut reasons = held(report);
    shorten(&mut reasons);
    let reasons_count = report.left_alone_count();
    let message = match reasons_count {
        1 => "one of the entries may not go live".to_owned(),
        count => format!("{count} of the entries may not go live"),
    };
    let code = ScheduleFailureCode::PublishRefused;
    ScheduleFailure { time_ms, code, message, reasons, reasons_count }
}

/// Cuts reasons to what a schedule's cell has room for: a number of entries, of reasons for each, and of bytes in each.
fn shorten(reasons: &mut Vec<ScheduleReason>) {
    reasons.truncate(REASONS_MAX);
    for row in reasons {
        row.reasons.truncate(REASONS_OF_ENTRY_MAX);
        for reason in &mut row.reasons {
            for text in [&mut reason.pointer, &mut reason.message] {
                text.truncate(text.floor_char_boundary(REASON_SIZE_BYTES_MAX));
            }
        }
    }
}

/// The entries that kept a publish from being whole, and why.
fn held(report: &PublishReport) -> Vec<ScheduleReason> {
    let on_hold = report.on_hold.iter().map(|key| {
        let message = format!("it is on hold on {}", report.asked.channel);
        let reason = Reason { pointer: String::new(), code: "on-hold".to_owned(), message };
        ScheduleReason { key: key.clone(), reasons: vec![reason] }
    });
    let held_back = report.held_back.iter().map(|row| ScheduleReason {
        key: row.key.clone(),
        reasons: row.reasons.iter().map(Reason::from).collect(),
    });
    held_back.chain(on_hold).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::CELL_SIZE_BYTES_MAX;

    #[test]
    fn the_reasons_of_a_failure_leave_room_in_their_cell() {
        let reason = || Reason {
            pointer: "/ä".repeat(2000),
            code: "other".to_owned(),
            message: "ö".repeat(4000),
        };
        let row = |number: u32| ScheduleReason {
            key: format!("exercise/x{number}").parse().unwrap(),
            reasons: (0..50).map(|_| reason()).collect(),
        };
        let mut reasons: Vec<ScheduleReason> = (0..300).map(row).collect();
        shorten(&mut reasons);
        assert_eq!(reasons.len(), REASONS_MAX);
        let text = serde_json::to_string(&reasons).unwrap();
        assert!(text.len() <= CELL_SIZE_BYTES_MAX * 3 / 5, "{} bytes", text.len());
        assert!(reasons[0].reasons[0].message.starts_with("öö"));
    }
}
