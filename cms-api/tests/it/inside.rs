//! What the store keeps for itself, as somebody finds it who looks for it over HTTP.

use axum::body::Body;
use cms_core::access::Role;
use serde_json::json;

use crate::test_app::{Answer, Person, TestApp};

const A: &str = "/authoring/v1";

/// An open review, and its draft.
async fn reviewed(ana: &Person<'_>) -> (String, String) {
    let draft = ana.posts(&format!("{A}/drafts"), &[], &json!({ "title": "Words" })).await;
    let draft = draft.json()["draft"].as_str().unwrap().to_owned();
    let path = format!("{A}/drafts/{draft}/entries/lesson/equal-parts");
    let mut lesson = ana.gets(&path).await.json()["document"].clone();
    lesson["title"] = json!("Parts alike");
    let read = crate::drafts::tag_of(ana, &path).await;
    ana.asks("PUT", &path, &[("if-match", &read)], Some(&lesson)).await;
    let body = json!({ "draft": draft, "title": "Please look" });
    let review = ana.posts(&format!("{A}/reviews"), &[], &body).await.json()["review"].clone();
    (review.as_str().unwrap().to_owned(), draft)
}

async fn import(ops: &Person<'_>, request: &str, lines: &[u8]) -> Answer {
    let head = format!("{{\"cms\":\"import\",\"author\":\"x\",\"request\":{request}}}\n");
    let body = [head.as_bytes(), lines, b"{\"cms\":\"end\"}\n"].concat();
    let request = ops.request("POST", &format!("{A}/commands/import"), &[], None);
    ops.app.send(request.map(|_| Body::from(body))).await
}

/// A line that changes nothing, because an input without lines is refused before anything else is checked.
async fn unchanged(ops: &Person<'_>) -> Vec<u8> {
    let schema = ops.gets(&format!("{A}/entries/schema/topic?at=main")).await.json();
    let line = json!({ "key": "schema/topic", "document": schema["document"] });
    assert!(line["document"].is_object(), "{schema}");
    format!("{line}\n").into_bytes()
}

#[tokio::test]
async fn reviews_are_reached_by_no_name_of_a_branch() {
    let app = TestApp::own();
    let (ana, ops) = (app.person("ana", Role::Author), app.person("ops", Role::Administrator));
    let (review, draft) = reviewed(&ana).await;
    for branch in ["reviews", &format!("draft/{draft}")] {
        let request =
            format!("{{\"branch\":\"{branch}\",\"prune\":true,\"prune_at_most\":\"100%\"}}");
        let refused = import(&ops, &request, &unchanged(&ops).await).await;
        assert_eq!((refused.status.as_u16(), &*refused.code()), (404, "state-unknown"), "{branch}");
        let document = json!({ "title": "x", "slug": "x" });
        let body =
            json!({ "branch": branch, "changes": [{ "key": "video/x", "document": document }] });
        let refused = ops.posts(&format!("{A}/commits"), &[("if-match", "*")], &body).await;
        assert_eq!((refused.status.as_u16(), &*refused.code()), (404, "state-unknown"), "{branch}");
    }
    let asked = [
        ("GET", format!("{A}/states/reviews"), None),
        ("GET", format!("{A}/entries?at=reviews"), None),
        ("GET", format!("{A}/entries/review/{review}?at=reviews"), None),
        ("GET", format!("{A}/entries/review/{review}/history?at=reviews"), None),
        ("GET", format!("{A}/commits?at=reviews"), None),
        ("GET", format!("{A}/diff?from=main&to=reviews"), None),
        ("GET", format!("{A}/diff?from=reviews~1&to=main"), None),
        ("POST", format!("{A}/drafts"), Some(json!({ "title": "t", "from": "reviews" }))),
        ("POST", format!("{A}/channels/production/plan"), Some(json!({ "target": "reviews" }))),
        (
            "POST",
            format!("{A}/commands/publish"),
            Some(json!({ "request": { "target": "reviews" } })),
        ),
        ("POST", format!("{A}/commands/rollback"), Some(json!({ "request": { "to": "reviews" } }))),
        ("POST", format!("{A}/commands/log"), Some(json!({ "request": { "at": "reviews" } }))),
        (
            "POST",
            format!("{A}/commands/export"),
            Some(json!({ "request": { "state": "reviews" } })),
        ),
    ];
    for (method, path, body) in asked {
        let refused = ops.asks(method, &path, &[], body.as_ref()).await;
        assert_eq!(refused.status, 404, "{method} {path}: {}", refused.json());
    }
    let states = ops.gets(&format!("{A}/states")).await.json();
    assert!(states["rows"].as_array().unwrap().iter().all(|row| row["state"] != "reviews"));
    assert_eq!(ana.gets(&format!("{A}/reviews/{review}")).await.status, 200);
    let verified = ops.posts(&format!("{A}/commands/verify"), &[], &json!({ "request": {} })).await;
    assert_eq!(verified.json()["ok"], true, "{}", verified.json());
}

