//! Words of channels and schedules.

use cms_core::{
    model::{alteration::Alteration, snapshot::PublicationVerb},
    repo::{ScheduleFailureCode, ScheduleState, ScheduleVerb, Takes},
};
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

use crate::views::OnWire;

words! {
    /// The verb that moved a channel.
    ChannelVerb {
        /// It delivers what was ready in a state.
        Publish = "publish",
        /// It went back to an earlier state, in whole or in part.
        Rollback = "rollback",
        /// Holds were released.
        Release = "release",
        /// Entries were taken off until they are released.
        Unpublish = "unpublish",
        /// Entries were taken off for good.
        Retire = "retire",
        /// One publication was undone.
        Revert = "revert",
        /// What is delivered was made again from the same entries.
        Remake = "remake",
    }

    /// How an entry differs.
    ChangeWord {
        /// It is new.
        Added = "added",
        /// It changed.
        Changed = "changed",
        /// It no longer exists.
        Removed = "removed",
    }

    /// How an entry differs from what learners get.
    UnpublishedChange {
        /// Learners do not get it yet.
        Added = "added",
        /// Learners get an earlier form.
        Changed = "changed",
        /// Learners still get it.
        Removed = "removed",
        /// It did not change; it only stands nowhere.
        Unchanged = "unchanged",
    }

    /// What a publish would take from learners.
    TakesWord {
        /// The home page.
        Home = "home",
        /// Everything.
        Everything = "everything",
    }

    /// What a schedule does.
    ScheduleVerbWord {
        /// Publishes the revisions that the target had when the schedule was made.
        Publish = "publish",
        /// Takes entries off until they are released.
        Unpublish = "unpublish",
        /// Takes entries off for good.
        Retire = "retire",
        /// Brings back entries that are off at that time, as the target had them when the schedule was made, and lifts
        /// what keeps them off.
        BringBack = "bring-back",
    }

    /// What kept a schedule from running, as a problem's code.
    ScheduleFailureWord {
        /// Entries may not go live or are still needed, or what is to replace others can't.
        PublishRefused = "publish-refused",
        /// Learners would be left without the home page, or with nothing at all.
        PublishEmpties = "publish-empties",
        /// Approvals are required since, and nobody approved what it names.
        NotAccepted = "not-accepted",
        /// An entry that it names is not there.
        EntryUnknown = "entry-unknown",
        /// What it was to publish names no state.
        StateUnknown = "state-unknown",
        /// The channel is not there.
        ChannelUnknown = "channel-unknown",
        /// What it names can't be read.
        StoreDamaged = "store-damaged",
        /// The person who scheduled it may not publish this any more.
        RightMissing = "right-missing",
    }

    /// The state of a schedule.
    ScheduleStateWord {
        /// It waits for its instant.
        Pending = "pending",
        /// It could not run.
        Failed = "failed",
        /// It ran within the last 90 days.
        Done = "done",
    }
}

same! {
    ChangeWord = Alteration { Added, Changed, Removed }
    ChannelVerb = PublicationVerb { Publish, Rollback, Release, Unpublish, Retire, Revert, Remake }
    TakesWord = Takes { Home, Everything }
    ScheduleVerbWord = ScheduleVerb { Publish, Unpublish, Retire, BringBack }
    ScheduleFailureWord = ScheduleFailureCode { PublishRefused, PublishEmpties, NotAccepted, EntryUnknown, StateUnknown, ChannelUnknown, StoreDamaged, RightMissing }
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
