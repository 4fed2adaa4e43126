//! Remaking what is live: what an upgrade of an engine or of this program changes for learners.
//!
//! A publish leaves alone what did not change, so an upgrade changes nothing by itself. This verb makes every live
//! entry again from its live revision, and has a plan like any other verb. An entry that comes out the same keeps its
//! object; one that the new engine refuses keeps its last form and is reported.

use super::{Asked, Base, Course, Goal, HoldsRespected, PublishError, PublishReport, Published};
use crate::{
    model::{id::PublicationId, key::EntryKey, snapshot::PublicationVerb},
    repo::{
        channel::Channel,
        content::{catalogue, kinds::Kinds, lost::lost_document},
        ground::{error::StoreError, repository::Repository, stamp::Stamp},
    },
    schema::Place,
};

/// The request to remake a channel.
#[derive(Debug, Clone)]
pub struct RemakeRequest {
    /// The publication at which the channel must still be; `None` for wherever it is.
    pub seen: Option<PublicationId>,
    /// Who remakes it, when and why.
    pub stamp: Stamp,
}

impl Channel {
    /// Makes the live entries again.
    ///
    /// # Errors
    /// [`PublishError`]; the channel has not moved. [`PublishError::NothingToDo`] when everything comes out the same.
    pub fn remake(&self, request: &RemakeRequest) -> Result<Published, PublishError> {
        let (base, course) = self.remake_course(request)?;
        self.publish_along(&base, &course, &request.stamp)
    }

    /// What [`Self::remake`] would do; nothing is written.
    ///
    /// # Errors
    /// [`PublishError`] when the request can't be fulfilled or the store can't be read.
    pub fn plan_remake(&self, request: &RemakeRequest) -> Result<PublishReport, PublishError> {
        let (base, course) = self.remake_course(request)?;
        self.repository.plan_along(&base, &course)
    }

    fn remake_course(&self, request: &RemakeRequest) -> Result<(Base, Course), PublishError> {
        let (base, commit) = self.live_base(request.seen)?;
        let verb = PublicationVerb::Remake;
        let asked = Asked::of(verb, &self.name, self.name.as_str());
        let goal = Goal::Anew(self.repository.delivered_entries(&base)?);
        let course = Course {
            holds_respected: HoldsRespected::None,
            ..Course::new(asked, verb, commit, goal)
        };
        Ok((base, course))
    }
}

impl Repository {
    /// The live entries that learners may get, ascending.
    fn delivered_entries(
        &self,
        base: &Base,
    ) -> Result<Vec<(EntryKey, catalogue::CatalogueRow)>, StoreError> {
        let kinds = Kinds::at(self, base.roots.catalogue);
        let mut understood = Vec::new();
        for kind in kinds.names()? {
            if kinds.get(&kind)?.is_none_or(|kind| kind.schema.place() == Place::Never) {
                continue;
            }
            let prefix = EntryKey::kind_prefix(&kind);
            for row in catalogue::with_prefix(&*self.source, base.roots.catalogue, &prefix)? {
                let (key, value) = row?;
                let row = catalogue::decoded_row(&key, &value)?;
                let key = catalogue::decoded_key(&key)?;
                // If a salvage found no version of an entry, learners keep what they have.
                let has_version = row.document().is_some_and(|id| id != lost_document());
                if key.locale().is_none() && has_version {
                    understood.push((key, row));
                }
            }
        }
        Ok(understood)
    }
}
