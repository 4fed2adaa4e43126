//! Stored items that the engine can't handle: each holds back its own entry, and the publish goes on.

use std::{num::NonZeroUsize, time::Duration};

use cms_api::store::{Store, perseus};
use cms_core::schema::ContentEngines;
use cms_perseus::Limits;
use serde_json::{Value, json};

use crate::test_app::{TestApp, fixtures, import_documents, publish};

fn with_engines(store: &Store, engines: ContentEngines) -> Store {
    let repository = store.repository.clone().with_content_engines(engines);
    Store { repository, ..store.clone() }
}

fn fixture(key: &str) -> Value {
    let bytes = std::fs::read(fixtures().join(format!("{key}.json"))).expect("a fixture");
    serde_json::from_slice(&bytes).expect("JSON")
}

/// A question with one widget.
fn question(kind: &str, options: &Value) -> Value {
    let name = format!("{kind} 1");
    json!({
        "content": format!("[[☃ {name}]]"),
        "images": {},
        "widgets": {name: {"type": kind, "graded": true, "options": options}},
    })
}

/// A stored question that the engine can't handle.
struct Bad {
    question: Value,
    limits: Limits,
    code: &'static str,
    message: &'static str,
}

fn refused() -> Bad {
    Bad {
        question: question("dropdown", &json!({"choices": "none", "placeholder": ""})),
        limits: Limits::default(),
        code: "bad-content",
        message: "options.choices -- expected array",
    }
}

/// Several megabytes, more than a context has room for.
fn large() -> Bad {
    let choices = vec![json!({"content": "word ".repeat(20_000), "correct": true}); 16];
    Bad {
        question: question("radio", &json!({"choices": choices, "randomize": true})),
        limits: Limits {
            memory_bytes: 10 << 20,
            time: Duration::from_secs(5),
            ..Limits::default()
        },
        code: "not-playable",
        message: "bytes of memory",
    }
}

/// Many choices below many groups, each of which is split separately.
fn slow() -> Bad {
    let choices = vec![json!({"content": "x"}); 20_000];
    let mut widget = json!({"type": "radio", "options": {"choices": choices}});
    let mut name = "radio 1";
    for _ in 0..15 {
        let options = json!({
            "content": format!("[[☃ {name}]]"), "images": {}, "widgets": {name: widget},
        });
        widget = json!({"type": "group", "options": options});
        name = "group 1";
    }
    Bad {
        question: json!({"content": "[[☃ group 1]]", "images": {}, "widgets": {name: widget}}),
        limits: Limits {
            memory_bytes: 512 << 20,
            time: Duration::from_secs(1),
            ..Limits::default()
        },
        code: "not-playable",
        message: "no answer within 1s",
    }
}

/// Publishes a stored exercise that is live, one that never was, and another change; the first two have the bad
/// question.
async fn check(bad: Bad) {
    let (live, never, other) =
        ("exercise/compare-fractions", "exercise/never", "exercise/multiply-fractions");
    let app = TestApp::own();
    let store = app.app.store();
    let mut document = fixture(live);
    document["title"] = json!("Another title");
    document["items"][0]["question"] = bad.question;
    let mut new = document.clone();
    new["slug"] = json!("never");
    let mut lesson = fixture("lesson/comparing-fractions");
    lesson["children"].as_array_mut().expect("children").push(json!(never));
    let mut good = fixture(other);
    good["title"] = json!("Another title");
    // As a program without an engine, or with a laxer parser, would have stored it.
    let lax = ContentEngines::unjudged("perseus");
    let documents =
        [(live, &document), (never, &new), ("lesson/comparing-fractions", &lesson), (other, &good)];
    import_documents(&with_engines(store, lax), documents);

    let before = app.object("en", live).await;
    let limits = Limits { contexts: NonZeroUsize::MIN, ..bad.limits };
    let published = publish(&with_engines(store, perseus::content_engines_within(limits)));
    let report = &published["report"]["report"];
    assert_eq!(report["held_back_count"], 2, "{published}");
    for (held, key) in report["held_back"].as_array().expect("rows").iter().zip([live, never]) {
        assert_eq!(held["key"], key);
        let reason = &held["reasons"][0];
        assert_eq!(reason["code"], bad.code, "{reason}");
        let pointer = reason["pointer"].as_str().expect("a pointer");
        assert!(pointer.starts_with("/items/0"), "{reason}");
        let message = reason["message"].as_str().expect("a message");
        assert!(message.contains(bad.message), "{reason}");
    }
    assert_eq!(app.object("en", live).await, before, "its last form stays");
    let entry = format!("/v1/snapshots/{}/en/entries/{never}", app.snapshot().await);
    assert_eq!(app.get(&entry).await.status, 404);
    let object = app.object("en", other).await;
    let delivered = app.get(&format!("/v1/objects/{object}")).await.json();
    assert_eq!(delivered["document"]["title"], "Another title", "the rest goes on");
}

#[tokio::test]
async fn an_item_that_became_invalid_holds_back_its_exercise_alone() {
    check(refused()).await;
}

#[tokio::test]
async fn an_item_that_takes_too_much_memory_holds_back_its_exercise_alone() {
    check(large()).await;
}

#[tokio::test]
async fn an_item_that_takes_too_long_holds_back_its_exercise_alone() {
    check(slow()).await;
}
