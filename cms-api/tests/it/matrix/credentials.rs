//! Everybody who asks, each with a credential in one state, over one store.

use std::{collections::HashMap, fmt};

use cms_api::{
    ground::secret,
    signing::{cookie::SessionKey, credentials::Credentials},
};
use cms_core::{
    access::{Bounds, Limits, Right, Rights, Role},
    model::name::Person,
    repo::{
        Acceptance, Factor, Invitation, NewGrant, NewSession, NewToken, Repository, SecretHash,
        SessionStage, Stamp,
    },
};

use crate::test_app::{TIME_MS, TOKEN, TestApp, by_ana};

const HOUR_MS: u64 = 60 * 60 * 1000;
const DAY_MS: u64 = 24 * HOUR_MS;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Who {
    Nobody,
    Person(Role),
    Machine,
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => f.write_str("nobody"),
            Self::Person(role) => f.write_str(role.word()),
            Self::Machine => f.write_str("machine"),
        }
    }
}

/// What they show, and what has become of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Credential {
    None,
    Session,
    Key,
    ExpiredSession,
    ExpiredKey,
    RevokedSession,
    RevokedKey,
    SessionOfDeactivated,
    KeyOfDeactivated,
    /// A key that is narrowed to one right.
    NarrowKey,
    /// A role, or a key, for a part of the catalogue in which nothing stands.
    SessionForElsewhere,
    KeyForElsewhere,
    /// A role for a language that nobody writes.
    SessionForOtherLocale,
    RandomSession,
    RandomKey,
    TruncatedSession,
    TruncatedKey,
    /// What is good in another house.
    SessionOfAnotherHouse,
    KeyOfAnotherHouse,
    /// A cookie that somebody copied, sent again after its owner signed out.
    SignedOut,
    /// A cookie that a browser sends for another page's script.
    SessionFromElsewhere,
}

impl Credential {
    pub(super) const ALL: [Self; 21] = [
        Self::None,
        Self::Session,
        Self::Key,
        Self::ExpiredSession,
        Self::ExpiredKey,
        Self::RevokedSession,
        Self::RevokedKey,
        Self::SessionOfDeactivated,
        Self::KeyOfDeactivated,
        Self::NarrowKey,
        Self::SessionForElsewhere,
        Self::KeyForElsewhere,
        Self::SessionForOtherLocale,
        Self::RandomSession,
        Self::RandomKey,
        Self::TruncatedSession,
        Self::TruncatedKey,
        Self::SessionOfAnotherHouse,
        Self::KeyOfAnotherHouse,
        Self::SignedOut,
        Self::SessionFromElsewhere,
    ];

    /// Whether it opens anything at all.
    pub(super) const fn opens(self) -> bool {
        matches!(
            self,
            Self::Session
                | Self::Key
                | Self::NarrowKey
                | Self::SessionForElsewhere
                | Self::KeyForElsewhere
                | Self::SessionForOtherLocale
                | Self::SessionFromElsewhere
        )
    }

    pub(super) const fn is_session(self) -> bool {
        matches!(
            self,
            Self::Session
                | Self::ExpiredSession
                | Self::RevokedSession
                | Self::SessionOfDeactivated
                | Self::SessionForElsewhere
                | Self::SessionForOtherLocale
                | Self::RandomSession
                | Self::TruncatedSession
                | Self::SessionOfAnotherHouse
                | Self::SignedOut
                | Self::SessionFromElsewhere
        )
    }

    /// The one right that it is narrowed to, of those that its person has.
    pub(super) fn narrowed_to(self) -> Option<&'static str> {
        (self == Self::NarrowKey).then_some("audit")
    }

    /// Whether it reaches only a part of the catalogue.
    pub(super) const fn is_limited(self) -> bool {
        matches!(
            self,
            Self::SessionForElsewhere | Self::KeyForElsewhere | Self::SessionForOtherLocale
        )
    }

    const fn is_forged(self) -> bool {
        matches!(
            self,
            Self::RandomSession | Self::RandomKey | Self::TruncatedSession | Self::TruncatedKey
        )
    }
}

/// What a request carries.
#[derive(Debug, Clone)]
pub(super) enum Shown {
    Nothing,
    Key(String),
    Session {
        cookie: String,
        /// What pages of this server send along; absent when the page is another's.
        csrf_token: Option<String>,
    },
}

impl Shown {
    /// The same, with its last character cut off.
    fn truncated(self) -> Self {
        let cut = |text: String| text[..text.len() - 1].to_owned();
        match self {
            Self::Nothing => Self::Nothing,
            Self::Key(text) => Self::Key(cut(text)),
            Self::Session { cookie, csrf_token } => {
                Self::Session { cookie: cut(cookie), csrf_token }
            }
        }
    }
}

