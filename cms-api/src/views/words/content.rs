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
        /// It makes it.
        Added = "added",
        /// It changes it.
        Changed = "changed",
        /// It puts it into the trash.
        Deleted = "deleted",
        /// It takes it out of the trash.
        Restored = "restored",
    }

    /// What became of a draft.
    DraftState {
        /// People work on it.
        Open = "open",
        /// It is part of `main`.
        Merged = "merged",
        /// It was given up.
        Discarded = "discarded",
    }

    /// What a revision is.
    RevisionState {
        /// One document.
        Resolved = "resolved",
        /// Sides that nobody has brought together.
        Conflicted = "conflicted",
        /// The entry is in the trash.
        Deleted = "deleted",
    }

    /// How an entry of a list stands.
    ListedState {
        /// It has one document.
        Resolved = "resolved",
        /// It has sides that nobody has brought together.
        Conflicted = "conflicted",
        /// It is in the trash.
        Deleted = "deleted",
        /// Its title can't be read: something that is stored of it is damaged.
        Damaged = "damaged",
    }

    /// How grave a finding is.
    SeverityWord {
        /// No learner can ever be right.
        Impossible = "impossible",
        /// It is wrong.
        Error = "error",
        /// It is probably wrong.
        Warning = "warning",
        /// A matter of style.
        Guideline = "guideline",
    }

    /// What keeps an entry from going live until somebody mends or dismisses it.
    FindingsBar {
        /// Nothing does.
        Nothing = "nothing",
        /// What no learner can get right.
        Impossible = "impossible",
        /// That, and every other error.
        Errors = "errors",
    }

    /// Whose a piece of a joined sentence is.
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
        /// It did not.
        Same = "same",
        /// It is new.
        Added = "added",
        /// It is gone.
        Removed = "removed",
        /// Words in it changed.
        Changed = "changed",
    }

    /// How a run of words changed.
    RunChange {
        /// It did not.
        Same = "same",
        /// It is gone.
        Removed = "removed",
        /// It is new.
        Added = "added",
    }

    /// An operation of a JSON Patch (RFC 6902).
    PatchVerb {
        /// Put a value there.
        Add = "add",
        /// Take the value away.
        Remove = "remove",
        /// Put another value in its place.
        Replace = "replace",
        /// Take a value from elsewhere.
        Move = "move",
        /// Take a copy of a value elsewhere.
        Copy = "copy",
        /// Go on only where the value is this.
        Test = "test",
    }

    /// How a place of a document changed.
    PlaceChangeWord {
        /// There was nothing.
        Set = "set",
        /// There is nothing any more.
        Removed = "removed",
        /// There is something else.
        Changed = "changed",
        /// A list has one element more.
        ElementAdded = "element_added",
        /// A list has one element less.
        ElementRemoved = "element_removed",
        /// An element stands elsewhere in its list.
        ElementMoved = "element_moved",
    }

    /// Why two sides conflict at a place.
    PlaceConflictReason {
        /// Both changed it, each otherwise.
        BothChanged = "both_changed",
        /// Both put something there.
        BothAdded = "both_added",
        /// The draft took away what `main` changed.
        OursRemoved = "ours_removed",
        /// `main` took away what the draft changed.
        TheirsRemoved = "theirs_removed",
        /// Both moved the same elements.
        Order = "order",
    }

    /// What became of a review.
    ReviewStateWord {
        /// People look at it.
        Open = "open",
        /// Its draft was merged.
        Merged = "merged",
        /// It was closed without a merge.
        Closed = "closed",
    }

    /// How one entry uses another.
    UseRole {
        /// It shows it among its children.
        Contains = "contains",
        /// It shows it within its own text.
        Embeds = "embeds",
        /// It names it.
        Refers = "refers",
        /// It names it as what comes before, so that no circle may be.
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
