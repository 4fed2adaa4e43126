//! Drafts: typing, saving, committing, merging, and what happens when two people do so at once.

use cms_core::access::Role;
use serde_json::{Value, json};

use crate::test_app::{Answer, Person, TestApp};

const DRAFTS: &str = "/authoring/v1/drafts";
const LESSON: &str = "lesson/equal-parts";

pub(crate) async fn begin(person: &Person<'_>, title: &str, members: &[&str]) -> String {
    let body = json!({ "title": title, "members": members });
    let made = person.posts(DRAFTS, &[], &body).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let draft = made.json()["draft"].as_str().unwrap().to_owned();
    assert_eq!(made.header("location"), format!("{DRAFTS}/{draft}"));
    format!("{DRAFTS}/{draft}")
}

pub(crate) async fn document(person: &Person<'_>, draft: &str, key: &str) -> Value {
    person.gets(&format!("{draft}/entries/{key}")).await.json()["document"].clone()
}

pub(crate) async fn save(
    person: &Person<'_>,
    draft: &str,
    key: &str,
    seen: Option<&str>,
    document: &Value,
) -> Answer {
    let path = format!("{draft}/entries/{key}");
    let read = match seen {
        Some(tag) => tag.to_owned(),
        None => tag_of(person, &path).await,
    };
    let header = if read.is_empty() { ("if-none-match", "*") } else { ("if-match", &*read) };
    person.asks("PUT", &path, &[header], Some(document)).await
}

/// The tag that a person who reads an entry of a draft now names when they save it; empty if there is no such entry.
pub(crate) async fn tag_of(person: &Person<'_>, path: &str) -> String {
    person.gets(path).await.header("etag").to_owned()
}

/// A draft with one field of the lesson changed and committed.
async fn edited(person: &Person<'_>, field: &str, text: &str) -> String {
    let draft = begin(person, text, &[]).await;
    let mut lesson = document(person, &draft, LESSON).await;
    lesson[field] = json!(text);
    assert_eq!(save(person, &draft, LESSON, None, &lesson).await.status, 200);
    let committed = person.posts(&format!("{draft}/commit"), &[], &json!({})).await;
    assert_eq!(committed.status, 201, "{}", committed.json());
    draft
}

#[tokio::test]
async fn a_draft_is_begun_shared_handed_over_given_up_and_reopened() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let ben = app.person("ben", Role::Author);
    let draft = begin(&ana, "Fractions anew", &["ben"]).await;
    let shown = ana.gets(&draft).await;
    insta::assert_json_snapshot!("draft", shown.json(), {
        ".draft" => "[id]", ".begun_from" => "[id]", ".head" => "[id]",
    });
    let tag = shown.header("etag").to_owned();
    let renamed =
        ben.asks("PATCH", &draft, &[("if-match", &tag)], Some(&json!({ "title": "Halves" }))).await;
    assert_eq!((renamed.status.as_u16(), &renamed.json()["title"]), (200, &json!("Halves")));
    let late =
        ana.asks("PATCH", &draft, &[("if-match", &tag)], Some(&json!({ "title": "Thirds" }))).await;
    assert_eq!((late.status.as_u16(), &*late.code()), (412, "stale"));
    assert_eq!(late.json()["current_tag"], renamed.header("etag"));
    let none = ana.asks("PATCH", &draft, &[], Some(&json!({ "title": "x" }))).await;
    assert_eq!(none.status, 428);
    let tag = renamed.header("etag").to_owned();
    let handed =
        ana.asks("PATCH", &draft, &[("if-match", &tag)], Some(&json!({ "owner": "ben" }))).await;
    let row = handed.json();
    assert_eq!((&row["owner"], &row["members"]), (&json!("ben"), &json!(["ana"])));
    let eve = app.person("eve", Role::Administrator);
    let tag = handed.header("etag").to_owned();
    let foreign = eve.asks("DELETE", &draft, &[("if-match", &tag)], None).await;
    assert_eq!((foreign.status.as_u16(), &*foreign.code()), (403, "not-a-member"));
    let mine = ana.gets(&format!("{DRAFTS}?mine=true")).await.json();
    assert_eq!(mine["rows"].as_array().unwrap().len(), 1);
    assert_eq!(eve.gets(&format!("{DRAFTS}?mine=true")).await.json()["rows"], json!([]));
    let gone = ben.asks("DELETE", &draft, &[("if-match", &tag)], None).await;
    assert_eq!((gone.status.as_u16(), &gone.json()["state"]), (200, &json!("discarded")));
    assert_eq!(ana.gets(&format!("{DRAFTS}?mine=true")).await.json()["rows"], json!([]));
    let tag = gone.header("etag").to_owned();
    let back = ben.asks("POST", &format!("{draft}/reopen"), &[("if-match", &tag)], None).await;
    assert_eq!((back.status.as_u16(), &back.json()["state"]), (200, &json!("open")));
    let viewer = app.person("vic", Role::Viewer);
    assert_eq!(viewer.gets(&draft).await.status, 200);
    assert_eq!(viewer.posts(DRAFTS, &[], &json!({ "title": "x" })).await.status, 403);
    for title in ["", " ", "two\nlines", &"x".repeat(121)] {
        let answer = ana.posts(DRAFTS, &[], &json!({ "title": title })).await;
        assert_eq!(
            (&*answer.code(), &answer.json()["pointer"]),
            ("request-malformed", &json!("/title"))
        );
    }
    assert_eq!(ana.gets(&format!("{DRAFTS}/nope")).await.code(), "draft-unknown");
}

