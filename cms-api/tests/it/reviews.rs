//! Reviews: requested, looked at, discussed, approved and merged.

use cms_api::background::notifier;
use cms_core::access::Role;
use serde_json::{Value, json};

use crate::test_app::{Person, TestApp};

const REVIEWS: &str = "/authoring/v1/reviews";
const LESSON: &str = "lesson/equal-parts";

/// A draft with the lesson's description changed.
pub(crate) async fn draft(person: &Person<'_>, text: &str) -> String {
    let made = person.posts("/authoring/v1/drafts", &[], &json!({ "title": "Words" })).await.json();
    let draft = made["draft"].as_str().unwrap().to_owned();
    write(person, &draft, text).await;
    draft
}

pub(crate) async fn write(person: &Person<'_>, draft: &str, text: &str) {
    let path = format!("/authoring/v1/drafts/{draft}/entries/{LESSON}");
    let shown = person.gets(&path).await;
    let mut document = shown.json()["document"].clone();
    document["description"] = json!(text);
    let header = match shown.header("etag") {
        "" => ("if-none-match", "*"),
        tag => ("if-match", tag),
    };
    let saved = person.asks("PUT", &path, &[header], Some(&document)).await;
    assert_eq!(saved.status, 200, "{}", saved.json());
}

pub(crate) async fn open(person: &Person<'_>, draft: &str) -> String {
    let body = json!({ "draft": draft, "title": "New words", "reviewers": ["ben"] });
    let made = person.posts(REVIEWS, &[("idempotency-key", draft)], &body).await;
    assert_eq!(made.status, 201, "{}", made.json());
    made.header("location").to_owned()
}

pub(crate) fn seen(review: &Value) -> Value {
    let entries = review["entries"].as_array().unwrap().iter();
    let entries: Vec<Value> = entries
        .map(|entry| {
            json!({ "key": entry["key"], "before": entry["pair"]["before"], "after": entry["pair"]["after"] })
        })
        .collect();
    json!({ "entries": entries, "message": "Good" })
}

/// A person's notices, the newest first.
pub(crate) async fn notices(person: &Person<'_>) -> Vec<Value> {
    notifier::look(&person.app.app).await.unwrap();
    person.all("/authoring/v1/notices", 50).await
}

#[tokio::test]
async fn a_review_is_asked_for_approved_and_merged() {
    let app = TestApp::own();
    notifier::look(&app.app).await.unwrap();
    let ana = app.person("ana", Role::Reviewer);
    let ben = app.person("ben", Role::Reviewer);
    let ops = app.person("ops", Role::Administrator);
    let rules = "/authoring/v1/review-policy";
    let tag = ops.gets(rules).await.header("etag").to_owned();
    let one = json!({ "approvals_required": 1 });
    assert_eq!(ben.asks("PUT", rules, &[("if-match", &tag)], Some(&one)).await.status, 403);
    assert_eq!(ops.asks("PUT", rules, &[("if-match", &tag)], Some(&one)).await.status, 200);
    assert_eq!(ops.asks("PUT", rules, &[("if-match", &tag)], Some(&one)).await.status, 412);

    let draft = draft(&ana, "By Ana").await;
    let review = open(&ana, &draft).await;
    assert_eq!(open(&ana, &draft).await, review, "the same key opens one review");
    let second = json!({ "draft": draft, "title": "Twice" });
    let refused = ana.posts(REVIEWS, &[], &second).await;
    // What a page links to is a member, not a word in the sentence.
    assert_eq!(refused.code(), "under-review");
    assert!(review.ends_with(refused.json()["review"].as_str().unwrap()), "{review}");
    assert_eq!(notices(&ben).await[0]["kind"], "assigned");
    let listed = ben.gets(&format!("{REVIEWS}?asked=true")).await.json();
    assert_eq!(listed["rows"].as_array().unwrap().len(), 1);
    assert_eq!(ben.gets(&format!("{REVIEWS}?mine=true")).await.json()["rows"], json!([]));

    let shown = ben.gets(&review).await.json();
    insta::assert_json_snapshot!("review", shown, {
        ".review" => "[id]", ".draft" => "[id]", ".base" => "[id]", ".head" => "[id]",
        ".entries[].before" => "[id]", ".entries[].after" => "[id]",
        ".entries[].pair.before" => "[id]", ".entries[].pair.after" => "[id]",
    });
    let merge = format!("{review}/merge");
    let early = ana.posts(&merge, &[], &json!({})).await;
    assert_eq!((early.status.as_u16(), &*early.code()), (409, "not-approved"));
    let own = ana.posts(&format!("{review}/approve"), &[], &seen(&shown)).await;
    assert_eq!((own.status.as_u16(), &*own.code()), (403, "not-allowed"));
    // Ana goes on writing: what Ben saw is no longer current.
    write(&ana, &draft, "By Ana, again").await;
    ana.posts(&format!("/authoring/v1/drafts/{draft}/commit"), &[], &json!({})).await;
    let late = ben.posts(&format!("{review}/approve"), &[], &seen(&shown)).await;
    assert_eq!((late.status.as_u16(), &*late.code()), (409, "not-as-seen"));
    assert_eq!(late.json()["keys"], json!([LESSON]));
    let shown = ben.gets(&review).await.json();
    let approved = ben.posts(&format!("{review}/approve"), &[], &seen(&shown)).await;
    assert_eq!((approved.status.as_u16(), &approved.json()["is_approved"]), (200, &json!(true)));
    assert_eq!(notices(&ana).await[0]["kind"], "answered");
    let merged = ana.posts(&merge, &[("idempotency-key", "m")], &json!({})).await;
    assert_eq!(merged.status, 201, "{}", merged.json());
    assert_eq!(merged.json()["review"]["state"], "merged");
    let again = ana.posts(&merge, &[("idempotency-key", "m")], &json!({})).await;
    assert_eq!(again.json(), merged.json());
    let over = ben.posts(&format!("{review}/request-changes"), &[], &json!({})).await;
    assert_eq!((over.status.as_u16(), &*over.code()), (409, "review-state"));
    let lesson = ana.gets(&format!("/authoring/v1/entries/{LESSON}")).await.json();
    assert_eq!(lesson["document"]["description"], "By Ana, again");
}

