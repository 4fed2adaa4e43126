//! There is one writer, whatever happens to the files that ensure it.

use std::path::Path;

use cms_core::{
    engine::{
        CommitError, Engine, ReadError,
        conformance::{document, operation, transaction},
        local::{LocalEngine, LocalOptions, OpenError},
    },
    model::object::Space,
};

use super::{files, open};

fn commit(engine: &LocalEngine, number: u64) -> Result<(), CommitError> {
    let object = document(format!("object {number}"));
    let each = transaction(operation(number)).adding(Space::Source, object);
    engine.commit(vec![each]).map(|_| ())
}

fn holds(engine: &LocalEngine, number: u64) -> bool {
    let id = document(format!("object {number}")).id();
    engine.holds(&Space::Source, &[id]).expect("it is read") == [true]
}

fn refused(options: &LocalOptions) {
    match LocalEngine::open(options.clone()).map(|_| ()) {
        Err(OpenError::InUse { holder, .. }) => {
            assert_eq!(holder, format!("process {}", std::process::id()));
        }
        other => panic!("{other:?}"),
    }
}

fn store() -> (tempfile::TempDir, LocalOptions, LocalEngine) {
    let directory = tempfile::tempdir().expect("a directory");
    let options = LocalOptions::new(directory.path().join("store"));
    let engine = open(&options);
    commit(&engine, 1).expect("it is committed");
    (directory, options, engine)
}

#[test]
fn a_removed_lock_lets_nobody_in_and_the_writer_goes_on() {
    let (_directory, options, engine) = store();
    let lock = options.directory.join("LOCK");
    std::fs::remove_file(&lock).expect("it is removed");
    match LocalEngine::open(options.clone()).map(|_| ()) {
        Err(OpenError::InUse { .. }) => {}
        other => panic!("{other:?}"),
    }
    commit(&engine, 2).expect("it goes on");
    assert!(lock.exists(), "it was made anew");
    refused(&options);
    drop(engine);
    let engine = open(&options);
    assert!(holds(&engine, 1) && holds(&engine, 2));
}

#[test]
fn a_replaced_lock_that_nobody_holds_is_taken_again() {
    let (_directory, options, engine) = store();
    let lock = options.directory.join("LOCK");
    std::fs::remove_file(&lock).expect("it is removed");
    std::fs::write(&lock, "process 1\n").expect("it is written");
    commit(&engine, 2).expect("it goes on");
    refused(&options);
}

/// As if another program, which knows only the file, had taken the directory.
#[test]
fn a_writer_whose_lock_another_process_has_stops_and_has_written_nothing() {
    let (_directory, options, engine) = store();
    let lock = options.directory.join("LOCK");
    std::fs::remove_file(&lock).expect("it is removed");
    let other = std::fs::File::create(&lock).expect("it is made");
    other.try_lock().expect("it is locked");
    let journal = files(&options.directory, "journal-").pop().expect("a journal");
    let before = std::fs::read(&journal).expect("it is read");
    match commit(&engine, 2) {
        Err(CommitError::Displaced { by }) => assert!(by.contains("LOCK was replaced"), "{by}"),
        other => panic!("{other:?}"),
    }
    match engine.spaces() {
        Err(ReadError::Displaced { .. }) => {}
        other => panic!("{other:?}"),
    }
    drop(engine);
    assert!(std::fs::read(&journal).expect("it is read") == before, "nothing was written");
    drop(other);
    let engine = open(&options);
    assert!(holds(&engine, 1) && !holds(&engine, 2));
}

fn displaced(engine: &LocalEngine, by_what: &str) {
    match commit(engine, 2) {
        Err(CommitError::Displaced { by }) => assert!(by.contains(by_what), "{by}"),
        other => panic!("{other:?}"),
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir(to).expect("a directory");
    for path in files(from, "").iter().filter(|path| path.is_file()) {
        std::fs::copy(path, to.join(path.file_name().expect("a name"))).expect("it is copied");
    }
}

#[test]
fn a_writer_whose_directory_was_replaced_stops() {
    let (directory, options, engine) = store();
    let aside = directory.path().join("aside");
    std::fs::rename(&options.directory, &aside).expect("it is moved");
    copy(&aside, &options.directory);
    let second = open(&options);
    displaced(&engine, "moved away or replaced");
    commit(&second, 3).expect("the second has its own");
    drop((engine, second));
    let engine = open(&options);
    assert!(holds(&engine, 1) && !holds(&engine, 2) && holds(&engine, 3));
}

#[test]
fn a_writer_whose_journal_was_removed_stops_instead_of_writing_where_nobody_reads() {
    let (_directory, options, engine) = store();
    let journal = files(&options.directory, "journal-").pop().expect("a journal");
    std::fs::remove_file(journal).expect("it is removed");
    displaced(&engine, "journal-00000001 was removed, replaced or written by others");
}

/// As if a backup were copied over the files of a running store.
#[test]
fn a_writer_whose_journal_was_cut_shorter_stops_instead_of_leaving_a_hole() {
    let (_directory, options, engine) = store();
    let journal = files(&options.directory, "journal-").pop().expect("a journal");
    let file = std::fs::OpenOptions::new().write(true).open(journal).expect("it is there");
    file.set_len(200).expect("it is cut");
    displaced(&engine, "written by others");
}

#[test]
fn who_only_reads_is_not_kept_out_by_a_lock_that_can_not_be_had() {
    use cms_core::engine::local::Access;
    let (directory, options, engine) = store();
    let reading = LocalOptions { access: Access::Read, ..options.clone() };
    refused(&reading);
    drop(engine);
    let before = listing(&options.directory);
    let reader = open(&reading);
    assert!(holds(&reader, 1));
    match commit(&reader, 2) {
        Err(CommitError::ReadOnly { damaged: false, .. }) => {}
        other => panic!("{other:?}"),
    }
    drop(reader);
    assert!(listing(&options.directory) == before, "nothing was changed");
    // A writer may come while somebody reads.
    let reader = open(&reading);
    drop(open(&options));
    assert!(holds(&reader, 1));
    drop(reader);
    // A copy without a lock and without sled.
    let copied = directory.path().join("copy");
    copy(&options.directory, &copied);
    std::fs::remove_file(copied.join("LOCK")).expect("it is removed");
    let reader = open(&LocalOptions { access: Access::Read, ..LocalOptions::new(&copied) });
    assert!(holds(&reader, 1));
    let found = reader.verify(&mut |_| std::ops::ControlFlow::Continue(())).expect("it verifies");
    assert_eq!(found.damages, []);
    assert!(!copied.join("LOCK").exists() && !copied.join("sled").exists(), "nothing was made");
}

fn listing(directory: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let files = files(directory, "").into_iter().filter(|path| path.is_file());
    files.map(|path| (path.clone(), std::fs::read(path).expect("it is read"))).collect()
}
