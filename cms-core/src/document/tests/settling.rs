//! Conflicts settled one by one.

use serde_json::{Value, json};

use super::{kind, merged, sides};
use crate::document::{Choice, SettleError, Shape, Sides, settle};

/// Settles the conflict at a pointer and checks what the terms then merge to.
#[track_caller]
fn check(shape: Shape<'_>, terms: [Value; 3], pointer: &str, choice: &Choice, expected: &Value) {
    let terms = sides(terms);
    let count = merged(shape, terms.as_ref()).conflicts.len();
    let settled = settle(shape, terms.as_ref().map(Some), pointer, choice);
    let settled = settled.expect("it can be settled").map(|term| term.expect("it is there"));
    let found = merged(shape, settled.as_ref());
    assert_eq!(found.conflicts.len(), count - 1);
    assert_eq!(found.document.as_ref(), Some(expected));
}

#[test]
fn a_value_is_chosen() {
    let terms = || [json!({"a": 1, "b": 1}), json!({"a": 2, "b": 2}), json!({"a": 3, "b": 3})];
    check(Shape::Inferred, terms(), "/a", &Choice::Ours, &json!({"a": 2, "b": 2}));
    check(Shape::Inferred, terms(), "/a", &Choice::Theirs, &json!({"a": 3, "b": 2}));
    check(Shape::Inferred, terms(), "/a", &Choice::Value(json!(9)), &json!({"a": 9, "b": 2}));
}

#[test]
fn a_removed_element_stays_away_or_comes_back() {
    let exercise = kind("exercise");
    let shape = Shape::Kind(&exercise);
    let item = |id: &str, text: &str| json!({"id": id, "question": {"content": text}});
    let with = |items: &[Value]| json!({"items": items});
    let base = with(&[item("a", "1"), item("b", "2"), item("c", "3")]);
    let ours = with(&[item("a", "1"), item("c", "3")]);
    let theirs = with(&[item("a", "1"), item("b", "two"), item("c", "3")]);
    let terms = || [base.clone(), ours.clone(), theirs.clone()];
    check(shape, terms(), "/items/b", &Choice::Ours, &ours);
    check(shape, terms(), "/items/b", &Choice::Theirs, &theirs);
}

#[test]
fn an_order_is_chosen() {
    let (base, ours, theirs) =
        (json!(["a", "b", "c"]), json!(["b", "a", "c"]), json!(["a", "c", "b"]));
    let terms = || [base.clone(), ours.clone(), theirs.clone()];
    check(Shape::Inferred, terms(), "", &Choice::Ours, &ours);
    check(Shape::Inferred, terms(), "", &Choice::Theirs, &theirs);
    let other = json!(["c", "b", "a"]);
    check(Shape::Inferred, terms(), "", &Choice::Value(other.clone()), &other);
    let refused =
        |choice: Choice| settle(Shape::Inferred, sides(terms()).as_ref().map(Some), "", &choice);
    let pointer = String::new;
    assert_eq!(refused(Choice::Both), Err(SettleError::NotBoth { pointer: pointer() }));
    assert_eq!(
        refused(Choice::Value(json!(["a"]))),
        Err(SettleError::NotAnOrder { pointer: pointer() })
    );
}

#[test]
fn both_texts_stand_after_one_another() {
    let unit = kind("unit");
    let with = |text: &str| json!({"description": text});
    check(
        Shape::Kind(&unit),
        [with("A.\n\nB."), with("A.\n\nC."), with("A.\n\nD.")],
        "/description",
        &Choice::Both,
        &with("A.\n\nC.\n\nD."),
    );
}

#[test]
fn what_does_not_conflict_is_not_settled() {
    let refused = settle(Shape::Inferred, Sides::default(), "/a", &Choice::Ours);
    assert_eq!(refused, Err(SettleError::NoConflict { pointer: "/a".to_owned() }));
}
