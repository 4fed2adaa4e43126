//! Whether what a request names is there: people, with an account or a token that has not ended, a program's among
//! them, and whoever asks; and the part of the catalogue to which something is to reach.

use std::collections::BTreeSet;

use cms_core::{
    access::Limits,
    model::name::Person,
    repo::{PersonState, StoreError, TokenRow},
    schema::nearest::nearest,
};

use super::Store;
use crate::{
    ground::authorship::Authorship,
    problem::{Code, Problem},
};

/// Refuses names of a list that nobody has, each with the one that was probably meant. Those who were there before stay.
///
/// # Errors
/// [`Code::PersonUnknown`], with the pointer of the first in the list.
pub fn must_exist(
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
    let known = all(store, by)?;
    let unknown = |name: &Person| is_fresh(name) && !known.contains(name.as_str());
    match names.iter().position(unknown) {
        Some(index) => Err(nobody(&names[index], &known, &format!("{pointer}/{index}"))),
        None => Ok(()),
    }
}

/// Refuses somebody who is not there.
///
/// # Errors
/// As [`must_exist`], with this pointer.
pub fn one_must_exist(
    store: &Store,
    person: &Person,
    pointer: &str,
    by: &Authorship,
) -> Result<(), Problem> {
    let known = all(store, by)?;
    match known.contains(person.as_str()) {
        true => Ok(()),
        false => Err(nobody(person, &known, pointer)),
    }
}

fn all(store: &Store, by: &Authorship) -> Result<BTreeSet<String>, Problem> {
    let mut known = present(store, by.time_ms)?;
    known.insert(by.author.to_string());
    Ok(known)
}

/// The ids of everybody who is there at a time.
///
/// # Errors
/// The store can't be read.
pub fn present(store: &Store, time_ms: u64) -> Result<BTreeSet<String>, StoreError> {
    let is_live = |row: &TokenRow| row.expires_ms.is_none_or(|end_ms| time_ms < end_ms);
    let tokens = store.repository.tokens()?.into_iter().filter(is_live).map(|row| row.person);
    let mut known: BTreeSet<String> = tokens.collect();
    for account in store.repository.people().all()? {
        match account.state {
            PersonState::Invited | PersonState::Active => known.insert(account.id.to_string()),
            PersonState::Deactivated | PersonState::Erased => known.remove(account.id.as_str()),
        };
    }
    Ok(known)
}

/// Refuses limits to a part of the catalogue that is not there: whoever got them would have nothing.
///
/// # Errors
/// [`Code::EntryUnknown`], with the pointer of the subtree.
pub fn part_must_exist(store: &Store, limits: &Limits) -> Result<(), Problem> {
    let Some(root) = &limits.subtree else { return Ok(()) };
    if store.repository.is_on_main(root)? {
        return Ok(());
    }
    let detail = format!("there is no entry {root} on main, so nothing stands below it");
    Err(Problem::new(Code::EntryUnknown, detail).with("pointer", "/subtree"))
}

fn nobody(name: &Person, known: &BTreeSet<String>, pointer: &str) -> Problem {
    let meant = nearest(name.as_str(), known.iter().map(String::as_str));
    let hint = meant.map(|meant| format!("; did you mean {meant:?}?")).unwrap_or_default();
    let shown: String = name.as_str().chars().take(80).collect();
    let detail = format!("there is nobody called {shown:?}{hint}");
    let problem = Problem::new(Code::PersonUnknown, detail).with("pointer", pointer);
    match meant {
        Some(meant) => problem.with("nearest", meant),
        None => problem,
    }
}
