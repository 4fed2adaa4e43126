//! Media files that were read and checked: what they are is known from then on, and the last ones lie ready.
//!
//! The bytes of a file are checked against its id at every reading, which costs the whole film whether somebody wants all
//! of it, a second of it, or to know that it has not changed. Here that is done once: by the first who asks, while others
//! who ask for the same wait for it.
//!
//! Invariants:
//! 1. What lies here was checked, and lies in memory: what becomes of the disk afterwards does not change it. A file that
//!    is damaged is read again each time, and refused each time.
//! 2. Whether somebody may have a file is asked elsewhere, at each request: here it is only known what it is.

use crate::problem::Problem;
use axum::body::Bytes;
use cms_core::{media::served_type, model::id::MediaId};
use quick_cache::{
    DefaultHashBuilder, OptionsBuilder, Weighter,
    sync::{Cache, DefaultLifecycle},
};

/// Files of which it is known what they are.
const FACTS_MAX: usize = 16 << 10;
/// Bytes that lie ready: two files of the largest size.
const BYTES_MAX: u64 = 128 << 20;
/// A guess, from which tables are made.
const FILES_ESTIMATED: usize = 512;

/// What is known of a file without its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// The type under which it is served.
    pub content_type: &'static str,
    /// Its length.
    pub size_bytes: usize,
}

/// The files.
pub struct Shelf {
    facts: Cache<MediaId, Facts>,
    bytes: Cache<MediaId, Bytes, BySize>,
}

#[derive(Debug, Clone)]
struct BySize;

impl Weighter<MediaId, Bytes> for BySize {
    fn weight(&self, _: &MediaId, bytes: &Bytes) -> u64 {
        bytes.len() as u64
    }
}

impl Default for Shelf {
    fn default() -> Self {
        // In one piece, since a part of it would be too small for a film.
        let options = OptionsBuilder::new()
            .shards(1)
            .estimated_items_capacity(FILES_ESTIMATED)
            .weight_capacity(BYTES_MAX)
            .build()
            .expect("all that is needed is there");
        let hasher = DefaultHashBuilder::default();
        let bytes = Cache::with_options(options, BySize, hasher, DefaultLifecycle::default());
        Self { facts: Cache::new(FACTS_MAX), bytes }
    }
}

impl Shelf {
    /// What a file is; it is read where that is not known yet.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn facts(
        &self,
        id: MediaId,
        read: impl FnOnce() -> Result<Bytes, Problem>,
    ) -> Result<Facts, Problem> {
        self.facts.get_or_insert_with(&id, || {
            let bytes = self.bytes(id, read)?;
            Ok(Facts { content_type: served_type(&bytes), size_bytes: bytes.len() })
        })
    }

    /// The bytes of a file; they are read where they do not lie here.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn bytes(
        &self,
        id: MediaId,
        read: impl FnOnce() -> Result<Bytes, Problem>,
    ) -> Result<Bytes, Problem> {
        // The engine's bytes may be those of a file, which nobody would check again.
        let copied = || read().map(|bytes| Bytes::copy_from_slice(&bytes));
        self.bytes.get_or_insert_with(&id, copied)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use cms_core::model::{id::ObjectId, object::ObjectKind};

    use super::*;
    use crate::problem::Code;

    #[test]
    fn a_film_is_read_once_however_many_ask() {
        let shelf = Shelf::default();
        let film = Bytes::from(vec![7; 50 << 20]);
        let id: MediaId = ObjectId::of(ObjectKind::Media, b"a film").to_string().parse().unwrap();
        let read_count = AtomicUsize::new(0);
        let read = || {
            read_count.fetch_add(1, Ordering::SeqCst);
            Ok(film.clone())
        };
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| assert_eq!(shelf.facts(id, read).unwrap().size_bytes, 50 << 20));
            }
        });
        assert_eq!(shelf.bytes(id, read).unwrap().len(), 50 << 20);
        assert_eq!(read_count.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn what_could_not_be_read_is_read_again() {
        let shelf = Shelf::default();
        let id: MediaId = ObjectId::of(ObjectKind::Media, b"a film").to_string().parse().unwrap();
        let damaged = || Err(Problem::new(Code::StoreDamaged, "a bit"));
        assert!(shelf.facts(id, damaged).is_err());
        assert!(shelf.bytes(id, damaged).is_err());
        assert_eq!(shelf.facts(id, || Ok(Bytes::from_static(b"mended"))).unwrap().size_bytes, 6);
    }
}
