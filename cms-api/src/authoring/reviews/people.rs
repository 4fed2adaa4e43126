//! Whether the people that a request names exist: those with a token that has not ended.

use std::collections::BTreeSet;

use cms_core::{model::name::Person, schema::nearest::nearest};

use crate::{
    problem::{Code, Problem},
    store::Store,
};

/// Refuses names that nobody has, each with the one that was probably meant.
///
/// # Errors
/// [`Code::PersonUnknown`], with the pointer of the list.
pub(super) fn must_exist(
    store: &Store,
    names: &[Person],
    pointer: &str,
    now_ms: u64,
) -> Result<(), Problem> {
    if names.is_empty() {
        return Ok(());
    }
    let rows = store.repository.tokens()?;
    let known: BTreeSet<&str> = rows
        .iter()
        .filter(|row| row.expires_ms.is_none_or(|expires_ms| now_ms < expires_ms))
        .map(|row| row.person.as_str())
        .collect();
    let Some(unknown) = names.iter().position(|name| !known.contains(name.as_str())) else {
        return Ok(());
    };
    let name = &names[unknown];
    let meant = nearest(name.as_str(), known.iter().copied());
    let hint = meant.map(|meant| format!("; did you mean {meant:?}?")).unwrap_or_default();
    let shown: String = name.as_str().chars().take(80).collect();
    let problem =
        Problem::new(Code::PersonUnknown, format!("there is nobody called {shown:?}{hint}"))
            .with("pointer", format!("{pointer}/{unknown}"));
    Err(match meant {
        Some(meant) => problem.with("nearest", meant),
        None => problem,
    })
}
