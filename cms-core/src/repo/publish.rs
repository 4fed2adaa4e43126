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

mod make;
mod select;
mod spread;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::{
    kinds::Kinds,
    objects::{ObjectSink, StoreError},
    open::Repository,
    rollback::{Head, channel_head, channel_swap},
    routes,
    stamp::Stamp,
    state::{ResolveError, Roots, State},
};
use crate::{
    engine::{Expected, Outcome, Transaction},
    map::{self, Edit, ReadNodes, Staging},
    model::{
        canonical,
        id::{CommitId, DocumentId, NodeId, PublicationId, SnapshotId},
        key::{EntryKey, Kind, Locale, is_name},
        object::{Object, ObjectKind, Space},
        snapshot::{Publication, PublicationVerb, Snapshot},
    },
    schema::Violation,
};
use make::Made;
pub(super) use select::Selection;
pub(super) use spread::{Spread, Standing};

/// Most rows of each list in a report; the counts beside them are whole.
pub const REPORT_ROWS_MAX: usize = 1000;

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

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// `publish`, `rollback` or `release`.
    pub verb: &'static str,
    /// The channel.
    pub channel: String,
    /// The state, as it was written.
    pub target: String,
    /// The entries chosen; empty for all.
    pub only: Vec<EntryKey>,
    /// Whether any entry held back refuses the whole.
    pub strict: bool,
}

/// One entry's or translation's change in what the channel delivers from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntryChange {
    /// The entry or translation.
    pub key: EntryKey,
    /// Its title.
    pub title: Option<String>,
    /// `added`, `changed` or `removed`.
    pub change: &'static str,
}

/// An entry that keeps its last published form, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldBack {
    /// The entry or translation.
    pub key: EntryKey,
    /// Why.
    pub reasons: Vec<Violation>,
    /// Whether an earlier form is live.
    pub is_live: bool,
}

/// A child that its container went live without.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// The container.
    pub parent: EntryKey,
    /// The child that is not delivered.
    pub child: EntryKey,
}

/// A route that moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MovedRoute {
    /// The entry.
    pub key: EntryKey,
    /// The route it had.
    pub from: Option<String>,
    /// The route it has; none when it is delivered no more.
    pub to: Option<String>,
}

/// How many delivered documents a publish makes, by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct DeliveredCounts {
    /// Under a key that had none.
    pub added: u64,
    /// Under a key that had another.
    pub changed: u64,
    /// Gone.
    pub removed: u64,
    /// Bytes of the new ones.
    pub size_bytes: u64,
}

/// What a publish would do or did, and why. Lists are cut at [`REPORT_ROWS_MAX`]; counts are whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublishReport {
    /// What was asked for.
    pub asked: Asked,
    /// The commit that the target stands for.
    pub commit: CommitId,
    /// The channel's snapshot before.
    pub base: Option<SnapshotId>,
    /// The sequence number of the snapshot before; 0 when the channel is new.
    pub base_sequence: u64,
    /// Entries and translations that change.
    pub changes: Vec<EntryChange>,
    /// How many those are.
    pub changes_count: u64,
    /// Entries that keep their last published form.
    pub held_back: Vec<HeldBack>,
    /// How many those are.
    pub held_back_count: u64,
    /// Changed entries that a hold keeps as they are.
    pub on_hold: Vec<EntryKey>,
    /// How many those are.
    pub on_hold_count: u64,
    /// Changed entries that stand nowhere, so nobody gets them.
    pub stands_nowhere: Vec<EntryKey>,
    /// How many those are.
    pub stands_nowhere_count: u64,
    /// Entries that were delivered and are no more; they leave a tombstone.
    pub retired: Vec<EntryKey>,
    /// How many those are.
    pub retired_count: u64,
    /// Children that containers go live without.
    pub left_out: Vec<LeftOut>,
    /// How many those are.
    pub left_out_count: u64,
    /// Routes that come, move and go.
    pub routes: Vec<MovedRoute>,
    /// How many those are.
    pub routes_count: u64,
    /// Differences that were not chosen.
    pub not_chosen_count: u64,
    /// Delivered documents made.
    pub delivered: DeliveredCounts,
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
            let graph = super::graph::Graph::new(self, &source, effective, &kinds);
            let spread = spread::spread(self, &graph, base, &selection)?;
            let made = make::make(self, &graph, base, &selection, &spread, &mut sink)?;
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
        for node in public.into_reachable([delivered, routes]) {
            sink.add(Space::Public, node)?;
        }
        for node in source.into_reachable([
            roots.effective.catalogue,
            roots.effective.backlinks,
            roots.holds,
        ]) {
            sink.add(Space::Source, node)?;
        }
        let mut objects = sink.into_rest();
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

