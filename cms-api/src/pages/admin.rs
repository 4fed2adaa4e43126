//! The admin page: its files, and the JSON that only it reads.
//!
//! It shows what is published and nothing else, so it needs no password: no author, no message, no
//! draft. Whoever may read `/v1` may read this; `--admin false` takes it away.

pub mod assets;
pub mod compare;
pub mod place;
pub mod versions;
