//! Sessions: that a browser is signed in. A cookie holds the secret, the store its hash.
//!
//! Invariants:
//! 1. A session that is past its idle or absolute end is removed where that is noticed, and never found again, even if
//!    the clock goes back.
//! 2. A session has no right that was given to its person after it began: whoever signs in again has it.
//! 3. All sessions of a person are one group, so that ending them is one transaction.

use serde::{Deserialize, Serialize};

use crate::{
    access::Assurance,
    engine::{CellName, Expected, Group, PAGE_ROWS_MAX, Swap, cells_of},
    model::name::Person,
    repo::{
        ground::{error::StoreError, stamp::Stamp},
        people::{People, error::PeopleError, state::PersonState, stored::PersonRow},
        record::{Record, drop_record, put_record, secret::SecretHash},
    },
};

const GROUP_PREFIX: &str = "session/";
/// Most sessions of one person; a new one replaces the one that was used longest ago.
pub const SESSIONS_OF_PERSON_MAX: usize = 50;
/// That a session was used is written when the last note of it is at least this old, in milliseconds.
const SEEN_EVERY_MS: u64 = 60 * 1000;
/// Longest text of a browser or an address that is kept, in characters.
const SHOWN_CHARS_MAX: usize = 200;

/// What a session is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SessionStage {
    /// A second factor is awaited; until then it opens nothing.
    SecondFactor,
    /// Everything that the person may do.
    Full,
}

/// How a person showed who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Factor {
    /// A password.
    Password,
    /// A passkey, which counts as two factors: the device, and what unlocks it.
    Passkey,
    /// A code of an authenticator app.
    Totp,
    /// A recovery code.
    RecoveryCode,
    /// An identity at a provider.
    Provider,
    /// An identity at a provider that asks for a second factor itself.
    ProviderTwoFactors,
    /// A one-time link.
    Link,
}

/// A session to begin.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// The hash of its secret.
    pub hash: SecretHash,
    /// Who signed in.
    pub person: Person,
    /// What it is good for.
    pub stage: SessionStage,
    /// How the person showed who they are.
    pub factors: Vec<Factor>,
    /// How long it may stay unused, in milliseconds.
    pub idle_ms: u64,
    /// How long it lasts at most, in milliseconds.
    pub absolute_ms: u64,
    /// What the browser says it is.
    pub agent: String,
    /// Where the request came from.
    pub client: String,
    /// The session that this one replaces.
    pub replaces: Option<SecretHash>,
    /// When, and in which attempt.
    pub stamp: Stamp,
}

/// A session, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// The session's id in lists.
    pub id: String,
    /// Who is signed in.
    pub person: Person,
    /// The generation of the person's sessions in which it began.
    pub generation: u64,
    /// What it is good for.
    pub stage: SessionStage,
    /// How the person showed who they are.
    pub factors: Vec<Factor>,
    /// When it began, in milliseconds since 1970-01-01T00:00:00Z.
    pub created_ms: u64,
    /// When it was last used, to the minute.
    pub seen_ms: u64,
    /// How long it may stay unused, in milliseconds.
    pub idle_ms: u64,
    /// When it ends however it is used, in milliseconds since 1970-01-01T00:00:00Z.
    pub absolute_end_ms: u64,
    /// What the browser said it is.
    pub agent: String,
    /// Where the sign-in came from.
    pub client: String,
    /// The version of everybody's roles when it began: roles that were given since count from the next sign-in on. In a
    /// session from before this was recorded every role counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles_at: Option<u64>,
}

impl SessionRow {
    /// What the person showed of who they are.
    pub fn assurance(&self) -> Assurance {
        let is_second = |factor: &Factor| match factor {
            Factor::Passkey | Factor::Totp | Factor::RecoveryCode | Factor::ProviderTwoFactors => {
                true
            }
            Factor::Password | Factor::Provider | Factor::Link => false,
        };
        match self.factors.iter().any(is_second) {
            true => Assurance::TwoFactors,
            false => Assurance::OneFactor,
        }
    }

    /// When it ends if it is not used, in milliseconds since 1970-01-01T00:00:00Z.
    pub fn idle_end_ms(&self) -> u64 {
        self.seen_ms.saturating_add(self.idle_ms).min(self.absolute_end_ms)
    }
}

/// Why a session opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SessionEnd {
    /// It was not used for too long.
    Idle,
    /// It lasted as long as a session may.
    Absolute,
    /// Somebody ended it, or the account has ended.
    Revoked,
    /// There is no such session; it ended long ago, or never was.
    Unknown,
}

/// What a session's secret opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionFound {
    /// A session that is valid, and its person.
    Live(Box<(SessionRow, PersonRow)>),
    /// Nothing, and why.
    Ended(SessionEnd),
}

