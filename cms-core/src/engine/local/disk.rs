//! What the local engine asks of the machine, so that tests can make it fail, tear writes and cut its power.
//!
//! Everything that reaches the engine's own files goes through [`Disk`]; only sled's files do not, and nothing in sled
//! is the only copy of anything.
//!
//! What the engine relies on, and what [`super::super::faulty`] takes to its limits one by one:
//! 1. After [`Disk::sync_file`] the file's bytes and length survive power loss.
//! 2. After [`Disk::sync_directory`] the names in the directory do too.
//! 3. A rename replaces its target whole or not at all.
//! 4. Before a sync anything may be lost, in any order, and a write also in part.

mod lock;

use std::{
    fs::{File, OpenOptions},
    io::{self, Read},
    os::unix::fs::{FileExt, MetadataExt},
    path::Path,
    sync::Arc,
};

use bytes::Bytes;

/// A file that is open for reading and writing.
pub trait DiskFile: Send + Sync + 'static {
    /// Writes all bytes at an offset.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Fills `bytes` from an offset; it is an error if the file ends before that.
    fn read_at(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()>;

    /// Makes the file this long.
    fn truncate(&self, size_bytes: u64) -> io::Result<()>;

    /// Makes bytes and length durable; the engine itself calls [`Disk::sync_file`].
    fn sync(&self) -> io::Result<()>;

    /// Whether a path still leads to this file and the file has this length.
    fn is_at(&self, path: &Path, size_bytes: u64) -> bool;
}

/// Keeps a directory for one process, until it is dropped.
pub trait DiskLock: Send + Sync + 'static {
    /// Checks again that the directory still belongs to this process, whatever happened to the files that say so.
    ///
    /// # Errors
    /// Which process has it now, or what became of it.
    fn check(&self) -> Result<(), String>;

    /// Tells anyone who looks that its holder writes nothing.
    fn note_that_nothing_is_written(&self);
}

/// How a mapped file is going to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// From front to back: what comes next may be fetched early.
    InOrder,
    /// Here and there: what is next to a read is most likely not wanted. If a store outgrows the machine's memory,
    /// fetching it anyway costs more than everything else.
    Scattered,
}

/// Files, and the little else that an engine needs of a machine.
pub trait Disk: Send + Sync + 'static {
    /// Creates a directory and its parents; succeeds if it exists.
    fn create_directory(&self, path: &Path) -> io::Result<()>;

    /// Creates an empty file, replacing any that exists.
    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>>;

    /// Opens a file that exists.
    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>>;

    /// Opens a file that exists and may be read-only.
    fn open_to_read(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>>;

    /// The bytes of a whole file, as it is now. The file may be removed meanwhile, but never shortened.
    fn map(&self, path: &Path, reading: Reading) -> io::Result<Bytes>;

    /// Makes a file's bytes and length durable. This is the one place where a benchmark counts or delays syncs.
    fn sync_file(&self, file: &dyn DiskFile) -> io::Result<()> {
        file.sync()
    }

    /// Makes the names in a directory durable.
    fn sync_directory(&self, path: &Path) -> io::Result<()>;

    /// Renames a file, replacing any file that has the new name.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// The names of the files in a directory.
    fn list(&self, path: &Path) -> io::Result<Vec<String>>;

    /// A file's length.
    fn size_bytes(&self, path: &Path) -> io::Result<u64>;

    /// Keeps a directory for this process until the returned lock is dropped.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] when another process has it; the message says which.
    fn lock(&self, directory: &Path) -> io::Result<Box<dyn DiskLock>>;

    /// Checks whether a process has a directory, without keeping it; works even where nothing can be written.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] when a process has it; the message says which.
    fn look_for_writer(&self, directory: &Path) -> io::Result<()>;

    /// An id that changes each time the machine starts, and so whenever its unwritten memory was lost.
    fn boot_id(&self) -> io::Result<[u8; 16]>;

    /// 32 bytes that nobody can guess.
    fn random(&self) -> io::Result<[u8; 32]>;
}

/// The machine's own disk.
#[derive(Debug, Default, Clone, Copy)]
pub struct RealDisk;

impl DiskFile for File {
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.write_all_at(bytes, offset)
    }

    fn read_at(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        self.read_exact_at(bytes, offset)
    }

    fn truncate(&self, size_bytes: u64) -> io::Result<()> {
        self.set_len(size_bytes)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }

    fn is_at(&self, path: &Path, size_bytes: u64) -> bool {
        is_same(self, path) && self.metadata().is_ok_and(|meta| meta.len() == size_bytes)
    }
}

/// Whether a path leads to an open file.
fn is_same(file: &File, path: &Path) -> bool {
    match (file.metadata(), std::fs::metadata(path)) {
        (Ok(one), Ok(other)) => (one.dev(), one.ino()) == (other.dev(), other.ino()),
        _ => false,
    }
}

impl Disk for RealDisk {
    fn create_directory(&self, path: &Path) -> io::Result<()> {
        if path.is_dir() {
            return Ok(());
        }
        std::fs::create_dir_all(path)?;
        // The new directory's own name must last too; its parent is synced if it can be opened.
        path.parent().map_or(Ok(()), |parent| {
            let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
            self.sync_directory(parent)
        })
    }

    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path)?;
        Ok(Arc::new(file))
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        Ok(Arc::new(OpenOptions::new().read(true).write(true).open(path)?))
    }

    fn open_to_read(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        Ok(Arc::new(File::open(path)?))
    }

    fn map(&self, path: &Path, reading: Reading) -> io::Result<Bytes> {
        let file = File::open(path)?;
        if file.metadata()?.len() == 0 {
            return Ok(Bytes::new());
        }
        // SAFETY: the engine holds the directory's lock and never shortens or overwrites a file that it has mapped; a
        // program can't defend against what others do to the files without its knowledge.
        let map = unsafe { memmap2::Mmap::map(&file)? };
        // This is only advice: a machine that ignores it reads the same bytes.
        let _ = map.advise(match reading {
            Reading::InOrder => memmap2::Advice::Sequential,
            Reading::Scattered => memmap2::Advice::Random,
        });
        Ok(Bytes::from_owner(map))
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        std::fs::remove_file(path)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(path)? {
            let entry = entry?;
            if let (true, Ok(name)) =
                (entry.file_type()?.is_file(), entry.file_name().into_string())
            {
                names.push(name);
            }
        }
        Ok(names)
    }

    fn size_bytes(&self, path: &Path) -> io::Result<u64> {
        Ok(std::fs::metadata(path)?.len())
    }

    fn lock(&self, directory: &Path) -> io::Result<Box<dyn DiskLock>> {
        Ok(Box::new(lock::Held::take(directory)?))
    }

    fn look_for_writer(&self, directory: &Path) -> io::Result<()> {
        lock::look(directory)
    }

    fn boot_id(&self) -> io::Result<[u8; 16]> {
        let text = std::fs::read_to_string("/proc/sys/kernel/random/boot_id")?;
        let digits: String = text.trim().chars().filter(|c| *c != '-').collect();
        let number = u128::from_str_radix(&digits, 16).map_err(io::Error::other)?;
        Ok(number.to_be_bytes())
    }

    fn random(&self) -> io::Result<[u8; 32]> {
        let mut bytes = [0; 32];
        File::open("/dev/urandom")?.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}
