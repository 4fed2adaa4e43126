//! Look-ups, listings, merging, and flipped bits.

use std::path::Path;

use super::*;
use crate::{engine::local::disk::RealDisk, model::object::ObjectKind};

fn rows(count: u64, segment: u64) -> Vec<IndexRow> {
    let mut rows: Vec<IndexRow> = (0..count)
        .map(|number| IndexRow {
            id: ObjectId::of(ObjectKind::Media, &number.to_le_bytes()),
            segment,
            offset: number * 7,
        })
        .collect();
    rows.sort();
    rows
}

fn index(directory: &Path, number: u64, segments: Vec<u64>, rows: &[IndexRow]) -> Index {
    let path = directory.join(FileKind::Index.name(number));
    let count = rows.len() as u64;
    let rows = rows.iter().map(|row| Ok(*row));
    let entry = write(&RealDisk, path.clone(), "source", segments, count, rows).unwrap();
    Index::open(&RealDisk, path, entry, Reading::Scattered).unwrap()
}

#[test]
fn every_row_is_found_and_nothing_else() {
    let directory = tempfile::tempdir().unwrap();
    for count in [0, 1, 63, 64, 5000] {
        let rows = rows(count, 3);
        let index = index(directory.path(), count, vec![3], &rows);
        for row in &rows {
            assert_eq!(index.find(row.id).unwrap(), Some(*row));
        }
        for absent in 0..200_u32 {
            let absent = ObjectId::of(ObjectKind::Document, &absent.to_le_bytes());
            assert_eq!(index.find(absent).unwrap(), None);
        }
        for after in [0, count / 3, count.saturating_sub(1)] {
            let Some(row) = rows.get(after as usize) else { continue };
            let listed: Vec<IndexRow> = index.after(Some(row.id)).map(Result::unwrap).collect();
            assert!(listed == rows[after as usize + 1..]);
        }
        index.verify().unwrap();
    }
}

#[test]
fn ids_that_lie_unevenly_are_found_as_well() {
    let directory = tempfile::tempdir().unwrap();
    let id = |first: u8, last: u8| {
        let mut bytes = [first; 32];
        bytes[31] = last;
        ObjectId::from_bytes(bytes)
    };
    for (number, first) in [(1, 0), (2, 0x7f), (3, 0xff)] {
        let row = |last| IndexRow { id: id(first, last), segment: 3, offset: u64::from(last) };
        let rows: Vec<IndexRow> = (0..=255).step_by(2).map(row).collect();
        let index = index(directory.path(), number, vec![3], &rows);
        for last in 0..=255 {
            let expected = (last % 2 == 0).then(|| row(last));
            assert_eq!(index.find(id(first, last)).unwrap(), expected, "{first} {last}");
        }
        for other in [0, 1, 0x80, 0xfe] {
            assert_eq!(index.find(id(other, 1)).unwrap(), None);
        }
    }
}

#[test]
fn merging_keeps_the_newest_of_equal_ids() {
    let directory = tempfile::tempdir().unwrap();
    let (old, new) = (rows(300, 1), rows(200, 2));
    let (one, two) =
        (index(directory.path(), 1, vec![1], &old), index(directory.path(), 2, vec![2], &new));
    let path = directory.path().join(FileKind::Index.name(3));
    let all = merged([&one, &two].into_iter().map(|index| index.after(None)));
    let entry = write(&RealDisk, path.clone(), "source", vec![1, 2], 500, all).unwrap();
    assert_eq!(entry.count, 300);
    let both = Index::open(&RealDisk, path, entry, Reading::Scattered).unwrap();
    for row in &old {
        let expected = new.iter().find(|newer| newer.id == row.id).unwrap_or(row);
        assert_eq!(both.find(row.id).unwrap().as_ref(), Some(expected));
    }
}

#[test]
fn a_flipped_bit_is_an_error_and_never_an_absence() {
    let directory = tempfile::tempdir().unwrap();
    let rows = rows(70, 1);
    let whole = index(directory.path(), 1, vec![1], &rows);
    let bytes = std::fs::read(&whole.path).unwrap();
    for at in 0..bytes.len() - FOOTER_SIZE_BYTES {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        std::fs::write(&whole.path, &damaged).unwrap();
        let Ok(index) =
            Index::open(&RealDisk, whole.path.clone(), whole.entry.clone(), Reading::Scattered)
        else {
            continue;
        };
        let wrong = rows.iter().filter(|row| match index.find(row.id) {
            Ok(found) => found != Some(**row),
            Err(_) => false,
        });
        assert_eq!(wrong.count(), 0, "a flip at {at}");
        assert!(index.verify().is_err());
    }
}
