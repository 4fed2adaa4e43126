//! Stores written by earlier programs must still open. Each folder of `tests/fixtures/engine` is one.

use std::ops::ControlFlow;

use std::path::Path;

use cms_core::{
    engine::{
        Engine, Expected, Position,
        conformance::{cell, operation, put, transaction},
        local::{Derived, LocalOptions},
    },
    model::object::{Object, ObjectKind, Space},
};

use super::{files, open, short_journals};

const COUNT: u64 = 12;

fn object(number: u64) -> Object {
    let kind = ObjectKind::ALL[number as usize % ObjectKind::ALL.len()];
    Object::new(kind, format!("object {number} of the pinned store"))
}

fn space(number: u64) -> Space {
    [Space::Source, Space::Public, Space::Channel("teachers".parse().unwrap())][number as usize % 3]
        .clone()
}

fn write(engine: &dyn Engine) {
    for number in 0..COUNT {
        let each = transaction(operation(number))
            .adding(space(number), object(number))
            .swapping(put(
                cell("branch/main", &format!("cell-{number}")),
                Expected::Absent,
                format!("value {number}"),
            ))
            .audited(format!("record {number}"));
        engine.commit(vec![each]).expect("it is committed");
    }
}

fn check(engine: &dyn Engine) {
    for number in 0..COUNT {
        let expected = object(number);
        let found = engine.object(&space(number), expected.id()).expect("it is read");
        assert_eq!(found, Some(expected));
        let name = cell("branch/main", &format!("cell-{number}"));
        let found = engine.cell(&name).expect("it is read").expect("it is there");
        assert_eq!((found.version, found.value), (number + 1, format!("value {number}").into()));
        let applied = engine.outcome(operation(number)).expect("it is read");
        assert_eq!(applied.map(|applied| applied.position), Some(Position(number + 1)));
    }
    let audit = engine.audit(Position(0), 100).expect("it is read");
    assert_eq!(audit.len() as u64, COUNT);
    for (record, number) in audit.iter().zip(0..) {
        assert_eq!(record.bytes, format!("record {number}"));
    }
    assert_eq!(engine.verify(&mut |_| ControlFlow::Continue(())).expect("it verifies").damages, []);
}

/// Writes the fixture of today's format: `CMS_TEST_WRITE_FIXTURE=1 cargo nextest run pinned`.
#[test]
fn a_store_of_today_is_what_the_fixture_holds() {
    let directory = tempfile::tempdir().expect("a directory");
    let options = short_journals(&directory.path().join("store"), 1500);
    write(&open(&options));
    check(&open(&options));
    if std::env::var_os("CMS_TEST_WRITE_FIXTURE").is_some() {
        let fixture = fixtures().join("format-1");
        let _ = std::fs::remove_dir_all(&fixture);
        std::fs::create_dir_all(&fixture).expect("a directory");
        for file in files(&options.directory, "").iter().filter(|file| file.is_file()) {
            let name = file.file_name().expect("a name");
            if name != "LOCK" {
                std::fs::copy(file, fixture.join(name)).expect("it is copied");
            }
        }
    }
}

fn fixtures() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/engine")
}

#[test]
fn every_pinned_store_opens() {
    let stores = files(&fixtures(), "format-");
    assert!(!stores.is_empty());
    for store in stores {
        for derived in [Derived::Use, Derived::Rebuild] {
            let directory = tempfile::tempdir().expect("a directory");
            for file in files(&store, "") {
                let target = directory.path().join(file.file_name().expect("a name"));
                std::fs::copy(file, target).expect("it is copied");
            }
            let options = LocalOptions { derived, ..short_journals(directory.path(), 1500) };
            check(&open(&options));
            check(&open(&options));
        }
    }
}
