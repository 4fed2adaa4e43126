//! A disk whose syncs are counted, and take no time, the disk's own, or a time of one's choice.

use std::{
    io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;

use crate::engine::local::disk::{Disk, DiskFile};

/// How long a sync takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncTime {
    /// As long as the disk takes.
    Real,
    /// No time: nothing is synced.
    Nothing,
    /// This long, and nothing is synced.
    Sleep(Duration),
}

/// Another disk with other syncs.
pub struct TimedDisk {
    disk: Arc<dyn Disk>,
    time: SyncTime,
    syncs: AtomicU64,
}

impl TimedDisk {
    /// Wraps a disk.
    pub fn new(disk: Arc<dyn Disk>, time: SyncTime) -> Self {
        Self { disk, time, syncs: AtomicU64::new(0) }
    }

    /// How often a file was synced.
    pub fn syncs(&self) -> u64 {
        self.syncs.load(Ordering::Relaxed)
    }

    fn sync(&self, real: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        match self.time {
            SyncTime::Real => real(),
            SyncTime::Nothing => Ok(()),
            SyncTime::Sleep(time) => {
                std::thread::sleep(time);
                Ok(())
            }
        }
    }
}

impl Disk for TimedDisk {
    fn create_directory(&self, path: &Path) -> io::Result<()> {
        self.disk.create_directory(path)
    }

    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        self.disk.create(path)
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        self.disk.open(path)
    }

    fn map(&self, path: &Path) -> io::Result<Bytes> {
        self.disk.map(path)
    }

    fn sync_file(&self, file: &dyn DiskFile) -> io::Result<()> {
        self.syncs.fetch_add(1, Ordering::Relaxed);
        self.sync(|| file.sync())
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        self.sync(|| self.disk.sync_directory(path))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.disk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.disk.remove(path)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        self.disk.list(path)
    }

    fn size_bytes(&self, path: &Path) -> io::Result<u64> {
        self.disk.size_bytes(path)
    }

    fn lock(&self, path: &Path) -> io::Result<Box<dyn Send + Sync>> {
        self.disk.lock(path)
    }

    fn boot_id(&self) -> io::Result<[u8; 16]> {
        self.disk.boot_id()
    }

    fn random(&self) -> io::Result<[u8; 32]> {
        self.disk.random()
    }
}
