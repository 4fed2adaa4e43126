//! Revisions: one immutable version of an entry.
//!
//! Invariants:
//! 1. A conflict has one more side than bases: its terms alternate, side first.
//! 2. A revision names its entry, so that no two entries ever share one.

use super::{
    encode::{DecodeError, Reader, Writer},
    id::{DocumentId, ObjectId, RevisionId},
    key::EntryKey,
};

const VERSION: u8 = 1;
const FLAG_MEANING_UNCHANGED: u8 = 1;

/// One version of an entry, with where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// The entry that this is a version of.
    pub key: EntryKey,
    /// What the entry is in this version.
    pub state: RevisionState,
    /// The versions that this one was made from: none for a new entry, two or more for a merge.
    pub parents: Vec<RevisionId>,
    /// The document of the schema that it was written under; it stays readable under that schema for ever.
    pub schema: Option<DocumentId>,
    /// For a translation, the source revision that it was made from.
    pub derived_from: Option<RevisionId>,
    /// Whether the author declared that the text means what it meant before (because only a typo or a quotation mark
    /// changed).
    pub meaning_unchanged: bool,
    /// Who wrote it, as an opaque id.
    pub author: String,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// Why, in the author's words; may be empty.
    pub note: String,
}

/// What an entry is in one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevisionState {
    /// This document.
    Resolved(DocumentId),
    /// Several documents that a merge could not join; see [`ConflictTerms`].
    Conflicted(ConflictTerms),
    /// Deleted; the parents say what was there.
    Deleted,
}

/// The sides and bases of a conflict: `side (base side)+`, where `None` stands for "no entry".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConflictTerms(Vec<Option<DocumentId>>);

impl ConflictTerms {
    /// Terms from their alternating form.
    ///
    /// Returns none unless there are three or more, and an odd number.
    pub fn new(terms: Vec<Option<DocumentId>>) -> Option<Self> {
        (terms.len() >= 3 && terms.len() % 2 == 1).then_some(Self(terms))
    }

    /// The sides, in order.
    pub fn sides(&self) -> impl Iterator<Item = Option<DocumentId>> {
        self.0.iter().step_by(2).copied()
    }

    /// The alternating form.
    pub fn as_slice(&self) -> &[Option<DocumentId>] {
        &self.0
    }
}

impl RevisionState {
    /// The document, when there is exactly one.
    pub const fn document(&self) -> Option<DocumentId> {
        match self {
            Self::Resolved(id) => Some(*id),
            Self::Conflicted(_) | Self::Deleted => None,
        }
    }
}

impl Revision {
    /// The stored bytes; `docs/FORMAT.md` describes them.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::versioned(VERSION);
        out.byte(if self.meaning_unchanged { FLAG_MEANING_UNCHANGED } else { 0 });
        out.sized(&self.key.encode());
        match &self.state {
            RevisionState::Resolved(id) => {
                out.byte(1).raw(id.object_id().as_bytes());
            }
            RevisionState::Conflicted(terms) => {
                out.byte(2).varint(terms.0.len() as u64);
                for term in &terms.0 {
                    write_optional(&mut out, term.map(DocumentId::object_id));
                }
            }
            RevisionState::Deleted => {
                out.byte(3);
            }
        }
        write_ids(&mut out, self.parents.iter().map(|id| id.object_id()));
        write_optional(&mut out, self.schema.map(DocumentId::object_id));
        write_optional(&mut out, self.derived_from.map(RevisionId::object_id));
        out.sized(self.author.as_bytes()).varint(self.time_ms).sized(self.note.as_bytes());
        out.finish()
    }

    /// Reads the stored bytes.
    ///
    /// # Errors
    /// [`DecodeError`] when they are not a revision's.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut input = Reader::versioned(bytes, VERSION)?;
        let flags = input.byte()?;
        if flags & !FLAG_MEANING_UNCHANGED != 0 {
            return Err(DecodeError::Field { field: "flags" });
        }
        let revision = Self {
            meaning_unchanged: flags & FLAG_MEANING_UNCHANGED != 0,
            key: EntryKey::decode(input.sized()?)?,
            state: read_state(&mut input)?,
            parents: read_ids(&mut input, RevisionId::from_object_id)?,
            schema: read_optional(&mut input)?.map(DocumentId::from_object_id),
            derived_from: read_optional(&mut input)?.map(RevisionId::from_object_id),
            author: input.text("author")?.to_owned(),
            time_ms: input.varint()?,
            note: input.text("note")?.to_owned(),
        };
        input.finish()?;
        Ok(revision)
    }
}

