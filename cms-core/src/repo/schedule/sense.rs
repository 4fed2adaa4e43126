//! What no schedule may ask for, because it can never run, whatever is put right until its time.

use super::{
    row::{SCHEDULE_KEYS_MAX, SCHEDULE_STEPS_MAX, ScheduleError, ScheduleRequest, ScheduleStep},
    verb::ScheduleVerb,
};
use crate::{
    map,
    model::{id::NodeId, key::EntryKey, snapshot::PublicationVerb},
    repo::{
        channel::Channel,
        content::home::home,
        ground::stamp::Stamp,
        publish::{BadReplacement, Leaving, PublishError},
    },
};

impl ScheduleStep {
    /// Whether it takes entries off.
    const fn is_leaving(&self) -> bool {
        matches!(self.verb, ScheduleVerb::Unpublish | ScheduleVerb::Retire)
    }

    fn check_replacement(&self) -> Result<(), ScheduleError> {
        let Some(replaced_by) = &self.replaced_by else { return Ok(()) };
        match BadReplacement::of_any(&self.keys, replaced_by) {
            Some(reason) => {
                Err(PublishError::BadReplacement { key: replaced_by.clone(), reason }.into())
            }
            None => Ok(()),
        }
    }
}

impl ScheduleRequest {
    /// Entries are named where they must be, and not too many; nothing replaces itself.
    pub(super) fn must_make_sense(&self) -> Result<(), ScheduleError> {
        let steps = || std::iter::once(&self.step).chain(&self.then);
        let found = steps().map(|step| step.keys.len()).sum();
        let is_empty =
            |step: &ScheduleStep| step.verb != ScheduleVerb::Publish && step.keys.is_empty();
        if let Some(step) = steps().position(is_empty) {
            return Err(ScheduleError::Keys { found: 0, step });
        }
        if found > SCHEDULE_KEYS_MAX {
            return Err(ScheduleError::Keys { found, step: 0 });
        }
        if steps().count() > SCHEDULE_STEPS_MAX {
            return Err(ScheduleError::Steps { found: steps().count() });
        }
        steps().try_for_each(ScheduleStep::check_replacement)
    }
}

impl Channel {
    /// A later step takes off what is there: on the channel now, or brought by a step before it. The first step is looked
    /// at as it would run, and says this by itself.
    pub(super) fn has_what_leaves(
        &self,
        step: &ScheduleStep,
        brought: &[NodeId],
        nodes: &(dyn map::ReadNodes + Sync),
        stamp: &Stamp,
    ) -> Result<(), ScheduleError> {
        if !step.is_leaving() {
            return Ok(());
        }
        let base = self.base()?;
        for key in &step.keys {
            let is_there = self.repository.is_to_leave(&base, key, &mut Default::default())?
                || is_brought(key, brought, nodes)?;
            if !is_there {
                let target = self.name.to_string();
                return Err(PublishError::UnknownEntry { key: key.clone(), target }.into());
            }
        }
        if step.keys.contains(&home()) {
            self.must_keep_home(stamp)?;
        }
        Ok(())
    }

    /// A schedule has no word with which the home page may be taken off.
    fn must_keep_home(&self, stamp: &Stamp) -> Result<(), ScheduleError> {
        let leaving = Leaving {
            verb: PublicationVerb::Unpublish,
            seen: None,
            keys: &[home()],
            replaced_by: None,
            passes_over: true,
            may_empty: false,
            stamp,
        };
        let planned = self
            .leaving_course(&leaving)
            .and_then(|(base, course)| self.repository.plan_along(&base, &course));
        match planned {
            Err(error @ (PublishError::Empties { .. } | PublishError::Store(_))) => {
                Err(error.into())
            }
            _ => Ok(()),
        }
    }
}

/// Whether a step before brings an entry, as the revisions that it names tell.
fn is_brought(
    key: &EntryKey,
    brought: &[NodeId],
    nodes: &(dyn map::ReadNodes + Sync),
) -> Result<bool, ScheduleError> {
    for root in brought {
        if map::get(nodes, *root, &key.encode())?.is_some_and(|row| !row.is_empty()) {
            return Ok(true);
        }
    }
    Ok(false)
}
