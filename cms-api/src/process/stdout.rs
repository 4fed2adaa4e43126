//! Standard output, which takes one answer of a verb; a second answer goes to standard error.
//!
//! Invariants:
//! 1. With `--json` at most one document is written here, whatever becomes of the verb.
//! 2. A reader that has seen enough is not a failure; a full output is.

use std::{
    io::{self, Write},
    sync::atomic::{AtomicBool, Ordering},
};

static IS_JSON: AtomicBool = AtomicBool::new(false);
static IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// Sets whether the answer is to be JSON.
pub fn begin(is_json: bool) {
    IS_JSON.store(is_json, Ordering::Relaxed);
}

/// Whether the answer is to be JSON.
pub fn is_json() -> bool {
    IS_JSON.load(Ordering::Relaxed)
}

/// Takes standard output for an answer; returns false when another answer has taken it.
pub fn take() -> bool {
    !IS_TAKEN.swap(true, Ordering::Relaxed)
}

/// Writes an answer to standard output. With `--json`, an answer whose reader is gone goes to standard error.
///
/// # Errors
/// The system's error; a reader that has seen enough is not an error.
pub fn put(text: &str) -> io::Result<()> {
    take();
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
            if is_json() {
                let _ = io::stderr().write_all(text.as_bytes());
            }
            Ok(())
        }
        other => other,
    }
}
