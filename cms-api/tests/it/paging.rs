//! Listings by page: read one row at a time, each is the same list.

use cms_core::access::Role;
use serde_json::{Value, json};

use crate::{
    drafts::{begin, document, save},
    publishing::describe,
    test_app::{Person, TestApp},
};

const LESSON: &str = "lesson/equal-parts";
const CHANNEL: &str = "/authoring/v1/channels/production";

/// Checks that a listing is the same list, read at once or row by row, and that it has at least this many rows.
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
    let ops = app.person("ops", Role::Administrator);
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

/// All pages of `main` are of the `main` that the first page found.
#[tokio::test]
async fn a_listing_of_a_state_goes_on_in_that_state() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
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

#[tokio::test]
async fn a_cursor_goes_on_in_the_list_that_gave_it_and_in_no_other() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    let entries = "/authoring/v1/entries?kind=exercise&limit=2";
    let first = ops.gets(entries).await.json();
    let cursor = first["next"].as_str().unwrap();
    let second = ops.gets(&format!("{entries}&cursor={cursor}")).await;
    assert_eq!(second.status, 200);
    for other in [
        "/authoring/v1/entries?kind=video",
        "/authoring/v1/entries",
        "/authoring/v1/entries?kind=exercise&title=a",
        "/authoring/v1/schedules",
        "/authoring/v1/commits",
        "/authoring/v1/jobs",
        "/authoring/v1/states",
    ] {
        let mark = if other.contains('?') { '&' } else { '?' };
        let refused = ops.gets(&format!("{other}{mark}cursor={cursor}")).await;
        assert_eq!(
            (refused.status.as_u16(), &*refused.code()),
            (400, "parameter-malformed"),
            "{other}"
        );
        let told = refused.json();
        assert_eq!(told["parameter"], "cursor");
        assert!(told["detail"].as_str().unwrap().contains("another list"), "{other}: {told}");
    }
    // Learners' lists too; there, a list without a kind is another list than one with it.
    let page = format!("/v1/snapshots/{}/en/entries", app.snapshot().await);
    let first = app.get(&format!("{page}?kind=exercise&limit=2")).await.json();
    let cursor = first["next"].as_str().unwrap();
    assert_eq!(app.get(&format!("{page}?kind=exercise&limit=3&cursor={cursor}")).await.status, 200);
    assert_eq!(app.get(&format!("{page}?cursor={cursor}")).await.code(), "parameter-malformed");
}

#[tokio::test]
async fn schedules_that_change_while_they_are_read_are_neither_lost_nor_doubled() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    describe(&ops, "Later").await;
    let schedules = format!("{CHANNEL}/schedules");
    let mut ids = Vec::new();
    for day in [5, 3, 4, 1] {
        let body = json!({ "verb": "publish", "at": format!("2030-03-0{day}T09:00Z") });
        let made = ops.posts(&schedules, &[], &body).await;
        ids.push(made.json()["schedule"]["id"].as_str().unwrap().to_owned());
    }
    let (mut seen, mut next) = (Vec::new(), String::new());
    loop {
        let page = ops.gets(&format!("/authoring/v1/schedules?limit=1{next}")).await.json();
        seen.extend(
            page["rows"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["id"].as_str().unwrap().to_owned()),
        );
        let Some(cursor) = page["next"].as_str() else { break };
        next = format!("&cursor={cursor}");
        // Rows that were read move behind unread ones, and unread ones before those that were read.
        for (id, day) in [(&ids[0], 9), (&ids[3], 8), (&ids[2], 1)] {
            let body = json!({ "at": format!("2031-03-0{day}T09:00Z") });
            let path = format!("{schedules}/{id}");
            let version = ops.gets(&path).await.json()["version"].to_string();
            let tag = format!("\"{version}\"");
            let moved = ops.asks("PATCH", &path, &[("if-match", &tag)], Some(&body)).await;
            assert_eq!(moved.status, 200, "{}", moved.json());
        }
    }
    assert_eq!(seen, ids);
    let pending = ops.gets("/authoring/v1/schedules?state=pending").await.json();
    assert_eq!(pending["rows"].as_array().unwrap().len(), 4);
    assert_eq!(ops.gets("/authoring/v1/schedules?state=done").await.json()["rows"], json!([]));
    assert_eq!(ops.gets("/authoring/v1/schedules?state=gone").await.code(), "parameter-malformed");
}
