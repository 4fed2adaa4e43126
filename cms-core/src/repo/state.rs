//! Names for states of the content, as people type them.
//!
//! Every text that names a state is resolved here, and every commit id that comes from outside is looked up by
//! [`Repository::content_commit`], because the store's own lines are not states of the content.

pub(in crate::repo) mod gaps;
mod ids;
pub(in crate::repo) mod list;
pub(in crate::repo) mod old_keys;
pub(in crate::repo) mod texts;

use super::{branch::content_head, content::own};
use crate::{
    model::{commit::Commit, id::CommitId, key::is_name},
    repo::{
        channel::head::channel_head,
        content::state::State,
        ground::{error::StoreError, repository::Repository},
    },
};

/// Why a text does not name a state.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// Nothing has this name.
    #[error(
        "{text:?} names no state: a branch (`main`, `main~2`), a commit id, a channel (`production`, `production@7`) or a snapshot id is expected"
    )]
    Unknown {
        /// The text that was given.
        text: String,
    },
    /// The text is the beginning of several ids.
    #[error("{text:?} is the beginning of several ids: write more of it")]
    Ambiguous {
        /// The text that was given.
        text: String,
    },
    /// The branch or channel has no state that far back.
    #[error("{text:?} reaches back further than the history")]
    TooFar {
        /// The text that was given.
        text: String,
    },
    /// The channel has no such version yet.
    #[error("{text:?} is not there yet: the newest version is {newest}")]
    Ahead {
        /// The text.
        text: String,
        /// The newest version of the channel.
        newest: u64,
    },
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Repository {
    /// The state that a text names: `main`, `main~3`, a commit id or its beginning, `production`, `production@7`, a
    /// snapshot id or its beginning.
    ///
    /// # Errors
    /// [`ResolveError`] when it names no state or several.
    pub fn resolve(&self, text: &str) -> Result<State, ResolveError> {
        let too_far = || ResolveError::TooFar { text: text.to_owned() };
        if let Some((name, back)) = text.split_once('~')
            && let (true, Ok(branch), Ok(back)) = (is_name(name), name.parse(), back.parse::<u64>())
        {
            let head = content_head(self, &branch)?.ok_or_else(|| unknown(text))?;
            let mut commit = head.commit;
            for _ in 0..back {
                commit = *self.commit_of(commit)?.parents.first().ok_or_else(too_far)?;
            }
            return Ok(State::Commit(commit));
        }
        if let Some((name, sequence)) = text.split_once('@')
            && let (Ok(channel), Ok(sequence)) = (name.parse(), sequence.parse::<u64>())
        {
            let head = channel_head(self, &channel)?.ok_or_else(|| unknown(text))?;
            if sequence > head.sequence {
                return Err(ResolveError::Ahead { text: text.to_owned(), newest: head.sequence });
            }
            let at = self.channel_at(head, sequence)?;
            let at = at.filter(|at| at.sequence == sequence).ok_or_else(too_far)?;
            return Ok(at.into_state());
        }
        if let Ok(branch) = text.parse()
            && let Some(head) = content_head(self, &branch)?
        {
            return Ok(State::Commit(head.commit));
        }
        if let Ok(channel) = text.parse()
            && let Some(head) = channel_head(self, &channel)?
        {
            return Ok(head.into_state());
        }
        self.resolve_id(text)
    }

    /// A commit of the content; `None` when no commit has this id, or when it is in one of the store's own lines.
    pub(super) fn content_commit(&self, id: CommitId) -> Result<Option<Commit>, StoreError> {
        let commit = match self.commit_of(id) {
            Ok(commit) => commit,
            Err(StoreError::Missing { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok((!own::is_commit(self, &commit)?).then_some(commit))
    }
}

fn unknown(text: &str) -> ResolveError {
    ResolveError::Unknown { text: text.to_owned() }
}
