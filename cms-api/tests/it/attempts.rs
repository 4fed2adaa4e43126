//! Answers are withheld: what is delivered, scored and hinted at, with Khan Academy's own Perseus.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use cms_core::access::Role;
use serde_json::{Value, json};

use super::{
    drafts::tag_of,
    test_app::{TestApp, fixtures, import_from, publish},
};

const EXERCISE: &str = "exercise/compare-fractions";

pub(crate) async fn delivered(app: &TestApp, key: &str) -> (String, Value) {
    let object = app.object("en", key).await;
    let document = app.get(&format!("/v1/objects/{object}")).await.json();
    (object, document)
}

fn choose(value: u32) -> Value {
    json!({"dropdown 1": {"value": value}})
}

fn attempt(object: &str, input: Value) -> Value {
    json!({"object": object, "item": "i1", "input": input})
}

#[tokio::test]
async fn no_delivered_exercise_holds_an_answer_or_a_hint() {
    let app = TestApp::new();
    let path = format!("/v1/snapshots/{}/en/entries?kind=exercise&limit=500", app.snapshot().await);
    let page = app.get(&path).await.json();
    let rows = page["entries"].as_array().expect("entries");
    assert!(rows.len() >= 20, "{}", rows.len());
    for row in rows {
        let (_, document) = delivered(&app, row["key"].as_str().expect("a key")).await;
        for item in document["document"]["items"].as_array().expect("items") {
            assert_eq!(item["rubric"].as_str().map(str::len), Some(64), "{item}");
            for hint in item["hints"].as_array().expect("places of hints") {
                assert_eq!(hint["content"], "", "{hint}");
            }
            let text = item["question"].to_string();
            for answer in ["\"correct\":true", "\"value\":"] {
                assert!(!text.contains(answer), "{}: {answer}: {text}", row["key"]);
            }
        }
    }
}

#[tokio::test]
async fn an_attempt_is_scored_for_the_document_that_was_seen() {
    let app = TestApp::new();
    let (object, _) = delivered(&app, EXERCISE).await;
    let right = app.post("/v1/score", &attempt(&object, choose(3))).await;
    assert_eq!(right.status, StatusCode::OK);
    assert_eq!(right.header("cache-control"), "private, no-store");
    let right = right.json();
    assert_eq!(
        (&right["score"]["type"], &right["score"]["earned"]),
        (&json!("points"), &json!(1.0))
    );
    let wrong = app.post("/v1/score", &attempt(&object, choose(1))).await.json();
    assert_eq!((&wrong["score"]["earned"], &wrong["score"]["total"]), (&json!(0.0), &json!(1.0)));
    let empty = app.post("/v1/score", &attempt(&object, json!({}))).await.json();
    assert_eq!(empty["score"]["type"], "invalid");
}

#[tokio::test]
async fn attempts_of_a_batch_are_answered_in_order_each_by_itself() {
    let app = TestApp::new();
    let (object, _) = delivered(&app, EXERCISE).await;
    let unknown = "0".repeat(64);
    let batch = json!({"attempts": [
        attempt(&object, choose(3)),
        attempt(&unknown, choose(3)),
        {"object": object, "item": "nowhere", "input": {}},
        attempt(&object, choose(1)),
    ]});
    let answer = app.post("/v1/score", &batch).await.json();
    let results = answer["results"].as_array().expect("results");
    let codes: Vec<_> = results.iter().map(|result| result["code"].as_str()).collect();
    assert_eq!(codes, [None, Some("object-unknown"), Some("item-unknown"), None]);
    assert_eq!(results[0]["score"]["earned"], 1.0);
    assert_eq!(results[3]["score"]["earned"], 0.0);
    for wrong in
        [json!({"attempts": []}), json!({"attempts": vec![attempt(&object, choose(1)); 101]})]
    {
        let answer = app.post("/v1/score", &wrong).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::BAD_REQUEST, "request-malformed".into())
        );
    }
}

