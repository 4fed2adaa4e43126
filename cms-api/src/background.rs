//! What a running server does by itself, beside requests.

pub mod notifier;
pub mod scheduler;
pub mod upkeep;
