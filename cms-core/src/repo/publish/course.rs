//! From where to where a publish goes, and what it leaves alone.

mod accepted;
pub(in crate::repo) mod leaving;
mod take_down;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Asked, PlanId, PublishError};
use crate::{
    engine::Swap,
    map,
    model::{
        id::{CommitId, NodeId, PublicationId},
        key::EntryKey,
        object::ObjectKind,
        snapshot::{PublicationVerb, Snapshot},
    },
    repo::{
        channel::{
            Channel,
            error::ChannelError,
            head::{Head, channel_head},
            policy::{Answers, may_be_begun},
        },
        content::{catalogue::CatalogueRow, state::Roots},
        ground::{error::StoreError, repository::Repository},
    },
};

/// What a channel delivers before a publish.
pub(in crate::repo) struct Base {
    pub(in crate::repo) head: Option<Head>,
    /// The commit that was last asked for.
    pub(in crate::repo) commit: Option<CommitId>,
    pub(in crate::repo) roots: Roots,
    pub(in crate::repo) delivered: NodeId,
    pub(in crate::repo) routes: NodeId,
    pub(in crate::repo) holds: NodeId,
    /// The effective entries that stand nowhere; `None` when the last publication does not record them.
    pub(in crate::repo) nowhere: Option<NodeId>,
    pub(in crate::repo) snapshot: Option<Snapshot>,
    /// Whether the channel's learners get the answers.
    pub(in crate::repo) answers: Answers,
}

impl Base {
    pub(in crate::repo) fn publication(&self) -> Option<PublicationId> {
        self.head.as_ref().map(|head| head.publication)
    }
}

/// What is to be live after the publish.
pub(in crate::repo) enum Goal {
    /// What is live, made from scratch: entries with their present rows.
    Anew(Vec<(EntryKey, CatalogueRow)>),
    /// A whole state.
    State(Roots),
    /// These rows instead of the live ones, and no other change.
    Rows(BTreeMap<EntryKey, Option<CatalogueRow>>),
}

/// Which holds keep entries as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::repo) enum HoldsRespected {
    /// Every hold is respected.
    All,
    /// Only holds on entries that were taken off, unless the entries are chosen: going back must not also bring back
    /// what someone took off on purpose.
    TakenOff,
    /// No hold is respected.
    None,
}

/// The holds after the publish.
pub(in crate::repo) enum HoldsAfter {
    Unchanged,
    /// Changed entries are put on hold.
    OnAccepted(Value),
    /// The entries that are taken off are put on hold.
    OnLeaving(Value),
    /// Changed entries have the holds that this map has.
    AsIn(NodeId),
}

/// Where a publish goes, and what it leaves alone.
pub(in crate::repo) struct Course {
    pub(in crate::repo) asked: Asked,
    pub(in crate::repo) verb: PublicationVerb,
    pub(in crate::repo) commit: CommitId,
    pub(in crate::repo) goal: Goal,
    pub(in crate::repo) holds_respected: HoldsRespected,
    pub(in crate::repo) holds: HoldsAfter,
    /// The entries that are taken off by name.
    pub(in crate::repo) leaving: BTreeSet<EntryKey>,
    pub(in crate::repo) replaced_by: Option<EntryKey>,
    /// Whether those entries are taken down: whatever needs them, and without a word of theirs in what stays.
    pub(in crate::repo) takes_down: bool,
    /// Entries that the verb leaves alone, because they were published again meanwhile.
    pub(in crate::repo) superseded: Vec<EntryKey>,
    /// The instant for which embargoes are judged, in milliseconds since 1970-01-01T00:00:00Z; `None` lifts all
    /// embargoes.
    pub(in crate::repo) judged_ms: Option<u64>,
    /// The plan with which the result must agree.
    pub(in crate::repo) plan: Option<PlanId>,
    /// Whether the publish is refused unless every entry may go live: nothing held back, nothing on hold.
    pub(in crate::repo) whole: bool,
    /// Whether the publish may leave learners without a home page, or with nothing at all.
    pub(in crate::repo) may_empty: bool,
    /// Cells of the channel's group that change together with it.
    pub(in crate::repo) swaps: Vec<Swap>,
}

