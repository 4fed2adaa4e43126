//! Words of entries, drafts, reviews and differences.

use cms_core::{
    document::{ChangeKind, ConflictReason, JoinedFrom, ParagraphKind, RunKind},
    repo::{Bars, DraftAlteration, DraftState as CoreDraftState, EntryState, ReviewState},
    schema::{Role, Severity},
};
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

use crate::views::OnWire;

words! {
    /// What a draft does to an entry.
    DraftChange {
        /// It adds the entry.
        Added = "added",
        /// It changes the entry.
        Changed = "changed",
        /// It puts the entry into the trash.
        Deleted = "deleted",
        /// It takes the entry out of the trash.
        Restored = "restored",
    }

    /// The state of a draft.
    DraftState {
        /// People work on the draft.
        Open = "open",
        /// The draft was merged, and is part of `main`.
        Merged = "merged",
        /// The draft was discarded.
        Discarded = "discarded",
    }

    /// What a revision is.
    RevisionState {
        /// It has one document.
        Resolved = "resolved",
        /// It is in a conflict that nobody has settled.
        Conflicted = "conflicted",
        /// The entry is in the trash.
        Deleted = "deleted",
    }

    /// The state of an entry in a list.
    ListedState {
        /// It has one document.
        Resolved = "resolved",
        /// It is in a conflict that nobody has settled.
        Conflicted = "conflicted",
        /// It is in the trash.
        Deleted = "deleted",
        /// Its title can't be read, because something of it is damaged.
        Damaged = "damaged",
    }

    /// How grave a finding is.
    SeverityWord {
        /// No learner can ever be right.
        Impossible = "impossible",
        /// Something is wrong.
        Error = "error",
        /// Something is probably wrong.
        Warning = "warning",
        /// A matter of style.
        Guideline = "guideline",
    }

    /// What keeps an entry from going live until somebody mends or dismisses it.
    FindingsBar {
        /// No finding does.
        Nothing = "nothing",
        /// Findings that no learner can ever be right do.
        Impossible = "impossible",
        /// Those and every other error do.
        Errors = "errors",
    }

    /// Which side a piece of a joined sentence comes from.
    JoinedFromWord {
        /// Both sides have it.
        Both = "both",
        /// The draft wrote it.
        Ours = "ours",
        /// `main` wrote it.
        Theirs = "theirs",
    }

    /// How a paragraph changed.
    ParagraphChange {
        /// It did not change.
        Same = "same",
        /// The paragraph is new.
        Added = "added",
        /// The paragraph is gone.
        Removed = "removed",
        /// Words in it changed.
        Changed = "changed",
    }

    /// How a run of words changed.
    RunChange {
        /// They did not change.
        Same = "same",
        /// The words are gone.
        Removed = "removed",
        /// The words are new.
        Added = "added",
    }

    /// An operation of a JSON Patch (RFC 6902).
    PatchVerb {
        /// Adds a value.
        Add = "add",
        /// Removes a value.
        Remove = "remove",
        /// Replaces a value.
        Replace = "replace",
        /// Moves a value from another place.
        Move = "move",
        /// Copies a value from another place.
        Copy = "copy",
        /// Continues only if the value is this one.
        Test = "test",
    }

    /// How a place of a document changed.
    PlaceChangeWord {
        /// A value was put where there was none.
        Set = "set",
        /// The value was removed.
        Removed = "removed",
        /// The value was replaced by another one.
        Changed = "changed",
        /// An element was added to a list.
        ElementAdded = "element_added",
        /// An element was removed from a list.
        ElementRemoved = "element_removed",
        /// An element was moved within its list.
        ElementMoved = "element_moved",
    }

    /// Why two sides conflict at a place.
    PlaceConflictReason {
        /// Both changed it, in different ways.
        BothChanged = "both_changed",
        /// Both added something there.
        BothAdded = "both_added",
        /// The draft removed what `main` changed.
        OursRemoved = "ours_removed",
        /// `main` removed what the draft changed.
        TheirsRemoved = "theirs_removed",
        /// Both moved the same elements.
        Order = "order",
    }

    /// The state of a review.
    ReviewStateWord {
        /// People review it.
        Open = "open",
        /// Its draft was merged.
        Merged = "merged",
        /// It was closed without a merge.
        Closed = "closed",
    }

    /// How one entry uses another.
    UseRole {
        /// It contains the other as a child.
        Contains = "contains",
        /// It shows the other within its own text.
        Embeds = "embeds",
        /// It names the other.
        Refers = "refers",
        /// It names the other as something that comes before, so there must be no circle.
        BuildsOn = "builds on",
    }
}

same! {
    DraftChange = DraftAlteration { Added, Changed, Deleted, Restored }
    RevisionState = EntryState { Resolved, Conflicted, Deleted }
    DraftState = CoreDraftState { Open, Merged, Discarded }
    SeverityWord = Severity { Impossible, Error, Warning, Guideline }
    FindingsBar = Bars { Nothing, Impossible, Errors }
    JoinedFromWord = JoinedFrom { Both, Ours, Theirs }
    ParagraphChange = ParagraphKind { Same, Added, Removed, Changed }
    RunChange = RunKind { Same, Removed, Added }
    PlaceChangeWord = ChangeKind { Set, Removed, Changed, ElementAdded, ElementRemoved, ElementMoved }
    PlaceConflictReason = ConflictReason { BothChanged, BothAdded, OursRemoved, TheirsRemoved, Order }
    ReviewStateWord = ReviewState { Open, Merged, Closed }
}

impl OnWire<ListedState> for Option<EntryState> {
    fn on_wire(self) -> ListedState {
        match self {
            None => ListedState::Damaged,
            Some(EntryState::Resolved) => ListedState::Resolved,
            Some(EntryState::Conflicted) => ListedState::Conflicted,
            Some(EntryState::Deleted) => ListedState::Deleted,
        }
    }
}

impl OnWire<UseRole> for Role {
    fn on_wire(self) -> UseRole {
        match self {
            Self::Contains => UseRole::Contains,
            Self::Embeds => UseRole::Embeds,
            Self::Refers => UseRole::Refers,
            Self::RefersAcyclic => UseRole::BuildsOn,
        }
    }
}
