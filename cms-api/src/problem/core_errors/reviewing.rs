//! Errors of reviews as problems.

use cms_core::repo::{ReviewError, ReviewMergeError};

use super::{contended, problem};
use crate::problem::{Code, Problem};

impl From<ReviewError> for Problem {
    fn from(error: ReviewError) -> Self {
        match error {
            ReviewError::Unknown { .. } => problem(Code::ReviewUnknown, &error),
            ReviewError::WrongState { state, .. } => {
                problem(Code::ReviewState, &error).with("state", state)
            }
            ReviewError::UnderReview { ref review, .. } => {
                problem(Code::UnderReview, &error).with("review", review)
            }
            ReviewError::UnknownThread { .. } => problem(Code::ThreadUnknown, &error),
            ReviewError::UnknownComment { .. } => problem(Code::CommentUnknown, &error),
            ReviewError::Refused { pointer, .. } => {
                problem(Code::ReviewRefused, &error).with("pointer", pointer)
            }
            ReviewError::NotAsSeen { ref keys } => {
                problem(Code::NotAsSeen, &error).with("keys", keys)
            }
            ReviewError::NotAllowed { .. } => problem(Code::NotAllowed, &error),
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
                problem(Code::NotApproved, &error).with("keys", keys)
            }
            ReviewMergeError::ChangesWanted { ref by } => {
                problem(Code::NotApproved, &error).with("changes_wanted_by", by)
            }
            ReviewMergeError::Bring(error) => error.into(),
        }
    }
}
