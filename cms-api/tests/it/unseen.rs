//! What was seen is what happens, over HTTP: tags of entries, conflicts wherever they are read, notices made from
//! what they report, and nothing published that nobody approved.

use cms_api::background::notifier;
use cms_core::access::Role;
use serde_json::{Value, json};

use crate::{
    drafts::tag_of,
    reviews::{self, notices},
    test_app::{Person, TestApp},
};

const A: &str = "/authoring/v1";
const LESSON: &str = "lesson/equal-parts";

async fn begin(person: &Person<'_>) -> String {
    let made = person.posts(&format!("{A}/drafts"), &[], &json!({ "title": "D" })).await.json();
    format!("{A}/drafts/{}", made["draft"].as_str().unwrap())
}

async fn read(person: &Person<'_>, draft: &str) -> (Value, String) {
    let shown = person.gets(&format!("{draft}/entries/{LESSON}")).await;
    (shown.json()["document"].clone(), shown.header("etag").to_owned())
}

async fn put(person: &Person<'_>, draft: &str, document: &Value, tag: &str, query: &str) -> Value {
    let path = format!("{draft}/entries/{LESSON}{query}");
    let saved = person.asks("PUT", &path, &[("if-match", tag)], Some(document)).await;
    assert_eq!(saved.status, 200, "{}", saved.json());
    saved.json()
}

/// A draft of Ana's in which the lesson's description is in conflict with main's.
async fn in_conflict(ana: &Person<'_>) -> String {
    let (draft, other) = (begin(ana).await, begin(ana).await);
    for (draft, words) in [(&draft, "Ana's words."), (&other, "BEN'S CORRECTION.")] {
        let (mut document, tag) = read(ana, draft).await;
        document["description"] = json!(words);
        put(ana, draft, &document, &tag, "").await;
        ana.posts(&format!("{draft}/commit"), &[], &json!({})).await;
    }
    assert_eq!(ana.posts(&format!("{other}/merge"), &[], &json!({})).await.status, 201);
    let rebased = ana.posts(&format!("{draft}/rebase"), &[], &json!({})).await.json();
    assert_eq!(rebased["conflicted"], json!([LESSON]));
    draft
}

#[tokio::test]
async fn an_entry_in_conflict_says_so_wherever_it_is_read() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Reviewer);
    let draft = in_conflict(&ana).await;
    let shown = ana.gets(&format!("{draft}/entries/{LESSON}")).await.json();
    assert_eq!(shown["conflicts"][0]["pointer"], "/description");
    assert_eq!(shown["conflicts"][0]["theirs"], "BEN'S CORRECTION.");
    let (mut document, tag) = read(&ana, &draft).await;
    document["title"] = json!("Another title");
    let saved = put(&ana, &draft, &document, &tag, "").await;
    assert_eq!(saved["conflicts"][0]["pointer"], "/description");
    let committed = ana.posts(&format!("{draft}/commit"), &[], &json!({})).await.json();
    assert_eq!(committed["conflicted"], json!([LESSON]));
    let changes = ana.gets(&format!("{draft}/changes")).await.json();
    assert_eq!(changes["rows"][0]["is_conflicted"], true);
    assert_eq!(changes["conflicted"], json!([LESSON]));
    let refused = ana.posts(&format!("{draft}/merge"), &[], &json!({})).await;
    assert_eq!(&*refused.code(), "merge-conflicts");
    let (mut document, tag) = read(&ana, &draft).await;
    document["description"] = json!("Both our words.");
    let path = format!("{draft}/entries/{LESSON}?settles=/title");
    let refused = ana.asks("PUT", &path, &[("if-match", &tag)], Some(&document)).await;
    assert_eq!(&*refused.code(), "conflict-unknown");
    let saved = put(&ana, &draft, &document, &tag, "?settles=/description").await;
    assert_eq!(saved["conflicts"], json!([]));
    assert_eq!(ana.posts(&format!("{draft}/merge"), &[], &json!({})).await.status, 201);
    let main = ana.gets(&format!("{A}/entries/{LESSON}")).await.json()["document"].clone();
    assert_eq!(
        (&main["title"], &main["description"]),
        (&json!("Another title"), &json!("Both our words."))
    );
}

