//! Listings by page: one row at a time, each is the same list.

use cms_core::repo::Role;
use serde_json::{Value, json};

use crate::{
    drafts::{begin, document, save},
    publishing::describe,
    test_app::{Person, TestApp},
};

const LESSON: &str = "lesson/equal-parts";
const CHANNEL: &str = "/authoring/v1/channels/production";

/// A listing is one list, whether it is read at once or row by row, and has at least so many rows.
async fn check(person: &Person<'_>, path: &str, rows_min: usize) {
    let whole = person.all(path, 500).await;
    assert!(whole.len() >= rows_min, "{path}: {whole:#?}");
    assert_eq!(person.all(path, 1).await, whole, "{path}");
    let refused = person.gets(&format!("{path}?cursor=%2A")).await;
    assert_eq!(refused.code(), "parameter-malformed", "{path}");
}

async fn made(person: &Person<'_>, path: &str, body: &Value) {
    let answer = person.posts(path, &[("if-match", "*")], body).await;
    assert!(answer.status.is_success(), "{path}: {}", answer.json());
}

#[tokio::test]
async fn every_listing_is_the_same_row_by_row() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Operator);
    describe(&ops, "Later").await;
    for (day, channel) in [(3, "staging"), (1, "production"), (2, "production")] {
        let at = format!("2030-03-0{day}T09:00[Europe/Berlin]");
        let body = json!({ "verb": "publish", "at": at });
        made(&ops, &format!("/authoring/v1/channels/{channel}/schedules"), &body).await;
    }
    check(&ops, "/authoring/v1/schedules", 3).await;
    let held = json!({ "keys": [LESSON, "lesson/simplest-form"] });
    made(&ops, &format!("{CHANNEL}/unpublish"), &held).await;
    check(&ops, &format!("{CHANNEL}/holds"), 2).await;
    for _ in 0..3 {
        made(&ops, "/authoring/v1/jobs", &json!({ "verb": "plan" })).await;
    }
    app.app.jobs().drained().await;
    check(&ops, "/authoring/v1/jobs", 3).await;
    for title in ["One", "Two", "Three"] {
        let draft = begin(&ops, title, &[]).await;
        let mut edited = document(&ops, &draft, LESSON).await;
        edited["title"] = json!(title);
        assert_eq!(save(&ops, &draft, LESSON, None, &edited).await.status, 200);
        made(&ops, &format!("{draft}/shares"), &json!({})).await;
        made(&ops, &format!("{draft}/shares"), &json!({ "label": "other" })).await;
        check(&ops, &format!("{draft}/shares"), 2).await;
    }
    check(&ops, &format!("/authoring/v1/entries/{LESSON}/editors"), 3).await;
    let plan = ops.posts("/authoring/v1/channels/beta/plan", &[], &json!({})).await.json();
    made(&ops, "/authoring/v1/channels/beta/publish", &json!({ "plan": plan["id"] })).await;
    check(&ops, "/authoring/v1/channels", 2).await;
    check(&ops, "/authoring/v1/states", 3).await;
    check(&ops, "/authoring/v1/templates", 2).await;
    check(&ops, "/authoring/v1/entries/image/bar-two-thirds/uses", 1).await;
    check(&ops, "/authoring/v1/entries/exercise/model-one-of-four/uses", 2).await;
}

/// A page of `main` is of the `main` that the first page found.
#[tokio::test]
async fn a_listing_of_a_state_goes_on_in_that_state() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Operator);
    let path = "/authoring/v1/entries/exercise/model-one-of-four/uses";
    let whole = ops.all(path, 500).await;
    let first = ops.gets(&format!("{path}?limit=1")).await.json();
    let user = whole[1]["by"].as_str().unwrap();
    let changes = json!({ "changes": [{ "key": user, "document": null }] });
    made(&ops, "/authoring/v1/commits", &changes).await;
    assert_eq!(ops.all(path, 500).await, whole[..1]);
    let cursor = first["next"].as_str().unwrap();
    let second = ops.gets(&format!("{path}?cursor={cursor}")).await.json();
    assert_eq!(second["rows"], json!(whole[1..]));
}
