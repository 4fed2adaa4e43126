//! Laws of transactions: wholeness, order, operation ids, positions, audit.

use bytes::Bytes;

use super::{
    Subject, applied, apply, cell, commit_one, document, operation, put, read, rejected,
    transaction,
};
use crate::{
    engine::{
        Applied, AuditRecord, BATCH_TRANSACTIONS_MAX, Expected, OPERATIONS_REMEMBERED_MIN, Outcome,
        PAGE_ROWS_MAX, Position, Swap, SwapValue,
    },
    model::object::Space,
};

pub(super) fn all_or_nothing(subject: &mut dyn Subject) {
    let (first, second) = (cell("branch/main", "a"), cell("branch/main", "b"));
    apply(
        subject.engine(),
        transaction(operation(1)).swapping(put(second.clone(), Expected::Absent, "there")),
    );
    let object = document("not to be seen");
    let half = transaction(operation(2))
        .adding(Space::Source, object.clone())
        .swapping(put(first.clone(), Expected::Absent, "x"))
        .swapping(put(second.clone(), Expected::Absent, "y"))
        .audited("not to be told");
    let why = rejected(commit_one(subject.engine(), half));
    assert_eq!(why.cell, second, "the first swap that does not fit is named");
    for _ in 0..2 {
        let engine = subject.engine();
        assert_eq!(engine.object(&Space::Source, object.id()).unwrap(), None);
        assert_eq!(read(engine, &first), None);
        assert_eq!(read(engine, &second).expect("the cell is there").value, "there");
        assert_eq!(engine.audit(Position(0), 10).unwrap(), []);
        assert_eq!(engine.outcome(operation(2)).unwrap(), None);
        subject.reopen();
    }
}

pub(super) fn batch_in_order(subject: &mut dyn Subject) {
    let name = cell("counter", "n");
    let create = |n| transaction(operation(n)).swapping(put(name.clone(), Expected::Absent, "x"));
    let delete = |n, version| {
        transaction(operation(n)).swapping(Swap {
            cell: name.clone(),
            expected: Expected::Version(version),
            value: SwapValue::Delete,
        })
    };
    let object = document("of the loser");
    let batch = vec![
        create(1),
        create(2).adding(Space::Source, object.clone()),
        delete(3, 1),
        create(4),
        create(1),
        delete(5, 1),
    ];
    let outcomes = subject.engine().commit(batch).unwrap();
    let places: Vec<Option<u64>> = outcomes
        .iter()
        .map(|outcome| match outcome {
            Outcome::Applied(applied) => Some(applied.position.0),
            Outcome::Rejected(_) => None,
        })
        .collect();
    assert_eq!(places, [Some(1), None, Some(2), Some(3), Some(1), None]);
    let Outcome::Rejected(why) = &outcomes[5] else { panic!("the last one is stale") };
    assert_eq!(why.found.as_ref().map(|cell| cell.version), Some(3), "judged over the batch");
    subject.reopen();
    assert_eq!(read(subject.engine(), &name).expect("the cell is there").version, 3);
    assert_eq!(subject.engine().object(&Space::Source, object.id()).unwrap(), None);
    assert_eq!(subject.engine().commit(Vec::new()).unwrap(), []);
}

pub(super) fn replayed(subject: &mut dyn Subject) {
    let name = cell("counter", "n");
    let create = transaction(operation(7))
        .adding(Space::Source, document("first"))
        .swapping(put(name.clone(), Expected::Absent, "first"))
        .audited("first");
    let position = apply(subject.engine(), create.clone());
    let other = transaction(operation(7))
        .adding(Space::Source, document("second"))
        .swapping(put(name.clone(), Expected::Absent, "second"))
        .audited("second");
    for _ in 0..2 {
        assert_eq!(apply(subject.engine(), create.clone()), position);
        assert_eq!(apply(subject.engine(), other.clone()), position, "the id decides");
        assert_eq!(subject.engine().outcome(operation(7)).unwrap(), Some(Applied { position }));
        assert_eq!(subject.engine().outcome(operation(8)).unwrap(), None);
        assert_eq!(read(subject.engine(), &name).expect("the cell is there").value, "first");
        assert_eq!(subject.engine().audit(Position(0), 10).unwrap().len(), 1);
        let second = document("second").id();
        assert_eq!(subject.engine().object(&Space::Source, second).unwrap(), None);
        subject.reopen();
    }
}

