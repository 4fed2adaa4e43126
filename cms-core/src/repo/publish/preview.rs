//! Previews: what learners would get if a commit were published, without publishing it.
//!
//! A preview is made like a publish, from what is live, but moves no channel. Its new objects go to a space that all
//! previews share. People who look at a preview read what it put there and then the public space, through the same
//! [`Delivery`] that serves learners ([`Repository::delivery_of_preview`], [`Shared::delivery`]). They don't read the
//! objects of other previews, though they may know the ids.
//!
//! Invariants:
//! 1. Nothing is written to the public space, and no cell changes.
//! 2. A preview is a function of the commit and the channel's publication: a second preview is the same.
//! 3. Holds are respected, embargoes are not: a preview is for looking at what is embargoed.
//! 4. A preview for a link has what is live and what its draft changes, as if those entries were published by
//!    themselves; nothing else that waits on `main`, and nothing that the link's maker does not see. Earlier previews
//!    that showed more open nothing any more.

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    sync::Arc,
};

use parking_lot::{Mutex, RwLock};
use serde::Serialize;

use super::{Asked, Base, Course, Goal, PublishError, PublishReport, select};
use crate::{
    engine::{Engine, OperationId},
    map::{self, NodeStore, Staging},
    model::{
        id::{CommitId, ObjectId, PublicationId, SnapshotId},
        key::EntryKey,
        name::{ChannelName, Person},
        object::{Object, ObjectKind, Space},
        snapshot::{PublicationVerb, Snapshot},
    },
    repo::{
        channel::{Channel, policy::Answers},
        content::{kinds::schema_of, languages::language_of, objects::ObjectSink, state::State},
        deliver::Delivery,
        draft::{DraftId, share::Shared},
        ground::{
            audience::{Audience, Shown},
            error::StoreError,
            repository::Repository,
            stamp::Stamp,
        },
        publish::worked::Worked,
    },
};

/// Most previews that are remembered; the newest are kept.
const PREVIEWS_REMEMBERED_MAX: usize = 64;
/// Most extents for which is remembered what links have shown of them; then it is found out from scratch.
const EXTENTS_SHOWN_MAX: usize = 1000;

/// Of what something is a preview.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Extent {
    /// Of everything that a commit has.
    Everything,
    /// Of what a draft changes.
    Draft(DraftId),
    /// Of what a draft changes and a person sees, by the rules and the places of one moment.
    Part(DraftId, Person, CommitId, u64),
}

/// What learners would get.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// The commit that is previewed.
    pub commit: CommitId,
    /// The channel that it would be published on.
    pub channel: ChannelName,
    /// The publication at which the channel is; `None` when the channel is new.
    pub publication: Option<PublicationId>,
    /// What would be delivered; read it through [`Repository::delivery_of_preview`].
    pub snapshot: SnapshotId,
    /// What a publish would do if there were no embargoes.
    pub report: PublishReport,
    #[serde(skip)]
    extent: Extent,
    /// The objects that it made.
    #[serde(skip)]
    made: Arc<HashSet<ObjectId>>,
}

/// What previews share: their nodes, and the newest previews.
struct Previews {
    nodes: Arc<NodeStore>,
    known: Mutex<VecDeque<Arc<Preview>>>,
    /// What links have shown, by what their makers saw of the draft: once a maker sees less, nothing from before.
    shown: Mutex<HashMap<Extent, Shown>>,
}

impl Previews {
    fn over(engine: &Arc<dyn Engine>, cache_size_bytes: u64) -> Self {
        let spaces = vec![Space::Preview, Space::Public];
        let nodes = NodeStore::layered(Arc::clone(engine), spaces, cache_size_bytes);
        Self { nodes: Arc::new(nodes), known: Mutex::default(), shown: Mutex::default() }
    }

    fn known(
        &self,
        commit: CommitId,
        channel: &ChannelName,
        publication: Option<PublicationId>,
        extent: &Extent,
    ) -> Option<Arc<Preview>> {
        let is_it = |preview: &&Arc<Preview>| {
            preview.commit == commit
                && preview.channel == *channel
                && preview.publication == publication
                && preview.extent == *extent
        };
        self.known.lock().iter().find(is_it).cloned()
    }

