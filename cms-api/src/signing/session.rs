//! Beginning a session: the secret is new each time, and the cookie goes to the browser that signed in.

use axum::http::HeaderValue;
use cms_core::{
    model::name::Person,
    repo::{Factor, NewSession, SecretHash, SessionRow, SessionStage},
};

use super::{
    Signing,
    browser::{self, Browser},
    cookie::{self, SessionKey},
};
use crate::{ground::authorship::Authorship, problem::Problem, store::worker::Worker};

/// A session that has just begun.
#[derive(Debug, Clone)]
pub struct Begun {
    /// The session.
    pub row: SessionRow,
    /// What names it.
    pub key: SessionKey,
    /// The headers that set its cookies.
    pub cookies: Vec<HeaderValue>,
}

/// What somebody showed, and for which session.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Who it is.
    pub person: Person,
    /// What the session is good for.
    pub stage: SessionStage,
    /// How they showed who they are.
    pub factors: Vec<Factor>,
    /// The session that the new one replaces.
    pub replaces: Option<SecretHash>,
}

/// Begins a session in a browser.
///
/// # Errors
/// When the account is not active any more, or the store can't be written.
pub async fn begin(
    worker: &Worker,
    signing: &Signing,
    browser: &Browser,
    shown: Shown,
) -> Result<Begun, Problem> {
    let (key, value) = SessionKey::fresh(&shown.person)?;
    let now_ms = signing.now_ms(worker.now_ms());
    let is_full = shown.stage == SessionStage::Full;
    let config = signing.config();
    let mut new = NewSession {
        hash: key.hash,
        person: shown.person.clone(),
        stage: shown.stage,
        factors: shown.factors,
        idle_ms: if is_full { config.idle_ms() } else { SECOND_FACTOR_MS },
        absolute_ms: if is_full { config.absolute_ms() } else { SECOND_FACTOR_MS },
        agent: browser.agent.clone(),
        client: browser.network.clone(),
        replaces: shown.replaces,
        stamp: Authorship::own(shown.person, now_ms).stamp(""),
    };
    let age_s = new.absolute_ms / 1000;
    let address = browser.address;
    let row = worker
        .call(move |store| {
            new.stamp.origin = browser::origin_of(store, address);
            Ok(store.repository.people().begin_session(&new)?)
        })
        .await?;
    let name = cookie::session_name(browser.is_secure);
    let mut cookies = vec![cookie::set(name, &value, age_s, browser.is_secure)];
    if is_full {
        cookies.push(cookie::device(signing.device_key(), &row.person, browser.is_secure)?);
    }
    Ok(Begun { row, key, cookies })
}

/// How long somebody has to show the second factor, in milliseconds.
const SECOND_FACTOR_MS: u64 = 10 * 60 * 1000;
