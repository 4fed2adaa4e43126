//! Rot, and files that are not what they should be: reported by name, and never used for an answer.

use std::ops::ControlFlow;

use std::path::Path;

use cms_core::{
    engine::{
        CommitError, Engine, Expected, Lost, OperationId, Position, ReadError,
        conformance::{cell, document, operation, put, transaction},
        local::{Derived, LocalEngine, LocalOptions, OpenError},
    },
    model::object::{Object, Space},
};

use super::{files, long, open, short_journals};

const COUNT: u64 = 60;

fn object(number: u64) -> Object {
    document(format!("object {number} {}", "y".repeat((number * 31 % 300) as usize)))
}

fn name(number: u64) -> cms_core::engine::CellName {
    cell("draft/d", &format!("entry-{number}"))
}

/// A store with some of everything: segments, a merged index, a checkpoint, audit files, a journal.
fn store(directory: &Path) -> LocalOptions {
    let options = short_journals(&directory.join("store"), 2_000);
    let engine = open(&options);
    for number in 0..COUNT {
        let each = transaction(operation(number))
            .adding(Space::Source, object(number))
            .swapping(put(name(number), Expected::Absent, format!("value {number}")))
            .audited(format!("record {number}"));
        engine.commit(vec![each]).expect("it is committed");
    }
    drop(engine);
    options
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a directory");
    for entry in std::fs::read_dir(from).expect("the directory is there") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("it is copied");
        }
    }
}

/// Checks that every answer is right; returns how many questions could not be answered.
fn check_answers(engine: &dyn Engine) -> usize {
    let (mut damaged, mut missing) = (0, 0);
    let mut note = |error: ReadError| {
        assert!(matches!(error, ReadError::Damaged { .. }), "{error:?}");
        damaged += 1;
    };
    for number in 0..COUNT {
        let expected = object(number);
        match engine.object(&Space::Source, expected.id()) {
            Ok(found) => assert_eq!(found, Some(expected)),
            Err(error) => note(error),
        }
        match engine.cell(&name(number)) {
            Ok(Some(found)) => assert_eq!(found.value, format!("value {number}")),
            // If a file is gone, what it said about cells is gone with it.
            Ok(None) => missing += 1,
            Err(error) => note(error),
        }
    }
    match engine.audit(Position(0), 1000) {
        Ok(records) => {
            for record in &records {
                let number = record.position.0 - 1;
                assert_eq!(record.bytes, format!("record {number}"));
                assert_eq!(record.operation, operation(number));
            }
            missing += COUNT as usize - records.len();
        }
        Err(error) => note(error),
    }
    damaged + missing
}

/// Flips bits all over the files of one kind. Every answer stays right, at most the thing that holds the bit is not
/// answered, and verifying names the file unless the byte did not matter because its content was rebuilt.
fn check_flips(prefix: &str) {
    let directory = tempfile::tempdir().expect("a directory");
    let options = store(directory.path());
    let whole = directory.path().join("whole");
    std::fs::rename(&options.directory, &whole).expect("it is moved");
    let (mut told, mut healed) = (0, 0);
    for original in files(&whole, prefix).iter().rev().take(2) {
        let bytes = std::fs::read(original).expect("it is read");
        let stride = if long() { 1 } else { bytes.len().div_ceil(60) };
        for at in (0..bytes.len()).step_by(stride) {
            let _ = std::fs::remove_dir_all(&options.directory);
            copy(&whole, &options.directory);
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << (at % 8);
            let file_name = original.file_name().expect("a name");
            std::fs::write(options.directory.join(file_name), damaged).expect("it is written");
            let engine = open(&options);
            let unanswered = check_answers(&engine);
            assert!(unanswered <= 1, "{prefix} at {at}: {unanswered} are not answered");
            let verified = engine.verify(&mut |_| ControlFlow::Continue(()));
            let damages = verified.expect("it verifies").damages;
            if damages.is_empty() {
                assert_eq!(unanswered, 0, "{prefix} at {at}");
                healed += 1;
            } else {
                let named = file_name.to_string_lossy();
                assert!(damages.iter().any(|damage| damage.file == named), "{damages:?}");
                told += 1;
            }
        }
    }
    eprintln!("{prefix}: {told} told by verify, {healed} made anew");
    assert!(told + healed > 50);
    let may_heal = matches!(prefix, "index-" | "journal-");
    assert!(healed == 0 || may_heal, "{healed} flips of {prefix} went unseen");
}

