//! An item that Perseus's parser refuses is refused wherever it is saved, for the parser's own reason and at its
//! place. What comes with it is judged too, and nothing of it is stored.

use cms_core::access::Role;
use serde_json::{Value, json};

use super::{corpus, small_items};
use crate::{
    drafts::{begin, save},
    test_app::{Person, TestApp},
};

const COMMITS: &str = "/authoring/v1/commits";

/// An item, and what Perseus says about it: all of it, or a part.
struct Bad {
    name: String,
    item: Value,
    reason: String,
}

/// Items with one fault each, and a part of what Perseus says about it.
fn own_bad_items() -> Vec<Bad> {
    let items = small_items();
    let item = |name: &str| {
        let found = items.iter().find(|named| named.name == format!("{name:?}"));
        found.unwrap_or_else(|| panic!("{name}")).item.clone()
    };
    let with = |name: &str, pointer: &str, value: Value| {
        let mut item = item(name);
        let (parent, field) = pointer.rsplit_once('/').expect("a pointer");
        item.pointer_mut(parent).unwrap_or_else(|| panic!("{name}: {pointer}"))[field] = value;
        item
    };
    let options =
        |widget: &str, field: &str| format!("/question/widgets/{widget} 1/options/{field}");
    let table = [
        ("radio", options("radio", "choices"), json!("none"), "options.choices -- expected array"),
        (
            "radio",
            options("radio", "choices"),
            json!([{"content": 7}]),
            "content -- expected string",
        ),
        (
            "radio",
            "/question/widgets/radio 1/options".into(),
            Value::Null,
            "options -- expected object",
        ),
        (
            "numeric-input",
            options("numeric-input", "answers"),
            json!({"0": 1}),
            "answers -- expected array",
        ),
        (
            "numeric-input",
            options("numeric-input", "answers"),
            json!([{"value": "two", "status": "correct"}]),
            "value",
        ),
        ("dropdown", options("dropdown", "choices"), json!([7]), "choices"),
        ("expression", options("expression", "answerForms"), json!([{"value": 4}]), "answerForms"),
        ("matcher", options("matcher", "left"), json!(3), "left -- expected array"),
        ("sorter", options("sorter", "correct"), json!([1]), "correct"),
        ("number-line", options("number-line", "range"), json!("wide"), "range"),
        (
            "interactive-graph",
            options("interactive-graph", "correct"),
            json!({"type": "spiral"}),
            "type",
        ),
        ("matrix", options("matrix", "answers"), json!([["1", true]]), "answers"),
    ];
    let bad = table.map(|(name, pointer, value, reason)| Bad {
        name: format!("{name} with {value} at {pointer}"),
        item: with(name, &pointer, value),
        reason: reason.to_owned(),
    });
    bad.into()
}

fn real_bad_items() -> Option<Vec<Bad>> {
    let lines = corpus("perseus-items-invalid")?;
    let bad = |mut line: Value| Bad {
        name: line["name"].to_string(),
        item: line["item"].take(),
        reason: line["msg"].as_str().expect("a message").to_owned(),
    };
    Some(lines.into_iter().map(bad).collect())
}

/// An exercise with a good item followed by a bad one.
fn exercise(index: usize, bad: &Bad) -> (String, Value) {
    let slug = format!("bad-{index}");
    let mut item = bad.item.clone();
    item["id"] = json!("i2");
    let good = json!({"id": "i1", "question": {"content": "How much is a half?"}});
    let document = json!({"title": bad.name.get(..100).unwrap_or(&bad.name), "slug": slug, "items": [good, item]});
    (format!("exercise/{slug}"), document)
}

/// Checks that everything that is reported of an exercise is the parser's, and leads to the item.
fn check_violations(bad: &Bad, document: &Value, violations: &Value) {
    let told = violations.as_array().unwrap_or_else(|| panic!("{}: {violations}", bad.name));
    assert!(!told.is_empty(), "{}", bad.name);
    let messages: Vec<&str> =
        told.iter().map(|violation| violation["message"].as_str().expect("a message")).collect();
    assert!(
        messages.iter().all(|message| message.starts_with("At (root)")),
        "{}: {violations}",
        bad.name
    );
    // Here they come by place, and from the parser in its own order.
    let is_whole = bad.reason.starts_with("At (root)");
    let (mut messages, mut reasons) = (messages, bad.reason.split("; ").collect::<Vec<_>>());
    messages.sort_unstable();
    reasons.sort_unstable();
    match is_whole {
        true => assert_eq!(messages, reasons, "{}", bad.name),
        false => assert!(messages.concat().contains(&bad.reason), "{}: {messages:?}", bad.name),
    }
    for violation in told {
        assert_eq!(violation["code"], "bad-content", "{}: {violation}", bad.name);
        let pointer = violation["pointer"].as_str().expect("a pointer");
        assert!(pointer.starts_with("/items/1/"), "{}: {pointer}", bad.name);
        let (parent, _) = pointer.rsplit_once('/').expect("a pointer");
        assert!(document.pointer(parent).is_some(), "{}: {pointer}", bad.name);
    }
}

