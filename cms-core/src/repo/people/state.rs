//! What an account is for, and what becomes of it.

use serde::{Deserialize, Serialize};

/// What an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PersonSort {
    /// A human being.
    Human,
    /// A program, for which a human being is responsible.
    Service,
}

/// What became of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PersonState {
    /// Invited, and has not accepted yet.
    Invited,
    /// May sign in.
    Active,
    /// May not sign in; everything about the account is kept.
    Deactivated,
    /// May not sign in; nothing but the id is left.
    Erased,
}

impl PersonState {
    /// The state as one word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Deactivated => "deactivated",
            Self::Erased => "erased",
        }
    }
}
