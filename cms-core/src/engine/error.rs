//! How engines fail.

use std::io;

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Stored bytes are not what was written. Everything else is still served.
    #[error("{what} is damaged in {place}: {detail}")]
    Damaged {
        /// The object, cell or frame.
        what: String,
        /// The file and offset, or the row.
        place: String,
        /// How it shows.
        detail: String,
    },
    /// The storage did not answer.
    #[error("reading {place} failed")]
    Io {
        /// The file or address.
        place: String,
        /// What the system said.
        source: io::Error,
    },
    /// The engine stopped after a sync whose outcome is unknown; open it anew.
    #[error("the store stopped after a write whose outcome is unknown; open it anew")]
    Stopped,
    /// Another process took the store while this one had it open; nothing is answered any more.
    #[error("the store was taken from this process: {by}")]
    Displaced {
        /// By whom, or what became of the files.
        by: String,
    },
    /// Whoever asked ended it.
    #[error("whoever asked ended the reading")]
    Cancelled,
}

/// Why a batch was not committed.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The write or its sync failed half-way or was not answered: what was accepted may or may not
    /// be durable. The engine has stopped; ask [`super::Engine::outcome`] after opening it anew.
    #[error("the outcome of the write is unknown")]
    Unknown {
        /// What the system said.
        source: io::Error,
    },
    /// The engine stopped earlier; nothing of this batch was written.
    #[error("the store takes no writes since one whose outcome is unknown; open it anew")]
    Stopped,
    /// Another process took the store while this one had it open; nothing of this batch was written.
    #[error("the store was taken from this process: {by}")]
    Displaced {
        /// By whom, or what became of the files.
        by: String,
    },
    /// The store takes no writes, as it was opened so, or is damaged and nobody decided yet what becomes of it.
    #[error("the store takes no writes: {why}")]
    ReadOnly {
        /// Whether something is damaged.
        damaged: bool,
        /// Why.
        why: String,
    },
    /// No room; nothing of this batch is kept, and the engine goes on.
    #[error("the disk is full")]
    Full {
        /// What the system said.
        source: io::Error,
    },
    /// The write was not made; nothing of this batch is kept, and the engine goes on.
    #[error("the write failed")]
    Failed {
        /// What the system said.
        source: io::Error,
    },
    /// The batch breaks a limit or a rule of the trait; nothing of it was written.
    #[error("the batch is refused: {reason}")]
    Refused {
        /// Which, with the number.
        reason: String,
    },
    /// What had to be read to judge the batch could not be; nothing of it was written.
    #[error(transparent)]
    Read(#[from] ReadError),
}
