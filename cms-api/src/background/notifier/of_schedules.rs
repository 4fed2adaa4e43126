//! Notices about schedules: the person who scheduled something learns the outcome.

use cms_core::{
    model::id::PublicationId,
    repo::{NoticeKind, PublishError, ScheduleError, ScheduleRow},
};

use super::message::Message;
use crate::{problem::Problem, store::Store};

/// The notices of a publication that a schedule made; empty for any other publication.
pub(super) fn ran(
    store: &Store,
    channel: &str,
    publication: PublicationId,
) -> Result<Vec<Message>, Problem> {
    let shown = match store.repository.publication_shown(publication) {
        Ok(shown) => shown,
        Err(error) => return Err(PublishError::from(error).into()),
    };
    let Some(report) = shown.map(|shown| shown.report) else { return Ok(Vec::new()) };
    let Some(id) = &report.asked.schedule else { return Ok(Vec::new()) };
    let became = match report.left_alone_count() {
        0 => "ran".to_owned(),
        left => format!("ran; held back or on hold: {left}"),
    };
    message(store, channel, id, NoticeKind::ScheduleRan, |_| became)
}

/// The notices of a schedule that moved nothing: it failed, or found nothing to do.
pub(super) fn ended(
    store: &Store,
    channel: &str,
    id: &str,
    has_failed: bool,
) -> Result<Vec<Message>, Problem> {
    if !has_failed {
        let became = |_: &ScheduleRow| "found nothing to do".to_owned();
        return message(store, channel, id, NoticeKind::ScheduleRan, became);
    }
    message(store, channel, id, NoticeKind::ScheduleFailed, |schedule| match &schedule.failure {
        Some(failure) => format!("failed: {}", failure.message),
        None => "failed".to_owned(),
    })
}

fn message(
    store: &Store,
    channel: &str,
    id: &str,
    kind: NoticeKind,
    became: impl FnOnce(&ScheduleRow) -> String,
) -> Result<Vec<Message>, Problem> {
    let Ok(name) = channel.parse() else { return Ok(Vec::new()) };
    let schedule = match store.repository.schedule_of(&name, id) {
        Ok(schedule) => schedule,
        // The schedule was cancelled since, or is forgotten.
        Err(ScheduleError::Unknown { .. }) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let text = format!("What you scheduled on {channel} for {} {}", schedule.at, became(&schedule));
    let subject = format!("channels/{channel}/schedules/{id}");
    Ok(vec![(schedule.author, kind, subject, text)])
}
