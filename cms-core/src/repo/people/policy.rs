//! From which role on a second factor is needed to sign in, and how long people have to set one up.

use serde::{Deserialize, Serialize};

use crate::{
    access::Role,
    engine::Expected,
    repo::{
        ground::{
            error::StoreError,
            stamp::{Stamp, before_and_after},
        },
        people::{People, error::PeopleError, stored::cell},
        record::put_record,
    },
};

/// Longest time that people may have to set up a second factor, in days.
const GRACE_DAYS_MAX: u32 = 90;
const CELL: &str = "sign-in-policy";

/// What signing in needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInPolicy {
    /// From which role on a second factor is needed; for nobody when `None`.
    #[serde(default)]
    pub second_factor_from: Option<Role>,
    /// How many days people have to set one up, from the first sign-in or request at which it was needed.
    #[serde(default)]
    pub grace_days: u32,
}

/// What the cell holds.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct StoredPolicy {
    #[serde(flatten)]
    policy: SignInPolicy,
    /// The days that counted when the end of a person's time was noted and not its beginning. Absent from a policy of
    /// that time, whose own days these are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    noted_days: Option<u32>,
}

impl StoredPolicy {
    fn noted_days(&self) -> u32 {
        self.noted_days.unwrap_or(self.policy.grace_days)
    }
}

impl Default for SignInPolicy {
    fn default() -> Self {
        Self { second_factor_from: None, grace_days: 14 }
    }
}

impl SignInPolicy {
    /// Whether a person whose greatest role is this one needs a second factor.
    pub fn needs_second_factor(&self, role: Option<Role>) -> bool {
        match (self.second_factor_from, role) {
            (Some(from), Some(role)) => role >= from,
            _ => false,
        }
    }
}

impl People<'_> {
    /// What signing in needs, and the version of this policy.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn sign_in_policy(&self) -> Result<(SignInPolicy, u64), StoreError> {
        let (stored, version) = self.stored_policy()?;
        Ok((stored.policy, version))
    }

    /// The days that counted when the end of a person's time to set up a second factor was noted, and not its beginning:
    /// what such a note is to be read with.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn grace_days_noted(&self) -> Result<u32, StoreError> {
        Ok(self.stored_policy()?.0.noted_days())
    }

    fn stored_policy(&self) -> Result<(StoredPolicy, u64), StoreError> {
        let found = self.repository.stored_record::<StoredPolicy>(cell(CELL))?;
        Ok(found.map_or((StoredPolicy::default(), 0), |record| (record.value, record.version)))
    }

    /// Sets what signing in needs. Returns the version of the policy.
    ///
    /// # Errors
    /// [`PeopleError::Changed`] when it is not at the version that the writer saw.
    pub fn set_sign_in_policy(
        &self,
        policy: SignInPolicy,
        based_on: u64,
        stamp: &Stamp,
    ) -> Result<u64, PeopleError> {
        if policy.grace_days > GRACE_DAYS_MAX {
            let reason = format!("people get at most {GRACE_DAYS_MAX} days");
            return Err(PeopleError::Refused { pointer: "/grace_days", reason });
        }
        let changed = |version| PeopleError::Changed { person: "the policy".to_owned(), version };
        let (before, version) = self.stored_policy()?;
        if version != based_on {
            return Err(changed(version));
        }
        let expected = if version == 0 { Expected::Absent } else { Expected::Version(version) };
        let stored = StoredPolicy { policy, noted_days: Some(before.noted_days()) };
        let swaps = vec![put_record(cell(CELL), expected, &stored)];
        let fields = before_and_after(&before.policy, &policy);
        let audit = stamp.audit_of("sign-in-policy", fields);
        match self.repository.swap_records(stamp.operation, swaps, Some(audit))? {
            Some(version) => Ok(version),
            None => Err(changed(self.stored_policy()?.1)),
        }
    }
}
