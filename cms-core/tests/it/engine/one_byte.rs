//! The law of damage: whatever happens to one byte of a store, everything outside the damage is answered, no answer
//! is wrong, verifying names the file, and what is salvaged is whole and can be written.

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use cms_core::{
    engine::{
        CellName, Engine, Expected, Position, ReadError,
        conformance::{cell, document, operation, put, transaction},
        faulty::SimDisk,
        local::{Access, Derived, LocalEngine, LocalOptions, Upkeep, disk::Disk},
    },
    model::object::{Object, Space},
};

use super::long;

/// A path where there can be no sled, so that the files are all there is.
const NO_SLED: &str = "/dev/null/sled";
const COUNT: u64 = 14;
/// In a short run, one byte in this many is tried.
const STRIDE: usize = 29;

/// What happens to a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rot {
    Flipped,
    Zeroed,
    Missing,
}

fn space(number: u64) -> Space {
    if number.is_multiple_of(3) { Space::Public } else { Space::Source }
}

/// Two objects per transaction, so that one of them may be whole in a damaged frame.
fn objects(number: u64) -> [Object; 2] {
    [1, 2]
        .map(|each| document(format!("object {number}.{each} {}", "y".repeat(number as usize * 5))))
}

fn name(number: u64) -> CellName {
    cell("draft/d", &format!("entry-{number}"))
}

fn options(disk: &SimDisk) -> LocalOptions {
    LocalOptions {
        directory: PathBuf::from("/store"),
        cell_index_directory: NO_SLED.into(),
        disk: Arc::new(disk.clone()),
        journal_size_bytes_max: 1_500,
        derived: Derived::Use,
        upkeep: Upkeep::Inline,
        access: Access::Write,
    }
}

fn open(disk: &SimDisk) -> LocalEngine {
    LocalEngine::open(options(disk)).unwrap_or_else(|error| panic!("{error}: {error:?}"))
}

/// A store with some of everything: segments of two spaces, a checkpoint, audit files, two journals.
fn store() -> SimDisk {
    let disk = SimDisk::new(7);
    let engine = open(&disk);
    for number in 0..COUNT {
        let mut each = transaction(operation(number))
            .swapping(put(name(number), Expected::Absent, format!("value {number}")))
            .audited(format!("record {number}"));
        for object in objects(number) {
            each = each.adding(space(number), object);
        }
        engine.commit(vec![each]).expect("it is committed");
    }
    drop(engine);
    disk
}

/// What could not be answered.
#[derive(Debug, Default, PartialEq, Eq)]
struct Unanswered {
    objects: usize,
    cells: usize,
    audit_records: usize,
}

/// Checks that every answer is right.
fn check(engine: &dyn Engine) -> Unanswered {
    let mut unanswered = Unanswered::default();
    for number in 0..COUNT {
        for object in objects(number) {
            match engine.object(&space(number), object.id()) {
                Ok(Some(found)) => assert_eq!(found, object),
                Ok(None) | Err(ReadError::Damaged { .. }) => unanswered.objects += 1,
                Err(error) => panic!("{error}"),
            }
        }
        match engine.cell(&name(number)).expect("cells are read") {
            Some(found) => {
                assert_eq!(
                    (found.version, found.value),
                    (number + 1, Bytes::from(format!("value {number}")))
                );
            }
            None => unanswered.cells += 1,
        }
    }
    let records = engine.audit(Position(0), 1000).expect("the audit is read");
    for record in &records {
        let number = record.position.0 - 1;
        assert_eq!(record.bytes, format!("record {number}"));
    }
    unanswered.audit_records = COUNT as usize - records.len();
    unanswered
}

fn damage(disk: &SimDisk, path: &Path, at: usize, rot: Rot) -> bool {
    let has_changed = std::cell::Cell::new(false);
    disk.rot(path, |bytes| match rot {
        Rot::Flipped => {
            bytes[at] ^= 1 << (at % 8);
            has_changed.set(true);
        }
        Rot::Zeroed => {
            has_changed.set(std::mem::replace(&mut bytes[at], 0) != 0);
        }
        Rot::Missing => {
            bytes.remove(at);
            has_changed.set(true);
        }
    });
    has_changed.get()
}

/// The most that one damage may cost: the content of one record, or one frame's changes of cells.
fn may_cost(file: &str, unanswered: &Unanswered) -> bool {
    let Unanswered { objects, cells, audit_records } = unanswered;
    let is_journal = file.starts_with("journal-");
    *objects <= 1
        && *audit_records <= 1
        && *cells <= usize::from(is_journal || file.starts_with("checkpoint-"))
        // One byte is in one record only, and a frame's cells are checked only with the frame.
        && (objects + audit_records <= 1)
}

