//! The members that problems have beside the standard ones. What is optional here is told where it is known.

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
            operation::RoleWord,
            publishing::{ChannelVerb, TakesWord},
        },
    },
};

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Known {
    /// What would have been known here.
    known: Option<Vec<String>>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct OfParameter {
    /// The query parameter.
    parameter: Option<String>,
    /// Those that the operation has.
    known: Option<Vec<String>>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct At {
    /// Where in the body, as a JSON pointer.
    pointer: Option<String>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Roles {
    /// What the person may.
    role: RoleWord,
    /// What this needs.
    needed: RoleWord,
}

/// Of a save, both sides and the two joined.
#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Newer {
    /// The `ETag` of what is there; null where there is nothing.
    #[schema(nullable, required)]
    current_tag: Option<String>,
    /// What is there, where it has an id.
    #[schema(value_type = Option<IdText>)]
    current: Option<String>,
    /// Of a save, what its writer had read; null for no entry.
    base: Option<Value>,
    /// Of a save, whether what its writer had read is known.
    is_base_known: Option<bool>,
    /// Of a save, what was to be saved.
    yours: Option<Value>,
    /// Of a save, what is there.
    theirs: Option<Value>,
    /// Of a save, the two joined; where they conflict it has yours.
    merged: Option<Value>,
    /// Of a save, where the two conflict.
    conflicts: Option<Vec<PlaceConflict>>,
    /// Of a save, what to save the next one against, without quotes.
    tag: Option<String>,
    /// Of a save, who saved what is there; null where it is committed.
    author: Option<String>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Later {
    /// As in `Retry-After`.
    #[schema(minimum = 1)]
    retry_after_s: u64,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Left {
    /// What is left of it; null where that can't be read.
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
    /// Where in the body, as a JSON pointer.
    pointer: String,
    /// The entry that it does not fit.
    #[schema(value_type = Option<KeyText>)]
    key: Option<String>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct InDraftState {
    /// What became of the draft.
    state: DraftState,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct OfDraft {
    /// The draft to open a review of.
    draft: String,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct OfReview {
    /// The open review.
    review: String,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Misplaced {
    /// Where the entry was to stand.
    #[schema(value_type = KeyText)]
    parent: String,
    /// The entry.
    #[schema(value_type = KeyText)]
    child: String,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Violated {
    /// What does not fit, and where.
    violations: Vec<Violation>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Conflicted {
    /// Entries in conflict.
    #[schema(value_type = Vec<KeyText>)]
    conflicted: Vec<String>,
    /// What does not fit together around entries.
    conflicts: Option<Vec<CatalogueConflict>>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct InState {
    /// What became of the review.
    state: ReviewStateWord,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct OfEntries {
    /// The entries.
    #[schema(value_type = Vec<KeyText>)]
    keys: Vec<String>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Wanting {
    /// The entries that lack approvals.
    #[schema(value_type = Option<Vec<KeyText>>)]
    keys: Option<Vec<String>>,
    /// Who wants changes.
    changes_wanted_by: Option<Vec<String>>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Used {
    /// Where it is used.
    uses: Vec<Use>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Reported {
    /// Of a publish, what would have been done and what not.
    report: Option<PublishReport>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Meant {
    /// Where in the body, as a JSON pointer.
    pointer: String,
    /// Somebody whose name is nearly that.
    nearest: Option<String>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Refused {
    /// Each entry with what is wrong with it.
    refusals: Option<Vec<RefusedEntry>>,
    /// Of an import, all that came of it.
    report: Option<ImportReport>,
    /// Of one document, what is wrong with it.
    violations: Option<Vec<Violation>>,
    /// Of one document, where the first thing is wrong.
    pointer: Option<String>,
}

/// A live entry that needs one that was to go.
#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Need {
    /// The entry that was to go.
    #[schema(value_type = KeyText)]
    key: String,
    /// The entry that needs it.
    #[schema(value_type = KeyText)]
    by: String,
    /// That entry's title.
    #[schema(required)]
    title: Option<String>,
    /// How.
    role: UseRole,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Needed {
    /// What would have been held back, and why.
    report: Option<PublishReport>,
    /// Live entries that need what was to go.
    needs: Option<Vec<Need>>,
    /// How many of these there are.
    needs_count: Option<u64>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Empties {
    /// What learners would be left without; `may_empty` says to do it all the same.
    takes: TakesWord,
    /// What would be done.
    report: PublishReport,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Pruned {
    /// How many entries and translations would be removed.
    removed: u64,
    /// Of how many.
    of: u64,
    /// The first of them.
    #[schema(value_type = Vec<KeyText>)]
    keys: Vec<String>,
}

/// Who moved a channel.
#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Mover {
    /// Who.
    author: String,
    /// How.
    verb: ChannelVerb,
    /// When, in milliseconds since 1970.
    time_ms: u64,
    /// Where the channel is since.
    sequence: u64,
    /// The record of it.
    #[schema(value_type = IdText)]
    publication: String,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct MovedOn {
    /// Of a channel, who moved it.
    by: Option<Mover>,
    /// Where it is now.
    current: Option<String>,
    /// Of a channel, what would be done now.
    report: Option<PublishReport>,
    /// Of what others are in the way of, after which the same request may hold; as in `Retry-After`.
    #[schema(minimum = 1)]
    retry_after_s: Option<u64>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct DoneBefore {
    /// Where it stands in the order of all that happened.
    position: u64,
    /// What was done; null where the record of it can't be read.
    #[schema(required)]
    verb: Option<String>,
    /// The names that it concerns.
    #[schema(required)]
    happened: Option<Map<String, Value>>,
}

#[derive(ToSchema)]
#[expect(dead_code, reason = "problems are made where they arise; only their form is told")]
pub(super) struct Held {
    /// Who holds it.
    holder: Option<String>,
}
