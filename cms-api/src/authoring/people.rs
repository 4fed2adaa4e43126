//! Whether the people that a request names are there: those with a token that has not ended, a program's among them, and
//! whoever asks.

use std::collections::BTreeSet;

use cms_core::{model::name::Person, repo::TokenRow, schema::nearest::nearest};

use crate::{
    ground::authorship::Authorship,
    problem::{Code, Problem},
    store::Store,
};

/// Refuses names of a list that nobody has, each with the one that was probably meant. Those who were there before stay.
///
/// # Errors
/// [`Code::PersonUnknown`], with the pointer of the first in the list.
pub(super) fn must_exist(
    store: &Store,
    names: &[Person],
    before: &[String],
    pointer: &str,
    by: &Authorship,
) -> Result<(), Problem> {
    let is_fresh = |name: &Person| !before.iter().any(|known| name == known.as_str());
    if !names.iter().any(is_fresh) {
        return Ok(());
    }
    let rows = store.repository.tokens()?;
    let known = known(&rows, by);
    let unknown = |name: &Person| is_fresh(name) && !known.contains(name.as_str());
    match names.iter().position(unknown) {
        Some(index) => Err(nobody(&names[index], &known, &format!("{pointer}/{index}"))),
        None => Ok(()),
    }
}

/// Refuses a new owner who is not there.
///
/// # Errors
/// As [`must_exist`], with the pointer of the owner.
pub(super) fn owner_must_exist(
    store: &Store,
    owner: Option<&Person>,
    before: &str,
    by: &Authorship,
) -> Result<(), Problem> {
    let Some(owner) = owner.filter(|owner| owner.as_str() != before) else { return Ok(()) };
    let rows = store.repository.tokens()?;
    let known = known(&rows, by);
    if known.contains(owner.as_str()) {
        return Ok(());
    }
    Err(nobody(owner, &known, "/owner"))
}

fn known<'a>(rows: &'a [TokenRow], by: &'a Authorship) -> BTreeSet<&'a str> {
    rows.iter()
        .filter(|row| row.expires_ms.is_none_or(|expires_ms| by.time_ms < expires_ms))
        .map(|row| row.person.as_str())
        .chain([by.author.as_str()])
        .collect()
}

fn nobody(name: &Person, known: &BTreeSet<&str>, pointer: &str) -> Problem {
    let meant = nearest(name.as_str(), known.iter().copied());
    let hint = meant.map(|meant| format!("; did you mean {meant:?}?")).unwrap_or_default();
    let shown: String = name.as_str().chars().take(80).collect();
    let detail = format!("there is nobody called {shown:?}{hint}");
    let problem = Problem::new(Code::PersonUnknown, detail).with("pointer", pointer);
    match meant {
        Some(meant) => problem.with("nearest", meant),
        None => problem,
    }
}
