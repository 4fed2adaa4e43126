//! Tells persons what they should know of and nobody asked for: a commit that voids their approval, a
//! publish that holds their entry back. It follows what happens, so that it does not matter which way
//! a verb was asked for.
//!
//! Invariants:
//! 1. A notice belongs to what it tells of: told again after a restart, or by another server, nobody
//!    hears it twice.
//! 2. What can't be told holds nothing up: it is logged.

use std::time::Duration;

use cms_core::{
    engine::{OperationId, Position},
    repo::{DraftId, Happening, Notice, NoticeKind, Stamp},
};

use crate::{app::App, command::fresh_operation, edge::problem::Problem, hub::Woken, store::Store};

/// Its name as a follower.
const NAME: &str = "teller";
/// Shortest time between two looks, so that many writes are looked at together.
const LOOKS_APART_MIN: Duration = Duration::from_millis(200);
/// Sleep where the store did not answer.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(5);
const RECORDS_MAX: usize = 200;
/// Entries that one notice names.
const KEYS_NAMED: usize = 5;

/// Tells, until the server stops.
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

/// Tells of all that happened since the last look. The first look ever begins with what comes.
///
/// # Errors
/// A problem when the store can't be read or written.
pub async fn look(app: &App) -> Result<(), Problem> {
    app.core(|store| {
        let repository = &store.repository;
        let Some(mut position) = repository.followed(NAME)? else {
            return Ok(repository.follow(
                NAME,
                repository.newest_position()?,
                fresh_operation(),
            )?);
        };
        loop {
            let happened = repository.happened(position, RECORDS_MAX)?;
            let Some(last) = happened.last().map(|happening| happening.position) else {
                return Ok(());
            };
            let mut told = false;
            for happening in &happened {
                told |= tell(store, happening);
            }
            position = last;
            // What tells nobody anything is read again after a restart: cheaper than a write each time.
            if told || happened.len() == RECORDS_MAX {
                repository.follow(NAME, position, fresh_operation())?;
            }
        }
    })
    .await
}

/// Tells of one happening; says whether there was anything to look at.
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
        author: happening.author.clone(),
        time_ms: happening.time_ms,
        message: String::new(),
        operation: operation(happening.position),
    };
    if let Err(error) = store.repository.notify(&told, &stamp) {
        tracing::warn!(%error, "a notice is lost");
    }
    true
}

/// Who is to be told what; none when the happening is none that tells anybody anything.
fn notices(store: &Store, happening: &Happening) -> Result<Option<Vec<(String, Notice)>>, Problem> {
    let field = |name: &str| happening.fields.get(name).and_then(serde_json::Value::as_str);
    let repository = &store.repository;
    let mut told = Vec::new();
    if let (Some(branch), Some(commit)) = (field("branch"), field("commit")) {
        let draft = branch.strip_prefix("draft/").and_then(|draft| draft.parse::<DraftId>().ok());
        let (Some(draft), Ok(commit)) = (draft, commit.parse()) else { return Ok(None) };
        for voided in repository.approvals_voided_by(&draft, commit)? {
            let keys: Vec<String> = voided.keys.iter().map(ToString::to_string).collect();
            let text = format!(
                "{} changed what you had approved in {}: {}",
                happening.author,
                voided.title,
                named(&keys)
            );
            let subject = format!("reviews/{}", voided.review);
            told.push((voided.person, NoticeKind::ApprovalVoided, subject, text));
        }
    } else if let (Some(channel), Some(id)) = (field("channel"), field("publication")) {
        let Ok(id) = id.parse() else { return Ok(None) };
        for held in repository.newly_held_back(id)? {
            let text = format!("{} was held back on {channel}: {}", held.key, held.reason);
            let subject = format!("entries/{}", held.key);
            told.push((held.author, NoticeKind::HeldBack, subject, text));
        }
    } else {
        return Ok(None);
    }
    let told = told.into_iter().filter(|(person, kind, ..)| {
        // Whoever voids an approval of their own knows; whoever publishes wants to know what was not.
        *kind == NoticeKind::HeldBack || *person != happening.author
    });
    let notice = |(person, kind, subject, text)| {
        (person, Notice { kind, subject, text, time_ms: happening.time_ms })
    };
    Ok(Some(told.map(notice).collect()))
}

fn named(keys: &[String]) -> String {
    let mut text = keys[..keys.len().min(KEYS_NAMED)].join(", ");
    if keys.len() > KEYS_NAMED {
        text.push_str(&format!(" and {} more", keys.len() - KEYS_NAMED));
    }
    text
}

/// A happening is told of under one operation, whoever tells.
fn operation(position: Position) -> OperationId {
    let mut hasher = blake3::Hasher::new_derive_key("cms 2026-11-22 v1 told");
    hasher.update(&position.0.to_le_bytes());
    let mut id = [0; 16];
    hasher.finalize_xof().fill(&mut id);
    OperationId(id)
}