#[test]
fn a_flip_in_a_segment_is_seen() {
    check_flips("segment-");
}

#[test]
fn a_flip_in_an_index_is_seen_or_mended() {
    check_flips("index-");
}

#[test]
fn a_flip_in_a_checkpoint_is_seen() {
    check_flips("checkpoint-");
}

#[test]
fn a_flip_in_an_audit_file_is_seen() {
    check_flips("audit-");
}

#[test]
fn a_flip_in_the_manifest_is_seen() {
    check_flips("MANIFEST");
}

#[test]
fn a_flip_in_the_journal_is_seen_unless_it_is_in_the_closing_mark() {
    check_flips("journal-");
}

#[test]
fn a_store_that_is_damaged_where_writing_builds_on_it_is_read_and_not_written() {
    let directory = tempfile::tempdir().expect("a directory");
    let options = LocalOptions::new(directory.path().join("store"));
    let engine = open(&options);
    for number in 0..5 {
        let each = transaction(operation(number)).adding(Space::Source, object(number));
        engine.commit(vec![each]).expect("it is committed");
    }
    drop(engine);
    let journal = files(&options.directory, "journal-").pop().expect("a journal");
    let mut bytes = std::fs::read(&journal).expect("it is read");
    let at = bytes.windows(8).position(|window| window == b"object 3").expect("it is in there");
    bytes[at] ^= 1;
    std::fs::write(&journal, &bytes).expect("it is written");
    let engine = open(&options);
    for number in [0, 1, 2, 4] {
        let found = engine.object(&Space::Source, object(number).id()).expect("it is read");
        assert_eq!(found, Some(object(number)));
    }
    let more = transaction(operation(9)).adding(Space::Source, object(9));
    match engine.commit(vec![more]) {
        Err(CommitError::ReadOnly { damaged: true, why }) => {
            assert!(why.contains("journal-00000001") && why.contains("transaction 3"), "{why}");
        }
        other => panic!("{other:?}"),
    }
    let lost = engine.damages().iter().map(|damage| damage.lost.clone());
    let lost: Vec<Lost> = lost.collect();
    assert!(lost.contains(&Lost::Object(Space::Source, object(3).id())), "{lost:?}");
    assert!(lost.contains(&Lost::Transactions { first: 4, last: Some(4) }), "{lost:?}");
    drop(engine);
    let now = std::fs::read(&journal).expect("it is read");
    assert!(now == bytes, "nothing was changed");
}

#[test]
fn the_last_acknowledged_frame_may_not_be_torn_off() {
    let directory = tempfile::tempdir().expect("a directory");
    let options = LocalOptions::new(directory.path().join("store"));
    drop(open(&options));
    let engine = open(&options);
    let each = transaction(operation(1)).adding(Space::Source, object(1));
    engine.commit(vec![each]).expect("it is committed");
    // As after a kill: sled knows the frame, and no closing mark follows.
    let killed = directory.path().join("killed");
    drop(engine);
    copy(&options.directory, &killed);
    let options = LocalOptions::new(&killed);
    let journal = files(&killed, "journal-").pop().expect("a journal");
    let bytes = std::fs::read(&journal).expect("it is read");
    let frame = bytes.windows(8).rposition(|window| window == b"object 1").expect("the frame");
    std::fs::write(&journal, &bytes[..frame]).expect("it is cut");
    let engine = open(&options);
    match engine.refusal() {
        Some(CommitError::ReadOnly { damaged: true, why }) => {
            assert!(why.contains("journal-00000001") && why.contains("acknowledged"), "{why}");
        }
        other => panic!("{other:?}"),
    }
    drop(engine);
    // An operator who accepts the loss can go on without what sled knew.
    let engine = open(&LocalOptions { derived: Derived::Rebuild, ..options });
    assert_eq!(engine.object(&Space::Source, object(1).id()).expect("it is read"), None);
}

