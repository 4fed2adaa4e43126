//! How engines fail.

use std::io;

use crate::model::id::ObjectId;

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Stored bytes are not what was written. Everything else is still served.
    #[error("{what} is damaged in {place}: {detail}")]
    Damaged {
        /// The object, cell or frame that is damaged.
        what: String,
        /// The file and offset, or the row.
        place: String,
        /// How the damage shows.
        detail: String,
    },
    /// The object was taken down: it is neither damaged nor missing, and nobody gets it any more.
    #[error("object {id} was taken down")]
    TakenDown {
        /// The object's id.
        id: ObjectId,
    },
    /// The storage did not answer.
    #[error("reading {place} failed")]
    Io {
        /// The file or address.
        place: String,
        /// The system's error.
        source: io::Error,
    },
    /// The engine stopped after a sync whose outcome is unknown; reopen it.
    #[error("the store stopped after a write whose outcome is unknown; reopen it")]
    Stopped,
    /// Another process took the store while this one had it open; nothing is read any more.
    #[error("the store was taken from this process: {by}")]
    Displaced {
        /// Which process took it, or what became of the files.
        by: String,
    },
    /// The caller ended it.
    #[error("the caller ended the reading")]
    Cancelled,
}

/// Why a batch was not committed.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The write or its sync failed half-way or was not answered: what was accepted may or may not be durable. The
    /// engine has stopped; ask [`super::Engine::outcome`] after reopening it.
    #[error("the outcome of the write is unknown")]
    Unknown {
        /// The system's error.
        source: io::Error,
    },
    /// The engine stopped earlier; nothing of this batch was written.
    #[error("the store takes no writes since one whose outcome is unknown; reopen it")]
    Stopped,
    /// Another process took the store while this one had it open; nothing of this batch was written.
    #[error("the store was taken from this process: {by}")]
    Displaced {
        /// Which process took it, or what became of the files.
        by: String,
    },
    /// The store takes no writes: either it was opened for reading, or it is damaged and nobody has decided yet what to
    /// do about that.
    #[error("the store takes no writes: {why}")]
    ReadOnly {
        /// Whether something is damaged.
        damaged: bool,
        /// Why it takes no writes, for people.
        why: String,
    },
    /// No space is left; nothing of this batch is kept, and the engine goes on.
    #[error("the disk is full")]
    Full {
        /// The system's error.
        source: io::Error,
    },
    /// The write did not happen; nothing of this batch is kept, and the engine goes on.
    #[error("the write failed")]
    Failed {
        /// The system's error.
        source: io::Error,
    },
    /// The batch breaks a limit or a rule of the trait; nothing of it was written.
    #[error("the batch is refused: {reason}")]
    Refused {
        /// Which limit or rule, with the number.
        reason: String,
    },
    /// Something that had to be read to judge the batch could not be read; nothing of it was written.
    #[error(transparent)]
    Read(#[from] ReadError),
}
