//! What can be wrong with one document, or with what a learner entered.

use std::{fmt, time::Duration};

use serde::Serialize;

/// Why a call has no result. The reason always lies in that document or input alone: the next call is not affected.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Fault {
    /// Perseus's parser refuses the document; there is at least one violation, and there are at most 200.
    #[error("Perseus refuses the document: {}", Listed(.0))]
    Refused(Vec<Violation>),
    /// Perseus's parser refuses what a learner entered; the pointers lead into the input.
    #[error("Perseus refuses the input: {}", Listed(.0))]
    RefusedInput(Vec<Violation>),
    /// The item has no graded group with the name that was asked for.
    #[error("the item has no such part")]
    NoPart,
    /// The document or the input is larger than the limit.
    #[error("{size_bytes} bytes of JSON are more than {size_bytes_max}")]
    TooLarge {
        /// Size of the JSON text.
        size_bytes: usize,
        /// The limit that it exceeds.
        size_bytes_max: usize,
    },
    /// The document or the input is nested deeper than the limit.
    #[error("JSON nested deeper than {depth_max} levels")]
    TooDeep {
        /// The deepest nesting that is accepted.
        depth_max: usize,
    },
    /// The call took more processor time than a call may.
    #[error("no answer within {limit:?} of processor time")]
    OutOfTime {
        /// The processor time that a call may take.
        limit: Duration,
    },
    /// The call needed more memory than a context may have.
    #[error("no answer within {limit_bytes} bytes of memory")]
    OutOfMemory {
        /// The memory that a context may have.
        limit_bytes: usize,
    },
    /// The call nested deeper than a context's stack.
    #[error("no answer within {limit_bytes} bytes of stack")]
    OutOfStack {
        /// The size of a context's stack.
        limit_bytes: usize,
    },
    /// Perseus threw an exception, or returned something that it never should.
    #[error("Perseus failed: {message}")]
    Threw {
        /// Its message, in one line.
        message: String,
    },
    /// Every context stayed busy for longer than a caller waits.
    #[error("no context became free within {waited:?}")]
    Busy {
        /// How long the caller waited.
        waited: Duration,
    },
}

/// What Perseus's parser objects to at a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// The place, as an RFC 6901 pointer from the root of the document; for something missing, where it should be.
    pub pointer: String,
    /// The parser's own sentence, at most 1,000 characters of it.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Violations in one line, as Perseus joins them.
struct Listed<'a>(&'a [Violation]);

impl fmt::Display for Listed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.0.iter().enumerate() {
            let between = if index == 0 { "" } else { "; " };
            write!(f, "{between}{violation}")?;
        }
        Ok(())
    }
}
