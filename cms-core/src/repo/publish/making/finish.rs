//! The last step of a publish: it writes the maps, the snapshot and the publication, and moves the channel.

use crate::{
    engine::{Expected, Outcome, Transaction},
    map::{self, Edit, Staging},
    model::{
        id::{DocumentId, NodeId, PublicationId, SnapshotId},
        object::{Object, ObjectKind, Space},
        snapshot::{Publication, Snapshot},
    },
    repo::{
        channel::{
            Channel,
            head::{Head, channel_swap},
            policy::fix_policy,
            stored_report::StoredReport,
        },
        content::{objects::ObjectSink, state::Roots},
        ground::{error::StoreError, stamp::Stamp},
        publish::{
            course::{Base, Course},
            error::PublishError,
            making::{routes::RouteEdits, row_changes::Made},
            published::Published,
            report::PublishReport,
        },
    },
};

/// The authors' maps that a publish produces.
pub(in crate::repo::publish) struct NewRoots {
    pub(in crate::repo::publish) effective: Roots,
    pub(in crate::repo::publish) holds: NodeId,
    pub(in crate::repo::publish) unplaced: NodeId,
}

/// Everything that the last step of a publish needs.
pub(in crate::repo::publish) struct Finish<'a> {
    pub(in crate::repo::publish) report: PublishReport,
    pub(in crate::repo::publish) made: Made,
    pub(in crate::repo::publish) moved: RouteEdits,
    pub(in crate::repo::publish) source: Staging<'a>,
    pub(in crate::repo::publish) roots: NewRoots,
    pub(in crate::repo::publish) sink: ObjectSink<'a>,
}

impl Channel {
    pub(in crate::repo::publish) fn finish_publish(
        &self,
        base: &Base,
        course: &Course,
        stamp: &Stamp,
        finish: Finish<'_>,
    ) -> Result<Published, PublishError> {
        let Finish { report, made, moved, source, roots, mut sink } = finish;
        let (name, repository) = (&self.name, &self.repository);
        let salt = repository.header.salt();
        let mut public = Staging::over(&*repository.public);
        let rows: Vec<Edit> = made.edits();
        let delivered = map::edit(&mut public, salt, base.delivered, rows)?;
        let routes = map::edit(&mut public, salt, base.routes, moved.edits)?;
        let sequence = report.base_sequence + 1;
        let languages = repository.languages_of(&source, roots.effective.catalogue)?;
        let (kinds, locales) = made.counts(base.snapshot.as_ref(), &languages);
        let snapshot = Snapshot {
            channel: name.clone(),
            sequence,
            parent: base.head.as_ref().map(|head| head.snapshot),
            time_ms: stamp.time_ms,
            delivered,
            routes,
            source_locale: repository.header.source_locale.clone(),
            kinds,
            locales,
        };
        let snapshot = Object::new(ObjectKind::Snapshot, snapshot.encode());
        let snapshot_id = SnapshotId::from_object_id(snapshot.id());
        let report_object = StoredReport::from(&report).object();
        let publication = Publication {
            snapshot: snapshot_id,
            parent: base.head.as_ref().map(|head| head.publication),
            verb: course.verb,
            commit: course.commit,
            effective: roots.effective.catalogue,
            backlinks: roots.effective.backlinks,
            holds: roots.holds,
            nowhere: Some(roots.unplaced),
            report: DocumentId::from_object_id(report_object.id()),
            author: stamp.author.to_string(),
            time_ms: stamp.time_ms,
            message: stamp.message.clone(),
        };
        let publication = Object::new(ObjectKind::Publication, publication.encode());
        let publication_id = PublicationId::from_object_id(publication.id());
        let public_nodes = public.into_reachable([delivered, routes]);
        let source_nodes = source.into_reachable([
            roots.effective.catalogue,
            roots.effective.backlinks,
            roots.holds,
            roots.unplaced,
        ]);
        for (space, nodes) in [(Space::Public, &public_nodes), (Space::Source, &source_nodes)] {
            for node in nodes {
                sink.add(space.clone(), node.object.clone())?;
            }
        }
        let mut objects = sink.into_rest()?;
        objects.extend([
            (repository.delivered.clone(), snapshot),
            (Space::Source, report_object),
            (Space::Source, publication),
        ]);
        let head = Head {
            publication: publication_id,
            snapshot: snapshot_id,
            sequence,
            channel: name.clone(),
            version: 0,
        };
        let expected =
            base.head.as_ref().map_or(Expected::Absent, |head| Expected::Version(head.version));
        let mut swaps = vec![channel_swap(&head, expected)?];
        // The policy must still be unset, or the publish is lost: it made what the default gives to learners.
        if base.head.is_none() && self.settled.is_none() {
            swaps.push(fix_policy(name, self.policy())?);
        }
        swaps.extend(course.swaps.iter().cloned());
        let (before, after) = (
            base.head.as_ref().map(|head| head.publication.to_string()),
            publication_id.to_string(),
        );
        let mut fields =
            vec![("channel", name.as_str()), ("publication", &*after), ("after", &*after)];
        fields.extend(before.as_deref().map(|before| ("before", before)));
        let audit = stamp.audit(course.verb.word(), &fields);
        let transaction =
            Transaction { operation: stamp.operation, objects, swaps, audit: Some(audit) };
        match repository.engine.commit(vec![transaction]).map_err(StoreError::from)?.first() {
            Some(Outcome::Applied(_)) => Ok(Published {
                snapshot: snapshot_id,
                sequence,
                publication: publication_id,
                report,
            }),
            _ => Err(self.moved_error()?.into()),
        }
    }
}
