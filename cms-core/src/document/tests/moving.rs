//! Elements that one side moves and the other edits, when nothing names them.

use serde_json::{Value, json};

use super::{kind, merged, sides};
use crate::document::{Choice, ConflictReason, Shape, merge, settle};

#[track_caller]
fn check(terms: [Value; 3], expected: &Value) {
    let terms = sides(terms);
    for terms in [terms.as_ref(), terms.as_ref().swapped()] {
        let found = merged(Shape::Inferred, terms);
        assert_eq!(found.conflicts, []);
        assert_eq!(found.document.as_ref(), Some(expected));
    }
}

fn hints(texts: &[&str]) -> Value {
    let hint = |text: &&str| json!({"content": text, "replace": false});
    json!({"hints": texts.iter().map(hint).collect::<Vec<_>>()})
}

const LOOK: &str = "Look at the first picture.";
const COUNT: &str = "Count the equal parts.";
const SAY: &str = "Say how many there are.";

#[test]
fn a_hint_that_one_side_moves_and_the_other_edits_is_moved_and_edited() {
    let edited = "Say how many there really are.";
    check(
        [hints(&[LOOK, COUNT, SAY]), hints(&[SAY, LOOK, COUNT]), hints(&[LOOK, COUNT, edited])],
        &hints(&[edited, LOOK, COUNT]),
    );
    check(
        [
            hints(&[LOOK, COUNT, SAY]),
            hints(&[COUNT, LOOK, SAY]),
            hints(&["Look at the next picture.", "Count the equal pieces.", SAY]),
        ],
        &hints(&["Count the equal pieces.", "Look at the next picture.", SAY]),
    );
}

#[test]
fn rows_and_lines_that_one_side_moves_and_the_other_edits_are_moved_and_edited() {
    check(
        [
            json!([["a one", 1], ["b two", 2], ["c three", 3]]),
            json!([["c three", 3], ["a one", 1], ["b two", 2]]),
            json!([["a one", 1], ["b two", 2], ["c three", 4]]),
        ],
        &json!([["c three", 4], ["a one", 1], ["b two", 2]]),
    );
    check(
        [
            json!(["Take one egg.", "Stir it well.", "Bake it."]),
            json!(["Bake it.", "Take one egg.", "Stir it well."]),
            json!(["Take one egg.", "Stir it well.", "Bake them."]),
        ],
        &json!(["Bake them.", "Take one egg.", "Stir it well."]),
    );
}

#[test]
fn a_hint_that_one_side_parts_takes_the_words_of_the_other() {
    let exercise = kind("exercise");
    let with = |hints: &[&str]| {
        let hint = |text: &&str| json!({"content": text});
        json!({"items": [{"id": "i", "hints": hints.iter().map(hint).collect::<Vec<_>>()}]})
    };
    let (base, ours, theirs) = (
        with(&["Look at it well. Count the parts of it.", "Done."]),
        with(&["Look at it well.", "Count the parts of it.", "Done."]),
        with(&["Look at it well. Count the pieces of it.", "Done."]),
    );
    let expected = with(&["Look at it well.", "Count the pieces of it.", "Done."]);
    let terms = sides([&base, &ours, &theirs]);
    for terms in [terms, terms.swapped()] {
        let found = merged(Shape::Kind(&exercise), terms);
        assert_eq!((found.document.as_ref(), found.conflicts), (Some(&expected), vec![]));
    }
    // If that can't be known, the parts conflict with the whole.
    let whole = |text: &str| json!(["First.", text, "Last."]);
    let (base, theirs) = (whole("let a = 1; let b = 2;"), whole("let a = 1; let b = 3;"));
    let ours = json!(["First.", "let a = 1;", "let b = 2;", "Last."]);
    let found = merged(Shape::Inferred, sides([&base, &ours, &theirs]));
    let [conflict] = &found.conflicts[..] else { panic!("{:?}", found.conflicts) };
    assert_eq!(conflict.ours, Some(json!(["let a = 1;", "let b = 2;"])));
    assert_eq!(conflict.theirs, Some(json!(["let a = 1; let b = 3;"])));
}

#[test]
fn an_element_that_one_side_takes_away_and_the_other_edits_is_a_conflict() {
    let edited = "Count all of the equal parts.";
    let terms =
        sides([hints(&[LOOK, COUNT, SAY]), hints(&[LOOK, SAY]), hints(&[LOOK, edited, SAY])]);
    let found = merged(Shape::Inferred, terms.as_ref());
    let [conflict] = &found.conflicts[..] else { panic!("it is a conflict") };
    assert_eq!(conflict.within.as_deref(), Some("/hints"));
    assert_eq!(conflict.reason, ConflictReason::OursRemoved);
    assert_eq!(conflict.theirs, Some(terms.theirs["hints"][1].clone()));
    for (choice, expected) in [(Choice::Ours, &terms.ours), (Choice::Theirs, &terms.theirs)] {
        let given = terms.as_ref().map(Some);
        let settled = settle(Shape::Inferred, given, &conflict.pointer, &choice);
        let settled = settled.expect("it can be settled");
        let merged = merge(Shape::Inferred, settled.as_options());
        assert_eq!((merged.document.as_ref(), merged.conflicts), (Some(expected), vec![]));
    }
}

