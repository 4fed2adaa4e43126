//! Being told to stop: what a verb has begun to write outside its final place is removed, and the stop is reported.
//!
//! Invariants:
//! 1. What is begun is recorded from the moment it exists, so a stop at any moment finds it.
//! 2. A signal that the program was started to ignore (`nohup`) is ignored.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
};

use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    iterator::Signals,
    low_level::emulate_default_handler,
};

use crate::{
    problem::{Code, Problem},
    process::log,
};

static BEGUN: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

fn begun() -> MutexGuard<'static, Vec<PathBuf>> {
    BEGUN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file or directory that is not in its final place yet; it is removed when this is dropped, or when the program is
/// stopped.
pub struct Begun {
    path: PathBuf,
}

impl Begun {
    /// Makes the file or directory.
    ///
    /// # Errors
    /// The error of making it.
    pub fn make(make: impl FnOnce() -> io::Result<PathBuf>) -> io::Result<Self> {
        let mut begun = begun();
        let path = make()?;
        begun.push(path.clone());
        Ok(Self { path })
    }

    /// Leaves it where it is: it was in its final place from the beginning, and is complete now.
    pub fn keep(self) {
        begun().retain(|path| *path != self.path);
        std::mem::forget(self);
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        take_away(&self.path);
        begun().retain(|path| *path != self.path);
    }
}

/// Removes what is at a path. What was moved to its final place is no longer there.
fn take_away(path: &Path) {
    if fs::remove_file(path).is_err() {
        let _ = fs::remove_dir_all(path);
    }
}

/// Listens for signals that end a verb; `tell` reports to the caller that it was stopped.
///
/// # Errors
/// The system's error.
pub fn listen(tell: fn(&Problem)) -> io::Result<()> {
    let heeded = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| !is_ignored(*signal));
    let mut signals = Signals::new(heeded)?;
    thread::Builder::new().name("stop".to_owned()).spawn(move || {
        if let Some(signal) = signals.forever().next() {
            end(signal, tell);
        }
    })?;
    Ok(())
}

/// Whether this process was started to ignore a signal; false when the system does not say.
pub fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    // The set has one bit for each signal, from the first on.
    let ignored = ignored.and_then(|set| u64::from_str_radix(set.trim(), 16).ok());
    ignored.is_some_and(|set| set >> (signal - 1) & 1 == 1)
}

fn end(signal: i32, tell: fn(&Problem)) {
    // The lock is held to the end, so that nothing more can be begun.
    let begun = begun();
    for path in begun.iter() {
        take_away(path);
    }
    let name = match signal {
        SIGINT => "SIGINT",
        SIGTERM => "SIGTERM",
        _ => "SIGHUP",
    };
    let detail = format!("stopped by {name} before it was done");
    log::end();
    tell(&Problem::new(Code::Stopped, detail));
    // The process ends as if it had no handler, so that a shell stops its own loop too.
    let _ = emulate_default_handler(signal);
    std::process::exit(128 + signal);
}
