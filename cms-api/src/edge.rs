//! The edge of HTTP: what every handler shares and no handler should have to think about.

pub mod access;
pub mod cache;
pub mod coding;
pub mod extract;
pub mod page;
pub mod problem;
pub mod query;
pub mod request;
pub mod stall;
