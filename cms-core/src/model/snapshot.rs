//! Snapshots and publications: what learners see of a publish, and what authors see of it.
//!
//! Invariants:
//! 1. A [`Snapshot`] lives in its channel's space and holds nothing of authors: no name, no message,
//!    no source id.
//! 2. A [`Publication`] lives in `source` and names its snapshot, so that the record of who published what can't
//!    diverge from what was published.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{
    encode::{DecodeError, Reader, Writer},
    id::{CommitId, DocumentId, NodeId, PublicationId, SnapshotId},
    key::{Kind, Locale},
    name::ChannelName,
    revision::{read_id, read_optional, write_optional},
};

const VERSION: u8 = 1;
/// The version of publications that record what stands nowhere; those before have [`VERSION`].
const VERSION_WITH_NOWHERE: u8 = 2;

/// One published, immutable state of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The channel that this is a state of.
    pub channel: ChannelName,
    /// Its position in the channel's sequence of snapshots: 1 for the first.
    pub sequence: u64,
    /// The snapshot before it.
    pub parent: Option<SnapshotId>,
    /// When it was published, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// Root of the delivered map: entry key → delivered document or tombstone.
    pub delivered: NodeId,
    /// Root of the route map: route → entry, and entry → its route.
    pub routes: NodeId,
    /// The locale that entries are written in.
    pub source_locale: Locale,
    /// Delivered entries by kind, ascending; kinds with none are left out.
    pub kinds: Vec<(Kind, u64)>,
    /// Documents delivered in a locale of their own, ascending; the source locale is not among them.
    pub locales: Vec<(Locale, u64)>,
}

/// Why a channel moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicationVerb {
    /// Content was published.
    Publish,
    /// A channel or some of its entries went back to an earlier state.
    Rollback,
    /// Holds were released; nothing delivered changed.
    Release,
    /// Entries were taken off, and may come back.
    Unpublish,
    /// Entries were taken off for good; others may replace them.
    Retire,
    /// What one earlier publication did was undone.
    Revert,
    /// What engines understand was remade, after an engine was replaced by another version.
    Remake,
}

impl PublicationVerb {
    const ALL: [Self; 7] = [
        Self::Publish,
        Self::Rollback,
        Self::Release,
        Self::Unpublish,
        Self::Retire,
        Self::Revert,
        Self::Remake,
    ];
    /// How many verbs the first version of publications knows.
    const FIRST_COUNT: u8 = 3;

    /// One word for people and programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Rollback => "rollback",
            Self::Release => "release",
            Self::Unpublish => "unpublish",
            Self::Retire => "retire",
            Self::Revert => "revert",
            Self::Remake => "remake",
        }
    }
}

impl FromStr for PublicationVerb {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|verb| verb.word() == word).ok_or(())
    }
}

impl Serialize for PublicationVerb {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

impl<'de> Deserialize<'de> for PublicationVerb {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        word.parse().map_err(|()| D::Error::custom("not what moves a channel"))
    }
}

/// The authors' record of how a snapshot came to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// The snapshot that was published.
    pub snapshot: SnapshotId,
    /// The publication before it in the channel.
    pub parent: Option<PublicationId>,
    /// Why the channel moved.
    pub verb: PublicationVerb,
    /// The commit that was asked for.
    pub commit: CommitId,
    /// Root of the effective catalogue: for each entry and locale, the revision really delivered.
    pub effective: NodeId,
    /// Root of the back-links of the effective catalogue.
    pub backlinks: NodeId,
    /// Root of the holds: entry key → why no publish may change the entry.
    pub holds: NodeId,
    /// Root of the entries that are effective and stand nowhere: entry key → nothing. Publications of the first version
    /// don't have it.
    pub nowhere: Option<NodeId>,
    /// The report of what was asked and what was done, a document in `source`.
    pub report: DocumentId,
    /// Who published, as an opaque id.
    pub author: String,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// Why, in the publisher's words; may be empty.
    pub message: String,
}

impl PublicationVerb {
    fn read(input: &mut Reader<'_>, version: u8) -> Result<Self, DecodeError> {
        let number = input.byte()?;
        let is_known = version > VERSION || number < Self::FIRST_COUNT;
        let verb = Self::ALL.get(usize::from(number)).filter(|_| is_known);
        verb.copied().ok_or(DecodeError::Field { field: "verb" })
    }
}

impl Snapshot {
    /// The stored bytes; `docs/FORMAT.md` describes them.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::versioned(VERSION);
        out.sized(self.channel.as_str().as_bytes()).varint(self.sequence);
        write_optional(&mut out, self.parent.map(SnapshotId::object_id));
        out.varint(self.time_ms);
        out.raw(self.delivered.object_id().as_bytes()).raw(self.routes.object_id().as_bytes());
        out.sized(self.source_locale.as_str().as_bytes());
        out.varint(self.kinds.len() as u64);
        for (kind, count) in &self.kinds {
            out.sized(kind.as_str().as_bytes()).varint(*count);
        }
        out.varint(self.locales.len() as u64);
        for (locale, count) in &self.locales {
            out.sized(locale.as_str().as_bytes()).varint(*count);
        }
        out.finish()
    }

    /// Reads the stored bytes.
    ///
    /// # Errors
    /// [`DecodeError`] when they are not a snapshot's.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut input = Reader::versioned(bytes, VERSION)?;
        let snapshot = Self {
            channel: (input.text("channel")?.parse())
                .map_err(|_| DecodeError::Field { field: "channel" })?,
            sequence: input.varint()?,
            parent: read_optional(&mut input)?.map(SnapshotId::from_object_id),
            time_ms: input.varint()?,
            delivered: NodeId::from_object_id(read_id(&mut input)?),
            routes: NodeId::from_object_id(read_id(&mut input)?),
            source_locale: parsed(&mut input, "source locale")?,
            kinds: read_counts(&mut input, "kind")?,
            locales: read_counts(&mut input, "locale")?,
        };
        input.finish()?;
        Ok(snapshot)
    }

    /// How many entries are delivered, each counted once.
    pub fn entries_count(&self) -> u64 {
        self.kinds.iter().map(|(_, count)| count).sum()
    }
}

