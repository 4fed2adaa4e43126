//! Which findings bar an entry from being published.

use serde::{Deserialize, Serialize};

use super::FindingRow;
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
    schema::Severity,
};

/// Which findings bar the publishing of their entry, until somebody mends or dismisses them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bars {
    /// No finding: all are warnings.
    Nothing,
    /// Findings that say that no learner can ever be right.
    #[default]
    Impossible,
    /// Those and every other error.
    Errors,
}

/// The rules about findings.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FindingsPolicy {
    /// What bars publishing.
    pub bars: Bars,
}

impl FindingsPolicy {
    /// Whether a finding keeps its entry from being published.
    pub(in crate::repo) fn is_barred_by(self, row: &FindingRow) -> bool {
        let is_grave = match self.bars {
            Bars::Nothing => false,
            Bars::Impossible => row.finding.severity == Severity::Impossible,
            Bars::Errors => row.finding.severity <= Severity::Error,
        };
        is_grave && !row.is_settled()
    }
}

fn policy_cell() -> CellName {
    let group: Group = "policy".parse().expect("a group");
    group.cell("findings").expect("a cell")
}

impl Repository {
    /// The rules about findings, and the version to change them against; the version is 0 until rules are set.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn findings_policy(&self) -> Result<(FindingsPolicy, u64), StoreError> {
        let found = self.stored_record(policy_cell())?;
        Ok(found.map_or_else(Default::default, |record| (record.value, record.version)))
    }

    /// Sets the rules about findings; returns whether they were at the version that the writer saw.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be written.
    pub fn set_findings_policy(
        &self,
        policy: FindingsPolicy,
        expected: u64,
        stamp: &Stamp,
    ) -> Result<bool, StoreError> {
        let (before, _) = self.findings_policy()?;
        let audit = stamp.audit_of("set-findings-policy", before_and_after(&before, &policy));
        let expected = if expected == 0 { Expected::Absent } else { Expected::Version(expected) };
        let outcomes = self.engine.commit(vec![Transaction {
            operation: stamp.operation,
            objects: Vec::new(),
            swaps: vec![put_record(policy_cell(), expected, &policy)],
            audit: Some(audit),
        }])?;
        Ok(matches!(outcomes[..], [Outcome::Applied(_)]))
    }
}
