//! The pinned generator of content that every benchmark measures on.

pub mod generator;
