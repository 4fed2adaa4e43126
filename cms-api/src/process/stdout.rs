//! Standard output, which a verb's answer has once: whoever comes second goes to standard error.
//!
//! Invariants:
//! 1. With `--json` one document is put here at most, whatever becomes of the verb.
//! 2. A reader that has seen enough is no failure; an output that is full is one.

use std::{
    io::{self, Write},
    sync::atomic::{AtomicBool, Ordering},
};

static IS_JSON: AtomicBool = AtomicBool::new(false);
static IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// Says whether the answer is to be JSON.
pub fn begin(is_json: bool) {
    IS_JSON.store(is_json, Ordering::Relaxed);
}

/// Whether the answer is to be JSON.
pub fn is_json() -> bool {
    IS_JSON.load(Ordering::Relaxed)
}

/// Takes standard output for an answer; false where another has it.
pub fn take() -> bool {
    !IS_TAKEN.swap(true, Ordering::Relaxed)
}

/// Puts an answer there. With `--json`, one whose reader is gone goes to standard error.
///
/// # Errors
/// What the system says; a reader that has seen enough is no error.
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
