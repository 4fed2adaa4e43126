//! Items of 2014 and before have their answer in an area next to the question: it is taken in, or refused by name.

use cms_perseus::{Fault, Form, Score};
use serde_json::{Value, json};

use crate::ENGINE;

/// The only widget of a question, in the form of its time.
fn old(kind: &str, options: &Value) -> Value {
    json!({
        "question": {"content": "What is $6 \\times 7$?", "images": {}, "widgets": {}},
        "answerArea": {"type": kind, "calculator": true, "options": options},
        "hints": [],
    })
}

fn number() -> Value {
    json!({"value": "42", "simplify": "required", "size": "normal", "inexact": false, "maxError": 0.1, "answerType": "number"})
}

fn score(item: &Value, input: &Value) -> Score {
    ENGINE.score(item, None, input, "en").unwrap().score
}

#[test]
fn the_one_widget_of_an_area_becomes_the_questions_own() {
    let item = old("input-number", &number());
    let right = json!({"input-number 1": {"currentValue": "42"}});
    assert_eq!(score(&item, &right), Score::Points { earned: 1.0, total: 1.0, message: None });
    let shut = ENGINE.withhold(Form::Item, &item).unwrap().answerless;
    assert_eq!(shut["question"]["content"], "What is $6 \\times 7$?\n\n[[☃ input-number 1]]");
    assert_eq!(shut["answerArea"]["calculator"], true);
    assert!(!shut.to_string().contains("42"), "{shut}");
    assert_eq!(ENGINE.examine(Form::Item, &item).unwrap().findings, []);
    let modern = ENGINE.with_answer_area(&item).unwrap().unwrap();
    assert_eq!(modern["answerArea"], json!({"calculator": true}));
    assert_eq!(modern["question"]["widgets"]["input-number 1"]["options"], number());
    assert_eq!(ENGINE.with_answer_area(&modern), Ok(None));
}

#[test]
fn an_area_with_several_widgets_keeps_its_text_and_gives_way_to_names_that_are_taken() {
    let widget = json!({"type": "input-number", "graded": true, "options": number()});
    let mut item = old(
        "multiple",
        &json!({
            "content": "First [[☃ input-number 1]], then [[☃ input-number 2]].",
            "images": {}, "widgets": {"input-number 1": widget, "input-number 2": widget},
        }),
    );
    item["question"]["content"] = json!("See [[☃ input-number 1]].");
    item["question"]["widgets"]["input-number 1"] = widget;
    let modern = ENGINE.with_answer_area(&item).unwrap().unwrap();
    assert_eq!(
        modern["question"]["content"],
        "See [[☃ input-number 1]].\n\nFirst [[☃ input-number 2]], then [[☃ input-number 3]]."
    );
    let answer = json!({"currentValue": "42"});
    let right =
        json!({"input-number 1": answer, "input-number 2": answer, "input-number 3": answer});
    assert_eq!(score(&item, &right), Score::Points { earned: 3.0, total: 3.0, message: None });
}

#[test]
fn an_area_of_an_unknown_type_is_refused_by_name_and_an_empty_one_is_none() {
    let fault = ENGINE.check(Form::Item, &old("lights-puzzle", &json!({"cells": []}))).unwrap_err();
    let Fault::Refused(violations) = fault else { panic!("{fault}") };
    assert_eq!(violations[0].pointer, "/answerArea/type");
    assert!(violations[0].message.contains("“lights-puzzle”"), "{}", violations[0].message);
    for empty in [
        old("multiple", &json!({"content": "", "images": {}, "widgets": {}})),
        old("", &Value::Null),
        old("nothing", &json!({})),
    ] {
        assert!(ENGINE.check(Form::Item, &empty).is_ok(), "{empty}");
        assert_eq!(ENGINE.with_answer_area(&empty), Ok(None), "{empty}");
    }
}

#[test]
fn tables_that_an_item_asks_for_reach_learners() {
    let item = json!({
        "question": {"content": "How likely is it?", "images": {}, "widgets": {}},
        "answerArea": {"calculator": true, "zTable": true, "tTable": false}, "hints": [],
    });
    let tools = &ENGINE.withhold(Form::Item, &item).unwrap().answerless["answerArea"];
    assert_eq!((&tools["zTable"], &tools["calculator"]), (&json!(true), &json!(true)));
    assert_eq!(tools.get("tTable"), None);
    assert_eq!(ENGINE.migrate(Form::Item, &item).unwrap()["answerArea"]["zTable"], json!(true));
}
