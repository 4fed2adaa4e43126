//! Somebody who sees a part of the catalogue works in it: what they did is answered as done, and no answer tells of the
//! rest, whether it is given at once, later, or again.

use cms_core::{
    access::{Bounds, Limits, Right, Rights, Role},
    repo::{NewToken, SecretHash},
};
use serde_json::{Value, json};

use crate::{
    sight::limited,
    test_app::{Person, TestApp, by_ana},
};

const A: &str = "/authoring/v1";
/// What the one who asks sees, an entry of it, and one of the rest.
const PART: &str = "unit/multiplying";
const SEEN: &str = "video/multiplying-two-fractions";
const HIDDEN: &str = "lesson/simplest-form";

/// A draft in which some entries have another description.
async fn draft(person: &Person<'_>, keys: &[&str]) -> String {
    let made = person.posts(&format!("{A}/drafts"), &[], &json!({ "title": "D" })).await.json();
    let draft = format!("{A}/drafts/{}", made["draft"].as_str().unwrap());
    for key in keys {
        let path = format!("{draft}/entries/{key}");
        let shown = person.gets(&path).await;
        let mut document = shown.json()["document"].clone();
        document["description"] = json!("Other words.");
        let tag = [("if-match", shown.header("etag"))];
        let saved = person.asks("PUT", &path, &tag, Some(&document)).await;
        assert_eq!(saved.status, 200, "{}", saved.json());
    }
    person.posts(&format!("{draft}/commit"), &[], &json!({})).await;
    draft
}

/// A review of such a draft.
async fn review(person: &Person<'_>, keys: &[&str]) -> String {
    let draft = draft(person, keys).await;
    let new = json!({ "draft": draft.rsplit('/').next(), "title": "Two parts" });
    let made = person.posts(&format!("{A}/reviews"), &[], &new).await;
    assert_eq!(made.status, 201, "{}", made.json());
    made.header("location").to_owned()
}

#[tokio::test]
async fn who_accepts_all_of_a_review_that_they_see_is_answered_that_it_is_done() {
    let app = TestApp::own();
    let root = app.person("root", Role::Administrator);
    let rita = limited(&app, "rita", Role::Reviewer, json!({ "subtree": PART })).await;
    let review = review(&root, &[SEEN, HIDDEN]).await;
    let entries = |review: &Value| review["entries"].as_array().unwrap().len();
    assert_eq!(entries(&rita.gets(&review).await.json()), 1);
    let part = json!({ "keys": [SEEN] });
    let accepted = rita.posts(&format!("{review}/accept"), &[], &part).await;
    assert_eq!(accepted.status, 201, "{}", accepted.json());
    let told = accepted.json();
    assert_eq!((&told["merged"]["changed_count"], entries(&told["review"])), (&json!(1), 0));
    let main = root.gets(&format!("{A}/entries/{SEEN}")).await.json();
    assert_eq!(main["document"]["description"], "Other words.");
    // From now on nothing of it is theirs to see.
    assert_eq!(rita.gets(&review).await.code(), "review-unknown");
    assert_eq!(entries(&root.gets(&review).await.json()), 1);
}

#[tokio::test]
async fn a_key_that_publishes_and_reads_nothing_is_answered_what_it_scheduled() {
    let app = TestApp::own();
    let pia = app.person("pia", Role::Publisher);
    let rights: Rights = [Right::Publish].into_iter().collect();
    let new = NewToken {
        hash: SecretHash::of(b"cms_night"),
        person: "pia".parse().unwrap(),
        role: Role::Publisher,
        label: String::new(),
        expires_ms: None,
        bounds: Some(Bounds { rights, limits: Limits::default() }),
        brings_role: false,
        stamp: by_ana().stamp(""),
    };
    app.app.store().repository.create_token(&new).expect("a token");
    let key = Person { app: &app, token: "cms_night".into() };
    let later = json!({ "verb": "unpublish", "at": "2099-01-02T03:04:05Z", "keys": [SEEN] });
    let schedules = format!("{A}/channels/production/schedules");
    let scheduled = key.posts(&schedules, &[], &later).await;
    assert_eq!(scheduled.status, 201, "{}", scheduled.json());
    assert_eq!(scheduled.json()["schedule"]["keys"], json!([]));
    assert_eq!(pia.gets(scheduled.header("location")).await.json()["keys"], json!([SEEN]));
}

#[tokio::test]
async fn an_address_that_a_hidden_entry_has_is_taken_and_nobody_says_by_which() {
    let app = TestApp::own();
    let ana = limited(&app, "ana", Role::Author, json!({ "subtree": PART })).await;
    let made = ana.posts(&format!("{A}/drafts"), &[], &json!({ "title": "D" })).await.json();
    let name = made["draft"].as_str().unwrap();
    let (draft, entry) =
        (format!("{A}/drafts/{name}"), format!("{A}/drafts/{name}/entries/{PART}"));
    let shown = ana.gets(&entry).await;
    let mut unit = shown.json()["document"].clone();
    unit["slug"] = json!("understanding-fractions");
    let tag = [("if-match", shown.header("etag"))];
    let saved = ana.asks("PUT", &entry, &tag, Some(&unit)).await.json();
    let committed = ana.posts(&format!("{draft}/commit"), &[], &json!({})).await;
    assert_eq!(committed.status, 201, "{}", committed.json());
    let changes = ana.gets(&format!("{draft}/changes")).await.json();
    let new = json!({ "draft": name, "title": "Another address" });
    let opened = ana.posts(&format!("{A}/reviews"), &[], &new).await;
    let review = ana.gets(opened.header("location")).await.json();
    let refused = ana.posts(&format!("{draft}/merge"), &[], &json!({})).await.json();
    for (what, told) in [
        ("the answer to the save", &saved["clashes"]),
        ("the draft's conflicts", &changes["conflicts"]),
        ("the review's obstacles", &review["obstacles"]),
        ("the refusal", &refused),
    ] {
        let told = told.to_string();
        let words = "the slug “understanding-fractions” is taken by an entry that you do not see";
        assert!(told.contains(words) || what == "the refusal", "{what}: {told}");
        assert!(
            !told.contains("unit/understanding") && !told.contains("course/"),
            "{what}: {told}"
        );
    }
}
