//! What tells of an answer is withheld: each field of a rubric is changed in turn, and nothing changes for learners.

use cms_perseus::Form;
use serde_json::{Value, json};

use crate::{
    ENGINE,
    fixtures::{self, document},
    peer::DocumentForm,
};

/// Fields of options that hold answers or tell of them, wherever they stand in an item's question.
const TELLING: [&str; 14] = [
    "value",
    "maxError",
    "message",
    "correct",
    "correctX",
    "correctRel",
    "rationale",
    "values",
    "considered",
    "strict",
    "inexact",
    "coords",
    "hint",
    "clue",
];

/// Every place below a value that holds a scalar of an answer, or of what tells of one.
fn telling(value: &Value, pointer: &str, is_telling: bool, found: &mut Vec<String>) {
    let mut descend = |name: &str, inner: &Value, is_telling: bool| {
        let place = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
        match inner {
            Value::Object(_) | Value::Array(_) => telling(inner, &place, is_telling, found),
            _ if is_telling => found.push(place),
            _ => {}
        }
    };
    match value {
        Value::Object(_) if is_picture(value) => {}
        Value::Object(fields) => {
            for (name, inner) in fields.iter().filter(|(name, _)| *name != "lockedFigures") {
                // What a sorter calls correct is its cards, which are shown.
                let is_cards = name == "correct" && pointer.contains("sorter");
                descend(name, inner, is_telling || (TELLING.contains(&name.as_str()) && !is_cards));
            }
        }
        Value::Array(elements) => {
            for (index, inner) in elements.iter().enumerate() {
                descend(&index.to_string(), inner, is_telling);
            }
        }
        _ => {}
    }
}

/// A widget that asks nothing: all of it is shown.
fn is_picture(widget: &Value) -> bool {
    let pictures = ["interaction", "cs-program", "image", "measurer"];
    widget["static"] == true || widget["type"].as_str().is_some_and(|kind| pictures.contains(&kind))
}

fn changed(value: &Value) -> Value {
    match value {
        Value::Bool(is_so) => (!is_so).into(),
        Value::Number(number) => (number.as_f64().unwrap_or_default() + 1.5).into(),
        Value::String(text) => format!("{text}7").into(),
        _ => Value::Null,
    }
}

fn withheld(item: &Value) -> Option<Value> {
    ENGINE.withhold(Form::Item, item).ok().map(|split| split.answerless)
}

/// Changes each answer of an item in turn, and counts them.
pub(crate) fn check_item(name: &str, item: &Value) -> usize {
    let Some(before) = withheld(item) else { return 0 };
    let mut places = Vec::new();
    telling(&item["question"], "/question", false, &mut places);
    let mut tried = 0;
    for place in places {
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
