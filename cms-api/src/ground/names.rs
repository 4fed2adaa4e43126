//! Parses the names in requests, each with its own refusal.

use cms_core::model::{
    key::EntryKey,
    name::{Branch, ChannelName, Person, PersonError},
};

use crate::problem::{Code, Problem};

/// The channel that a text names.
///
/// # Errors
/// [`Code::ChannelUnknown`] when the text cannot be the name of a channel: then there is no such channel.
pub fn channel_of(text: &str) -> Result<ChannelName, Problem> {
    text.parse().map_err(|_| {
        let shown: String = text.chars().take(80).collect();
        Problem::new(Code::ChannelUnknown, format!("there is no channel {shown:?}"))
    })
}

/// The person whom a text names as the author.
///
/// # Errors
/// [`Code::RequestMalformed`] when the text is not the name of a person.
pub fn author(text: &str) -> Result<Person, Problem> {
    text.parse().map_err(|error: PersonError| {
        Problem::new(Code::RequestMalformed, format!("`author`: {error}"))
    })
}

/// The key that a text names.
///
/// # Errors
/// [`Code::RequestMalformed`] when the text is not a key.
pub fn key(text: &str) -> Result<EntryKey, Problem> {
    text.parse::<EntryKey>().map_err(Problem::from)
}

/// The keys that texts name.
///
/// # Errors
/// As [`key`], for the first text that is not a key.
pub fn keys(texts: &[String]) -> Result<Vec<EntryKey>, Problem> {
    texts.iter().map(|text| key(text)).collect()
}

/// The branch that a text names.
///
/// # Errors
/// As [`unknown_branch`].
pub fn branch_of(text: &str) -> Result<Branch, Problem> {
    text.parse().map_err(|_| unknown_branch(text))
}

/// The problem of a text that names no branch.
pub fn unknown_branch(text: &str) -> Problem {
    let shown: String = text.chars().take(80).collect();
    Problem::new(Code::StateUnknown, format!("there is no branch {shown:?}"))
}
