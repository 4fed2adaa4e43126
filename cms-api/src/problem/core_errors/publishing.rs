//! Errors of channels, schedules, links and attempts as problems.

use cms_core::{
    repo::{
        AttemptError, ChannelError, OtherPlan, PublishError, ScheduleError, ShareError,
        TakedownError,
    },
    schema::ContentFault,
};

use super::problem;
use crate::problem::{Code, Problem};

/// The problem of what stands at a place of the request.
fn at(code: Code, error: &dyn std::error::Error, pointer: &str) -> Problem {
    problem(code, error).with("pointer", pointer)
}

impl From<ChannelError> for Problem {
    fn from(error: ChannelError) -> Self {
        match error {
            ChannelError::Bad { .. } => problem(Code::RequestMalformed, &error),
            ChannelError::Begun { .. } => problem(Code::ChannelBegun, &error),
            ChannelError::Unknown { .. } => problem(Code::ChannelUnknown, &error),
            ChannelError::Moved { ref by, .. } => problem(Code::Moved, &error).with("by", by),
            ChannelError::Store(error) => error.into(),
        }
    }
}

impl From<PublishError> for Problem {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Channel(error) => error.into(),
            PublishError::NotAccepted { .. } => problem(Code::NotAccepted, &error),
            PublishError::Protected { .. } => problem(Code::PublishRefused, &error),
            PublishError::UnknownEntry { .. } => problem(Code::EntryUnknown, &error),
            PublishError::Target(error) => error.into(),
            PublishError::Strict { ref report } => {
                problem(Code::PublishRefused, &error).with("report", report)
            }
            // The handlers that move a channel answer this as done; for a schedule it is a problem.
            PublishError::NothingToDo { ref report } => {
                problem(Code::NothingToDo, &error).with("report", report)
            }
            PublishError::Empties { takes, ref report } => {
                let detail = format!("{error}: say `may_empty` to do it (`--may-empty`)");
                Self::new(Code::PublishEmpties, detail).with("takes", takes).with("report", report)
            }
            PublishError::Needed { ref needs, needs_count } => {
                let problem = problem(Code::PublishRefused, &error);
                problem.with("needs", needs).with("needs_count", needs_count)
            }
            PublishError::BadReplacement { .. } => problem(Code::PublishRefused, &error),
            PublishError::NothingBefore { .. } => problem(Code::NothingToDo, &error),
            PublishError::OtherPlan { of } => {
                let pointer = match of {
                    OtherPlan::Channel => "/plan",
                    OtherPlan::Target => "/target",
                    OtherPlan::Only => "/only",
                };
                problem(Code::RequestMalformed, &error).with("pointer", pointer)
            }
            PublishError::NotAsPlanned { ref report } => {
                problem(Code::Moved, &error).with("report", report)
            }
            PublishError::Store(error) => error.into(),
        }
    }
}

impl From<TakedownError> for Problem {
    fn from(error: TakedownError) -> Self {
        match error {
            TakedownError::NothingNamed | TakedownError::TooMany { .. } => {
                at(Code::RequestMalformed, &error, "")
            }
            TakedownError::LongWords => at(Code::RequestMalformed, &error, "/words"),
            TakedownError::UnknownEntry { .. } => problem(Code::EntryUnknown, &error),
            TakedownError::UnknownObject { .. } => problem(Code::ObjectUnknown, &error),
            TakedownError::NotContent { .. } | TakedownError::InUse { .. } => {
                problem(Code::TakedownRefused, &error)
            }
            TakedownError::Busy => problem(Code::Moved, &error),
            TakedownError::Commit(error) => error.into(),
            TakedownError::Publish(error) => error.into(),
            TakedownError::Store(error) => error.into(),
        }
    }
}

impl From<AttemptError> for Problem {
    fn from(error: AttemptError) -> Self {
        match error {
            AttemptError::NoObject { .. } => problem(Code::ObjectUnknown, &error),
            AttemptError::NoItem { .. }
            | AttemptError::NoPart { .. }
            | AttemptError::NoHint { .. } => problem(Code::ItemUnknown, &error),
            AttemptError::Engine(ref fault) => match fault {
                ContentFault::Input(violations) => {
                    problem(Code::InputRefused, &error).with("violations", violations)
                }
                ContentFault::Refused(_) | ContentFault::NoPart | ContentFault::Failed(_) => {
                    problem(Code::NotScorable, &error)
                }
                ContentFault::Busy(_) => problem(Code::TooMany, &error),
            },
            AttemptError::Store(error) => error.into(),
        }
    }
}

impl From<ShareError> for Problem {
    fn from(error: ShareError) -> Self {
        match error {
            ShareError::LongLabel => at(Code::ShareRefused, &error, "/label"),
            ShareError::BadEnd => at(Code::ShareRefused, &error, "/days"),
            ShareError::TooMany => problem(Code::TooMany, &error),
            ShareError::Unknown => problem(Code::ShareUnknown, &error),
            ShareError::Ended { .. } | ShareError::Discarded | ShareError::MakerLeft => {
                problem(Code::ShareOver, &error)
            }
            ShareError::NotYours { .. } => problem(Code::NotAllowed, &error),
            ShareError::Moved => problem(Code::Moved, &error),
            ShareError::Draft(error) => error.into(),
            ShareError::Store(error) => error.into(),
        }
    }
}

impl From<ScheduleError> for Problem {
    fn from(error: ScheduleError) -> Self {
        match error {
            ScheduleError::Past { .. } => at(Code::ScheduleRefused, &error, "/at"),
            ScheduleError::Steps { .. } => at(Code::ScheduleRefused, &error, "/then"),
            ScheduleError::Keys { step: 0, .. } => at(Code::ScheduleRefused, &error, "/keys"),
            ScheduleError::Keys { step, .. } => {
                at(Code::ScheduleRefused, &error, &format!("/then/{}/keys", step - 1))
            }
            // A retry has no body in which it could be wrong.
            ScheduleError::NotFailed { .. } => problem(Code::ScheduleRefused, &error),
            ScheduleError::Over { .. } => problem(Code::ScheduleOver, &error),
            ScheduleError::Unknown { .. } => problem(Code::ScheduleUnknown, &error),
            ScheduleError::Moved { .. } => problem(Code::Moved, &error),
            ScheduleError::Publish(error @ PublishError::NothingToDo { .. }) => {
                let mut problem = Self::from(error);
                problem.detail.push_str(
                    "; to bring back at a time what is off by then, schedule `bring-back`",
                );
                problem
            }
            // A schedule has no `may_empty`.
            ScheduleError::Publish(PublishError::Empties { takes, report }) => {
                let detail = format!("{takes}, at whatever time");
                let problem = Self::new(Code::PublishEmpties, detail);
                problem.with("takes", takes).with("report", report)
            }
            ScheduleError::Publish(error) => error.into(),
            ScheduleError::Store(error) => error.into(),
        }
    }
}
