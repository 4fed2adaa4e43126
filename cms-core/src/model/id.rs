//! Identity of objects: BLAKE3-256, one Rust type per kind of thing.
//!
//! Invariants:
//! 1. Documents and media are hashed plainly, so `curl …/v1/objects/ID | b3sum` prints ID.
//! 2. Every internal kind is hashed under a `derive_key` context of its own, so that the bytes of
//!    one kind can never pass for another.
//! 3. Ids are over uncompressed bytes only.

use std::{fmt, str::FromStr};

use super::object::ObjectKind;

/// The BLAKE3-256 of an object's bytes: 32 bytes, written as 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId([u8; ObjectId::SIZE_BYTES]);

/// A text that is not 64 lower-case hex digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an object id: 64 lower-case hex digits are expected")]
pub struct ObjectIdError {
    text: String,
}

impl ObjectId {
    /// Length of an id in bytes.
    pub const SIZE_BYTES: usize = 32;

    /// The id that `bytes` have as an object of `kind`.
    pub fn of(kind: ObjectKind, bytes: &[u8]) -> Self {
        match kind.context() {
            None => Self(*blake3::hash(bytes).as_bytes()),
            Some(context) => Self(blake3::derive_key(context, bytes)),
        }
    }

    /// An id from its 32 bytes.
    pub const fn from_bytes(bytes: [u8; Self::SIZE_BYTES]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; Self::SIZE_BYTES] {
        &self.0
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&blake3::Hash::from_bytes(self.0).to_hex())
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for ObjectId {
    type Err = ObjectIdError;

    fn from_str(text: &str) -> Result<Self, ObjectIdError> {
        let error = || ObjectIdError { text: text.chars().take(80).collect() };
        // BLAKE3's own parser takes upper case too; one id has one spelling here.
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(error());
        }
        let hash = blake3::Hash::from_hex(text).map_err(|_| error())?;
        Ok(Self(*hash.as_bytes()))
    }
}

impl serde::Serialize for ObjectId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for ObjectId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

macro_rules! typed_id {
    ($($(#[$doc:meta])* $name:ident = $kind:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(ObjectId);

        impl $name {
            /// The kind of object that this id names.
            pub const KIND: ObjectKind = ObjectKind::$kind;

            /// The id of these bytes as this kind of object.
            pub fn of(bytes: &[u8]) -> Self {
                Self(ObjectId::of(Self::KIND, bytes))
            }

            /// An id whose kind is known from where it was read.
            pub const fn from_object_id(id: ObjectId) -> Self {
                Self(id)
            }

            /// The untyped id, for an engine.
            pub const fn object_id(self) -> ObjectId {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = ObjectIdError;

            fn from_str(text: &str) -> Result<Self, ObjectIdError> {
                text.parse().map(Self)
            }
        }
    )*};
}

typed_id! {
    /// A document: canonical JSON, of an author or delivered.
    DocumentId = Document;
    /// A media file: video, captions, picture.
    MediaId = Media;
    /// A node of a Merkle map; the id of a root names the whole map.
    NodeId = Node;
    /// One immutable version of an entry.
    RevisionId = Revision;
    /// One state of the whole content with its history.
    CommitId = Commit;
    /// One published state of a channel, as learners see it.
    SnapshotId = Snapshot;
    /// How a snapshot came to be: for authors, never public.
    PublicationId = Publication;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_id_is_what_b3sum_prints() {
        // The empty input's digest, from the BLAKE3 reference vectors.
        let expected = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";
        assert_eq!(DocumentId::of(b"").to_string(), expected);
    }

    #[test]
    fn the_same_bytes_have_another_id_as_another_kind() {
        let ids: std::collections::BTreeSet<ObjectId> =
            ObjectKind::ALL.iter().map(|kind| ObjectId::of(*kind, b"same")).collect();
        // Documents and media share the plain hash on purpose.
        assert_eq!(ids.len(), ObjectKind::ALL.len() - 1);
    }

    #[test]
    fn an_id_has_one_spelling() {
        let id = DocumentId::of(b"x");
        assert_eq!(id.to_string().parse::<DocumentId>(), Ok(id));
        assert!(id.to_string().to_uppercase().parse::<DocumentId>().is_err());
        assert!("abc".parse::<DocumentId>().is_err());
    }
}
