//! On what terms an address is fetched, and why it may not be.

use std::{io, time::Duration};

use super::reach::Unreachable;

/// How much a fetch may take.
#[derive(Debug, Clone, Copy)]
pub struct FetchLimits {
    /// Largest answer, in bytes.
    pub size_bytes_max: usize,
    /// Longest time for everything, redirects included.
    pub time_max: Duration,
    /// Most redirects that are followed; with 0 a redirect is the answer.
    pub redirects_max: usize,
}

impl Default for FetchLimits {
    fn default() -> Self {
        Self { size_bytes_max: 1 << 20, time_max: Duration::from_secs(10), redirects_max: 3 }
    }
}

/// Why nothing was fetched. No variant says what was found at an address that may not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The text is not an address that can be fetched.
    #[error("{0} is not an address that can be fetched")]
    Malformed(String),
    /// Without encryption, anybody on the way could answer.
    #[error("{0} is not fetched: only https:// is, except at addresses that the operator allows")]
    Plain(String),
    /// The name stands for nothing.
    #[error("{host} could not be resolved")]
    Unresolved {
        /// The name.
        host: String,
        /// The resolver's error.
        #[source]
        source: io::Error,
    },
    /// The name stands for addresses that are not public.
    #[error("{host} is not fetched: its address is {why}, and the operator does not allow it")]
    Refused {
        /// The name.
        host: String,
        /// What the address is.
        why: Unreachable,
    },
    /// The other side could not be reached, or broke off.
    #[error("{host} did not answer as HTTP does: {reason}")]
    Failed {
        /// The name.
        host: String,
        /// What went wrong.
        reason: String,
    },
    /// There were more redirects than are followed.
    #[error("{0} redirects too often")]
    TooManyRedirects(String),
    /// The answer is larger than it may be.
    #[error("the answer of {0} is too large")]
    TooLarge(String),
    /// It took too long.
    #[error("{0} did not answer in time")]
    TooSlow(String),
}
