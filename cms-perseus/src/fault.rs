//! What can be wrong with one document, or with what a learner entered.

use std::{fmt, time::Duration};

use serde::Serialize;

/// Why a call has no answer. Always of that document or input alone: the next call is as good as any.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Fault {
    /// Perseus's parser refuses the document; the violations are at least one and at most 200.
    #[error("Perseus refuses the document: {}", Listed(.0))]
    Refused(Vec<Violation>),
    /// Perseus's parser refuses what a learner entered; the pointers lead into the input.
    #[error("Perseus refuses the input: {}", Listed(.0))]
    RefusedInput(Vec<Violation>),
    /// The item has no graded group of the name that was asked for.
    #[error("the item has no such part")]
    NoPart,
    /// The document or the input is larger than any that is looked at.
    #[error("{size_bytes} bytes of JSON are more than {size_bytes_max}")]
    TooLarge {
        /// Of the JSON text.
        size_bytes: usize,
        /// The limit.
        size_bytes_max: usize,
    },
    /// The document or the input is nested deeper than any that is looked at.
    #[error("JSON nested deeper than {depth_max} levels")]
    TooDeep {
        /// The limit.
        depth_max: usize,
    },
    /// The call took more processor time than a call may.
    #[error("no answer within {limit:?} of processor time")]
    OutOfTime {
        /// The limit.
        limit: Duration,
    },
    /// The call needed more memory than a context may have.
    #[error("no answer within {limit_bytes} bytes of memory")]
    OutOfMemory {
        /// The limit.
        limit_bytes: usize,
    },
    /// The call nested deeper than a context's stack.
    #[error("no answer within {limit_bytes} bytes of stack")]
    OutOfStack {
        /// The limit.
        limit_bytes: usize,
    },
    /// Perseus threw, or answered what it never should.
    #[error("Perseus failed: {message}")]
    Threw {
        /// What it said, one line.
        message: String,
    },
    /// Every context stayed busy for longer than a caller waits.
    #[error("no context became free within {waited:?}")]
    Busy {
        /// How long the caller waited.
        waited: Duration,
    },
}

/// What Perseus's parser has against a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// The place, as an RFC 6901 pointer from the root of the document; of what is missing, where it should be.
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
