//! Taking entries off for good. A retired entry may name what replaces it: its tombstone says so, and its routes lead there.

use super::{PublishError, PublishReport, Published, course::leaving::Leaving};
use crate::{
    model::{id::PublicationId, key::EntryKey, snapshot::PublicationVerb},
    repo::{channel::Channel, ground::stamp::Stamp},
};

/// The request to take entries off for good.
#[derive(Debug, Clone)]
pub struct RetireRequest {
    /// The publication at which the channel must still be; `None` for wherever it is.
    pub seen: Option<PublicationId>,
    /// The entries, which are taken off with their translations.
    pub keys: Vec<EntryKey>,
    /// The entry that replaces them.
    pub replaced_by: Option<EntryKey>,
    /// Go on even where learners would be left without the home page, or with nothing at all.
    pub may_empty: bool,
    /// Who retires them, when and why.
    pub stamp: Stamp,
}

impl<'l> From<&'l RetireRequest> for Leaving<'l> {
    fn from(request: &'l RetireRequest) -> Self {
        Self {
            verb: PublicationVerb::Retire,
            seen: request.seen,
            keys: &request.keys,
            replaced_by: request.replaced_by.as_ref(),
            passes_over: false,
            may_empty: request.may_empty,
            stamp: &request.stamp,
        }
    }
}

impl Channel {
    /// Takes entries off the channel for good; others may replace them.
    ///
    /// # Errors
    /// [`PublishError::Needed`] when live entries need them, [`PublishError::Empties`] when learners would be left
    /// without the home page, [`PublishError::BadReplacement`]; the channel has not moved.
    pub fn retire(&self, request: &RetireRequest) -> Result<Published, PublishError> {
        let (base, course) = self.leaving_course(&request.into())?;
        self.publish_along(&base, &course, &request.stamp)
    }

    /// What [`Self::retire`] would do; nothing is written.
    ///
    /// # Errors
    /// As [`Self::retire`].
    pub fn plan_retire(&self, request: &RetireRequest) -> Result<PublishReport, PublishError> {
        let (base, course) = self.leaving_course(&request.into())?;
        self.repository.plan_along(&base, &course)
    }
}
