//! The second factor of a session that waits for one: a code of an authenticator app, or a recovery code.

use std::time::Instant;

use cms_core::repo::{Factor, PeopleError, SessionRow};

use super::{
    Signing,
    browser::{self, Browser},
    credentials::{self, Kept},
    refusals, sign_in, totp,
};
use crate::{
    ground::authorship::{Authorship, fresh_operation},
    problem::{Code, Problem},
    store::{Store, worker::Worker},
};

/// Wrong codes after which a session that waits for one is over, and the password is asked for again.
const WRONG_MAX: u32 = 5;
/// How often a code is looked at again when the credentials changed meanwhile.
const TRIES_MAX: usize = 3;

/// Takes a code for a session. It is used up.
///
/// # Errors
/// [`Code::SignInRefused`] when the code is wrong or was used before; [`Code::TooManyAttempts`].
pub async fn take(
    worker: &Worker,
    signing: &Signing,
    browser: &Browser,
    session: &SessionRow,
    code: String,
) -> Result<Factor, Problem> {
    let came = Instant::now();
    let person = session.person.clone();
    let source = browser.source(signing, Some(person.as_str()));
    let account = format!("{person} second factor");
    let now_ms = signing.now_ms(worker.now_ms());
    signing.attempts().admit(&account, &source, now_ms)?;
    let (asked, address) = (person.clone(), browser.address);
    let by = move |store: &Store| {
        let by = Authorship::own(asked.clone(), now_ms);
        by.coming(browser::origin_of(store, address))
    };
    let used = by.clone();
    // The phone goes by the machine's time; that a code is good once does not depend on it.
    let wall_ms = worker.now_ms();
    let taken = worker.call(move |store| use_up(store, &used(store), &code, wall_ms)).await?;
    if let Some(factor) = taken {
        signing.attempts().succeeded(&account, &source, &browser.network, now_ms);
        return Ok(factor);
    }
    sign_in::refuse(worker, signing, browser, &account, &source, Some(person)).await;
    if signing.attempts().wrong_in_session(&session.id, now_ms) >= WRONG_MAX {
        let (person, id) = (session.person.clone(), session.id.clone());
        worker
            .call(move |store| {
                let stamp = by(store).stamp("");
                let people = store.repository.people();
                match people.end_sessions(&person, |row| row.id == id, &stamp) {
                    Ok(_) | Err(PeopleError::Moved) => Ok(()),
                    Err(error) => Err(error.into()),
                }
            })
            .await?;
    }
    refusals::even_out(came).await;
    Err(Problem::new(Code::SignInRefused, "the code is not right, or was used before"))
}

fn use_up(
    store: &Store,
    by: &Authorship,
    code: &str,
    wall_ms: u64,
) -> Result<Option<Factor>, Problem> {
    let person = &by.author;
    for _ in 0..TRIES_MAX {
        let mut stored = credentials::of(store, person)?;
        let credentials = &mut stored.credentials;
        let step = match &credentials.totp {
            Some(secret) => totp::step(secret, code, wall_ms)?,
            None => None,
        };
        let hash = totp::recovery_hash(code);
        let (factor, verb) = if let (Some(step), Some(secret)) = (step, &mut credentials.totp) {
            secret.last_step = step;
            (Factor::Totp, "totp-use")
        } else if let Some(index) = credentials.recovery_codes.iter().position(|it| *it == hash) {
            credentials.recovery_codes.remove(index);
            (Factor::RecoveryCode, "recovery-codes-use")
        } else {
            return Ok(None);
        };
        let mut stamp = by.stamp("");
        stamp.operation = fresh_operation();
        let what = Kept { verb, ends_sessions: false };
        match credentials::keep(store, person, &stored, what, &stamp) {
            Ok(_) => return Ok(Some(factor)),
            // Somebody used a code at the same moment, perhaps this one.
            Err(problem) if problem.code == Code::Stale => {}
            Err(problem) => return Err(problem),
        }
    }
    Ok(None)
}
