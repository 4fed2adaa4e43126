//! Signing in with a password, and what may be needed besides.

use std::time::Instant;

use cms_core::{
    model::name::Person,
    repo::{Factor, PersonRow, PersonState, SessionStage},
};

use super::{
    Signing,
    attempts::Source,
    browser::Browser,
    credentials::{self, Kept, Versioned},
    grace,
    password::{self, Verdict},
    refusals,
    session::{self, Begun, Shown},
};
use crate::{
    ground::authorship::Authorship,
    problem::Problem,
    store::{Store, worker::Worker},
};

/// Somebody who wants to sign in with a password.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The address or the id that they named.
    pub name: String,
    /// The password.
    pub password: String,
    /// Who it must be, where a session of theirs is renewed.
    pub must_be: Option<Person>,
}

/// An account as an attempt finds it; the same work is done where there is none.
struct Found {
    account: Option<PersonRow>,
    stored: Versioned,
    /// Whether the person's role needs a second factor.
    needs_second: bool,
}

/// The account that a name means: an address, or an id.
fn account_of(store: &Store, name: &str) -> Result<Option<PersonRow>, Problem> {
    let people = store.repository.people();
    if let Some(row) = people.with_address(name)? {
        return Ok(Some(row));
    }
    let Ok(person) = name.trim().parse::<Person>() else { return Ok(None) };
    match people.one(&person) {
        Ok(row) => Ok(Some(row)),
        Err(cms_core::repo::PeopleError::Unknown { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn find(store: &Store, name: &str) -> Result<Found, Problem> {
    let account = account_of(store, name)?;
    let nobody = Person::recorded("nobody");
    let person = account.as_ref().map_or(&nobody, |row| &row.id);
    let stored = credentials::of(store, person)?;
    let needs_second = grace::days(store, person)?.is_some();
    Ok(Found { account, stored, needs_second })
}

/// Signs somebody in with a password. Where a second factor is needed, the session waits for it.
///
/// # Errors
/// [`crate::problem::Code::SignInRefused`], the same whatever was wrong, or
/// [`crate::problem::Code::TooManyAttempts`].
pub async fn with_password(
    worker: &Worker,
    signing: &Signing,
    browser: &Browser,
    attempt: Attempt,
) -> Result<Begun, Problem> {
    let came = Instant::now();
    let name = attempt.name.clone();
    let found = worker.call(move |store| find(store, &name)).await?;
    let person = found.account.as_ref().map(|row| row.id.clone());
    let source = browser.source(signing, person.as_ref().map(Person::as_str));
    let account = tried(&attempt.name, person.as_ref());
    let now_ms = signing.now_ms(worker.now_ms());
    let lane = signing.attempts().admit(&account, &source, now_ms)?;
    let cost = signing.config().cost;
    let phc = found.stored.credentials.password.clone();
    let phc = phc.unwrap_or_else(|| password::nobodys(cost));
    let given = attempt.password;
    let compare = move || password::verified(&given, &phc, cost);
    let verdict = signing.hasher().run(lane, source.name(), compare).await?;
    let is_meant = attempt.must_be.is_none() || attempt.must_be == person;
    let is_needed = found.needs_second;
    let active = found.account.filter(|row| row.state == PersonState::Active && is_meant);
    match (verdict, active) {
        (Verdict::Wrong, _) | (_, None) => {
            refuse(worker, signing, browser, &account, &source, person).await;
            refusals::even_out(came).await;
            Err(refusals::refused())
        }
        (verdict, Some(row)) => {
            signing.attempts().succeeded(&account, &source, &browser.network, now_ms);
            let raised = match verdict {
                Verdict::RightAndRaised(phc) => Some(phc),
                Verdict::Right | Verdict::Wrong => None,
            };
            let stage = prepare(worker, &row, found.stored, is_needed, raised, now_ms).await?;
            let factors = vec![Factor::Password];
            let shown = Shown { person: row.id, stage, factors, replaces: None };
            session::begin(worker, signing, browser, shown).await
        }
    }
}

/// The name under which attempts for an account are counted: its person, however they were named.
fn tried(name: &str, person: Option<&Person>) -> String {
    match person {
        Some(person) => person.to_string(),
        // Nobody has this name, and it may be long, or a password that was typed into the wrong field.
        None => format!("={}", blake3::hash(name.trim().as_bytes()).to_hex()),
    }
}

/// Counts a refusal, and puts it on record.
pub(crate) async fn refuse(
    worker: &Worker,
    signing: &Signing,
    browser: &Browser,
    account: &str,
    source: &Source,
    person: Option<Person>,
) {
    let now_ms = signing.now_ms(worker.now_ms());
    if let Some(told) = signing.attempts().refused(account, source, now_ms) {
        refusals::record(worker, told, person, browser.address).await;
    }
}

/// What a session with a password alone is good for; keeps what changes with the sign-in: a hash that costs more, and
/// that a second factor has to be set up.
async fn prepare(
    worker: &Worker,
    row: &PersonRow,
    stored: Versioned,
    is_needed: bool,
    raised: Option<String>,
    now_ms: u64,
) -> Result<SessionStage, Problem> {
    let has_second = stored.credentials.has_second_factor();
    let begins_grace = is_needed && !has_second && !grace::is_noted(&stored.credentials);
    let waits = stored.credentials.totp.is_some() || (is_needed && has_second);
    if raised.is_some() || begins_grace {
        let mut changed = stored;
        if let Some(phc) = raised {
            changed.credentials.password = Some(phc);
        }
        if begins_grace {
            changed.credentials.second_factor_since_ms = Some(now_ms);
        }
        let person = row.id.clone();
        let stamp = Authorship::own(person.clone(), worker.now_ms()).stamp("");
        let what = Kept { verb: "credential-note", ends_sessions: false };
        worker.call(move |store| credentials::keep(store, &person, &changed, what, &stamp)).await?;
    }
    Ok(if waits { SessionStage::SecondFactor } else { SessionStage::Full })
}

/// What a session of a person is good for who showed one factor other than a password.
///
/// # Errors
/// When the store can't be read or written.
pub async fn stage_of(
    worker: &Worker,
    person: &Person,
    now_ms: u64,
) -> Result<SessionStage, Problem> {
    let name = person.to_string();
    let found = worker.call(move |store| find(store, &name)).await?;
    match found.account {
        Some(row) => prepare(worker, &row, found.stored, found.needs_second, None, now_ms).await,
        None => Err(refusals::refused()),
    }
}

/// Hashes a new password for somebody with this name and address.
///
/// # Errors
/// [`crate::problem::Code::AccountRefused`] when the password is too short, too long, too common or their own name.
pub async fn hashed(
    signing: &Signing,
    browser: &Browser,
    password: &str,
    own: &[&str],
) -> Result<String, Problem> {
    let chosen = password::chosen(password, own).map_err(|weak| {
        Problem::new(crate::problem::Code::AccountRefused, weak.to_string())
            .with("pointer", "/password")
    })?;
    let cost = signing.config().cost;
    let source = browser.source(signing, None);
    let work = move || password::hash(&chosen, cost);
    signing.hasher().run(super::hashing::Lane::Known, source.name(), work).await?
}
