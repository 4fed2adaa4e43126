//! A state of the content (a commit, or what a channel delivered) and its maps.

use serde::Serialize;

use crate::{
    model::{
        id::{CommitId, NodeId, PublicationId, SnapshotId},
        name::ChannelName,
    },
    repo::ground::{error::StoreError, repository::Repository},
};

/// One state of the content: a commit, or what a channel delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A commit.
    Commit(CommitId),
    /// A snapshot of a channel.
    Snapshot {
        /// The channel.
        channel: ChannelName,
        /// Its place in the channel's line.
        sequence: u64,
        /// The snapshot.
        snapshot: SnapshotId,
        /// The publication that brought the channel there.
        publication: PublicationId,
    },
}

/// The maps of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::repo) struct Roots {
    pub(in crate::repo) catalogue: NodeId,
    pub(in crate::repo) backlinks: NodeId,
}

impl Repository {
    /// The commit that a state is, or was published from.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn commit_behind(&self, state: &State) -> Result<CommitId, StoreError> {
        match state {
            State::Commit(commit) => Ok(*commit),
            State::Snapshot { publication, .. } => Ok(self.publication(*publication)?.commit),
        }
    }

    pub(in crate::repo) fn roots(&self, state: &State) -> Result<Roots, StoreError> {
        match state {
            State::Commit(id) => {
                let commit = self.commit_of(*id)?;
                Ok(Roots { catalogue: commit.catalogue, backlinks: commit.backlinks })
            }
            State::Snapshot { publication, .. } => {
                let publication = self.publication(*publication)?;
                Ok(Roots { catalogue: publication.effective, backlinks: publication.backlinks })
            }
        }
    }
}
