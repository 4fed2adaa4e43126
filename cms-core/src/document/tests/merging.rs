//! Merges as tables.

use serde_json::{Value, json};

use super::{kind, merged, sides};
use crate::document::{Choice, ConflictReason, Shape, merge, settle};

/// Checks a merge, and that it is the same with the sides swapped.
#[track_caller]
fn check(shape: Shape<'_>, terms: [Value; 3], expected: &Value) {
    let terms = sides(terms);
    let found = merged(shape, terms.as_ref());
    assert_eq!(found.conflicts, [], "{terms:?}");
    assert_eq!(found.document.as_ref(), Some(expected));
    let swapped = merged(shape, terms.as_ref().swapped());
    assert_eq!(swapped.document.as_ref(), Some(expected), "swapped");
}

/// Checks where a merge conflicts, in both directions.
#[track_caller]
fn check_conflicts(shape: Shape<'_>, terms: [Value; 3], expected: &[&str]) {
    let terms = sides(terms);
    for terms in [terms.as_ref(), terms.as_ref().swapped()] {
        let found = merged(shape, terms);
        let pointers: Vec<_> = found.conflicts.iter().map(|one| one.pointer.as_str()).collect();
        assert_eq!(pointers, expected);
    }
}

fn items(items: &[(&str, &str)]) -> Value {
    let item = |(id, content): &(&str, &str)| json!({"id": id, "question": {"content": content}});
    json!({"title": "T", "items": items.iter().map(item).collect::<Vec<_>>()})
}

#[test]
fn fields_merge_each_for_itself() {
    check(
        Shape::Inferred,
        [json!({"a": 1, "b": 2}), json!({"a": 3, "b": 2, "c": 4}), json!({"a": 1})],
        &json!({"a": 3, "c": 4}),
    );
    check_conflicts(Shape::Inferred, [json!({"a": 1}), json!({"a": 2}), json!({"a": 3})], &["/a"]);
    check_conflicts(
        Shape::Inferred,
        [json!({"a": {"b": 1}}), json!({}), json!({"a": {"b": 2}})],
        &["/a"],
    );
    check(
        Shape::Inferred,
        [json!({}), json!({"a": {"b": 1}}), json!({"a": {"c": 2}})],
        &json!({"a": {"b": 1, "c": 2}}),
    );
}

#[test]
fn a_moved_element_keeps_what_the_other_side_wrote() {
    let exercise = kind("exercise");
    let shape = Shape::Kind(&exercise);
    let base = items(&[("i1", "One."), ("i2", "Two."), ("i3", "Three.")]);
    let ours = items(&[("i2", "Two."), ("i3", "Three."), ("i1", "One.")]);
    let theirs = items(&[("i1", "One and a half."), ("i2", "Two."), ("i3", "Three.")]);
    let expected = items(&[("i2", "Two."), ("i3", "Three."), ("i1", "One and a half.")]);
    check(shape, [base, ours, theirs], &expected);
}

#[test]
fn both_additions_at_one_place_stay_ours_first() {
    let exercise = kind("exercise");
    let base = items(&[("i1", "One.")]);
    let ours = items(&[("i1", "One."), ("i2", "Two.")]);
    let theirs = items(&[("i1", "One."), ("i3", "Three.")]);
    let found = merged(Shape::Kind(&exercise), sides([&base, &ours, &theirs]));
    assert_eq!(found.conflicts, []);
    assert_eq!(found.document, Some(items(&[("i1", "One."), ("i2", "Two."), ("i3", "Three.")])));
}

#[test]
fn removing_what_the_other_side_changed_is_a_conflict() {
    let exercise = kind("exercise");
    let shape = Shape::Kind(&exercise);
    let base = items(&[("i1", "One."), ("i2", "Two.")]);
    let ours = items(&[("i1", "One.")]);
    let theirs = items(&[("i1", "One."), ("i2", "2.")]);
    let found = merged(shape, sides([&base, &ours, &theirs]));
    assert_eq!(found.document, Some(ours.clone()));
    assert_eq!(found.conflicts[0].reason, ConflictReason::OursRemoved);
    assert_eq!(found.conflicts[0].theirs, Some(theirs["items"][1].clone()));
    check_conflicts(shape, [base.clone(), ours.clone(), theirs], &["/items/i2"]);
    check(shape, [base.clone(), ours.clone(), base.clone()], &ours);
}

