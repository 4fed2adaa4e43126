//! What a running server does by itself, besides requests.

pub mod notifier;
pub mod scheduler;
pub mod sealer;
pub mod upkeep;
