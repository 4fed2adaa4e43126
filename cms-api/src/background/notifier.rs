//! Notifies people of what they should know: what happens in their reviews, a commit that voids their approval, a
//! publish that holds their entry back, a job that ended. It follows the audit, so it does not matter how a verb was
//! called.
//!
//! Invariants:
//! 1. A notice's id is derived from the record of its event, so a restart, or another server, delivers it once.
//! 2. A notice that cannot be made is logged and holds up no other.

mod message;
mod of_jobs;
mod of_reviews;
mod of_schedules;

use std::time::Duration;

use cms_core::{
    engine::{OperationId, Position},
    model::{id::CommitId, name::Branch, name::Person},
    repo::{DraftId, Happening, JobState, Notice, NoticeKind, ReviewId, Stamp},
};
use serde::Deserialize;

use crate::{
    app::App,
    ground::authorship::fresh_operation,
    problem::Problem,
    store::{Store, hub::Woken},
};
use message::{Message, named};

/// Its name as a follower, which stores have recorded.
const NAME: &str = "teller";
/// The shortest time between two reads of the audit, so that many writes are read together.
const LOOKS_APART_MIN: Duration = Duration::from_millis(200);
/// How long it sleeps when the store did not answer.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(5);
const RECORDS_MAX: usize = 200;
/// Notifies people until the server stops.
pub async fn run(app: App) {
    let mut listener = app.store().hub.listen();
    loop {
        if let Err(problem) = look(&app).await {
            let (code, detail) = (problem.code.word(), &problem.detail);
            tracing::warn!(code, detail, "notices wait");
            tokio::time::sleep(TRY_AGAIN_AFTER).await;
        }
        if listener.woken().await == Woken::Stopping {
            return;
        }
        tokio::time::sleep(LOOKS_APART_MIN).await;
    }
}

/// Notifies people of everything that happened since the last look. The first look of a repository begins with what
/// comes next.
///
/// # Errors
/// A problem when the store can't be read or written.
pub async fn look(app: &App) -> Result<(), Problem> {
    app.core(|store| {
        let repository = &store.repository;
        let Some(mut position) = repository.followed(NAME)? else {
            return Ok(repository.follow(
                NAME,
                repository.history().newest_position()?,
                fresh_operation(),
            )?);
        };
        loop {
            let happened = repository.history().happened(position, RECORDS_MAX)?;
            let Some(last) = happened.last().map(|happening| happening.position) else {
                return Ok(());
            };
            let mut told = false;
            for happening in &happened {
                told |= tell(store, happening);
            }
            position = last;
            // Happenings that notify nobody are read again after a restart, which is cheaper than a write each time.
            if told || happened.len() == RECORDS_MAX {
                repository.follow(NAME, position, fresh_operation())?;
            }
        }
    })
    .await
}

/// Makes the notices of one happening; returns whether there was anything to look at.
fn tell(store: &Store, happening: &Happening) -> bool {
    let told = match notices(store, happening) {
        Ok(Some(told)) => told,
        Ok(None) => return false,
        Err(problem) => {
            tracing::warn!(code = problem.code.word(), detail = problem.detail, "a notice is lost");
            return true;
        }
    };
    let stamp = Stamp {
        author: Person::recorded(&happening.author),
        time_ms: happening.time_ms,
        message: String::new(),
        operation: operation(happening.position),
        holder: cms_core::access::Holder::Machine,
        origin: cms_core::repo::Origin::default(),
    };
    if let Err(error) = store.repository.notify(&told, &stamp) {
        tracing::warn!(%error, "a notice is lost");
    }
    true
}

/// The notices of a happening, each with its person; `None` when the happening is of no kind that notifies people.
fn notices(store: &Store, happening: &Happening) -> Result<Option<Vec<(String, Notice)>>, Problem> {
    let field = |name: &str| happening.fields.get(name).and_then(serde_json::Value::as_str);
    let commit = |name: &str| field(name).and_then(|id| id.parse::<CommitId>().ok());
    let review = |name: &str| field(name).and_then(|id| id.parse::<ReviewId>().ok());
    let by = &happening.author;
    let told = if let (Some(review), Some(commit)) = (review("review"), commit("commit")) {
        of_reviews::step(store, happening, &review, commit)?
    } else if let (Some(review), Some(commit)) = (review("of_review"), commit("commit")) {
        of_reviews::part(store, by, &review, commit)?
    } else if let Some(branch) = field("branch") {
        let Ok(Branch::Draft(draft)) = branch.parse() else { return Ok(None) };
        let commits = [commit("typed"), commit("commit")];
        voided(store, by, &draft, commits.into_iter().flatten())?
    } else if let (Some(channel), Some(id)) = (field("channel"), field("publication")) {
        let Ok(id) = id.parse() else { return Ok(None) };
        let held = store.repository.newly_held_back(id)?.into_iter().map(|held| {
            let text = format!("{} was held back on {channel}: {}", held.key, held.reason);
            (held.author, NoticeKind::HeldBack, format!("entries/{}", held.key), text)
        });
        let mut told: Vec<Message> = held.collect();
        told.extend(of_schedules::ran(store, channel, id)?);
        told
    } else if let (Some(channel), Some(id), "schedule-failed" | "schedule-idle") =
        (field("channel"), field("schedule"), &*happening.verb)
    {
        of_schedules::ended(store, channel, id, happening.verb == "schedule-failed")?
    } else if let (Some(job), Some(state)) = (field("job"), happening.fields.get("state")) {
        if !JobState::deserialize(state).is_ok_and(JobState::is_over) {
            return Ok(None);
        }
        of_jobs::ended(store, job)?
    } else {
        return Ok(None);
    };
    let told = told.into_iter().filter(|(person, kind, ..)| {
        // People know what they did themselves, but not what the server did in their name, or what was not done.
        let is_of_the_server = matches!(
            kind,
            NoticeKind::HeldBack
                | NoticeKind::ScheduleRan
                | NoticeKind::ScheduleFailed
                | NoticeKind::JobEnded
        );
        is_of_the_server || *person != happening.author
    });
    let notice = |(person, kind, subject, text)| {
        (person, Notice { kind, subject, text, time_ms: happening.time_ms })
    };
    Ok(Some(told.map(notice).collect()))
}

/// The people whose approvals a draft's commits voided.
fn voided(
    store: &Store,
    by: &str,
    draft: &DraftId,
    commits: impl Iterator<Item = CommitId>,
) -> Result<Vec<Message>, Problem> {
    let mut told = Vec::new();
    for commit in commits {
        for voided in store.repository.reviews().approvals_voided_by(draft, commit)? {
            let keys: Vec<String> = voided.keys.iter().map(ToString::to_string).collect();
            let what = named(&keys);
            let text = format!("{by} changed what you had approved in {}: {what}", voided.title);
            let subject = format!("reviews/{}", voided.review);
            told.push((voided.person, NoticeKind::ApprovalVoided, subject, text));
        }
    }
    Ok(told)
}

/// The operation id of a happening's notices: the same, whichever server makes them.
fn operation(position: Position) -> OperationId {
    OperationId::derive("cms 2026-11-22 v1 told", [position.0.to_le_bytes()])
}
