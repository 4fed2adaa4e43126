//! What tells of an answer is withheld: each field of a rubric is changed in turn, and nothing changes for learners.

use cms_perseus::Form;
use serde_json::{Value, json};

use crate::{
    ENGINE,
    fixtures::{self, document},
    peer::DocumentForm,
    telling::{changed, telling},
};

fn withheld(item: &Value) -> Option<Value> {
    ENGINE.withhold(Form::Item, item).ok().map(|split| split.answerless)
}

/// Changes each answer of an item in turn, and counts them.
pub(crate) fn check_item(name: &str, item: &Value) -> usize {
    let Some(before) = withheld(item) else { return 0 };
    let mut tried = 0;
    for place in telling(item) {
        let mut item = item.clone();
        let field = item.pointer_mut(&place).expect("found there");
        *field = changed(field);
        // A change that makes the item none is no change of an answer.
        let Some(after) = withheld(&item) else { continue };
        assert_eq!(after, before, "{name}: {place}");
        tried += 1;
    }
    tried
}

#[test]
fn a_changed_answer_changes_nothing_for_learners() {
    let items = fixtures::documents().filter(|named| named.form == DocumentForm::Item);
    let tried: usize = items.map(|named| check_item(&named.name, &named.document)).sum();
    assert!(tried > 40, "only {tried} answers were changed");
}

#[test]
fn orders_and_pairs_tell_nothing() {
    let mut sorter = document("sorter");
    let mut matcher = document("matcher");
    let before = (withheld(&sorter), withheld(&matcher));
    let reverse = |item: &mut Value, pointer: &str| {
        item.pointer_mut(pointer).and_then(Value::as_array_mut).expect("a list").reverse();
    };
    reverse(&mut sorter, "/question/widgets/sorter 1/options/correct");
    reverse(&mut matcher, "/question/widgets/matcher 1/options/right");
    assert_eq!((withheld(&sorter), withheld(&matcher)), before);
}

#[test]
fn where_a_graph_begins_tells_nothing_of_where_it_ends() {
    let item = document("graph that begins with its answer");
    let graph = "/question/widgets/interactive-graph 1/options/graph";
    // Perseus's own split leaves it, since a graph and its answer have the same fields.
    let open = ENGINE.split(Form::Item, &item).unwrap().answerless;
    assert_eq!(open.pointer(graph).unwrap()["center"], json!([1, 2]));
    let shut = withheld(&item).unwrap();
    let start = json!({"center": [0, 0], "radius": 2});
    assert_eq!(shut.pointer(graph), Some(&json!({"type": "circle", "startCoords": start})));
}

#[test]
fn groups_are_looked_into() {
    let item = document("graded-group");
    let open = ENGINE.split(Form::Item, &item).unwrap().answerless;
    let shut = withheld(&item).unwrap();
    let value =
        "/question/widgets/graded-group 1/options/widgets/numeric-input 1/options/answers/0/value";
    // Perseus's own split leaves it; should it cease to, `withhold.js` has less to do.
    assert!(open.pointer(value).is_some());
    assert_eq!(shut.pointer(value), None);
    assert_eq!(shut.pointer("/question/widgets/graded-group 1/options/hint"), Some(&Value::Null));
    let set = json!({"question": {"content": "[[☃ graded-group-set 1]]", "widgets": {"graded-group-set 1": {
        "type": "graded-group-set",
        "options": {"gradedGroups": [item["question"]["widgets"]["graded-group 1"]["options"].clone()]}
    }}}});
    assert!(!withheld(&set).unwrap().to_string().contains("0.666"));
}

#[test]
fn of_unknown_widgets_nothing_is_told() {
    let shut = withheld(&document("unknown widget")).unwrap();
    assert_eq!(shut.pointer("/question/widgets/hologram 1/options"), Some(&json!({})));
}