fn session_group(person: &Person) -> Group {
    format!("{GROUP_PREFIX}{person}").parse().expect("a group")
}

fn session_cell(person: &Person, hash: &SecretHash) -> CellName {
    session_group(person).cell(&hash.hex()).expect("a cell")
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(SHOWN_CHARS_MAX).collect()
}

impl People<'_> {
    /// Begins a session of an active person, in place of the one that it replaces.
    ///
    /// # Errors
    /// [`PeopleError::WrongState`] when the account is not active.
    pub fn begin_session(&self, new: &NewSession) -> Result<SessionRow, PeopleError> {
        // What a crash left pending is done first.
        self.settled(&new.person, &new.stamp.apart("settle"))?;
        let account = self.record(&new.person)?.value;
        account.must_be(&[PersonState::Active])?;
        let now_ms = new.stamp.time_ms;
        let row = SessionRow {
            id: new.hash.id(),
            person: new.person.clone(),
            generation: account.sessions,
            stage: new.stage,
            factors: new.factors.clone(),
            created_ms: now_ms,
            seen_ms: now_ms,
            idle_ms: new.idle_ms,
            absolute_end_ms: now_ms.saturating_add(new.absolute_ms),
            agent: shown(&new.agent),
            client: shown(&new.client),
            roles_at: Some(self.repository.access_version()?),
        };
        let mut swaps =
            vec![put_record(session_cell(&new.person, &new.hash), Expected::Absent, &row)];
        let mut others = self.session_records(&new.person)?;
        others.sort_by_key(|record| record.value.seen_ms);
        let too_many = (others.len() + 1).saturating_sub(SESSIONS_OF_PERSON_MAX);
        let replaced = new.replaces.as_ref().map(|hash| session_cell(&new.person, hash));
        let is_gone = |(number, record): &(usize, Record<SessionRow>)| {
            *number < too_many || Some(&record.cell) == replaced.as_ref()
        };
        swaps.extend(
            others.into_iter().enumerate().filter(is_gone).map(|(_, record)| drop_record(&record)),
        );
        let words: Vec<_> = new.factors.iter().map(|factor| factor.word()).collect();
        let stage = match new.stage {
            SessionStage::Full => "full",
            SessionStage::SecondFactor => "second-factor",
        };
        let fields = [
            ("person", new.person.as_str()),
            ("session", row.id.as_str()),
            ("factors", &words.join(" ")),
            ("stage", stage),
        ];
        let audit = new.stamp.audit("session-begin", &fields);
        match self.repository.swap_records(new.stamp.operation, swaps, Some(audit))? {
            Some(_) => Ok(row),
            None => Err(PeopleError::Moved),
        }
    }

    /// What a secret opens. An ended session is removed.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn session(
        &self,
        person: &Person,
        hash: &SecretHash,
        stamp: &dyn Fn() -> Stamp,
    ) -> Result<SessionFound, StoreError> {
        let found: Option<Record<SessionRow>> =
            self.repository.stored_record(session_cell(person, hash))?;
        let Some(record) = found else { return Ok(SessionFound::Ended(SessionEnd::Unknown)) };
        let account = self.repository.stored_person(person.as_str())?;
        let stamp = stamp();
        let now_ms = stamp.time_ms;
        let row = &record.value;
        let is_void = account.as_ref().is_none_or(|account| {
            account.value.state != PersonState::Active || account.value.sessions != row.generation
        });
        let ended = if is_void {
            Some(SessionEnd::Revoked)
        } else if now_ms >= row.absolute_end_ms {
            Some(SessionEnd::Absolute)
        } else if now_ms >= row.seen_ms.saturating_add(row.idle_ms) {
            Some(SessionEnd::Idle)
        } else {
            None
        };
        if let Some(end) = ended {
            // If the store takes no writes, it does not find the session live either: the time only grows.
            let _ = self.drop_sessions(vec![drop_record(&record)], row, end, &stamp);
            return Ok(SessionFound::Ended(end));
        }
        let account = account.map(|account| account.value.row(account.version));
        let Some(account) = account else { return Ok(SessionFound::Ended(SessionEnd::Revoked)) };
        if now_ms.saturating_sub(row.seen_ms) >= SEEN_EVERY_MS {
            let seen = SessionRow { seen_ms: now_ms, ..row.clone() };
            let swap = put_record(record.cell.clone(), Expected::Version(record.version), &seen);
            // Whoever won a race noted the same minute; a store that takes no writes still answers reads.
            let _ = self.repository.swap_records(stamp.operation, vec![swap], None);
        }
        Ok(SessionFound::Live(Box::new((record.value, account))))
    }

    fn drop_sessions(
        &self,
        swaps: Vec<Swap>,
        row: &SessionRow,
        end: SessionEnd,
        stamp: &Stamp,
    ) -> Result<(), StoreError> {
        let fields =
            [("person", row.person.as_str()), ("session", row.id.as_str()), ("ended", end.word())];
        let audit = stamp.audit("session-end", &fields);
        self.repository.swap_records(stamp.operation, swaps, Some(audit))?;
        Ok(())
    }

    fn session_records(&self, person: &Person) -> Result<Vec<Record<SessionRow>>, StoreError> {
        let group = session_group(person);
        let rows = cells_of(&*self.repository.engine, group.as_str());
        let own = rows.filter(|row| row.as_ref().map_or(true, |(name, _)| *name.group() == group));
        own.map(|row| {
            row.map_err(StoreError::from).and_then(|(name, cell)| Record::of(name, &cell))
        })
        .collect()
    }

    /// The sessions of a person that are valid at a time, the one used last first.
    ///
    /// # Errors
    /// [`PeopleError`] when there is no such person, or the store can't be read.
    pub fn sessions(&self, person: &Person, now_ms: u64) -> Result<Vec<SessionRow>, PeopleError> {
        let account = self.record(person)?.value;
        let is_live = |row: &SessionRow| {
            account.state == PersonState::Active
                && row.generation == account.sessions
                && now_ms < row.idle_end_ms()
        };
        let rows = self.session_records(person)?.into_iter().map(|record| record.value);
        let mut rows: Vec<_> = rows.filter(is_live).collect();
        rows.sort_by(|a, b| (b.seen_ms, &b.id).cmp(&(a.seen_ms, &a.id)));
        Ok(rows)
    }

    /// Ends the sessions of a person that a rule picks, in one transaction; returns how many.
    ///
    /// # Errors
    /// [`PeopleError::Moved`] when others changed them at the same time.
    pub fn end_sessions(
        &self,
        person: &Person,
        is_ended: impl Fn(&SessionRow) -> bool,
        stamp: &Stamp,
    ) -> Result<usize, PeopleError> {
        let records = self.session_records(person)?;
        let ended: Vec<_> = records.iter().filter(|record| is_ended(&record.value)).collect();
        let Some(first) = ended.first() else { return Ok(0) };
        let swaps = ended.iter().map(|record| drop_record(record)).collect();
        let count = ended.len().to_string();
        let id = if ended.len() == 1 { first.value.id.as_str() } else { "" };
        let fields = [
            ("person", person.as_str()),
            ("session", id),
            ("count", &count),
            ("ended", SessionEnd::Revoked.word()),
        ];
        let audit = stamp.audit("session-end", &fields);
        match self.repository.swap_records(stamp.operation, swaps, Some(audit))? {
            Some(_) => Ok(ended.len()),
            // The minute of a session may have been noted meanwhile.
            None => Err(PeopleError::Moved),
        }
    }

    /// Forgets sessions that have ended; returns how many.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read or written.
    pub fn forget_sessions(&self, stamp: &Stamp) -> Result<usize, StoreError> {
        let mut ended = Vec::new();
        for row in cells_of(&*self.repository.engine, GROUP_PREFIX) {
            let (name, cell) = row?;
            let record = Record::<SessionRow>::of(name, &cell)?;
            let account = self.repository.stored_person(record.value.person.as_str())?;
            let is_live = account.is_some_and(|account| {
                account.value.state == PersonState::Active
                    && account.value.sessions == record.value.generation
            });
            if !is_live || stamp.time_ms >= record.value.idle_end_ms() {
                ended.push(record);
            }
            if ended.len() >= PAGE_ROWS_MAX {
                break;
            }
        }
        for (number, record) in (0..).zip(&ended) {
            self.repository.swap_records(stamp.step(number), vec![drop_record(record)], None)?;
        }
        Ok(ended.len())
    }

    /// Records that a sign-in was refused: how often since the last record, for whom if there is such a person, and from
    /// where, as a hash.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be written.
    pub fn record_refusal(
        &self,
        person: Option<&Person>,
        client: &str,
        count: u64,
        stamp: &Stamp,
    ) -> Result<(), StoreError> {
        let count = count.to_string();
        let person = person.map_or("", Person::as_str);
        let fields = [("person", person), ("client", client), ("count", count.as_str())];
        let audit = stamp.audit("sign-in-refused", &fields);
        self.repository.swap_records(stamp.operation, Vec::new(), Some(audit))?;
        Ok(())
    }
}

impl Factor {
    /// The factor as one word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Passkey => "passkey",
            Self::Totp => "totp",
            Self::RecoveryCode => "recovery-code",
            Self::Provider => "provider",
            Self::ProviderTwoFactors => "provider-two-factors",
            Self::Link => "link",
        }
    }
}

impl SessionEnd {
    /// The end as one word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Absolute => "absolute",
            Self::Revoked => "revoked",
            Self::Unknown => "unknown",
        }
    }
}
