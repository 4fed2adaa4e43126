//! Damage: stored bytes that are not what was written, reported by file and place.

use std::fmt;

use super::CellName;
use crate::model::{id::ObjectId, object::Space};

/// One place where stored bytes are not what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// The file's name without its directory, or the name of what takes a file's place.
    pub file: String,
    /// Where in the file, in bytes from its beginning; `None` for the whole file.
    pub offset: Option<u64>,
    /// What can't be read because of it, where that is known.
    pub lost: Lost,
    /// How it shows.
    pub detail: String,
}

/// What damage keeps from being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lost {
    /// Nothing, because the file's content can be rebuilt; or nobody knows what.
    Unnamed,
    /// An object.
    Object(Space, ObjectId),
    /// A cell; an earlier value may be read in place of the lost one.
    Cell(CellName),
    /// What these transactions changed, by their positions; cells may be as they were before. The last position is
    /// unknown when nothing whole follows.
    Transactions {
        /// The position of the first lost transaction.
        first: u64,
        /// The position of the last one.
        last: Option<u64>,
    },
}

impl Damage {
    /// Damage of a file as a whole or at an offset, when nobody knows what the damaged bytes held.
    pub fn of(file: impl Into<String>, offset: Option<u64>, detail: impl fmt::Display) -> Self {
        Self { file: file.into(), offset, lost: Lost::Unnamed, detail: detail.to_string() }
    }

    /// The same damage, known to keep this from being read.
    #[must_use]
    pub fn losing(self, lost: Lost) -> Self {
        Self { lost, ..self }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.lost {
            Lost::Unnamed => {}
            Lost::Object(space, id) => write!(f, "object {id} of {space}: ")?,
            Lost::Cell(name) => write!(f, "cell {name}: ")?,
            Lost::Transactions { first, last: Some(last) } if first == last => {
                write!(f, "transaction {first}: ")?;
            }
            Lost::Transactions { first, last: Some(last) } => {
                write!(f, "transactions {first} to {last}: ")?;
            }
            Lost::Transactions { first, last: None } => {
                write!(f, "transactions from {first} on: ")?;
            }
        }
        write!(f, "{} is damaged", self.file)?;
        if let Some(offset) = self.offset {
            write!(f, " at offset {offset}")?;
        }
        write!(f, ": {}", self.detail)
    }
}