#[test]
fn ids_that_were_swapped_lose_nothing() {
    let exercise = kind("exercise");
    let shape = Shape::Kind(&exercise);
    let base = items(&[("i1", "One."), ("i2", "Two.")]);
    let swapped = items(&[("i2", "One."), ("i1", "Two.")]);
    let theirs = items(&[("i1", "One."), ("i2", "Two, or so.")]);
    check_conflicts(
        shape,
        [base.clone(), swapped.clone(), theirs],
        &["/items/i2/question/content"],
    );
    check(shape, [base.clone(), swapped.clone(), base], &swapped);
}

#[test]
fn repeated_keys_fall_back_to_positions() {
    let exercise = kind("exercise");
    let shape = Shape::Kind(&exercise);
    let base = items(&[("i1", "One."), ("i1", "Two."), ("i2", "Three.")]);
    let ours = items(&[("i1", "One."), ("i1", "Two, or so."), ("i2", "Three.")]);
    let theirs = items(&[("i1", "One."), ("i1", "Two."), ("i2", "Three."), ("i3", "Four.")]);
    let expected =
        items(&[("i1", "One."), ("i1", "Two, or so."), ("i2", "Three."), ("i3", "Four.")]);
    check(shape, [base, ours, theirs], &expected);
}

#[test]
fn words_of_a_paragraph_merge() {
    let unit = kind("unit");
    let shape = Shape::Kind(&unit);
    let with = |text: &str| json!({"description": text});
    check(
        shape,
        [
            with("Add the parts of one size, and say why it works."),
            with("Add the parts of the same size, and say why it works."),
            with("Add the parts of one size, and explain why it works."),
        ],
        &with("Add the parts of the same size, and explain why it works."),
    );
    check_conflicts(
        shape,
        [
            with("Add the parts of one size."),
            with("Add the parts of two sizes."),
            with("Add the parts of any size."),
        ],
        &["/description"],
    );
}

#[test]
fn a_formula_is_never_mixed() {
    let unit = kind("unit");
    let shape = Shape::Kind(&unit);
    let with = |text: &str| json!({"description": text});
    check_conflicts(
        shape,
        [
            with("We know that $a + b = c$ holds."),
            with("We know that $a + b = d$ holds."),
            with("We know that $x + b = c$ holds."),
        ],
        &["/description"],
    );
    check(
        shape,
        [
            with("We know by now that $a + b = c$ holds."),
            with("We know by now that $a + b = d$ holds."),
            with("You know by now that $a + b = c$ holds."),
        ],
        &with("You know by now that $a + b = d$ holds."),
    );
}

#[test]
fn what_merges_beside_a_conflict_stays_whatever_is_chosen() {
    let unit = kind("unit");
    let with = |text: &str| json!({"description": text});
    let (base, ours, theirs) = (
        with("A b c.\n\nD e f.\n\nG."),
        with("A b x.\n\nD e f.\n\nG!"),
        with("A b y.\n\nD E f.\n\nG."),
    );
    let found = merged(Shape::Kind(&unit), sides([&base, &ours, &theirs]));
    let [conflict] = &found.conflicts[..] else { panic!("one conflict is expected") };
    assert_eq!(conflict.within.as_deref(), Some("/description"));
    let shown = sides(["A b c.", "A b x.", "A b y."].map(Value::from));
    assert_eq!(conflict.sides(), shown.as_ref().map(Some));
    let terms = sides([&base, &ours, &theirs]).map(Some);
    let settled = settle(Shape::Kind(&unit), terms, &conflict.pointer, &Choice::Theirs);
    let settled = settled.expect("it can be settled");
    let settled = merge(Shape::Kind(&unit), settled.as_options());
    assert_eq!(settled.document, Some(with("A b y.\n\nD E f.\n\nG!")));
    assert_eq!(settled.conflicts, []);
    let found = found.document;
    assert_eq!(found, Some(with("A b x.\n\nD E f.\n\nG!")));
}

#[test]
fn lists_of_names_merge_as_sets_in_an_order() {
    let unit = kind("unit");
    let shape = Shape::Kind(&unit);
    let with = |children: &str| {
        let child = |letter: char| format!("lesson/{letter}");
        json!({"children": children.chars().map(child).collect::<Vec<_>>()})
    };
    check(shape, [with("abcd"), with("bcda"), with("abxcd")], &with("bxcda"));
    check(shape, [with("abcd"), with("abd"), with("dabc")], &with("dab"));
    check_conflicts(shape, [with("abc"), with("bac"), with("acb")], &["/children"]);
    // Links form a set: both sides' new ones stay.
    let found = merged(shape, sides([&with("abc"), &with("axc"), &with("ayc")]));
    assert_eq!((found.document, found.conflicts), (Some(with("axyc")), vec![]));
    // Other names may be something else, such as the cards of a widget.
    check_conflicts(Shape::Inferred, [with("abc"), with("axc"), with("ayc")], &["/children/1"]);
}

