//! The authoring side: everything that authors, reviewers, publishers and operators do, behind a token.
//!
//! Invariants:
//! 1. Every handler names the least role that it takes, in its second line.
//! 2. A listing shows one state: its cursor names the state that the first page found, so that pages of `main` neither
//!    repeat nor miss what changes meanwhile.
//! 3. An answer does not distinguish what the caller may not see from what does not exist.

pub mod channels;
pub mod commands;
pub mod commits;
pub mod diff;
pub mod drafts;
pub mod entries;
pub mod entry;
pub mod events;
pub mod export;
pub mod import;
pub mod jobs;
pub mod me;
pub mod media;
pub mod notices;
pub mod people;
pub mod publishing;
pub mod reviews;
pub mod revisions;
pub mod schedules;
pub mod states;

use std::{fmt, str::FromStr};

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use cms_core::{
    model::key::{EntryKey, Kind},
    repo::{MAIN, Repository, State},
};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::{
    app::App,
    edge::{access::Caller, extract::parsed},
    ground::authorship::Authorship,
    problem::{Code, Problem, caching::Caching},
};

/// An answer without a tag: a listing, or something that is made for each request.
fn listed(view: &impl Serialize) -> Response {
    let body = serde_json::to_value(view).expect("views serialise");
    ([Caching::NoStore.header()], Json(body)).into_response()
}

/// A change by the caller, at the present time.
fn by(app: &App, caller: Caller) -> Authorship {
    caller.authors(app.now_ms())
}

/// The key in the last two parts of an address: `exercise`, `x1@es`.
fn key_of(kind: &str, id: &str) -> Result<EntryKey, Problem> {
    let kind: Kind = parsed(kind)?;
    parsed(&format!("{kind}/{id}"))
}

/// Of which state.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InState {
    /// The state: `main` when left out.
    #[serde(default = "main")]
    at: String,
}

/// The state where none is named.
fn main() -> String {
    MAIN.to_owned()
}

fn unknown_entry(key: &EntryKey, at: &str) -> Problem {
    let at: String = at.chars().take(120).collect();
    Problem::new(Code::EntryUnknown, format!("there is no entry {key} at {at}"))
}

/// A row of a listing of one state: the state as the first page found it, and the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned<T> {
    state: String,
    row: T,
}

impl<T: FromStr> FromStr for Pinned<T> {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (state, row) = text.split_once(' ').ok_or(())?;
        Ok(Self { state: state.to_owned(), row: row.parse().map_err(|_| ())? })
    }
}

impl<T: fmt::Display> fmt::Display for Pinned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.state, self.row)
    }
}

/// The state of a page, and its immutable name: what the cursor pinned, or else what `at` names.
fn pinned_state(
    repository: &Repository,
    at: &str,
    pinned: Option<&str>,
) -> Result<(State, String), Problem> {
    let state = repository.resolve(pinned.unwrap_or(at))?;
    let name = match &state {
        State::Commit(commit) => commit.to_string(),
        State::Snapshot { channel, sequence, .. } => format!("{channel}@{sequence}"),
    };
    Ok((state, name))
}