/// The server, and everybody's credentials.
pub(super) struct Stage {
    pub(super) app: TestApp,
    shown: HashMap<(Who, Credential), Shown>,
}

impl Stage {
    /// Who asks with what. Nobody has nothing or forges it; the machine has its token.
    pub(super) fn cases() -> impl Iterator<Item = (Who, Credential)> {
        let nobody = Credential::ALL
            .into_iter()
            .filter(|credential| *credential == Credential::None || credential.is_forged())
            .map(|credential| (Who::Nobody, credential));
        let machine = [Credential::Key, Credential::TruncatedKey]
            .map(|credential| (Who::Machine, credential));
        let people = Role::ALL.into_iter().flat_map(|role| {
            let shown = Credential::ALL.into_iter().filter(|it| *it != Credential::None);
            shown.map(move |credential| (Who::Person(role), credential))
        });
        nobody.chain(machine).chain(people)
    }

    pub(super) fn prepared() -> Self {
        let (app, another) = (TestApp::own(), TestApp::own());
        let mut shown = HashMap::new();
        // An administrator first: without one, nobody could be deactivated.
        for (who, credential) in Self::cases() {
            let is_of_another = matches!(
                credential,
                Credential::SessionOfAnotherHouse | Credential::KeyOfAnotherHouse
            );
            let house = House(&app.app.store().repository);
            // The other house has the same people, so that only the secret differs.
            let made = house.make(who, credential);
            let made = if is_of_another {
                House(&another.app.store().repository).make(who, credential)
            } else {
                made
            };
            shown.insert((who, credential), made);
        }
        Self { app, shown }
    }

    pub(super) fn shown(&self, who: Who, credential: Credential) -> Shown {
        self.shown[&(who, credential)].clone()
    }

    /// Makes a credential again that opens something, for the same person.
    pub(super) fn renew(&mut self, who: Who, credential: Credential) {
        let Who::Person(role) = who else { return };
        if credential.opens() {
            let house = House(&self.app.app.store().repository);
            let person = person(role, credential);
            let made = house.credential(&person, role, credential);
            self.shown.insert((who, credential), made);
        }
    }
}

/// The person who has a credential: each has one.
fn person(role: Role, credential: Credential) -> Person {
    let index = Credential::ALL.iter().position(|it| *it == credential).expect("listed");
    format!("{role}-{index}").parse().expect("a person")
}

fn stamp(time_ms: u64) -> Stamp {
    Stamp { time_ms, ..by_ana().stamp("") }
}

/// A house in which people are let in, without passwords, which cost time.
struct House<'a>(&'a Repository);

