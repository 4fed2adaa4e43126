//! Objects: immutable bytes with an id, and the spaces that they live in.

use std::{fmt, str::FromStr};

use bytes::Bytes;

use super::{id::ObjectId, name::ChannelName};

/// The name of the space of previews: a channel may have no space of this name.
const PREVIEW: &str = "channel.preview";

/// What an object is, which decides how its bytes are hashed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum ObjectKind {
    /// Canonical JSON.
    Document = 1,
    /// Any bytes.
    Media = 2,
    /// A node of a Merkle map.
    Node = 3,
    /// A revision of an entry.
    Revision = 4,
    /// A commit.
    Commit = 5,
    /// A snapshot as learners see it.
    Snapshot = 6,
    /// The authors' record of a snapshot.
    Publication = 7,
}

impl ObjectKind {
    /// Every kind, in the order of its stored number.
    pub const ALL: [Self; 7] = [
        Self::Document,
        Self::Media,
        Self::Node,
        Self::Revision,
        Self::Commit,
        Self::Snapshot,
        Self::Publication,
    ];

    /// The number that stands for the kind in stored bytes.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The kind of a stored number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number).checked_sub(1)?).copied()
    }

    /// One word for people.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Media => "media",
            Self::Node => "node",
            Self::Revision => "revision",
            Self::Commit => "commit",
            Self::Snapshot => "snapshot",
            Self::Publication => "publication",
        }
    }

    /// The BLAKE3 `derive_key` context; none for what is hashed plainly.
    pub(super) const fn context(self) -> Option<&'static str> {
        match self {
            Self::Document | Self::Media => None,
            Self::Node => Some("cms 2026-11-22 v1 map node"),
            Self::Revision => Some("cms 2026-11-22 v1 revision"),
            Self::Commit => Some("cms 2026-11-22 v1 commit"),
            Self::Snapshot => Some("cms 2026-11-22 v1 snapshot"),
            Self::Publication => Some("cms 2026-11-22 v1 publication"),
        }
    }
}

/// Immutable bytes that carry their own proof: the id always matches the kind and the bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Object {
    id: ObjectId,
    kind: ObjectKind,
    bytes: Bytes,
}

/// Bytes that are not what their id says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the bytes under {expected} hash to {found}")]
pub struct WrongBytes {
    /// The id they were stored under.
    pub expected: ObjectId,
    /// The id they have.
    pub found: ObjectId,
}

impl Object {
    /// Makes an object of bytes, computing its id.
    pub fn new(kind: ObjectKind, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self { id: ObjectId::of(kind, &bytes), kind, bytes }
    }

    /// Checks bytes that came from outside against the id they came under.
    ///
    /// # Errors
    /// [`WrongBytes`] when they hash to another id.
    pub fn verified(id: ObjectId, kind: ObjectKind, bytes: Bytes) -> Result<Self, WrongBytes> {
        let found = ObjectId::of(kind, &bytes);
        if found == id {
            Ok(Self { id, kind, bytes })
        } else {
            Err(WrongBytes { expected: id, found })
        }
    }

    /// The object's id.
    pub const fn id(&self) -> ObjectId {
        self.id
    }

    /// The object's kind.
    pub const fn kind(&self) -> ObjectKind {
        self.kind
    }

    /// The bytes; cloning them is cheap.
    pub const fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({} bytes)", self.kind.word(), self.id, self.bytes.len())
    }
}

/// A keyspace of objects with one audience. An object is in a space only if it was written there.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Space {
    /// What authors see: every revision, commit and working document.
    Source,
    /// What anyone may fetch.
    Public,
    /// What readers of one protected channel may fetch.
    Channel(ChannelName),
    /// What is shown before it is published, kept next to the engine and in none of its files.
    Preview,
}

/// A text that names no space.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a space: `source`, `public` or `channel.NAME` is expected")]
pub struct SpaceError {
    text: String,
}

impl fmt::Display for Space {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source => f.write_str("source"),
            Self::Public => f.write_str("public"),
            Self::Channel(name) => write!(f, "channel.{name}"),
            Self::Preview => f.write_str(PREVIEW),
        }
    }
}

impl FromStr for Space {
    type Err = SpaceError;

    fn from_str(text: &str) -> Result<Self, SpaceError> {
        match text {
            "source" => Ok(Self::Source),
            "public" => Ok(Self::Public),
            PREVIEW => Ok(Self::Preview),
            _ => {
                let channel = text.strip_prefix("channel.").and_then(|name| name.parse().ok());
                let error = || SpaceError { text: text.chars().take(80).collect() };
                channel.map(Self::Channel).ok_or_else(error)
            }
        }
    }
}
