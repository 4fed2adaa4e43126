//! Errors of the core, as problems. Every variant is matched; there is no `_`, so that a new one
//! can't reach a client as something that nobody thought about.

use cms_core::{
    document::SettleError,
    engine::{self, ReadError},
    model::{
        key::KeyError,
        name::{ChannelNameError, PersonError},
    },
    repo::{
        AttemptError, BringError, ChannelError, CommitError, DismissError, DraftCommitError,
        DraftError, EntryError, EntryTag, ExportError, ImportError, MergeError, OpenError,
        PublishError, ResolveError, RevertError, ReviewError, ReviewMergeError, SaveError,
        ScheduleError, SettlingError, ShareError, StoreError, TokenError,
    },
    schema::ContentFault,
};

use super::{Code, Problem};

/// When to ask again for what others were in the way of, in seconds.
const CONTENDED_RETRY_AFTER_S: u64 = 1;

/// An error with all that it came from, in one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let said = cause.to_string();
        if !text.ends_with(&said) {
            text = format!("{text}: {said}");
        }
        next = cause.source();
    }
    text
}

fn told(code: Code, error: &dyn std::error::Error) -> Problem {
    Problem::new(code, chain(error))
}

/// Every attempt was lost to others, and nothing was changed: the same request may hold when they are fewer.
fn contended(error: &dyn std::error::Error) -> Problem {
    told(Code::Moved, error).retry_after(CONTENDED_RETRY_AFTER_S)
}

impl From<PersonError> for Problem {
    fn from(error: PersonError) -> Self {
        told(Code::RequestMalformed, &error)
    }
}

impl From<ChannelNameError> for Problem {
    fn from(error: ChannelNameError) -> Self {
        told(Code::RequestMalformed, &error)
    }
}

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Shape { .. }
            | KeyError::Kind { .. }
            | KeyError::Id { .. }
            | KeyError::Locale { .. } => told(Code::RequestMalformed, &error),
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match &error {
            ReadError::Damaged { .. } => told(Code::StoreDamaged, &error),
            ReadError::Io { .. } | ReadError::Stopped | ReadError::Displaced { .. } => {
                told(Code::StoreUnavailable, &error)
            }
            ReadError::Cancelled => told(Code::Stopped, &error),
        }
    }
}

impl From<engine::CommitError> for Problem {
    fn from(error: engine::CommitError) -> Self {
        match error {
            engine::CommitError::Unknown { .. } => told(Code::OutcomeUnknown, &error),
            engine::CommitError::Stopped | engine::CommitError::ReadOnly { .. } => {
                told(Code::StoreReadOnly, &error)
            }
            engine::CommitError::Displaced { .. } => told(Code::StoreUnavailable, &error),
            engine::CommitError::Full { .. } => told(Code::StoreFull, &error),
            engine::CommitError::Failed { .. } => told(Code::StoreUnavailable, &error),
            engine::CommitError::Refused { .. } => told(Code::ContentRefused, &error),
            engine::CommitError::Read(error) => error.into(),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Missing { .. }
            | StoreError::Malformed { .. }
            | StoreError::Row { .. }
            | StoreError::Undeliverable { .. }
            | StoreError::Schema(_)
            | StoreError::Map(_) => told(Code::StoreDamaged, &error),
            StoreError::Busy { .. } => told(Code::TooMany, &error),
            StoreError::Read(error) => error.into(),
            StoreError::Write(error) => error.into(),
        }
    }
}

impl From<ResolveError> for Problem {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::Unknown { .. } | ResolveError::TooFar { .. } => {
                told(Code::StateUnknown, &error)
            }
            ResolveError::Ambiguous { .. } => told(Code::StateAmbiguous, &error),
            ResolveError::Store(error) => error.into(),
        }
    }
}

impl From<CommitError> for Problem {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Refused { ref refusals } => {
                told(Code::ContentRefused, &error).with("refusals", refusals)
            }
            CommitError::NothingChanged => told(Code::ContentRefused, &error),
            CommitError::UnknownBranch { .. } => told(Code::StateUnknown, &error),
            CommitError::Moved { found, .. } => told(Code::Moved, &error).with("current", found),
            CommitError::Store(error) => error.into(),
        }
    }
}

