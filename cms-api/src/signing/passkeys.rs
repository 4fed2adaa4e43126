//! Passkeys (WebAuthn): keys on a phone, a computer or a stick, that are unlocked by a finger, a face or a PIN.
//!
//! A passkey is asked for without naming anybody: the browser shows those that it has for this server, and the one that is
//! chosen names its person. It counts as two factors, because the device is one and what unlocks it another; a device that
//! does not check who unlocks it is refused.
//!
//! A *ceremony* is one exchange with a device. What is remembered about it is kept in memory, for a few minutes: a server
//! that is started again meanwhile asks anew.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use cms_core::model::name::Person;
use serde_json::{Value, json};
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder,
};

use super::credentials::StoredPasskey;
use crate::{
    ground::secret,
    problem::{Code, Problem},
};

/// Most passkeys of one person.
pub const PASSKEYS_MAX: usize = 20;
/// Longest name of a passkey, in characters.
pub const NAME_CHARS_MAX: usize = 60;
/// How long a ceremony may take, in milliseconds.
const CEREMONY_MS: u64 = 5 * 60 * 1000;
/// Most ceremonies that are remembered; the oldest make room.
const CEREMONIES_MAX: usize = 10_000;
/// The prefix of a ceremony's name.
const CEREMONY: &str = "ceremony_";
/// How this server is called where a device shows it.
const NAME: &str = "cms";

/// A ceremony that waits for the device's answer.
enum Waiting {
    Registration { person: Person, state: Box<PasskeyRegistration> },
    Authentication { state: Box<DiscoverableAuthentication> },
}

/// The ceremonies that wait.
#[derive(Default)]
pub struct Ceremonies(Mutex<HashMap<String, (u64, Waiting)>>);

/// What a browser passes to its devices, and the name of the ceremony.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The ceremony's name, which the answer sends along.
    pub ceremony: String,
    /// The options of `navigator.credentials`, with bytes in base64url.
    pub options: Value,
}

fn refused(error: impl std::fmt::Display) -> Problem {
    tracing::info!(%error, "a passkey was refused");
    Problem::new(Code::SignInRefused, "the passkey was not taken")
}

/// The library for a server that browsers reach at this address.
///
/// # Errors
/// [`Code::PasskeysUnavailable`] where browsers know no passkeys: at an address without a name.
fn library(public_url: &str) -> Result<Webauthn, Problem> {
    let unavailable = |detail: &str| Problem::new(Code::PasskeysUnavailable, detail);
    let malformed = || unavailable("`public_url` is not the address that browsers use");
    let mut origin: Url = public_url.parse().map_err(|_| malformed())?;
    let host = origin.host_str().unwrap_or_default().to_owned();
    if host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok_and(|it| it.is_loopback()) {
        origin.set_host(Some("localhost")).map_err(|_| malformed())?;
    }
    let Some(name) = origin.domain().map(str::to_owned) else {
        return Err(unavailable(
            "browsers know passkeys of servers with a name only: set `public_url` to one",
        ));
    };
    let builder =
        WebauthnBuilder::new(&name, &origin).map_err(|error| unavailable(&error.to_string()))?;
    builder.rp_name(NAME).build().map_err(Problem::internal)
}

/// What a device keeps of a person: the id, in the sixteen bytes that the library gives it.
fn handle(person: &Person) -> Result<Uuid, Problem> {
    let mut bytes = [0; 16];
    let id = person.as_str().as_bytes();
    let fits = bytes.get_mut(..id.len());
    let detail = "the id of this account is too long for a passkey";
    let place = fits.ok_or_else(|| Problem::new(Code::PasskeysUnavailable, detail))?;
    place.copy_from_slice(id);
    Ok(Uuid::from_bytes(bytes))
}

fn person_of(handle: Uuid) -> Option<Person> {
    let text = std::str::from_utf8(handle.as_bytes()).ok()?.trim_end_matches('\0').to_owned();
    text.parse().ok()
}