#[test]
fn whatever_happens_to_one_byte_all_else_is_answered_and_salvaged() {
    let whole = store();
    assert_eq!(check(&open(&whole.copied())), Unanswered::default());
    let mut tried = BTreeMap::<String, usize>::new();
    for path in whole.paths() {
        let size = whole.size_bytes(&path).expect("it is there") as usize;
        let file = path.file_name().expect("a name").to_string_lossy().into_owned();
        for at in (0..size).step_by(if long() { 1 } else { STRIDE }) {
            for rot in [Rot::Flipped, Rot::Zeroed, Rot::Missing] {
                let disk = whole.copied();
                if !damage(&disk, &path, at, rot) {
                    continue;
                }
                *tried.entry(file.clone()).or_default() += 1;
                one_byte(&disk, &file, &format!("{file}, byte {at} {rot:?}"));
            }
        }
    }
    let count: usize = tried.values().sum();
    eprintln!("{count} damages in {} files: {tried:?}", tried.len());
    assert!(count > 500);
}

/// Whatever is left of a file, even nothing: every answer is right, and what is salvaged is whole.
#[test]
fn whatever_is_left_of_a_file_the_rest_is_answered_and_salvaged() {
    let whole = store();
    let mut count = 0;
    for path in whole.paths() {
        let size = whole.size_bytes(&path).expect("it is there") as usize;
        let file = path.file_name().expect("a name").to_string_lossy().into_owned();
        let stride = if long() { 1 } else { STRIDE };
        for left in (0..size).step_by(stride).map(Some).chain([None]) {
            let disk = whole.copied();
            match left {
                Some(left) => disk.rot(&path, |bytes| bytes.truncate(left)),
                None => disk.lose(&path),
            }
            let what = format!("{file}, {left:?} bytes of {size} are left");
            let engine = LocalEngine::open(options(&disk));
            let engine = engine.unwrap_or_else(|error| panic!("{what}: {error}"));
            let unanswered = check(&engine);
            // Objects are only in journals and segments, and cells only in journals and the checkpoint.
            let holds_objects = file.starts_with("journal-") || file.starts_with("segment-");
            assert!(holds_objects || unanswered.objects == 0, "{what}: {unanswered:?}");
            let holds_cells = file.starts_with("journal-") || file.starts_with("checkpoint-");
            assert!(holds_cells || unanswered.cells == 0, "{what}: {unanswered:?}");
            drop(engine);
            salvaged(&disk, &unanswered, &what);
            count += 1;
        }
    }
    eprintln!("{count} files cut off or lost");
    assert!(count > 200);
}

fn one_byte(disk: &SimDisk, file: &str, what: &str) {
    let before = disk.copied();
    let engine = open(disk);
    let unanswered = check(&engine);
    assert!(may_cost(file, &unanswered), "{what}: {unanswered:?}, {:?}", engine.damages());
    let verified = engine.verify(&mut |_| ControlFlow::Continue(())).expect("it verifies");
    let damages: Vec<_> = verified
        .damages
        .iter()
        .filter(|damage| !damage.detail.starts_with("cells are looked up"))
        .collect();
    if unanswered != Unanswered::default() {
        assert!(damages.iter().any(|damage| damage.file == file), "{what}: {damages:?}");
    }
    // Salvaged from what is left, by a program that only reads.
    drop(engine);
    salvaged(&before, &unanswered, what);
}

/// What is salvaged from a disk is everything that was answered, and it can be written.
fn salvaged(disk: &SimDisk, unanswered: &Unanswered, what: &str) {
    let reader = LocalEngine::open(LocalOptions { access: Access::Read, ..options(disk) });
    let reader = reader.unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(check(&reader).objects, unanswered.objects, "{what}");
    let to = LocalOptions { directory: PathBuf::from("/saved"), ..options(&SimDisk::new(9)) };
    reader
        .salvage(&to, &mut |_| ControlFlow::Continue(()))
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    drop(reader);
    let saved = LocalEngine::open(to).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(check(&saved).objects, unanswered.objects, "{what}");
    let more = transaction(operation(1000)).adding(Space::Source, document("more"));
    saved.commit(vec![more]).unwrap_or_else(|error| panic!("{what}: {error}"));
    let verified = saved.verify(&mut |_| ControlFlow::Continue(())).expect("it verifies");
    let damages = verified.damages.iter().filter(|damage| damage.file != "sled");
    assert_eq!(damages.count(), 0, "{what}: {:?}", verified.damages);
}
