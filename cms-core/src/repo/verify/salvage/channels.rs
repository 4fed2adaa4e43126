//! Channels of a salvaged repository: each leads to its newest publication that can be walked.

use std::collections::BTreeMap;

use crate::repo::verify::salvage::{
    report::{EarlierValues, MovedHead, SalvageReport},
    steps::Steps,
};
use crate::{
    engine::{Expected, Swap, SwapValue, Transaction},
    map,
    model::{
        id::{NodeId, PublicationId, RevisionId},
        key::EntryKey,
        name::ChannelName,
        object::{Object, ObjectKind, Space},
        revision::{Revision, RevisionState},
        snapshot::{Publication, PublicationVerb},
    },
    repo::{
        CatalogueRow, RowState,
        channel::head::{
            Head, channel_cell, channel_head, channel_names, channel_swap, decoded_channel,
        },
        content::{
            lost::{LOST_DOCUMENT, lost_document},
            objects::objects_of_kind,
        },
        delivered::{row::Row, rubric::rubrics_named},
        ground::{error::StoreError, repository::Repository, stamp::Stamp},
    },
};

impl Repository {
    pub(super) fn settle_channels(
        &self,
        earlier: &EarlierValues<'_>,
        steps: &mut Steps<'_>,
        report: &mut SalvageReport,
    ) -> Result<(), StoreError> {
        let all = self.all_heads()?;
        self.find_channels(&all, earlier, steps, report)?;
        for channel in channel_names(self)? {
            let Some(head) = channel_head(self, &channel)? else { continue };
            let cell = channel_cell(&channel)
                .map_err(|_| StoreError::Row { what: format!("the name of channel {channel}") })?;
            // A publication is written together with the move of its channel, so the newest one that follows is where
            // the channel was.
            let newest = self.newest_after(&head, &all);
            let behind = std::iter::successors(Some(newest), |head| self.before(head).ok()?);
            let known = earlier(&cell);
            let known = known.iter().filter_map(|cell| decoded_channel(&channel, cell).ok());
            let found = behind.chain(known).find(|head| self.can_be_walked(head));
            let told = |head: &Head| format!("{}@{}", head.channel, head.sequence);
            if found.as_ref().is_none_or(|found| found.publication != head.publication) {
                report.heads.push(MovedHead {
                    what: format!("channel {channel}"),
                    from: told(&head),
                    to: found.as_ref().map(told),
                });
            }
            let Some(found) = found else {
                let expected = Expected::Version(head.version);
                let swap = Swap { cell, expected, value: SwapValue::Delete };
                self.swap_records(steps.next().operation, vec![swap], None)?;
                continue;
            };
            let mended = self.mend_effective(&channel, &found, steps, report)?;
            if self.lacks_documents(&found)? {
                report.remake.push(channel.to_string());
            }
            let (objects, publication) = mended.unwrap_or((Vec::new(), found.publication));
            if publication == head.publication {
                continue;
            }
            let stamp = steps.next();
            let to = Head { publication, ..found };
            let transaction = Transaction {
                operation: stamp.operation,
                objects,
                swaps: vec![channel_swap(&to, Expected::Version(head.version))?],
                audit: Some(stamp.audit("salvage", &[("channel", channel.as_str())])),
            };
            self.engine.commit(vec![transaction])?;
        }
        self.forget_lines();
        Ok(())
    }

    /// Gives channels to which nothing leads any more their newest publication that can be walked.
    fn find_channels(
        &self,
        all: &[(Head, Option<PublicationId>)],
        earlier: &EarlierValues<'_>,
        steps: &mut Steps<'_>,
        report: &mut SalvageReport,
    ) -> Result<(), StoreError> {
        let known = channel_names(self)?;
        let mut lost: BTreeMap<ChannelName, Vec<Head>> = BTreeMap::new();
        for (head, _) in all.iter().filter(|(head, _)| !known.contains(&head.channel)) {
            lost.entry(head.channel.clone()).or_default().push(head.clone());
        }
        for (channel, mut heads) in lost {
            let cell = channel_cell(&channel)
                .map_err(|_| StoreError::Row { what: format!("the name of channel {channel}") })?;
            let was = earlier(&cell);
            heads.sort_by_key(|head| head.sequence);
            let told = was.iter().filter_map(|cell| decoded_channel(&channel, cell).ok());
            let found = told.chain(heads.into_iter().rev()).find(|head| self.can_be_walked(head));
            if let Some(found) = &found {
                let swap = channel_swap(found, Expected::Absent)?;
                self.swap_records(steps.next().operation, vec![swap], None)?;
            }
            report.heads.push(MovedHead {
                what: format!("channel {channel}"),
                from: "a version that is lost".to_owned(),
                to: found.map(|found| format!("{}@{}", found.channel, found.sequence)),
            });
        }
        Ok(())
    }

    /// Every publication that exists, with its snapshot, and the publication before it.
    fn all_heads(&self) -> Result<Vec<(Head, Option<PublicationId>)>, StoreError> {
        let mut heads = Vec::new();
        for object in objects_of_kind(&*self.engine, &Space::Source, ObjectKind::Publication) {
            let object = object?;
            let Ok(publication) = Publication::decode(object.bytes()) else { continue };
            let id = PublicationId::from_object_id(object.id());
            let Ok(Some(snapshot)) = self.any_snapshot(publication.snapshot) else { continue };
            let head = Head {
                channel: snapshot.channel,
                publication: id,
                snapshot: publication.snapshot,
                sequence: snapshot.sequence,
                version: 0,
            };
            heads.push((head, publication.parent));
        }
        Ok(heads)
    }

