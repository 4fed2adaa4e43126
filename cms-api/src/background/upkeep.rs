//! Upkeep: a running server completes what was cut off, and forgets what was only kept for a while.

use std::time::Duration;

use cms_core::model::name::Person;

use crate::{
    app::App,
    edge::idempotency,
    ground::authorship::{Authorship, fresh_operation},
    jobs,
    problem::Problem,
    signing::refusals,
    store::hub::Woken,
};

/// The time between two rounds.
const EVERY: Duration = Duration::from_secs(60 * 60);

/// How long an ended link is still listed, in milliseconds: 30 days.
const SHARES_KEPT_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// Completes takedowns that were cut off, and forgets remembered answers, ended links and old jobs from time to time,
/// until the server stops.
pub async fn run(app: App) {
    let mut listener = app.store().hub.listen();
    loop {
        let finished = app.core(|store| Ok(store.repository.finish_takedowns()?.len())).await;
        match finished {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "takedowns that were cut off are complete"),
            Err(problem) => {
                tracing::error!(code = problem.code.word(), detail = problem.detail, "takedown");
            }
        }
        if let Err(problem) = forget(&app).await {
            tracing::warn!(code = problem.code.word(), detail = problem.detail, "upkeep");
        }
        let round = tokio::time::sleep(EVERY);
        tokio::pin!(round);
        loop {
            tokio::select! {
                () = &mut round => break,
                woken = listener.woken() => if woken == Woken::Stopping { return },
            }
        }
    }
}

async fn forget(app: &App) -> Result<(), Problem> {
    let now_ms = app.signing().now_ms(app.now_ms());
    for left in app.signing().attempts().left_to_record(now_ms) {
        let person = left.account.split(' ').next().and_then(|account| account.parse().ok());
        refusals::record(app.worker(), left, person, None).await;
    }
    app.core(move |store| {
        let before = |kept_ms: u64| now_ms.saturating_sub(kept_ms);
        let mut operation = fresh_operation;
        store.repository.forget_answers(before(idempotency::KEPT_MS), &mut operation)?;
        store.repository.drafts().forget_shares(before(SHARES_KEPT_MS), &mut operation)?;
        store.repository.forget_jobs(before(jobs::KEPT_MS), &mut operation)?;
        let stamp = || Authorship::own(Person::recorded("cms"), now_ms).stamp("");
        let people = store.repository.people();
        people.forget_links(now_ms, &stamp())?;
        people.forget_sessions(&stamp())?;
        people.settle_all(&stamp())?;
        store.repository.resume_hand_overs(&stamp())?;
        Ok(())
    })
    .await
}