impl From<OpenError> for Problem {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Empty => told(Code::RepositoryMissing, &error),
            OpenError::Exists => told(Code::RepositoryExists, &error),
            OpenError::NewerFormat { .. } => told(Code::StoreNewer, &error),
            OpenError::Seed(error) => (*error).into(),
            OpenError::Store(error) => error.into(),
        }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Refused { ref report } => {
                told(Code::ContentRefused, &error).with("report", report)
            }
            ImportError::UnknownBranch { .. } => told(Code::StateUnknown, &error),
            ImportError::PrunesTooMuch { removed, of, ref keys, .. } => {
                let detail = format!(
                    "{error}: say how much you mean with `prune_at_most` (`--prune-at-most`)"
                );
                Self::new(Code::PruneTooMuch, detail)
                    .with("removed", removed)
                    .with("of", of)
                    .with("keys", keys)
            }
            ImportError::Moved { .. } => told(Code::Moved, &error),
            // Malformed lines and frames are the sender's; the rest is a file or a connection.
            ImportError::Input(cause) => match cause.kind() {
                std::io::ErrorKind::InvalidData => {
                    Self::new(Code::RequestMalformed, cause.to_string())
                }
                _ => Self::io("the input could not be read", &cause),
            },
            ImportError::Store(error) => error.into(),
        }
    }
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Output(cause) => Self::io("the lines could not be written", &cause),
            ExportError::Store(error) => error.into(),
        }
    }
}

impl From<ChannelError> for Problem {
    fn from(error: ChannelError) -> Self {
        match error {
            ChannelError::Bad { .. } => told(Code::RequestMalformed, &error),
            ChannelError::Begun { .. } => told(Code::ChannelBegun, &error),
            ChannelError::Unknown { .. } => told(Code::ChannelUnknown, &error),
            ChannelError::Moved { ref by, .. } => told(Code::Moved, &error).with("by", by),
            ChannelError::Store(error) => error.into(),
        }
    }
}

impl From<PublishError> for Problem {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Channel(error) => error.into(),
            PublishError::NotAccepted { .. } => told(Code::NotAccepted, &error),
            PublishError::Protected { .. } => told(Code::PublishRefused, &error),
            PublishError::UnknownEntry { .. } => told(Code::EntryUnknown, &error),
            PublishError::Target(error) => error.into(),
            PublishError::Strict { ref report } => {
                told(Code::PublishRefused, &error).with("report", report)
            }
            // What moves a channel answers this one as done; it is a problem for a schedule.
            PublishError::NothingToDo { ref report } => {
                told(Code::NothingToDo, &error).with("report", report)
            }
            PublishError::Empties { takes, ref report } => {
                let detail = format!("{error}: say `may_empty` to do it (`--may-empty`)");
                Self::new(Code::PublishEmpties, detail).with("takes", takes).with("report", report)
            }
            PublishError::Needed { ref needs, needs_count } => {
                let problem = told(Code::PublishRefused, &error);
                problem.with("needs", needs).with("needs_count", needs_count)
            }
            PublishError::BadReplacement { .. } => told(Code::PublishRefused, &error),
            PublishError::NotAsPlanned { ref report } => {
                told(Code::Moved, &error).with("report", report)
            }
            PublishError::Store(error) => error.into(),
        }
    }
}

impl From<AttemptError> for Problem {
    fn from(error: AttemptError) -> Self {
        match error {
            AttemptError::NoObject { .. } => told(Code::ObjectUnknown, &error),
            AttemptError::NoItem { .. }
            | AttemptError::NoPart { .. }
            | AttemptError::NoHint { .. } => told(Code::ItemUnknown, &error),
            AttemptError::Engine(ref fault) => match fault {
                ContentFault::Input(violations) => {
                    told(Code::InputRefused, &error).with("violations", violations)
                }
                ContentFault::Refused(_) | ContentFault::NoPart | ContentFault::Failed(_) => {
                    told(Code::NotScorable, &error)
                }
                ContentFault::Busy(_) => told(Code::TooMany, &error),
            },
            AttemptError::Store(error) => error.into(),
        }
    }
}

impl From<DismissError> for Problem {
    fn from(error: DismissError) -> Self {
        match error {
            DismissError::Reason => told(Code::ContentRefused, &error),
            DismissError::Unknown { .. } => told(Code::FindingUnknown, &error),
            DismissError::Moved => told(Code::Moved, &error),
            DismissError::Store(error) => error.into(),
        }
    }
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::LongLabel | TokenError::Ended => told(Code::RequestMalformed, &error),
            TokenError::TooMany => told(Code::TooMany, &error),
            TokenError::Unknown { .. } => told(Code::TokenUnknown, &error),
            TokenError::Moved { .. } => told(Code::Moved, &error),
            TokenError::Store(error) => error.into(),
        }
    }
}

