//! Where approvals are required, anywhere in the catalogue, learners get only what was accepted: every verb that takes a
//! state to a channel asks here. A channel that is declared to be for testing has no learners, and neither has a preview.

use crate::repo::publish::PublishError;
use crate::{
    model::{id::CommitId, name::Branch},
    repo::{
        branch::branch_head,
        channel::Channel,
        content::state::State,
        ground::{error::StoreError, repository::Repository},
    },
};

impl Channel {
    /// Refuses a state that nobody approved, where approvals are required.
    ///
    /// # Errors
    /// [`PublishError::NotAccepted`], or the store can't be read.
    pub(in crate::repo) fn must_be_accepted(
        &self,
        target: &str,
        state: &State,
    ) -> Result<(), PublishError> {
        let (repository, channel) = (&self.repository, &self.name);
        let (policies, _) = repository.policies()?;
        if !policies.asks_for_approvals() || self.policy().testing {
            return Ok(());
        }
        let is_accepted = match state {
            State::Commit(commit) => repository.is_accepted(*commit)?,
            // What learners had on a channel was accepted when it was published there.
            State::Snapshot { channel: other, .. } => {
                other == channel || !repository.channel_policy(other)?.testing
            }
        };
        if is_accepted {
            return Ok(());
        }
        Err(PublishError::NotAccepted { target: target.to_owned(), channel: channel.clone() })
    }
}

impl Repository {
    /// Whether `main` ever pointed at this commit. The commits of a merged draft do not count: its review showed only
    /// the last of them.
    fn is_accepted(&self, commit: CommitId) -> Result<bool, StoreError> {
        let generation = match self.commit_of(commit) {
            Ok(known) => known.generation,
            Err(StoreError::Missing { .. }) => return Ok(false),
            Err(error) => return Err(error),
        };
        let mut next = branch_head(self, &Branch::Main)?.map(|head| head.commit);
        while let Some(at) = next {
            if at == commit {
                return Ok(true);
            }
            let known = self.commit_of(at)?;
            if known.generation <= generation {
                return Ok(false);
            }
            next = known.parents.first().copied();
        }
        Ok(false)
    }
}
