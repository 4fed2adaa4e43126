//! The admin page: its files, and the JSON that only it reads.
//!
//! It shows only what is published, without authors, messages and drafts, so it needs no password. Everybody who may
//! read `/v1` may read it; `--admin false` removes it.

pub mod assets;
pub mod compare;
pub mod place;
pub mod versions;
