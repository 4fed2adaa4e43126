//! Publishing: a channel moves from one snapshot to the next.
//!
//! What a channel delivers is a function of its *effective catalogue*: the catalogue of the target
//! commit, except where an entry is held back, on hold or not chosen and stays as it was. Since it
//! is a Merkle map with the commit's own values, it shares the commit's nodes, and what a publish has
//! to do is the difference of two maps.
//!
//! The steps, each in its file: what changes and may ([`select`]), whom that concerns upward
//! ([`spread`]), what learners get ([`make`]), and under which routes ([`super::routes`]).
//!
//! Invariants:
//! 1. Readers see the channel before or after, never between: one cell is swapped, last.
//! 2. An incremental publish gives the same delivered map as one from nothing would.
//! 3. An entry that fails keeps its last published form and is tried again at every publish.
//! 4. Nothing is read that does not concern a difference; nobody's editing is paused.

mod made;
mod make;
mod project;
mod report;
pub(in crate::repo) mod routes;
mod select;
mod spread;

use serde::Serialize;
use serde_json::Value;

use super::{
    channel::{Head, channel_head, channel_swap},
    content::{
        kinds::Kinds,
        objects::{ObjectSink, StoreError},
    },
    open::Repository,
    stamp::Stamp,
    state::{ResolveError, Roots, State},
};
use crate::{
    engine::{Expected, Outcome, Transaction},
    map::{self, Edit, ReadNodes, Staging},
    model::{
        canonical,
        id::{CommitId, DocumentId, NodeId, PublicationId, SnapshotId},
        key::{EntryKey, Locale, is_name},
        object::{Object, ObjectKind, Space},
        snapshot::{Publication, PublicationVerb, Snapshot},
    },
};
use made::Made;
pub use report::{
    Asked, DeliveredCounts, EntryChange, HeldBack, LeftOut, MovedRoute, PublishReport,
    REPORT_ROWS_MAX,
};
use report::{fill, report_of};
pub(super) use select::Selection;
pub(super) use spread::{Spread, Standing};

/// What to publish.
#[derive(Debug, Clone)]
pub struct PublishRequest {
    /// The channel; a new name makes a new channel.
    pub channel: String,
    /// The state to publish, `main` as a rule.
    pub target: String,
    /// The entries to publish with what they need; all when empty.
    pub only: Vec<EntryKey>,
    /// Refuse the whole publish when any entry is held back.
    pub strict: bool,
    /// Who, when, why.
    pub stamp: Stamp,
}

/// A publish that took place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Published {
    /// The new snapshot.
    pub snapshot: SnapshotId,
    /// Its place in the channel's line.
    pub sequence: u64,
    /// The authors' record of it.
    pub publication: PublicationId,
    /// What was done.
    pub report: PublishReport,
}

/// Why a channel did not move.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The channel's name may not be one.
    #[error("{channel:?} may not name a channel")]
    BadChannel {
        /// The name.
        channel: String,
    },
    /// There is no such channel.
    #[error("there is no channel {channel:?}")]
    UnknownChannel {
        /// The name.
        channel: String,
    },
    /// A chosen entry does not exist in the target, nor in what is live.
    #[error("there is no entry {key} in {target}")]
    UnknownEntry {
        /// The entry.
        key: EntryKey,
        /// The target.
        target: String,
    },
    /// The target names no state.
    #[error(transparent)]
    Target(#[from] ResolveError),
    /// Entries would be held back, and the publish was to be strict.
    #[error("{} entries would be held back", .report.held_back_count)]
    Strict {
        /// What would be done.
        report: Box<PublishReport>,
    },
    /// The channel delivers this already.
    #[error("nothing would change")]
    NothingToDo {
        /// What was found.
        report: Box<PublishReport>,
    },
    /// Someone else moved the channel meanwhile.
    #[error("channel {channel:?} was moved meanwhile; look at the plan again")]
    Moved {
        /// The channel.
        channel: String,
    },
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<map::MapError> for PublishError {
    fn from(error: map::MapError) -> Self {
        Self::Store(error.into())
    }
}

/// What a channel delivers before a publish.
pub(super) struct Base {
    pub(super) head: Option<Head>,
    pub(super) roots: Roots,
    pub(super) delivered: NodeId,
    pub(super) routes: NodeId,
    pub(super) holds: NodeId,
    snapshot: Option<Snapshot>,
}

/// Where a publish is to go, and what it is to leave alone.
pub(super) struct Course {
    pub(super) asked: Asked,
    pub(super) verb: PublicationVerb,
    pub(super) commit: CommitId,
    pub(super) target: Roots,
    /// Whether holds keep entries as they are.
    pub(super) minds_holds: bool,
    /// The holds afterwards: edits to the map of holds, made from what is accepted.
    pub(super) holds_accepted: Option<Value>,
}

/// Whether anything is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Run {
    Plan,
    Publish,
}

