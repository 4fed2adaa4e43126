//! Media files that were read and checked: their facts are known from then on, and the latest files stay in memory.
//!
//! The bytes of a file are checked against its id at every read, which costs the whole film, whether a client wants all
//! of it, a second of it, or to know that it has not changed. Here the check happens once: the first request does it,
//! and others for the same file wait for it.
//!
//! Invariants:
//! 1. Every file here was checked and is in memory, so later changes of the disk do not affect it. A damaged file is
//!    read again each time, and refused each time.
//! 2. Whether a client may have a file is decided elsewhere, at each request; the shelf only knows what the file is.

use crate::problem::Problem;
use axum::body::Bytes;
use cms_core::{media::served_type, model::id::MediaId};
use quick_cache::{
    DefaultHashBuilder, OptionsBuilder, Weighter,
    sync::{Cache, DefaultLifecycle},
};

/// Most files whose facts are known.
const FACTS_MAX: usize = 16 << 10;
/// Most bytes in memory: two files of the largest size.
const BYTES_MAX: u64 = 128 << 20;
/// An estimate by which tables are sized.
const FILES_ESTIMATED: usize = 512;

/// What is known about a file without its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// The type under which it is served.
    pub content_type: &'static str,
    /// Its length, in bytes.
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
        // As one shard, because a part of the memory would be too small for a film.
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
    /// The facts of a file; it is read if they are not known yet.
    ///
    /// # Errors
    /// The errors of `read`.
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

    /// The bytes of a file; it is read if they are not in memory.
    ///
    /// # Errors
    /// The errors of `read`.
    pub fn bytes(
        &self,
        id: MediaId,
        read: impl FnOnce() -> Result<Bytes, Problem>,
    ) -> Result<Bytes, Problem> {
        // The engine's bytes may belong to a file, whose later changes nobody would check.
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
