//! A disk that misbehaves on purpose: [`SimDisk`], in memory, whose n-th call fails or cuts the power.
//!
//! What [`SimDisk`] does at a power cut, decided by its seed alone:
//! 1. Each write, truncation, creation, rename and removal that was not synced survives or not, independently and in no
//!    order; a write may survive in part.
//! 2. What a failed sync of a file should have made durable survives or not, and no later sync brings it back. Names
//!    stay pending when the sync of a directory fails.
//! 3. What was synced survives.

mod against_memory;

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use parking_lot::Mutex;

pub use against_memory::against_memory;

use super::local::disk::{Disk, DiskFile, DiskLock, Reading};

/// What goes wrong in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The call fails and does nothing; a sync does part of its work.
    Error,
    /// A write finds the disk full half-way; other calls fail in the same way.
    Full,
    /// The machine stops: the call may or may not have worked, and all later ones fail.
    Stop,
}

/// How the machine comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// Only the process died: what it wrote is there.
    Killed,
    /// The power was cut: what was not synced may be lost.
    PowerCut,
}

/// A disk in memory. Clones are the same disk.
#[derive(Clone)]
pub struct SimDisk {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Clone, Default)]
struct State {
    files: Vec<SimFileState>,
    names: BTreeMap<PathBuf, usize>,
    durable_names: BTreeMap<PathBuf, usize>,
    pending_names: Vec<NameChange>,
    calls: u64,
    fault: Option<(u64, Fault)>,
    stopped: bool,
    locked: bool,
    boot: u64,
    random: u64,
}

#[derive(Debug, Clone, Default)]
struct SimFileState {
    cached: Vec<u8>,
    durable: Vec<u8>,
    pending: Vec<FileChange>,
}

#[derive(Debug, Clone)]
enum FileChange {
    Write { offset: u64, bytes: Vec<u8> },
    Truncate(u64),
}

#[derive(Debug, Clone)]
enum NameChange {
    Set(PathBuf, usize),
    Rename(PathBuf, PathBuf, usize),
    Unset(PathBuf),
}

fn apply_change(bytes: &mut Vec<u8>, change: &FileChange) {
    match change {
        FileChange::Write { offset, bytes: written } => {
            let (start, end) = (*offset as usize, *offset as usize + written.len());
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            bytes[start..end].copy_from_slice(written);
        }
        FileChange::Truncate(size) => bytes.resize(*size as usize, 0),
    }
}

fn apply_name(names: &mut BTreeMap<PathBuf, usize>, change: &NameChange) {
    match change {
        NameChange::Set(path, file) => {
            names.insert(path.clone(), *file);
        }
        NameChange::Rename(from, to, file) => {
            names.remove(from);
            names.insert(to.clone(), *file);
        }
        NameChange::Unset(path) => {
            names.remove(path);
        }
    }
}

fn failed() -> io::Error {
    io::Error::from_raw_os_error(5)
}

impl State {
    /// Splitmix64: small, and the same everywhere.
    fn next_random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.random;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn chance(&mut self) -> bool {
        self.next_random() & 1 == 1
    }

    /// Counts a call; returns the fault that strikes it, if any. Once stopped, every call fails.
    fn call(&mut self) -> io::Result<Option<Fault>> {
        if self.stopped {
            return Err(failed());
        }
        self.calls += 1;
        match self.fault {
            Some((at, fault)) if at == self.calls => {
                self.stopped = fault == Fault::Stop;
                Ok(Some(fault))
            }
            _ => Ok(None),
        }
    }

    /// A call that changes nothing, or that can't be done in part.
    fn simple_call(&mut self) -> io::Result<()> {
        match self.call()? {
            None => Ok(()),
            Some(Fault::Full) => Err(io::ErrorKind::StorageFull.into()),
            Some(_) => Err(failed()),
        }
    }

    fn file(&mut self, file: usize) -> &mut SimFileState {
        &mut self.files[file]
    }

    fn change(&mut self, file: usize, change: FileChange) {
        let file = self.file(file);
        apply_change(&mut file.cached, &change);
        file.pending.push(change);
    }

    fn rename(&mut self, change: NameChange) {
        apply_name(&mut self.names, &change);
        self.pending_names.push(change);
    }

