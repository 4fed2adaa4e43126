//! Who makes a change, when, and under which operation.
//!
//! The operation is what makes a change safe to ask for again: the engine does nothing twice under one.

use cms_core::{
    access::Holder,
    engine::OperationId,
    model::name::Person,
    repo::{Origin, Stamp},
};

/// The author of what nobody known did.
const STRANGER: &str = "unknown";

/// Everything that a change is stamped with except its message.
#[derive(Debug, Clone)]
pub struct Authorship {
    /// The person who makes it.
    pub author: Person,
    /// When it is made, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// The operation: a change that is requested again under the same operation is not made twice.
    pub operation: OperationId,
    /// What they may do.
    pub holder: Holder,
    /// From where it is made, and by what.
    pub origin: Origin,
}

impl Authorship {
    /// The authorship of a change that nobody has requested before: its operation is new.
    pub fn fresh(author: Person, holder: Holder, time_ms: u64) -> Self {
        let (operation, origin) = (fresh_operation(), Origin::default());
        Self { author, time_ms, operation, holder, origin }
    }

    /// The same change, made from there.
    #[must_use]
    pub fn coming(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    /// The authorship of what a person does with their own account, and of what is noted about it: nothing that rights
    /// are about.
    pub fn own(author: Person, time_ms: u64) -> Self {
        Self::fresh(author, Holder::Machine, time_ms)
    }

    /// The authorship of what is noted about somebody who did not say who they are.
    pub fn of_stranger(time_ms: u64) -> Self {
        Self::own(Person::recorded(STRANGER), time_ms)
    }

    /// Whether nobody knows who it was.
    pub fn is_of_stranger(&self) -> bool {
        self.author == STRANGER
    }

    /// The stamp of a change with this message.
    pub fn stamp(&self, message: &str) -> Stamp {
        Stamp {
            author: self.author.clone(),
            time_ms: self.time_ms,
            message: message.to_owned(),
            operation: self.operation,
            holder: self.holder.clone(),
            origin: self.origin.clone(),
        }
    }
}

/// A new operation.
pub fn fresh_operation() -> OperationId {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the system gives randomness, or nothing here is safe");
    OperationId(bytes)
}
