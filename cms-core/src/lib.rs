//! The versioned content store behind the content management system.
//!
//! Rooms, and which may use which (enforced by `cargo xtask tidy`):
//!
//! ```text
//! repo ──▶ access ──▶ model   repo ──▶ map ──▶ model      repo ──▶ document ──▶ schema ──▶ model      map, repo ──▶ engine ──▶ model      repo, schema ──▶ media
//! ```
//!
//! The core knows no HTTP, no environment and no clock: time and randomness are arguments.

pub mod access;
pub mod document;
pub mod engine;
pub mod map;
pub mod media;
pub mod model;
pub mod repo;
pub mod schema;