#[tokio::test]
async fn hints_are_given_one_by_one() {
    let app = TestApp::new();
    let (object, document) = delivered(&app, EXERCISE).await;
    let places = document["document"]["items"][0]["hints"].as_array().expect("places").len();
    let source =
        std::fs::read(fixtures().join("exercise/compare-fractions.json")).expect("a fixture");
    let source: Value = serde_json::from_slice(&source).expect("JSON");
    let hints = source["items"][0]["hints"].as_array().expect("hints");
    assert_eq!(places, hints.len());
    for (n, hint) in hints.iter().enumerate() {
        let asked =
            json!({"object": object, "item": "i1", "n": n, "snapshot": app.snapshot().await});
        let answer = app.post("/v1/hints", &asked).await;
        assert_eq!(answer.header("cache-control"), "private, no-store");
        let answer = answer.json();
        assert_eq!(answer["hint"]["content"], hint["content"]);
        assert_eq!((&answer["count"], &answer["n"]), (&json!(places), &json!(n)));
    }
    let past = json!({"object": object, "item": "i1", "n": places});
    let past = app.post("/v1/hints", &past).await;
    assert_eq!((past.status, past.code()), (StatusCode::NOT_FOUND, "item-unknown".into()));
}

pub(crate) const HINTED: &str = "exercise/three-of-four";

/// Publishes an exercise whose first hint, and a message to a wrong answer, show a picture that nothing else shows.
pub(crate) fn hint_at(app: &TestApp, key: &str) {
    let work = tempfile::tempdir().expect("a directory");
    let write = |name: &str, text: &str| {
        let path = work.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a directory");
        std::fs::write(path, text).expect("a file");
    };
    write("media/p.svg", "<!-- three of four --><svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    let picture = json!({"title": "Three of four", "alt": "Three of four parts", "media": "media/p.svg",
        "mime": "image/svg+xml", "width": 1, "height": 1});
    write(&format!("{key}.json"), &picture.to_string());
    let answer = |value: u32, status: &str, message: &str| {
        json!({"value": value, "status": status, "message": message,
        "simplify": "optional", "strict": false, "maxError": null, "answerForms": []})
    };
    let message = format!("Look: ![]({key})");
    let input = json!({"type": "numeric-input", "alignment": "default", "static": false, "graded": true,
        "version": {"major": 0, "minor": 0}, "options": {"size": "normal", "coefficient": false, "labelText": "", "rightAlign": false,
        "answers": [answer(3, "correct", ""), answer(4, "wrong", &message)]}});
    let text = |content: &str| json!({"content": content, "images": {}, "widgets": {}});
    let exercise = json!({"title": "Three of four", "slug": "three-of-four", "items": [{"id": "i1",
        "question": {"content": "How many? [[☃ numeric-input 1]]", "images": {}, "widgets": {"numeric-input 1": input}},
        "hints": [text(&message), text("It is three.")], "answerArea": {}}]});
    write(&format!("{HINTED}.json"), &exercise.to_string());
    let source = std::fs::read(fixtures().join("lesson/equal-parts.json")).expect("a fixture");
    let mut lesson: Value = serde_json::from_slice(&source).expect("JSON");
    lesson["children"].as_array_mut().expect("children").push(json!(HINTED));
    write("lesson/equal-parts.json", &lesson.to_string());
    import_from(app.app.store(), &[work.path().to_owned()], false);
    publish(app.app.store());
}

