//! Bytes that leave the disk: of what was taken down, and of values that cells no longer have. The tests look for them
//! in every file of the directory.

use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
};

use cms_core::{
    engine::{
        Cell, CommitError, Engine, Expected, ReadError, Swap, SwapValue,
        conformance::{cell, document, operation, put, transaction},
        faulty::{Crash, Fault, SimDisk},
        local::{
            Access, Derived, LocalEngine, LocalOptions, Upkeep,
            disk::{Disk, Reading},
        },
    },
    model::object::{Object, Space},
};

use super::{open, short_journals};

const NEVER_FULL: u64 = 1 << 30;
const FACE: &str = "a face that somebody would know";
const NAME: &str = "the name of a pupil of twelve years";

/// Files below a directory that hold a text.
fn holding(directory: &Path, text: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).expect("it is listed") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(holding(&path, text));
        } else {
            let bytes = std::fs::read(&path).expect("it is read");
            if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
                found.push(path);
            }
        }
    }
    found
}

fn face() -> Object {
    document(FACE)
}

fn add(engine: &dyn Engine, number: u64, object: Object) {
    let each = transaction(operation(number)).adding(Space::Source, object);
    engine.commit(vec![each]).expect("it is committed");
}

fn write(engine: &dyn Engine, number: u64, value: Option<&str>) {
    let name = cell("person/p1", "person");
    let expected = Expected::unchanged(engine.cell(&name).expect("it is read").as_ref());
    let swap = match value {
        Some(value) => put(name, expected, value.to_owned()),
        None => Swap { cell: name, expected, value: SwapValue::Delete },
    };
    engine.commit(vec![transaction(operation(number)).swapping(swap)]).expect("it is committed");
}

fn is_gone(engine: &dyn Engine) -> bool {
    matches!(engine.object(&Space::Source, face().id()), Err(ReadError::TakenDown { .. }))
}

fn check_whole(engine: &dyn Engine) {
    let verified = engine.verify(&mut |_| ControlFlow::Continue(())).expect("it verifies");
    assert_eq!(verified.damages, []);
}

#[test]
fn what_is_taken_down_leaves_journals_and_segments_at_once_when_that_is_asked_for() {
    for is_sealed in [false, true] {
        let directory = tempfile::tempdir().expect("a directory");
        let options = short_journals(directory.path(), NEVER_FULL);
        let engine = open(&options);
        for number in 0..40 {
            add(&engine, number, document(format!("object {number}")));
        }
        add(&engine, 40, face());
        if is_sealed {
            engine.purge().expect("it is sealed");
            add(&engine, 41, document("one more"));
        }
        assert!(!holding(directory.path(), FACE).is_empty(), "it is there to begin with");
        engine.take_down(&[face().id()]).expect("it is taken down");
        assert!(is_gone(&engine));
        engine.purge().expect("it is purged");
        assert_eq!(holding(directory.path(), FACE), Vec::<PathBuf>::new());
        check_whole(&engine);
        drop(engine);
        let engine = open(&options);
        assert!(is_gone(&engine));
        engine.rebuild_index().expect("the indexes are rebuilt");
        assert!(is_gone(&engine));
        for number in 0..40 {
            let expected = document(format!("object {number}"));
            assert_eq!(engine.object(&Space::Source, expected.id()).unwrap(), Some(expected));
        }
        check_whole(&engine);
    }
}

#[test]
fn the_old_value_of_a_cell_leaves_at_the_next_rotation_sled_included() {
    let directory = tempfile::tempdir().expect("a directory");
    let options = short_journals(directory.path(), 8192);
    let engine = open(&options);
    write(&engine, 0, Some(NAME));
    for number in 1..40 {
        add(&engine, number, document(format!("{number} {}", "x".repeat(900))));
    }
    engine.purge().expect("it is purged");
    assert!(!holding(directory.path(), NAME).is_empty(), "what the cell has stays");
    write(&engine, 100, Some("erased"));
    // Fills journals, so that they are sealed without anybody asking for it.
    for number in 101..140 {
        add(&engine, number, document(format!("{number} {}", "x".repeat(900))));
    }
    drop(engine);
    assert_eq!(holding(directory.path(), NAME), Vec::<PathBuf>::new());
    let engine = open(&options);
    let found: Option<Cell> = engine.cell(&cell("person/p1", "person")).expect("it is read");
    assert_eq!(found.expect("it is there").value, "erased");
    check_whole(&engine);
}

