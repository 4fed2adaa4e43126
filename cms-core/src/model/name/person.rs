//! Names of people.

use std::{str::FromStr, sync::Arc};

use super::{shown, texts};

/// Longest name of a person, in bytes.
const SIZE_BYTES_MAX: usize = 64;

/// A person's name: `[a-z0-9][a-z0-9._@-]{0,63}`, so that it may stand in the name of a cell and in a text that
/// mentions people.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Person(Arc<str>);

texts!(Person);

/// Text that names no person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} names no person: 1 to 64 of a-z, 0-9, `.`, `_`, `@` and `-` are expected, a letter or a digit first"
)]
pub struct PersonError {
    text: String,
}

impl FromStr for Person {
    type Err = PersonError;

    fn from_str(text: &str) -> Result<Self, PersonError> {
        let is_first = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let is_person = text.len() <= SIZE_BYTES_MAX
            && text.bytes().next().is_some_and(is_first)
            && text.bytes().all(|b| is_first(b) || matches!(b, b'.' | b'_' | b'@' | b'-'));
        if is_person { Ok(Self(text.into())) } else { Err(PersonError { text: shown(text) }) }
    }
}

impl Person {
    /// The person whom a stored record names. The name was accepted by the rule of its time and is shown and compared
    /// as it was written, but nobody new may have such a name.
    pub fn recorded(text: &str) -> Self {
        Self(text.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_have_names_that_may_stand_in_cells() {
        for name in ["ana", "ana@example.org", "4u", "a.b_c-d"] {
            assert!(name.parse::<Person>().is_ok(), "{name}");
        }
        for name in ["", "Ana", "-a", "@a", "a b", "a/b", "ä", &"a".repeat(65)] {
            assert!(name.parse::<Person>().is_err(), "{name}");
        }
    }
}
