//! API tokens of people with accounts: a token opens nothing unless its person is active, and never more than its
//! person may do.

use crate::{
    engine::OperationId,
    model::name::Person,
    repo::{
        access::token::{KeyTerms, NewToken, TokenError, TokenRow},
        ground::error::StoreError,
        people::{People, error::PeopleError, state::PersonState},
        record::secret::SecretHash,
    },
};

/// The milliseconds of a day: when a token was last used is kept to the day.
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// Why a token of a person was not made.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The account is not there or not active.
    #[error(transparent)]
    People(#[from] PeopleError),
    /// The token is not allowed.
    #[error(transparent)]
    Token(#[from] TokenError),
}

impl People<'_> {
    /// The token with this hash; `None` when it opens nothing: there is no such token, it has ended, or the account of its
    /// person or of its maker has. Before there were accounts, a token was all that a person had.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn key(&self, hash: &SecretHash, now_ms: u64) -> Result<Option<TokenRow>, StoreError> {
        let Some(token) = self.repository.token(hash, now_ms)? else { return Ok(None) };
        let account = self.repository.stored_person(&token.person)?;
        let is_live = account.is_none_or(|account| {
            account.value.state == PersonState::Active && account.value.keys == token.generation
        });
        // Whoever made it has read it.
        let is_known = is_live && !self.repository.is_away(&token.created_by)?;
        Ok((is_known && self.is_of_now(&token)?).then_some(token))
    }

    /// Whether the maker's own tokens from that time would still be valid.
    fn is_of_now(&self, token: &TokenRow) -> Result<bool, StoreError> {
        let Some(made_in) = token.made_in else { return Ok(true) };
        let maker = self.repository.stored_person(&token.created_by)?;
        Ok(maker.is_some_and(|maker| maker.value.keys == made_in))
    }

    /// The token with this hash, even if it opens nothing any more; `None` when there is no such token, or it was revoked.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn known_key(&self, hash: &SecretHash) -> Result<Option<TokenRow>, StoreError> {
        self.repository.stored_token(hash)
    }

    /// Makes a token for a person. Somebody with an account must be active, and the token ends with the account.
    ///
    /// # Errors
    /// [`KeyError`]; no token was made.
    pub fn create_key(
        &self,
        new: &NewToken,
        requests_per_min: Option<u32>,
    ) -> Result<TokenRow, KeyError> {
        let account = self.repository.stored_person(new.person.as_str());
        let account = account.map_err(PeopleError::from)?;
        let generation = match &account {
            None => 0,
            Some(account) => {
                account.value.must_be(&[PersonState::Active])?;
                account.value.keys
            }
        };
        let maker = (new.stamp.author != new.person).then_some(new.stamp.author.as_str());
        let maker = maker.map(|maker| self.repository.stored_person(maker)).transpose();
        let made_in = maker.map_err(PeopleError::from)?.flatten().map(|maker| maker.value.keys);
        let terms = KeyTerms { requests_per_min, generation, made_in };
        Ok(self.repository.keep_token(new, terms)?)
    }

    /// Notes on which day a token was used; it is written once a day.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be written.
    pub fn note_use(
        &self,
        hash: &SecretHash,
        token: &TokenRow,
        now_ms: u64,
        operation: OperationId,
    ) -> Result<(), StoreError> {
        let day_ms = now_ms - now_ms % DAY_MS;
        if token.used_ms.is_some_and(|used_ms| used_ms >= day_ms) {
            return Ok(());
        }
        self.repository.note_token_use(hash, day_ms, operation)
    }

    /// The tokens of a person that open something or may again, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn keys_of(&self, person: &Person) -> Result<Vec<TokenRow>, StoreError> {
        let mut rows = self.repository.tokens()?;
        rows.retain(|row| *person == *row.person);
        rows.sort_by(|a, b| (b.created_ms, &b.id).cmp(&(a.created_ms, &a.id)));
        Ok(rows)
    }
}