#[tokio::test]
async fn the_same_key_begins_one_draft() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let key = [("idempotency-key", "d1")];
    let first = ana.posts(DRAFTS, &key, &json!({ "title": "A" })).await.json();
    let again = ana.posts(DRAFTS, &key, &json!({ "title": "A" })).await.json();
    assert_eq!(first, again);
    assert_eq!(ana.all(DRAFTS, 10).await.len(), 1);
}

#[tokio::test]
async fn a_save_says_what_is_wrong_and_never_overwrites() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let ben = app.person("ben", Role::Author);
    let draft = begin(&ana, "Lesson", &["ben"]).await;
    let mut lesson = document(&ana, &draft, LESSON).await;
    let other = begin(&ben, "Other", &[]).await;
    save(&ben, &other, LESSON, None, &lesson).await;
    lesson["title"] = json!(7);
    let saved = save(&ana, &draft, LESSON, None, &lesson).await;
    assert_eq!(saved.status, 200, "typing may be invalid");
    let body = saved.json();
    assert_eq!(body["violations"][0]["pointer"], "/title");
    assert_eq!(body["others"][0]["author"], "ben", "who else changes it");
    let tag = saved.header("etag").to_owned();
    assert_eq!(tag, format!("\"{}\"", body["version"]));
    lesson["title"] = json!("Equal parts");
    lesson["description"] = json!("By Ana.");
    let path = format!("{draft}/entries/{LESSON}");
    let unread = ana.asks("PUT", &path, &[("if-none-match", "*")], Some(&lesson)).await;
    assert_eq!(unread.status, 412, "there is one");
    let blind = ana.asks("PUT", &path, &[("if-match", "*")], Some(&lesson)).await;
    assert_eq!(blind.status, 428, "whatever is there would be overwritten unseen");
    let saved = save(&ana, &draft, LESSON, Some(&tag), &lesson).await;
    assert_eq!(saved.json()["violations"], json!([]));
    // Ben has seen the version before.
    let mut bens = lesson.clone();
    bens["description"] = json!("By Ben.");
    bens["slug"] = json!("equal-parts-anew");
    let late = save(&ben, &draft, LESSON, Some(&tag), &bens).await;
    assert_eq!((late.status.as_u16(), &*late.code()), (412, "stale"));
    let told = late.json();
    assert_eq!(told["theirs"]["description"], "By Ana.");
    assert_eq!(told["yours"]["description"], "By Ben.");
    assert!(told["base"]["description"].is_string());
    assert_eq!(told["merged"]["slug"], "equal-parts-anew", "what does not conflict is joined");
    assert_eq!(told["conflicts"][0]["pointer"], "/description");
    assert_eq!(told["current_tag"], saved.header("etag"));
    let shown = ana.gets(&format!("{draft}/entries/{LESSON}")).await;
    assert_eq!(
        (&shown.json()["is_working"], shown.header("etag")),
        (&json!(true), saved.header("etag"))
    );
    assert_eq!(shown.json()["document"]["description"], "By Ana.");
    for (text, status, code) in [
        ("{\"title\":1,\"title\":2}", 422, "content-refused"),
        ("{", 422, "content-refused"),
        ("[1e999]", 422, "content-refused"),
    ] {
        let path = format!("{draft}/entries/video/new");
        let headers = [("if-none-match", "*"), ("content-type", "application/json")];
        let request = ana.request("PUT", &path, &headers, None).map(|_| text.into());
        let answer = app.send(request).await;
        assert_eq!((answer.status.as_u16(), &*answer.code()), (status, code), "{text}");
    }
    let unknown = save(&ana, &draft, "nothing/x", None, &json!({})).await;
    assert_eq!(unknown.json()["violations"][0]["code"], "unknown-kind");
    let dropped = ana
        .asks("DELETE", &format!("{draft}/entries/{LESSON}/working"), &[("if-match", &tag)], None)
        .await;
    assert_eq!(dropped.status, 412, "not what is there");
    let tag = saved.header("etag").to_owned();
    let dropped = ana
        .asks("DELETE", &format!("{draft}/entries/{LESSON}/working"), &[("if-match", &tag)], None)
        .await;
    assert_eq!((dropped.status.as_u16(), dropped.body.len()), (204, 0));
    assert_eq!(ana.gets(&format!("{draft}/entries/{LESSON}")).await.json()["is_working"], false);
}

