//! Where an entry is live: on which channels, and in which version.

use serde::Serialize;

use crate::{
    model::{
        id::{DocumentId, RevisionId, SnapshotId},
        key::EntryKey,
        name::ChannelName,
    },
    repo::{
        channel::head::channel_head,
        content::{catalogue, state::State},
        delivered::{route::route_of, row::served},
        ground::{error::StoreError, repository::Repository},
    },
};

/// A channel that delivers an entry, or that delivered it and left a tombstone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LiveRow {
    /// The channel.
    pub channel: ChannelName,
    /// The snapshot that the channel delivers.
    pub snapshot: SnapshotId,
    /// The snapshot's place in the channel's line.
    pub sequence: u64,
    /// The revision from which the channel delivers the entry.
    pub revision: Option<RevisionId>,
    /// The document of that revision.
    pub document: Option<DocumentId>,
    /// What learners get: the delivered document, or the tombstone.
    pub object: DocumentId,
    /// Whether that object is a tombstone.
    pub retired: bool,
    /// The route under which learners find it.
    pub route: Option<String>,
}

impl Repository {
    /// The channels that deliver an entry or a translation, ascending by name.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn live(&self, key: &EntryKey) -> Result<Vec<LiveRow>, StoreError> {
        let mut rows = Vec::new();
        for channel in self.channels()? {
            let Some(head) = channel_head(self, &channel.channel)? else { continue };
            let Some(snapshot) = self.any_snapshot(head.snapshot)? else { continue };
            let learners = self.channel(&channel.channel)?.repository;
            let nodes = &*learners.public;
            let Some(delivered) = served(nodes, &snapshot, key, key.locale())? else {
                continue;
            };
            let (id, sequence) = (head.snapshot, head.sequence);
            let roots = self.roots(&head.into_state())?;
            let row = catalogue::row(&*self.source, roots.catalogue, key)?;
            rows.push(LiveRow {
                channel: channel.channel,
                snapshot: id,
                sequence,
                revision: row.map(|row| row.revision),
                document: row.and_then(|row| row.document()),
                object: delivered.object,
                retired: delivered.retired,
                route: route_of(nodes, snapshot.routes, key)?,
            });
        }
        Ok(rows)
    }

    /// The channels and branches as states, each with its name: everything that a person may look at.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn states(&self) -> Result<Vec<(String, State)>, StoreError> {
        let mut states: Vec<_> = self
            .content_branches()?
            .into_iter()
            .map(|(branch, commit)| (branch.to_string(), State::Commit(commit)))
            .collect();
        for channel in self.channels()? {
            if let Some(head) = channel_head(self, &channel.channel)? {
                states.push((channel.channel.to_string(), head.into_state()));
            }
        }
        Ok(states)
    }
}
