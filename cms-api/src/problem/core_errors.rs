//! Errors of the core, as problems. Every variant is matched and there is no `_`, so a new variant can't reach a client
//! without anybody having considered it.

mod drafting;
mod people;
mod publishing;
mod reviewing;

use cms_core::access::{Denied, Missed, PolicyRule, Why};
use cms_core::{
    engine::{self, ReadError, local},
    model::{
        key::KeyError,
        name::{ChannelNameError, PersonError},
    },
    repo::{
        CommitError, ExportError, GrantError, ImportError, OpenError, PolicyError, ResolveError,
        StoreError, TokenError,
    },
};

use super::{Code, Problem};

/// After how many seconds to ask again when others were in the way.
const CONTENDED_RETRY_AFTER_S: u64 = 1;

/// An error with all its causes, in one line.
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

fn problem(code: Code, error: &dyn std::error::Error) -> Problem {
    Problem::new(code, chain(error))
}

/// Every attempt was lost to others, and nothing was changed: the same request may succeed when there are fewer of
/// them.
fn contended(error: &dyn std::error::Error) -> Problem {
    problem(Code::Moved, error).retry_after(CONTENDED_RETRY_AFTER_S)
}

impl From<PersonError> for Problem {
    fn from(error: PersonError) -> Self {
        problem(Code::RequestMalformed, &error)
    }
}

impl From<ChannelNameError> for Problem {
    fn from(error: ChannelNameError) -> Self {
        problem(Code::RequestMalformed, &error)
    }
}

impl From<KeyError> for Problem {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Shape { .. }
            | KeyError::Kind { .. }
            | KeyError::Id { .. }
            | KeyError::Locale { .. } => problem(Code::RequestMalformed, &error),
        }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match &error {
            ReadError::Damaged { .. } => problem(Code::StoreDamaged, &error),
            ReadError::TakenDown { .. } => problem(Code::TakenDown, &error),
            ReadError::Io { .. } | ReadError::Stopped | ReadError::Displaced { .. } => {
                problem(Code::StoreUnavailable, &error)
            }
            ReadError::Cancelled => problem(Code::Stopped, &error),
        }
    }
}

impl From<engine::CommitError> for Problem {
    fn from(error: engine::CommitError) -> Self {
        match error {
            engine::CommitError::Unknown { .. } => problem(Code::OutcomeUnknown, &error),
            engine::CommitError::Stopped | engine::CommitError::ReadOnly { .. } => {
                problem(Code::StoreReadOnly, &error)
            }
            engine::CommitError::Displaced { .. } => problem(Code::StoreUnavailable, &error),
            engine::CommitError::Full { .. } => problem(Code::StoreFull, &error),
            engine::CommitError::Failed { .. } => problem(Code::StoreUnavailable, &error),
            engine::CommitError::Refused { .. } => problem(Code::ContentRefused, &error),
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
            | StoreError::Map(_) => problem(Code::StoreDamaged, &error),
            StoreError::Busy { .. } => problem(Code::TooMany, &error),
            StoreError::Denied(denied) => denied.into(),
            StoreError::Read(error) => error.into(),
            StoreError::Write(error) => error.into(),
        }
    }
}

impl From<Box<Denied>> for Problem {
    fn from(denied: Box<Denied>) -> Self {
        if matches!(denied.why, Why::SignInAgain { .. }) {
            return problem(Code::SignInAgain, &denied);
        }
        let why = match &denied.why {
            Why::NoGrant => "no-role",
            Why::NoRole { .. } => "role",
            Why::OutOfReach { missed: Missed::Subtree, .. } => "subtree",
            Why::OutOfReach { missed: Missed::Kind, .. } => "kind",
            Why::OutOfReach { missed: Missed::Locale, .. } => "locale",
            Why::OutOfReach { missed: Missed::Channel, .. } => "channel",
            Why::OutOfBounds { .. } => "access-key",
            Why::SignInAgain { .. } => "sign-in",
            Why::Policy(policy) => match policy.rule {
                PolicyRule::Approvals { .. } => "policy-approvals",
                PolicyRule::SecondFactor => "policy-second-factor",
                PolicyRule::NoPrograms => "policy-program",
            },
        };
        let found = problem(Code::RightMissing, &denied)
            .with("right", denied.right)
            .with("why", why)
            .with("helpers", &denied.helpers);
        let found = match &denied.entry {
            Some(entry) => found.with("key", entry),
            None => found,
        };
        let found = match &denied.channel {
            Some(channel) => found.with("channel", channel),
            None => found,
        };
        match &denied.why {
            Why::Policy(policy) if policy.subtree.is_some() => {
                found.with("subtree", &policy.subtree)
            }
            _ => found,
        }
    }
}