fn read_state(input: &mut Reader<'_>) -> Result<RevisionState, DecodeError> {
    match input.byte()? {
        1 => Ok(RevisionState::Resolved(DocumentId::from_object_id(read_id(input)?))),
        2 => {
            let count = input.length()?;
            let terms = (0..count)
                .map(|_| Ok(read_optional(input)?.map(DocumentId::from_object_id)))
                .collect::<Result<_, _>>()?;
            Ok(RevisionState::Conflicted(
                ConflictTerms::new(terms).ok_or(DecodeError::Field { field: "terms" })?,
            ))
        }
        3 => Ok(RevisionState::Deleted),
        _ => Err(DecodeError::Field { field: "state" }),
    }
}

/// Reads an id.
pub(super) fn read_id(input: &mut Reader<'_>) -> Result<ObjectId, DecodeError> {
    Ok(ObjectId::from_bytes(input.array()?))
}

/// Writes a mark and, where there is one, the id.
pub(super) fn write_optional(out: &mut Writer, id: Option<ObjectId>) {
    match id {
        None => out.byte(0),
        Some(id) => out.byte(1).raw(id.as_bytes()),
    };
}

/// Reads what [`write_optional`] wrote.
pub(super) fn read_optional(input: &mut Reader<'_>) -> Result<Option<ObjectId>, DecodeError> {
    match input.byte()? {
        0 => Ok(None),
        1 => read_id(input).map(Some),
        _ => Err(DecodeError::Field { field: "optional id" }),
    }
}

/// Writes a count and the ids.
pub(super) fn write_ids(out: &mut Writer, ids: impl ExactSizeIterator<Item = ObjectId>) {
    out.varint(ids.len() as u64);
    for id in ids {
        out.raw(id.as_bytes());
    }
}

/// Reads what [`write_ids`] wrote.
pub(super) fn read_ids<T>(
    input: &mut Reader<'_>,
    make: impl Fn(ObjectId) -> T,
) -> Result<Vec<T>, DecodeError> {
    let count = input.length()?;
    (0..count).map(|_| read_id(input).map(&make)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revision(state: RevisionState) -> Revision {
        Revision {
            key: "exercise/x1@es".parse().unwrap(),
            state,
            parents: vec![RevisionId::of(b"p")],
            schema: Some(DocumentId::of(b"s")),
            derived_from: None,
            meaning_unchanged: true,
            author: "ana".into(),
            time_ms: 1_700_000_000_000,
            note: "fixed a typo".into(),
        }
    }

    #[test]
    fn revisions_survive_encoding() {
        let side = Some(DocumentId::of(b"a"));
        let terms = ConflictTerms::new(vec![side, None, side]).unwrap();
        for state in [
            RevisionState::Resolved(DocumentId::of(b"d")),
            RevisionState::Conflicted(terms),
            RevisionState::Deleted,
        ] {
            let revision = revision(state);
            assert_eq!(Revision::decode(&revision.encode()), Ok(revision));
        }
    }

    #[test]
    fn a_conflict_has_one_more_side_than_bases() {
        assert!(ConflictTerms::new(vec![None, None]).is_none());
        assert!(ConflictTerms::new(vec![None]).is_none());
    }

    #[test]
    fn cut_or_lengthened_bytes_are_refused() {
        let bytes = revision(RevisionState::Deleted).encode();
        for length in 0..bytes.len() {
            assert!(Revision::decode(&bytes[..length]).is_err());
        }
        assert_eq!(
            Revision::decode(&[&bytes[..], b"x"].concat()),
            Err(DecodeError::Trailing { count: 1 })
        );
    }
}