pub(super) fn rejected_again(subject: &mut dyn Subject) {
    let name = cell("counter", "n");
    let swap = transaction(operation(1)).swapping(put(name.clone(), Expected::Version(1), "x"));
    rejected(commit_one(subject.engine(), swap.clone()));
    rejected(commit_one(subject.engine(), swap.clone()));
    apply(subject.engine(), transaction(operation(2)).swapping(put(name, Expected::Absent, "w")));
    subject.reopen();
    apply(subject.engine(), swap);
}

pub(super) fn remembered(subject: &mut dyn Subject) {
    let mut next = 0u64;
    while next < OPERATIONS_REMEMBERED_MIN as u64 {
        let end = (next + BATCH_TRANSACTIONS_MAX as u64).min(OPERATIONS_REMEMBERED_MIN as u64);
        let batch = (next..end).map(|number| transaction(operation(number))).collect();
        let outcomes = subject.engine().commit(batch).unwrap();
        for (outcome, number) in outcomes.into_iter().zip(next..end) {
            assert_eq!(applied(outcome), Position(number + 1));
        }
        next = end;
    }
    for _ in 0..2 {
        for number in [0, 1, 5000, OPERATIONS_REMEMBERED_MIN as u64 - 1] {
            let position = Position(number + 1);
            assert_eq!(
                subject.engine().outcome(operation(number)).unwrap(),
                Some(Applied { position })
            );
        }
        subject.reopen();
    }
}

pub(super) fn positions(subject: &mut dyn Subject) {
    let name = cell("counter", "n");
    let mut expected = Expected::Absent;
    for number in 1..=20 {
        let set = put(name.clone(), expected, format!("{number}"));
        let position = apply(subject.engine(), transaction(operation(number)).swapping(set));
        assert_eq!(position, Position(number));
        expected = Expected::Version(number);
        if number % 7 == 0 {
            subject.reopen();
        }
    }
}

pub(super) fn audited(subject: &mut dyn Subject) {
    let mut expected = Vec::new();
    let mut batch = Vec::new();
    for number in 1..=2500u64 {
        let mut each = transaction(operation(number));
        if number % 2 == 0 {
            let bytes = Bytes::from(format!("record {number}"));
            each = each.audited(bytes.clone());
            expected.push(AuditRecord {
                position: Position(number),
                operation: operation(number),
                bytes,
            });
        }
        batch.push(each);
        if batch.len() == 100 {
            subject.engine().commit(std::mem::take(&mut batch)).unwrap();
        }
    }
    for rows_max in [11, PAGE_ROWS_MAX, usize::MAX] {
        let mut found: Vec<AuditRecord> = Vec::new();
        loop {
            let after = found.last().map_or(Position(0), |record| record.position);
            let page = subject.engine().audit(after, rows_max).unwrap();
            assert!(page.len() <= rows_max.min(PAGE_ROWS_MAX), "a page keeps its limit");
            if page.is_empty() {
                break;
            }
            found.extend(page);
        }
        assert!(found == expected, "every record once, in order");
        subject.reopen();
    }
    let odd = subject.engine().audit(Position(1001), 1).unwrap();
    assert_eq!(odd[0].position, Position(1002), "a position without a record may be asked for");
    assert_eq!(subject.engine().audit(Position(u64::MAX), 10).unwrap(), []);
}

pub(super) fn forgotten(subject: &mut dyn Subject) {
    let tell = |subject: &mut dyn Subject, number: u64| {
        let told = transaction(operation(number)).audited(format!("{number}"));
        subject.engine().commit(vec![told]).unwrap();
    };
    for number in 1..=20 {
        tell(subject, number);
    }
    let rest = subject.engine().audit(Position(12), 1000).unwrap();
    for _ in 0..2 {
        subject.engine().forget_audit(Position(12)).unwrap();
        assert_eq!(subject.engine().audit(Position(12), 1000).unwrap(), rest, "the rest stays");
        let all = subject.engine().audit(Position(0), 1000).unwrap();
        assert!(all.ends_with(&rest) && all.is_sorted_by_key(|record| record.position));
        subject.reopen();
    }
    subject.engine().forget_audit(Position(0)).unwrap();
    subject.engine().forget_audit(Position(u64::MAX)).unwrap();
    tell(subject, 21);
    let newest = subject.engine().audit(Position(20), 10).unwrap();
    assert_eq!(newest.len(), 1, "what is recorded afterwards is kept");
    assert_eq!(newest[0].position, Position(21));
    let found = subject.engine().verify(&mut |_| std::ops::ControlFlow::Continue(())).unwrap();
    assert_eq!(found.damages, [], "nothing is missing that should be there");
}