fn cut<T>(mut rows: Vec<T>) -> (Vec<T>, u64) {
    let count = rows.len() as u64;
    rows.truncate(REPORT_ROWS_MAX);
    (rows, count)
}

fn report_of(base: &Base, course: &Course, selection: &Selection) -> PublishReport {
    let (changes, changes_count) = cut(selection.changes());
    let (held_back, held_back_count) = cut(selection.held_back.clone());
    let (on_hold, on_hold_count) = cut(selection.on_hold.clone());
    PublishReport {
        asked: course.asked.clone(),
        commit: course.commit,
        base: base.head.as_ref().map(|head| head.snapshot),
        base_sequence: base.head.as_ref().map_or(0, |head| head.sequence),
        changes,
        changes_count,
        held_back,
        held_back_count,
        on_hold,
        on_hold_count,
        stands_nowhere: Vec::new(),
        stands_nowhere_count: 0,
        retired: Vec::new(),
        retired_count: 0,
        left_out: Vec::new(),
        left_out_count: 0,
        routes: Vec::new(),
        routes_count: 0,
        not_chosen_count: selection.not_chosen_count,
        delivered: DeliveredCounts::default(),
    }
}

fn fill(report: &mut PublishReport, spread: &spread::Spread, made: &Made, moved: &routes::Moves) {
    (report.stands_nowhere, report.stands_nowhere_count) = cut(spread.stands_nowhere.clone());
    (report.retired, report.retired_count) = cut(made.retired());
    (report.left_out, report.left_out_count) = cut(made.left_out.clone());
    (report.routes, report.routes_count) = cut(moved.rows.clone());
    report.delivered = made.delivered_counts();
}

/// The counts of a snapshot, kept up from those of the one before.
pub(super) type Counts = (Vec<(Kind, u64)>, Vec<(Locale, u64)>);

/// Adds changes to counts; what comes to nothing is left out.
fn counted<K: Ord + Clone>(before: &[(K, u64)], changes: &BTreeMap<K, i64>) -> Vec<(K, u64)> {
    let mut counts: BTreeMap<K, i64> = before
        .iter()
        .map(|(key, count)| (key.clone(), i64::try_from(*count).unwrap_or(i64::MAX)))
        .collect();
    for (key, change) in changes {
        *counts.entry(key.clone()).or_default() += change;
    }
    counts
        .into_iter()
        .filter_map(|(key, count)| Some((key, u64::try_from(count).ok().filter(|c| *c > 0)?)))
        .collect()
}

/// The rows of a delivered map that belong to one entry: the source's first, then by locale.
pub(super) fn delivered_rows(
    nodes: &(impl ReadNodes + ?Sized),
    delivered: NodeId,
    key: &EntryKey,
) -> Result<Vec<(Option<Locale>, super::deliver::Row)>, StoreError> {
    let prefix = key.source().encode();
    let mut rows = Vec::new();
    for entry in super::catalogue::with_prefix(nodes, delivered, &prefix)? {
        let (found, value) = entry?;
        let found = super::catalogue::decoded_key(&found)?;
        if found.source() != *key {
            break;
        }
        rows.push((found.locale().cloned(), super::deliver::Row::decode(&value)?));
    }
    Ok(rows)
}