impl From<ShareError> for Problem {
    fn from(error: ShareError) -> Self {
        match error {
            ShareError::LongLabel | ShareError::BadEnd => told(Code::ShareRefused, &error),
            ShareError::TooMany => told(Code::TooMany, &error),
            ShareError::Unknown => told(Code::ShareUnknown, &error),
            ShareError::Ended { .. } | ShareError::Discarded => told(Code::ShareOver, &error),
            ShareError::NotYours { .. } => told(Code::NotAllowed, &error),
            ShareError::Moved => told(Code::Moved, &error),
            ShareError::Draft(error) => error.into(),
            ShareError::Store(error) => error.into(),
        }
    }
}

impl From<ScheduleError> for Problem {
    fn from(error: ScheduleError) -> Self {
        match error {
            ScheduleError::Past { .. }
            | ScheduleError::NotFailed { .. }
            | ScheduleError::Steps { .. }
            | ScheduleError::Keys { .. } => told(Code::ScheduleRefused, &error),
            ScheduleError::Over { .. } => told(Code::ScheduleOver, &error),
            ScheduleError::Unknown { .. } => told(Code::ScheduleUnknown, &error),
            ScheduleError::Moved { .. } => told(Code::Moved, &error),
            ScheduleError::Publish(error @ PublishError::NothingToDo { .. }) => {
                let mut problem = Self::from(error);
                problem.detail.push_str(
                    "; to bring back at a time what is off by then, schedule `bring-back`",
                );
                problem
            }
            ScheduleError::Publish(error) => error.into(),
            ScheduleError::Store(error) => error.into(),
        }
    }
}

impl From<DraftError> for Problem {
    fn from(error: DraftError) -> Self {
        match error {
            DraftError::Unknown { .. } => told(Code::DraftUnknown, &error),
            DraftError::NotAMember { .. } => told(Code::NotAMember, &error),
            DraftError::Changed { version, .. } => Problem::stale(&version.to_string()),
            DraftError::Busy { .. } => contended(&error),
            DraftError::WrongState { state, .. } => {
                told(Code::DraftState, &error).with("state", state.word())
            }
            DraftError::ReviewRequired { ref draft } => {
                told(Code::ReviewRequired, &error).with("draft", draft)
            }
            DraftError::InConflict { ref key } => told(Code::InConflict, &error).with("key", key),
            DraftError::CommittedMeanwhile { ref key } => {
                told(Code::CommittedMeanwhile, &error).with("key", key)
            }
            DraftError::Changes { ref refusals } => {
                told(Code::ContentRefused, &error).with("refusals", refusals)
            }
            DraftError::Refused { pointer, .. } => {
                told(Code::DraftRefused, &error).with("pointer", pointer)
            }
            DraftError::Store(error) => error.into(),
        }
    }
}

impl From<SaveError> for Problem {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::Draft(error) => error.into(),
            SaveError::NotADocument { ref violation } => told(Code::ContentRefused, &error)
                .with("pointer", &violation.pointer)
                .with("violations", [violation]),
            SaveError::Stale { ref stale, .. } => {
                let mut problem = told(Code::Stale, &error);
                // The sides are members of the problem itself, where the writer's screen looks.
                if let Ok(serde_json::Value::Object(sides)) = serde_json::to_value(stale) {
                    problem.members.extend(sides);
                }
                let tag = match stale.tag {
                    EntryTag::Absent => None,
                    tag => Some(format!("\"{tag}\"")),
                };
                problem.with("current_tag", tag)
            }
            SaveError::InTrash { .. } => told(Code::InTrash, &error),
            SaveError::NotConflicted { .. } => told(Code::ConflictUnknown, &error),
        }
    }
}

impl From<DraftCommitError> for Problem {
    fn from(error: DraftCommitError) -> Self {
        match error {
            DraftCommitError::Draft(error) => error.into(),
            DraftCommitError::NothingToCommit => told(Code::NothingToDo, &error),
            DraftCommitError::Refused { ref refusals } => {
                told(Code::ContentRefused, &error).with("refusals", refusals)
            }
        }
    }
}

