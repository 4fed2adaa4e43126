//! Pure values: ids, keys, canonical bytes, and the objects that make up the history.
//!
//! Nothing here reads, writes or remembers; everything else is built on it.

pub mod alteration;
pub mod canonical;
pub mod commit;
pub mod document;
pub mod encode;
pub mod id;
pub mod key;
pub mod materialised;
pub mod moment;
pub mod name;
pub mod object;
pub mod pointer;
pub mod revision;
pub mod snapshot;