#[tokio::test]
async fn a_late_save_tells_what_its_writer_had_read() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let draft = begin(&ana).await;
    let (document, committed) = read(&ana, &draft).await;
    let mut titled = document.clone();
    titled["title"] = json!("Titled");
    let first = put(&ana, &draft, &titled, &committed, "").await;
    let mut described = document.clone();
    described["description"] = json!("Described.");
    let path = format!("{draft}/entries/{LESSON}");
    let late = ana.asks("PUT", &path, &[("if-match", &committed)], Some(&described)).await;
    assert_eq!(late.status, 412);
    let told = late.json();
    assert_eq!(told["base"], document);
    assert_eq!(told["is_base_known"], true);
    assert_eq!(told["conflicts"], json!([]));
    assert_eq!(
        (&told["merged"]["title"], &told["merged"]["description"]),
        (&json!("Titled"), &json!("Described."))
    );
    assert_eq!(told["current_tag"], format!("\"{}\"", first["version"]));
    // A tag that this server never gave is not interpreted.
    let unknown = ana.asks("PUT", &path, &[("if-match", "\"77\"")], Some(&described)).await.json();
    assert_eq!((&unknown["is_base_known"], &unknown["merged"]), (&json!(false), &Value::Null));
}

#[tokio::test]
async fn a_part_that_is_accepted_is_told_as_that() {
    let app = TestApp::own();
    notifier::look(&app.app).await.unwrap();
    let (ana, ben) = (app.person("ana", Role::Author), app.person("ben", Role::Reviewer));
    let draft = reviews::draft(&ana, "Some words").await;
    let other = ana.gets(&format!("{A}/entries?kind=video")).await.json()["rows"][0]["key"].clone();
    let other = other.as_str().unwrap().to_owned();
    let path = format!("{A}/drafts/{draft}/entries/{other}");
    let mut document = ana.gets(&path).await.json()["document"].clone();
    document["title"] = json!("Another");
    let tag = tag_of(&ana, &path).await;
    assert_eq!(ana.asks("PUT", &path, &[("if-match", &tag)], Some(&document)).await.status, 200);
    let review = reviews::open(&ana, &draft).await;
    let shown = ben.gets(&review).await.json();
    let body = json!({ "keys": [LESSON], "head": shown["head"] });
    let accepted = ben.posts(&format!("{review}/accept"), &[], &body).await;
    assert_eq!(accepted.status, 201, "{}", accepted.json());
    let told = notices(&ana).await;
    assert_eq!(told[0]["kind"], "accepted");
    assert_eq!(
        told[0]["text"],
        format!("ben accepted {LESSON} of a review, the rest of which waits: New words")
    );
    // The request names the state that was seen; since then the draft was brought up to date.
    let body = json!({ "head": shown["head"] });
    let unseen = ben.posts(&format!("{review}/merge"), &[], &body).await;
    assert_eq!(&*unseen.code(), "not-as-seen");
    assert_eq!(ben.posts(&format!("{review}/merge"), &[], &json!({})).await.status, 201);
    let mut told: Vec<Value> = notices(&ana).await.iter().map(|row| row["kind"].clone()).collect();
    told.sort_by_key(ToString::to_string);
    assert_eq!(told, ["accepted", "merged"], "each act once");
}

/// The process ended between the act and the notice of it: nobody was ever told.
#[tokio::test]
async fn what_was_done_before_a_crash_is_told_after_it_and_once() {
    let app = TestApp::own();
    notifier::look(&app.app).await.unwrap();
    let (ana, ben) = (app.person("ana", Role::Author), app.person("ben", Role::Reviewer));
    let draft = reviews::draft(&ana, "Some words").await;
    let review = reviews::open(&ana, &draft).await;
    ben.posts(&format!("{review}/request-changes"), &[], &json!({ "message": "Shorter" })).await;
    // Nobody looked until now, as after a crash; and then twice, as if there were two servers.
    for _ in 0..2 {
        let kinds =
            |rows: Vec<Value>| rows.iter().map(|row| row["kind"].clone()).collect::<Vec<_>>();
        assert_eq!(kinds(notices(&ana).await), ["answered"]);
        assert_eq!(kinds(notices(&ben).await), ["assigned"]);
    }
}

