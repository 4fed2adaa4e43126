//! What an account is for, and what becomes of it.

use serde::{Deserialize, Serialize};

pub use crate::repo::record::account::PersonState;

/// What an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PersonSort {
    /// A human being.
    Human,
    /// A program, for which a human being is responsible.
    Service,
}
