//! How many approvals a merge into `main` needs: what the house's row of the table of policies says first.

use serde::{Deserialize, Serialize};

use crate::{
    access::{Policies, Policy},
    repo::ground::{
        error::StoreError,
        repository::Repository,
        stamp::{Stamp, before_and_after},
    },
};

/// The rules about reviews.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReviewPolicy {
    /// How many people, other than the draft's owner and members who changed it, must approve each entry. With 0 a
    /// draft may be merged without a review.
    pub approvals_required: u32,
}

impl Repository {
    /// The rules about reviews, and the version to change them against; the version is 0 until rules are set.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn review_policy(&self) -> Result<(ReviewPolicy, u64), StoreError> {
        let (policies, version) = self.policies()?;
        let approvals_required = policies.house.approvals_required;
        Ok((ReviewPolicy { approvals_required }, version))
    }

    /// Sets the rules about reviews; returns whether they were at the version that the writer saw. The rest of the table
    /// of policies stays.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be written.
    pub fn set_review_policy(
        &self,
        policy: ReviewPolicy,
        expected: u64,
        stamp: &Stamp,
    ) -> Result<bool, StoreError> {
        let (before, version) = self.policies()?;
        let approvals_required = before.house.approvals_required;
        let record = before_and_after(&ReviewPolicy { approvals_required }, &policy);
        let house = Policy { approvals_required: policy.approvals_required, ..before.house };
        let policies = Policies { house, subtrees: before.subtrees.clone() };
        if version != expected {
            return Ok(false);
        }
        let put = self.put_policies(&policies, expected, "set-review-policy", record, stamp)?;
        Ok(put.is_some())
    }
}
