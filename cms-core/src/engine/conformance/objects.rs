//! Laws of objects.

use std::ops::ControlFlow;

use super::{Subject, apply, document, operation, transaction};
use crate::{
    engine::PAGE_ROWS_MAX,
    engine::ReadError,
    model::{
        id::ObjectId,
        object::{Object, ObjectKind, Space},
    },
};

fn channel() -> Space {
    Space::Channel("teachers".parse().expect("a name"))
}

pub(super) fn given_back(subject: &mut dyn Subject) {
    let objects: Vec<Object> = ObjectKind::ALL
        .iter()
        .map(|kind| Object::new(*kind, format!("bytes of {kind:?}")))
        .collect();
    let mut adding = transaction(operation(1));
    for object in &objects {
        adding = adding.adding(Space::Source, object.clone());
    }
    apply(subject.engine(), adding);
    for _ in 0..2 {
        for object in &objects {
            // Documents and media of the same bytes share an id; these differ in bytes.
            assert_eq!(
                subject.engine().object(&Space::Source, object.id()).unwrap().as_ref(),
                Some(object)
            );
        }
        let absent = ObjectId::of(ObjectKind::Document, b"never written");
        assert_eq!(subject.engine().object(&Space::Source, absent).unwrap(), None);
        let asked = [absent, objects[0].id(), absent, objects[1].id()];
        let held = subject.engine().holds(&Space::Source, &asked).unwrap();
        assert_eq!(held, [false, true, false, true]);
        subject.reopen();
    }
}

pub(super) fn idempotent(subject: &mut dyn Subject) {
    let object = document("once");
    let twice = |number| {
        transaction(operation(number))
            .adding(Space::Source, object.clone())
            .adding(Space::Source, object.clone())
    };
    apply(subject.engine(), twice(1));
    apply(subject.engine(), twice(2));
    subject.reopen();
    apply(subject.engine(), twice(3));
    let listed = subject.engine().objects(&Space::Source, None, 10).unwrap();
    assert_eq!(listed, [object.id()]);
    assert_eq!(subject.engine().object(&Space::Source, object.id()).unwrap(), Some(object));
}

pub(super) fn spaces_apart(subject: &mut dyn Subject) {
    assert_eq!(subject.engine().spaces().unwrap(), []);
    let (draft, published) = (document("draft"), document("published"));
    apply(
        subject.engine(),
        transaction(operation(1))
            .adding(Space::Source, draft.clone())
            .adding(channel(), published.clone()),
    );
    for _ in 0..2 {
        let engine = subject.engine();
        assert_eq!(engine.object(&Space::Public, draft.id()).unwrap(), None);
        assert_eq!(engine.object(&channel(), draft.id()).unwrap(), None);
        assert_eq!(engine.object(&Space::Source, published.id()).unwrap(), None);
        assert_eq!(engine.object(&channel(), published.id()).unwrap(), Some(published.clone()));
        assert_eq!(engine.holds(&Space::Public, &[draft.id()]).unwrap(), [false]);
        assert_eq!(engine.objects(&Space::Public, None, 10).unwrap(), []);
        assert_eq!(engine.spaces().unwrap(), [Space::Source, channel()]);
        subject.reopen();
    }
    apply(subject.engine(), transaction(operation(2)).adding(Space::Public, draft.clone()));
    assert_eq!(subject.engine().object(&Space::Public, draft.id()).unwrap(), Some(draft));
    assert_eq!(
        subject.engine().spaces().unwrap(),
        [Space::Source, Space::Public, channel()],
        "spaces are listed in their order"
    );
}

pub(super) fn paged(subject: &mut dyn Subject) {
    let mut expected: Vec<ObjectId> = Vec::new();
    for batch in 0..3 {
        let mut adding = transaction(operation(batch));
        for number in 0..500 {
            let object = document(format!("{batch} {number}"));
            expected.push(object.id());
            adding = adding.adding(Space::Source, object);
        }
        apply(subject.engine(), adding);
    }
    expected.sort_unstable();
    for rows_max in [7, PAGE_ROWS_MAX, usize::MAX] {
        let mut listed: Vec<ObjectId> = Vec::new();
        loop {
            let page =
                subject.engine().objects(&Space::Source, listed.last().copied(), rows_max).unwrap();
            assert!(page.len() <= rows_max.min(PAGE_ROWS_MAX), "a page keeps its limit");
            if page.is_empty() {
                break;
            }
            listed.extend(page);
        }
        assert!(listed == expected, "every object is listed once, in order");
        subject.reopen();
    }
    assert_eq!(subject.engine().objects(&Space::Source, None, 0).unwrap(), []);
}

pub(super) fn extremes(subject: &mut dyn Subject) {
    let empty = Object::new(ObjectKind::Media, "");
    let large: Vec<u8> =
        (0..9u32 << 20).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let large = Object::new(ObjectKind::Media, large);
    apply(
        subject.engine(),
        transaction(operation(1))
            .adding(Space::Source, empty.clone())
            .adding(Space::Source, large.clone()),
    );
    for _ in 0..2 {
        for object in [&empty, &large] {
            let found = subject.engine().object(&Space::Source, object.id()).unwrap();
            assert!(found.as_ref() == Some(object), "{object:?} comes back whole");
        }
        subject.reopen();
    }
}

pub(super) fn verified(subject: &mut dyn Subject) {
    for number in 0..20 {
        apply(
            subject.engine(),
            transaction(operation(number)).adding(Space::Source, document(format!("{number}"))),
        );
    }
    for _ in 0..2 {
        let mut told = 0;
        let mut tell = |size_bytes| {
            told = size_bytes;
            ControlFlow::Continue(())
        };
        let verification = subject.engine().verify(&mut tell).unwrap();
        let ended = subject.engine().verify(&mut |_| ControlFlow::Break(()));
        assert!(matches!(ended, Err(ReadError::Cancelled)), "whoever asks may end it: {ended:?}");
        assert_eq!(verification.damages, []);
        assert_eq!(verification.objects_count, 20);
        assert!(verification.size_bytes >= 30 && told > 0, "progress is told");
        let usage = subject.engine().usage().unwrap();
        assert!(usage.rows.iter().any(|row| row.size_bytes > 0), "{usage:?}");
        subject.reopen();
    }
}