#[test]
fn sled_may_be_gone_stale_or_garbage() {
    let directory = tempfile::tempdir().expect("a directory");
    let options = store(directory.path());
    let sled = options.cell_index_directory.clone();
    let stale = directory.path().join("stale");
    copy(&sled, &stale);
    let change = |engine: &LocalEngine, number: u64| {
        let each = transaction(operation(1000 + number)).swapping(put(
            cell("later", &format!("{number}")),
            Expected::Absent,
            "new",
        ));
        engine.commit(vec![each]).expect("it is committed");
    };
    let spoil: [(&str, &dyn Fn()); 5] = [
        ("gone", &|| std::fs::remove_dir_all(&sled).expect("it is removed")),
        ("stale", &|| {
            std::fs::remove_dir_all(&sled).expect("it is removed");
            copy(&stale, &sled);
        }),
        ("empty files", &|| {
            for file in files(&sled, "") {
                if file.is_file() {
                    std::fs::write(file, b"").expect("it is written");
                }
            }
        }),
        ("garbage", &|| {
            for file in files(&sled, "").iter().filter(|file| file.is_file()) {
                let size = std::fs::metadata(file).expect("it is there").len() as usize;
                std::fs::write(file, vec![0xa5; size]).expect("it is written");
            }
        }),
        ("flipped", &|| {
            for file in files(&sled, "").iter().filter(|file| file.is_file()) {
                let mut bytes = std::fs::read(file).expect("it is read");
                for at in (40..bytes.len()).step_by(97) {
                    bytes[at] ^= 0x40;
                }
                std::fs::write(file, bytes).expect("it is written");
            }
        }),
    ];
    for (number, (how, spoil)) in (0..).zip(spoil) {
        eprintln!("sled is {how}");
        change(&open(&options), number);
        spoil();
        let engine = open(&options);
        assert_eq!(check_answers(&engine), 0);
        for earlier in 0..=number {
            let found = engine.cell(&cell("later", &format!("{earlier}"))).expect("it is read");
            assert!(found.is_some(), "cell {earlier}");
        }
        assert_eq!(
            engine.verify(&mut |_| ControlFlow::Continue(())).expect("it verifies").damages,
            []
        );
    }
}

#[test]
fn the_look_ups_are_made_anew_while_the_engine_runs() {
    let directory = tempfile::tempdir().expect("a directory");
    let engine = open(&store(directory.path()));
    engine.rebuild_index().expect("they are made anew");
    assert_eq!(check_answers(&engine), 0);
    assert_eq!(engine.verify(&mut |_| ControlFlow::Continue(())).expect("it verifies").damages, []);
    let more = transaction(OperationId([9; 16])).adding(Space::Source, document("more"));
    engine.commit(vec![more]).expect("it goes on");
}

/// The file as a later program would write it, with matching hashes.
fn of_a_newer_format(prefix: &str, version: u32, bytes: &[u8]) -> Vec<u8> {
    let mut newer = bytes.to_vec();
    newer[8..12].copy_from_slice(&version.to_le_bytes());
    // A journal's header has a hash of its own.
    let hash_at = if prefix == "journal-" { 168 - 32 } else { newer.len() - 32 };
    let hash = blake3::hash(&newer[..hash_at]);
    newer[hash_at..hash_at + 32].copy_from_slice(hash.as_bytes());
    newer
}

#[test]
fn a_newer_format_is_refused_by_name_and_version() {
    let directory = tempfile::tempdir().expect("a directory");
    let options = store(directory.path());
    for prefix in ["MANIFEST", "journal-", "index-", "checkpoint-"] {
        let file = files(&options.directory, prefix).pop().expect("such a file");
        let before = std::fs::read(&file).expect("it is read");
        let newest = if prefix == "MANIFEST" { 2 } else { 1 };
        let newer = of_a_newer_format(prefix, newest + 1, &before);
        std::fs::write(&file, newer).expect("it is written");
        match LocalEngine::open(options.clone()).map(|_| ()) {
            Err(OpenError::Newer { file: named, found, known }) => {
                assert_eq!((found, known), (newest + 1, newest));
                assert_eq!(named, file.file_name().expect("a name").to_string_lossy());
            }
            other => panic!("{prefix}: {other:?}"),
        }
        std::fs::write(&file, before).expect("it is written");
    }
    assert_eq!(check_answers(&open(&options)), 0, "nothing was changed");
}

#[test]
fn a_second_engine_on_a_directory_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let options = LocalOptions::new(directory.path().join("store"));
    let engine = open(&options);
    match LocalEngine::open(options.clone()).map(|_| ()) {
        Err(OpenError::InUse { holder, directory }) => {
            assert_eq!(holder, format!("process {}", std::process::id()));
            assert_eq!(directory, options.directory);
        }
        other => panic!("{other:?}"),
    }
    drop(engine);
    open(&options);
}

