//! Taking down: by law, or because it shows a person who did not agree, something is to be gone. Nobody gets it any
//! more, everything that carried it is made again without it, and its bytes leave the storage.
//!
//! | file | what it does |
//! |---|---|
//! | `ask` | judges a request: what it names, and what must not be taken down |
//! | `leave` | the entries leave `main` and every channel |
//! | `drafts` | the entries leave the open drafts |
//! | `find` | every object that carries them, in every space |
//! | `steps` | the steps one after the other, and those that a crash left over |
//!
//! Invariants:
//! 1. A takedown ends, or is ended by the next call of [`Repository::finish_takedowns`]: each step can be done twice.
//! 2. Nothing that learners may have held it back: neither holds, embargoes nor links of others.
//! 3. When it is done, no object of any space carries the entries' words, no open draft has them, and the engine has no
//!    byte of the objects. What people wrote about them, in messages and comments, stays.

mod ask;
mod drafts;
mod find;
mod leave;
mod steps;

pub use ask::{TAKEDOWN_KEYS_MAX, TAKEDOWN_WORDS_CHARS_MAX, TakedownError, TakedownRequest};
pub use steps::TakedownPlan;
