//! Laws of cells.

use bytes::Bytes;

use super::{Subject, apply, cell, commit_one, list, operation, put, read, rejected, transaction};
use crate::engine::{
    CELL_SIZE_BYTES_MAX, Cell, CellName, CellQuery, Expected, PAGE_ROWS_MAX, Swap, SwapValue,
};

pub(super) fn absent(subject: &mut dyn Subject) {
    let name = cell("branch/main", "head");
    assert_eq!(read(subject.engine(), &name), None);
    let create = |n| transaction(operation(n)).swapping(put(name.clone(), Expected::Absent, "one"));
    let version = apply(subject.engine(), create(1)).0;
    subject.reopen();
    let found = Some(Cell { version, value: Bytes::from("one") });
    assert_eq!(read(subject.engine(), &name), found);
    let why = rejected(commit_one(subject.engine(), create(2)));
    assert_eq!((why.cell, why.found), (name, found), "a rejection tells what is there");
}

pub(super) fn version(subject: &mut dyn Subject) {
    let name = cell("branch/main", "head");
    let set = |n, expected, value: &str| {
        transaction(operation(n)).swapping(put(name.clone(), expected, value.to_owned()))
    };
    let why = rejected(commit_one(subject.engine(), set(1, Expected::Version(1), "early")));
    assert_eq!(why.found, None);
    let first = apply(subject.engine(), set(2, Expected::Absent, "one")).0;
    let second = apply(subject.engine(), set(3, Expected::Version(first), "two")).0;
    assert!(second > first, "a version grows");
    subject.reopen();
    rejected(commit_one(subject.engine(), set(4, Expected::Version(first), "stale")));
    rejected(commit_one(subject.engine(), set(5, Expected::Version(second + 1), "ahead")));
    let cell = read(subject.engine(), &name).expect("the cell is there");
    assert_eq!((cell.version, cell.value.as_ref()), (second, &b"two"[..]));
    let same = apply(subject.engine(), set(6, Expected::unchanged(Some(&cell)), "two")).0;
    assert!(same > second, "the same value is a new version");
}

pub(super) fn delete(subject: &mut dyn Subject) {
    let name = cell("session/x", "token");
    let swap = |n, expected, value| {
        transaction(operation(n)).swapping(Swap { cell: name.clone(), expected, value })
    };
    let one = || SwapValue::Put(Bytes::from("one"));
    let first = apply(subject.engine(), swap(1, Expected::Absent, one())).0;
    rejected(commit_one(subject.engine(), swap(2, Expected::Absent, SwapValue::Delete)));
    apply(subject.engine(), swap(3, Expected::Version(first), SwapValue::Delete));
    assert_eq!(read(subject.engine(), &name), None);
    assert_eq!(list(subject.engine(), ""), []);
    subject.reopen();
    assert_eq!(read(subject.engine(), &name), None);
    rejected(commit_one(subject.engine(), swap(4, Expected::Version(first), one())));
    let again = apply(subject.engine(), swap(5, Expected::Absent, one())).0;
    assert!(again > first, "a deleted cell's version is not used again");
    apply(subject.engine(), swap(6, Expected::Version(again), SwapValue::Delete));
    apply(subject.engine(), swap(7, Expected::Absent, SwapValue::Delete));
    assert_eq!(read(subject.engine(), &name), None);
}

pub(super) fn keep(subject: &mut dyn Subject) {
    let (lock, head) = (cell("branch/main", "lock"), cell("branch/main", "head"));
    let checked = |n, expected| {
        transaction(operation(n))
            .swapping(Swap { cell: lock.clone(), expected, value: SwapValue::Keep })
            .swapping(put(head.clone(), Expected::Absent, "moved"))
    };
    rejected(commit_one(subject.engine(), checked(1, Expected::Version(1))));
    let set = transaction(operation(2)).swapping(put(lock.clone(), Expected::Absent, "free"));
    let version = apply(subject.engine(), set).0;
    rejected(commit_one(subject.engine(), checked(3, Expected::Absent)));
    assert_eq!(read(subject.engine(), &head), None);
    apply(subject.engine(), checked(4, Expected::Version(version)));
    subject.reopen();
    let kept = read(subject.engine(), &lock).expect("the cell is there");
    assert_eq!((kept.version, kept.value.as_ref()), (version, &b"free"[..]));
    assert!(read(subject.engine(), &head).is_some());
}

