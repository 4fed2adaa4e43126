//! Words of channels and schedules.

use cms_core::{
    model::{alteration::Alteration, snapshot::PublicationVerb},
    repo::{ScheduleState, ScheduleVerb, Takes},
};
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

use crate::views::OnWire;

words! {
    /// What moved a channel.
    ChannelVerb {
        /// It delivers what was ready of a state.
        Publish = "publish",
        /// It went back to an earlier state, in whole or in part.
        Rollback = "rollback",
        /// Holds were lifted.
        Release = "release",
        /// Entries were taken off.
        Unpublish = "unpublish",
        /// Entries were taken off for good.
        Retire = "retire",
        /// One publication was undone.
        Revert = "revert",
        /// What is delivered was made anew from the same entries.
        Remake = "remake",
    }

    /// How an entry differs.
    ChangeWord {
        /// It was not there.
        Added = "added",
        /// It is another.
        Changed = "changed",
        /// It is not there any more.
        Removed = "removed",
    }

    /// How an entry differs from what learners get.
    UnpublishedChange {
        /// They do not get it yet.
        Added = "added",
        /// They get an earlier form.
        Changed = "changed",
        /// They still get it.
        Removed = "removed",
        /// It is as it was; it only stands nowhere.
        Unchanged = "unchanged",
    }

    /// What a publish would leave learners without.
    TakesWord {
        /// The home page.
        Home = "home",
        /// Everything.
        Everything = "everything",
    }

    /// What a schedule does.
    ScheduleVerbWord {
        /// Publish the revisions that there were when it was made.
        Publish = "publish",
        /// Take entries off until they are released.
        Unpublish = "unpublish",
        /// Take entries off for good.
        Retire = "retire",
        /// Bring entries back that are off then, as the target has them now, and lift what keeps them off.
        BringBack = "bring-back",
    }

    /// How a schedule stands.
    ScheduleStateWord {
        /// It waits for its instant.
        Pending = "pending",
        /// It could not run.
        Failed = "failed",
        /// It ran, in the last 90 days.
        Done = "done",
    }
}

same! {
    ChangeWord = Alteration { Added, Changed, Removed }
    ChannelVerb = PublicationVerb { Publish, Rollback, Release, Unpublish, Retire, Revert, Remake }
    TakesWord = Takes { Home, Everything }
    ScheduleVerbWord = ScheduleVerb { Publish, Unpublish, Retire, BringBack }
    ScheduleStateWord = ScheduleState { Pending, Failed, Done }
}

impl OnWire<UnpublishedChange> for Option<Alteration> {
    fn on_wire(self) -> UnpublishedChange {
        match self {
            None => UnpublishedChange::Unchanged,
            Some(Alteration::Added) => UnpublishedChange::Added,
            Some(Alteration::Changed) => UnpublishedChange::Changed,
            Some(Alteration::Removed) => UnpublishedChange::Removed,
        }
    }
}