#[tokio::test]
async fn a_picture_of_a_hint_is_at_no_address_before_the_hint_is_given() {
    let app = TestApp::own();
    let key = "image/three-of-four";
    hint_at(&app, key);
    let snapshot = app.snapshot().await;
    let (object, document) = delivered(&app, HINTED).await;
    assert!(!document.to_string().contains(key));
    let given = |n: usize| json!({"object": object, "item": "i1", "n": n, "snapshot": snapshot});
    let first = app.post("/v1/hints", &given(0)).await.json();
    let row = &first["refs"][key];
    assert_eq!(row["document"]["document"]["alt"], "Three of four parts", "{first}");
    let second = app.post("/v1/hints", &given(1)).await.json();
    assert_eq!(second["refs"], json!({}));
    assert!(row.get("object").is_none(), "{row}");
    let page = app.get(&format!("/v1/snapshots/{snapshot}/en/entries?kind=image&limit=500")).await;
    assert!(!page.json().to_string().contains(key), "{key} is listed");
    let entry = app.get(&format!("/v1/snapshots/{snapshot}/en/entries/{key}")).await;
    let none = app.get(&format!("/v1/snapshots/{snapshot}/en/entries/image/none")).await;
    assert_eq!((entry.status, entry.code()), (none.status, none.code()), "as if there were none");
    let media = row["summary"]["media"].as_str().expect("a file");
    assert_eq!(app.get(&format!("/v1/media/{media}")).await.status, StatusCode::NOT_FOUND);
    let address = row["media"][media].as_str().expect("its address");
    let file = app.get(address).await;
    assert_eq!((file.status, file.header("content-type")), (StatusCode::OK, "image/svg+xml"));
    assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable");
    let still = app.get(&format!("/v1/media/{media}")).await;
    assert_eq!(still.status, StatusCode::NOT_FOUND, "who was given it told nobody else");
    let wrong = json!({"numeric-input 1": {"currentValue": "4"}});
    let told = app.post("/v1/score", &attempt(&object, wrong)).await.json();
    assert_eq!(told["refs"][key]["media"][media], row["media"][media], "{told}");
    let right = json!({"numeric-input 1": {"currentValue": "3"}});
    let told = app.post("/v1/score", &attempt(&object, right)).await.json();
    assert_eq!((&told["score"]["earned"], told.get("refs")), (&json!(1.0), None));
    let token = address.split('/').nth(3).expect("a token");
    // Neither a guess nor another spelling works.
    for other in ["0".repeat(64), token.to_uppercase()] {
        let guess = format!("/v1/given/{other}/{media}");
        assert_eq!(app.get(&guess).await.status, StatusCode::NOT_FOUND, "{other}");
    }
}

