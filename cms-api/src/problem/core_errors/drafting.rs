//! Errors of drafts as problems: saving, committing, merging, and changes of their entries.

use cms_core::{
    document::SettleError,
    repo::{
        BringError, DismissError, DraftCommitError, DraftError, EntryError, EntryTag, MergeError,
        RevertError, SaveError, SettlingError,
    },
};

use super::{contended, problem};
use crate::problem::{Code, Problem};

impl From<DismissError> for Problem {
    fn from(error: DismissError) -> Self {
        match error {
            DismissError::Reason => {
                problem(Code::ContentRefused, &error).with("pointer", "/reason")
            }
            DismissError::Unknown { .. } => problem(Code::FindingUnknown, &error),
            DismissError::Moved => problem(Code::Moved, &error),
            DismissError::Store(error) => error.into(),
        }
    }
}

impl From<DraftError> for Problem {
    fn from(error: DraftError) -> Self {
        match error {
            DraftError::Unknown { .. } => problem(Code::DraftUnknown, &error),
            DraftError::NotAMember { .. } => problem(Code::NotAMember, &error),
            DraftError::Changed { version, .. } => Problem::stale(&version.to_string()),
            DraftError::Busy { .. } => contended(&error),
            DraftError::WrongState { state, .. } => {
                problem(Code::DraftState, &error).with("state", state.word())
            }
            DraftError::ReviewRequired { ref draft } => {
                problem(Code::ReviewRequired, &error).with("draft", draft)
            }
            DraftError::InConflict { ref key } => {
                problem(Code::InConflict, &error).with("key", key)
            }
            DraftError::CommittedMeanwhile { ref key } => {
                problem(Code::CommittedMeanwhile, &error).with("key", key)
            }
            DraftError::Changes { ref refusals } => {
                problem(Code::ContentRefused, &error).with("refusals", refusals)
            }
            DraftError::Refused { pointer, .. } => {
                problem(Code::DraftRefused, &error).with("pointer", pointer)
            }
            DraftError::Store(error) => error.into(),
        }
    }
}

impl From<SaveError> for Problem {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::Draft(error) => error.into(),
            SaveError::NotADocument { ref violation } => problem(Code::ContentRefused, &error)
                .with("pointer", &violation.pointer)
                .with("violations", [violation]),
            SaveError::Stale { ref stale, .. } => {
                let mut problem = problem(Code::Stale, &error);
                // The sides are members of the problem itself, where the writer's screen expects them.
                if let Ok(serde_json::Value::Object(sides)) = serde_json::to_value(stale) {
                    problem.members.extend(sides);
                }
                let tag = match stale.tag {
                    EntryTag::Absent => None,
                    tag => Some(format!("\"{tag}\"")),
                };
                problem.with("current_tag", tag)
            }
            SaveError::InTrash { ref key } => problem(Code::InTrash, &error).with("key", key),
            SaveError::NotConflicted { .. } => problem(Code::ConflictUnknown, &error),
        }
    }
}

impl From<DraftCommitError> for Problem {
    fn from(error: DraftCommitError) -> Self {
        match error {
            DraftCommitError::Draft(error) => error.into(),
            DraftCommitError::NothingToCommit => problem(Code::NothingToDo, &error),
            DraftCommitError::Refused { ref refusals } => {
                problem(Code::ContentRefused, &error).with("refusals", refusals)
            }
        }
    }
}

impl From<MergeError> for Problem {
    fn from(error: MergeError) -> Self {
        match error {
            MergeError::UnknownBranch { .. } => problem(Code::StateUnknown, &error),
            MergeError::NothingToMerge { .. } => problem(Code::NothingToDo, &error),
            MergeError::Conflicts { ref conflicted, ref conflicts } => {
                let problem = problem(Code::MergeConflicts, &error);
                problem.with("conflicted", conflicted).with("conflicts", conflicts)
            }
            MergeError::Refused { ref refusals } => {
                problem(Code::ContentRefused, &error).with("refusals", refusals)
            }
            MergeError::Unfinished { ref keys } => {
                problem(Code::MergeConflicts, &error).with("conflicted", keys)
            }
            MergeError::Moved { .. } => contended(&error),
            MergeError::Store(error) => error.into(),
        }
    }
}

impl From<BringError> for Problem {
    fn from(error: BringError) -> Self {
        match error {
            BringError::Draft(error) => error.into(),
            BringError::Commit(error) => error.into(),
            BringError::Merge(error) => error.into(),
        }
    }
}

impl From<RevertError> for Problem {
    fn from(error: RevertError) -> Self {
        match error {
            RevertError::UnknownRevision { .. } => problem(Code::RevisionUnknown, &error),
            RevertError::UnknownCommit { .. } => problem(Code::CommitUnknown, &error),
            RevertError::NothingBefore { .. } => problem(Code::NothingToDo, &error),
            RevertError::Draft(error) => error.into(),
            RevertError::Merge(error) => error.into(),
            RevertError::Commit(error) => error.into(),
        }
    }
}

impl From<SettlingError> for Problem {
    fn from(error: SettlingError) -> Self {
        match error {
            SettlingError::Draft(error) => error.into(),
            SettlingError::Place(ref cause) => match cause {
                SettleError::NoConflict { .. } => problem(Code::ConflictUnknown, &error),
                SettleError::NotBoth { .. }
                | SettleError::NotAnOrder { .. }
                | SettleError::NotAStretch { .. } => problem(Code::ChoiceRefused, &error),
            },
            SettlingError::NotConflicted { .. } => problem(Code::ConflictUnknown, &error),
            SettlingError::NotAChoice { .. } => problem(Code::ChoiceRefused, &error),
        }
    }
}

impl From<EntryError> for Problem {
    fn from(error: EntryError) -> Self {
        match error {
            EntryError::Draft(error) => error.into(),
            EntryError::Unknown { .. } => problem(Code::EntryUnknown, &error),
            EntryError::InTrash { ref key } => problem(Code::InTrash, &error).with("key", key),
            EntryError::NotInTrash { .. } => problem(Code::NothingToDo, &error),
            EntryError::StillUsed { ref uses, .. } => {
                problem(Code::StillUsed, &error).with("uses", uses)
            }
            EntryError::Place { ref parent, ref child } => {
                problem(Code::PlaceRefused, &error).with("parent", parent).with("child", child)
            }
            EntryError::Refused { pointer, ref key, .. } => {
                let problem = problem(Code::DraftRefused, &error).with("pointer", pointer);
                match key {
                    Some(key) => problem.with("key", key),
                    None => problem,
                }
            }
            EntryError::Changes { ref refusals } => {
                problem(Code::ContentRefused, &error).with("refusals", refusals)
            }
            EntryError::NothingChanged => problem(Code::NothingToDo, &error),
        }
    }
}
