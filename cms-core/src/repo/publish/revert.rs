//! Reverting one publication: what it changed goes back, unless somebody published it since.
//!
//! A rollback takes a channel to an earlier state, and undoes everything that came later. A revert undoes one
//! publication and leaves the later ones: an entry that was published again since stays as it is, and the report names
//! it.

use std::collections::BTreeMap;

use super::{
    Asked, Base, Course, HoldsAfter, PublishError, PublishReport, Published,
    select::candidate::decoded,
};
use crate::{
    map,
    model::{
        id::PublicationId,
        snapshot::{Publication, PublicationVerb},
    },
    repo::{
        channel::{Channel, head::Head, holds::hold_of},
        content::catalogue,
        ground::stamp::Stamp,
        state::ResolveError,
    },
};

/// Which publication to revert.
#[derive(Debug, Clone)]
pub struct RevertRequest {
    /// The publication at which the channel must still be; `None` for wherever it is.
    pub seen: Option<PublicationId>,
    /// The publication's place in the channel's line; `None` for the newest.
    pub sequence: Option<u64>,
    /// Who reverts it, when and why.
    pub stamp: Stamp,
}

impl Channel {
    /// Undoes what one publication changed, unless somebody published it since.
    ///
    /// What a publish brought is put on hold, as by a rollback. What an unpublish, a rollback or another revert took
    /// back comes back, with its holds as they were before.
    ///
    /// # Errors
    /// [`PublishError`]; the channel has not moved.
    pub fn revert_publish(&self, request: &RevertRequest) -> Result<Published, PublishError> {
        let (base, course) = self.revert_course(request)?;
        self.publish_along(&base, &course, &request.stamp)
    }

    /// What a revert would do; nothing is written.
    ///
    /// # Errors
    /// [`PublishError`] when the request can't be fulfilled or the store can't be read.
    pub fn plan_revert(&self, request: &RevertRequest) -> Result<PublishReport, PublishError> {
        let (base, course) = self.revert_course(request)?;
        self.repository.plan_along(&base, &course)
    }

    fn revert_course(&self, request: &RevertRequest) -> Result<(Base, Course), PublishError> {
        let (base, _) = self.live_base(request.seen)?;
        let source = &*self.repository.source;
        let (sequence, publication, parent) = self.step(&base, request)?;
        let (mut rows, mut superseded) = (BTreeMap::new(), Vec::new());
        for difference in map::diff(source, parent.effective, publication.effective)? {
            let (key, was, became) = decoded(&difference?)?;
            if catalogue::row(source, base.roots.catalogue, &key)? == became {
                rows.insert(key, was);
            } else {
                superseded.push(key);
            }
        }
        let verb = PublicationVerb::Revert;
        let target = format!("{}@{sequence}", self.name);
        let asked = Asked::of(verb, &self.name, &target);
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
        let repository = &self.repository;
        let mut next: Option<Head> = base.head.clone();
        let newest = base.head.as_ref().map_or(0, |head| head.sequence);
        let wanted = request.sequence.unwrap_or(newest);
        while let Some(head) = next {
            let before = repository.before(&head)?;
            // A release has its parent's snapshot and changed nothing, so the publication that made the snapshot is
            // meant.
            let is_step = before.as_ref().is_none_or(|before| before.sequence < head.sequence);
            if head.sequence == wanted && is_step {
                let first =
                    || PublishError::NothingBefore { channel: self.name.clone(), sequence: wanted };
                let before = before.ok_or_else(first)?;
                let publication = repository.publication(head.publication)?;
                return Ok((wanted, publication, repository.publication(before.publication)?));
            }
            next = before;
        }
        let text = format!("{}@{wanted}", self.name);
        Err(match wanted > newest {
            true => ResolveError::Ahead { text, newest },
            false => ResolveError::TooFar { text },
        }
        .into())
    }
}