#[test]
fn a_missing_file_is_told_by_name() {
    for prefix in ["MANIFEST", "journal-", "segment-", "audit-", "index-", "checkpoint-"] {
        let directory = tempfile::tempdir().expect("a directory");
        let options = store(directory.path());
        let file = files(&options.directory, prefix).into_iter().next().expect("such a file");
        std::fs::remove_file(&file).expect("it is removed");
        let named = file.file_name().expect("a name").to_string_lossy().into_owned();
        let engine = open(&options);
        let unanswered = check_answers(&engine);
        let verified = engine.verify(&mut |_| ControlFlow::Continue(()));
        let damages = verified.expect("it verifies").damages;
        let told = damages.iter().any(|damage| damage.file == named);
        assert!(told || (prefix == "index-" && unanswered == 0), "{prefix}: {damages:?}");
    }
}

/// The state left by a program that did not check its lock again: two processes wrote into one journal.
#[test]
fn the_traces_of_two_writers_are_read_as_far_as_they_are_whole() {
    let directory = tempfile::tempdir().expect("a directory");
    let options = LocalOptions::new(directory.path().join("store"));
    let add = |engine: &LocalEngine, number: u64| {
        let each = transaction(operation(number))
            .adding(Space::Source, object(number))
            .swapping(put(name(number), Expected::Absent, format!("value {number}")));
        engine.commit(vec![each]).expect("it is committed");
    };
    let first = open(&options);
    (0..5).for_each(|number| add(&first, number));
    // The second writes as long as it likes, starting from what it found; the first continues where it was.
    let other = LocalOptions::new(directory.path().join("other"));
    copy(&options.directory, &other.directory);
    let journal = files(&options.directory, "journal-").pop().expect("a journal");
    let begun = std::fs::read(&journal).expect("it is read").len();
    let second = open(&other);
    (20..28).for_each(|number| add(&second, number));
    drop(second);
    (5..8).for_each(|number| add(&first, number));
    drop(first);
    let theirs = files(&other.directory, "journal-").pop().expect("a journal");
    let mut both = std::fs::read(theirs).expect("it is read");
    let ours = std::fs::read(&journal).expect("it is read");
    both[begun..ours.len()].copy_from_slice(&ours[begun..]);
    std::fs::write(&journal, both).expect("it is written");
    let engine = open(&options);
    assert!(engine.refusal().is_some(), "nothing is written until somebody decides");
    for number in (0..8).chain(26..28) {
        let found = engine.object(&Space::Source, object(number).id()).expect("it is read");
        assert_eq!(found, Some(object(number)), "object {number}");
        let cell = engine.cell(&name(number)).expect("it is read").expect("it is there");
        assert_eq!(cell.value, format!("value {number}"));
    }
    let verified = engine.verify(&mut |_| ControlFlow::Continue(())).expect("it verifies");
    assert!(verified.damages.iter().all(|damage| damage.file == "journal-00000001"));
    let to = LocalOptions::new(directory.path().join("saved"));
    let saved = engine.salvage(&to, &mut |_| ControlFlow::Continue(())).expect("it is saved");
    assert!(saved.objects_count >= 10);
    add(&open(&to), 40);
}

/// Two consecutive frames, each with a damaged object, and no sled: their changes of cells are taken as they are.
#[test]
fn cells_of_frames_whose_damage_is_found_are_read_without_sled() {
    let directory = tempfile::tempdir().expect("a directory");
    let options = LocalOptions::new(directory.path().join("store"));
    let engine = open(&options);
    for number in 0..5 {
        let each = transaction(operation(number))
            .adding(Space::Source, object(number))
            .swapping(put(name(number), Expected::Absent, format!("value {number}")));
        engine.commit(vec![each]).expect("it is committed");
    }
    drop(engine);
    std::fs::remove_dir_all(&options.cell_index_directory).expect("it is removed");
    let journal = files(&options.directory, "journal-").pop().expect("a journal");
    let mut bytes = std::fs::read(&journal).expect("it is read");
    for text in [b"object 2", b"object 3"] {
        let at = bytes.windows(8).position(|window| window == text).expect("it is in there");
        bytes[at] ^= 1;
    }
    std::fs::write(&journal, &bytes).expect("it is written");
    let engine = open(&options);
    assert!(engine.refusal().is_some() && !engine.lacks_cells());
    for number in 0..5 {
        let cell = engine.cell(&name(number)).expect("it is read").expect("it is there");
        assert_eq!((cell.version, cell.value), (number + 1, format!("value {number}").into()));
    }
}
