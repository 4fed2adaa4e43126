//! How many approvals a merge into `main` needs.

use serde::{Deserialize, Serialize};

use crate::{
    engine::{Cell, CellName, Expected, Group, Outcome, Swap, SwapValue, Transaction},
    model::canonical,
    repo::{content::objects::StoreError, open::Repository, stamp::Stamp},
};

/// The rules of reviews.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReviewPolicy {
    /// How many people, other than the draft's owner and members who changed it, must approve each entry.
    /// With none a draft may be merged without a review.
    pub approvals_required: u32,
}

fn policy_cell() -> CellName {
    let group: Group = "policy".parse().expect("a group");
    group.cell("reviews").expect("a cell")
}

impl Repository {
    fn policy_found(&self) -> Result<(ReviewPolicy, Option<Cell>), StoreError> {
        let cell = self.engine.cell(&policy_cell())?;
        let policy = match &cell {
            None => ReviewPolicy::default(),
            Some(cell) => serde_json::from_slice(&cell.value)
                .map_err(|_| StoreError::Row { what: "the policy of reviews".to_owned() })?,
        };
        Ok((policy, cell))
    }

    /// The rules of reviews, with their version to change them against; 0 while none were set.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn review_policy(&self) -> Result<(ReviewPolicy, u64), StoreError> {
        let (policy, cell) = self.policy_found()?;
        Ok((policy, cell.map_or(0, |cell| cell.version)))
    }

    /// Sets the rules of reviews; says whether they were at the version that the writer saw.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be written.
    pub fn set_review_policy(
        &self,
        policy: ReviewPolicy,
        expected: u64,
        stamp: &Stamp,
    ) -> Result<bool, StoreError> {
        let value = serde_json::to_value(policy).expect("a policy is JSON");
        let swap = Swap {
            cell: policy_cell(),
            expected: if expected == 0 { Expected::Absent } else { Expected::Version(expected) },
            value: SwapValue::Put(canonical::to_bytes(&value).into()),
        };
        let outcomes = self.engine.commit(vec![Transaction {
            operation: stamp.operation,
            objects: Vec::new(),
            swaps: vec![swap],
            audit: Some(stamp.audit("set-review-policy", &[])),
        }])?;
        Ok(matches!(outcomes[..], [Outcome::Applied(_)]))
    }
}
