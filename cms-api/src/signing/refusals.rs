//! Refused sign-ins: the same answer for all of them, and a record of each.

use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

use cms_core::{model::name::Person, repo::Origin};

use super::{attempts::Refusals, browser};
use crate::{
    ground::authorship::Authorship,
    problem::{Code, Problem},
    store::{Store, worker::Worker},
};

/// Refusals are answered at multiples of this time after the request came, so that what differs within one is not seen.
const GRAIN: Duration = Duration::from_millis(100);

/// The refusal of a sign-in, whatever was wrong with it.
pub fn refused() -> Problem {
    let detail = "nobody signs in with this; if you have forgotten your password, an administrator sends you a link";
    Problem::new(Code::SignInRefused, detail)
}

/// Waits until the next multiple of [`GRAIN`] since a request came.
pub async fn even_out(came: Instant) {
    let passed = came.elapsed().as_millis();
    let grains = passed / GRAIN.as_millis() + 1;
    let until = GRAIN.saturating_mul(u32::try_from(grains).unwrap_or(u32::MAX));
    tokio::time::sleep(until.saturating_sub(came.elapsed())).await;
}

/// Puts refusals on record, with the address of the one that was seen last. What can't be recorded is logged and refuses nobody else.
pub async fn record(
    worker: &Worker,
    refusals: Refusals,
    person: Option<Person>,
    address: Option<IpAddr>,
) {
    let now_ms = worker.now_ms();
    let written = worker.call(move |store| {
        let origin = browser::origin_of(store, address);
        write(store, &refusals, person.as_ref(), origin, now_ms)
    });
    let written = written.await;
    if let Err(problem) = written {
        tracing::error!(
            code = problem.code.word(),
            detail = problem.detail,
            "a refusal is not on record"
        );
    }
}

fn write(
    store: &Store,
    refusals: &Refusals,
    person: Option<&Person>,
    origin: Origin,
    now_ms: u64,
) -> Result<(), Problem> {
    let by = match person {
        Some(person) => Authorship::own(person.clone(), now_ms),
        None => Authorship::of_stranger(now_ms),
    };
    let stamp = by.coming(origin).stamp("");
    let people = store.repository.people();
    people.record_refusal(person, &refusals.source, refusals.count, &stamp)?;
    Ok(())
}
