//! Which keys are believed: those that were named, or the first one of the audit; and each key for which a believed one
//! gave its word.

use serde::Deserialize;

use crate::{engine::AuditRecord, repo::audit::head::is_word};

/// The keys that are believed.
#[derive(Debug)]
pub(super) struct Trust {
    known: Vec<String>,
}

/// What is recorded when a key begins to sign.
#[derive(Deserialize)]
struct Announced {
    after: String,
    word: Option<String>,
}

impl Trust {
    pub(super) fn of(keys: &[String]) -> Self {
        Self { known: keys.iter().map(|key| key.to_lowercase()).collect() }
    }

    pub(super) fn knows(&self, key: &str) -> bool {
        self.known.iter().any(|known| known == key)
    }

    /// Whether a key is believed; the first one is, when none was named.
    pub(super) fn believes(&mut self, key: &str) -> bool {
        if self.known.is_empty() {
            self.known.push(key.to_owned());
        }
        self.knows(key)
    }

    /// Believes the key that a record announces, if a believed one gave its word.
    pub(super) fn announced(&mut self, record: &AuditRecord) -> Result<(), &'static str> {
        let read = serde_json::from_slice::<Announced>(&record.bytes);
        let Announced { after, word } = read.map_err(|_| "a new key is not named")?;
        let is_told = |word: &String| self.known.iter().any(|known| is_word(known, &after, word));
        if word.as_ref().is_some_and(is_told) {
            self.known.push(after);
            return Ok(());
        }
        if self.believes(&after) {
            return Ok(());
        }
        Err("a key begins to sign without the word of the one before")
    }

    pub(super) fn into_known(self) -> Vec<String> {
        self.known
    }
}
