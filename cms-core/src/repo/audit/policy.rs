//! How long the audit is kept.

use serde::{Deserialize, Serialize};

use super::{Audit, cell};
use crate::engine::{CellName, Expected};
use crate::repo::{
    ground::{
        error::StoreError,
        stamp::{Stamp, before_and_after},
    },
    record::{Record, put_record},
};

/// How long records and addresses are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AuditPolicy {
    /// After how many days a record may be forgotten; `None` keeps all of them for ever.
    pub records_kept_days: Option<u32>,
    /// After how many days nobody can find a client's address any more, only whether two records have the same.
    pub addresses_kept_days: u32,
}

impl Default for AuditPolicy {
    fn default() -> Self {
        Self { records_kept_days: None, addresses_kept_days: 90 }
    }
}

fn policy_cell() -> CellName {
    cell("policy")
}

impl Audit<'_> {
    /// How long the audit is kept.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn policy(&self) -> Result<AuditPolicy, StoreError> {
        Ok(self.stored_policy()?.map(|record| record.value).unwrap_or_default())
    }

    fn stored_policy(&self) -> Result<Option<Record<AuditPolicy>>, StoreError> {
        self.repository.stored_record(policy_cell())
    }

    /// Settles how long the audit is kept; the record of that says how it was before. Returns whether nobody else
    /// settled it meanwhile.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be written.
    pub fn set_policy(&self, policy: AuditPolicy, stamp: &Stamp) -> Result<bool, StoreError> {
        let known = self.stored_policy()?;
        let expected =
            known.as_ref().map_or(Expected::Absent, |record| Expected::Version(record.version));
        let before = known.map(|record| record.value).unwrap_or_default();
        let audit = stamp.audit_of("set-audit-policy", before_and_after(&before, &policy));
        let swap = put_record(policy_cell(), expected, &policy);
        let swapped = self.repository.swap_records(stamp.operation, vec![swap], Some(audit))?;
        Ok(swapped.is_some())
    }
}
