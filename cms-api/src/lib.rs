//! The `cms` program as a library, so that tests and `xtask` can drive what a person types and
//! what a learner's app fetches.
//!
//! ```text
//! main ──▶ command ──▶ cms-core            (the data directory is ours)
//!             └──────▶ client ──HTTP──▶ authoring ──▶ command ──▶ cms-core   (a server holds it)
//! router ──▶ delivery, pages, authoring ──▶ views, edge
//! ```
//!
//! A handler has four steps: extract, authorise, one core call, view.

pub mod app;
pub mod authoring;
pub mod background;
pub mod client;
pub mod command;
pub mod config;
pub mod delivery;
pub mod edge;
pub mod hub;
pub mod jobs;
pub mod moment;
pub mod openapi;
pub mod pages;
pub mod router;
pub mod seeds;
pub mod shared;
pub mod store;
pub mod views;
