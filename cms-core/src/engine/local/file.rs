//! What the engine's files have in common: their names, their first sixteen bytes, and how a file that is written once
//! is written.
//!
//! Invariants:
//! 1. Every file begins with a magic of its kind and a format version; a newer version is refused, and the error names
//!    the file.
//! 2. A sealed file ends with the BLAKE3 of everything before; it is synced before anything names it.
//! 3. A number is given to one file only, so a leftover is never taken for its successor.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;

use super::{
    disk::{Disk, DiskFile, Reading},
    frame::JournalHeader,
};
use crate::{engine::ReadError, model::id::ObjectId};

/// The format of most files.
pub(super) const FORMAT_VERSION: u32 = 1;
/// The format of a manifest that lists what was taken down.
pub(super) const MANIFEST_VERSION_TAKEN_DOWN: u32 = 2;
/// Length of the magic, the version and four reserved bytes.
pub(super) const HEADER_SIZE_BYTES: usize = 16;
/// Length of the BLAKE3 that ends a sealed file.
pub(super) const FOOTER_SIZE_BYTES: usize = 32;
const BUFFER_SIZE_BYTES: usize = 1 << 20;

/// The kinds of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    Journal,
    Segment,
    Index,
    Checkpoint,
    Audit,
    Manifest,
    TakenDown,
}

impl FileKind {
    pub(super) const NUMBERED: [Self; 5] =
        [Self::Journal, Self::Segment, Self::Index, Self::Checkpoint, Self::Audit];

    pub(super) const fn magic(self) -> [u8; 8] {
        match self {
            Self::Journal => *b"CMSjourn",
            Self::Segment => *b"CMSsegmt",
            Self::Index => *b"CMSindex",
            Self::Checkpoint => *b"CMScheck",
            Self::Audit => *b"CMSaudit",
            Self::Manifest => *b"CMSmanif",
            Self::TakenDown => *b"CMStaken",
        }
    }

    const fn prefix(self) -> &'static str {
        match self {
            Self::Journal => "journal-",
            Self::Segment => "segment-",
            Self::Index => "index-",
            Self::Checkpoint => "checkpoint-",
            Self::Audit => "audit-",
            Self::Manifest => "MANIFEST",
            Self::TakenDown => "TAKEN-DOWN",
        }
    }

    /// The newest format of such files that this program reads.
    const fn newest_version(self) -> u32 {
        match self {
            Self::Manifest => MANIFEST_VERSION_TAKEN_DOWN,
            _ => FORMAT_VERSION,
        }
    }

    /// The name of the file of this kind with a number.
    pub(super) fn name(self, number: u64) -> String {
        match self {
            Self::Manifest | Self::TakenDown => self.prefix().to_owned(),
            _ => format!("{}{number:08}", self.prefix()),
        }
    }

    /// The kind and number of a file's name; `None` for names that are not ours.
    pub(super) fn parse(name: &str) -> Option<(Self, u64)> {
        Self::NUMBERED.into_iter().find_map(|kind| {
            let number = name.strip_prefix(kind.prefix())?.parse().ok()?;
            (kind.name(number) == name).then_some((kind, number))
        })
    }
}

/// How reading or writing a file failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileError {
    /// The system returned an error.
    #[error("{file}")]
    Io { file: String, source: io::Error },
    /// The bytes are not what was written.
    #[error("{file} is damaged at offset {offset}: {detail}")]
    Damaged { file: String, offset: u64, detail: String },
    /// A later program wrote it.
    #[error("{file} has format {found}, newer than this program's {known}")]
    Newer { file: String, found: u32, known: u32 },
    /// The object was taken down.
    #[error("object {0} was taken down")]
    TakenDown(ObjectId),
}

