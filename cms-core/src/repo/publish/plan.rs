//! Plans: what a publish would do, and a name by which exactly that can be done.
//!
//! Nothing is stored for a plan. Its id says what it was made from (the target, where the channel
//! was, when embargoes were judged) and what came out. To publish a plan is to make it again from the
//! same, with what came out compared before the channel moves.
//!
//! Invariants:
//! 1. A publish of a plan does what the plan said, or nothing.
//! 2. Commits to the target's branch don't spoil a plan; another move of the channel does.

use std::{collections::HashSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{PublishError, PublishReport, PublishRequest, REPORT_ROWS_MAX, Takes, course::Base};
use crate::{
    map::Edit,
    model::{
        id::{CommitId, DocumentId, ObjectId, PublicationId, SnapshotId},
        key::{EntryKey, Locale},
        name::ChannelName,
        object::{ObjectKind, Space},
    },
    repo::{
        channel::Channel,
        content::state::{Roots, State},
        ground::{error::StoreError, repository::Repository},
        publish::{
            making::{
                routes::Moves,
                row_changes::{Made, RowChange},
            },
            worked::Planned,
        },
        state::ResolveError,
    },
};

/// What a plan was made from and what came out: `TARGET-CHANNEL-TIME-OUTCOME`, in hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanId {
    /// The commit, or the publication whose effective catalogue is the target.
    pub target: ObjectId,
    /// The channel's publication before; none when the channel is new.
    pub publication: Option<PublicationId>,
    /// When embargoes were judged, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    outcome: Outcome,
}

/// A text that is not the id of a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not the id of a plan")]
pub struct PlanIdError {
    text: String,
}

/// A digest of what a publish changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outcome(u64);

/// What stands for no publication.
const NEW_CHANNEL: &str = "new";

impl fmt::Display for PlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-", self.target)?;
        match &self.publication {
            Some(publication) => write!(f, "{publication}")?,
            None => f.write_str(NEW_CHANNEL)?,
        }
        write!(f, "-{:x}-{:016x}", self.time_ms, self.outcome.0)
    }
}

impl FromStr for PlanId {
    type Err = PlanIdError;

    fn from_str(text: &str) -> Result<Self, PlanIdError> {
        let parse = || {
            let mut parts = text.split('-');
            let plan = Self {
                target: parts.next()?.parse().ok()?,
                publication: match parts.next()? {
                    NEW_CHANNEL => None,
                    id => Some(PublicationId::from_object_id(id.parse().ok()?)),
                },
                time_ms: u64::from_str_radix(parts.next()?, 16).ok()?,
                outcome: Outcome(u64::from_str_radix(parts.next()?, 16).ok()?),
            };
            // One id has one spelling.
            (parts.next().is_none() && plan.to_string() == text).then_some(plan)
        };
        parse().ok_or_else(|| PlanIdError { text: text.chars().take(240).collect() })
    }
}

impl Serialize for PlanId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PlanId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What a publish would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The name by which exactly this can be published.
    pub id: PlanId,
    /// What would be done and what not, and why.
    pub report: PublishReport,
    /// The delivered documents that would change, ascending by key; cut at [`REPORT_ROWS_MAX`].
    pub documents: Vec<DocumentChange>,
    /// How many those are.
    pub documents_count: u64,
    /// What learners would be left without: such a publish wants a word of its own.
    pub takes: Option<Takes>,
}

/// A delivered document that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DocumentChange {
    /// The entry.
    pub key: EntryKey,
    /// The locale; none for the source's.
    pub locale: Option<Locale>,
    /// The document before; none where there was none.
    pub before: Option<DocumentId>,
    /// The document after; none where there is none. A retired entry's is its tombstone.
    pub after: Option<DocumentId>,
    /// Whether what comes after is a tombstone.
    pub retired: bool,
    /// Bytes of the document after; 0 where there is none.
    pub size_bytes: u64,
}

impl DocumentChange {
    fn of(change: &RowChange) -> Self {
        Self {
            key: change.key.source(),
            locale: change.key.locale().cloned(),
            before: change.before.map(|row| row.object),
            after: change.after.map(|row| row.object),
            retired: change.after.is_some_and(|row| row.retired),
            size_bytes: change.size_bytes,
        }
    }
}

/// The first documents that change, ascending, and how many there are.
pub(super) fn documents(made: &Made) -> (Vec<DocumentChange>, u64) {
    let mut rows: Vec<&RowChange> = made.changes.iter().collect();
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    (
        rows.iter().take(REPORT_ROWS_MAX).map(|row| DocumentChange::of(row)).collect(),
        rows.len() as u64,
    )
}