#[test]
fn a_deleted_cell_leaves_at_once_when_that_is_asked_for() {
    let directory = tempfile::tempdir().expect("a directory");
    let options = short_journals(directory.path(), NEVER_FULL);
    let engine = open(&options);
    write(&engine, 0, Some(NAME));
    drop(engine);
    let engine = open(&options);
    write(&engine, 1, None);
    assert!(!holding(directory.path(), NAME).is_empty(), "journal and sled still have it");
    engine.purge().expect("it is purged");
    assert_eq!(holding(directory.path(), NAME), Vec::<PathBuf>::new());
    engine.purge().expect("there is nothing to purge, which is fine");
    check_whole(&engine);
}

fn copy_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a directory");
    for entry in std::fs::read_dir(from).expect("it is listed") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            copy_all(&path, &target);
        } else {
            std::fs::copy(&path, &target).expect("it is copied");
        }
    }
}

#[test]
fn a_copy_from_before_loses_it_too_when_it_is_opened_with_the_list() {
    for is_sealed in [false, true] {
        let directory = tempfile::tempdir().expect("a directory");
        let (store, backup) = (directory.path().join("store"), directory.path().join("backup"));
        let options = short_journals(&store, NEVER_FULL);
        let engine = open(&options);
        add(&engine, 0, face());
        add(&engine, 1, document("something else"));
        if is_sealed {
            engine.purge().expect("it is sealed");
        }
        drop(engine);
        copy_all(&store, &backup);
        let engine = open(&options);
        engine.take_down(&[face().id()]).expect("it is taken down");
        drop(engine);
        // The backup is put back; the list is kept apart from it.
        assert!(!holding(&backup, FACE).is_empty());
        std::fs::copy(store.join("TAKEN-DOWN"), backup.join("TAKEN-DOWN")).expect("it is copied");
        let engine = open(&short_journals(&backup, NEVER_FULL));
        assert!(is_gone(&engine), "from the first answer on");
        drop(engine);
        assert_eq!(holding(&backup, FACE), Vec::<PathBuf>::new());
        // Without the list, the manifest still knows what its own files were purged of.
        std::fs::remove_file(backup.join("TAKEN-DOWN")).expect("it is removed");
        assert!(is_gone(&open(&short_journals(&backup, NEVER_FULL))));
    }
}

#[test]
fn a_store_opened_for_reading_and_one_salvaged_give_nothing_that_was_taken_down() {
    let directory = tempfile::tempdir().expect("a directory");
    let options = short_journals(&directory.path().join("store"), NEVER_FULL);
    let engine = open(&options);
    add(&engine, 0, face());
    add(&engine, 1, document("something else"));
    engine.take_down(&[face().id()]).expect("it is taken down");
    let to = LocalOptions::new(directory.path().join("salvaged"));
    let salvaged = engine.salvage(&to, &mut |_| ControlFlow::Continue(())).expect("it salvages");
    assert_eq!((salvaged.objects_count, salvaged.damages), (1, Vec::new()));
    drop(engine);
    assert_eq!(holding(&to.directory, FACE), Vec::<PathBuf>::new());
    assert!(is_gone(&open(&to)), "the new store knows of it");
    let reading = LocalOptions { access: Access::Read, ..options };
    assert!(is_gone(&open(&reading)));
}

#[test]
fn a_damaged_list_is_told_and_nothing_is_written_until_somebody_decides() {
    let directory = tempfile::tempdir().expect("a directory");
    let options = short_journals(directory.path(), NEVER_FULL);
    let engine = open(&options);
    add(&engine, 0, face());
    engine.take_down(&[face().id()]).expect("it is taken down");
    drop(engine);
    let list = directory.path().join("TAKEN-DOWN");
    let mut bytes = std::fs::read(&list).expect("it is read");
    bytes[30] ^= 1;
    std::fs::write(&list, bytes).expect("it is written");
    let engine = open(&options);
    assert!(engine.damages().iter().any(|damage| damage.file == "TAKEN-DOWN"));
    let refused = engine.take_down(&[face().id()]);
    assert!(matches!(refused, Err(CommitError::ReadOnly { damaged: true, .. })), "{refused:?}");
}

/// Files of a store on a simulated disk that hold the face.
fn holding_on(disk: &SimDisk) -> Vec<PathBuf> {
    let holds = |path: &PathBuf| {
        let bytes = disk.map(path, Reading::InOrder).expect("it is read");
        bytes.windows(FACE.len()).any(|window| window == FACE.as_bytes())
    };
    disk.paths().into_iter().filter(holds).collect()
}

