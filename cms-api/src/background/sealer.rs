//! The sealer: seals the audit from time to time, and forgets what policy says.

use std::time::Duration;

use cms_core::{
    access::Holder,
    engine::Position,
    model::name::Person,
    repo::{Origin, Via},
};

use crate::{
    app::App,
    ground::authorship::{Authorship, fresh_operation},
    problem::Problem,
    store::{Store, hub::Woken, random_secret},
};

/// The author of what the server records by itself.
const AUTHOR: &str = "server";
/// The time between two looks.
const EVERY: Duration = Duration::from_secs(60);
/// After this many records a seal is made at the next look.
const RECORDS_UNSEALED_MAX: u64 = 1000;
/// After this many looks a seal is made if there is anything new.
const LOOKS_UNSEALED_MAX: u32 = 5;
/// After this many looks old records and addresses are forgotten.
const LOOKS_KEPT_MAX: u32 = 60;
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// What every look needs before it: a key for the addresses of clients.
///
/// # Errors
/// A problem when the store can't be read or written.
pub fn begin(store: &Store, now_ms: u64) -> Result<(), Problem> {
    store.repository.audit().keep_client_key(&random_secret()?, &by(now_ms).stamp(""))?;
    Ok(())
}

/// Seals and forgets until the server stops.
pub async fn run(app: App) {
    let mut listener = app.store().hub.listen();
    let mut looks = 0_u32;
    loop {
        let look = tokio::time::sleep(EVERY);
        tokio::pin!(look);
        loop {
            tokio::select! {
                () = &mut look => break,
                woken = listener.woken() => if woken == Woken::Stopping { return },
            }
        }
        looks = looks.wrapping_add(1);
        told(keep(&app, looks).await);
    }
}

/// Records and seals what is left, when the last request is answered.
pub async fn end(app: &App) {
    let now_ms = app.now_ms();
    let refusals = app.refusals().clone();
    let ended = app.core(move |store| {
        refusals.flush(store, None)?;
        seal(store, now_ms)
    });
    told(ended.await);
}

fn told(done: Result<(), Problem>) {
    if let Err(problem) = done {
        tracing::warn!(code = problem.code.word(), detail = problem.detail, "the audit waits");
    }
}

async fn keep(app: &App, looks: u32) -> Result<(), Problem> {
    let now_ms = app.now_ms();
    let refusals = app.refusals().clone();
    app.core(move |store| {
        refusals.flush(store, Some(now_ms))?;
        if looks.is_multiple_of(LOOKS_UNSEALED_MAX) || has_many(store)? {
            seal(store, now_ms)?;
        }
        begin(store, now_ms)?;
        // The first look forgets as well: a server that never runs for an hour keeps to its policy too.
        if looks % LOOKS_KEPT_MAX == 1 { forget(store, now_ms) } else { Ok(()) }
    })
    .await
}

fn by(now_ms: u64) -> Authorship {
    let by = Authorship::fresh(Person::recorded(AUTHOR), Holder::Machine, now_ms);
    by.coming(Origin::by(Via::Machine))
}

/// Whether so much was recorded since the last seal that it does not wait any longer.
fn has_many(store: &Store) -> Result<bool, Problem> {
    let sealed = store.repository.audit().head()?.map_or(0, |head| head.through);
    let newest: Position = store.repository.history().newest_position()?;
    Ok(newest.0.saturating_sub(sealed) >= RECORDS_UNSEALED_MAX)
}

fn seal(store: &Store, now_ms: u64) -> Result<(), Problem> {
    store.repository.audit().seal(&store.sealing.now(), &by(now_ms).stamp(""))?;
    Ok(())
}

/// Forgets what is older than policy says.
///
/// # Errors
/// A problem when the store can't be read or written.
pub fn forget(store: &Store, now_ms: u64) -> Result<(), Problem> {
    let audit = store.repository.audit();
    let policy = audit.policy()?;
    let before = |days: u32| now_ms.saturating_sub(u64::from(days) * DAY_MS);
    audit.forget_clients(before(policy.addresses_kept_days), &mut fresh_operation)?;
    let Some(days) = policy.records_kept_days else { return Ok(()) };
    if let Some(forgotten) = audit.forget(before(days), &by(now_ms).stamp(""))? {
        tracing::info!(through = forgotten.head.through, "old records of the audit are forgotten");
    }
    Ok(())
}
