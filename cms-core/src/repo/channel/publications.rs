//! Publications: a channel's moves, newest first, and the record of one.

use serde::Serialize;

use crate::{
    model::{
        id::{CommitId, PublicationId, SnapshotId},
        name::ChannelName,
        snapshot::PublicationVerb,
    },
    repo::{
        channel::{
            error::ChannelError,
            head::{Head, channel_head},
            snapshots::SnapshotRow,
            stored_report::StoredReport,
        },
        ground::{error::StoreError, repository::Repository},
    },
};

/// The record of one move of a channel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShownPublication {
    /// The publication's id.
    pub publication: PublicationId,
    /// The publication before it.
    pub parent: Option<PublicationId>,
    /// The snapshot that it moved the channel to.
    pub snapshot: SnapshotId,
    /// The commit that was to be published.
    pub commit: CommitId,
    /// The verb that moved the channel.
    pub verb: PublicationVerb,
    /// Who moved it.
    pub author: String,
    /// When they moved it, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// The message that they gave; may be empty.
    pub message: String,
    /// What was asked for, done and held back.
    pub report: StoredReport,
}

impl Repository {
    /// A channel's publications, newest first, after the given one if any; the cost follows the page.
    ///
    /// # Errors
    /// [`ChannelError::Unknown`], or the store can't be read.
    pub fn publications(
        &self,
        channel: &ChannelName,
        after: Option<PublicationId>,
        rows_max: usize,
    ) -> Result<Vec<SnapshotRow>, ChannelError> {
        let unknown = || ChannelError::Unknown { channel: channel.clone() };
        let head = channel_head(self, channel)?.ok_or_else(unknown)?;
        let mut next = match after {
            None => Some(head),
            Some(publication) => match self.snapshot_of(publication)? {
                Some((snapshot, found)) if found.channel == *channel => {
                    let sequence = found.sequence;
                    self.before(&Head { publication, snapshot, sequence, ..head })?
                }
                _ => None,
            },
        };
        let mut rows = Vec::new();
        while let Some(head) = next.filter(|_| rows.len() < rows_max) {
            rows.push(self.snapshot_row(&head)?);
            next = self.before_listed(&head, &mut rows)?;
        }
        Ok(rows)
    }

    /// The snapshot of a publication; `None` when there is no such publication.
    fn snapshot_of(
        &self,
        id: PublicationId,
    ) -> Result<Option<(SnapshotId, crate::model::snapshot::Snapshot)>, StoreError> {
        match self.publication(id) {
            Ok(publication) => {
                let snapshot = self.any_snapshot(publication.snapshot)?;
                Ok(snapshot.map(|snapshot| (publication.snapshot, snapshot)))
            }
            Err(StoreError::Missing { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The record of one move of a channel; `None` when there is no such publication.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn publication_shown(
        &self,
        id: PublicationId,
    ) -> Result<Option<ShownPublication>, StoreError> {
        let publication = match self.publication(id) {
            Ok(publication) => publication,
            Err(StoreError::Missing { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let report = self.report_of(&publication)?;
        Ok(Some(ShownPublication {
            publication: id,
            parent: publication.parent,
            snapshot: publication.snapshot,
            commit: publication.commit,
            verb: publication.verb,
            author: publication.author,
            time_ms: publication.time_ms,
            message: publication.message,
            report,
        }))
    }
}