fn simulated(disk: &SimDisk) -> LocalOptions {
    LocalOptions {
        directory: PathBuf::from("/store"),
        cell_index_directory: PathBuf::from("/dev/null/sled"),
        disk: Arc::new(disk.clone()),
        journal_size_bytes_max: 700,
        derived: Derived::Use,
        upkeep: Upkeep::Inline,
        access: Access::Write,
    }
}

/// Adds, takes down, purges and adds again, until something fails; returns whether the taking down was acknowledged.
fn story(disk: &SimDisk) -> bool {
    let Ok(engine) = LocalEngine::open(simulated(disk)) else { return false };
    for number in 0..6 {
        let object = if number == 2 { face() } else { document(format!("object {number}")) };
        let each = transaction(operation(number)).adding(Space::Source, object);
        if engine.commit(vec![each]).is_err() {
            return false;
        }
    }
    if engine.take_down(&[face().id()]).is_err() {
        return false;
    }
    let _ = engine.purge();
    let again = transaction(operation(7)).adding(Space::Source, face());
    let _ = engine.commit(vec![again]);
    let _ = engine.purge();
    true
}

#[test]
fn every_call_of_taking_down_and_purging_may_fail() {
    let disk = SimDisk::new(1);
    assert!(story(&disk));
    let calls = disk.calls();
    assert!(calls > 60, "the story makes {calls} calls");
    for at in 1..=calls {
        for fault in [Fault::Error, Fault::Full, Fault::Stop] {
            for crash in [Crash::Killed, Crash::PowerCut] {
                eprintln!("call {at}: {fault:?}, then {crash:?}");
                let disk = SimDisk::new(at);
                disk.fail(at, fault);
                let is_acknowledged = story(&disk);
                let disk = disk.crashed(crash);
                let engine = LocalEngine::open(simulated(&disk)).expect("a disk that works opens");
                check_whole_but_sled(&engine);
                assert!(!is_acknowledged || is_gone(&engine), "what was acknowledged stays so");
                engine.take_down(&[face().id()]).expect("it is taken down");
                engine.purge().expect("it is purged");
                assert!(is_gone(&engine));
                check_whole_but_sled(&engine);
                assert_eq!(holding_on(&disk), Vec::<PathBuf>::new());
                let disk = disk.crashed(Crash::PowerCut);
                let engine = LocalEngine::open(simulated(&disk)).expect("it opens again");
                assert!(is_gone(&engine));
                check_whole_but_sled(&engine);
            }
        }
    }
}

fn check_whole_but_sled(engine: &dyn Engine) {
    let verified = engine.verify(&mut |_| ControlFlow::Continue(())).expect("it verifies");
    let real = verified.damages.iter().filter(|damage| damage.file != "sled");
    assert_eq!(real.count(), 0, "{:?}", verified.damages);
}

#[test]
fn writers_and_readers_go_on_while_it_is_purged() {
    let directory = tempfile::tempdir().expect("a directory");
    let engine = open(&short_journals(directory.path(), 20_000));
    std::thread::scope(|scope| {
        for writer in 0..3u64 {
            let engine = &engine;
            scope.spawn(move || {
                for number in 0..60 {
                    let number = writer * 1000 + number;
                    let object = document(format!("{number} {}", "x".repeat(700)));
                    let name = cell("count", &writer.to_string());
                    let before = engine.cell(&name).expect("it is read");
                    let value = number.to_string();
                    let each = transaction(operation(number))
                        .adding(Space::Source, object.clone())
                        .swapping(put(name.clone(), Expected::unchanged(before.as_ref()), value));
                    engine.commit(vec![each]).expect("it is committed");
                    let found = engine.object(&Space::Source, object.id()).expect("it is read");
                    assert_eq!(found, Some(object));
                    let cell = engine.cell(&name).expect("it is read").expect("it is there");
                    assert_eq!(cell.value, number.to_string());
                }
            });
        }
        let engine = &engine;
        scope.spawn(move || {
            for number in 0..10u64 {
                let gone = document(format!("gone {number}"));
                add(engine, 9000 + number, gone.clone());
                engine.take_down(&[gone.id()]).expect("it is taken down");
                engine.purge().expect("it is purged");
            }
        });
    });
    assert_eq!(holding(directory.path(), "gone 3"), Vec::<PathBuf>::new());
    check_whole(&engine);
}