#[tokio::test]
async fn two_edit_one_lesson_and_both_edits_are_there() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Reviewer);
    let ben = app.person("ben", Role::Reviewer);
    let (first, second) = (
        edited(&ana, "title", "Ana's title").await,
        edited(&ben, "description", "Ben's words").await,
    );
    let changes = ana.gets(&format!("{first}/changes")).await.json();
    let row = &changes["rows"][0];
    assert_eq!((&row["key"], &row["change"]), (&json!(LESSON), &json!("changed")));
    let merged = ana.posts(&format!("{first}/merge"), &[], &json!({ "message": "One" })).await;
    assert_eq!(merged.status, 201, "{}", merged.json());
    let commit = merged.json()["commit"].as_str().unwrap().to_owned();
    assert_eq!(merged.header("location"), format!("/authoring/v1/commits/{commit}"));
    let beside = ben.gets(&format!("{second}/changes")).await.json();
    assert_eq!(beside["rows"][0]["is_changed_on_main"], true);
    let merged = ben.posts(&format!("{second}/merge"), &[], &json!({})).await;
    assert_eq!(merged.status, 201, "{}", merged.json());
    let lesson = ana.gets(&format!("/authoring/v1/entries/{LESSON}")).await.json();
    assert_eq!(lesson["document"]["title"], "Ana's title");
    assert_eq!(lesson["document"]["description"], "Ben's words");
    let after = ana.gets(&first).await.json();
    assert_eq!(after["state"], "merged");
    let late = save(&ana, &first, LESSON, None, &lesson["document"]).await;
    assert_eq!((late.status.as_u16(), &*late.code()), (409, "draft-state"));
    assert_eq!(late.json()["state"], "merged");
    let author = app.person("cem", Role::Author);
    let third = edited(&author, "title", "Third").await;
    assert_eq!(author.posts(&format!("{third}/merge"), &[], &json!({})).await.status, 403);
}

