//! Somebody who sees a part of the catalogue works in it: what they did is answered as done, and no answer tells of the
//! rest, whether it is given at once, later, or again.

use cms_core::{
    access::{Bounds, Right, Rights, Role},
    repo::{NewToken, SecretHash},
};
use serde_json::{Value, json};

use crate::{
    jobs::follow,
    sight::limited,
    test_app::{Answer, Person, TestApp, by_ana},
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
    let key = [("idempotency-key", "once")];
    let accepted = rita.posts(&format!("{review}/accept"), &key, &part).await;
    assert_eq!(accepted.status, 201, "{}", accepted.json());
    let told = accepted.json();
    assert_eq!((&told["merged"]["changed_count"], entries(&told["review"])), (&json!(1), 0));
    let main = root.gets(&format!("{A}/entries/{SEEN}")).await.json();
    assert_eq!(main["document"]["description"], "Other words.");
    // From now on nothing of it is theirs to see, except that they may ask for the lost answer again.
    assert_eq!(rita.gets(&review).await.code(), "review-unknown");
    let again = rita.posts(&format!("{review}/accept"), &key, &part).await;
    assert_eq!((again.status.as_u16(), again.json()), (201, told));
    // The key of a lost answer opens nothing else.
    let read = rita.asks("GET", &review, &key, None).await;
    assert_eq!(read.code(), "review-unknown");
    for key in ["once", "another"] {
        let key = [("idempotency-key", key)];
        let other = rita.posts(&format!("{review}/merge"), &key, &json!({})).await;
        assert_eq!(other.code(), "review-unknown");
    }
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
        bounds: Some(Bounds::of(rights)),
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

/// Takes the role of a publisher from somebody, and gives it back for a part of the catalogue.
async fn narrow(root: &Person<'_>, person: &str) {
    let grants = root.gets(&format!("{A}/grants")).await.json()["grants"].clone();
    let theirs = grants.as_array().unwrap().iter().find(|grant| grant["person"] == person).unwrap();
    let whole = format!("{A}/grants/{}", theirs["id"].as_str().unwrap());
    assert_eq!(root.asks("DELETE", &whole, &[], None).await.status, 200);
    let part = json!({ "person": person, "role": "publisher", "subtree": PART });
    assert_eq!(root.posts(&format!("{A}/grants"), &[], &part).await.status, 201);
}

/// The id of the job that was accepted.
fn job_of(accepted: &Answer) -> String {
    assert_eq!(accepted.status, 202, "{}", accepted.json());
    accepted.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_job_that_somebody_started_tells_them_no_more_than_they_see_now() {
    let app = TestApp::own();
    let root = app.person("root", Role::Administrator);
    let pia = limited(&app, "pia", Role::Publisher, json!({})).await;
    let changed = draft(&root, &[SEEN, HIDDEN]).await;
    assert_eq!(root.posts(&format!("{changed}/merge"), &[], &json!({})).await.status, 201);
    let plan = json!({ "verb": "plan", "request": { "channel": "production" } });
    let job = job_of(&pia.posts(&format!("{A}/jobs"), &[], &plan).await);
    let (_, last) = follow(&pia, &job).await.pop().unwrap();
    assert!(last["report"].to_string().contains(HIDDEN), "{last}");
    narrow(&root, "pia").await;
    let now = pia.gets(&format!("{A}/jobs/{job}")).await.json();
    assert_eq!((&now["state"], &now["report"]), (&json!("done"), &Value::Null));
    assert_eq!(now["request"], plan["request"], "what she asked for is no news");
    let listed = pia.gets(&format!("{A}/jobs")).await.json();
    assert_eq!(listed["rows"], json!([now]));
    assert_eq!(follow(&pia, &job).await.pop().unwrap().1, now);
    assert_eq!(root.gets(&format!("{A}/jobs/{job}")).await.json()["report"], last["report"]);
}

#[tokio::test]
async fn an_import_that_is_a_job_is_refused_in_the_words_of_one_that_is_waited_for() {
    let app = TestApp::own();
    let root = app.person("root", Role::Administrator);
    let lim = limited(&app, "lim", Role::Administrator, json!({ "subtree": PART })).await;
    let mut unit = lim.gets(&format!("{A}/entries/{PART}")).await.json()["document"].clone();
    let hidden = "unit/understanding-fractions";
    let import = async |path: &str, key: &str, document: &Value| {
        let line = json!({ "key": key, "locale": null, "document": document });
        let head = json!({ "cms": "import", "author": "lim", "request": {} });
        let body = format!("{head}\n{line}\n{}\n", json!({ "cms": "end" }));
        let request = lim.request("POST", &format!("{A}/{path}"), &[], None);
        app.send(request.map(|_| body.into())).await
    };
    // A line about what they do not see.
    let mut lesson = root.gets(&format!("{A}/entries/{HIDDEN}")).await.json()["document"].clone();
    lesson["description"] = json!("Other words.");
    let refused = import("commands/import", HIDDEN, &lesson).await;
    assert_eq!(refused.code(), "right-missing", "{}", refused.json());
    let job = job_of(&import("jobs/import", HIDDEN, &lesson).await);
    let (_, last) = follow(&lim, &job).await.pop().unwrap();
    assert_eq!(last["problem"]["detail"], refused.json()["detail"], "{last}");
    assert!(!last.to_string().contains(HIDDEN), "{last}");
    let whole = root.gets(&format!("{A}/jobs/{job}")).await.json();
    assert!(whole.to_string().contains(HIDDEN), "{whole}");
    // A slug that a hidden entry has is given with a number, and nobody says by which it is taken.
    unit["slug"] = json!("understanding-fractions");
    let job = job_of(&import("jobs/import", PART, &unit).await);
    let (_, last) = follow(&lim, &job).await.pop().unwrap();
    let done = import("commands/import", PART, &unit).await.json();
    for report in [&last["report"], &done] {
        assert!(report["notices"][0].to_string().contains("it became"), "{report}");
        assert!(!report.to_string().contains(hidden), "{report}");
    }
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

#[tokio::test]
async fn an_answer_that_is_given_again_shows_what_its_person_sees_now() {
    let app = TestApp::own();
    let root = app.person("root", Role::Administrator);
    let pia = limited(&app, "pia", Role::Publisher, json!({})).await;
    let changed = draft(&pia, &[SEEN, HIDDEN]).await;
    let new = json!({ "draft": changed.rsplit('/').next(), "title": "Two parts" });
    let key = [("idempotency-key", "once")];
    let opened = pia.posts(&format!("{A}/reviews"), &key, &new).await;
    assert!(opened.json().to_string().contains(HIDDEN), "{}", opened.json());
    let again = pia.posts(&format!("{A}/reviews"), &key, &new).await;
    assert_eq!((again.json(), again.header("idempotency-replayed")), (opened.json(), "true"));
    narrow(&root, "pia").await;
    let now = pia.posts(&format!("{A}/reviews"), &key, &new).await;
    assert_eq!((now.status, now.header("location")), (opened.status, opened.header("location")));
    assert!(now.json().to_string().contains(SEEN), "{}", now.json());
    assert!(!now.json().to_string().contains(HIDDEN), "{}", now.json());
}

#[tokio::test]
async fn two_people_who_are_told_different_things_of_a_channel_get_different_tags() {
    let app = TestApp::own();
    let root = app.person("root", Role::Administrator);
    let pia = limited(&app, "pia", Role::Publisher, json!({ "subtree": PART })).await;
    let channel = format!("{A}/channels/production");
    let hold = json!({ "keys": [HIDDEN], "message": "Not yet" });
    let unpublish = format!("{channel}/unpublish");
    let held = root.asks("POST", &unpublish, &[("if-match", "*")], Some(&hold)).await;
    assert!(held.status.is_success(), "{}", held.json());
    let (all, part) = (root.gets(&channel).await, pia.gets(&channel).await);
    assert_ne!(all.json()["holds_count"], part.json()["holds_count"]);
    assert_ne!(all.header("etag"), part.header("etag"));
    let seen = [("if-none-match", part.header("etag"))];
    assert_eq!(pia.asks("GET", &channel, &seen, None).await.status, 304);
    assert_eq!(root.asks("GET", &channel, &seen, None).await.status, 200);
    // Either names the publication to which a write is made.
    let hold = json!({ "keys": [SEEN], "message": "Not yet" });
    let moved =
        pia.asks("POST", &unpublish, &[("if-match", part.header("etag"))], Some(&hold)).await;
    assert!(moved.status.is_success(), "{}", moved.json());
    let late =
        pia.asks("POST", &unpublish, &[("if-match", part.header("etag"))], Some(&hold)).await;
    assert_eq!(late.code(), "stale");
}
