//! Templates: what one can begin with, and entries that are made from them.

use cms_core::access::Role;
use serde_json::{Value, json};

use crate::test_app::{Person, TestApp};

const TEMPLATES: &str = "/authoring/v1/templates";

async fn begin(person: &Person<'_>) -> String {
    let made = person.posts("/authoring/v1/drafts", &[], &json!({ "title": "New" })).await;
    format!("/authoring/v1/drafts/{}", made.json()["draft"].as_str().unwrap())
}

async fn document(person: &Person<'_>, draft: &str, key: &Value) -> Value {
    let path = format!("{draft}/entries/{}", key.as_str().unwrap());
    person.gets(&path).await.json()["document"].clone()
}

#[tokio::test]
async fn templates_are_listed_by_what_they_make() {
    let app = TestApp::new();
    let vic = app.person("vic", Role::Viewer);
    let all = vic.gets(TEMPLATES).await.json();
    let keys: Vec<&str> =
        all["rows"].as_array().unwrap().iter().map(|row| row["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["template/lesson-with-practice", "template/one-of-four"]);
    let lessons = vic.gets(&format!("{TEMPLATES}?kind=lesson")).await.json();
    let row = &lessons["rows"][0];
    assert_eq!(
        (lessons["rows"].as_array().unwrap().len(), &row["entry"]),
        (1, &json!("lesson/model-lesson"))
    );
    assert_eq!(row["title"], "Lesson: explain, then practise");
    assert!(row["summary"]["description"].is_string());
    assert_eq!(vic.gets(&format!("{TEMPLATES}?kind=video")).await.json()["rows"], json!([]));
    assert_eq!(vic.gets(&format!("{TEMPLATES}?at=nope")).await.code(), "state-unknown");
    assert_eq!(vic.gets(&format!("{TEMPLATES}?kind=No")).await.code(), "parameter-malformed");
    assert_eq!(app.get(TEMPLATES).await.status, 401);
}

#[tokio::test]
async fn an_entry_made_from_a_template_is_a_copy_with_a_name_of_its_own() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let draft = begin(&ana).await;
    let path = format!("{draft}/from-template");
    let body = json!({
        "template": "template/lesson-with-practice", "title": "Sharing pizzas",
        "parent": "unit/understanding-fractions", "index": 1,
    });
    let key = [("idempotency-key", "t1")];
    let made = ana.posts(&path, &key, &body).await;
    assert_eq!(made.status, 201, "{}", made.json());
    assert_eq!(ana.posts(&path, &key, &body).await.json(), made.json());
    let copied = made.json();
    let lesson = ana.gets(made.header("location")).await.json()["document"].clone();
    assert_eq!(
        (&lesson["title"], &lesson["slug"]),
        (&json!("Sharing pizzas"), &json!("sharing-pizzas"))
    );
    let copies = &copied["copies"];
    assert_eq!(copies.as_object().unwrap().len(), 3, "lesson, article, exercise");
    assert_eq!(
        lesson["children"],
        json!([copies["article/model-explanation"], copies["exercise/model-one-of-four"]]),
        "its children are the copies"
    );
    let unit = document(&ana, &draft, &json!("unit/understanding-fractions")).await;
    assert_eq!(unit["children"][1], copied["key"]);
    // Later changes of the model leave the copy alone, and the other way round.
    let model = document(&ana, &draft, &json!("lesson/model-lesson")).await;
    assert_eq!(model["title"], "Lesson title");
    let shallow = json!({
        "template": "template/lesson-with-practice", "title": "¿?", "slug": "Same Children!", "shallow": true,
    });
    let made = ana.posts(&path, &[], &shallow).await.json();
    let lesson = document(&ana, &draft, &made["key"]).await;
    assert_eq!(
        (&lesson["slug"], &lesson["children"]),
        (&json!("same-children"), &model["children"])
    );
    for (change, code) in [
        (json!({ "template": "template/nope" }), "entry-unknown"),
        (json!({ "template": "lesson/equal-parts" }), "draft-refused"),
        (json!({ "title": "¿?" }), "draft-refused"),
        (json!({ "title": " " }), "request-malformed"),
        (json!({ "title": "x".repeat(301) }), "request-malformed"),
        (json!({ "parent": "article/simplest-form" }), "place-refused"),
        (json!({ "parent": "unit/nope" }), "entry-unknown"),
    ] {
        let mut body = body.clone();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let answer = ana.posts(&path, &[], &body).await;
        assert_eq!(answer.code(), code, "{change}: {}", answer.json());
    }
    let ben = app.person("ben", Role::Author);
    assert_eq!(ben.posts(&path, &[], &body).await.code(), "not-a-member");
    let vic = app.person("vic", Role::Viewer);
    assert_eq!(vic.posts(&path, &[], &body).await.code(), "right-missing");
}

#[tokio::test]
async fn what_is_made_is_published_and_its_template_is_not() {
    let app = TestApp::own();
    let pat = app.person("pat", Role::Publisher);
    let draft = begin(&pat).await;
    let body = json!({
        "template": "template/lesson-with-practice", "title": "Sharing pizzas",
        "parent": "unit/understanding-fractions",
    });
    let made = pat.posts(&format!("{draft}/from-template"), &[], &body).await.json();
    let merged = pat.posts(&format!("{draft}/merge"), &[], &json!({})).await;
    assert_eq!(merged.status, 201, "{}", merged.json());
    let plan = pat.posts("/authoring/v1/channels/production/plan", &[], &json!({})).await.json();
    let publish = json!({ "plan": plan["id"] });
    let done = pat.posts("/authoring/v1/channels/production/publish", &[], &publish).await;
    assert_eq!(done.status, 201, "{}", done.json());
    let snapshot = app.snapshot().await;
    let status = async |key: &str| {
        app.get(&format!("/v1/snapshots/{snapshot}/en/entries/{key}")).await.status.as_u16()
    };
    for copy in made["copies"].as_object().unwrap().values() {
        assert_eq!(status(copy.as_str().unwrap()).await, 307, "{copy}");
    }
    for key in [
        "template/lesson-with-practice",
        "template/one-of-four",
        "lesson/model-lesson",
        "article/model-explanation",
        "exercise/model-one-of-four",
    ] {
        assert_eq!(status(key).await, 404, "{key}");
    }
}

/// Every model of a template was reported to have no place, for ever, as if somebody had forgotten to place it.
#[tokio::test]
async fn a_model_is_told_as_one_while_its_change_waits_and_not_afterwards() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    let channel = "/authoring/v1/channels/production";
    let models = async || {
        let rows = ops.all(&format!("{channel}/not-public"), 1).await;
        let rows = rows.into_iter().filter(|row| row["key"].as_str().unwrap().contains("/model-"));
        rows.map(|row| json!([row["key"], row["why"]])).collect::<Vec<_>>()
    };
    assert_eq!(models().await, Vec::<Value>::new());
    let key = "exercise/model-one-of-four";
    let mut model =
        ops.gets(&format!("/authoring/v1/entries/{key}")).await.json()["document"].clone();
    model["title"] = json!("Which of four?");
    let change = json!({ "changes": [{ "key": key, "document": model }] });
    let made = ops.posts("/authoring/v1/commits", &[("if-match", "*")], &change).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let why = json!([{ "why": "is_model", "template": "template/lesson-with-practice" }]);
    assert_eq!(models().await, [json!([key, why])]);
    let plan = ops.posts(&format!("{channel}/plan"), &[], &json!({})).await.json();
    assert_eq!(plan["report"]["changes"][0]["key"], key);
    assert_eq!(plan["report"]["stands_nowhere_count"], 0);
    let publish = json!({ "plan": plan["id"] });
    let done = ops.posts(&format!("{channel}/publish"), &[], &publish).await;
    assert_eq!(done.status, 201, "{}", done.json());
    assert_eq!(models().await, Vec::<Value>::new());
}