impl FileError {
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let file = display_name(path);
        move |source| Self::Io { file, source }
    }

    pub(super) fn damaged(path: &Path, offset: usize, detail: impl fmt::Display) -> Self {
        let (file, detail) = (display_name(path), detail.to_string());
        Self::Damaged { file, offset: offset as u64, detail }
    }

    /// The error of reading `what`, for the caller that asked for it.
    pub(super) fn reading(self, what: impl fmt::Display) -> ReadError {
        match self {
            Self::TakenDown(id) => ReadError::TakenDown { id },
            Self::Io { file, source } => ReadError::Io { place: file, source },
            Self::Damaged { file, offset, detail } => ReadError::Damaged {
                what: what.to_string(),
                place: format!("{file} at offset {offset}"),
                detail,
            },
            Self::Newer { file, found, known } => ReadError::Damaged {
                what: what.to_string(),
                place: file,
                detail: format!("its format {found} is newer than this program's {known}"),
            },
        }
    }
}

/// Why a file could not be opened, kept for every caller that asks for its content.
#[derive(Debug, Clone)]
pub(super) struct Unopened {
    kind: io::ErrorKind,
    code: Option<i32>,
    text: String,
}

impl From<io::Error> for Unopened {
    fn from(error: io::Error) -> Self {
        Self { kind: error.kind(), code: error.raw_os_error(), text: error.to_string() }
    }
}

impl Unopened {
    /// A missing file is damage of the store; any other failure may be temporary.
    pub(super) fn error(&self, path: &Path) -> FileError {
        match (self.kind, self.code) {
            (io::ErrorKind::NotFound, _) => FileError::damaged(path, 0, "the file is missing"),
            (_, Some(code)) => FileError::io(path)(io::Error::from_raw_os_error(code)),
            (kind, None) => FileError::io(path)(io::Error::new(kind, self.text.clone())),
        }
    }
}

/// A file's name without its directory, for people.
pub(super) fn display_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The first bytes of a file of this kind.
pub(super) fn header(kind: FileKind) -> [u8; HEADER_SIZE_BYTES] {
    header_of(kind, FORMAT_VERSION)
}

/// The first bytes of a file of this kind and format.
pub(super) fn header_of(kind: FileKind, version: u32) -> [u8; HEADER_SIZE_BYTES] {
    let mut bytes = [0; HEADER_SIZE_BYTES];
    let (magic, rest) = bytes.split_at_mut(8);
    magic.copy_from_slice(&kind.magic());
    rest[..4].copy_from_slice(&version.to_le_bytes());
    bytes
}

/// Checks the first bytes of a file.
pub(super) fn check_header(kind: FileKind, path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let Some((head, _)) = bytes.split_first_chunk::<HEADER_SIZE_BYTES>() else {
        return Err(FileError::damaged(path, bytes.len(), "the header is cut off"));
    };
    if head[..8] != kind.magic() {
        return Err(FileError::damaged(path, 0, "its first bytes are not those of such a file"));
    }
    let (found, known) = (u32_at(head, 8), kind.newest_version());
    if found > known && !is_of_known_format(kind, bytes) {
        return Err(FileError::Newer { file: display_name(path), found, known });
    }
    if !(FORMAT_VERSION..=known).any(|version| *head == header_of(kind, version)) {
        return Err(FileError::damaged(path, 8, "the header is not one of this format"));
    }
    Ok(())
}

/// Whether a file that claims to be of a newer format is really of a known one: a bit of its version flipped, because
/// otherwise it would not hash to what its footer says.
fn is_of_known_format(kind: FileKind, bytes: &[u8]) -> bool {
    let (Some(rest), Some(at)) =
        (bytes.get(HEADER_SIZE_BYTES..), bytes.len().checked_sub(FOOTER_SIZE_BYTES))
    else {
        return false;
    };
    if kind == FileKind::Journal {
        return JournalHeader::decode(&[&header(kind), rest].concat()).is_some();
    }
    (FORMAT_VERSION..=kind.newest_version()).any(|version| {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&header_of(kind, version));
        hasher.update(bytes.get(HEADER_SIZE_BYTES..at).unwrap_or_default());
        hasher.finalize().as_bytes()[..] == bytes[at..]
    })
}

