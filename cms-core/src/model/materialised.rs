//! How often documents are made whole, for the tests that hold verbs to a number.
//!
//! A document is made whole when its text is parsed, its bytes are written, or its value is copied, and each of
//! these costs as much as the document is large. In the product a note is nothing at all; in tests it is counted on
//! the thread that makes it, where it is at least as large as the test asks, so that the small documents of a store
//! (its records, its audit) are not counted among those of the content.

/// What makes a document whole, or goes through all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Making {
    /// A text becomes a value.
    Parsed,
    /// A value becomes bytes, or bytes become part of others.
    Written,
    /// A value becomes another one like it.
    Copied,
    /// A value is judged under its kind.
    Judged,
}

#[cfg(not(any(test, feature = "conformance")))]
pub(crate) const fn note(_: Making, _: usize) {}

#[cfg(any(test, feature = "conformance"))]
pub(crate) use counted::note;
#[cfg(any(test, feature = "conformance"))]
pub use counted::{Materialised, count};

#[cfg(any(test, feature = "conformance"))]
mod counted {
    use std::cell::Cell;

    use super::Making;

    /// How often documents were made whole.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
    pub struct Materialised {
        /// Texts that became values.
        pub parsed: usize,
        /// Values that became bytes, or bytes that became part of others.
        pub written: usize,
        /// Values that were copied.
        pub copied: usize,
        /// Values that were judged under their kind, which makes nothing.
        pub judged: usize,
    }

    thread_local! {
        static SEEN: Cell<Option<(usize, Materialised)>> = const { Cell::new(None) };
    }

    /// Counts what a verb makes on this thread of documents of at least so many bytes; of those that are judged, all.
    pub fn count<T>(size_bytes_min: usize, verb: impl FnOnce() -> T) -> (T, Materialised) {
        SEEN.set(Some((size_bytes_min, Materialised::default())));
        let done = verb();
        let seen = SEEN.take().map(|(_, seen)| seen);
        (done, seen.unwrap_or_default())
    }

    pub(crate) fn note(making: Making, size_bytes: usize) {
        let Some((size_bytes_min, mut seen)) = SEEN.get() else { return };
        if size_bytes < size_bytes_min {
            return;
        }
        match making {
            Making::Parsed => seen.parsed += 1,
            Making::Written => seen.written += 1,
            Making::Copied => seen.copied += 1,
            Making::Judged => seen.judged += 1,
        }
        SEEN.set(Some((size_bytes_min, seen)));
    }
}
