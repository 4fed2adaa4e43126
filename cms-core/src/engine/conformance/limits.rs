//! Laws of what is refused, and that a refusal is complete.

use bytes::Bytes;

use super::{Subject, apply, cell, document, operation, put, read, transaction};
use crate::{
    engine::{
        BATCH_SIZE_BYTES_MAX, BATCH_TRANSACTIONS_MAX, CELL_SIZE_BYTES_MAX, CommitError, Expected,
        OBJECT_SIZE_BYTES_MAX, Transaction,
    },
    model::object::{Object, ObjectKind, Space},
};

/// Commits a good transaction and then the bad one, and checks that neither was done.
fn check_refused(subject: &mut dyn Subject, mut bad: Vec<Transaction>) {
    let name = cell("witness", "w");
    let witness = document("of a refused batch");
    let good = transaction(operation(u64::MAX))
        .adding(Space::Source, witness.clone())
        .swapping(put(name.clone(), Expected::Absent, "w"));
    bad.insert(0, good);
    let answer = subject.engine().commit(bad);
    assert!(
        matches!(answer, Err(CommitError::Refused { .. })),
        "{:?}",
        answer.map(|all| all.len())
    );
    for _ in 0..2 {
        assert_eq!(read(subject.engine(), &name), None);
        assert_eq!(subject.engine().object(&Space::Source, witness.id()).unwrap(), None);
        assert_eq!(subject.engine().outcome(operation(u64::MAX)).unwrap(), None);
        subject.reopen();
    }
    apply(subject.engine(), transaction(operation(1)));
}

pub(super) fn one_group(subject: &mut dyn Subject) {
    let absent = |group, name| put(cell(group, name), Expected::Absent, "x");
    let two_groups = transaction(operation(1))
        .swapping(absent("branch/main", "head"))
        .swapping(absent("branch/other", "head"));
    check_refused(subject, vec![two_groups]);
    let twice = transaction(operation(2))
        .swapping(absent("branch/main", "head"))
        .swapping(absent("branch/main", "other"))
        .swapping(absent("branch/main", "head"));
    check_refused(subject, vec![twice]);
}

pub(super) fn object_size(subject: &mut dyn Subject) {
    let bytes = vec![7; OBJECT_SIZE_BYTES_MAX + 1];
    let large = Object::new(ObjectKind::Media, bytes);
    check_refused(subject, vec![transaction(operation(1)).adding(Space::Source, large)]);
}

pub(super) fn cell_size(subject: &mut dyn Subject) {
    let large = put(cell("draft", "d"), Expected::Absent, vec![7; CELL_SIZE_BYTES_MAX + 1]);
    check_refused(subject, vec![transaction(operation(1)).swapping(large)]);
}

pub(super) fn batch_size(subject: &mut dyn Subject) {
    let many = (0..BATCH_TRANSACTIONS_MAX as u64).map(|n| transaction(operation(n))).collect();
    check_refused(subject, many);
    // The same bytes many times: what counts is what is passed in, not what would be stored.
    let large = Object::new(ObjectKind::Media, vec![7; OBJECT_SIZE_BYTES_MAX]);
    let mut fat = transaction(operation(1)).audited(Bytes::from_static(b"x"));
    for _ in 0..BATCH_SIZE_BYTES_MAX / OBJECT_SIZE_BYTES_MAX {
        fat = fat.adding(Space::Source, large.clone());
    }
    check_refused(subject, vec![fat]);
}

pub(super) fn space_name(subject: &mut dyn Subject) {
    // It is written like the space of previews, and would be read as that.
    let space = Space::Channel("preview".parse().expect("a name"));
    let bad = transaction(operation(1)).adding(space, document("x"));
    check_refused(subject, vec![bad]);
}
