//! How often documents are materialised, for tests that limit how often a verb may do it.
//!
//! A document is materialised when its text is parsed, its bytes are written, or its value is copied, and each of these
//! costs in proportion to the document's size. In the product, recording it does nothing; in tests it is counted on the
//! thread that does it, if the document is at least as large as the test asks, so that a store's small documents (its
//! records, its audit) are not counted with those of the content.

/// What materialises a document, or reads all of it.
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

    /// How often documents were materialised.
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

    /// Counts what a verb does on this thread to documents of at least `size_bytes_min` bytes; judged documents count
    /// at any size.
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