#[tokio::test]
async fn conflicts_are_told_settled_and_merged() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Reviewer);
    let first = edited(&ana, "title", "One").await;
    let second = edited(&ana, "title", "Two").await;
    assert_eq!(ana.posts(&format!("{first}/merge"), &[], &json!({})).await.status, 201);
    let refused = ana.posts(&format!("{second}/merge"), &[], &json!({})).await;
    assert_eq!((refused.status.as_u16(), &*refused.code()), (409, "merge-conflicts"));
    assert_eq!(refused.json()["conflicted"], json!([LESSON]));
    let rebased = ana.posts(&format!("{second}/rebase"), &[], &json!({})).await;
    assert_eq!((rebased.status.as_u16(), &rebased.json()["conflicted"]), (201, &json!([LESSON])));
    let conflicts = ana.gets(&format!("{second}/conflicts")).await.json();
    insta::assert_json_snapshot!("conflicts", conflicts, { ".entries[].document" => "[document]" });
    let path = format!("{second}/resolve");
    let table = [
        (json!({ "choice": "ours" }), 422, "choice-refused"),
        (json!({ "key": LESSON, "pointer": "/title", "choice": "value" }), 422, "choice-refused"),
        (json!({ "key": LESSON, "pointer": "/nope", "choice": "ours" }), 409, "conflict-unknown"),
        (
            json!({ "key": "topic/root", "pointer": "/title", "choice": "ours" }),
            409,
            "conflict-unknown",
        ),
        (json!({ "conflict": "nope", "choice": "ours" }), 422, "choice-refused"),
        (
            json!({ "key": LESSON, "pointer": "/title", "choice": "value", "value": "Both" }),
            200,
            "",
        ),
        (json!({ "key": LESSON, "pointer": "/title", "choice": "ours" }), 409, "conflict-unknown"),
    ];
    for (body, status, code) in table {
        let answer = ana.posts(&path, &[], &body).await;
        let found = (answer.status.as_u16(), answer.code());
        assert_eq!(found, (status, code.to_owned()), "{body}: {}", answer.json());
    }
    assert_eq!(ana.posts(&format!("{second}/merge"), &[], &json!({})).await.status, 201);
    let lesson = ana.gets(&format!("/authoring/v1/entries/{LESSON}")).await.json();
    assert_eq!(lesson["document"]["title"], "Both");
}

#[tokio::test]
async fn what_was_is_restored_and_taken_back() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Reviewer);
    let draft = edited(&ana, "title", "Wrong").await;
    let merged = ana.posts(&format!("{draft}/merge"), &[], &json!({})).await.json();
    let draft = begin(&ana, "Back", &[]).await;
    let back = json!({ "commit": merged["commit"], "message": "It was wrong" });
    let reverted = ana.posts(&format!("{draft}/revert"), &[], &back).await;
    assert_eq!(reverted.status, 201, "{}", reverted.json());
    assert_eq!(document(&ana, &draft, LESSON).await["title"], "Parts of equal size");
    let history = ana.all(&format!("/authoring/v1/entries/{LESSON}/history"), 50).await;
    let oldest = history.last().unwrap()["revision"].clone();
    let restore = json!({ "key": LESSON, "revision": oldest });
    let restored = ana.posts(&format!("{draft}/restore"), &[], &restore).await;
    assert_eq!(restored.status, 201, "{}", restored.json());
    assert_eq!(document(&ana, &draft, LESSON).await["title"], "Equal parts");
    let wrong = json!({ "key": "topic/root", "revision": oldest });
    let answer = ana.posts(&format!("{draft}/restore"), &[], &wrong).await;
    assert_eq!(answer.code(), "revision-unknown");
    let ben = app.person("ben", Role::Administrator);
    for (step, body) in [("revert", &back), ("restore", &restore)] {
        let answer = ben.posts(&format!("{draft}/{step}"), &[], body).await;
        assert_eq!(answer.code(), "not-a-member", "{step}");
    }
    let none = ana.posts(&format!("{draft}/commit"), &[], &json!({})).await;
    assert_eq!((none.status.as_u16(), &*none.code()), (409, "nothing-to-do"));
}

#[tokio::test]
async fn an_entry_goes_to_the_trash_by_a_draft() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Reviewer);
    let draft = begin(&ana, "Trash", &[]).await;
    let path = format!("{draft}/entries/{}", crate::test_app::RETIRED);
    let read = tag_of(&ana, &path).await;
    let trashed = ana.asks("DELETE", &path, &[("if-match", &read)], None).await;
    assert_eq!(trashed.status, 200, "{}", trashed.json());
    assert_eq!(ana.gets(&path).await.json()["document"], Value::Null);
    let merged = ana.posts(&format!("{draft}/merge"), &[], &json!({})).await;
    assert_eq!(merged.status, 201, "{}", merged.json());
    let trash = ana.all("/authoring/v1/entries?trash=true", 50).await;
    assert_eq!(trash[0]["key"], crate::test_app::RETIRED);
    assert_eq!(trash[0]["state"], "deleted");
}

