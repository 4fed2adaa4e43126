//! The `cms` program as a library, so that tests and `xtask` can drive what a person types and what a learner's app
//! fetches.
//!
//! ```text
//! main ──▶ cli ──▶ verbs ──▶ cms-core                                  (the data directory is ours)
//!           └────▶ client ──HTTP──▶ authoring ──▶ verbs ──▶ cms-core   (a server holds it)
//! serve ──▶ router ──▶ delivery, pages, authoring ──▶ edge, views ──▶ store ──▶ problem
//! ```
//!
//! The rooms are on floors, and none uses a room above it: `xtask/src/tidy/rooms.rs` lists them. A handler has four
//! steps: extract, authorise, one core call, view.

pub mod app;
pub mod authoring;
pub mod background;
pub mod cli;
pub mod delivery;
pub mod edge;
pub mod ground;
pub mod jobs;
pub mod openapi;
pub mod pages;
pub mod problem;
pub mod process;
pub mod router;
pub mod serve;
pub mod shared;
pub mod signing;
pub mod store;
pub mod verbs;
pub mod views;
