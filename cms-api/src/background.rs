//! What a running server does by itself, beside requests.

pub mod scheduler;
pub mod teller;
pub mod upkeep;
