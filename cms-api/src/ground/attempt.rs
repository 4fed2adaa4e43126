//! An attempt at a change: who makes it, when, and under which id.
//!
//! The id is what makes a change safe to ask for again: the engine does nothing twice under one id.

use cms_core::{engine::OperationId, model::name::Person, repo::Stamp};

/// Who asks, when, under which attempt.
#[derive(Debug, Clone)]
pub struct By {
    /// Who.
    pub author: Person,
    /// When, in milliseconds since 1970.
    pub time_ms: u64,
    /// The attempt: asked again under the same one, what was done is not done twice.
    pub operation: OperationId,
}

impl By {
    /// The stamp of a change with this message.
    pub fn stamp(&self, message: &str) -> Stamp {
        Stamp {
            author: self.author.clone(),
            time_ms: self.time_ms,
            message: message.to_owned(),
            operation: self.operation,
        }
    }
}

/// A new attempt's id.
pub fn fresh_operation() -> OperationId {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system gives randomness, or nothing here is safe");
    OperationId(bytes)
}