impl From<MergeError> for Problem {
    fn from(error: MergeError) -> Self {
        match error {
            MergeError::UnknownBranch { .. } => told(Code::StateUnknown, &error),
            MergeError::NothingToMerge { .. } => told(Code::NothingToDo, &error),
            MergeError::Conflicts { ref conflicted, ref conflicts } => {
                let problem = told(Code::MergeConflicts, &error);
                problem.with("conflicted", conflicted).with("conflicts", conflicts)
            }
            MergeError::Refused { ref refusals } => {
                told(Code::ContentRefused, &error).with("refusals", refusals)
            }
            MergeError::Unfinished { ref keys } => {
                told(Code::MergeConflicts, &error).with("conflicted", keys)
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
            RevertError::UnknownRevision { .. } => told(Code::RevisionUnknown, &error),
            RevertError::UnknownCommit { .. } => told(Code::CommitUnknown, &error),
            RevertError::NothingBefore { .. } => told(Code::NothingToDo, &error),
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
                SettleError::NoConflict { .. } => told(Code::ConflictUnknown, &error),
                SettleError::NotBoth { .. }
                | SettleError::NotAnOrder { .. }
                | SettleError::NotAStretch { .. } => told(Code::ChoiceRefused, &error),
            },
            SettlingError::NotConflicted { .. } => told(Code::ConflictUnknown, &error),
            SettlingError::NotAChoice { .. } => told(Code::ChoiceRefused, &error),
        }
    }
}

impl From<EntryError> for Problem {
    fn from(error: EntryError) -> Self {
        match error {
            EntryError::Draft(error) => error.into(),
            EntryError::Unknown { .. } => told(Code::EntryUnknown, &error),
            EntryError::StillUsed { ref uses, .. } => {
                told(Code::StillUsed, &error).with("uses", uses)
            }
            EntryError::Place { ref parent, ref child } => {
                told(Code::PlaceRefused, &error).with("parent", parent).with("child", child)
            }
            EntryError::Refused { pointer, ref key, .. } => {
                let problem = told(Code::DraftRefused, &error).with("pointer", pointer);
                match key {
                    Some(key) => problem.with("key", key),
                    None => problem,
                }
            }
            EntryError::Changes { ref refusals } => {
                told(Code::ContentRefused, &error).with("refusals", refusals)
            }
            EntryError::NothingChanged => told(Code::NothingToDo, &error),
        }
    }
}

impl From<ReviewError> for Problem {
    fn from(error: ReviewError) -> Self {
        match error {
            ReviewError::Unknown { .. } => told(Code::ReviewUnknown, &error),
            ReviewError::WrongState { state, .. } => {
                told(Code::ReviewState, &error).with("state", state)
            }
            ReviewError::UnderReview { ref review, .. } => {
                told(Code::UnderReview, &error).with("review", review)
            }
            ReviewError::UnknownThread { .. } => told(Code::ThreadUnknown, &error),
            ReviewError::UnknownComment { .. } => told(Code::CommentUnknown, &error),
            ReviewError::Refused { pointer, .. } => {
                told(Code::ReviewRefused, &error).with("pointer", pointer)
            }
            ReviewError::NotAsSeen { ref keys } => told(Code::NotAsSeen, &error).with("keys", keys),
            ReviewError::NotAllowed { .. } => told(Code::NotAllowed, &error),
            ReviewError::Busy { .. } => contended(&error),
            ReviewError::Draft(error) => error.into(),
        }
    }
}

impl From<ReviewMergeError> for Problem {
    fn from(error: ReviewMergeError) -> Self {
        match error {
            ReviewMergeError::Review(error) => error.into(),
            ReviewMergeError::NotApproved { ref keys } => {
                told(Code::NotApproved, &error).with("keys", keys)
            }
            ReviewMergeError::ChangesWanted { ref by } => {
                told(Code::NotApproved, &error).with("changes_wanted_by", by)
            }
            ReviewMergeError::Bring(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{http::header, response::IntoResponse};

    use super::*;

    #[test]
    fn who_lost_every_race_is_told_that_it_is_a_conflict_and_when_to_ask_again() {
        let draft = "d1".parse().expect("a draft");
        let branch = "main".parse().expect("a branch");
        for problem in
            [Problem::from(DraftError::Busy { draft }), Problem::from(MergeError::Moved { branch })]
        {
            assert_eq!((problem.code, problem.code.exit() as u8), (Code::Moved, 4));
            let response = problem.into_response();
            assert_eq!(response.status(), 409);
            assert_eq!(response.headers()[header::RETRY_AFTER], "1");
        }
    }
}