/// Maps a sealed file and checks its beginning; the footer is left to [`check_footer`].
pub(super) fn map(
    disk: &dyn Disk,
    kind: FileKind,
    path: &Path,
    reading: Reading,
) -> Result<Bytes, FileError> {
    let bytes = disk.map(path, reading).map_err(FileError::io(path))?;
    check_header(kind, path, &bytes)?;
    if bytes.len() < HEADER_SIZE_BYTES + FOOTER_SIZE_BYTES {
        return Err(FileError::damaged(path, bytes.len(), "the file is cut off"));
    }
    Ok(bytes)
}

/// Checks the BLAKE3 of a whole sealed file.
pub(super) fn check_footer(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let at = bytes.len().saturating_sub(FOOTER_SIZE_BYTES);
    let (body, footer) = bytes.split_at(at);
    if blake3::hash(body).as_bytes() == footer {
        Ok(())
    } else {
        Err(FileError::damaged(path, at, "the file's bytes do not match the hash in its footer"))
    }
}

/// A checksum of a small thing: the first eight bytes of its BLAKE3.
pub(super) fn check_of(parts: &[&[u8]]) -> u64 {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    u64_at(hasher.finalize().as_bytes(), 0)
}

/// A little-endian number; the caller has checked that it lies within `bytes`.
pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|b| b.try_into().ok()).map_or(0, u64::from_le_bytes)
}

/// A little-endian number; the caller has checked that it lies within `bytes`.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes)
}

/// Writes a sealed file from front to back.
pub(super) struct SealedWriter<'a> {
    disk: &'a dyn Disk,
    path: PathBuf,
    file: Arc<dyn DiskFile>,
    hasher: blake3::Hasher,
    buffer: Vec<u8>,
    written_bytes: u64,
}

impl<'a> SealedWriter<'a> {
    pub(super) fn create(
        disk: &'a dyn Disk,
        kind: FileKind,
        path: PathBuf,
    ) -> Result<Self, FileError> {
        Self::create_of(disk, kind, FORMAT_VERSION, path)
    }

    /// Begins a file of a certain format.
    pub(super) fn create_of(
        disk: &'a dyn Disk,
        kind: FileKind,
        version: u32,
        path: PathBuf,
    ) -> Result<Self, FileError> {
        let file = disk.create(&path).map_err(FileError::io(&path))?;
        let mut writer = Self {
            disk,
            path,
            file,
            hasher: blake3::Hasher::new(),
            buffer: Vec::with_capacity(BUFFER_SIZE_BYTES),
            written_bytes: 0,
        };
        writer.write(&header_of(kind, version))?;
        Ok(writer)
    }

    /// The offset of the next byte.
    pub(super) fn offset(&self) -> u64 {
        self.written_bytes + self.buffer.len() as u64
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        if self.buffer.len() + bytes.len() > BUFFER_SIZE_BYTES {
            self.flush()?;
        }
        if bytes.len() > BUFFER_SIZE_BYTES {
            return self.pass(bytes);
        }
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> Result<(), FileError> {
        let buffer = std::mem::take(&mut self.buffer);
        self.pass(&buffer)?;
        self.buffer = buffer;
        self.buffer.clear();
        Ok(())
    }

    fn pass(&mut self, bytes: &[u8]) -> Result<(), FileError> {
        self.hasher.update(bytes);
        self.file.write_at(self.written_bytes, bytes).map_err(FileError::io(&self.path))?;
        self.written_bytes += bytes.len() as u64;
        Ok(())
    }

    /// What the footer would be if the file ended here.
    pub(super) fn hash_so_far(&mut self) -> Result<[u8; 32], FileError> {
        self.flush()?;
        Ok(*self.hasher.finalize().as_bytes())
    }

    /// Ends the file, makes it durable and returns its length.
    pub(super) fn finish(mut self) -> Result<u64, FileError> {
        let footer = self.hash_so_far()?;
        self.file.write_at(self.written_bytes, &footer).map_err(FileError::io(&self.path))?;
        self.disk.sync_file(&*self.file).map_err(FileError::io(&self.path))?;
        Ok(self.written_bytes + FOOTER_SIZE_BYTES as u64)
    }
}