impl Ceremonies {
    fn waiting(&self) -> MutexGuard<'_, HashMap<String, (u64, Waiting)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, waiting: Waiting, now_ms: u64) -> Result<String, Problem> {
        let name = secret::fresh(CEREMONY).map_err(Problem::internal)?;
        let mut all = self.waiting();
        if all.len() >= CEREMONIES_MAX {
            all.retain(|_, (until_ms, _)| now_ms < *until_ms);
        }
        if all.len() >= CEREMONIES_MAX {
            let oldest = all.iter().min_by_key(|(_, (until_ms, _))| *until_ms);
            let oldest = oldest.map(|(name, _)| name.clone());
            oldest.map(|name| all.remove(&name));
        }
        all.insert(name.clone(), (now_ms + CEREMONY_MS, waiting));
        Ok(name)
    }

    /// Takes a ceremony out: each is answered once.
    fn take(&self, name: &str, now_ms: u64) -> Result<Waiting, Problem> {
        let found = self.waiting().remove(name).filter(|(until_ms, _)| now_ms < *until_ms);
        let over = || refused("the ceremony is over");
        found.map(|(_, waiting)| waiting).ok_or_else(over)
    }

    /// Begins to add a passkey to a person.
    ///
    /// # Errors
    /// [`Code::PasskeysUnavailable`].
    pub fn add(
        &self,
        public_url: &str,
        person: &Person,
        names: (&str, &str),
        present: &[StoredPasskey],
        now_ms: u64,
    ) -> Result<Asked, Problem> {
        let (account, shown) = names;
        let exclude = present.iter().filter_map(|it| URL_SAFE_NO_PAD.decode(&it.id).ok());
        let exclude = exclude.collect();
        let (challenge, state) = library(public_url)?
            .start_passkey_registration(handle(person)?, account, shown, Some(exclude))
            .map_err(Problem::internal)?;
        let mut options = serde_json::to_value(&challenge).map_err(Problem::internal)?;
        // The library leaves it to the device whether the key can be found without naming anybody. Here it must be.
        let selection = &mut options["publicKey"]["authenticatorSelection"];
        selection["residentKey"] = json!("required");
        selection["requireResidentKey"] = json!(true);
        let waiting = Waiting::Registration { person: person.clone(), state: Box::new(state) };
        Ok(Asked { ceremony: self.remember(waiting, now_ms)?, options })
    }

    /// The passkey that a device made for a person.
    ///
    /// # Errors
    /// [`Code::SignInRefused`] when the ceremony is over, is another person's, or the answer is not right.
    pub fn added(
        &self,
        public_url: &str,
        person: &Person,
        ceremony: &str,
        answer: &Value,
        name: String,
        now_ms: u64,
    ) -> Result<StoredPasskey, Problem> {
        let Waiting::Registration { person: of, state } = self.take(ceremony, now_ms)? else {
            return Err(refused("the ceremony is of another sort"));
        };
        if of != *person {
            return Err(refused("the ceremony is another person's"));
        }
        let answer: RegisterPublicKeyCredential =
            serde_json::from_value(answer.clone()).map_err(refused)?;
        let passkey =
            library(public_url)?.finish_passkey_registration(&answer, &state).map_err(refused)?;
        Ok(StoredPasskey {
            id: URL_SAFE_NO_PAD.encode(passkey.cred_id()),
            name,
            created_ms: now_ms,
            used_ms: None,
            key: serde_json::to_value(&passkey).map_err(Problem::internal)?,
        })
    }

    /// Asks for any passkey of this server.
    ///
    /// # Errors
    /// [`Code::PasskeysUnavailable`].
    pub fn ask(&self, public_url: &str, now_ms: u64) -> Result<Asked, Problem> {
        let (challenge, state) =
            library(public_url)?.start_discoverable_authentication().map_err(Problem::internal)?;
        let mut options = serde_json::to_value(&challenge).map_err(Problem::internal)?;
        // Whether it is offered while a name is typed or in a dialog is for the page to say.
        if let Some(options) = options.as_object_mut() {
            options.remove("mediation");
        }
        let waiting = Waiting::Authentication { state: Box::new(state) };
        Ok(Asked { ceremony: self.remember(waiting, now_ms)?, options })
    }

    /// Whose passkey answered, before the answer is checked; and the ceremony to check it with.
    ///
    /// # Errors
    /// [`Code::SignInRefused`].
    pub fn answered(
        &self,
        public_url: &str,
        ceremony: &str,
        answer: &Value,
        now_ms: u64,
    ) -> Result<Answered, Problem> {
        let Waiting::Authentication { state } = self.take(ceremony, now_ms)? else {
            return Err(refused("the ceremony is of another sort"));
        };
        let answer: PublicKeyCredential =
            serde_json::from_value(answer.clone()).map_err(refused)?;
        let library = library(public_url)?;
        let (handle, id) =
            library.identify_discoverable_authentication(&answer).map_err(refused)?;
        let id = URL_SAFE_NO_PAD.encode(id);
        let person = person_of(handle).ok_or_else(|| refused("it names nobody"))?;
        Ok(Answered { person, id, answer, state, library })
    }
}