    fn remember(&self, preview: &Arc<Preview>) {
        let mut known = self.known.lock();
        known.push_front(Arc::clone(preview));
        known.truncate(PREVIEWS_REMEMBERED_MAX);
    }
}

impl Repository {
    fn previews(&self) -> Arc<Previews> {
        self.memos.of(|| Previews::over(&self.engine, self.node_cache_size_bytes / 4))
    }

    /// What people who look at a preview may ask: everything that learners may, and the same of the preview's snapshot.
    pub fn delivery_of_preview(&self, preview: &Preview) -> Delivery {
        self.delivery_of_shown(Arc::new(RwLock::new((*preview.made).clone())))
    }

    fn delivery_of_shown(&self, shown: Shown) -> Delivery {
        let public = Arc::clone(&self.previews().nodes);
        Delivery::of(Self { public, audience: Audience::of_previews(shown), ..self.clone() })
    }
}

impl Channel {
    /// What learners would get if a commit were published on the channel.
    ///
    /// The first preview of a commit costs as much as publishing it.
    ///
    /// # Errors
    /// [`PublishError`] when a channel may not have this name, or the store can't be read or written.
    pub fn preview(&self, commit: CommitId) -> Result<Arc<Preview>, PublishError> {
        let roots = self.repository.roots(&State::Commit(commit))?;
        let goal = |_: &Base| Ok(Goal::State(roots));
        self.preview_of(commit, Extent::Everything, goal)
    }

    fn preview_of(
        &self,
        commit: CommitId,
        extent: Extent,
        goal: impl FnOnce(&Base) -> Result<Goal, PublishError>,
    ) -> Result<Arc<Preview>, PublishError> {
        let (channel, repository) = (&self.name, &self.repository);
        if self.policy().answers == Answers::Included {
            return Err(PublishError::Protected { channel: channel.clone() });
        }
        let base = self.base()?;
        let previews = repository.previews();
        if let Some(preview) = previews.known(commit, channel, base.publication(), &extent) {
            return Ok(preview);
        }
        let course = course(commit, channel, goal(&base)?);
        let preview = Arc::new(repository.make_preview(&base, &course, channel, extent)?);
        previews.remember(&preview);
        Ok(preview)
    }
}

impl Repository {
    fn make_preview(
        &self,
        base: &Base,
        course: &Course,
        channel: &ChannelName,
        extent: Extent,
    ) -> Result<Preview, PublishError> {
        let commit = course.commit;
        let read = self.commit_of(commit)?;
        let stamp = Stamp {
            author: Person::recorded(&read.author),
            time_ms: read.time_ms,
            message: String::new(),
            operation: operation(base, commit, channel, &extent),
            holder: crate::access::Holder::Machine,
            origin: crate::repo::ground::origin::Origin::default(),
        };
        let space = Space::Preview;
        let found = self.found(base, course)?;
        let worked = self.work_out(base, course, found, ObjectSink::aside(self, space))?;
        let Worked { report, made, moved, source, effective, mut sink, .. } = worked;
        let languages = self.languages_of(&source, effective.catalogue)?;
        let (kinds, locales) = made.counts(base.snapshot.as_ref(), &languages);
        let unchanged = made.changes.is_empty()
            && moved.edits.is_empty()
            && base.snapshot.as_ref().is_some_and(|snapshot| snapshot.locales == locales);
        let snapshot = match &base.head {
            Some(head) if unchanged => head.snapshot,
            _ => {
                let salt = self.header.salt();
                let mut public = Staging::over(&*self.public);
                let delivered = map::edit(&mut public, salt, base.delivered, made.edits())?;
                let routes = map::edit(&mut public, salt, base.routes, moved.edits)?;
                let snapshot = Snapshot {
                    channel: channel.clone(),
                    sequence: report.base_sequence + 1,
                    parent: base.head.as_ref().map(|head| head.snapshot),
                    time_ms: stamp.time_ms,
                    delivered,
                    routes,
                    source_locale: self.header.source_locale.clone(),
                    kinds,
                    locales,
                };
                for node in public.into_reachable([delivered, routes]) {
                    sink.add(Space::Public, node.object)?;
                }
                let snapshot = Object::new(ObjectKind::Snapshot, snapshot.encode());
                let id = SnapshotId::from_object_id(snapshot.id());
                sink.add(Space::Public, snapshot)?;
                sink.flush()?;
                id
            }
        };
        let publication = base.publication();
        let made = Arc::new(sink.into_aside());
        let channel = channel.clone();
        Ok(Preview { commit, channel, publication, snapshot, report, extent, made })
    }
}

