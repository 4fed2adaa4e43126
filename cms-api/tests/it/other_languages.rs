//! Other languages with Khan Academy's own Perseus: how numbers are read, which key scores, what is compared.

use cms_core::{access::Role, schema::segments::TextHash};
use serde_json::{Value, json};

use crate::{
    drafts::{begin, document, save},
    test_app::{Person, TestApp, publish},
};

const ENTRY: &str = "exercise/weigh";
const LESSON: &str = "lesson/equal-parts";

fn number(value: f64, hints: &[&str]) -> Value {
    let answer = json!({"value": value, "status": "correct", "message": "", "simplify": "optional", "strict": false, "maxError": null, "answerForms": []});
    let options = json!({"answers": [answer], "size": "normal", "coefficient": false, "labelText": "", "rightAlign": false});
    let hint = |text: &&str| json!({"content": text, "images": {}, "widgets": {}});
    exercise(json!({
        "id": "i1",
        "question": {"content": "How heavy? [[☃ numeric-input 1]]", "images": {}, "widgets": {
            "numeric-input 1": {"type": "numeric-input", "graded": true, "options": options},
        }},
        "hints": hints.iter().map(hint).collect::<Vec<_>>(),
    }))
}

fn exercise(item: Value) -> Value {
    json!({"title": "Weigh", "slug": "weigh", "items": [item]})
}

/// A translation of texts of the only item, by pointer.
fn spanish(source: &Value, texts: &[(&str, &str)]) -> Value {
    let segments = texts.iter().map(|(address, text)| {
        let pointer = address.replace("/i1/", "/0/");
        let source = source.pointer(&pointer).and_then(Value::as_str).expect("a text");
        let segment = json!({"source": TextHash::of(source).to_string(), "text": text});
        ((*address).to_owned(), segment)
    });
    json!({"segments": segments.collect::<serde_json::Map<_, _>>()})
}

const QUESTION: (&str, &str) =
    ("/items/i1/question/content", "¿Cuánto pesa? [[☃ numeric-input 1]]");

/// Brings documents to `main` and publishes them.
async fn go(app: &TestApp, ana: &Person<'_>, documents: &[(&str, &Value)]) -> Value {
    let draft = begin(ana, "Weights", &[]).await;
    for (key, document) in documents {
        let saved = save(ana, &draft, key, None, document).await;
        assert_eq!(saved.json()["violations"], json!([]), "{key}");
    }
    let mut lesson = document(ana, &draft, LESSON).await;
    let children = lesson["children"].as_array_mut().expect("children");
    if !children.contains(&json!(ENTRY)) {
        children.push(json!(ENTRY));
        save(ana, &draft, LESSON, None, &lesson).await;
    }
    let merged = ana.posts(&format!("{draft}/merge"), &[], &json!({"message": "go"})).await;
    assert_eq!(merged.status, 201, "{}", merged.json());
    publish(app.app.store())["report"]["report"].clone()
}

async fn earned(app: &TestApp, language: &str, entered: &str, told: Option<&str>) -> Value {
    let object = app.object(language, ENTRY).await;
    let input = json!({"numeric-input 1": {"currentValue": entered}});
    let mut attempt = json!({"object": object, "item": "i1", "input": input});
    if let Some(told) = told {
        attempt["locale"] = json!(told);
    }
    app.post("/v1/score", &attempt).await.json()["score"]["earned"].clone()
}

#[tokio::test]
async fn a_number_is_read_in_the_notation_of_the_document_that_was_seen() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Reviewer);
    let source = number(12.5, &[]);
    let translation = spanish(&source, &[QUESTION]);
    go(&app, &ana, &[(ENTRY, &source), ("exercise/weigh@es", &translation)]).await;
    assert_eq!(earned(&app, "es", "12,5", None).await, 1.0);
    assert_eq!(earned(&app, "en", "12.5", None).await, 1.0);
    assert_ne!(earned(&app, "en", "12,5", None).await, 1.0);
    assert_ne!(earned(&app, "es", "12,5", Some("en")).await, 1.0, "unless told otherwise");
}

#[tokio::test]
async fn a_mended_key_with_a_new_hint_scores_at_once_and_with_new_words_is_told() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Reviewer);
    let source = number(6.0, &["Count."]);
    let texts = [QUESTION, ("/items/i1/hints/0/content", "Cuenta.")];
    let translation = spanish(&source, &texts);
    go(&app, &ana, &[(ENTRY, &source), ("exercise/weigh@es", &translation)]).await;
    assert_eq!(earned(&app, "es", "6", None).await, 1.0);
    let moved = go(&app, &ana, &[(ENTRY, &number(7.0, &["Count.", "From Monday on."]))]).await;
    assert_eq!(earned(&app, "es", "7", None).await, 1.0);
    let shortened = json!([{"key": ENTRY, "locale": "es", "item": "i1"}]);
    assert_eq!(moved["shortened"], shortened);
    let mut asked = number(8.0, &["Count."]);
    asked["items"][0]["question"]["content"] = json!("How heavy is it? [[☃ numeric-input 1]]");
    let moved = go(&app, &ana, &[(ENTRY, &asked)]).await;
    let old = &moved["old_keys"][0];
    assert_eq!(
        (&old["key"], &old["locale"], &old["held"]),
        (&json!(ENTRY), &json!("es"), &json!(false))
    );
    assert_eq!(
        (earned(&app, "es", "7", None).await, earned(&app, "en", "8", None).await),
        (json!(1.0), json!(1.0))
    );
    let segments = format!("/authoring/v1/entries/{ENTRY}/segments?locale=es");
    assert_eq!(ana.gets(&segments).await.json()["old_keys"][0], *old);
    let entries = ana.gets("/authoring/v1/languages/es/gaps/entries?limit=500").await.json();
    let row = entries["rows"].as_array().expect("rows").iter().find(|row| row["key"] == ENTRY);
    assert_eq!(row.expect("it is not done")["old_keys"][0], *old);
}

#[tokio::test]
async fn labels_and_their_right_ones_are_translated_alike() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Reviewer);
    let options = json!({
        "choices": ["cat", "dog"], "imageUrl": "", "imageAlt": "", "imageWidth": 1, "imageHeight": 1,
        "markers": [{"answers": ["dog"], "label": "", "x": 1, "y": 1}],
        "multipleAnswers": false, "hideChoicesFromInstructions": false,
    });
    let source = exercise(json!({
        "id": "i1",
        "question": {"content": "[[☃ label-image 1]]", "images": {}, "widgets": {
            "label-image 1": {"type": "label-image", "graded": true, "options": options},
        }},
        "hints": [],
    }));
    let at = |below: &str| format!("/items/i1/question/widgets/label-image 1/options/{below}");
    let texts = |dog: &str, right: &str| {
        let [one, other] = [at("choices/1"), at("markers/0/answers/0")];
        spanish(&source, &[(&one, dog), (&other, right)])
    };
    let draft = begin(&ana, "Labels", &[]).await;
    assert_eq!(save(&ana, &draft, ENTRY, None, &source).await.json()["violations"], json!([]));
    let saved = save(&ana, &draft, "exercise/weigh@es", None, &texts("perro", "can")).await.json();
    assert_eq!(saved["violations"][0]["code"], "parted-texts", "{saved}");
    let saved = save(&ana, &draft, "exercise/weigh@es", None, &texts("perro", "perro")).await;
    assert_eq!(saved.json()["violations"], json!([]));
}
