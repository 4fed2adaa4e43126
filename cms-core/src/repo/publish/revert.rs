//! Reverting one publication: what it changed goes back, where nobody published it since.
//!
//! A rollback takes a channel to an earlier state, and with it all that came later. A revert undoes
//! one step and leaves the later ones: an entry that was published again since stays as it is, and
//! the report names it.

use std::collections::BTreeMap;

use super::{
    Asked, Base, Course, HoldsAfter, PublishError, PublishReport, Published, select::decoded,
};
use crate::{
    map,
    model::{
        id::PublicationId,
        name::ChannelName,
        snapshot::{Publication, PublicationVerb},
    },
    repo::{
        channel::{Head, holds::hold_of},
        content::catalogue,
        ground::{repository::Repository, stamp::Stamp},
        state::ResolveError,
    },
};

/// Which publication to revert.
#[derive(Debug, Clone)]
pub struct RevertRequest {
    /// The channel.
    pub channel: ChannelName,
    /// The publication at which the channel must still be; wherever it is when none.
    pub seen: Option<PublicationId>,
    /// The publication's place in the channel's line; the newest when none is given.
    pub sequence: Option<u64>,
    /// Who, when, why.
    pub stamp: Stamp,
}

impl Repository {
    /// Undoes what one publication changed, where nobody published it since.
    ///
    /// What a publish brought is put on hold as by a rollback. What an unpublish, a rollback or another
    /// revert took back comes back, and its holds are as they were before.
    ///
    /// # Errors
    /// [`PublishError`]; the channel has not moved then.
    pub fn revert_publish(&self, request: &RevertRequest) -> Result<Published, PublishError> {
        let this = self.at_channel(&request.channel)?;
        let (base, course) = this.revert_course(request)?;
        this.publish_along(&base, &course, &request.stamp)
    }

    /// What a revert would do; nothing is written.
    ///
    /// # Errors
    /// [`PublishError`] when the request makes no sense or the store can't be read.
    pub fn plan_revert(&self, request: &RevertRequest) -> Result<PublishReport, PublishError> {
        let this = self.at_channel(&request.channel)?;
        let (base, course) = this.revert_course(request)?;
        this.plan_along(&base, &course)
    }

    fn revert_course(&self, request: &RevertRequest) -> Result<(Base, Course), PublishError> {
        let (base, _) = self.live_base(&request.channel, request.seen)?;
        let (sequence, publication, parent) = self.step(&base, request)?;
        let (mut rows, mut superseded) = (BTreeMap::new(), Vec::new());
        for difference in map::diff(&*self.source, parent.effective, publication.effective)? {
            let (key, was, became) = decoded(&difference?)?;
            if catalogue::row(&*self.source, base.roots.catalogue, &key)? == became {
                rows.insert(key, was);
            } else {
                superseded.push(key);
            }
        }
        let verb = PublicationVerb::Revert;
        let target = format!("{}@{sequence}", request.channel);
        let asked = Asked::of(verb, &request.channel, &target);
        let mut course = Course::to_rows(asked, verb, parent.commit, rows, request.stamp.time_ms);
        course.superseded = superseded;
        course.holds = match publication.verb {
            PublicationVerb::Publish => HoldsAfter::OnAccepted(hold_of(verb, &request.stamp, None)),
            _ => HoldsAfter::AsIn(parent.holds),
        };
        Ok((base, course))
    }

    /// The publication that made a snapshot of the line, and the one before it.
    fn step(
        &self,
        base: &Base,
        request: &RevertRequest,
    ) -> Result<(u64, Publication, Publication), PublishError> {
        let too_far = |sequence| {
            let text = format!("{}@{sequence}", request.channel);
            PublishError::Target(ResolveError::TooFar { text })
        };
        let mut next: Option<Head> = base.head.clone();
        let newest = base.head.as_ref().map_or(0, |head| head.sequence);
        let wanted = request.sequence.unwrap_or(newest);
        while let Some(head) = next {
            let before = self.before(&head)?;
            // A release has its parent's snapshot and changed nothing: the one that did is meant.
            let is_step = before.as_ref().is_none_or(|before| before.sequence < head.sequence);
            if head.sequence == wanted && is_step {
                let before = before.ok_or_else(|| too_far(wanted))?;
                let publication = self.publication(head.publication)?;
                return Ok((wanted, publication, self.publication(before.publication)?));
            }
            next = before;
        }
        Err(too_far(wanted))
    }
}
