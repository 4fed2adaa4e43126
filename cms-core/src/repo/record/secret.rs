//! Secrets: texts that open something, of which only the hash is kept, so that whoever reads the store
//! can't use them.

use std::fmt;

/// Hex digits of the hash that stand for a secret in lists.
const ID_DIGITS: usize = 12;

/// What is kept of a secret's text: its BLAKE3. The text is 32 random bytes, so nothing slower is needed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SecretHash(blake3::Hash);

impl SecretHash {
    /// Of a secret's text. Hashes compare in constant time; texts would not.
    pub fn of(text: &[u8]) -> Self {
        Self(blake3::hash(text))
    }

    /// How the secret is named in lists.
    pub fn id(&self) -> String {
        self.0.to_hex()[..ID_DIGITS].to_owned()
    }

    /// The whole hash, which names the cell of what the secret opens.
    pub(in crate::repo) fn hex(&self) -> String {
        self.0.to_hex().to_string()
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretHash({})", self.id())
    }
}
