//! Sentences: what is wrong around an entry is told in words that may name others.

use crate::{
    model::key::EntryKey,
    repo::{
        access::sight::Sight,
        commit::refusal::Refusal,
        content::{findings::FindingRow, state::State},
        draft::{DraftError, DraftId, save::Saved},
        ground::error::StoreError,
        publish::HeldBack,
    },
    schema::{Violation, content_engine::Finding},
};

/// What stands in a sentence for an entry that is not seen.
const UNSEEN: &str = "an entry that you do not see";

/// A sentence in which no entry is named that is not seen.
///
/// # Errors
/// That of the one who says what is hidden.
pub fn blurred<E>(
    text: &str,
    is_hidden: &mut (impl FnMut(&EntryKey) -> Result<bool, E> + ?Sized),
) -> Result<String, E> {
    let is_of_key = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '@');
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_of_key) {
        told.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(|c| !is_of_key(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        match word.parse::<EntryKey>() {
            Ok(key) if is_hidden(&key)? => told.push_str(UNSEEN),
            _ => told.push_str(word),
        }
        rest = after;
    }
    told.push_str(rest);
    Ok(told)
}

impl Sight<'_> {
    /// What they see of the answer to a save of theirs in a draft.
    ///
    /// # Errors
    /// [`DraftError`] when the store can't be read.
    pub fn saved(&self, draft: &DraftId, saved: Saved) -> Result<Saved, DraftError> {
        if self.is_whole() {
            return Ok(saved);
        }
        let state = State::Commit(self.draft(draft)?.head);
        let findings = saved.findings.into_iter().map(|finding| {
            let message = self.words(&state, &finding.finding.message)?;
            Ok(FindingRow { finding: Finding { message, ..finding.finding }, ..finding })
        });
        Ok(Saved {
            violations: self.violations(&state, saved.violations)?,
            findings: findings.collect::<Result<_, StoreError>>()?,
            clashes: self.conflicts(&state, saved.clashes)?,
            ..saved
        })
    }

    /// The refusals of entries that they see.
    pub(super) fn refusals(
        &self,
        state: &State,
        refusals: Vec<Refusal>,
    ) -> Result<Vec<Refusal>, StoreError> {
        let seen = self.seen(state, refusals, |refusal| &refusal.key)?;
        let told = seen.into_iter().map(|refusal| {
            let violations = self.violations(state, refusal.violations)?;
            Ok(Refusal { violations, ..refusal })
        });
        told.collect()
    }

    /// What was held back of the entries that they see.
    pub(super) fn held_back(
        &self,
        state: &State,
        held_back: Vec<HeldBack>,
    ) -> Result<Vec<HeldBack>, StoreError> {
        let seen = self.seen(state, held_back, |row| &row.key)?;
        let told = seen.into_iter().map(|row| {
            let reasons = self.violations(state, row.reasons)?;
            Ok(HeldBack { reasons, ..row })
        });
        told.collect()
    }

    fn violations(
        &self,
        state: &State,
        violations: Vec<Violation>,
    ) -> Result<Vec<Violation>, StoreError> {
        let told = violations.into_iter().map(|violation| {
            let message = self.words(state, &violation.message)?;
            Ok(Violation { message, ..violation })
        });
        told.collect()
    }

    /// A sentence about a state, without the entries that they do not see.
    pub(super) fn words(&self, state: &State, text: &str) -> Result<String, StoreError> {
        if self.is_whole() {
            return Ok(text.to_owned());
        }
        blurred(text, &mut |key| Ok(!self.sees(state, key)?))
    }
}