/// The entries that are made anew for what they carry, not for a change of their own.
pub(super) fn remade(made: &Made, own: &HashSet<EntryKey>) -> Vec<EntryKey> {
    let live = |change: &&RowChange| {
        change.before.is_some_and(|row| !row.retired)
            && change.after.is_some_and(|row| !row.retired)
    };
    let mut remade: Vec<EntryKey> = made
        .changes
        .iter()
        .filter(live)
        .map(|change| change.key.source())
        .filter(|key| !own.contains(key))
        .collect();
    remade.sort();
    remade.dedup();
    remade
}

impl Outcome {
    pub(super) fn of(effective: Roots, delivered: &[Edit], routes: &[Edit]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("cms 2026-11-22 v1 plan outcome");
        hasher.update(effective.catalogue.object_id().as_bytes());
        for (key, value) in delivered.iter().chain(routes) {
            hasher.update(&(key.len() as u64).to_le_bytes()).update(key);
            let value = value.as_deref();
            hasher.update(&value.map_or(u64::MAX, |value| value.len() as u64).to_le_bytes());
            hasher.update(value.unwrap_or_default());
        }
        let mut digest = [0; 8];
        hasher.finalize_xof().fill(&mut digest);
        Self(u64::from_be_bytes(digest))
    }
}

pub(super) fn outcome(effective: Roots, made: &Made, moved: &Moves) -> Outcome {
    Outcome::of(effective, &made.edits(), &moved.edits)
}

impl PlanId {
    pub(super) fn is_outcome(&self, outcome: Outcome) -> bool {
        self.outcome == outcome
    }
}

impl Channel {
    /// What a publish would do, and the id by which exactly that can be done; nothing is written.
    ///
    /// # Errors
    /// [`PublishError`] when the request makes no sense or the store can't be read.
    pub fn plan(&self, request: &PublishRequest) -> Result<Plan, PublishError> {
        let base = self.base()?;
        let state = self.target(&base, request)?;
        self.must_be_accepted(&request.target, &state)?;
        let course = self.course(request, &state)?;
        let publication = base.publication();
        let planned = self.repository.planned(&base, &course)?;
        let target = match &state {
            State::Commit(commit) => commit.object_id(),
            State::Snapshot { publication, .. } => publication.object_id(),
        };
        let time_ms = course.judged_ms.unwrap_or(request.stamp.time_ms);
        let id = PlanId { target, publication, time_ms, outcome: planned.outcome };
        let Planned { report, documents, documents_count, takes, .. } = planned;
        Ok(Plan { id, report, documents, documents_count, takes })
    }

    /// The state that a request is for; of a planned one, what the plan was made from.
    pub(super) fn target(
        &self,
        base: &Base,
        request: &PublishRequest,
    ) -> Result<State, PublishError> {
        let repository = &self.repository;
        let Some(plan) = &request.plan else { return Ok(repository.resolve(&request.target)?) };
        if plan.publication != base.publication() {
            return Err(self.moved()?.into());
        }
        let unknown = || ResolveError::Unknown { text: plan.target.to_string() };
        let object = repository.engine.object(&Space::Source, plan.target);
        let object = object.map_err(StoreError::from)?;
        match object.map(|object| object.kind()) {
            Some(ObjectKind::Commit) => {
                let commit = CommitId::from_object_id(plan.target);
                repository.content_commit(commit)?.ok_or_else(unknown)?;
                Ok(State::Commit(commit))
            }
            Some(ObjectKind::Publication) => {
                let publication = PublicationId::from_object_id(plan.target);
                let snapshot = repository.publication(publication)?.snapshot;
                let (channel, sequence) = repository.place_of(snapshot)?;
                Ok(State::Snapshot { channel, sequence, snapshot, publication })
            }
            _ => Err(unknown().into()),
        }
    }
}

impl Repository {
    fn place_of(&self, id: SnapshotId) -> Result<(ChannelName, u64), PublishError> {
        let unknown = || ResolveError::Unknown { text: id.to_string() };
        let snapshot = self.any_snapshot(id)?.ok_or_else(unknown)?;
        Ok((snapshot.channel, snapshot.sequence))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let target = CommitId::of(b"c").object_id();
        for publication in [None, Some(PublicationId::of(b"p"))] {
            let id =
                PlanId { target, publication, time_ms: 1_767_323_045_000, outcome: Outcome(7) };
            let text = id.to_string();
            assert_eq!(text.parse(), Ok(id));
            assert!(text.to_uppercase().parse::<PlanId>().is_err());
            assert!(format!("{text}-").parse::<PlanId>().is_err());
            assert!(text[..40].parse::<PlanId>().is_err());
        }
    }
}
