//! Why stored content could not be read or written: what nearly every verb may end with.

use crate::{
    engine::{self, ReadError},
    map::MapError,
    model::{
        encode::DecodeError,
        id::ObjectId,
        object::{ObjectKind, Space},
    },
    schema::SchemaError,
};

/// Why stored content could not be read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// An object that others name is not in its space.
    #[error("{} {id} is missing from {space}", kind.word())]
    Missing {
        /// The object.
        id: ObjectId,
        /// What it should be.
        kind: ObjectKind,
        /// Where it was looked for.
        space: Space,
    },
    /// An object is not what its place says.
    #[error("{} {id} can't be decoded", kind.word())]
    Malformed {
        /// The object.
        id: ObjectId,
        /// What it should be.
        kind: ObjectKind,
        /// Why.
        source: DecodeError,
    },
    /// A stored row or cell is not what its place says.
    #[error("{what} can't be decoded")]
    Row {
        /// Which.
        what: String,
    },
    /// A document can't be delivered, which was found out too late to hold it back.
    #[error("{key} can't be delivered: {detail}")]
    Undeliverable {
        /// The entry.
        key: String,
        /// Why.
        detail: String,
    },
    /// The engine that understands some content has no time now: what it would say of it is not known.
    #[error("{detail}; try again")]
    Busy {
        /// What it says.
        detail: String,
    },
    /// A schema in force does not compile.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// A map could not be read.
    #[error(transparent)]
    Map(#[from] MapError),
    /// The engine could not read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The engine could not write.
    #[error(transparent)]
    Write(#[from] engine::CommitError),
}

impl StoreError {
    /// Whether something stored is not there or not what was written, so that all else can still be read.
    pub const fn is_damage(&self) -> bool {
        match self {
            Self::Missing { .. }
            | Self::Malformed { .. }
            | Self::Row { .. }
            | Self::Map(
                MapError::Missing { .. }
                | MapError::Malformed { .. }
                | MapError::Read(ReadError::Damaged { .. }),
            )
            | Self::Read(ReadError::Damaged { .. }) => true,
            Self::Undeliverable { .. }
            | Self::Busy { .. }
            | Self::Schema(_)
            | Self::Map(MapError::TooLarge { .. } | MapError::Read(_))
            | Self::Read(_)
            | Self::Write(_) => false,
        }
    }
}

/// What was read, or the sentence that says what is damaged: a list goes on with its other rows.
///
/// # Errors
/// Whatever is no damage.
pub(in crate::repo) fn unless_damaged<T>(
    read: Result<T, StoreError>,
) -> Result<Result<T, String>, StoreError> {
    match read {
        Err(error) if error.is_damage() => Ok(Err(error.to_string())),
        read => read.map(Ok),
    }
}
