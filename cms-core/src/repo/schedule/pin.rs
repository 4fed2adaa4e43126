//! The revisions that a schedule is to bring live: those that its target has when the schedule is made.

use std::collections::BTreeMap;

use crate::repo::schedule::{course::publishing, row::ScheduleError, verb::ScheduleVerb};
use crate::{
    map::{self, Staging},
    model::{
        id::{CommitId, NodeId},
        key::EntryKey,
    },
    repo::{
        channel::Channel,
        content::{
            catalogue::{self, CatalogueRow, RowState},
            state::Roots,
        },
        ground::{repository::Repository, stamp::Stamp},
        publish::{Goal, PublishError, select},
    },
};

/// What a step is to bring live, and from where.
pub(super) struct Pinning<'p> {
    pub(super) verb: ScheduleVerb,
    pub(super) target: &'p str,
    pub(super) keys: &'p [EntryKey],
}

/// The map of the named revisions, and the commit that has them.
pub(super) type Pinned = (Option<NodeId>, Option<CommitId>);

impl Channel {
    /// Names the revisions that a step would bring live now; both are `None` for a step that takes something off.
    pub(super) fn pin(
        &self,
        pinning: &Pinning<'_>,
        staged: &mut Staging<'_>,
        stamp: &Stamp,
    ) -> Result<Pinned, ScheduleError> {
        let repository = &self.repository;
        let rows = match pinning.verb {
            ScheduleVerb::Unpublish | ScheduleVerb::Retire => return Ok((None, None)),
            ScheduleVerb::Publish => self.differing(pinning, stamp)?,
            ScheduleVerb::BringBack => repository.as_they_are(pinning)?,
        };
        let state = repository.resolve(pinning.target).map_err(PublishError::from)?;
        self.must_be_accepted(pinning.target, &state)?;
        let commit = repository.commit_behind(&state)?;
        let rows = rows.into_iter().map(|(key, row)| {
            (key.encode(), Some(row.map(|row| row.encode()).unwrap_or_default()))
        });
        let salt = repository.header.salt();
        let empty = map::build(&mut Vec::new(), salt, [])?;
        let root = map::edit(staged, salt, empty, rows.collect::<Vec<_>>())?;
        Ok((Some(root), Some(commit)))
    }

    /// What a publish of the target would change now.
    fn differing(
        &self,
        pinning: &Pinning<'_>,
        stamp: &Stamp,
    ) -> Result<BTreeMap<EntryKey, Option<CatalogueRow>>, ScheduleError> {
        let (repository, base) = (&self.repository, self.base()?);
        let (commit, roots) = repository.roots_of(pinning)?;
        let goal = Goal::State(roots);
        let mut course = publishing(&self.name, pinning.target, commit, goal, stamp.time_ms);
        course.asked.only = pinning.keys.to_vec();
        let all = select::differences(repository, &base, &course.goal)?;
        // The schemas and languages that they need are included.
        let (wanted, _) = select::wanted(repository, &base, &course, all)?;
        let rows: BTreeMap<EntryKey, Option<CatalogueRow>> =
            wanted.into_iter().map(|(key, _, after)| (key, after)).collect();
        if rows.is_empty() {
            let report = Box::new(repository.plan_along(&base, &course)?);
            return Err(PublishError::NothingToDo { report }.into());
        }
        Ok(rows)
    }
}

impl Repository {
    fn roots_of(&self, pinning: &Pinning<'_>) -> Result<(CommitId, Roots), ScheduleError> {
        let state = self.resolve(pinning.target).map_err(PublishError::from)?;
        Ok((self.commit_behind(&state)?, self.roots(&state).map_err(PublishError::from)?))
    }

    /// The entries with their translations as the target has them, whether or not they are live now.
    fn as_they_are(
        &self,
        pinning: &Pinning<'_>,
    ) -> Result<BTreeMap<EntryKey, Option<CatalogueRow>>, ScheduleError> {
        let (_, roots) = self.roots_of(pinning)?;
        let nodes = &*self.source;
        let mut rows = BTreeMap::new();
        for key in pinning.keys {
            let row = catalogue::row(nodes, roots.catalogue, key)?;
            let Some(row) = row.filter(|row| row.state != RowState::Deleted) else {
                let target = pinning.target.to_owned();
                return Err(PublishError::UnknownEntry { key: key.clone(), target }.into());
            };
            rows.insert(key.clone(), Some(row));
            if key.locale().is_some() {
                continue;
            }
            for found in catalogue::with_prefix(nodes, roots.catalogue, &key.translations_prefix())?
            {
                let (found, value) = found?;
                let row = catalogue::decoded_row(&found, &value)?;
                if row.state != RowState::Deleted {
                    rows.insert(catalogue::decoded_key(&found)?, Some(row));
                }
            }
        }
        Ok(rows)
    }
}
