//! Lists of channels, and of the snapshots of one channel, as authors see them.

use serde::Serialize;

use crate::{
    map,
    model::{
        id::{CommitId, PublicationId, SnapshotId},
        name::ChannelName,
        snapshot::PublicationVerb,
    },
    repo::{
        channel::{
            error::ChannelError,
            head::{Head, channel_head, channel_names},
            stored_report::StoredReport,
        },
        ground::{
            error::{StoreError, unless_damaged},
            repository::Repository,
        },
    },
};

/// A channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChannelRow {
    /// The channel's name.
    pub channel: ChannelName,
    /// The snapshot that it delivers.
    pub snapshot: SnapshotId,
    /// The snapshot's place in the channel's line.
    pub sequence: u64,
    /// When the channel came there, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// How many entries it delivers.
    pub entries_count: u64,
    /// How many entries are on hold.
    pub holds_count: u64,
    /// Why some of this is not known: what the damaged record says of its damage.
    pub damaged: Option<String>,
}

/// One snapshot of a channel, as authors see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SnapshotRow {
    /// Its place in the channel's line.
    pub sequence: u64,
    /// The snapshot.
    pub snapshot: SnapshotId,
    /// The publication that brought the channel there.
    pub publication: PublicationId,
    /// When the channel came there, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// Who moved it there.
    pub author: String,
    /// `publish`, `rollback`, `release`, `unpublish`, `retire`, `revert` or `remake`.
    pub verb: PublicationVerb,
    /// The message that they gave; may be empty.
    pub message: String,
    /// The commit that was to be published.
    pub commit: CommitId,
    /// How many entries the snapshot delivers.
    pub entries_count: u64,
    /// How many entries and translations the publication changed.
    pub changes_count: u64,
    /// How many it held back.
    pub held_back_count: u64,
    /// Why some of this is not known, or why the list ends here: what the damaged record says of its damage.
    pub damaged: Option<String>,
}

impl Repository {
    /// A channel's publications, newest first, below a sequence number if given: at most `rows_max`, plus those that
    /// share the last one's number (a release moves no snapshot), so that a caller who continues below it misses none.
    /// `channel/line` says what a page costs.
    ///
    /// # Errors
    /// [`ChannelError::Unknown`], or the store can't be read.
    pub fn snapshots(
        &self,
        channel: &ChannelName,
        before_sequence: Option<u64>,
        rows_max: usize,
    ) -> Result<Vec<SnapshotRow>, ChannelError> {
        let unknown = || ChannelError::Unknown { channel: channel.clone() };
        let head = channel_head(self, channel)?.ok_or_else(unknown)?;
        let mut next = match before_sequence {
            None => Some(head),
            Some(before) => match before.checked_sub(1) {
                Some(sequence) => self.channel_at(head, sequence)?,
                None => None,
            },
        };
        let mut rows = Vec::new();
        while let Some(head) = next {
            let last = rows.last().map(|row: &SnapshotRow| row.sequence);
            if rows.len() >= rows_max && last != Some(head.sequence) {
                break;
            }
            rows.push(self.snapshot_row(&head)?);
            next = self.before_listed(&head, &mut rows)?;
        }
        Ok(rows)
    }

    /// Like [`Repository::before`]; where that is damaged, the last row says so and the list ends with it.
    pub(in crate::repo) fn before_listed(
        &self,
        head: &Head,
        rows: &mut [SnapshotRow],
    ) -> Result<Option<Head>, StoreError> {
        match (self.before(head), rows.last_mut()) {
            (Err(error), Some(last)) if error.is_damage() => {
                last.damaged.get_or_insert(format!("what came before can't be read: {error}"));
                Ok(None)
            }
            (before, _) => before,
        }
    }

    pub(in crate::repo) fn snapshot_row(&self, head: &Head) -> Result<SnapshotRow, StoreError> {
        let publication = self.publication(head.publication)?;
        let mut damaged = None;
        let mut known = |error: StoreError| {
            if !error.is_damage() {
                return Err(error);
            }
            damaged = Some(error.to_string());
            Ok(())
        };
        let report = match self.report_of(&publication) {
            Ok(report) => report,
            Err(error) => known(error).map(|()| StoredReport::default())?,
        };
        let snapshot = match self.any_snapshot(head.snapshot) {
            Ok(snapshot) => snapshot,
            Err(error) => known(error).map(|()| None)?,
        };
        let entries_count = snapshot.map_or(0, |snapshot| snapshot.entries_count());
        Ok(SnapshotRow {
            sequence: head.sequence,
            snapshot: head.snapshot,
            publication: head.publication,
            time_ms: publication.time_ms,
            author: publication.author,
            verb: publication.verb,
            message: publication.message,
            commit: publication.commit,
            entries_count,
            changes_count: report.done.changes_count,
            held_back_count: report.done.held_back_count,
            damaged,
        })
    }

    /// The channels, ascending by name. Where a channel's record can't be read, its row has only what its head says.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn channels(&self) -> Result<Vec<ChannelRow>, StoreError> {
        let mut rows = Vec::new();
        for channel in channel_names(self)? {
            let Some(head) = channel_head(self, &channel)? else { continue };
            let snapshot = unless_damaged(self.any_snapshot(head.snapshot))?;
            let publication = self.publication(head.publication).and_then(|publication| {
                Ok((publication.time_ms, map::count(&*self.source, publication.holds)?))
            });
            let publication = unless_damaged(publication)?;
            let damaged = publication.as_ref().err().or_else(|| snapshot.as_ref().err()).cloned();
            let snapshot = snapshot.ok().flatten();
            // Zero stands for what is not known; `damaged` says why.
            let known_ms = snapshot.as_ref().map_or(0, |snapshot| snapshot.time_ms);
            let (time_ms, holds_count) = publication.unwrap_or((known_ms, 0));
            rows.push(ChannelRow {
                channel: head.channel,
                snapshot: head.snapshot,
                sequence: head.sequence,
                time_ms,
                entries_count: snapshot.map_or(0, |snapshot| snapshot.entries_count()),
                holds_count,
                damaged,
            });
        }
        Ok(rows)
    }
}