/// Names in the order of (group, name), which is not the order of their joined text: `a-b` sorts
/// before `a/b`, and `a` before both whatever its cells are called.
fn names() -> Vec<CellName> {
    let mut names = vec![
        cell("a", "a"),
        cell("a", "z"),
        cell("a-b", "a"),
        cell("a/b", "A"),
        cell("a/b", "a"),
        cell("draft", "x"),
    ];
    names.extend((0..25).map(|number| cell("draft/d1", &format!("entry-{number:02}"))));
    names.extend([cell("draft/d2", "x"), cell("draft=", "x"), cell("e", "x")]);
    names.sort();
    names
}

pub(super) fn listed(subject: &mut dyn Subject) {
    for (number, name) in names().into_iter().rev().enumerate() {
        let value = name.to_string();
        apply(
            subject.engine(),
            transaction(operation(number as u64)).swapping(put(name, Expected::Absent, value)),
        );
    }
    for _ in 0..2 {
        for prefix in ["", "a", "a/b", "draft", "draft/", "draft/d1", "draft/d3", "zz", "A"] {
            for rows_max in [1, 4, 25, PAGE_ROWS_MAX, usize::MAX] {
                check_listing(subject, prefix, rows_max);
            }
        }
        let none = CellQuery { rows_max: 0, ..CellQuery::default() };
        let page = subject.engine().cells(&none).unwrap();
        assert!(page.rows.is_empty() && page.more, "no rows asked for, and there are some");
        // `after` may come before or after everything that the prefix matches.
        let query = |after: CellName| CellQuery {
            group_prefix: "draft/d1".to_owned(),
            after: Some(after),
            rows_max: 100,
        };
        let before = subject.engine().cells(&query(cell("a", "a"))).unwrap();
        assert_eq!((before.rows.len(), before.more), (25, false));
        let behind = subject.engine().cells(&query(cell("zz", "a"))).unwrap();
        assert_eq!((behind.rows.len(), behind.more), (0, false));
        subject.reopen();
    }
}

fn check_listing(subject: &dyn Subject, prefix: &str, rows_max: usize) {
    let mut found = Vec::new();
    let mut query = CellQuery { group_prefix: prefix.to_owned(), after: None, rows_max };
    loop {
        let page = subject.engine().cells(&query).unwrap();
        assert!(page.rows.len() <= rows_max.min(PAGE_ROWS_MAX), "a page keeps its limit");
        query.after = page.rows.last().map(|(name, _)| name.clone());
        found.extend(page.rows.into_iter().map(|(name, cell)| {
            assert_eq!(cell.value, name.to_string(), "each name has its own value");
            name
        }));
        if !page.more {
            break;
        }
    }
    let expected: Vec<CellName> =
        names().into_iter().filter(|name| name.group().as_str().starts_with(prefix)).collect();
    assert_eq!(found, expected, "prefix {prefix:?}, {rows_max} rows a page");
}

pub(super) fn large(subject: &mut dyn Subject) {
    let name = cell("draft/d1", "essay");
    let value: Vec<u8> = (0..CELL_SIZE_BYTES_MAX).map(|n| (n % 251) as u8).collect();
    let version = apply(
        subject.engine(),
        transaction(operation(1)).swapping(put(name.clone(), Expected::Absent, value.clone())),
    )
    .0;
    subject.reopen();
    let found = read(subject.engine(), &name).expect("the cell is there");
    assert!(found.value == value, "the value comes back whole");
    let shorter = put(name.clone(), Expected::Version(version), "");
    apply(subject.engine(), transaction(operation(2)).swapping(shorter));
    subject.reopen();
    assert!(read(subject.engine(), &name).expect("the cell is there").value.is_empty());
}
