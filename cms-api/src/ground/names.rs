//! Names as a request spells them, and how they are refused where they name nothing.

use cms_core::model::{
    key::EntryKey,
    name::{Branch, ChannelName, Person, PersonError},
};

use crate::problem::{Code, Problem};

/// The channel that a text names; there is none where it may name none.
///
/// # Errors
/// [`Code::ChannelUnknown`], which says that there is none of this name.
pub fn channel_of(text: &str) -> Result<ChannelName, Problem> {
    text.parse().map_err(|_| {
        let shown: String = text.chars().take(80).collect();
        Problem::new(Code::ChannelUnknown, format!("there is no channel {shown:?}"))
    })
}

/// The person whom a text names as the author.
///
/// # Errors
/// A problem when it names none.
pub fn author(text: &str) -> Result<Person, Problem> {
    text.parse().map_err(|error: PersonError| {
        Problem::new(Code::RequestMalformed, format!("`author`: {error}"))
    })
}

/// A key as typed.
///
/// # Errors
/// [`Code::RequestMalformed`] when it is not one.
pub fn key(text: &str) -> Result<EntryKey, Problem> {
    text.parse::<EntryKey>().map_err(Problem::from)
}

/// Keys as typed.
///
/// # Errors
/// As [`key`], of the first that is not one.
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

/// The problem of a text that names no branch: [`Code::StateUnknown`].
pub fn unknown_branch(text: &str) -> Problem {
    let shown: String = text.chars().take(80).collect();
    Problem::new(Code::StateUnknown, format!("there is no branch {shown:?}"))
}
