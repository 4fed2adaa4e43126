//! What the core promises, seen from outside: properties, pinned formats, crashes and faults.

mod document;
mod engine;
mod repository;