fn parsed<T: std::str::FromStr>(
    input: &mut Reader<'_>,
    field: &'static str,
) -> Result<T, DecodeError> {
    input.text(field)?.parse().map_err(|_| DecodeError::Field { field })
}

fn read_counts<T>(input: &mut Reader<'_>, field: &'static str) -> Result<Vec<(T, u64)>, DecodeError>
where
    T: std::str::FromStr + Ord,
{
    let count = input.length()?;
    let rows: Vec<(T, u64)> = (0..count)
        .map(|_| Ok((parsed(input, field)?, input.varint()?)))
        .collect::<Result<_, _>>()?;
    if rows.is_sorted_by(|a, b| a.0 < b.0) { Ok(rows) } else { Err(DecodeError::Field { field }) }
}

impl Publication {
    /// The stored bytes; `docs/FORMAT.md` describes them.
    pub fn encode(&self) -> Vec<u8> {
        let version = if self.nowhere.is_some() { VERSION_WITH_NOWHERE } else { VERSION };
        let mut out = Writer::versioned(version);
        out.raw(self.snapshot.object_id().as_bytes());
        write_optional(&mut out, self.parent.map(PublicationId::object_id));
        out.byte(self.verb as u8);
        for id in [
            self.commit.object_id(),
            self.effective.object_id(),
            self.backlinks.object_id(),
            self.holds.object_id(),
        ]
        .into_iter()
        .chain(self.nowhere.map(NodeId::object_id))
        .chain([self.report.object_id()])
        {
            out.raw(id.as_bytes());
        }
        out.sized(self.author.as_bytes()).varint(self.time_ms).sized(self.message.as_bytes());
        out.finish()
    }

    /// Reads the stored bytes.
    ///
    /// # Errors
    /// [`DecodeError`] when they are not a publication's.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (version, mut input) = match bytes.first() {
            Some(&VERSION_WITH_NOWHERE) => {
                (VERSION_WITH_NOWHERE, Reader::versioned(bytes, VERSION_WITH_NOWHERE)?)
            }
            _ => (VERSION, Reader::versioned(bytes, VERSION)?),
        };
        let publication = Self {
            snapshot: SnapshotId::from_object_id(read_id(&mut input)?),
            parent: read_optional(&mut input)?.map(PublicationId::from_object_id),
            verb: PublicationVerb::read(&mut input, version)?,
            commit: CommitId::from_object_id(read_id(&mut input)?),
            effective: NodeId::from_object_id(read_id(&mut input)?),
            backlinks: NodeId::from_object_id(read_id(&mut input)?),
            holds: NodeId::from_object_id(read_id(&mut input)?),
            nowhere: match version {
                VERSION => None,
                _ => Some(NodeId::from_object_id(read_id(&mut input)?)),
            },
            report: DocumentId::from_object_id(read_id(&mut input)?),
            author: input.text("author")?.to_owned(),
            time_ms: input.varint()?,
            message: input.text("message")?.to_owned(),
        };
        input.finish()?;
        Ok(publication)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapshots_and_publications_survive_encoding() {
        let snapshot = Snapshot {
            channel: "production".parse().unwrap(),
            sequence: 7,
            parent: Some(SnapshotId::of(b"before")),
            time_ms: 9,
            delivered: NodeId::of(b"d"),
            routes: NodeId::of(b"r"),
            source_locale: "en".parse().unwrap(),
            kinds: vec![("exercise".parse().unwrap(), 3), ("video".parse().unwrap(), 1)],
            locales: vec![("es".parse().unwrap(), 2)],
        };
        assert_eq!(snapshot.entries_count(), 4);
        assert_eq!(Snapshot::decode(&snapshot.encode()), Ok(snapshot.clone()));
        let publication = Publication {
            snapshot: SnapshotId::of(&snapshot.encode()),
            parent: None,
            verb: PublicationVerb::Rollback,
            commit: CommitId::of(b"c"),
            effective: NodeId::of(b"e"),
            backlinks: NodeId::of(b"b"),
            holds: NodeId::of(b"h"),
            nowhere: None,
            report: DocumentId::of(b"{}"),
            author: "ana".into(),
            time_ms: 9,
            message: String::new(),
        };
        assert_eq!(Publication::decode(&publication.encode()), Ok(publication.clone()));
        let newer = Publication {
            nowhere: Some(NodeId::of(b"n")),
            verb: PublicationVerb::Retire,
            ..publication.clone()
        };
        assert_eq!(Publication::decode(&newer.encode()), Ok(newer.clone()));
        let unheard_of = Publication { nowhere: None, ..newer };
        let refused = Err(DecodeError::Field { field: "verb" });
        assert_eq!(
            Publication::decode(&unheard_of.encode()),
            refused,
            "version 1 has no such verb"
        );
    }
}