    /// The last publication of the line that continues from a channel's.
    fn newest_after(&self, head: &Head, all: &[(Head, Option<PublicationId>)]) -> Head {
        let mut newest = head.clone();
        while let Some((next, _)) = all.iter().find(|(next, parent)| {
            *parent == Some(newest.publication) && next.channel == newest.channel
        }) {
            newest = next.clone();
        }
        newest
    }

    /// A publication of the same snapshot with a readable record of what is live, if the channel's own can't be read;
    /// and those of its objects that are not stored yet.
    ///
    /// An entry has the newest version that can be read there. If no version can be read, it has an empty document, so
    /// that learners keep what they have until a publish takes the entry off or brings another version.
    fn mend_effective(
        &self,
        channel: &ChannelName,
        head: &Head,
        steps: &mut Steps<'_>,
        report: &mut SalvageReport,
    ) -> Result<Option<(Vec<(Space, Object)>, PublicationId)>, StoreError> {
        let publication = self.publication(head.publication)?;
        let remains = self.remains(publication.effective);
        let has_links = walk_all(&self.source, publication.backlinks).is_ok();
        if remains.is_whole() && has_links {
            return Ok(None);
        }
        let line = std::iter::successors(
            publication.parent.and_then(|parent| self.publication(parent).ok()),
            |publication| self.publication(publication.parent?).ok(),
        );
        let line: Vec<NodeId> = line.map(|publication| publication.effective).collect();
        let lost = self.lost_entries(&format!("channel {channel}"), &remains, &line, steps)?;
        let mut rows = remains.whole;
        let stamp = steps.next();
        let mut objects = Vec::new();
        for (entry, row) in lost {
            let key = entry.key.clone();
            report.entries.push(entry);
            let Some(key) = key else { continue };
            let row = match row {
                Some(row) => row,
                None => without_version(&key, &stamp, &mut objects).encode(),
            };
            rows.insert(key.encode(), row);
        }
        let roots = self.write_rows(rows, objects.clone())?;
        let mended = Publication {
            parent: Some(head.publication),
            verb: PublicationVerb::Release,
            effective: roots.catalogue,
            // Whole back-links say what an entry carries even if nothing else of the entry is left.
            backlinks: if has_links { publication.backlinks } else { roots.backlinks },
            // The time stays that of the publication, because that is when learners got it.
            author: stamp.author.to_string(),
            message: stamp.message.clone(),
            ..publication
        };
        let object = Object::new(ObjectKind::Publication, mended.encode());
        let id = PublicationId::from_object_id(object.id());
        Ok(Some((vec![(Space::Source, object)], id)))
    }

    /// Whether a publication and its snapshot can be read, without what is made again from its entries.
    fn can_be_walked(&self, head: &Head) -> bool {
        let walk = || {
            let this = self.channel(&head.channel)?.repository;
            let publication = self.publication(head.publication)?;
            self.document(publication.report)?;
            for root in [publication.holds].into_iter().chain(publication.nowhere) {
                walk_all(&self.source, root)?;
            }
            let missing = || StoreError::Missing {
                id: head.snapshot.object_id(),
                kind: ObjectKind::Snapshot,
                space: this.delivered.clone(),
            };
            let snapshot = this.snapshot(head.snapshot)?.ok_or_else(missing)?;
            walk_all(&this.public, snapshot.delivered)?;
            walk_all(&this.public, snapshot.routes)
        };
        walk().is_ok()
    }

    /// Whether a document that learners should get is gone.
    fn lacks_documents(&self, head: &Head) -> Result<bool, StoreError> {
        let this = self.channel(&head.channel)?.repository;
        let Some(snapshot) = this.snapshot(head.snapshot)? else { return Ok(true) };
        for entry in map::entries(&*this.public, snapshot.delivered, b"")? {
            let object = Row::decode(&entry?.1)?.object.object_id();
            let Ok(bytes) = this.object(&this.delivered, object, ObjectKind::Document) else {
                return Ok(true);
            };
            if rubrics_named(&bytes).into_iter().any(|id| this.rubric(id).is_err()) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// An empty document in place of one that is gone, and its revision.
fn without_version(
    key: &EntryKey,
    stamp: &Stamp,
    objects: &mut Vec<(Space, Object)>,
) -> CatalogueRow {
    let document = Object::new(ObjectKind::Document, LOST_DOCUMENT.to_vec());
    let id = lost_document();
    let revision = Revision {
        key: key.clone(),
        state: RevisionState::Resolved(id),
        parents: Vec::new(),
        derived_from: None,
        schema: None,
        author: stamp.author.to_string(),
        time_ms: stamp.time_ms,
        meaning_unchanged: false,
        note: stamp.message.clone(),
    };
    let object = Object::new(ObjectKind::Revision, revision.encode());
    let revision = RevisionId::from_object_id(object.id());
    objects.extend([document, object].map(|object| (Space::Source, object)));
    CatalogueRow { state: RowState::Resolved(id), revision }
}

fn walk_all(nodes: &map::NodeStore, root: NodeId) -> Result<(), StoreError> {
    for entry in map::entries(nodes, root, b"")? {
        entry?;
    }
    Ok(())
}
