//! Tokens: who may do what. A token is a secret text that stands for a person in a role; only its hash is kept, so a
//! reader of the store can't act as anybody.
//!
//! Invariants:
//! 1. The text of a token is in no cell, audit record or report.
//! 2. A token that is revoked or past its end is never found again.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    access::{Bounds, Grant, GrantId, Limits, Role},
    engine::{CellName, Expected, Group, OperationId},
    model::name::Person,
    repo::{
        access::change::{GrantError, NewGrant},
        ground::{error::StoreError, repository::Repository, stamp::Stamp},
        record::{Record, drop_record, label::TOKENS, put_record, secret::SecretHash},
    },
};

/// Longest label of a token, in bytes.
pub(super) const LABEL_SIZE_BYTES_MAX: usize = 200;
/// Most tokens of a repository; accounts with sessions of their own will replace them.
pub(super) const TOKENS_MAX: usize = 10_000;

const CELL: &str = "token";

/// A token to make.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// The hash of its text.
    pub hash: SecretHash,
    /// The person for whom it stands.
    pub person: Person,
    /// What they may do.
    pub role: Role,
    /// What it is for, in the maker's words; may be empty.
    pub label: String,
    /// When it ends, in milliseconds since 1970-01-01T00:00:00Z; `None` for never.
    pub expires_ms: Option<u64>,
    /// What it is narrowed to besides its role.
    pub bounds: Option<Bounds>,
    /// Whether the role is given to the person with the token, and taken with it. Without that the token is worth only
    /// what its person may do.
    pub brings_role: bool,
    /// Who makes it, and when.
    pub stamp: Stamp,
}

impl NewToken {
    /// What it may do at most: its role, within its bounds.
    fn narrowed(&self, terms: &KeyTerms) -> Bounds {
        let role = self.role.rights();
        let bounds = match &self.bounds {
            None => Bounds::of(role),
            Some(bounds) => Bounds { rights: bounds.rights.and(role), ..bounds.clone() },
        };
        let made_by = terms.made_in.map(|_| self.stamp.author.clone());
        Bounds { made_by, ..bounds }
    }
}

/// A token, without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRow {
    /// The token's id: the beginning of its hash.
    pub id: String,
    /// The person for whom it stands.
    pub person: String,
    /// What they may do.
    pub role: Role,
    /// What it is for, in the maker's words; may be empty.
    pub label: String,
    /// When it was made, in milliseconds since 1970-01-01T00:00:00Z.
    pub created_ms: u64,
    /// Who made it.
    pub created_by: String,
    /// When it ends, in milliseconds since 1970-01-01T00:00:00Z; `None` for never.
    pub expires_ms: Option<u64>,
    /// What it is narrowed to. A token from before there were bounds brings its role with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<Bounds>,
    /// The generation of its person's tokens: when the account ends, the generation moves on and the token is void.
    #[serde(default, skip_serializing_if = "is_first")]
    pub generation: u64,
    /// For a token that somebody with an account made for a program: the generation of the maker's own tokens. It is
    /// void when the maker's are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_in: Option<u64>,
    /// The day on which it was last used, as milliseconds since 1970-01-01T00:00:00Z.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_ms: Option<u64>,
    /// At most this many requests a minute; no limit of its own when `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests_per_min: Option<u32>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_first(generation: &u64) -> bool {
    *generation == 0
}

/// What else holds for a token of a person with an account.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::repo) struct KeyTerms {
    /// At most this many requests a minute; no limit of its own when `None`.
    pub(in crate::repo) requests_per_min: Option<u32>,
    /// The generation of its person's tokens.
    pub(in crate::repo) generation: u64,
    /// Where somebody with an account makes it for a program: the generation of their own tokens.
    pub(in crate::repo) made_in: Option<u64>,
}

impl TokenRow {
    /// What the token may do at most.
    pub fn bounds(&self) -> Arc<Bounds> {
        let role = || Bounds::of(self.role.rights());
        Arc::new(self.bounds.clone().unwrap_or_else(role))
    }

    /// The name of the grant that comes and goes with the token.
    fn grant(&self) -> GrantId {
        format!("token-{}", self.id)
    }

    /// The role that a token from before there were bounds brings with it.
    pub(in crate::repo) fn own_grant(&self) -> Option<Grant> {
        self.bounds.is_none().then(|| Grant {
            id: self.grant(),
            person: Person::recorded(&self.person),
            role: self.role,
            limits: Limits::default(),
            is_for_program: true,
            given_by: self.created_by.clone(),
            given_ms: self.created_ms,
        })
    }
}

/// Why a token was not made or revoked.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The label is too long.
    #[error("the label is longer than {LABEL_SIZE_BYTES_MAX} bytes")]
    LongLabel,
    /// The token would end before it begins.
    #[error("the token would end before it begins")]
    Ended,
    /// The repository has the most tokens that it may have.
    #[error("there are {TOKENS_MAX} tokens already: revoke some")]
    TooMany,
    /// No token has this id.
    #[error("there is no token {id:?}")]
    Unknown {
        /// The id that was asked for.
        id: String,
    },
    /// Somebody else changed the token meanwhile.
    #[error("token {id:?} was changed meanwhile")]
    Moved {
        /// The token's id.
        id: String,
    },
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn cell(hash: &SecretHash) -> CellName {
    let group: Group = format!("{TOKENS}{}", hash.hex()).parse().expect("a group");
    group.cell(CELL).expect("a cell")
}

