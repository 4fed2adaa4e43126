//! Disks whose syncs do nothing, or take a given time, and are counted.

use std::{
    io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use bytes::Bytes;
use cms_core::engine::local::disk::{Disk, DiskFile, DiskLock, Reading, RealDisk};

/// What a sync does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sync {
    /// A real sync.
    Real,
    /// Nothing: what is measured is our own work.
    None,
    /// Only waits, like a slow disk.
    Takes(Duration),
}

impl Sync {
    /// The word for it in a figure.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::None => "none",
            Self::Takes(_) => "takes 4 ms",
        }
    }
}

/// The machine's disk with other syncs.
pub(crate) struct MeasuredDisk {
    sync: Sync,
    /// Syncs of files so far.
    pub(crate) syncs_count: AtomicU64,
}

impl MeasuredDisk {
    pub(crate) fn new(sync: Sync) -> Arc<Self> {
        Arc::new(Self { sync, syncs_count: AtomicU64::new(0) })
    }
}

impl Disk for MeasuredDisk {
    fn create_directory(&self, path: &Path) -> io::Result<()> {
        RealDisk.create_directory(path)
    }

    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        RealDisk.create(path)
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        RealDisk.open(path)
    }

    fn map(&self, path: &Path, reading: Reading) -> io::Result<Bytes> {
        RealDisk.map(path, reading)
    }

    fn sync_file(&self, file: &dyn DiskFile) -> io::Result<()> {
        self.syncs_count.fetch_add(1, Ordering::Relaxed);
        match self.sync {
            Sync::Real => RealDisk.sync_file(file),
            Sync::None => Ok(()),
            Sync::Takes(time) => {
                thread::sleep(time);
                Ok(())
            }
        }
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        if self.sync == Sync::Real { RealDisk.sync_directory(path) } else { Ok(()) }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        RealDisk.list(path)
    }

    fn size_bytes(&self, path: &Path) -> io::Result<u64> {
        RealDisk.size_bytes(path)
    }

    fn open_to_read(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        RealDisk.open_to_read(path)
    }

    fn lock(&self, directory: &Path) -> io::Result<Box<dyn DiskLock>> {
        RealDisk.lock(directory)
    }

    fn look_for_writer(&self, directory: &Path) -> io::Result<()> {
        RealDisk.look_for_writer(directory)
    }

    fn boot_id(&self) -> io::Result<[u8; 16]> {
        RealDisk.boot_id()
    }

    fn random(&self) -> io::Result<[u8; 32]> {
        RealDisk.random()
    }
}