#[tokio::test]
async fn where_approvals_are_required_a_channel_takes_what_was_accepted() {
    let app = TestApp::own();
    let (pia, ops) = (app.person("pia", Role::Publisher), app.person("ops", Role::Administrator));
    let rules = format!("{A}/review-policy");
    let tag = ops.gets(&rules).await.header("etag").to_owned();
    let two = json!({ "approvals_required": 2 });
    assert_eq!(ops.asks("PUT", &rules, &[("if-match", &tag)], Some(&two)).await.status, 200);
    let draft = begin(&pia).await;
    let (mut document, tag) = read(&pia, &draft).await;
    document["title"] = json!("Nobody reviewed this");
    put(&pia, &draft, &document, &tag, "").await;
    let head =
        pia.posts(&format!("{draft}/commit"), &[], &json!({})).await.json()["commit"].clone();
    let name = draft.strip_prefix(&format!("{A}/drafts/")).unwrap();
    for target in [format!("draft/{name}"), head.as_str().unwrap().to_owned()] {
        let to = json!({ "target": target });
        let channel = format!("{A}/channels/production");
        let planned = pia.posts(&format!("{channel}/plan"), &[], &to).await;
        assert_eq!((planned.status.as_u16(), &*planned.code()), (409, "not-accepted"), "{target}");
        let asked = json!({ "request": to });
        let published = pia.posts(&format!("{A}/commands/publish"), &[], &asked).await;
        assert_eq!(&*published.code(), "not-accepted", "{}", published.json());
        let back = json!({ "request": { "to": target } });
        let rolled = pia.posts(&format!("{A}/commands/rollback"), &[], &back).await;
        assert_eq!(&*rolled.code(), "not-accepted", "{}", rolled.json());
        let later = json!({ "channel": "production", "verb": "publish", "target": target, "at": "2099-01-01T00:00:00Z" });
        let scheduled = pia.posts(&format!("{A}/schedules"), &[], &later).await;
        assert_ne!(scheduled.status, 201, "{}", scheduled.json());
    }
    // Previews and channels for testing have no learners.
    let begun =
        json!({ "request": { "channel": "staging", "answers": "withheld", "testing": true } });
    let begun = ops.posts(&format!("{A}/commands/begin-channel"), &[], &begun).await;
    assert_eq!(begun.status, 200, "{}", begun.json());
    let to = json!({ "request": { "channel": "staging", "target": format!("draft/{name}") } });
    let tried = pia.posts(&format!("{A}/commands/publish"), &[], &to).await;
    assert_eq!(tried.status, 200, "{}", tried.json());
    // What was published there goes no further.
    let further = json!({ "request": { "target": "staging" } });
    let refused = pia.posts(&format!("{A}/commands/publish"), &[], &further).await;
    assert_eq!(&*refused.code(), "not-accepted", "{}", refused.json());
}

#[tokio::test]
async fn what_comes_back_from_the_trash_says_where_it_stands() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let draft = begin(&ana).await;
    let body = json!({ "key": LESSON, "everywhere": true });
    assert_eq!(ana.posts(&format!("{draft}/trash"), &[], &body).await.status, 201);
    let path = format!("{draft}/entries/{LESSON}");
    let new = json!({ "title": "New", "slug": "new", "children": [] });
    let refused = ana.asks("PUT", &path, &[("if-none-match", "*")], Some(&new)).await;
    assert_eq!((refused.status.as_u16(), &*refused.code()), (409, "in-trash"));
    let back = ana.posts(&format!("{draft}/untrash"), &[], &json!({ "key": LESSON })).await;
    assert_eq!(back.status, 201, "{}", back.json());
    assert_eq!(back.json()["placed"].as_array().unwrap().len(), 1);
    assert_eq!(back.json()["not_placed"], json!([]));
}

#[tokio::test]
async fn what_is_in_the_trash_is_made_anew_by_no_commit() {
    let app = TestApp::own();
    let (ana, ops) = (app.person("ana", Role::Reviewer), app.person("ops", Role::Administrator));
    let draft = begin(&ana).await;
    let body = json!({ "key": LESSON, "everywhere": true });
    assert_eq!(ana.posts(&format!("{draft}/trash"), &[], &body).await.status, 201);
    assert_eq!(ana.posts(&format!("{draft}/merge"), &[], &json!({})).await.status, 201);
    let new = json!({ "title": "New", "slug": "new", "children": [] });
    let commit = json!({ "changes": [{ "key": LESSON, "document": new }] });
    let refused = ops.posts(&format!("{A}/commits"), &[("if-match", "*")], &commit).await;
    assert_eq!((refused.status.as_u16(), &*refused.code()), (409, "in-trash"));
}

#[tokio::test]
async fn who_is_named_first_in_an_edited_comment_is_told() {
    let app = TestApp::own();
    notifier::look(&app.app).await.unwrap();
    let (ana, dot) = (app.person("ana", Role::Author), app.person("dot", Role::Reviewer));
    app.person("ben", Role::Reviewer);
    let draft = reviews::draft(&ana, "Some words").await;
    let review = reviews::open(&ana, &draft).await;
    let body = json!({ "text": "Is this right?" });
    let said = ana.posts(&format!("{review}/comments"), &[], &body).await.json();
    let comment = said["threads"][0]["comments"][0]["id"].as_str().unwrap().to_owned();
    let edit = json!({ "text": "Is this right, @dot?" });
    let path = format!("{review}/comments/{comment}");
    assert_eq!(ana.asks("PUT", &path, &[], Some(&edit)).await.status, 200);
    assert_eq!(notices(&dot).await[0]["kind"], "mentioned");
}