impl Repository {
    /// Makes a token. When the same attempt is repeated with the same hash, the result is the same token.
    ///
    /// # Errors
    /// [`TokenError`]; no token was made.
    pub fn create_token(&self, new: &NewToken) -> Result<TokenRow, TokenError> {
        self.keep_token(new, KeyTerms::default())
    }

    /// Makes a token on terms.
    pub(in crate::repo) fn keep_token(
        &self,
        new: &NewToken,
        terms: KeyTerms,
    ) -> Result<TokenRow, TokenError> {
        if new.label.len() > LABEL_SIZE_BYTES_MAX {
            return Err(TokenError::LongLabel);
        }
        if new.expires_ms.is_some_and(|end| end <= new.stamp.time_ms) {
            return Err(TokenError::Ended);
        }
        if self.stored_records::<TokenRow>(TOKENS)?.len() >= TOKENS_MAX {
            return Err(TokenError::TooMany);
        }
        let row = TokenRow {
            id: new.hash.id(),
            person: new.person.to_string(),
            role: new.role,
            label: new.label.clone(),
            created_ms: new.stamp.time_ms,
            created_by: new.stamp.author.to_string(),
            expires_ms: new.expires_ms,
            bounds: Some(new.narrowed(&terms)),
            generation: terms.generation,
            made_in: terms.made_in,
            used_ms: None,
            requests_per_min: terms.requests_per_min,
        };
        if new.brings_role {
            self.bring_role(&row, &new.stamp)?;
        }
        let audit = new.stamp.audit(
            "token-create",
            &[("token", &row.id), ("person", &row.person), ("role", row.role.word())],
        );
        let swap = put_record(cell(&new.hash), Expected::Absent, &row);
        match self.swap_records(new.stamp.operation, vec![swap], Some(audit))? {
            Some(_) => Ok(row),
            None => Err(TokenError::Moved { id: row.id }),
        }
    }

    /// The token with this hash; `None` when there is no such token, or it has ended.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn token(&self, hash: &SecretHash, now_ms: u64) -> Result<Option<TokenRow>, StoreError> {
        Ok(self.stored_token(hash)?.filter(|row| row.expires_ms.is_none_or(|end| now_ms < end)))
    }

    /// The token with this hash, ended or not.
    pub(in crate::repo) fn stored_token(
        &self,
        hash: &SecretHash,
    ) -> Result<Option<TokenRow>, StoreError> {
        Ok(self.stored_record::<TokenRow>(cell(hash))?.map(|record| record.value))
    }

    /// Notes that a token was used on a day; a lost race is left to the winner, who noted the same.
    pub(in crate::repo) fn note_token_use(
        &self,
        hash: &SecretHash,
        day_ms: u64,
        operation: OperationId,
    ) -> Result<(), StoreError> {
        let Some(mut record) = self.stored_record::<TokenRow>(cell(hash))? else { return Ok(()) };
        record.value.used_ms = Some(day_ms);
        let swap = put_record(record.cell, Expected::Version(record.version), &record.value);
        self.swap_records(operation, vec![swap], None)?;
        Ok(())
    }

    /// Every token, ended ones included, by person and then by age.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn tokens(&self) -> Result<Vec<TokenRow>, StoreError> {
        let records = self.stored_records::<TokenRow>(TOKENS)?;
        let mut rows: Vec<_> = records.into_iter().map(|record| record.value).collect();
        rows.sort_by(|a, b| {
            (&a.person, a.created_ms, &a.id).cmp(&(&b.person, b.created_ms, &b.id))
        });
        Ok(rows)
    }

    /// Revokes a token: from now on it opens nothing, and only the audit record of it is kept.
    ///
    /// # Errors
    /// [`TokenError::Unknown`], or the store can't be read or written.
    pub fn revoke_token(&self, id: &str, stamp: &Stamp) -> Result<TokenRow, TokenError> {
        let records = self.stored_records::<TokenRow>(TOKENS)?;
        let found: Option<Record<TokenRow>> =
            records.into_iter().find(|record| record.value.id == id);
        let record =
            found.ok_or_else(|| TokenError::Unknown { id: id.chars().take(80).collect() })?;
        let audit = stamp.audit("token-revoke", &[("token", id), ("person", &record.value.person)]);
        match self.swap_records(stamp.operation, vec![drop_record(&record)], Some(audit))? {
            Some(_) => {
                self.take_brought_role(&record.value, stamp)?;
                Ok(record.value)
            }
            None => Err(TokenError::Moved { id: id.to_owned() }),
        }
    }

    /// Gives the role that comes with a token, before the token is there: a role without its token opens nothing.
    fn bring_role(&self, row: &TokenRow, stamp: &Stamp) -> Result<(), TokenError> {
        let new = NewGrant {
            id: row.grant(),
            person: Person::recorded(&row.person),
            role: row.role,
            limits: Limits::default(),
            is_for_program: true,
        };
        let first = Stamp { operation: stamp.step(1), ..stamp.clone() };
        match self.give_role(&new, &first) {
            Ok(_) | Err(GrantError::Given { .. }) => Ok(()),
            Err(GrantError::Store(error)) => Err(error.into()),
            Err(_) => Err(TokenError::Moved { id: row.id.clone() }),
        }
    }

    fn take_brought_role(&self, row: &TokenRow, stamp: &Stamp) -> Result<(), TokenError> {
        let last = Stamp { operation: stamp.step(2), ..stamp.clone() };
        match self.take_role(&row.grant(), &last) {
            Err(GrantError::Store(error)) => Err(error.into()),
            // It was taken before, or the person had the role by another grant.
            Ok(_) | Err(_) => {
                self.forget_rules();
                Ok(())
            }
        }
    }
}
