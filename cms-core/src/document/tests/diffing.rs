//! Differences as tables.

use serde_json::{Value, json};

use super::kind;
use crate::document::{ChangeKind, RunKind, Shape, Step, diff};

/// Checks what a difference reports, one line per change, and that it leads from one document to the other.
#[track_caller]
fn check(shape: Shape<'_>, before: &Value, after: &Value, expected: &[&str]) {
    let found = diff(shape, before, after);
    let told: Vec<_> = found
        .changes
        .iter()
        .map(|change| {
            let mark = match change.kind {
                ChangeKind::Set | ChangeKind::ElementAdded => "+",
                ChangeKind::Removed | ChangeKind::ElementRemoved => "-",
                ChangeKind::Changed => "~",
                ChangeKind::ElementMoved => ">",
            };
            format!("{mark} {}", change.pointer)
        })
        .collect();
    assert_eq!(told, expected);
    assert_eq!(found.apply(before).as_ref(), Ok(after));
    assert!(diff(shape, after, after).is_empty());
}

#[test]
fn changes_are_told_where_they_are() {
    check(
        Shape::Inferred,
        &json!({"a": 1, "b": {"c": 2, "d": 3}, "e/f": 4}),
        &json!({"a": 1, "b": {"c": 5, "g": 6}, "e/f": 7}),
        &["~ /b/c", "- /b/d", "+ /b/g", "~ /e~1f"],
    );
}

#[test]
fn elements_are_added_removed_moved_and_changed() {
    let exercise = kind("exercise");
    let item = |id: &str, text: &str| json!({"id": id, "question": {"content": text}});
    let before = json!({"items": [item("a", "1"), item("b", "2"), item("c", "3"), item("d", "4")]});
    let after =
        json!({"items": [item("c", "3"), item("a", "one"), item("x", "9"), item("d", "4")]});
    check(
        Shape::Kind(&exercise),
        &before,
        &after,
        &["- /items/1", "> /items/0", "~ /items/1/question/content", "+ /items/2"],
    );
    let found = diff(Shape::Kind(&exercise), &before, &after);
    assert_eq!(found.changes[1].from.as_deref(), Some("/items/2"));
    assert_eq!(found.changes[2].address, "/items/a/question/content");
    assert_eq!(
        found.changes[2].place[1],
        Step::Element { number: 2, key: Some("a".to_owned()), label: Some("one".to_owned()) }
    );
}

#[test]
fn an_edited_element_without_a_name_is_no_new_one() {
    let hint = |text: &str| json!({"content": text, "replace": false});
    let before = json!([hint("Look at the picture."), hint("Count all the equal parts.")]);
    let after =
        json!([hint("Start."), hint("Look at the picture."), hint("Count the equal parts.")]);
    check(Shape::Inferred, &before, &after, &["+ /0", "~ /2/content"]);
}

#[test]
fn prose_is_told_by_words() {
    let unit = kind("unit");
    let before = json!({"description": "One part of $\\frac{1}{2}$ stays.\n\nThe end."});
    let after = json!({"description": "One part of $\\frac{1}{3}$ stays.\n\nThe end."});
    let found = diff(Shape::Kind(&unit), &before, &after);
    let words = found.changes[0].words.as_ref().expect("prose has words");
    let runs: Vec<_> =
        words.paragraphs[0].runs.iter().map(|run| (run.kind, run.text.as_str())).collect();
    assert_eq!(
        runs,
        [
            (RunKind::Same, "One part of "),
            (RunKind::Removed, "$\\frac{1}{2}$"),
            (RunKind::Added, "$\\frac{1}{3}$"),
            (RunKind::Same, " stays.\n"),
        ]
    );
}

#[test]
fn widgets_are_named_for_people() {
    let exercise = kind("exercise");
    let with = |graded: bool| json!({"items": [{"id": "i1", "question": {"content": "", "widgets": {"radio 1": {"graded": graded}}}}]});
    let found = diff(Shape::Kind(&exercise), &with(true), &with(false));
    let widget = Step::Named { name: "radio 1".to_owned() };
    assert!(found.changes[0].place.contains(&widget), "{:?}", found.changes[0].place);
}

#[test]
fn a_difference_applies_to_its_base_alone() {
    let found = diff(Shape::Inferred, &json!({"a": 1, "b": [1, 2]}), &json!({"a": 2, "b": [2]}));
    for other in
        [json!({"a": 3, "b": [1, 2]}), json!({"a": 1, "b": []}), json!([]), json!({"b": [1, 2]})]
    {
        assert!(found.apply(&other).is_err(), "{other}");
    }
}
