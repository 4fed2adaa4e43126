//! The attempts of a salvage, and what they have read so far.

use std::collections::HashMap;

use super::holes::Tips;
use crate::{
    model::{id::CommitId, name::Branch},
    repo::ground::stamp::Stamp,
};

/// The commits that the audit names for each branch, oldest first, whether or not they can be read.
pub(super) type Audited = HashMap<Branch, Vec<CommitId>>;

/// Successive attempts, each under an operation id of its own.
pub(super) struct Steps<'a> {
    pub(super) stamp: &'a Stamp,
    pub(super) number: u64,
    /// The newest revisions of every entry, once they have been read.
    pub(super) tips: Option<Tips>,
    pub(super) audited: Audited,
}

impl Steps<'_> {
    pub(super) fn next(&mut self) -> Stamp {
        self.number += 1;
        Stamp { operation: self.stamp.step(self.number), ..self.stamp.clone() }
    }
}