#[test]
fn elements_without_names_merge_by_position() {
    let hints = |hints: &[&str]| {
        json!(hints.iter().map(|text| json!({"content": text})).collect::<Vec<_>>())
    };
    let base =
        hints(&["Look at the first picture.", "Count the equal parts.", "There are four of them."]);
    let ours = hints(&[
        "Look at the first picture.",
        "Count the equal parts of it.",
        "There are four of them.",
    ]);
    let theirs = hints(&[
        "Look at the first picture.",
        "Count the equal parts.",
        "Say how many.",
        "There are four of them.",
    ]);
    let expected = hints(&[
        "Look at the first picture.",
        "Count the equal parts of it.",
        "Say how many.",
        "There are four of them.",
    ]);
    check(Shape::Inferred, [base, ours, theirs], &expected);
    check(
        Shape::Inferred,
        [json!([1, 1, 1, 1]), json!([2, 1, 1, 1]), json!([1, 1, 1, 3])],
        &json!([2, 1, 1, 3]),
    );
    check_conflicts(Shape::Inferred, [json!([[1, 2]]), json!([[3, 2]]), json!([[1, 4]])], &["/0"]);
}

#[test]
fn a_line_that_both_moved_does_not_double() {
    check_conflicts(
        Shape::Inferred,
        [
            json!(["a;", "b;", "c;", "d;", "e;"]),
            json!(["b;", "c;", "a;", "d;", "e;"]),
            json!(["b;", "c;", "d;", "a;", "e;"]),
        ],
        &[""],
    );
}

#[test]
fn entries_that_one_side_lacks() {
    let (a, b) = (json!({"a": 1}), json!({"a": 2}));
    let of = |base, ours, theirs| {
        let found = merge(Shape::Inferred, sides([base, ours, theirs]));
        (found.document, found.conflicts.into_iter().map(|one| one.reason).collect::<Vec<_>>())
    };
    assert_eq!(of(Some(&a), None, Some(&a)), (None, vec![]));
    assert_eq!(of(Some(&a), None, Some(&b)), (None, vec![ConflictReason::OursRemoved]));
    assert_eq!(
        of(Some(&a), Some(&b), None),
        (Some(b.clone()), vec![ConflictReason::TheirsRemoved])
    );
    assert_eq!(of(None, Some(&a), None), (Some(a.clone()), vec![]));
    assert_eq!(of(None, Some(&a), Some(&b)), (Some(a.clone()), vec![ConflictReason::BothAdded]));
    assert_eq!(of(None, None, None), (None, vec![]));
}

#[test]
fn widgets_go_by_name() {
    let exercise = kind("exercise");
    let with = |widgets: Value| json!({"items": [{"id": "i1", "question": {"content": "", "widgets": widgets}}]});
    check(
        Shape::Kind(&exercise),
        [
            with(json!({"radio 1": {"type": "radio", "graded": true}})),
            with(json!({"radio 1": {"type": "radio", "graded": false}})),
            with(
                json!({"radio 1": {"type": "radio", "graded": true}, "radio 2": {"type": "radio"}}),
            ),
        ],
        &with(json!({"radio 1": {"type": "radio", "graded": false}, "radio 2": {"type": "radio"}})),
    );
}

#[test]
fn hostile_documents_do_not_stall() {
    let unit = kind("unit");
    let text = |seed: u64| {
        let mut state = seed;
        let mut text = String::with_capacity(1 << 18);
        while text.len() < 1 << 18 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            text.push_str(
                ["a", "b ", "$", "\n", "[[☃", "<x", "`", "(", "word "][(state >> 33) as usize % 9],
            );
        }
        json!({"description": text})
    };
    let found = merged(Shape::Kind(&unit), sides([&text(1), &text(2), &text(3)]));
    assert_eq!(found.conflicts.len(), 1, "past the bounds a text conflicts as a whole");
    assert!(found.is_coarse);
    let elements = |seed: usize| {
        let element = |at: usize| json!({"v": (at * seed) % 17, "w": [at % 5, at % 7]});
        Value::Array((0..5_000).map(element).collect())
    };
    merged(Shape::Inferred, sides([&elements(1), &elements(3), &elements(5)]));
}