#[tokio::test]
async fn an_import_that_would_empty_the_store_is_refused_with_what_would_go() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    let one = unchanged(&ops).await;
    let refused = import(&ops, "{\"prune\":true}", &one).await;
    assert_eq!((refused.status.as_u16(), &*refused.code()), (422, "prune-too-much"));
    assert!(!refused.json()["keys"].as_array().unwrap().is_empty());
    let done = import(&ops, "{\"prune\":true,\"prune_at_most\":\"100%\"}", &one).await;
    assert_eq!(done.status, 200, "{}", done.json());
    let refused = ops.posts(&format!("{A}/commands/publish"), &[], &json!({ "request": {} })).await;
    assert_eq!((refused.status.as_u16(), &*refused.code()), (422, "publish-empties"));
    assert_eq!(refused.json()["takes"], "everything");
    let plan = format!("{A}/channels/production/plan");
    let plan = ops.posts(&plan, &[], &json!({})).await.json();
    assert_eq!(plan["takes"], "everything");
    let publish = format!("{A}/channels/production/publish");
    let body = json!({ "plan": plan["id"] });
    assert_eq!(ops.posts(&publish, &[], &body).await.code(), "publish-empties");
    let body = json!({ "plan": plan["id"], "may_empty": true });
    assert_eq!(ops.posts(&publish, &[], &body).await.status, 201);
}

#[tokio::test]
async fn what_a_sender_left_out_and_what_is_not_utf_8_is_told_over_http_too() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    let mut lines =
        b"{\"cms\":\"left-out\",\"name\":\"video/k2.JSON\",\"reason\":\"its ending\"}\n".to_vec();
    lines.extend(b"{\"cms\":\"source\",\"name\":\"a.ndjson\",\"line\":7}\n");
    lines.extend(b"{\"key\":\"video/v9\",\"document\":{\"title\":\"Caf\xe9\"}}\n");
    let refused = import(&ops, "{}", &lines).await.json();
    let row = &refused["report"]["refused"][0];
    assert_eq!(
        (&row["source"], &row["line"], &row["column"]),
        (&json!("a.ndjson"), &json!(7), &json!(43))
    );
    assert!(row["reasons"][0]["message"].as_str().unwrap().contains("Latin-1"), "{row}");
    assert_eq!(refused["report"]["left_out"][0]["source"], "video/k2.JSON");
    let wide: Vec<u8> = "{\"title\":\"t\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let request =
        ops.request("POST", &format!("{A}/drafts"), &[("content-type", "application/json")], None);
    let refused = app.send(request.map(|_| Body::from(wide))).await;
    assert_eq!(refused.code(), "request-malformed");
    assert!(refused.json()["detail"].as_str().unwrap().contains("UTF-16"), "{}", refused.json());
}

#[tokio::test]
async fn a_number_that_would_become_another_is_refused_wherever_it_is_sent() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let (_, draft) = reviewed(&ana).await;
    let long = "1.00000000000000000000001";
    let batch = format!(
        "{{\"keys\":[\"lesson/equal-parts\"],\"steps\":[{{\"do\":\"set\",\"pointer\":\"/x\",\"value\":{long}}}]}}"
    );
    let headers = [("content-type", "application/json")];
    let request = ana.request("POST", &format!("{A}/drafts/{draft}/batch"), &headers, None);
    let refused = app.send(request.map(|_| Body::from(batch))).await;
    assert_eq!((refused.status.as_u16(), &*refused.code()), (400, "request-malformed"));
    assert_eq!(refused.json()["pointer"], "/steps/0/value");
    let path = format!("{A}/drafts/{draft}/entries/video/fresh-one");
    let headers = [("content-type", "application/json"), ("if-none-match", "*")];
    let request = ana.request("PUT", &path, &headers, None);
    let document = format!("{{\"title\":\"t\",\"slug\":\"t\",\"duration_s\":{long}}}");
    let refused = app.send(request.map(|_| Body::from(document))).await;
    assert_eq!(refused.status, 422, "{}", refused.json());
    assert_eq!(refused.json()["pointer"], "/duration_s");
}

#[tokio::test]
async fn an_idempotency_key_is_heeded_or_refused() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let (review, draft) = reviewed(&ana).await;
    // A batch that is sent twice replaces once.
    let step = json!({ "do": "replace-text", "find": "Parts", "replace": "Parts and Parts" });
    let body = json!({ "keys": ["lesson/equal-parts"], "steps": [step] });
    let batch = format!("{A}/drafts/{draft}/batch");
    let key = [("idempotency-key", "b1")];
    let first = ana.posts(&batch, &key, &body).await;
    assert_eq!(first.status, 200, "{}", first.json());
    let again = ana.posts(&batch, &key, &body).await;
    assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (200, "true"));
    assert_eq!(again.json(), first.json());
    let entry = format!("{A}/drafts/{draft}/entries/lesson/equal-parts");
    assert_eq!(ana.gets(&entry).await.json()["document"]["title"], "Parts and Parts alike");
    // An operation that does not support it says so, and does nothing.
    let close = format!("{A}/reviews/{review}/close");
    let refused =
        ana.posts(&close, &[("idempotency-key", "c"), ("if-match", "*")], &json!({})).await;
    assert_eq!((refused.status.as_u16(), &*refused.code()), (400, "idempotency-key-unheeded"));
    assert!(refused.json()["detail"].as_str().unwrap().contains("Idempotency-Key"));
    let open = ana.gets(&format!("{A}/reviews/{review}")).await.json();
    assert_eq!(open["state"], "open");
    // A read does nothing that could be done twice.
    let listed = ana.asks("GET", &format!("{A}/drafts"), &key, None).await;
    assert_eq!(listed.status, 200);
}
