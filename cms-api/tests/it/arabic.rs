//! The part of the course that is written from right to left: imported whole, delivered, and scored like the rest.

use axum::{body::Body, http::Request};
use serde_json::{Value, json};

use crate::test_app::{TestApp, fixtures};

const LESSON: &str = "lesson/equivalent-fractions";
const EXERCISES: [&str; 4] = [
    "exercise/missing-number",
    "exercise/match-equivalent-fractions",
    "exercise/equivalent-fractions-table",
    "exercise/plot-equivalent-fractions",
];

async fn post(app: &TestApp, path: &str, body: &Value) -> Value {
    let request = Request::post(path).header("content-type", "application/json");
    app.send(request.body(Body::from(body.to_string())).expect("a request")).await.json()
}

async fn score(app: &TestApp, object: &str, item: &str, input: &Value) -> Value {
    let attempt = json!({"object": object, "item": item, "input": input, "locale": "ar"});
    post(app, "/v1/score", &attempt).await["score"].clone()
}

fn source(key: &str) -> Value {
    let bytes = std::fs::read(fixtures().join(format!("{key}.json"))).expect("a fixture");
    serde_json::from_slice(&bytes).expect("JSON")
}

/// The inputs of a learner who is right, by the author's answer, and of one who isn't.
fn inputs(widget: &Value) -> (Value, Value) {
    let options = &widget["options"];
    match widget["type"].as_str().expect("a type") {
        "numeric-input" => {
            let value = options["answers"][0]["value"].to_string();
            (json!({"currentValue": value}), json!({"currentValue": "7"}))
        }
        "matcher" => {
            let mut wrong = options["right"].as_array().expect("pairs").clone();
            wrong.reverse();
            let left = &options["left"];
            (
                json!({"left": left, "right": options["right"]}),
                json!({"left": left, "right": wrong}),
            )
        }
        "table" => (options["answers"].clone(), json!([["1", "2"], ["3", "4"], ["5", "6"]])),
        "interactive-graph" => {
            let mut wrong = options["correct"].clone();
            wrong["coords"][0] = json!([1, 5]);
            (options["correct"].clone(), wrong)
        }
        kind => panic!("no answer is known for {kind}"),
    }
}

#[tokio::test]
async fn the_lesson_is_delivered_whole_and_none_of_it_in_english() {
    let app = TestApp::new();
    let lesson = app.object("ar", LESSON).await;
    let lesson = app.get(&format!("/v1/objects/{lesson}")).await.json();
    assert_eq!(
        (&lesson["locale"], &lesson["document"]["title"]),
        (&json!("ar"), &json!("الكسور المتكافئة"))
    );
    let children = lesson["children"].as_array().expect("children");
    assert_eq!(children.len(), 8);
    for child in children {
        let object = child["object"].as_str().expect("an object");
        let document = app.get(&format!("/v1/objects/{object}")).await.json();
        assert_eq!(document["locale"], "ar", "{}", child["key"]);
    }
}

#[tokio::test]
async fn every_item_earns_its_point_for_the_right_answer_alone() {
    let app = TestApp::new();
    for key in EXERCISES {
        let object = app.object("ar", key).await;
        for item in source(key)["items"].as_array().expect("items") {
            let id = item["id"].as_str().expect("an id");
            let (name, widget) = item["question"]["widgets"]
                .as_object()
                .and_then(|all| all.iter().next())
                .expect("one");
            let (right, wrong) = inputs(widget);
            for (input, earned) in [(right, 1.0), (wrong, 0.0)] {
                let told = score(&app, &object, id, &json!({ name: input })).await;
                assert_eq!(told["earned"], earned, "{key} {id}: {told}");
            }
        }
    }
}

#[tokio::test]
async fn numbers_are_read_in_the_digits_of_the_formulas_and_of_the_language() {
    let app = TestApp::new();
    let object = app.object("ar", EXERCISES[0]).await;
    let told = async |written: &str| {
        let input = json!({"numeric-input 1": {"currentValue": written}});
        score(&app, &object, "i1", &input).await
    };
    for (written, earned) in [("4", 1.0), (" 4 ", 1.0), ("4.0", 1.0), ("8/2", 1.0), ("4.5", 0.0)] {
        assert_eq!(told(written).await["earned"], earned, "{written}");
    }
    // Perseus itself reads none of these.
    for written in ["٤", "4٫0", "۴", "٨/٢"] {
        assert_eq!(told(written).await["earned"], 1.0, "{written}");
    }
}

#[tokio::test]
async fn a_picture_of_a_hint_comes_with_the_hint_in_its_language() {
    let app = TestApp::new();
    let object = app.object("ar", EXERCISES[0]).await;
    let delivered = app.get(&format!("/v1/objects/{object}")).await.json();
    assert_eq!(delivered["refs"].get("image/bars-one-half"), None, "{}", delivered["refs"]);
    let wish = json!({"object": object, "item": "i1", "n": 1, "snapshot": app.snapshot().await, "locale": "ar"});
    let hint = post(&app, "/v1/hints", &wish).await;
    let picture = &hint["refs"]["image/bars-one-half"];
    assert_eq!(picture["summary"]["title"], "النصف في ثلاثة أشرطة", "{hint}");
    // An article shows it too, so everybody may have it.
    assert_eq!(picture["object"].as_str().map(str::len), Some(64), "{hint}");
    let media = picture["summary"]["media"].as_str().expect("a file");
    let address = picture["media"][media].as_str().expect("its address");
    assert_eq!(app.get(address).await.header("content-type"), "image/svg+xml");
}
