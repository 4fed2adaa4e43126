//! The manifest: which sealed files make up the store. A rotation takes effect when the manifest is replaced.
//!
//! Invariants:
//! 1. A file that it names was synced, with its name, before the manifest was written.
//! 2. It is replaced by write, sync, rename, sync of the directory: whole, or not at all.
//! 3. A file that it does not name is a leftover, except for journals that follow the sealed one.

pub(super) mod taken_down;

use std::path::Path;

use super::{
    disk::{Disk, Reading},
    file::{
        self, FOOTER_SIZE_BYTES, FORMAT_VERSION, FileError, FileKind, HEADER_SIZE_BYTES,
        MANIFEST_VERSION_TAKEN_DOWN, SealedWriter, u32_at,
    },
    frame::Chain,
};
use crate::model::{
    encode::{DecodeError, Reader, Writer},
    id::ObjectId,
};

/// What the engine knows of its sealed files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Manifest {
    /// The store's own id, which all its journals carry.
    pub(super) store: [u8; 16],
    /// The secret that journals' seeds are derived from.
    pub(super) secret: [u8; 32],
    /// Grows with each manifest.
    pub(super) generation: u64,
    /// The number that the next sealed file gets.
    pub(super) next_number: u64,
    /// The last journal whose content is all in sealed files; 0 when there is none.
    pub(super) journal: u64,
    /// The sequence of that journal's last frame.
    pub(super) sequence: u64,
    /// The position of its last transaction.
    pub(super) position: u64,
    /// The hash of its last frame.
    pub(super) chain: Chain,
    /// The checkpoint as of that journal's end; `None` before the first.
    pub(super) checkpoint: Option<CheckpointEntry>,
    /// Segments, oldest first.
    pub(super) segments: Vec<SegmentEntry>,
    /// Indexes, oldest first.
    pub(super) indexes: Vec<IndexEntry>,
    /// Audit files, oldest first.
    pub(super) audits: Vec<AuditEntry>,
    /// The objects that were taken down and of which no sealed file holds a byte, ascending.
    pub(super) purged: Vec<ObjectId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CheckpointEntry {
    pub(super) number: u64,
    pub(super) count: u64,
    pub(super) size_bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SegmentEntry {
    pub(super) number: u64,
    pub(super) space: String,
    pub(super) count: u64,
    pub(super) size_bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IndexEntry {
    pub(super) number: u64,
    pub(super) space: String,
    pub(super) count: u64,
    pub(super) size_bytes: u64,
    /// The segments that it covers, ascending.
    pub(super) segments: Vec<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AuditEntry {
    pub(super) number: u64,
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) count: u64,
    pub(super) size_bytes: u64,
}

impl Manifest {
    pub(super) const NAME: &str = "MANIFEST";
    const NEXT_NAME: &str = "MANIFEST.next";

    /// Whether a file's name belongs to what the manifest, or the journals after it, hold.
    pub(super) fn names(&self, kind: FileKind, number: u64) -> bool {
        match kind {
            FileKind::Journal => number > self.journal,
            FileKind::Segment => self.segments.iter().any(|entry| entry.number == number),
            FileKind::Index => self.indexes.iter().any(|entry| entry.number == number),
            FileKind::Checkpoint => self.checkpoint.is_some_and(|entry| entry.number == number),
            FileKind::Audit => self.audits.iter().any(|entry| entry.number == number),
            FileKind::Manifest | FileKind::TakenDown => true,
        }
    }

    /// Whether a name is that of a manifest that was never put in place.
    pub(super) fn is_leftover(name: &str) -> bool {
        name == Self::NEXT_NAME
    }

    /// A number for a new sealed file.
    pub(super) const fn take_number(&mut self) -> u64 {
        let number = self.next_number;
        self.next_number += 1;
        number
    }

    /// The seed of a journal: known to those who hold the store, and to nobody else.
    pub(super) fn seed(&self, journal: u64) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("cms 2026-11-22 v1 journal seed");
        hasher.update(&self.secret).update(&self.store).update(&journal.to_le_bytes());
        *hasher.finalize().as_bytes()
    }

    /// The manifest of a directory; `None` when there is no such file.
    pub(super) fn read(disk: &dyn Disk, directory: &Path) -> Result<Option<Self>, FileError> {
        let path = directory.join(Self::NAME);
        match disk.size_bytes(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(FileError::io(&path))?,
        };
        let bytes = file::map(disk, FileKind::Manifest, &path, Reading::InOrder)?;
        file::check_footer(&path, &bytes)?;
        let body = &bytes[HEADER_SIZE_BYTES..bytes.len() - FOOTER_SIZE_BYTES];
        let manifest = Self::decode(u32_at(&bytes, 8), body)
            .map_err(|error| FileError::damaged(&path, HEADER_SIZE_BYTES, error))?;
        Ok(Some(manifest))
    }

    /// Puts this manifest in place of the previous one and makes that durable.
    ///
    /// # Errors
    /// [`ReplaceError::Kept`] while the old one is certainly still there, [`ReplaceError::Unknown`] after.
    pub(super) fn replace(&self, disk: &dyn Disk, directory: &Path) -> Result<(), ReplaceError> {
        let next = directory.join(Self::NEXT_NAME);
        let write = || {
            let mut writer =
                SealedWriter::create_of(disk, FileKind::Manifest, self.version(), next.clone())?;
            writer.write(&self.encode())?;
            writer.finish()
        };
        write().map_err(ReplaceError::Kept)?;
        put_in_place(disk, directory, &next, Self::NAME)
    }

    /// A program that knows nothing of what was taken down refuses a manifest that lists it.
    const fn version(&self) -> u32 {
        if self.purged.is_empty() { FORMAT_VERSION } else { MANIFEST_VERSION_TAKEN_DOWN }
    }

    fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.raw(&self.store).raw(&self.secret).varint(self.generation).varint(self.next_number);
        writer.varint(self.journal).varint(self.sequence).varint(self.position).raw(&self.chain);
        match self.checkpoint {
            None => writer.byte(0),
            Some(CheckpointEntry { number, count, size_bytes }) => {
                writer.byte(1).varint(number).varint(count).varint(size_bytes)
            }
        };
        writer.varint(self.segments.len() as u64);
        for SegmentEntry { number, space, count, size_bytes } in &self.segments {
            writer.varint(*number).sized(space.as_bytes()).varint(*count).varint(*size_bytes);
        }
        writer.varint(self.indexes.len() as u64);
        for IndexEntry { number, space, count, size_bytes, segments } in &self.indexes {
            writer.varint(*number).sized(space.as_bytes()).varint(*count).varint(*size_bytes);
            writer.varint(segments.len() as u64);
            for segment in segments {
                writer.varint(*segment);
            }
        }
        writer.varint(self.audits.len() as u64);
        for AuditEntry { number, first, last, count, size_bytes } in &self.audits {
            writer.varint(*number).varint(*first).varint(*last).varint(*count).varint(*size_bytes);
        }
        if !self.purged.is_empty() {
            writer.varint(self.purged.len() as u64);
            for id in &self.purged {
                writer.raw(id.as_bytes());
            }
        }
        writer.finish()
    }

    fn decode(version: u32, bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let mut manifest = Self {
            store: reader.array()?,
            secret: reader.array()?,
            generation: reader.varint()?,
            next_number: reader.varint()?,
            journal: reader.varint()?,
            sequence: reader.varint()?,
            position: reader.varint()?,
            chain: reader.array()?,
            ..Self::default()
        };
        if reader.byte()? == 1 {
            manifest.checkpoint = Some(CheckpointEntry {
                number: reader.varint()?,
                count: reader.varint()?,
                size_bytes: reader.varint()?,
            });
        }
        for _ in 0..reader.length()? {
            manifest.segments.push(SegmentEntry {
                number: reader.varint()?,
                space: reader.text("space")?.to_owned(),
                count: reader.varint()?,
                size_bytes: reader.varint()?,
            });
        }
        for _ in 0..reader.length()? {
            manifest.indexes.push(IndexEntry {
                number: reader.varint()?,
                space: reader.text("space")?.to_owned(),
                count: reader.varint()?,
                size_bytes: reader.varint()?,
                segments: (0..reader.length()?)
                    .map(|_| reader.varint())
                    .collect::<Result<_, _>>()?,
            });
        }
        for _ in 0..reader.length()? {
            manifest.audits.push(AuditEntry {
                number: reader.varint()?,
                first: reader.varint()?,
                last: reader.varint()?,
                count: reader.varint()?,
                size_bytes: reader.varint()?,
            });
        }
        if version >= MANIFEST_VERSION_TAKEN_DOWN {
            for _ in 0..reader.length()? {
                manifest.purged.push(ObjectId::from_bytes(reader.array()?));
            }
        }
        reader.finish().map(|()| manifest)
    }
}

/// Which manifest is in place when one was not put in place cleanly.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReplaceError {
    /// The old one is in place.
    #[error(transparent)]
    Kept(FileError),
    /// Either the old or the new one is in place.
    #[error(transparent)]
    Unknown(FileError),
}

/// Puts a file that was written and synced in place of another one, and makes that durable.
pub(super) fn put_in_place(
    disk: &dyn Disk,
    directory: &Path,
    next: &Path,
    name: &str,
) -> Result<(), ReplaceError> {
    let path = directory.join(name);
    disk.rename(next, &path).map_err(|error| ReplaceError::Unknown(FileError::io(&path)(error)))?;
    disk.sync_directory(directory)
        .map_err(|error| ReplaceError::Unknown(FileError::io(directory)(error)))
}
