//! How sure it is that somebody is who they say: what they showed when they signed in.

use serde::{Deserialize, Serialize};

/// What somebody showed of who they are, the least first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Assurance {
    /// One factor, such as a password.
    #[default]
    OneFactor,
    /// An access key: a program acts.
    Program,
    /// Two factors, or a passkey, which counts as two.
    TwoFactors,
}

impl Assurance {
    /// What is known to be shown with an access key, or without.
    pub const fn of_key(is_key: bool) -> Self {
        if is_key { Self::Program } else { Self::OneFactor }
    }

    /// Every kind.
    pub const ALL: [Self; 3] = [Self::OneFactor, Self::Program, Self::TwoFactors];
}