impl Shared {
    /// What learners would get if the draft were published on the link's channel; it is made when it is first asked
    /// for.
    ///
    /// # Errors
    /// As [`Channel::preview`].
    pub fn preview(&self) -> Result<Arc<Preview>, PublishError> {
        let (repository, commit) = (&self.repository, self.draft.head);
        let channel = repository.channel(&self.share.channel)?;
        let extent = self.extent()?;
        let shown = self.shown(&extent);
        let preview = channel.preview_of(commit, extent, |base| self.goal(base, &channel))?;
        shown.write().extend(preview.made.iter().copied());
        Ok(preview)
    }

    fn extent(&self) -> Result<Extent, StoreError> {
        let draft = self.share.draft.clone();
        if self.sight()?.is_none() {
            return Ok(Extent::Draft(draft));
        }
        let maker = Person::recorded(&self.share.created_by);
        let (main, rules) = self.repository.moment_of_rights()?;
        Ok(Extent::Part(draft, maker, main, rules))
    }

    /// The rows that a publish of what the draft changes would bring, as far as the link's maker sees them.
    fn goal(&self, base: &Base, channel: &Channel) -> Result<Goal, PublishError> {
        let state = State::Commit(self.draft.head);
        let roots = self.repository.roots(&state)?;
        let changed = self.repository.drafts().changed_by(&self.draft)?;
        let only: Vec<EntryKey> = changed.into_iter().collect();
        if only.is_empty() {
            return Ok(Goal::Rows(BTreeMap::new()));
        }
        let mut asked = course(self.draft.head, &channel.name, Goal::State(roots));
        asked.asked.only = only;
        let mut rows = select::chosen_rows(&self.repository, base, &asked)?;
        if let Some(sight) = self.sight()? {
            let mut seen = BTreeMap::new();
            for (key, row) in rows {
                // Kinds and languages are the house's, and are needed to show anything.
                if sight.sees_at(roots, &key)? || is_of_the_house(&key) {
                    seen.insert(key, row);
                }
            }
            rows = seen;
        }
        Ok(Goal::Rows(rows))
    }

    /// What people with the link may ask: everything that learners may, and the same of what links have shown of this
    /// draft, while the server runs and the link's maker sees what they saw.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn delivery(&self) -> Result<Delivery, StoreError> {
        Ok(self.repository.delivery_of_shown(self.shown(&self.extent()?)))
    }

    fn shown(&self, extent: &Extent) -> Shown {
        let previews = self.repository.previews();
        let mut shown = previews.shown.lock();
        if shown.len() >= EXTENTS_SHOWN_MAX && !shown.contains_key(extent) {
            shown.clear();
        }
        Arc::clone(shown.entry(extent.clone()).or_default())
    }
}

fn course(commit: CommitId, channel: &ChannelName, goal: Goal) -> Course {
    let verb = PublicationVerb::Publish;
    let asked = Asked::of(verb, channel, &commit.to_string());
    Course::new(asked, verb, commit, goal)
}

/// Whether an entry says how others are shown.
fn is_of_the_house(key: &EntryKey) -> bool {
    schema_of(key).is_some() || language_of(key).is_some()
}

/// The attempt's id. It is the same for every preview of this extent of this commit on this publication, because all
/// are made of the same objects.
fn operation(base: &Base, commit: CommitId, channel: &ChannelName, extent: &Extent) -> OperationId {
    let publication = base.publication().map(|publication| publication.object_id());
    let publication = publication.as_ref().map_or(&[][..], |id| id.as_bytes());
    let commit = commit.object_id();
    let extent = match extent {
        Extent::Everything => String::new(),
        Extent::Draft(draft) => draft.to_string(),
        Extent::Part(draft, person, main, rules) => format!("{draft} {person} {main} {rules}"),
    };
    let parts = [commit.as_bytes(), publication, channel.as_str().as_bytes(), extent.as_bytes()];
    OperationId::derive("cms 2026-11-22 v1 preview", parts)
}