/// A device's answer that names a person and is not checked yet.
pub struct Answered {
    /// The person whom it names.
    pub person: Person,
    id: String,
    answer: PublicKeyCredential,
    state: Box<DiscoverableAuthentication>,
    library: Webauthn,
}

impl Answered {
    /// Checks the answer against the person's passkeys, and notes its use. A counter that went back is refused: then
    /// somebody has copied the key.
    ///
    /// # Errors
    /// [`Code::SignInRefused`].
    pub fn check(self, passkeys: &mut [StoredPasskey], now_ms: u64) -> Result<(), Problem> {
        let found = passkeys.iter_mut().find(|passkey| passkey.id == self.id);
        let stored = found.ok_or_else(|| refused("the person has no such passkey"))?;
        let mut passkey: Passkey =
            serde_json::from_value(stored.key.clone()).map_err(Problem::internal)?;
        let result = self
            .library
            .finish_discoverable_authentication_v2(&self.answer, *self.state, &passkey)
            .map_err(refused)?;
        if !result.user_verified() {
            return Err(refused("the device did not check who unlocked it"));
        }
        passkey.update_credential(&result);
        stored.key = serde_json::to_value(&passkey).map_err(Problem::internal)?;
        stored.used_ms = Some(now_ms);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_names_its_person() {
        let person: Person = "p-0123456789ab".parse().unwrap();
        assert_eq!(person_of(handle(&person).unwrap()), Some(person));
        let long: Person = "a-person-from-long-before".parse().unwrap();
        assert_eq!(handle(&long).unwrap_err().code, Code::PasskeysUnavailable);
        assert_eq!(person_of(Uuid::from_bytes([0xff; 16])), None);
    }

    #[test]
    fn passkeys_need_a_server_with_a_name() {
        for url in ["https://cms.example.org", "http://localhost:8080", "http://127.0.0.1:8080"] {
            assert!(library(url).is_ok(), "{url}");
        }
        for url in ["https://192.0.2.1", "unix:/run/cms", ""] {
            assert_eq!(library(url).unwrap_err().code, Code::PasskeysUnavailable, "{url}");
        }
    }

    #[test]
    fn a_ceremony_is_answered_once_and_in_time() {
        let ceremonies = Ceremonies::default();
        let url = "http://localhost:8080";
        let asked = ceremonies.ask(url, 0).unwrap();
        assert!(asked.options.get("mediation").is_none());
        assert!(ceremonies.take(&asked.ceremony, CEREMONY_MS - 1).is_ok());
        assert!(ceremonies.take(&asked.ceremony, 0).is_err(), "once");
        let late = ceremonies.ask(url, 0).unwrap();
        assert!(ceremonies.take(&late.ceremony, CEREMONY_MS).is_err());
    }
}
