//! From which role on a second factor is needed to sign in, and how long people have to set one up.

use serde::{Deserialize, Serialize};

use crate::{
    access::Role,
    engine::Expected,
    repo::{
        ground::{error::StoreError, stamp::Stamp},
        people::{
            People,
            error::PeopleError,
            stored::{Step, cell},
        },
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
    /// How many days people have to set one up, from the first sign-in at which it was needed.
    #[serde(default)]
    pub grace_days: u32,
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
        let found = self.repository.stored_record::<SignInPolicy>(cell(CELL))?;
        Ok(found.map_or((SignInPolicy::default(), 0), |record| (record.value, record.version)))
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
        let step = || {
            let (before, version) = self.sign_in_policy()?;
            if version != based_on {
                return Err(PeopleError::Changed { person: "the policy".to_owned(), version });
            }
            let expected = if version == 0 { Expected::Absent } else { Expected::Version(version) };
            let word = |policy: &SignInPolicy| {
                policy.second_factor_from.map(Role::word).unwrap_or("nobody").to_owned()
            };
            let fields = vec![("before", word(&before)), ("second_factor_from", word(&policy))];
            let swaps = vec![put_record(cell(CELL), expected, &policy)];
            Ok(Step { swaps, verb: "sign-in-policy", fields, result: () })
        };
        self.until_applied(stamp, step).map(|(_, version)| version)
    }
}
