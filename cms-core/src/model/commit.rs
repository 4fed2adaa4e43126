//! Commits: the whole content at one moment, with its history.

use super::{
    encode::{DecodeError, Reader, Writer},
    id::{CommitId, DocumentId, NodeId},
    revision::{read_id, read_ids, write_ids},
};

const VERSION: u8 = 1;
/// A commit with conflicts; one without is still written in the first version.
const VERSION_CONFLICTED: u8 = 2;

/// One state of the whole content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Root of the catalogue: entry key → (document, revision).
    pub catalogue: NodeId,
    /// Root of the back-links: (target, role, source).
    pub backlinks: NodeId,
    /// The commits that this one was made from.
    pub parents: Vec<CommitId>,
    /// One more than the greatest generation of the parents; 0 without parents.
    pub generation: u64,
    /// A document that lists what does not fit together around the commit's entries; only drafts have one.
    pub conflicts: Option<DocumentId>,
    /// Who made it, as an opaque id.
    pub author: String,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// Why, in the author's words.
    pub message: String,
}

impl Commit {
    /// The stored bytes; `docs/FORMAT.md` describes them.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Writer::versioned(match self.conflicts {
            None => VERSION,
            Some(_) => VERSION_CONFLICTED,
        });
        if let Some(conflicts) = self.conflicts {
            out.raw(conflicts.object_id().as_bytes());
        }
        out.raw(self.catalogue.object_id().as_bytes());
        out.raw(self.backlinks.object_id().as_bytes());
        write_ids(&mut out, self.parents.iter().map(|id| id.object_id()));
        out.varint(self.generation);
        out.sized(self.author.as_bytes()).varint(self.time_ms).sized(self.message.as_bytes());
        out.finish()
    }

    /// Reads the stored bytes.
    ///
    /// # Errors
    /// [`DecodeError`] when they are not a commit's.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut input = Reader::new(bytes);
        let conflicts = match input.byte()? {
            VERSION => None,
            VERSION_CONFLICTED => Some(DocumentId::from_object_id(read_id(&mut input)?)),
            found => return Err(DecodeError::Version { found, known: VERSION_CONFLICTED }),
        };
        let commit = Self {
            conflicts,
            catalogue: NodeId::from_object_id(read_id(&mut input)?),
            backlinks: NodeId::from_object_id(read_id(&mut input)?),
            parents: read_ids(&mut input, CommitId::from_object_id)?,
            generation: input.varint()?,
            author: input.text("author")?.to_owned(),
            time_ms: input.varint()?,
            message: input.text("message")?.to_owned(),
        };
        input.finish()?;
        Ok(commit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_survive_encoding() {
        let commit = Commit {
            catalogue: NodeId::of(b"c"),
            backlinks: NodeId::of(b"b"),
            parents: vec![CommitId::of(b"1"), CommitId::of(b"2")],
            generation: 300,
            conflicts: None,
            author: "ana".into(),
            time_ms: 5,
            message: "Ünits".into(),
        };
        assert_eq!(commit.encode()[0], 1);
        assert_eq!(Commit::decode(&commit.encode()), Ok(commit.clone()));
        let conflicted = Commit { conflicts: Some(DocumentId::of(b"[]")), ..commit };
        assert_eq!(conflicted.encode()[0], 2);
        assert_eq!(Commit::decode(&conflicted.encode()), Ok(conflicted));
    }
}
