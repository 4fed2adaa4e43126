//! Embargoes that end by themselves, on channels with a policy that says so.
//!
//! An entry that a publish held back because of its embargo goes live when the embargo ends, by a publish of such
//! entries from the commit that the channel was last published from. If `main` has meanwhile moved the embargo to a
//! later instant, that instant counts.

use serde::Serialize;

use crate::repo::schedule::{course::publishing, row::ScheduleError};
use crate::{
    model::{
        id::{CommitId, PublicationId},
        key::EntryKey,
        name::ChannelName,
    },
    repo::{
        channel::{Channel, error::ChannelError},
        content::{
            catalogue::{self, CatalogueRow},
            kinds::Kinds,
            state::{Roots, State},
        },
        ground::{
            error::StoreError,
            repository::{MAIN, Repository},
            stamp::Stamp,
        },
        publish::{Base, Goal, PublishError, select},
    },
};

/// Entries whose embargo ended, and the outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EmbargoEnded {
    /// The channel.
    pub channel: ChannelName,
    /// The entries whose embargo ended.
    pub keys: Vec<EntryKey>,
    /// The channel's new version; `None` when they may not go live for other reasons.
    pub sequence: Option<u64>,
    /// The publication that records it.
    pub publication: Option<PublicationId>,
}

/// The entries that wait on a channel for their embargoes to end.
#[derive(Default)]
struct Waiting {
    ended: Vec<EntryKey>,
    next_ms: Option<u64>,
}

impl Repository {
    /// When the next embargo ends by itself, in milliseconds since 1970-01-01T00:00:00Z.
    pub(super) fn next_embargo(&self, now_ms: u64) -> Result<Option<u64>, ScheduleError> {
        let mut next = None;
        for channel in self.channels_that_publish_embargoed()? {
            let (base, commit) = channel.live_base(None)?;
            let waiting = self.waiting(&base, commit, now_ms)?;
            // An entry whose embargo ended and that is still not live waits for something else.
            next = [next, waiting.next_ms].into_iter().flatten().min();
        }
        Ok(next)
    }

    /// Publishes the entries whose embargo has ended.
    pub(super) fn publish_embargoed(
        &self,
        stamp: &Stamp,
    ) -> Result<Vec<EmbargoEnded>, ScheduleError> {
        let mut done = Vec::new();
        for (number, channel) in (0..).zip(self.channels_that_publish_embargoed()?) {
            let (base, commit) = channel.live_base(None)?;
            let keys = self.waiting(&base, commit, stamp.time_ms)?.ended;
            if keys.is_empty() {
                continue;
            }
            let goal = Goal::State(self.roots(&State::Commit(commit))?);
            let (name, target) = (channel.name(), commit.to_string());
            let mut course = publishing(name, &target, commit, goal, stamp.time_ms);
            course.asked.only.clone_from(&keys);
            let stamp = Stamp {
                message: "The embargo ended".to_owned(),
                operation: stamp.step(EMBARGOES + number),
                ..stamp.clone()
            };
            let (sequence, publication) = match channel.publish_along(&base, &course, &stamp) {
                Ok(published) => (Some(published.sequence), Some(published.publication)),
                // This is tried again at the next run, or with the next publish.
                Err(
                    PublishError::Channel(ChannelError::Moved { .. })
                    | PublishError::NothingToDo { .. },
                ) => continue,
                Err(PublishError::Store(error)) => return Err(error.into()),
                Err(_) => (None, None),
            };
            let channel = name.clone();
            done.push(EmbargoEnded { channel, keys, sequence, publication });
        }
        Ok(done)
    }

    fn channels_that_publish_embargoed(&self) -> Result<Vec<Channel>, StoreError> {
        let mut found = Vec::new();
        for row in self.channels()? {
            let channel = self.channel(&row.channel)?;
            if channel.policy().publishes_embargoed {
                found.push(channel);
            }
        }
        Ok(found)
    }

    /// The entries that the channel's commit has and the channel lacks because of their embargoes.
    fn waiting(
        &self,
        base: &Base,
        commit: CommitId,
        now_ms: u64,
    ) -> Result<Waiting, ScheduleError> {
        let roots = self.roots(&State::Commit(commit)).map_err(PublishError::from)?;
        let kinds = Kinds::at(self, roots.catalogue);
        let main = match self.resolve(MAIN).map_err(PublishError::from)? {
            state @ State::Commit(_) => self.roots(&state)?,
            State::Snapshot { .. } => return Ok(Waiting::default()),
        };
        let mut waiting = Waiting::default();
        let differences = select::differences(self, base, &Goal::State(roots))?;
        for (key, _, after) in differences {
            let (None, Some(row)) = (key.locale(), after) else { continue };
            let Some(until_ms) = self.embargo_of(&kinds, &key, row)? else { continue };
            let until_ms = until_ms.max(self.embargo_on(main, &key)?.unwrap_or_default());
            if until_ms <= now_ms {
                waiting.ended.push(key);
            } else {
                waiting.next_ms = [waiting.next_ms, Some(until_ms)].into_iter().flatten().min();
            }
        }
        Ok(waiting)
    }

    fn embargo_on(&self, roots: Roots, key: &EntryKey) -> Result<Option<u64>, StoreError> {
        let row = catalogue::row(&*self.source, roots.catalogue, key)?;
        let kinds = Kinds::at(self, roots.catalogue);
        row.map_or(Ok(None), |row| self.embargo_of(&kinds, key, row))
    }

    fn embargo_of(
        &self,
        kinds: &Kinds<'_>,
        key: &EntryKey,
        row: CatalogueRow,
    ) -> Result<Option<u64>, StoreError> {
        let (Some(kind), Some(document)) = (kinds.get(key.kind())?, row.document()) else {
            return Ok(None);
        };
        if kind.schema.embargo_property().is_none() {
            return Ok(None);
        }
        let until = kind.schema.not_before(&self.document(document)?);
        Ok(until.map(|until| until.time_ms()))
    }
}

/// The numbers of the steps that end embargoes begin here, above those of the steps that run schedules.
const EMBARGOES: u64 = 1 << 33;
