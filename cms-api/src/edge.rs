//! The edge of HTTP: what all handlers share and no handler should have to think about.

pub mod access;
pub mod address;
pub mod admission;
pub mod body;
pub mod cache;
pub mod client;
pub mod coding;
pub mod extract;
pub mod guard;
pub mod idempotency;
pub mod needs;
pub mod places;
pub mod precondition;
pub mod prepared;
pub mod query;
pub mod range;
pub mod rate;
pub mod request;
pub mod tags;
pub mod tickets;
