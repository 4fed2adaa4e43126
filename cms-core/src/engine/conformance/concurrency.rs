//! Laws of many threads at once.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::{Subject, cell, document, list, operation, put, read, transaction};
use crate::{
    engine::{Cell, CellName, Engine, Expected, Outcome, Position},
    model::object::Space,
};

fn number(cell: Option<&Cell>) -> u64 {
    cell.map_or(0, |cell| std::str::from_utf8(&cell.value).unwrap().parse().unwrap())
}

fn increment(engine: &dyn Engine, name: &CellName, operations: &AtomicU64) {
    loop {
        let found = read(engine, name);
        let next = number(found.as_ref()) + 1;
        let each = transaction(operation(operations.fetch_add(1, Ordering::Relaxed)))
            .swapping(put(name.clone(), Expected::unchanged(found.as_ref()), next.to_string()))
            .audited("+1");
        if matches!(engine.commit(vec![each]).unwrap()[..], [Outcome::Applied(_)]) {
            return;
        }
    }
}

pub(super) fn increments(subject: &mut dyn Subject) {
    const WRITERS: u64 = 8;
    const EACH: u64 = 25;
    let names = [cell("counter/a", "n"), cell("counter/b", "n")];
    let operations = AtomicU64::new(0);
    let engine = subject.engine();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (name, operations) = (&names[(writer % 2) as usize], &operations);
            scope.spawn(move || (0..EACH).for_each(|_| increment(engine, name, operations)));
        }
    });
    for _ in 0..2 {
        for name in &names {
            assert_eq!(number(read(subject.engine(), name).as_ref()), WRITERS * EACH / 2);
        }
        let audit = subject.engine().audit(Position(0), 1000).unwrap();
        assert_eq!(audit.len() as u64, WRITERS * EACH, "one record an increment");
        subject.reopen();
    }
}

/// A writer moves two cells together and then a pointer to an object; readers look at any of them.
pub(super) fn whole(subject: &mut dyn Subject) {
    const ROUNDS: u64 = 300;
    let names = ["a", "b"].map(|name| cell("pair", name));
    let done = AtomicBool::new(false);
    let engine = subject.engine();
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !done.load(Ordering::Acquire) {
                    check_whole(engine, &names);
                }
            });
        }
        for round in 1..=ROUNDS {
            let mut each = transaction(operation(round))
                .adding(Space::Source, document(format!("object {round}")));
            for name in &names {
                let expected =
                    if round == 1 { Expected::Absent } else { Expected::Version(round - 1) };
                each = each.swapping(put(name.clone(), expected, round.to_string()));
            }
            let outcomes = engine.commit(vec![each]).unwrap();
            assert!(matches!(outcomes[..], [Outcome::Applied(_)]), "{outcomes:?}");
        }
        done.store(true, Ordering::Release);
    });
}

fn check_whole(engine: &dyn Engine, names: &[CellName; 2]) {
    // One page is one view; and of two single reads the later may not be older.
    let rows = list(engine, "pair");
    let values: Vec<u64> = rows.iter().map(|(_, cell)| number(Some(cell))).collect();
    assert!(values.len() != 1 && values.iter().all(|value| *value == values[0]), "{values:?}");
    for (first, second) in [(0, 1), (1, 0)] {
        let early = number(read(engine, &names[first]).as_ref());
        let late = number(read(engine, &names[second]).as_ref());
        assert!(late >= early, "{late} was read after {early}");
        if late > 0 {
            let id = document(format!("object {late}")).id();
            let object = engine.object(&Space::Source, id).unwrap();
            assert!(object.is_some(), "the object of round {late} is there with its cell");
        }
    }
}