async fn head(ops: &Person<'_>) -> String {
    ops.gets("/authoring/v1/states/main").await.header("etag").to_owned()
}

/// The violations that a refusal reports for an entry.
fn refusal<'a>(answer: &'a Value, key: &str) -> &'a Value {
    let refusals = answer["refusals"].as_array().unwrap_or_else(|| panic!("{answer}"));
    let found = refusals.iter().find(|refusal| refusal["key"] == key);
    &found.unwrap_or_else(|| panic!("nothing is told of {key}: {answer}"))["violations"]
}

/// Saves bad items in each way in which exercises are saved.
async fn check(bad: Vec<Bad>) {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    let ana = app.person("ana", Role::Reviewer);
    let before = head(&ops).await;
    let entries: Vec<(String, Value)> =
        bad.iter().enumerate().map(|(index, bad)| exercise(index, bad)).collect();

    // Committed directly, with a video that lacks its fields and one that is valid.
    let video =
        json!({"title": "Well", "slug": "well", "youtube_id": "OVMceVL_CEQ", "duration_s": 60});
    let mut changes: Vec<Value> =
        entries.iter().map(|(key, document)| json!({"key": key, "document": document})).collect();
    changes.push(json!({"key": "video/bad", "document": {"title": "Without a slug"}}));
    changes.push(json!({"key": "video/well", "document": video}));
    let body = json!({"changes": changes});
    let answer = ops.posts(COMMITS, &[("if-match", "*")], &body).await;
    assert_eq!((answer.status.as_u16(), answer.code()), (422, "content-refused".into()));
    let answer = answer.json();
    for (bad, (key, document)) in bad.iter().zip(&entries) {
        check_violations(bad, document, refusal(&answer, key));
    }
    assert_eq!(refusal(&answer, "video/bad")[0]["pointer"], "/slug");
    assert_eq!(answer["refusals"].as_array().map(Vec::len), Some(entries.len() + 1));
    assert_eq!(head(&ops).await, before);

    // Saved in a draft: reported while somebody types.
    let draft = begin(&ana, "Bad items", &[]).await;
    for (bad, (key, document)) in bad.iter().zip(&entries) {
        let saved = save(&ana, &draft, key, None, document).await;
        assert_eq!(saved.status, 200, "{}: {}", bad.name, saved.json());
        check_violations(bad, document, &saved.json()["violations"]);
    }
    assert_eq!(
        save(&ana, &draft, "video/well", None, &video).await.json()["violations"],
        json!([])
    );
    // A draft may hold unfinished work; `main` accepts none of it.
    let committed = ana.posts(&format!("{draft}/commit"), &[], &json!({})).await;
    assert_eq!(committed.status, 201, "{}", committed.json());
    let merged = ana.posts(&format!("{draft}/merge"), &[], &json!({})).await;
    assert_eq!((merged.status.as_u16(), merged.code()), (422, "content-refused".into()));
    let merged = merged.json();
    for (bad, (key, document)) in bad.iter().zip(&entries) {
        check_violations(bad, document, refusal(&merged, key));
    }

    for key in entries.iter().map(|(key, _)| key.as_str()).chain(["video/bad", "video/well"]) {
        let entry = ops.gets(&format!("/authoring/v1/entries/{key}?at=main")).await;
        assert_eq!(entry.status, 404, "{key}: {}", entry.json());
    }
    assert_eq!(head(&ops).await, before);
    println!("{} items were refused", bad.len());
}

#[tokio::test]
async fn bad_items_are_refused_with_their_reasons() {
    check(own_bad_items()).await;
}

#[tokio::test]
async fn the_bad_items_of_the_corpus_are_refused_with_their_reasons() {
    let Some(bad) = real_bad_items() else { return };
    check(bad).await;
}
