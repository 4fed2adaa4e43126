//! The base of every verb: the repository itself, its errors, stamps, turns, and what is remembered.

pub(in crate::repo) mod audience;
pub(in crate::repo) mod counted;
pub(in crate::repo) mod error;
pub(in crate::repo) mod memos;
pub(in crate::repo) mod on_branch;
pub(in crate::repo) mod origin;
pub(in crate::repo) mod repository;
pub(in crate::repo) mod stamp;
pub(in crate::repo) mod turns;