/// What a run came to.
pub(super) enum Ran {
    Planned(Box<PublishReport>),
    Published(Box<Published>),
}

impl Repository {
    /// What a publish would do; nothing is written.
    ///
    /// # Errors
    /// [`PublishError`] when the request makes no sense or the store can't be read.
    pub fn plan(&self, request: &PublishRequest) -> Result<PublishReport, PublishError> {
        let (base, course) = self.course(request)?;
        match self.run(&base, &course, &request.stamp, Run::Plan)? {
            Ran::Planned(report) => Ok(*report),
            Ran::Published(published) => Ok(published.report),
        }
    }

    /// Publishes: validates and makes what changed, then moves the channel.
    ///
    /// # Errors
    /// [`PublishError`]; the channel has not moved then.
    pub fn publish(&self, request: &PublishRequest) -> Result<Published, PublishError> {
        let (base, course) = self.course(request)?;
        self.publish_along(&base, &course, &request.stamp)
    }

    pub(super) fn publish_along(
        &self,
        base: &Base,
        course: &Course,
        stamp: &Stamp,
    ) -> Result<Published, PublishError> {
        match self.run(base, course, stamp, Run::Publish)? {
            Ran::Published(published) => Ok(*published),
            Ran::Planned(report) if report.held_back_count > 0 && course.asked.strict => {
                Err(PublishError::Strict { report })
            }
            Ran::Planned(report) => Err(PublishError::NothingToDo { report }),
        }
    }

    fn course(&self, request: &PublishRequest) -> Result<(Base, Course), PublishError> {
        let base = self.base(&request.channel)?;
        let state = self.resolve(&request.target)?;
        let commit = match &state {
            State::Commit(commit) => *commit,
            State::Snapshot { publication, .. } => self.publication(*publication)?.commit,
        };
        let asked = Asked {
            verb: PublicationVerb::Publish.word(),
            channel: request.channel.clone(),
            target: request.target.clone(),
            only: request.only.clone(),
            strict: request.strict,
        };
        let target = self.roots(&state)?;
        let verb = PublicationVerb::Publish;
        Ok((base, Course { asked, verb, commit, target, minds_holds: true, holds_accepted: None }))
    }

    pub(super) fn base(&self, channel: &str) -> Result<Base, PublishError> {
        if !is_name(channel) {
            return Err(PublishError::BadChannel { channel: channel.to_owned() });
        }
        let Some(head) = channel_head(self, channel)? else {
            let empty = map::build(&mut Vec::new(), self.header.salt(), [])?;
            let roots = Roots { catalogue: empty, backlinks: empty };
            return Ok(Base {
                head: None,
                roots,
                delivered: empty,
                routes: empty,
                holds: empty,
                snapshot: None,
            });
        };
        let publication = self.publication(head.publication)?;
        let missing = || StoreError::Missing {
            id: head.snapshot.object_id(),
            kind: ObjectKind::Snapshot,
            space: Space::Public,
        };
        let snapshot = self.snapshot(head.snapshot)?.ok_or_else(missing)?;
        Ok(Base {
            roots: Roots { catalogue: publication.effective, backlinks: publication.backlinks },
            delivered: snapshot.delivered,
            routes: snapshot.routes,
            holds: publication.holds,
            snapshot: Some(snapshot),
            head: Some(head),
        })
    }

    fn run(
        &self,
        base: &Base,
        course: &Course,
        stamp: &Stamp,
        run: Run,
    ) -> Result<Ran, PublishError> {
        let kinds = Kinds::at(self, course.target.catalogue);
        let selection = select::select(self, &kinds, base, course)?;
        let mut report = report_of(base, course, &selection);
        let refused = course.asked.strict && report.held_back_count > 0;
        if refused || (run == Run::Publish && selection.accepted.is_empty()) {
            return Ok(Ran::Planned(Box::new(report)));
        }
        let mut source = Staging::over(&*self.source);
        let effective = select::effective(self, &mut source, base, course, &selection)?;
        let mut sink = if run == Run::Plan {
            ObjectSink::dry(self, stamp)
        } else {
            ObjectSink::new(self, stamp)
        };
        let outcome = {
            let graph = super::content::graph::Graph::new(self, &source, effective, &kinds);
            let spread = spread::spread(self, &graph, base, &selection)?;
            let made = make::make(self, &graph, base, &spread, &mut sink)?;
            let moved = routes::moves(self, &graph, base, &selection, &spread)?;
            (spread, made, moved)
        };
        let (spread, made, moved) = outcome;
        fill(&mut report, &spread, &made, &moved);
        if run == Run::Plan {
            return Ok(Ran::Planned(Box::new(report)));
        }
        let holds = select::holds(self, &mut source, base, course, &selection)?;
        let roots = NewRoots { effective, holds };
        let published = self.finish_publish(
            base,
            course,
            stamp,
            Finish { report, made, moved, source, roots, sink },
        )?;
        Ok(Ran::Published(Box::new(published)))
    }

