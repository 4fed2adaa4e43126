//! `cms audit keep`: how long the audit and the addresses in it are kept.

use clap::Args;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::authorship::Authorship,
    problem::{Code, Problem},
    store::Store,
    views::{audit::AuditPolicy, view},
};

/// Most days that can be asked for: a hundred years.
const DAYS_MAX: u32 = 36_525;

/// How long to keep it.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AuditKeepCommand)]
pub struct Request {
    /// Forget lines that are older than this many days, or keep all of them (`forever`)
    #[arg(long, value_name = "DAYS|forever")]
    #[serde(default)]
    pub records: Option<String>,
    /// Forget clients' addresses that are older than this many days
    #[arg(long, value_name = "DAYS")]
    #[serde(default)]
    pub addresses: Option<u32>,
}

impl Request {
    /// Whether it changes nothing.
    pub const fn only_asks(&self) -> bool {
        self.records.is_none() && self.addresses.is_none()
    }
}

/// How long it is kept.
pub type Report = AuditPolicy;

/// Settles how long the audit is kept, and returns that.
///
/// # Errors
/// A problem when a number is none, or the store can't be read or written.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    let audit = store.repository.audit();
    let mut policy = audit.policy()?;
    if request.only_asks() {
        return Ok(view(policy));
    }
    let malformed = |what: &str| {
        let detail = format!("`{what}` is a number of days from 1 to {DAYS_MAX}");
        Problem::new(Code::RequestMalformed, detail)
    };
    let days = |days: Option<u32>| days.filter(|days| (1..=DAYS_MAX).contains(days));
    if let Some(text) = request.records {
        policy.records_kept_days = match text.as_str() {
            "forever" => None,
            text => Some(days(text.parse().ok()).ok_or_else(|| malformed("records"))?),
        };
    }
    if let Some(asked) = request.addresses {
        policy.addresses_kept_days = days(Some(asked)).ok_or_else(|| malformed("addresses"))?;
    }
    if !audit.set_policy(policy, &by.stamp(""))? {
        let detail = "somebody else settled this at the same time: try again";
        return Err(Problem::new(Code::Moved, detail));
    }
    Ok(view(policy))
}