    /// Makes each change that was not synced durable or not, at random.
    fn settle_file(&mut self, file: usize) {
        let pending = std::mem::take(&mut self.file(file).pending);
        for mut change in pending {
            match self.next_random() % 4 {
                0 => continue,
                1 => {
                    if let FileChange::Write { bytes, .. } = &mut change {
                        let kept = self.next_random() as usize % (bytes.len() + 1);
                        bytes.truncate(kept);
                    }
                }
                _ => {}
            }
            apply_change(&mut self.file(file).durable, &change);
        }
    }

    fn settle_names(&mut self) {
        for change in std::mem::take(&mut self.pending_names) {
            if self.chance() {
                apply_name(&mut self.durable_names, &change);
            }
        }
    }

    fn sync_file(&mut self, file: usize) -> io::Result<()> {
        match self.call()? {
            None => {
                let file = self.file(file);
                for change in std::mem::take(&mut file.pending) {
                    apply_change(&mut file.durable, &change);
                }
                Ok(())
            }
            Some(Fault::Stop) => Err(failed()),
            Some(fault) => {
                self.settle_file(file);
                let full = fault == Fault::Full;
                Err(if full { io::ErrorKind::StorageFull.into() } else { failed() })
            }
        }
    }

    fn write(&mut self, file: usize, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let fault = self.call()?;
        let written = match fault {
            None => bytes.len(),
            Some(Fault::Error) => 0,
            Some(Fault::Full | Fault::Stop) => self.next_random() as usize % (bytes.len() + 1),
        };
        if written > 0 {
            self.change(file, FileChange::Write { offset, bytes: bytes[..written].to_vec() });
        }
        match fault {
            None => Ok(()),
            Some(Fault::Full) => Err(io::ErrorKind::StorageFull.into()),
            Some(_) => Err(failed()),
        }
    }
}

impl SimDisk {
    /// An empty disk on which a seed decides everything that is left to chance.
    pub fn new(seed: u64) -> Self {
        let state = State { random: seed, boot: 1, ..State::default() };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// How many calls were made.
    pub fn calls(&self) -> u64 {
        self.state.lock().calls
    }

    /// Makes the n-th call, counted from the disk's beginning, go wrong.
    pub fn fail(&self, at: u64, fault: Fault) {
        self.state.lock().fault = Some((at, fault));
    }

    /// The disk after a crash. Files that are still open belong to the machine before the crash.
    #[must_use]
    pub fn crashed(&self, crash: Crash) -> Self {
        let mut state = self.state.lock().clone();
        (state.stopped, state.locked, state.fault) = (false, false, None);
        if crash == Crash::PowerCut {
            for file in 0..state.files.len() {
                state.settle_file(file);
                let file = state.file(file);
                file.cached.clone_from(&file.durable);
            }
            state.settle_names();
            state.names.clone_from(&state.durable_names);
            state.boot += 1;
        }
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// The paths of all files on the disk.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.state.lock().names.keys().cloned().collect()
    }

    /// A copy of the disk as it is now, independent of this one.
    #[must_use]
    pub fn copied(&self) -> Self {
        let state = self.state.lock().clone();
        Self { state: Arc::new(Mutex::new(State { locked: false, ..state })) }
    }

    /// Changes the bytes of a file without a call that anything notices, as bit rot does.
    pub fn rot(&self, path: &Path, change: impl Fn(&mut Vec<u8>)) {
        let mut state = self.state.lock();
        let Some(file) = state.names.get(path).copied() else { return };
        let file = state.file(file);
        change(&mut file.cached);
        change(&mut file.durable);
    }

    /// Removes a file without a call that anything notices.
    pub fn lose(&self, path: &Path) {
        let mut state = self.state.lock();
        state.names.remove(path);
        state.durable_names.remove(path);
    }

    fn file_at(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        let file = self.state.lock().names.get(path).copied();
        let file = file.ok_or(io::ErrorKind::NotFound)?;
        Ok(Arc::new(SimFile { state: self.state.clone(), file }))
    }
}

struct SimFile {
    state: Arc<Mutex<State>>,
    file: usize,
}

impl DiskFile for SimFile {
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.state.lock().write(self.file, offset, bytes)
    }