#[tokio::test]
async fn people_talk_in_threads_and_are_told() {
    let app = TestApp::own();
    notifier::look(&app.app).await.unwrap();
    let ana = app.person("ana", Role::Author);
    let ben = app.person("ben", Role::Reviewer);
    let cem = app.person("cem", Role::Author);
    let review = open(&ana, &draft(&ana, "Talk").await).await;
    let comments = format!("{review}/comments");
    let revision = ana.gets(&format!("/authoring/v1/entries/{LESSON}")).await.json();
    let revision = &revision["revision"]["revision"];
    let anchor = json!({ "key": LESSON, "revision": revision, "pointer": "/title" });
    let body = json!({ "text": "@cem, is this right?", "anchor": anchor });
    let said = ben.posts(&comments, &[("idempotency-key", "c")], &body).await;
    assert_eq!(said.status, 201, "{}", said.json());
    assert_eq!(ben.posts(&comments, &[("idempotency-key", "c")], &body).await.json(), said.json());
    let thread = said.json()["threads"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(notices(&cem).await[0]["kind"], "mentioned");
    assert_eq!(notices(&ana).await[0]["kind"], "answered");
    let answer = json!({ "text": "It is.", "thread": thread });
    let said = cem.posts(&comments, &[], &answer).await.json();
    let comment = said["threads"][0]["comments"][1]["id"].as_str().unwrap().to_owned();
    let edit = json!({ "text": "It was." });
    let path = format!("{comments}/{comment}");
    assert_eq!(ben.asks("PUT", &path, &[], Some(&edit)).await.code(), "not-allowed");
    assert_eq!(cem.asks("PUT", &path, &[], Some(&edit)).await.status, 200);
    let resolved = format!("{review}/threads/{thread}/resolved");
    let done = ben.asks("PUT", &resolved, &[], None).await.json();
    assert_eq!(done["threads"][0]["resolved_by"], "ben");
    let again = ben.asks("DELETE", &resolved, &[], None).await.json();
    assert_eq!(again["threads"][0]["resolved_by"], Value::Null);
    for (body, status, code) in [
        (json!({ "text": " " }), 400, "request-malformed"),
        (json!({ "text": "x", "thread": "0" }), 404, "thread-unknown"),
        (json!({ "text": "x", "thread": "0", "anchor": anchor }), 422, "review-refused"),
    ] {
        let answer = ben.posts(&comments, &[], &body).await;
        assert_eq!((answer.status.as_u16(), &*answer.code()), (status, code), "{body}");
    }
    let vic = app.person("vic", Role::Viewer);
    assert_eq!(vic.posts(&comments, &[], &json!({ "text": "x" })).await.status, 403);
}

#[tokio::test]
async fn a_review_is_described_closed_and_reopened() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    app.person("ben", Role::Reviewer);
    let review = open(&ana, &draft(&ana, "Close").await).await;
    let tag = ana.gets(&review).await.header("etag").to_owned();
    let words = json!({ "title": "Better words", "description": "See *this*.", "reviewers": [] });
    assert_eq!(ana.asks("PATCH", &review, &[], Some(&words)).await.status, 428);
    let changed = ana.asks("PATCH", &review, &[("if-match", &tag)], Some(&words)).await;
    assert_eq!(changed.json()["title"], "Better words");
    let stale = ana.asks("POST", &format!("{review}/close"), &[("if-match", &tag)], None).await;
    assert_eq!(stale.code(), "stale");
    let tag = changed.header("etag").to_owned();
    let closed = ana.asks("POST", &format!("{review}/close"), &[("if-match", &tag)], None).await;
    assert_eq!(closed.json()["state"], "closed");
    let listed = ana.gets(&format!("{REVIEWS}?state=closed")).await.json();
    assert_eq!(listed["rows"][0]["title"], "Better words");
    let tag = closed.header("etag").to_owned();
    let back = ana.asks("POST", &format!("{review}/reopen"), &[("if-match", &tag)], None).await;
    assert_eq!(back.json()["state"], "open");
    assert_eq!(ana.gets(&format!("{REVIEWS}/nope")).await.code(), "review-unknown");
    assert_eq!(ana.gets(&format!("{REVIEWS}?state=lost")).await.code(), "parameter-malformed");
}
