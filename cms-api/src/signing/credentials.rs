//! What a person signs in with, as the store keeps it.

use cms_core::{
    model::name::Person,
    repo::{CredentialChange, Stamp},
};
use serde::{Deserialize, Serialize};

use crate::{problem::Problem, store::Store};

/// A person's credentials.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Credentials {
    /// The password's hash, as a PHC string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// The authenticator app.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub totp: Option<TotpSecret>,
    /// The secret of an authenticator app that is being set up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub totp_to_confirm: Option<String>,
    /// The hashes of the recovery codes that are left.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recovery_codes: Vec<String>,
    /// The passkeys.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub passkeys: Vec<StoredPasskey>,
    /// The identities at providers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub identities: Vec<Identity>,
    /// When the person's role first needed a second factor that they did not have, in milliseconds since
    /// 1970-01-01T00:00:00Z.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second_factor_since_ms: Option<u64>,
    /// Until when they had time to set one up, in records of the time when the end was noted and not the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grace_until_ms: Option<u64>,
}

/// The secret of an authenticator app.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TotpSecret {
    /// The secret, in base32.
    pub secret: String,
    /// The step of the code that was used last: no code is taken twice.
    pub last_step: u64,
}

/// A passkey.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StoredPasskey {
    /// Its id in lists.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// When it was added, in milliseconds since 1970-01-01T00:00:00Z.
    pub created_ms: u64,
    /// When it was last used, in milliseconds since 1970-01-01T00:00:00Z.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub used_ms: Option<u64>,
    /// Its public key and counter, as the library keeps them.
    pub key: serde_json::Value,
}

/// An identity at a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The provider's name in the settings.
    pub provider: String,
    /// The provider's own name for itself.
    pub issuer: String,
    /// The provider's name for the person.
    pub subject: String,
    /// When it was added, in milliseconds since 1970-01-01T00:00:00Z.
    pub added_ms: u64,
}

/// Credentials, and the version that a change of them is based on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Versioned {
    /// The credentials.
    pub credentials: Credentials,
    /// Their version; `None` when there are none.
    pub version: Option<u64>,
}

impl Credentials {
    /// Whether there is something besides a password that shows who somebody is.
    pub fn has_second_factor(&self) -> bool {
        self.totp.is_some() || !self.passkeys.is_empty()
    }

    /// The value that the store keeps.
    pub fn value(&self) -> serde_json::Value {
        serde_json::to_value(self).expect("credentials are JSON")
    }
}

/// The credentials of a person.
///
/// # Errors
/// When the store can't be read.
pub fn of(store: &Store, person: &Person) -> Result<Versioned, Problem> {
    let Some(record) = store.repository.people().credential(person)? else {
        return Ok(Versioned::default());
    };
    let malformed = |error| Problem::internal(format!("the credentials of {person}: {error}"));
    let credentials = serde_json::from_value(record.value).map_err(malformed)?;
    Ok(Versioned { credentials, version: Some(record.version) })
}

/// Keeps changed credentials, if nobody changed them meanwhile.
///
/// # Errors
/// When they were changed meanwhile, the account is not active, or the store can't be written.
pub fn keep(
    store: &Store,
    person: &Person,
    changed: &Versioned,
    what: Kept,
    stamp: &Stamp,
) -> Result<u64, Problem> {
    let change = CredentialChange {
        verb: what.verb,
        value: changed.credentials.value(),
        based_on: changed.version,
        ends_sessions: what.ends_sessions,
    };
    Ok(store.repository.people().change_credential(person, &change, stamp)?)
}

/// How a change of credentials is recorded.
#[derive(Debug, Clone, Copy)]
pub struct Kept {
    /// What is recorded: `password-set`, `passkey-add`.
    pub verb: &'static str,
    /// Whether all sessions of the person end.
    pub ends_sessions: bool,
}
