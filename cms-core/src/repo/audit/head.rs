//! Heads: where the chain of the audit stood at a seal, signed, to be kept elsewhere.

use std::fmt;

use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

use super::chain::{Chain, Hex, hex, unhex};
use crate::model::canonical;

/// The form of heads that this program writes and reads.
const FORMAT: u32 = 1;
/// What comes before the signed text of a head, so that no other signature passes for one.
const HEAD: &str = "cms 2026-11-30 v1 audit head\n";
/// What comes before the signed text of a new key.
const SUCCESSOR: &str = "cms 2026-11-30 v1 audit key\n";

/// The key that signs heads.
pub struct AuditKey {
    pair: Ed25519KeyPair,
}

impl fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuditKey({}, …)", self.public())
    }
}

impl AuditKey {
    /// The key of a secret that nobody can guess.
    ///
    /// # Panics
    /// Never, because every 32 bytes are a secret of Ed25519.
    pub fn of(secret: &[u8; 32]) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(secret).expect("32 bytes are a secret");
        Self { pair }
    }

    /// Its public part, in hex.
    pub fn public(&self) -> Hex {
        hex(self.pair.public_key().as_ref())
    }

    pub(super) fn sign(&self, mut head: AuditHead) -> AuditHead {
        head.key = self.public();
        head.signature = hex(self.pair.sign(&head.signed()).as_ref());
        head
    }

    /// This key's word for another one that takes its place.
    pub(super) fn word_for(&self, successor: &str) -> Hex {
        hex(self.pair.sign(format!("{SUCCESSOR}{successor}").as_bytes()).as_ref())
    }
}

/// Whether a key gave its word for its successor.
pub(super) fn is_word(key: &str, successor: &str, word: &str) -> bool {
    is_signature(key, format!("{SUCCESSOR}{successor}").as_bytes(), word)
}

fn is_signature(key: &str, message: &[u8], signature: &str) -> bool {
    let (Some(key), Some(signature)) = (unhex::<32>(key), unhex::<64>(signature)) else {
        return false;
    };
    UnparsedPublicKey::new(&ED25519, key).verify(message, &signature).is_ok()
}

/// Where the chain stood at a seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditHead {
    /// The form of this head: 1.
    pub format: u32,
    /// The repository whose audit it is of.
    pub repository: String,
    /// The position after which the records begin that this seal added.
    pub after: u64,
    /// The hash of the chain there, in hex.
    pub previous: Hex,
    /// The position of the last record that it covers.
    pub through: u64,
    /// How many records it covers, from the first one on.
    pub count: u64,
    /// The hash of the chain after that record, in hex.
    pub hash: Hex,
    /// The hash of what the seal lists of each record that it added, in hex.
    pub rows: Hex,
    /// When it was sealed, in milliseconds since 1970-01-01T00:00:00Z.
    pub sealed_ms: u64,
    /// The public key that signed it, in hex.
    pub key: Hex,
    /// The signature of everything else, in hex.
    pub signature: Hex,
}

/// Text that is not a head.
#[derive(Debug, thiserror::Error)]
pub enum HeadError {
    /// It can't be read as one.
    #[error("not the head of an audit: {0}")]
    Malformed(#[from] serde_json::Error),
    /// A newer program wrote it.
    #[error("this head has format {0}, which this program does not know")]
    Format(u32),
}

impl std::str::FromStr for AuditHead {
    type Err = HeadError;

    fn from_str(text: &str) -> Result<Self, HeadError> {
        let head: Self = serde_json::from_str(text)?;
        if head.format == FORMAT { Ok(head) } else { Err(HeadError::Format(head.format)) }
    }
}

impl fmt::Display for AuditHead {
    /// One line of JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl AuditHead {
    /// A head that nobody has signed yet.
    pub(super) fn unsigned(
        repository: String,
        before: &Chain,
        now: &Chain,
        rows: Hex,
        sealed_ms: u64,
    ) -> Self {
        Self {
            format: FORMAT,
            repository,
            after: before.position,
            previous: hex(&before.hash),
            through: now.position,
            count: now.count,
            hash: hex(&now.hash),
            rows,
            sealed_ms,
            key: Hex::new(),
            signature: Hex::new(),
        }
    }

    fn signed(&self) -> Vec<u8> {
        let unsigned = Self { signature: Hex::new(), ..self.clone() };
        let value = serde_json::to_value(unsigned).expect("heads are JSON");
        [HEAD.as_bytes(), &canonical::to_bytes(&value)].concat()
    }

    /// Whether its own key signed it.
    pub(super) fn is_signed(&self) -> bool {
        is_signature(&self.key, &self.signed(), &self.signature)
    }

    /// The chain where it stood.
    pub(super) fn chain(&self) -> Option<Chain> {
        let hash = unhex(&self.hash)?;
        Some(Chain { position: self.through, count: self.count, hash })
    }
}
