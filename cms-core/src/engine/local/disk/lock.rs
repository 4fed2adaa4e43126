//! How a directory is kept for one process: a lock on its file `LOCK` and one on the directory itself.
//!
//! Invariants:
//! 1. A process that has either of the two keeps everybody else out: removing or replacing `LOCK` lets nobody in.
//! 2. A directory that was moved away or replaced does not belong to this process any more, and neither does one whose
//!    `LOCK` another process has: [`Held::check`] reports this before anything more is written.
//!
//! Both are advisory locks of the open file (`flock`), which end with the process, however it ends. Some network file
//! systems can't lock directories; there the file alone counts.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use parking_lot::Mutex;

use super::{DiskLock, is_same};

const NAME: &str = "LOCK";
const SOMEBODY: &str = "another process";

/// A directory that this process has.
pub(super) struct Held {
    directory: PathBuf,
    folder: File,
    /// The file `LOCK`, recreated when somebody removed it.
    file: Mutex<File>,
}

impl Held {
    /// Takes a directory.
    pub(super) fn take(directory: &Path) -> io::Result<Self> {
        // The directory first: a process that fails here has touched nothing that the holder looks at.
        let folder = File::open(directory)?;
        match folder.try_lock() {
            // The file system can't lock directories.
            Ok(()) | Err(TryLockError::Error(_)) => {}
            Err(TryLockError::WouldBlock) => {
                let file = File::open(directory.join(NAME));
                return Err(held(
                    file.map_or_else(|_| SOMEBODY.to_owned(), |mut file| holder(&mut file)),
                ));
            }
        }
        let file = take_file(directory)?;
        note_holder(&file, "");
        Ok(Self { directory: directory.to_owned(), folder, file: Mutex::new(file) })
    }
}

impl DiskLock for Held {
    fn check(&self) -> Result<(), String> {
        let directory = self.directory.display();
        if !is_same(&self.folder, &self.directory) {
            return Err(format!("{directory} was moved away or replaced"));
        }
        let mut file = self.file.lock();
        if is_same(&file, &self.directory.join(NAME)) {
            return Ok(());
        }
        // Removed or replaced: the process that has the new file has the directory.
        match take_file(&self.directory) {
            Ok(fresh) => {
                note_holder(&fresh, "");
                *file = fresh;
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                Err(format!("{error} has {directory}, whose LOCK was replaced"))
            }
            Err(error) => {
                Err(format!("LOCK of {directory} is gone and can't be made again: {error}"))
            }
        }
    }

    fn note_that_nothing_is_written(&self) {
        note_holder(&self.file.lock(), WRITES_NOTHING);
    }
}

/// What a lock file says after its holder's name while that process writes nothing.
const WRITES_NOTHING: &str = ", which writes nothing";

/// They are unlocked, not only closed: a child that another thread has just forked keeps every file open until it runs
/// its own program, and would keep the locks as well.
impl Drop for Held {
    fn drop(&mut self) {
        // If this fails, closing does the same, only later.
        let _ = self.file.lock().unlock();
        let _ = self.folder.unlock();
    }
}

/// The file `LOCK`, locked.
fn take_file(directory: &Path) -> io::Result<File> {
    let path = directory.join(NAME);
    loop {
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path)?;
        match file.try_lock() {
            // Unless it was removed between opening and locking, and another file may be there.
            Ok(()) if is_same(&file, &path) => return Ok(file),
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(holder(&mut file))),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// Reports whether a process has a directory and writes there. If that can't be determined, because the file may not be
/// opened or was never made, then no process can be writing there with which this one could interfere: this one only
/// reads.
pub(super) fn look(directory: &Path) -> io::Result<()> {
    let Ok(mut file) = File::open(directory.join(NAME)) else { return Ok(()) };
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => {
            let holder = holder(&mut file);
            if holder.ends_with(WRITES_NOTHING) { Ok(()) } else { Err(held(holder)) }
        }
        Err(TryLockError::Error(_)) => Ok(()),
        Ok(()) => {
            let _ = file.unlock();
            Ok(())
        }
    }
}

fn held(by: String) -> io::Error {
    io::Error::new(io::ErrorKind::WouldBlock, by)
}

/// What a lock file says about its holder.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    // For people only: a holder that can't be read is called "somebody".
    let _ = file.read_to_string(&mut text);
    let text = text.trim();
    if text.is_empty() { SOMEBODY.to_owned() } else { text.to_owned() }
}

/// The text is for people only: on a full disk the lock holds without it.
fn note_holder(file: &File, more: &str) {
    let text = format!("process {}{more}\n", std::process::id());
    let _ = file.set_len(0).and_then(|()| file.write_all_at(text.as_bytes(), 0));
}
