//! Runs what is scheduled: it sleeps until the next schedule is due, and wakes when something is written.
//!
//! Invariants:
//! 1. It never runs ahead of the clock, and looks at the clock again at least every
//!    [`LOOK_AGAIN_AFTER`]: clocks are set, and other servers schedule too.
//! 2. It retries what it can't run because the store is not available. An error of a schedule itself fails that
//!    schedule, is logged, and stays listed.

use std::time::Duration;

use cms_core::{
    model::name::Person,
    repo::{DueReport, ScheduleOutcome, Stamp},
};

use crate::{app::App, ground::authorship::fresh_operation, problem::Problem, store::hub::Woken};

/// Longest sleep.
pub const LOOK_AGAIN_AFTER: Duration = Duration::from_secs(60);
/// How long it sleeps when the store did not answer.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(5);
/// How long it sleeps when it left a due schedule because the channel was busy.
const BUSY_AGAIN_AFTER: Duration = Duration::from_millis(250);
/// The shortest time between two runs.
const LOOKS_APART_MIN: Duration = Duration::from_millis(100);
/// The author of its own writes; each schedule runs in the name of the person who scheduled it.
const AUTHOR: &str = "scheduler";

/// Runs what is due until the server stops.
pub async fn run(app: App) {
    let mut listener = app.store().hub.listen();
    loop {
        let wait = match tick(&app).await {
            Ok(wait) => wait,
            Err(problem) => {
                let (code, detail) = (problem.code.word(), &problem.detail);
                tracing::error!(code, detail, "what is scheduled could not be run; trying again");
                TRY_AGAIN_AFTER
            }
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            woken = listener.woken() => {
                if woken == Woken::Stopping {
                    return;
                }
                // A busy writer does not cause a run at every write.
                tokio::time::sleep(LOOKS_APART_MIN).await;
            }
        }
    }
}

/// Runs what is due now, and returns how long nothing more will be due.
///
/// # Errors
/// A problem when the store can't be read or written.
pub async fn tick(app: &App) -> Result<Duration, Problem> {
    let now_ms = app.now_ms();
    let next = app.core(move |store| Ok(store.repository.next_due(now_ms)?)).await?;
    let Some(due_ms) = next else { return Ok(LOOK_AGAIN_AFTER) };
    if due_ms > now_ms {
        return Ok(Duration::from_millis(due_ms - now_ms).min(LOOK_AGAIN_AFTER));
    }
    let stamp = Stamp {
        author: Person::recorded(AUTHOR),
        time_ms: now_ms,
        message: String::new(),
        operation: fresh_operation(),
        holder: cms_core::access::Holder::Machine,
        origin: cms_core::repo::Origin::default(),
    };
    let report = app.core(move |store| Ok(store.repository.run_due(&stamp)?)).await?;
    tell(&report);
    Ok(match report.next_due_ms {
        None => LOOK_AGAIN_AFTER,
        Some(due_ms) if due_ms <= now_ms => BUSY_AGAIN_AFTER,
        Some(due_ms) => Duration::from_millis(due_ms - now_ms).min(LOOK_AGAIN_AFTER),
    })
}

fn tell(report: &DueReport) {
    for ended in &report.embargoes {
        let keys: Vec<String> = ended.keys.iter().map(ToString::to_string).collect();
        let (channel, keys) = (&ended.channel, keys.join(" "));
        match ended.sequence {
            Some(sequence) => tracing::info!(%channel, sequence, %keys, "an embargo ended"),
            None => tracing::error!(%channel, %keys, "what was under embargo may not go live"),
        }
    }
    for ran in &report.ran {
        let (id, channel) = (&ran.schedule.id, &ran.schedule.channel);
        match &ran.outcome {
            ScheduleOutcome::Published { sequence, left_alone_count, .. } => {
                tracing::info!(%id, %channel, sequence, left_alone_count, "a schedule ran");
            }
            ScheduleOutcome::NothingToDo => {
                tracing::info!(%id, %channel, "a schedule found nothing to do");
            }
            ScheduleOutcome::Failed(failure) => {
                tracing::error!(%id, %channel, why = %failure.message, "a schedule failed");
            }
        }
    }
}
