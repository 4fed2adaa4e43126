//! The course of a schedule: from what is live at its instant to the revisions that it names.

use std::collections::BTreeMap;

use super::{cell::StoredSchedule, verb::ScheduleVerb};
use crate::{
    map,
    model::{id::CommitId, key::EntryKey, name::ChannelName, snapshot::PublicationVerb},
    repo::{
        channel::Channel,
        content::{
            catalogue::{self, CatalogueRow},
            state::State,
        },
        ground::{error::StoreError, repository::Repository, stamp::Stamp},
        publish::{Asked, Base, Course, Goal, HoldsAfter, HoldsRespected, Leaving, PublishError},
    },
};

impl Channel {
    /// The course of a schedule from what is live now.
    pub(super) fn schedule_course(
        &self,
        id: &str,
        stored: &StoredSchedule,
        nodes: &(dyn map::ReadNodes + Sync),
        stamp: &Stamp,
        passes_over: bool,
    ) -> Result<(Base, Course), PublishError> {
        let (base, mut course) = match stored.verb {
            ScheduleVerb::Publish | ScheduleVerb::BringBack => {
                self.pinned_course(stored, nodes, stamp)?
            }
            ScheduleVerb::Unpublish | ScheduleVerb::Retire => {
                let leaving = Leaving {
                    seen: None,
                    verb: match stored.verb {
                        ScheduleVerb::Retire => PublicationVerb::Retire,
                        _ => PublicationVerb::Unpublish,
                    },
                    keys: &stored.keys,
                    replaced_by: stored.replaced_by.as_ref(),
                    passes_over,
                    may_empty: false,
                    stamp,
                };
                self.leaving_course(&leaving)?
            }
        };
        course.asked.schedule = Some(id.to_owned());
        course.whole = stored.is_whole();
        Ok((base, course))
    }

    fn pinned_course(
        &self,
        stored: &StoredSchedule,
        nodes: &(dyn map::ReadNodes + Sync),
        stamp: &Stamp,
    ) -> Result<(Base, Course), PublishError> {
        let (name, repository, base) = (&self.name, &self.repository, self.base()?);
        let (Some(root), Some(commit)) = (stored.revisions, stored.commit) else {
            let what = format!("the revisions of a schedule on {name}");
            return Err(StoreError::Row { what }.into());
        };
        // Approvals may have become required meanwhile.
        self.must_be_accepted(&commit.to_string(), &State::Commit(commit))?;
        let (mut rows, mut superseded) = (BTreeMap::new(), Vec::new());
        for entry in map::entries(nodes, root, b"")? {
            let (key, value) = entry?;
            let row = match value.is_empty() {
                true => None,
                false => Some(catalogue::decoded_row(&key, &value)?),
            };
            let key = catalogue::decoded_key(&key)?;
            if repository.is_superseded(&base, &key, row)? {
                superseded.push(key);
            } else {
                rows.insert(key, row);
            }
        }
        let goal = Goal::Rows(rows);
        let mut course = publishing(name, &commit.to_string(), commit, goal, stamp.time_ms);
        course.asked.only = stored.keys.clone();
        course.superseded = superseded;
        if stored.verb == ScheduleVerb::BringBack {
            // Named entries come back whatever keeps them off, and nothing keeps them off afterwards.
            course.holds_respected = HoldsRespected::TakenOff;
            course.holds =
                HoldsAfter::AsIn(map::build(&mut Vec::new(), repository.header.salt(), [])?);
        }
        Ok((base, course))
    }
}

impl Repository {
    /// Whether the live revision was made from the named one, and so is newer.
    fn is_superseded(
        &self,
        base: &Base,
        key: &EntryKey,
        row: Option<CatalogueRow>,
    ) -> Result<bool, StoreError> {
        let live = catalogue::row(&*self.source, base.roots.catalogue, key)?;
        let (Some(live), Some(row)) = (live, row) else { return Ok(false) };
        if live.revision == row.revision {
            return Ok(false);
        }
        // Usually the named revision is the newer one, which a step or two show.
        if self.is_made_from(row.revision, live.revision)? {
            return Ok(false);
        }
        self.is_made_from(live.revision, row.revision)
    }
}

impl Course {
    /// Whether there is nothing to bring live and nothing to take off.
    pub(super) fn is_idle(&self) -> bool {
        let is_empty = match &self.goal {
            Goal::Anew(rows) => rows.is_empty(),
            Goal::Rows(rows) => rows.is_empty(),
            Goal::State(_) => false,
        };
        is_empty && self.leaving.is_empty()
    }
}

/// A scheduled publish; the goal is what it names.
pub(super) fn publishing(
    channel: &ChannelName,
    target: &str,
    commit: CommitId,
    goal: Goal,
    judged_ms: u64,
) -> Course {
    let verb = PublicationVerb::Publish;
    let course = Course::new(Asked::of(verb, channel, target), verb, commit, goal);
    Course { judged_ms: Some(judged_ms), may_empty: false, ..course }
}