#[tokio::test]
async fn what_is_no_attempt_is_refused_with_its_reason() {
    let app = TestApp::new();
    let (object, _) = delivered(&app, EXERCISE).await;
    let (lesson, _) = delivered(&app, "lesson/equal-parts").await;
    for (body, status, code) in [
        (attempt("short", choose(1)), 400, "request-malformed"),
        (json!({"object": object, "item": "i1"}), 400, "request-malformed"),
        (json!({"object": object, "item": "i1", "input": [], "more": 1}), 400, "request-malformed"),
        (attempt(&object, json!({"dropdown 1": "three"})), 422, "input-refused"),
        (attempt(&object, json!({"dropdown 1": {"value": {"a": []}}})), 422, "input-refused"),
        (attempt(&lesson, choose(1)), 404, "item-unknown"),
    ] {
        let answer = app.post("/v1/score", &body).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{body}");
    }
    // A document of the authors' is not delivered, so nothing can be tried out on it.
    let source = app.app.store().repository.resolve("main").expect("main");
    let key = EXERCISE.parse().expect("a key");
    let shown =
        app.app.store().repository.history().show(&source, &key).expect("reads").expect("is there");
    let own = shown.revision.document.expect("a document").to_string();
    let answer = app.post("/v1/score", &attempt(&own, choose(3))).await;
    assert_eq!(answer.code(), "object-unknown");
    // Nor is a rubric delivered.
    let (_, document) = delivered(&app, EXERCISE).await;
    let rubric = document["document"]["items"][0]["rubric"].as_str().expect("a rubric").to_owned();
    assert_eq!(app.get(&format!("/v1/objects/{rubric}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_page_of_any_origin_may_ask() {
    let app = TestApp::new();
    let request = Request::options("/v1/score").header("origin", "https://learn.example");
    let answer = app.send(request.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert!(answer.header("access-control-allow-methods").contains("POST"));
    assert!(answer.header("access-control-allow-headers").contains("Content-Type"));
}

#[tokio::test]
async fn what_the_linter_would_have_otherwise_can_be_dismissed_with_a_reason() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let draft = ana.posts("/authoring/v1/drafts", &[], &json!({"title": "A picture"})).await.json();
    let draft = draft["draft"].as_str().expect("a draft").to_owned();
    let source =
        std::fs::read(fixtures().join("exercise/compare-fractions.json")).expect("a fixture");
    let mut document: Value = serde_json::from_slice(&source).expect("JSON");
    let content = document["items"][0]["question"]["content"].as_str().expect("text").to_owned();
    document["items"][0]["question"]["content"] = json!(format!("# Shouting\n\n{content}"));
    let path = format!("/authoring/v1/drafts/{draft}/entries/{EXERCISE}");
    let read = tag_of(&ana, &path).await;
    let saved = ana.asks("PUT", &path, &[("if-match", &read)], Some(&document)).await;
    assert_eq!(saved.json()["violations"], json!([]), "a finding refuses nothing");
    let findings = async || ana.gets(&format!("{path}/findings")).await.json()["rows"].clone();
    let found = findings().await;
    let heading =
        found.as_array().expect("rows").iter().find(|row| row["rule"] == "heading-level-1");
    let heading = heading.unwrap_or_else(|| panic!("{found}")).clone();
    assert_eq!((&heading["item"], &heading["dismissed"]), (&json!("i1"), &json!(null)));
    assert_eq!(heading["pointer"], "/items/0/question/content");
    let id = heading["id"].as_str().expect("an id");
    let at = format!("/authoring/v1/entries/{EXERCISE}/dismissals/{id}");
    let none = ana.asks("PUT", &at, &[], Some(&json!({"reason": " "}))).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    let dismissed = ana.asks("PUT", &at, &[], Some(&json!({"reason": "It is a poster."}))).await;
    assert_eq!(dismissed.status, StatusCode::OK, "{}", dismissed.json());
    let told = |rows: Value| {
        let row = rows.as_array().expect("rows").iter().find(|row| row["id"] == id).cloned();
        row.expect("it is told still")["dismissed"].clone()
    };
    let why = told(findings().await);
    assert_eq!((&why["author"], &why["reason"]), (&json!("ana"), &json!("It is a poster.")));
    assert_eq!(ana.asks("DELETE", &at, &[], None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(told(findings().await), json!(null));
}

#[tokio::test]
async fn what_perseus_refuses_is_told_with_its_place_and_never_accepted() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let draft = ana.posts("/authoring/v1/drafts", &[], &json!({"title": "Broken"})).await.json();
    let draft = draft["draft"].as_str().expect("a draft").to_owned();
    let source =
        std::fs::read(fixtures().join("exercise/compare-fractions.json")).expect("a fixture");
    let mut document: Value = serde_json::from_slice(&source).expect("JSON");
    document["items"][0]["question"]["widgets"]["dropdown 1"]["options"]["choices"] = json!("none");
    let path = format!("/authoring/v1/drafts/{draft}/entries/{EXERCISE}");
    let read = tag_of(&ana, &path).await;
    let saved = ana.asks("PUT", &path, &[("if-match", &read)], Some(&document)).await;
    assert_eq!(saved.status, StatusCode::OK, "a working copy may be invalid");
    let violation = saved.json()["violations"][0].clone();
    assert_eq!(violation["code"], "bad-content", "{violation}");
    let pointer = violation["pointer"].as_str().expect("a pointer");
    assert!(
        pointer.starts_with("/items/0/question/widgets/dropdown 1/options/choices"),
        "{pointer}"
    );
}