    fn read_at(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        let mut state = self.state.lock();
        state.simple_call()?;
        let from = offset as usize;
        let found = state.file(self.file).cached.get(from..from + bytes.len());
        bytes.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn truncate(&self, size_bytes: u64) -> io::Result<()> {
        let mut state = self.state.lock();
        state.simple_call()?;
        state.change(self.file, FileChange::Truncate(size_bytes));
        Ok(())
    }

    fn sync(&self) -> io::Result<()> {
        self.state.lock().sync_file(self.file)
    }

    fn is_at(&self, path: &Path, size_bytes: u64) -> bool {
        let mut state = self.state.lock();
        let is_there = state.names.get(path) == Some(&self.file);
        is_there && state.file(self.file).cached.len() as u64 == size_bytes
    }
}

/// Holds the lock of the only store on a disk.
struct SimLock(Arc<Mutex<State>>);

impl DiskLock for SimLock {
    fn check(&self) -> Result<(), String> {
        Ok(())
    }

    fn note_that_nothing_is_written(&self) {}
}

impl Drop for SimLock {
    fn drop(&mut self) {
        self.0.lock().locked = false;
    }
}

impl Disk for SimDisk {
    fn create_directory(&self, _path: &Path) -> io::Result<()> {
        self.state.lock().simple_call()
    }

    fn create(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        {
            let mut state = self.state.lock();
            state.simple_call()?;
            state.files.push(SimFileState::default());
            let file = state.files.len() - 1;
            state.rename(NameChange::Set(path.to_owned(), file));
        }
        self.file_at(path)
    }

    fn open(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        self.state.lock().simple_call()?;
        self.file_at(path)
    }

    fn map(&self, path: &Path, _reading: Reading) -> io::Result<Bytes> {
        let mut state = self.state.lock();
        state.simple_call()?;
        let file = *state.names.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(Bytes::copy_from_slice(&state.file(file).cached))
    }

    fn sync_directory(&self, _path: &Path) -> io::Result<()> {
        let mut state = self.state.lock();
        match state.call()? {
            None => {
                let pending = std::mem::take(&mut state.pending_names);
                for change in &pending {
                    apply_name(&mut state.durable_names, change);
                }
                Ok(())
            }
            // Names stay pending: file systems keep a log of them, and stop for good when that fails.
            Some(_) => Err(failed()),
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut state = self.state.lock();
        state.simple_call()?;
        let file = *state.names.get(from).ok_or(io::ErrorKind::NotFound)?;
        state.rename(NameChange::Rename(from.to_owned(), to.to_owned(), file));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state.lock();
        state.simple_call()?;
        if !state.names.contains_key(path) {
            return Err(io::ErrorKind::NotFound.into());
        }
        state.rename(NameChange::Unset(path.to_owned()));
        Ok(())
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        let mut state = self.state.lock();
        state.simple_call()?;
        let names = state.names.keys().filter(|name| name.parent() == Some(path));
        let names = names.filter_map(|name| name.file_name()?.to_str());
        Ok(names.map(str::to_owned).collect())
    }

    fn size_bytes(&self, path: &Path) -> io::Result<u64> {
        let mut state = self.state.lock();
        state.simple_call()?;
        let file = *state.names.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(state.file(file).cached.len() as u64)
    }

    fn open_to_read(&self, path: &Path) -> io::Result<Arc<dyn DiskFile>> {
        self.open(path)
    }

    fn look_for_writer(&self, _directory: &Path) -> io::Result<()> {
        let mut state = self.state.lock();
        state.simple_call()?;
        if state.locked { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(()) }
    }

    fn lock(&self, _directory: &Path) -> io::Result<Box<dyn DiskLock>> {
        let mut state = self.state.lock();
        state.simple_call()?;
        if std::mem::replace(&mut state.locked, true) {
            return Err(io::Error::new(io::ErrorKind::WouldBlock, "another engine"));
        }
        Ok(Box::new(SimLock(self.state.clone())))
    }

    fn boot_id(&self) -> io::Result<[u8; 16]> {
        let mut state = self.state.lock();
        state.simple_call()?;
        Ok(u128::from(state.boot).to_be_bytes())
    }

    fn random(&self) -> io::Result<[u8; 32]> {
        let mut state = self.state.lock();
        state.simple_call()?;
        let word = state.next_random().to_le_bytes();
        Ok(*blake3::hash(&word).as_bytes())
    }
}