impl From<PolicyError> for Problem {
    fn from(error: PolicyError) -> Self {
        match error {
            PolicyError::Refused { ref pointer, .. } => {
                problem(Code::PolicyRefused, &error).with("pointer", pointer)
            }
            PolicyError::Stale { version } => Self::stale(&version.to_string()),
            PolicyError::Store(error) => error.into(),
        }
    }
}

impl From<ResolveError> for Problem {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::Unknown { .. }
            | ResolveError::TooFar { .. }
            | ResolveError::Ahead { .. } => problem(Code::StateUnknown, &error),
            ResolveError::Ambiguous { .. } => problem(Code::StateAmbiguous, &error),
            ResolveError::Store(error) => error.into(),
        }
    }
}

impl From<CommitError> for Problem {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Refused { ref refusals } => {
                problem(Code::ContentRefused, &error).with("refusals", refusals)
            }
            CommitError::NothingChanged => problem(Code::ContentRefused, &error),
            CommitError::UnknownBranch { .. } => problem(Code::StateUnknown, &error),
            CommitError::Moved { found, .. } => problem(Code::Moved, &error).with("current", found),
            CommitError::Store(error) => error.into(),
        }
    }
}

impl From<OpenError> for Problem {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Empty => problem(Code::RepositoryMissing, &error),
            OpenError::Exists => problem(Code::RepositoryExists, &error),
            OpenError::NewerFormat { .. } => problem(Code::StoreNewer, &error),
            OpenError::Seed(error) => (*error).into(),
            OpenError::Store(error) => error.into(),
        }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Refused { ref report } => {
                problem(Code::ContentRefused, &error).with("report", report)
            }
            ImportError::UnknownBranch { .. } => problem(Code::StateUnknown, &error),
            ImportError::PrunesTooMuch { removed, of, ref keys, .. } => {
                let detail = format!(
                    "{error}: say how much you mean with `prune_at_most` (`--prune-at-most`)"
                );
                Self::new(Code::PruneTooMuch, detail)
                    .with("removed", removed)
                    .with("of", of)
                    .with("keys", keys)
            }
            ImportError::Moved { .. } => problem(Code::Moved, &error),
            // Malformed lines and frames are the sender's fault; other errors are those of a file or a connection.
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

impl From<GrantError> for Problem {
    fn from(error: GrantError) -> Self {
        match error {
            GrantError::Unknown { .. } => problem(Code::GrantUnknown, &error),
            GrantError::LastAdministrator { ref person } => {
                problem(Code::LastAdministrator, &error).with("person", person)
            }
            GrantError::Given { ref id, .. } => problem(Code::GrantGiven, &error).with("grant", id),
            GrantError::BadId { .. } => problem(Code::RequestMalformed, &error),
            GrantError::TooMany => problem(Code::TooMany, &error),
            GrantError::Moved => problem(Code::TooMany, &error),
            GrantError::Store(error) => error.into(),
        }
    }
}

impl From<TokenError> for Problem {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::LongLabel | TokenError::Ended => problem(Code::RequestMalformed, &error),
            TokenError::TooMany => problem(Code::TooMany, &error),
            TokenError::Unknown { .. } => problem(Code::TokenUnknown, &error),
            TokenError::Moved { .. } => problem(Code::Moved, &error),
            TokenError::Store(error) => error.into(),
        }
    }
}

impl From<local::OpenError> for Problem {
    fn from(error: local::OpenError) -> Self {
        match &error {
            local::OpenError::InUse { holder, .. } => {
                Self::new(Code::StoreInUse, error.to_string()).with("holder", holder)
            }
            local::OpenError::Newer { .. } => Self::new(Code::StoreNewer, error.to_string()),
            local::OpenError::Damaged { .. } => Self::new(Code::StoreDamaged, error.to_string()),
            local::OpenError::Io { source, .. } => {
                Self::new(Code::StoreUnavailable, format!("{error}: {source}"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::{http::header, response::IntoResponse};

    use cms_core::repo::{DraftError, MergeError};

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
