//! Why stored content could not be read or written: an error that nearly every verb may return.

use crate::{
    access::Denied,
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
    /// An object that other objects name is not in its space.
    #[error("{} {id} is missing from {space}", kind.word())]
    Missing {
        /// The missing object.
        id: ObjectId,
        /// The kind of object that it should be.
        kind: ObjectKind,
        /// The space where it was looked for.
        space: Space,
    },
    /// An object does not hold what its kind should.
    #[error("{} {id} can't be decoded", kind.word())]
    Malformed {
        /// The malformed object.
        id: ObjectId,
        /// The kind of object that it should be.
        kind: ObjectKind,
        /// Why it can't be decoded.
        source: DecodeError,
    },
    /// A stored row or cell does not hold what it should.
    #[error("{what} can't be decoded")]
    Row {
        /// Which row or cell, for people.
        what: String,
    },
    /// A document can't be delivered, and this was found too late to hold it back.
    #[error("{key} can't be delivered: {detail}")]
    Undeliverable {
        /// The entry.
        key: String,
        /// Why it can't be delivered, for people.
        detail: String,
    },
    /// The engine that understands some content is busy, so its verdict on the content is not known.
    #[error("{detail}; try again")]
    Busy {
        /// What the engine reports.
        detail: String,
    },
    /// Who asks may not do this.
    #[error(transparent)]
    Denied(#[from] Box<Denied>),
    /// A schema in force does not compile.
    #[error(transparent)]
    Schema(#[from] SchemaError),
    /// A map could not be read.
    #[error(transparent)]
    Map(#[from] MapError),
    /// The engine could not read its storage.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The engine could not write its storage.
    #[error(transparent)]
    Write(#[from] engine::CommitError),
}

impl StoreError {
    /// Whether something stored is missing, was taken down or is not what was written, so that everything else can
    /// still be read.
    pub const fn is_damage(&self) -> bool {
        match self {
            Self::Missing { .. }
            | Self::Malformed { .. }
            | Self::Row { .. }
            | Self::Map(
                MapError::Missing { .. }
                | MapError::Malformed { .. }
                | MapError::Read(ReadError::Damaged { .. } | ReadError::TakenDown { .. }),
            )
            | Self::Read(ReadError::Damaged { .. } | ReadError::TakenDown { .. }) => true,
            Self::Undeliverable { .. }
            | Self::Busy { .. }
            | Self::Denied(_)
            | Self::Schema(_)
            | Self::Map(MapError::TooLarge { .. } | MapError::Read(_))
            | Self::Read(_)
            | Self::Write(_) => false,
        }
    }
}

impl StoreError {
    /// Whether what was asked for was taken down.
    pub const fn is_taken_down(&self) -> bool {
        matches!(
            self,
            Self::Read(ReadError::TakenDown { .. })
                | Self::Map(MapError::Read(ReadError::TakenDown { .. }))
        )
    }
}

/// The value that was read, or a sentence that says what is damaged, so that a list can continue with its other rows.
///
/// # Errors
/// Every error that is not damage.
pub(in crate::repo) fn unless_damaged<T>(
    read: Result<T, StoreError>,
) -> Result<Result<T, String>, StoreError> {
    match read {
        Err(error) if error.is_damage() => Ok(Err(error.to_string())),
        read => read.map(Ok),
    }
}
