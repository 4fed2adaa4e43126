//! The members that problems have besides the standard ones. An optional member is present when its value is known.

use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    ground::form::{IdText, KeyText},
    views::{
        content::{Use, Violation},
        delivered::Tombstone,
        drafts::{CatalogueConflict, PlaceConflict},
        import::ImportReport,
        publishing::PublishReport,
        reviews::RefusedEntry,
        words::{
            content::{DraftState, ReviewStateWord, UseRole},
            operation::{JobStateWord, RightWord},
            people::{PersonStateWord, SessionEndWord},
            publishing::{ChannelVerb, TakesWord},
        },
    },
};

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Known {
    /// The names that would have been known here.
    known: Option<Vec<String>>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct OfParameter {
    /// The query parameter.
    parameter: Option<String>,
    /// The query parameters that the operation has.
    known: Option<Vec<String>>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct At {
    /// The place in the body, or in the request of a command or job, as a JSON pointer.
    pointer: Option<String>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Denial {
    /// The right that this needs.
    right: RightWord,
    /// Why the person has not: `no-role` at all, no `role` with this right, or a role that does not reach this part of the
    /// catalogue (`subtree`), this `kind`, this `locale` or this `channel`; or the `access-key` is not for this; or the right is
    /// not enough, because a policy asks for approvals (`policy-approvals`), for a session with a second factor
    /// (`policy-second-factor`), or lets no program publish (`policy-program`).
    why: DenialWhy,
    /// The entry that this would change; absent when it is about all.
    key: Option<String>,
    /// The channel that this would move; absent when it is about none.
    channel: Option<String>,
    /// The part of the catalogue whose policy asks for more; absent when it is the house's, or none.
    subtree: Option<String>,
    /// Some people who may, those with the least power first; empty where a policy asks for more.
    helpers: Vec<String>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Given {
    /// The grant by which the person has the role.
    grant: String,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Last {
    /// The last administrator.
    person: String,
}

/// Why a person has not the right that something needs.
#[derive(ToSchema)]
#[schema(rename_all = "kebab-case")]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) enum DenialWhy {
    /// They have no role.
    NoRole,
    /// No role of theirs has the right.
    Role,
    /// Their role does not reach this part of the catalogue.
    Subtree,
    /// Their role is not for this kind of entry.
    Kind,
    /// Their role is not for this language.
    Locale,
    /// Their role is not for this channel.
    Channel,
    /// The access key is not for this.
    AccessKey,
    /// A policy asks for approvals.
    PolicyApprovals,
    /// A policy asks for a session with a second factor.
    PolicySecondFactor,
    /// A policy lets no program publish.
    PolicyProgram,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Ended {
    /// Why the session opens nothing any more.
    ended: SessionEndWord,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Enrolling {
    /// Whether the person has none yet and has to set one up.
    enrol: bool,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct InAccountState {
    /// The state of the account.
    state: PersonStateWord,
}

/// What is newer than what the writer had read; for a save, both sides and the two joined.
#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Newer {
    /// The `ETag` of what is there; null when nothing is there.
    #[schema(nullable, required)]
    current_tag: Option<String>,
    /// What is there, if it has an id.
    #[schema(value_type = Option<IdText>)]
    current: Option<String>,
    /// For a save, what its writer had read; null for no entry.
    base: Option<Value>,
    /// For a save, whether it is known what its writer had read.
    is_base_known: Option<bool>,
    /// For a save, what was to be saved.
    yours: Option<Value>,
    /// For a save, what is there.
    theirs: Option<Value>,
    /// For a save, the two joined; it has yours where they conflict.
    merged: Option<Value>,
    /// For a save, the places where the two conflict.
    conflicts: Option<Vec<PlaceConflict>>,
    /// For a save, the tag against which the next save is made, without quotes.
    tag: Option<String>,
    /// For a save, who saved what is there; null if it is committed.
    author: Option<String>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Later {
    /// The number of seconds in `Retry-After`.
    #[schema(minimum = 1)]
    retry_after_s: u64,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Left {
    /// The entry's tombstone; null when that can't be read.
    #[schema(required)]
    tombstone: Option<Tombstone>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct OfEntry {
    /// The entry.
    #[schema(value_type = Option<KeyText>)]
    key: Option<String>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct AtOfEntry {
    /// The place in the body, as a JSON pointer.
    pointer: String,
    /// The entry that it does not fit.
    #[schema(value_type = Option<KeyText>)]
    key: Option<String>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct InDraftState {
    /// The draft's state.
    state: DraftState,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct InJobState {
    /// How the job ended.
    state: JobStateWord,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct OfDraft {
    /// The draft for which to open a review.
    draft: String,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct OfReview {
    /// The draft's open review.
    review: String,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Misplaced {
    /// The container in which the entry was to stand.
    #[schema(value_type = KeyText)]
    parent: String,
    /// The entry that was to stand there.
    #[schema(value_type = KeyText)]
    child: String,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Violated {
    /// What does not fit, and at which places.
    violations: Vec<Violation>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Conflicted {
    /// The entries in conflict.
    #[schema(value_type = Vec<KeyText>)]
    conflicted: Vec<String>,
    /// What does not fit together around entries.
    conflicts: Option<Vec<CatalogueConflict>>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct InState {
    /// The review's state.
    state: ReviewStateWord,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct OfEntries {
    /// The entries that have changed.
    #[schema(value_type = Vec<KeyText>)]
    keys: Vec<String>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Wanting {
    /// The entries that lack approvals.
    #[schema(value_type = Option<Vec<KeyText>>)]
    keys: Option<Vec<String>>,
    /// The people who want changes.
    changes_wanted_by: Option<Vec<String>>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Used {
    /// The places where it is used.
    uses: Vec<Use>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Reported {
    /// For a publish, what would have been done and what not.
    report: Option<PublishReport>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Meant {
    /// The place in the body, as a JSON pointer.
    pointer: String,
    /// A person with a similar name.
    nearest: Option<String>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Refused {
    /// Each refused entry, with what is wrong with it.
    refusals: Option<Vec<RefusedEntry>>,
    /// For an import, its whole report.
    report: Option<ImportReport>,
    /// For one document, what is wrong with it.
    violations: Option<Vec<Violation>>,
    /// For one document, the place of the first fault.
    pointer: Option<String>,
}

/// A live entry that needs an entry which was to be taken off.
#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Need {
    /// The entry that was to be taken off.
    #[schema(value_type = KeyText)]
    key: String,
    /// The entry that needs it.
    #[schema(value_type = KeyText)]
    by: String,
    /// That entry's title.
    #[schema(required)]
    title: Option<String>,
    /// The role of the link by which it needs it.
    role: UseRole,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Needed {
    /// What would have been held back, and why.
    report: Option<PublishReport>,
    /// Live entries that need what was to be taken off.
    needs: Option<Vec<Need>>,
    /// How many such needs there are.
    needs_count: Option<u64>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Empties {
    /// What learners would lose; `may_empty` makes the publish go on nevertheless.
    takes: TakesWord,
    /// What the publish would do.
    report: PublishReport,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Pruned {
    /// How many entries and translations would be removed.
    removed: u64,
    /// How many entries and translations there are.
    of: u64,
    /// The first keys that would be removed.
    #[schema(value_type = Vec<KeyText>)]
    keys: Vec<String>,
}

/// Who moved a channel.
#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Mover {
    /// Who moved it.
    author: String,
    /// The verb that moved it.
    verb: ChannelVerb,
    /// When they moved it, in milliseconds since 1970-01-01T00:00:00Z.
    time_ms: u64,
    /// The sequence number of the snapshot where the channel has been since.
    sequence: u64,
    /// The publication that records the move.
    #[schema(value_type = IdText)]
    publication: String,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct MovedOn {
    /// For a channel, who moved it.
    by: Option<Mover>,
    /// The version where it is now.
    current: Option<String>,
    /// For a channel, what would be done now.
    report: Option<PublishReport>,
    /// After how many seconds the same request may succeed, when others were in its way; as in `Retry-After`.
    #[schema(minimum = 1)]
    retry_after_s: Option<u64>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct DoneBefore {
    /// Its position in the order of everything that happened.
    position: u64,
    /// The verb that was done; null when the record of it can't be read.
    #[schema(required)]
    verb: Option<String>,
    /// The names that it concerns.
    #[schema(required)]
    happened: Option<Map<String, Value>>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Held {
    /// What holds it.
    holder: Option<String>,
}