#[test]
fn two_elements_that_one_side_takes_away_are_two_conflicts() {
    let (base, ours, theirs) = (
        hints(&[LOOK, COUNT, SAY]),
        hints(&[SAY]),
        hints(&["Look at the first drawing.", "Count all of the equal parts.", SAY]),
    );
    let found = merged(Shape::Inferred, sides([&base, &ours, &theirs]));
    let [first, second] = &found.conflicts[..] else { panic!("{:?}", found.conflicts) };
    assert_ne!(first.pointer, second.pointer);
    let terms = sides([&base, &ours, &theirs]).map(Some);
    let settled = settle(Shape::Inferred, terms, &second.pointer, &Choice::Theirs);
    let settled = settled.expect("it can be settled");
    let left = merge(Shape::Inferred, settled.as_options());
    assert_eq!(left.document, Some(hints(&["Count all of the equal parts.", SAY])));
    assert_eq!(left.conflicts.len(), 1);
}

#[test]
fn what_conflicts_in_a_list_is_settled_there_and_nowhere_else() {
    let with = |second: &str, last: &str| json!({"list": ["First of all.", second, "Then the third.", last]});
    let (base, ours, theirs) = (
        json!({"list": ["First of all.", "One", "Then the third.", "Last"]}),
        json!({"list": ["First of all.", "Two", "Two again", "Then the third.", "Last"]}),
        json!({"list": ["First of all.", "Three", "Then the third.", "Last of all"]}),
    );
    let found = merged(Shape::Inferred, sides([&base, &ours, &theirs]));
    let [conflict] = &found.conflicts[..] else { panic!("{:?}", found.conflicts) };
    assert_eq!(conflict.within.as_deref(), Some("/list"));
    let shown = sides([json!(["One"]), json!(["Two", "Two again"]), json!(["Three"])]);
    assert_eq!(conflict.sides(), shown.as_ref().map(Some));
    for pointer in [&*conflict.pointer, "/list"] {
        let terms = sides([&base, &ours, &theirs]).map(Some);
        let settled = settle(Shape::Inferred, terms, pointer, &Choice::Theirs).expect("it can be");
        let merged = merge(Shape::Inferred, settled.as_options());
        assert_eq!(
            (merged.document, merged.conflicts),
            (Some(with("Three", "Last of all")), vec![])
        );
    }
}

#[test]
fn an_element_that_both_moved_never_stands_twice() {
    let edited = "Say how many there really are.";
    let (base, ours, theirs) = (
        hints(&[LOOK, SAY, COUNT, "Write it down."]),
        hints(&[SAY, LOOK, COUNT, "Write it down."]),
        hints(&[LOOK, COUNT, "Write it down.", edited]),
    );
    let found = merged(Shape::Inferred, sides([&base, &ours, &theirs]));
    let [conflict] = &found.conflicts[..] else { panic!("{:?}", found.document) };
    assert_eq!(conflict.pointer, "/hints");
    let whole = sides([&base, &ours, &theirs]).map(|side| Some(&side["hints"]));
    assert_eq!(conflict.sides(), whole);
}

#[test]
fn items_that_both_sides_put_in_the_place_of_others_go_by_their_names() {
    let case = |id: &str, of: &str| json!({"uuid": id, "about": of});
    let (base, ours, theirs) = (
        json!({"cases": [{"group": "All of them", "cases": [case("a", "one"), case("b", "two")]}]}),
        json!({"cases": [case("a", "one"), case("x", "new"), case("b", "two")]}),
        json!({"cases": [case("a", "one"), case("b", "two")]}),
    );
    let terms = sides([&base, &ours, &theirs]);
    for terms in [terms, terms.swapped()] {
        let found = merged(Shape::Inferred, terms);
        assert_eq!((found.document.as_ref(), found.conflicts), (Some(&ours), vec![]));
    }
}

#[test]
fn an_item_with_a_key_that_one_side_moves_and_the_other_edits_is_moved_and_edited() {
    let exercise = kind("exercise");
    let item = |id: &str, text: &str| json!({"id": id, "question": {"content": text}});
    let with = |items: [Value; 3]| json!({"items": items});
    let base = with([item("a", "One two."), item("b", "Three."), item("c", "Four.")]);
    let ours = with([item("c", "Four."), item("a", "One two."), item("b", "Three.")]);
    let theirs = with([item("a", "One two."), item("b", "Three."), item("c", "Five.")]);
    let found = merged(Shape::Kind(&exercise), sides([&base, &ours, &theirs]));
    let expected = with([item("c", "Five."), item("a", "One two."), item("b", "Three.")]);
    assert_eq!((found.document, found.conflicts), (Some(expected), vec![]));
}
