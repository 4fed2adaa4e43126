//! Releasing holds: later publishes may bring the entries live again.

use std::collections::BTreeSet;

use super::PublishError;
use crate::{
    engine::{Expected, Outcome, Transaction},
    map::{self, Staging},
    model::{
        id::{DocumentId, PublicationId},
        key::EntryKey,
        object::{Object, ObjectKind, Space},
        snapshot::PublicationVerb,
    },
    repo::{
        channel::{
            Channel,
            error::ChannelError,
            head::{Head, channel_head, channel_swap},
            stored_report::{StoredAsked, StoredDone, StoredReport},
        },
        ground::{error::StoreError, stamp::Stamp},
    },
};

/// Which holds to release.
#[derive(Debug, Clone)]
pub struct ReleaseRequest {
    /// The publication at which the channel must still be; `None` for wherever it is.
    pub seen: Option<PublicationId>,
    /// The entries whose holds to release; empty for all that are on hold.
    pub keys: Vec<EntryKey>,
    /// Who releases them, when and why.
    pub stamp: Stamp,
}

impl Channel {
    /// Releases holds: later publishes may bring the entries live again. Nothing delivered changes.
    ///
    /// # Errors
    /// [`PublishError`]; nothing is released.
    pub fn release(&self, request: &ReleaseRequest) -> Result<Vec<EntryKey>, PublishError> {
        let (name, repository) = (&self.name, &self.repository);
        let unknown = || ChannelError::Unknown { channel: name.clone() };
        let head = channel_head(repository, name)?.ok_or_else(unknown)?;
        if request.seen.is_some_and(|seen| seen != head.publication) {
            return Err(self.moved_error()?.into());
        }
        let mut publication = repository.publication(head.publication)?;
        let held: BTreeSet<EntryKey> =
            repository.holds(name, None, usize::MAX)?.into_iter().map(|row| row.key).collect();
        for key in &request.keys {
            if !held.contains(key) {
                let target = format!("the holds of {name}");
                return Err(PublishError::UnknownEntry { key: key.clone(), target });
            }
        }
        let released: BTreeSet<EntryKey> =
            if request.keys.is_empty() { held } else { request.keys.iter().cloned().collect() };
        let released: Vec<EntryKey> = released.into_iter().collect();
        if released.is_empty() {
            return Ok(released);
        }
        self.require_changes_of(&request.stamp, released.iter())?;
        let mut staged = Staging::over(&*repository.source);
        let mut edits: Vec<_> = released.iter().map(|key| (key.encode(), None)).collect();
        edits.sort();
        let stamp = &request.stamp;
        let asked = StoredAsked {
            verb: PublicationVerb::Release.word().to_owned(),
            channel: name.to_string(),
            ..StoredAsked::default()
        };
        let report = StoredReport {
            released: Some(released.clone()),
            ..StoredReport::new(asked, StoredDone::default())
        };
        let report = report.object();
        publication.holds =
            map::edit(&mut staged, repository.header.salt(), publication.holds, edits)?;
        publication.parent = Some(head.publication);
        publication.verb = PublicationVerb::Release;
        publication.report = DocumentId::from_object_id(report.id());
        publication.author = stamp.author.to_string();
        publication.time_ms = stamp.time_ms;
        publication.message = stamp.message.clone();
        let object = Object::new(ObjectKind::Publication, publication.encode());
        let version = head.version;
        let publication_id = PublicationId::from_object_id(object.id());
        let before = head.publication.to_string();
        let new_head = Head { publication: publication_id, ..head };
        let nodes = staged.into_reachable([publication.holds]);
        let mut objects: Vec<_> = nodes.into_iter().map(|node| node.object).collect();
        objects.extend([report, object]);
        let after = publication_id.to_string();
        let fields = [
            ("channel", name.as_str()),
            ("publication", &*after),
            ("before", &*before),
            ("after", &*after),
        ];
        let transaction = Transaction {
            operation: stamp.operation,
            objects: objects.into_iter().map(|object| (Space::Source, object)).collect(),
            swaps: vec![channel_swap(&new_head, Expected::Version(version))?],
            audit: Some(stamp.audit("release", &fields)),
        };
        match repository.engine.commit(vec![transaction]).map_err(StoreError::from)?.first() {
            Some(Outcome::Applied(_)) => Ok(released),
            _ => Err(self.moved_error()?.into()),
        }
    }
}