    fn finish_publish(
        &self,
        base: &Base,
        course: &Course,
        stamp: &Stamp,
        finish: Finish<'_>,
    ) -> Result<Published, PublishError> {
        let Finish { report, made, moved, source, roots, mut sink } = finish;
        let salt = self.header.salt();
        let mut public = Staging::over(&*self.public);
        let rows: Vec<Edit> = made.edits();
        let delivered = map::edit(&mut public, salt, base.delivered, rows)?;
        let routes = map::edit(&mut public, salt, base.routes, moved.edits)?;
        let sequence = report.base_sequence + 1;
        let (kinds, locales) = made.counts(base.snapshot.as_ref());
        let snapshot = Snapshot {
            channel: course.asked.channel.clone(),
            sequence,
            parent: base.head.as_ref().map(|head| head.snapshot),
            time_ms: stamp.time_ms,
            delivered,
            routes,
            source_locale: self.header.source_locale.clone(),
            kinds,
            locales,
        };
        let snapshot = Object::new(ObjectKind::Snapshot, snapshot.encode());
        let snapshot_id = SnapshotId::from_object_id(snapshot.id());
        let report_bytes =
            canonical::to_bytes(&serde_json::to_value(&report).expect("a report is JSON"));
        let report_object = Object::new(ObjectKind::Document, report_bytes);
        let publication = Publication {
            snapshot: snapshot_id,
            parent: base.head.as_ref().map(|head| head.publication),
            verb: course.verb,
            commit: course.commit,
            effective: roots.effective.catalogue,
            backlinks: roots.effective.backlinks,
            holds: roots.holds,
            report: DocumentId::from_object_id(report_object.id()),
            author: stamp.author.clone(),
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
        ]);
        for (space, nodes) in [(Space::Public, &public_nodes), (Space::Source, &source_nodes)] {
            for node in nodes {
                sink.add(space.clone(), node.object.clone())?;
            }
        }
        let mut objects = sink.into_rest()?;
        objects.extend([
            (Space::Public, snapshot),
            (Space::Source, report_object),
            (Space::Source, publication),
        ]);
        let head = Head {
            publication: publication_id,
            snapshot: snapshot_id,
            sequence,
            channel: course.asked.channel.clone(),
            version: 0,
        };
        let expected =
            base.head.as_ref().map_or(Expected::Absent, |head| Expected::Version(head.version));
        let swap = channel_swap(&head, expected)?;
        let audit = stamp.audit(
            course.verb.word(),
            &[("channel", &course.asked.channel), ("publication", &publication_id.to_string())],
        );
        let transaction = Transaction {
            operation: stamp.operation,
            objects,
            swaps: vec![swap],
            audit: Some(audit),
        };
        match self.engine.commit(vec![transaction]).map_err(StoreError::from)?.first() {
            Some(Outcome::Applied(_)) => Ok(Published {
                snapshot: snapshot_id,
                sequence,
                publication: publication_id,
                report,
            }),
            _ => Err(PublishError::Moved { channel: course.asked.channel.clone() }),
        }
    }
}

struct NewRoots {
    effective: Roots,
    holds: NodeId,
}

/// All that the last step of a publish needs.
struct Finish<'a> {
    report: PublishReport,
    made: Made,
    moved: routes::Moves,
    source: Staging<'a>,
    roots: NewRoots,
    sink: ObjectSink<'a>,
}

/// The rows of a delivered map that belong to one entry: the source's first, then by locale.
pub(super) fn delivered_rows(
    nodes: &(impl ReadNodes + ?Sized),
    delivered: NodeId,
    key: &EntryKey,
) -> Result<Vec<(Option<Locale>, super::deliver::Row)>, StoreError> {
    let prefix = key.source().encode();
    let mut rows = Vec::new();
    for entry in super::content::catalogue::with_prefix(nodes, delivered, &prefix)? {
        let (found, value) = entry?;
        let found = super::content::catalogue::decoded_key(&found)?;
        if found.source() != *key {
            break;
        }
        rows.push((found.locale().cloned(), super::deliver::Row::decode(&value)?));
    }
    Ok(rows)
}
