//! The `cms` program as a library, so that tests and `xtask` can drive what a person types and
//! what a learner's app fetches.
//!
//! ```text
//! main ──▶ command ──▶ cms-core            (the data directory is ours)
//!             └──────▶ client ──HTTP──▶ authoring ──▶ command ──▶ cms-core   (a server holds it)
//! router ──▶ delivery, admin, authoring ──▶ views, edge
//! ```
//!
//! A handler has four steps: extract, authorise, one core call, view.

pub mod config;
pub mod edge;