impl House<'_> {
    fn make(&self, who: Who, credential: Credential) -> Shown {
        match who {
            Who::Nobody => {
                let nobody: Person = "nobody".parse().expect("a person");
                match credential {
                    Credential::None => Shown::Nothing,
                    _ if credential.is_session() => session_of(&nobody).1,
                    _ => Shown::Key(secret::fresh(secret::TOKEN).expect("randomness")),
                }
            }
            Who::Machine if credential == Credential::Key => Shown::Key(TOKEN.to_owned()),
            Who::Machine => Shown::Key(TOKEN.to_owned()).truncated(),
            Who::Person(role) => {
                let person = person(role, credential);
                self.invite(&person, role, credential);
                self.credential(&person, role, credential)
            }
        }
    }

    /// An active person in a role, within the limits that the case has.
    fn invite(&self, person: &Person, role: Role, credential: Credential) {
        let people = self.0.people();
        let hash = SecretHash::of(format!("link of {person}").as_bytes());
        let invitation = Invitation {
            limits: cms_core::access::Limits::default(),
            person: person.clone(),
            name: format!("The {person}"),
            email: format!("{person}@example.org"),
            language: None,
            role,
            hash,
            expires_ms: TIME_MS + DAY_MS,
            stamp: stamp(TIME_MS - 2 * DAY_MS),
        };
        people.invite(&invitation).expect("invited");
        let acceptance = Acceptance {
            fresh: person.clone(),
            name: None,
            email: None,
            language: None,
            credential: Credentials::default().value(),
            stamp: stamp(TIME_MS - 2 * DAY_MS),
        };
        people.accept(&hash, &acceptance).expect("accepted");
        let limits = match credential {
            Credential::SessionForElsewhere => nowhere(),
            Credential::SessionForOtherLocale => {
                Limits { locales: vec!["is".parse().expect("a locale")], ..Limits::default() }
            }
            _ => return,
        };
        let new = NewGrant {
            id: format!("only-{person}"),
            person: person.clone(),
            role,
            limits,
            is_for_program: false,
        };
        self.0.give_role(&new, &stamp(TIME_MS)).expect("given");
        let grants = self.0.rules().expect("rules").grants(person);
        let whole = grants.iter().find(|grant| grant.id != new.id).expect("the first role");
        self.0.take_role(&whole.id, &stamp(TIME_MS)).expect("taken");
    }

    fn credential(&self, person: &Person, role: Role, credential: Credential) -> Shown {
        let people = self.0.people();
        match credential {
            Credential::None => Shown::Nothing,
            Credential::Session
            | Credential::SessionForElsewhere
            | Credential::SessionForOtherLocale
            | Credential::SessionOfAnotherHouse => self.session(person, TIME_MS),
            Credential::Key | Credential::KeyOfAnotherHouse => self.key(person, role, None, None),
            Credential::ExpiredSession => self.session(person, TIME_MS - DAY_MS),
            Credential::ExpiredKey => self.key(person, role, None, Some(TIME_MS)),
            Credential::RevokedSession => {
                let shown = self.session(person, TIME_MS);
                people.end_sessions(person, |_| true, &stamp(TIME_MS)).expect("ended");
                shown
            }
            Credential::SignedOut => {
                let shown = self.session(person, TIME_MS);
                people.sign_out(person, &stamp(TIME_MS)).expect("signed out");
                shown
            }
            Credential::RevokedKey => {
                let shown = self.key(person, role, None, None);
                let rows = people.keys_of(person).expect("keys");
                self.0.revoke_token(&rows[0].id, &stamp(TIME_MS)).expect("revoked");
                shown
            }
            Credential::SessionOfDeactivated => {
                let shown = self.session(person, TIME_MS);
                people.deactivate(person, &stamp(TIME_MS)).expect("deactivated");
                shown
            }
            Credential::KeyOfDeactivated => {
                let shown = self.key(person, role, None, None);
                people.deactivate(person, &stamp(TIME_MS)).expect("deactivated");
                shown
            }
            Credential::NarrowKey => {
                let bounds = Bounds::of(Rights::of(&[Right::Audit]));
                self.key(person, role, Some(bounds), None)
            }
            Credential::KeyForElsewhere => {
                let bounds = Bounds { limits: nowhere(), ..Bounds::of(Rights::ALL) };
                self.key(person, role, Some(bounds), None)
            }
            Credential::RandomSession => session_of(person).1,
            Credential::RandomKey => Shown::Key(secret::fresh(secret::TOKEN).expect("randomness")),
            Credential::TruncatedSession => self.session(person, TIME_MS).truncated(),
            Credential::TruncatedKey => self.key(person, role, None, None).truncated(),
            Credential::SessionFromElsewhere => match self.session(person, TIME_MS) {
                Shown::Session { cookie, .. } => Shown::Session { cookie, csrf_token: None },
                shown => shown,
            },
        }
    }

    fn session(&self, person: &Person, time_ms: u64) -> Shown {
        let (key, shown) = session_of(person);
        let new = NewSession {
            hash: key.hash,
            person: person.clone(),
            stage: SessionStage::Full,
            factors: vec![Factor::Password],
            idle_ms: HOUR_MS,
            absolute_ms: 12 * HOUR_MS,
            agent: String::new(),
            client: String::new(),
            replaces: None,
            stamp: stamp(time_ms),
        };
        self.0.people().begin_session(&new).expect("a session");
        shown
    }

    fn key(
        &self,
        person: &Person,
        role: Role,
        bounds: Option<Bounds>,
        expires_ms: Option<u64>,
    ) -> Shown {
        let text = secret::fresh(secret::TOKEN).expect("randomness");
        let new = NewToken {
            hash: SecretHash::of(text.as_bytes()),
            person: person.clone(),
            role,
            label: String::new(),
            expires_ms,
            bounds,
            brings_role: false,
            stamp: stamp(TIME_MS - DAY_MS),
        };
        self.0.people().create_key(&new, None).expect("a key");
        Shown::Key(text)
    }
}

fn nowhere() -> Limits {
    Limits { subtree: Some("course/elsewhere".parse().expect("a key")), ..Limits::default() }
}

/// A session that nobody has begun yet, and how it is shown.
fn session_of(person: &Person) -> (SessionKey, Shown) {
    let (key, cookie) = SessionKey::fresh(person).expect("randomness");
    let csrf_token = Some(key.csrf_token.clone());
    (key, Shown::Session { cookie, csrf_token })
}
