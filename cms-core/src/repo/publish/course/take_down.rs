//! Taking entries down from a channel: whatever needs them, and whether they are on hold or under embargo.
//!
//! Unlike a retirement it asks nothing of what stays: an entry that embeds what is taken down is made again without it.
//! The tombstones and the report have no title.

use std::collections::{BTreeMap, BTreeSet};

use super::{Base, Course, HoldsAfter};
use crate::{
    model::{key::EntryKey, snapshot::PublicationVerb},
    repo::{
        channel::{Channel, holds::hold_of},
        ground::stamp::Stamp,
        publish::{PublishError, PublishReport, Published, report::Asked},
    },
};

impl Channel {
    /// Takes entries down from the channel; `None` where it has nothing of them.
    pub(in crate::repo) fn take_down(
        &self,
        keys: &BTreeSet<EntryKey>,
        stamp: &Stamp,
    ) -> Result<Option<Published>, PublishError> {
        let Some((base, course)) = self.takedown_course(keys, stamp)? else { return Ok(None) };
        match self.publish_along(&base, &course, stamp) {
            Err(PublishError::NothingToDo { .. }) => Ok(None),
            published => published.map(Some),
        }
    }

    /// What [`Self::take_down`] would do; nothing is written.
    pub(in crate::repo) fn plan_take_down(
        &self,
        keys: &BTreeSet<EntryKey>,
        stamp: &Stamp,
    ) -> Result<Option<PublishReport>, PublishError> {
        let Some((base, course)) = self.takedown_course(keys, stamp)? else { return Ok(None) };
        self.repository.plan_along(&base, &course).map(Some)
    }

    fn takedown_course(
        &self,
        keys: &BTreeSet<EntryKey>,
        stamp: &Stamp,
    ) -> Result<Option<(Base, Course)>, PublishError> {
        let (base, commit) = self.live_base(None)?;
        let (mut rows, mut leaving) = (BTreeMap::new(), BTreeSet::new());
        for key in keys {
            if self.repository.is_to_leave(&base, key, &mut rows)? {
                leaving.insert(key.clone());
            }
        }
        if leaving.is_empty() {
            return Ok(None);
        }
        let verb = PublicationVerb::Retire;
        let asked = Asked {
            only: leaving.iter().cloned().collect(),
            ..Asked::of(verb, &self.name, self.name.as_str())
        };
        let mut course = Course::to_rows(asked, verb, commit, rows, stamp.time_ms);
        course.holds = HoldsAfter::OnLeaving(hold_of(verb, stamp, None));
        course.leaving = leaving;
        course.takes_down = true;
        Ok(Some((base, course)))
    }
}