#[tokio::test]
async fn drafts_are_followed() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Reviewer);
    let request = ana.request("GET", "/authoring/v1/events", &[], None);
    let mut stream = app.stream(request).await;
    stream.next().await.unwrap();
    let draft = edited(&ana, "title", "Followed").await;
    ana.posts(&format!("{draft}/merge"), &[], &json!({})).await;
    let id = draft.rsplit('/').next().unwrap();
    let mut names = Vec::new();
    for _ in 0..4 {
        let event = stream.next().await.unwrap();
        if event.name == "draft" {
            assert_eq!(event.data["draft"], id);
        }
        names.push(format!("{} {}", event.name, event.data["verb"].as_str().unwrap()));
    }
    let expected = ["draft begin-draft", "draft commit-draft", "branch merge", "draft close-draft"];
    assert_eq!(names, expected);
}

#[tokio::test]
async fn entries_are_placed_trashed_copied_and_edited_in_batches() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let draft = begin(&ana, "Moves", &[]).await;
    let exercise = "exercise/equal-parts";
    let place =
        json!({ "key": exercise, "from": [LESSON], "parent": "lesson/simplest-form", "index": 0 });
    let key = [("idempotency-key", "m1")];
    let placed = ana.posts(&format!("{draft}/place"), &key, &place).await;
    assert_eq!(placed.status, 201, "{}", placed.json());
    let again = ana.posts(&format!("{draft}/place"), &key, &place).await;
    assert_eq!(again.json(), placed.json());
    assert_eq!(document(&ana, &draft, "lesson/simplest-form").await["children"][0], exercise);
    let used = ana.posts(&format!("{draft}/trash"), &[], &json!({ "key": exercise })).await;
    assert_eq!((used.status.as_u16(), &*used.code()), (409, "still-used"));
    let uses = used.json()["uses"].clone();
    assert!(uses.as_array().unwrap().iter().any(|used| used["by"] == "lesson/simplest-form"));
    let copy = json!({ "key": LESSON, "deep": true });
    let copied = ana.posts(&format!("{draft}/duplicate"), &[], &copy).await;
    assert_eq!(copied.status, 201, "{}", copied.json());
    let there = ana.gets(copied.header("location")).await.json();
    assert_ne!(there["document"]["slug"], "parts-of-equal-size");
    let steps = json!([{ "do": "replace-text", "find": "equal", "replace": "EQUAL" }]);
    let batch = json!({ "keys": [LESSON], "steps": steps, "trial": true });
    let tried = ana.posts(&format!("{draft}/batch"), &[], &batch).await.json();
    assert_eq!((&tried["commit"], &tried["rows"][0]["key"]), (&Value::Null, &json!(LESSON)));
    assert_eq!(tried["rows"][0]["diff"]["changes"][0]["kind"], "changed");
    let batch = json!({ "keys": [LESSON], "steps": steps });
    assert!(ana.posts(&format!("{draft}/batch"), &[], &batch).await.json()["commit"].is_string());
    let id = draft.rsplit('/').next().unwrap();
    let diff = format!("/authoring/v1/entries/{LESSON}/diff?from=main&to=draft%2F{id}");
    let patch = ana.gets(&format!("{diff}&as=json-patch")).await;
    assert_eq!(patch.header("content-type"), "application/json-patch+json");
    assert!(patch.json().as_array().unwrap().iter().all(|step| step["op"].is_string()));
    assert_eq!(ana.gets(&format!("{diff}&as=prose")).await.code(), "parameter-malformed");
    let diff = ana.gets(&diff).await;
    assert_eq!(diff.status, 200, "{}", diff.json());
    assert!(!diff.json()["diff"]["changes"].as_array().unwrap().is_empty());
    let editors = ana.gets(&format!("/authoring/v1/entries/{LESSON}/editors")).await.json();
    assert!(editors["rows"].is_array());
    for (step, body, code) in [
        ("place", json!({ "key": "video/nope", "parent": LESSON }), "entry-unknown"),
        ("untrash", json!({ "key": LESSON }), "nothing-to-do"),
        ("batch", json!({ "keys": [LESSON], "steps": [{ "do": "nothing" }] }), "request-malformed"),
        ("duplicate", json!({ "key": "nonsense" }), "request-malformed"),
    ] {
        let answer = ana.posts(&format!("{draft}/{step}"), &[], &body).await;
        assert_eq!(answer.code(), code, "{step} {body}: {}", answer.json());
    }
}

