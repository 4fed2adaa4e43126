//! Taking entries off until they are released: they leave a tombstone and a hold.

use super::{PublishError, PublishReport, Published, course::leaving::Leaving};
use crate::{
    model::{id::PublicationId, key::EntryKey, snapshot::PublicationVerb},
    repo::{channel::Channel, ground::stamp::Stamp},
};

/// The request to take entries off until their holds are released.
#[derive(Debug, Clone)]
pub struct UnpublishRequest {
    /// The publication at which the channel must still be; `None` for wherever it is.
    pub seen: Option<PublicationId>,
    /// The entries, which are taken off with their translations; or single translations.
    pub keys: Vec<EntryKey>,
    /// Go on even where learners would be left without the home page, or with nothing at all.
    pub may_empty: bool,
    /// Who takes them off, when and why.
    pub stamp: Stamp,
}

impl<'l> From<&'l UnpublishRequest> for Leaving<'l> {
    fn from(request: &'l UnpublishRequest) -> Self {
        Self {
            verb: PublicationVerb::Unpublish,
            seen: request.seen,
            keys: &request.keys,
            replaced_by: None,
            passes_over: false,
            may_empty: request.may_empty,
            stamp: &request.stamp,
        }
    }
}

impl Channel {
    /// Takes entries off the channel and holds them, so that no publish brings them back.
    ///
    /// # Errors
    /// [`PublishError::Needed`] when live entries need them, [`PublishError::Empties`] when learners would be left
    /// without the home page; the channel has not moved.
    pub fn unpublish(&self, request: &UnpublishRequest) -> Result<Published, PublishError> {
        let (base, course) = self.leaving_course(&request.into())?;
        self.publish_along(&base, &course, &request.stamp)
    }

    /// What [`Self::unpublish`] would do; nothing is written.
    ///
    /// # Errors
    /// As [`Self::unpublish`].
    pub fn plan_unpublish(
        &self,
        request: &UnpublishRequest,
    ) -> Result<PublishReport, PublishError> {
        let (base, course) = self.leaving_course(&request.into())?;
        self.repository.plan_along(&base, &course)
    }
}
