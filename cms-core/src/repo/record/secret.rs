//! Secrets: texts that open something. Only their hashes are kept, so a reader of the store can't use them.

use std::fmt;

/// Hex digits of the hash that stand for a secret in lists.
const ID_DIGITS: usize = 12;

/// The BLAKE3 hash of a secret's text, which is all that is kept of it. The text is 32 random bytes, so no slower hash
/// is needed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretHash(blake3::Hash);

impl SecretHash {
    /// The hash of a secret's text. Hashes are compared in constant time; texts would not be.
    pub fn of(text: &[u8]) -> Self {
        Self(blake3::hash(text))
    }

    /// The secret's id in lists.
    pub fn id(&self) -> String {
        self.0.to_hex()[..ID_DIGITS].to_owned()
    }

    /// The whole hash in hex, which names the cell of what the secret opens.
    pub(in crate::repo) fn hex(&self) -> String {
        self.0.to_hex().to_string()
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretHash({})", self.id())
    }
}
