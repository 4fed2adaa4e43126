//! The room that knows kinds: what a JSON Schema with our annotations says about a document.
//!
//! A kind is data. Its schema is compiled once into a [`kind::KindSchema`], which then answers every question about a
//! document of that kind: whether it is valid, what it links to, what of it is delivered, which of its texts are
//! translated and how. No other room reads an annotation, and no code anywhere knows what an exercise is.
//!
//! Invariants:
//! 1. The core knows annotations, not kinds: no name of a shipped kind or field decides anything.
//! 2. Every extraction takes any document that [`crate::model::canonical`] accepts, valid or not: it skips what has the
//!    wrong shape and never panics.
//! 3. An extraction walks the parts of a document that its annotation can reach, and no others.
//! 4. All that is wrong is reported at once, each problem with a JSON pointer, in the order of the document.

pub mod content_engine;
mod delivers;
pub mod draws;
pub mod embargo;
pub mod kind;
pub mod links;
pub mod media;
pub mod meta;
mod modernise;
pub mod naming;
pub mod nearest;
pub mod public;
mod role;
pub mod segments;
pub mod shape;
pub mod slug;
pub mod title;
pub mod translation;
pub mod validate;
pub mod violation;

pub use content_engine::{
    ContentEngine, ContentEngines, ContentFault, EnginePlace, Finding, Severity, Withheld,
};
pub use kind::problem::SchemaProblem;
pub use kind::{KindSchema, Place, SchemaError};
pub use links::Link;
pub use meta::KIND_OF_SCHEMAS;
pub use modernise::Modernised;
pub use public::Children;
pub use role::Role;
pub use violation::{Violation, ViolationCode};

#[cfg(test)]
mod tests;
