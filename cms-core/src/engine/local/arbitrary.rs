//! What fuzzers and property tests feed to the readers of stored bytes: arbitrary bytes, both as they are and with
//! matching hashes around them, so that they get past the checks that nearly all of them would fail.
//!
//! Each function panics when a reader breaks its contract; an error is a fine answer.

use std::{path::Path, sync::Arc};

use super::{
    Access, LocalEngine, LocalOptions,
    audit::AuditFile,
    checkpoint::{self, Checkpoint},
    disk::{Disk, DiskFile, Reading},
    file::{
        FORMAT_VERSION, FileKind, HEADER_SIZE_BYTES, MANIFEST_VERSION_TAKEN_DOWN, header, header_of,
    },
    frame::{self, JOURNAL_HEADER_SIZE_BYTES, JournalHeader},
    index::Index,
    journal::{Scan, Tail},
    manifest::{AuditEntry, CheckpointEntry, IndexEntry, Manifest, SegmentEntry},
    payload,
    segment::Segment,
    taken_down,
};
use crate::engine::{Engine, Position, faulty::SimDisk};

const SEED: [u8; 32] = [7; 32];

/// Reads bytes as a frame, as a payload, as the payload of a whole frame, and as what follows a frame.
pub fn journal_frame(bytes: &[u8]) {
    let _ = frame::read(bytes, &SEED);
    let _ = payload::read(bytes);
    let header = JournalHeader {
        number: 1,
        store: [1; 16],
        seed: SEED,
        previous: [2; 32],
        first_sequence: 1,
        position: 0,
        boot: [3; 16],
    };
    let mut journal = header.encode();
    assert_eq!(JournalHeader::decode(&journal), Some(header.clone()));
    let mut buffer = Vec::new();
    frame::begin(&mut buffer);
    buffer.extend_from_slice(bytes);
    let chain = frame::finish(&mut buffer, &SEED, 1, &header.previous);
    let read = frame::read(&buffer, &SEED).expect("a frame that was written is read");
    assert_eq!((read.payload, read.sequence, read.chain), (bytes, 1, chain));
    journal.extend_from_slice(&buffer);
    let whole_size_bytes = journal.len();
    journal.extend_from_slice(bytes);
    let mut scan = Scan::new(&header, &journal);
    assert_eq!(scan.by_ref().count(), 1, "nobody who does not know the seed can write a frame");
    assert_eq!(scan.at, whole_size_bytes);
    assert_eq!(scan.tail(), if bytes.is_empty() { Tail::Whole } else { Tail::Torn });
    // A flipped bit anywhere in the frame, with nothing whole after it, is a torn tail.
    let flipped = JOURNAL_HEADER_SIZE_BYTES + bytes.len() % buffer.len();
    journal[flipped] ^= 1;
    let mut scan = Scan::new(&header, &journal);
    assert_eq!(scan.by_ref().count(), 0);
    assert_eq!(scan.tail(), Tail::Torn);
    read_damaged(disk_with(&journal, &FileKind::Journal.name(1)));
}

/// Reads bytes as each kind of sealed file: as they are, and with a valid header and footer around them.
pub fn sealed_file(bytes: &[u8]) {
    for kind in FileKind::NUMBERED {
        read_damaged(disk_with(bytes, &kind.name(1)));
        read_sealed(kind, bytes.to_vec());
        read_sealed(kind, dressed(header(kind), bytes));
    }
    for version in [FORMAT_VERSION, MANIFEST_VERSION_TAKEN_DOWN] {
        let dressed = dressed(header_of(FileKind::Manifest, version), bytes);
        let _ = Manifest::read(&disk_with(&dressed, Manifest::NAME), Path::new("/"));
    }
    let list = dressed(header(FileKind::TakenDown), bytes);
    let _ = taken_down::listed(&disk_with(&list, taken_down::NAME), Path::new("/"));
}

/// Bytes between a header and a footer that fit.
fn dressed(header: [u8; HEADER_SIZE_BYTES], bytes: &[u8]) -> Vec<u8> {
    let mut dressed = header.to_vec();
    dressed.extend_from_slice(bytes);
    let hash = blake3::hash(&dressed);
    dressed.extend_from_slice(hash.as_bytes());
    dressed
}

/// Reads a store that consists of one file of these bytes, whatever it is, as a damaged store.
fn read_damaged(disk: SimDisk) {
    let options = LocalOptions {
        cell_index_directory: "/dev/null/sled".into(),
        disk: Arc::new(disk),
        access: Access::Read,
        ..LocalOptions::new("/")
    };
    if let Ok(engine) = LocalEngine::open(options) {
        for space in engine.spaces().expect("a damaged store is read") {
            for id in engine.objects(&space, None, 100).expect("a damaged store is read") {
                let _ = engine.object(&space, id);
            }
        }
        let _ = engine.audit(Position(0), 100);
    }
}

fn disk_with(bytes: &[u8], name: &str) -> SimDisk {
    let disk = SimDisk::new(1);
    let file: Arc<dyn DiskFile> = disk.create(&Path::new("/").join(name)).expect("it is created");
    file.write_at(0, bytes).expect("it is written");
    disk
}

fn read_sealed(kind: FileKind, bytes: Vec<u8>) {
    let path = Path::new("/").join(kind.name(1));
    let disk = disk_with(&bytes, &kind.name(1));
    let (number, count, size_bytes) = (1, bytes.len() as u64 / 50, bytes.len() as u64);
    let space = "source".to_owned();
    match kind {
        FileKind::Segment => {
            let entry = SegmentEntry { number, space, count, size_bytes };
            let segment = Segment::open(&disk, path, entry, Reading::InOrder);
            let _ = segment.check_whole();
            let found = segment.records().flatten();
            for (offset, record) in found {
                let _ = segment.object(record.id, offset);
            }
        }
        FileKind::Index => {
            let entry = IndexEntry { number, space, count, size_bytes, segments: vec![1] };
            if let Ok(index) = Index::open(&disk, path, entry, Reading::InOrder) {
                assert!(index.after(None).count() as u64 <= size_bytes);
            }
        }
        FileKind::Checkpoint => {
            let _ = checkpoint::remains(&disk, &path, Some(count));
            let entry = CheckpointEntry { number, count, size_bytes };
            if let Ok(checkpoint) = Checkpoint::open(&disk, Path::new("/"), entry) {
                let _ = (checkpoint.operations(), checkpoint.verify());
            }
        }
        FileKind::Audit => {
            let entry = AuditEntry { number, first: 1, last: count, count, size_bytes };
            let _ = AuditFile::entry_of(&disk, &path, number);
            let file = AuditFile::open(&disk, path, entry);
            let _ = (file.after(0, 100), file.verify());
        }
        FileKind::Journal | FileKind::Manifest | FileKind::TakenDown => {}
    }
}
