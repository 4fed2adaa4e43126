//! Laws of what is taken down.

use std::ops::ControlFlow;

use super::{Subject, SwapValue, apply, cell, document, list, operation, put, read, transaction};
use crate::{
    engine::{CommitError, Engine, Expected, ReadError, Swap, TAKEN_DOWN_MAX},
    model::{
        id::ObjectId,
        object::{Object, Space},
    },
};

fn is_taken_down(engine: &dyn Engine, space: &Space, object: &Object) -> bool {
    let found = engine.object(space, object.id());
    matches!(found, Err(ReadError::TakenDown { id }) if id == object.id())
}

pub(super) fn gone(subject: &mut dyn Subject) {
    let (photo, text, never) = (document("a photo"), document("a text"), document("never added"));
    apply(
        subject.engine(),
        transaction(operation(1))
            .adding(Space::Source, photo.clone())
            .adding(Space::Public, photo.clone())
            .adding(Space::Public, text.clone()),
    );
    subject.engine().take_down(&[photo.id(), never.id()]).expect("it is taken down");
    subject.engine().take_down(&[photo.id()]).expect("doing it twice is doing it once");
    subject.engine().take_down(&[]).expect("nothing is taken down");
    for round in 0..4 {
        let engine = subject.engine();
        for space in [Space::Source, Space::Public] {
            assert!(is_taken_down(engine, &space, &photo), "round {round}, {space}");
            assert!(is_taken_down(engine, &space, &never), "an id may be taken down beforehand");
            let asked = [photo.id(), text.id()];
            let held = engine.holds(&space, &asked).unwrap();
            assert_eq!(held, [false, space == Space::Public]);
        }
        assert_eq!(engine.objects(&Space::Public, None, 10).unwrap(), [text.id()]);
        assert_eq!(engine.objects(&Space::Source, None, 10).unwrap(), []);
        assert_eq!(engine.spaces().unwrap(), [Space::Public], "a space that holds nothing");
        let verified = engine.verify(&mut |_| ControlFlow::Continue(())).unwrap();
        assert_eq!((verified.objects_count, verified.damages), (1, Vec::new()));
        if round == 1 {
            engine.purge().expect("it is purged");
        } else {
            subject.reopen();
        }
    }
}

pub(super) fn not_stored_again(subject: &mut dyn Subject) {
    let (photo, other) = (document("a photo"), document("another"));
    subject.engine().take_down(&[photo.id()]).expect("it is taken down");
    let name = cell("group", "cell");
    let adding = |number| {
        transaction(operation(number))
            .adding(Space::Source, photo.clone())
            .adding(Space::Source, other.clone())
    };
    let put_it = put(name.clone(), Expected::Absent, "written with it");
    apply(subject.engine(), adding(1).swapping(put_it));
    for _ in 0..2 {
        assert!(is_taken_down(subject.engine(), &Space::Source, &photo));
        assert_eq!(
            subject.engine().object(&Space::Source, other.id()).unwrap(),
            Some(other.clone())
        );
        assert!(read(subject.engine(), &name).is_some(), "the rest of the transaction was applied");
        subject.engine().purge().expect("it is purged");
        subject.reopen();
    }
    apply(subject.engine(), adding(2));
    assert!(is_taken_down(subject.engine(), &Space::Source, &photo));
}

pub(super) fn purged(subject: &mut dyn Subject) {
    let kept = |number: u64| document(format!("kept {number}"));
    for number in 0..30 {
        let name = cell("group", &format!("cell{}", number % 7));
        let before = read(subject.engine(), &name);
        let value = put(name, Expected::unchanged(before.as_ref()), format!("value {number}"));
        apply(
            subject.engine(),
            transaction(operation(number))
                .adding(Space::Source, kept(number))
                .adding(Space::Source, document(format!("gone {number}")))
                .swapping(value)
                .audited(format!("record {number}")),
        );
        if number % 10 == 9 {
            let gone: Vec<ObjectId> =
                (0..=number).map(|n| document(format!("gone {n}")).id()).collect();
            subject.engine().take_down(&gone).expect("they are taken down");
            subject.engine().purge().expect("it is purged");
        }
    }
    let name = cell("group", "cell0");
    let expected = Expected::unchanged(read(subject.engine(), &name).as_ref());
    let delete = Swap { cell: name, expected, value: SwapValue::Delete };
    apply(subject.engine(), transaction(operation(30)).swapping(delete));
    let cells = list(subject.engine(), "group");
    assert_eq!(cells.len(), 6);
    for _ in 0..2 {
        subject.engine().purge().expect("it is purged");
        let engine = subject.engine();
        assert_eq!(list(engine, "group"), cells);
        assert_eq!(engine.objects(&Space::Source, None, 100).unwrap().len(), 30);
        for number in 0..30 {
            let found = engine.object(&Space::Source, kept(number).id()).unwrap();
            assert_eq!(found, Some(kept(number)));
            assert!(engine.outcome(operation(number)).unwrap().is_some());
        }
        assert_eq!(engine.audit(super::Position(0), 100).unwrap().len(), 30);
        let verified = engine.verify(&mut |_| ControlFlow::Continue(())).unwrap();
        assert_eq!((verified.objects_count, verified.damages), (30, Vec::new()));
        subject.reopen();
    }
}

pub(super) fn limited(subject: &mut dyn Subject) {
    let id = |number: usize| {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        ObjectId::from_bytes(bytes)
    };
    let many: Vec<ObjectId> = (0..=TAKEN_DOWN_MAX).map(id).collect();
    let refused = subject.engine().take_down(&many);
    assert!(matches!(refused, Err(CommitError::Refused { .. })), "{refused:?}");
    assert_eq!(subject.engine().object(&Space::Source, id(1)).unwrap(), None, "all or none");
}
