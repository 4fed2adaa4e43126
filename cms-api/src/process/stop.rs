//! Being told to stop: what a verb has begun to write beside its place is taken away, and that it was stopped is told.
//!
//! Invariants:
//! 1. What is begun is known from the moment at which it is there, so a stop at any moment finds it.
//! 2. A signal that whoever started the program has told it to ignore (`nohup`) is ignored.

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

/// A file or directory that is not in its place yet; it goes with this, or when the program is stopped.
pub struct Begun {
    path: PathBuf,
}

impl Begun {
    /// Makes it.
    ///
    /// # Errors
    /// What making it says.
    pub fn make(make: impl FnOnce() -> io::Result<PathBuf>) -> io::Result<Self> {
        let mut begun = begun();
        let path = make()?;
        begun.push(path.clone());
        Ok(Self { path })
    }

    /// Leaves it where it is: it was its place from the beginning, and now it is done.
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

/// What is in its place by now is not there any more.
fn take_away(path: &Path) {
    if fs::remove_file(path).is_err() {
        let _ = fs::remove_dir_all(path);
    }
}

/// Listens for signals that end a verb; `tell` says to whoever asked for it that it was stopped.
///
/// # Errors
/// What the system says.
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

/// Whether this process was told to ignore a signal when it was started; not, where the system does not tell.
pub fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    // A bit each, from the first signal on.
    let ignored = ignored.and_then(|set| u64::from_str_radix(set.trim(), 16).ok());
    ignored.is_some_and(|set| set >> (signal - 1) & 1 == 1)
}

fn end(signal: i32, tell: fn(&Problem)) {
    // Held to the end: nothing may be begun any more.
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
    // As if nobody had listened, so that a shell stops its own loop too.
    let _ = emulate_default_handler(signal);
    std::process::exit(128 + signal);
}
