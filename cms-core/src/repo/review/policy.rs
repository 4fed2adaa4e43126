//! How many approvals a merge into `main` needs.

use serde::{Deserialize, Serialize};

use crate::{
    engine::{CellName, Expected, Group, Outcome, Transaction},
    repo::{
        ground::{
            error::StoreError,
            repository::Repository,
            stamp::{Stamp, before_and_after},
        },
        record::put_record,
    },
};

/// Most approvals that the rules may ask for. A record that asks for more, from before this was a rule, is read as this many.
pub const APPROVALS_REQUIRED_MAX: u32 = 50;

/// The rules about reviews.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReviewPolicy {
    /// How many people, other than the draft's owner and members who changed it, must approve each entry. With 0 a
    /// draft may be merged without a review.
    pub approvals_required: u32,
}

fn policy_cell() -> CellName {
    let group: Group = "policy".parse().expect("a group");
    group.cell("reviews").expect("a cell")
}

impl Repository {
    /// The rules about reviews, and the version to change them against; the version is 0 until rules are set.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn review_policy(&self) -> Result<(ReviewPolicy, u64), StoreError> {
        let found = self.stored_record(policy_cell())?;
        let Some(record) = found else { return Ok((ReviewPolicy::default(), 0)) };
        let ReviewPolicy { approvals_required } = record.value;
        let approvals_required = approvals_required.min(APPROVALS_REQUIRED_MAX);
        Ok((ReviewPolicy { approvals_required }, record.version))
    }

    /// Sets the rules about reviews; returns whether they were at the version that the writer saw.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be written.
    pub fn set_review_policy(
        &self,
        policy: ReviewPolicy,
        expected: u64,
        stamp: &Stamp,
    ) -> Result<bool, StoreError> {
        let (before, _) = self.review_policy()?;
        let audit = stamp.audit_of("set-review-policy", before_and_after(&before, &policy));
        let expected = if expected == 0 { Expected::Absent } else { Expected::Version(expected) };
        let swap = put_record(policy_cell(), expected, &policy);
        let outcomes = self.engine.commit(vec![Transaction {
            operation: stamp.operation,
            objects: Vec::new(),
            swaps: vec![swap],
            audit: Some(audit),
        }])?;
        Ok(matches!(outcomes[..], [Outcome::Applied(_)]))
    }
}