impl Course {
    /// A course to a goal. It respects every hold and changes none; the verb sets whatever else it needs.
    pub(in crate::repo) fn new(
        asked: Asked,
        verb: PublicationVerb,
        commit: CommitId,
        goal: Goal,
    ) -> Self {
        Self {
            asked,
            verb,
            commit,
            goal,
            holds_respected: HoldsRespected::All,
            holds: HoldsAfter::Unchanged,
            leaving: BTreeSet::new(),
            replaced_by: None,
            takes_down: false,
            superseded: Vec::new(),
            judged_ms: None,
            plan: None,
            whole: false,
            may_empty: true,
            swaps: Vec::new(),
        }
    }

    /// A course to rows, which respects no hold.
    pub(in crate::repo) fn to_rows(
        asked: Asked,
        verb: PublicationVerb,
        commit: CommitId,
        rows: BTreeMap<EntryKey, Option<CatalogueRow>>,
        judged_ms: u64,
    ) -> Self {
        Self {
            holds_respected: HoldsRespected::None,
            judged_ms: Some(judged_ms),
            ..Self::new(asked, verb, commit, Goal::Rows(rows))
        }
    }
}

impl Channel {
    /// What the channel delivers now.
    pub(in crate::repo) fn base(&self) -> Result<Base, PublishError> {
        let (repository, answers) = (&self.repository, self.policy().answers);
        let Some(head) = channel_head(repository, &self.name)? else {
            if !may_be_begun(&self.name) {
                return Err(ChannelError::Bad { channel: self.name.clone() }.into());
            }
            let empty = map::build(&mut Vec::new(), repository.header.salt(), [])?;
            let roots = Roots { catalogue: empty, backlinks: empty };
            return Ok(Base {
                head: None,
                commit: None,
                roots,
                delivered: empty,
                routes: empty,
                holds: empty,
                nowhere: Some(empty),
                snapshot: None,
                answers,
            });
        };
        let publication = repository.publication(head.publication)?;
        let missing = || StoreError::Missing {
            id: head.snapshot.object_id(),
            kind: ObjectKind::Snapshot,
            space: repository.delivered.clone(),
        };
        let snapshot = repository.snapshot(head.snapshot)?.ok_or_else(missing)?;
        Ok(Base {
            commit: Some(publication.commit),
            roots: Roots { catalogue: publication.effective, backlinks: publication.backlinks },
            delivered: snapshot.delivered,
            routes: snapshot.routes,
            holds: publication.holds,
            nowhere: publication.nowhere,
            snapshot: Some(snapshot),
            answers,
            head: Some(head),
        })
    }

    /// What an existing channel delivers now, with the commit that was last asked for. If the caller names where it saw
    /// the channel, the channel must still be there.
    pub(in crate::repo) fn live_base(
        &self,
        seen: Option<PublicationId>,
    ) -> Result<(Base, CommitId), PublishError> {
        let base = self.base()?;
        if seen.is_some() && base.publication() != seen {
            return Err(self.moved_error()?.into());
        }
        match base.commit {
            Some(commit) => Ok((base, commit)),
            None => Err(ChannelError::Unknown { channel: self.name.clone() }.into()),
        }
    }
}

impl Repository {
    /// The catalogue in which a course finds what is asked for, with its kinds.
    pub(in crate::repo) fn asked(
        &self,
        base: &Base,
        course: &Course,
    ) -> Result<NodeId, StoreError> {
        match &course.goal {
            Goal::State(roots) => Ok(roots.catalogue),
            Goal::Anew(_) => Ok(base.roots.catalogue),
            Goal::Rows(_) => Ok(self.commit_of(course.commit)?.catalogue),
        }
    }
}