#[tokio::test]
async fn a_draft_that_is_over_answers_what_became_of_it_to_whatever_is_asked() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let rob = app.person("rob", Role::Reviewer);
    let draft = edited(&ana, "title", "Perhaps").await;
    let id = draft.rsplit('/').next().unwrap();
    let again = ana.asks("POST", &format!("{draft}/reopen"), &[("if-match", "*")], None).await;
    assert_eq!((again.status.as_u16(), &again.json()["state"]), (409, &json!("open")));
    let body = json!({ "draft": id, "title": "Look" });
    let review = ana.posts("/authoring/v1/reviews", &[], &body).await.json();
    let review = format!("/authoring/v1/reviews/{}", review["review"].as_str().unwrap());
    assert_eq!(ana.asks("DELETE", &draft, &[("if-match", "*")], None).await.status, 200);
    assert_eq!(rob.gets(&review).await.json()["obstacles"]["draft_state"], "discarded");
    for (method, address, body) in [
        ("DELETE", draft.clone(), None),
        ("PATCH", draft.clone(), Some(json!({ "title": "Other" }))),
        ("POST", format!("{draft}/commit"), Some(json!({}))),
        ("POST", format!("{draft}/rebase"), Some(json!({}))),
        ("POST", format!("{draft}/trash"), Some(json!({ "key": LESSON }))),
        ("GET", format!("{draft}/entries/{LESSON}"), None),
        ("GET", format!("{draft}/entries/{LESSON}/findings"), None),
        ("GET", format!("{draft}/changes"), None),
        ("GET", format!("{draft}/conflicts"), None),
    ] {
        let answer = ana.asks(method, &address, &[("if-match", "*")], body.as_ref()).await;
        let told = answer.json();
        assert_eq!((answer.status.as_u16(), &*answer.code()), (409, "draft-state"), "{address}");
        assert_eq!(told["state"], "discarded", "{method} {address}");
    }
    let wanting = format!("{review}/request-changes");
    let wanted = rob.posts(&wanting, &[], &json!({ "message": "" })).await;
    assert_eq!((wanted.status.as_u16(), &*wanted.code()), (409, "draft-state"));
    for address in [&draft, &review] {
        let merged = rob.posts(&format!("{address}/merge"), &[("if-match", "*")], &json!({})).await;
        assert_eq!((merged.status.as_u16(), &*merged.code()), (409, "draft-state"), "{address}");
    }
}

#[tokio::test]
async fn an_entry_in_the_trash_is_said_to_be_there_however_it_is_asked_for() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let draft = edited(&ana, "title", "Perhaps").await;
    let trash = json!({ "key": LESSON, "everywhere": true });
    let trashed = ana.posts(&format!("{draft}/trash"), &[], &trash).await;
    assert_eq!(trashed.status, 201, "{}", trashed.json());
    for answer in [
        ana.gets(&format!("{draft}/entries/{LESSON}")).await,
        ana.gets(&format!("{draft}/entries/{LESSON}/findings")).await,
        ana.posts(&format!("{draft}/trash"), &[], &trash).await,
        ana.posts(&format!("{draft}/duplicate"), &[], &json!({ "key": LESSON })).await,
    ] {
        assert_eq!((answer.status.as_u16(), &*answer.code()), (409, "in-trash"));
        assert_eq!(answer.json()["key"], LESSON);
    }
}
