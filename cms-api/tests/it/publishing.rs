//! Moving channels: plans that bind, and moves that name what the caller saw.

use cms_api::background::notifier;
use cms_core::access::Role;
use serde_json::{Value, json};

use crate::{
    jobs::follow,
    test_app::{Person, TestApp},
};

const CHANNEL: &str = "/authoring/v1/channels/production";

/// Commits a change of a lesson's description to `main`.
pub(crate) async fn describe(ops: &Person<'_>, text: &str) {
    let lesson = ops.gets("/authoring/v1/entries/lesson/equal-parts").await.json();
    let mut document = lesson["document"].clone();
    document["description"] = json!(text);
    let body = json!({ "changes": [{ "key": "lesson/equal-parts", "document": document }] });
    let made = ops.posts("/authoring/v1/commits", &[("if-match", "*")], &body).await;
    assert_eq!(made.status, 201, "{}", made.json());
}

async fn plan(person: &Person<'_>) -> Value {
    person.posts(&format!("{CHANNEL}/plan"), &[], &json!({})).await.json()
}

async fn tag(person: &Person<'_>) -> String {
    person.gets(CHANNEL).await.header("etag").to_owned()
}

#[tokio::test]
async fn a_plan_is_published_as_it_was_shown() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    let pia = app.person("pia", Role::Publisher);
    describe(&ops, "New words").await;
    let first = plan(&pia).await;
    assert_eq!(first["report"]["changes"][0]["key"], "lesson/equal-parts");
    assert!(first["documents_count"].as_u64().unwrap() >= 1);
    let waiting = pia.all(&format!("{CHANNEL}/not-public"), 1).await;
    let waits = waiting.iter().find(|row| row["key"] == "lesson/equal-parts").unwrap();
    assert_eq!(waits["why"][0]["why"], "not_published");
    // Editing goes on, and does not invalidate the plan.
    describe(&ops, "Newer words").await;
    let key = [("idempotency-key", "p1")];
    let body = json!({ "plan": first["id"], "message": "Go" });
    let done = pia.posts(&format!("{CHANNEL}/publish"), &key, &body).await;
    assert_eq!(done.status, 201, "{}", done.json());
    let publication = done.json()["publication"].as_str().unwrap().to_owned();
    assert_eq!(done.header("location"), format!("/authoring/v1/publications/{publication}"));
    assert_eq!(tag(&pia).await, format!("\"{publication}\""));
    let again = pia.posts(&format!("{CHANNEL}/publish"), &key, &body).await;
    assert_eq!(again.json(), done.json(), "once");
    let spoilt = pia.posts(&format!("{CHANNEL}/publish"), &[], &body).await;
    assert_eq!((spoilt.status.as_u16(), &*spoilt.code()), (409, "moved"));
    assert_eq!(spoilt.json()["by"]["author"], "pia");
    let shown = pia.gets("/authoring/v1/entries/lesson/equal-parts?at=production").await.json();
    assert_eq!(shown["document"]["description"], "New words");
    let found = pia.gets(&format!("{CHANNEL}/first-published?text=New%20words")).await.json();
    assert_eq!(found["publish"]["publication"], publication);
    assert_eq!(found["sightings"][0]["key"], "lesson/equal-parts");
    for (body, code) in [
        (json!({}), "request-malformed"),
        (json!({ "plan": "nonsense" }), "request-malformed"),
        (json!({ "plan": first["id"], "only": ["nonsense"] }), "request-malformed"),
    ] {
        assert_eq!(pia.posts(&format!("{CHANNEL}/publish"), &[], &body).await.code(), code);
    }
    let rev = app.person("rev", Role::Reviewer);
    assert_eq!(rev.posts(&format!("{CHANNEL}/publish"), &[], &body).await.status, 403);
}

#[tokio::test]
async fn a_verb_takes_one_request_however_it_is_asked_for() {
    let app = TestApp::own();
    let (ops, pia) = (app.person("ops", Role::Administrator), app.person("pia", Role::Publisher));
    describe(&ops, "New words").await;
    let request = json!({ "only": ["lesson/equal-parts"], "strict": true, "message": "Go" });
    let at_the_channel = pia.posts(&format!("{CHANNEL}/plan"), &[], &request).await.json();
    let call = json!({ "request": request });
    let by_its_word = pia.posts("/authoring/v1/commands/plan", &[], &call).await.json();
    assert_eq!(at_the_channel, by_its_word);
    let job = json!({ "verb": "plan", "request": request });
    let begun = pia.posts("/authoring/v1/jobs", &[], &job).await;
    let (_, over) = follow(&pia, begun.json()["id"].as_str().unwrap()).await.pop().unwrap();
    assert_eq!(over["report"]["id"], at_the_channel["id"]);
    let mut exactly = request;
    exactly["plan"] = at_the_channel["id"].clone();
    let done = pia.posts(&format!("{CHANNEL}/publish"), &[], &exactly).await;
    assert_eq!(done.status, 201, "{}", done.json());
    for (verb, mut request) in [
        ("plan", json!({})),
        ("publish", exactly),
        ("rollback", json!({ "to": "production@1" })),
        ("unpublish", json!({ "keys": ["lesson/equal-parts"] })),
        ("retire", json!({ "keys": ["lesson/equal-parts"] })),
        ("revert", json!({})),
        ("release", json!({ "keys": ["lesson/equal-parts"] })),
    ] {
        let path = format!("{CHANNEL}/{verb}");
        let command = match verb {
            "revert" => "/authoring/v1/commands/revert-publish".to_owned(),
            verb => format!("/authoring/v1/commands/{verb}"),
        };
        request["channel"] = json!("production");
        let twice = pia.posts(&path, &[("if-match", "*")], &request).await;
        assert_eq!(
            (&*twice.code(), &twice.json()["pointer"]),
            ("request-malformed", &json!("/channel"))
        );
        if verb != "plan" {
            request["channel"] = Value::Null;
            request["message"] = json!("m".repeat(2001));
            let long = pia.posts(&path, &[("if-match", "*")], &request).await;
            assert_eq!(
                (&*long.code(), &long.json()["pointer"]),
                ("request-malformed", &json!("/message"))
            );
            let long = pia.posts(&command, &[], &json!({ "request": request })).await;
            assert_eq!(long.code(), "request-malformed", "{verb}");
        }
        if let Some(keys) = request.get_mut("keys") {
            *keys = json!([]);
            request["message"] = json!("");
            let none = pia.posts(&path, &[("if-match", "*")], &request).await;
            assert_eq!(
                (&*none.code(), &none.json()["pointer"]),
                ("request-malformed", &json!("/keys"))
            );
        }
    }
}

#[tokio::test]
async fn a_channel_says_what_a_move_would_do_and_stays_where_it_is() {
    let app = TestApp::own();
    let pia = app.person("pia", Role::Publisher);
    let seen = tag(&pia).await;
    for (verb, request) in [
        ("unpublish", json!({ "keys": ["lesson/equal-parts"], "dry_run": true })),
        ("retire", json!({ "keys": ["lesson/equal-parts"], "dry_run": true })),
        ("revert", json!({ "dry_run": true })),
    ] {
        let told = pia.posts(&format!("{CHANNEL}/{verb}"), &[("if-match", &seen)], &request).await;
        assert_eq!(told.status, 200, "{verb}: {}", told.json());
        let told = told.json();
        assert_eq!((&told["publication"], &told["snapshot"]), (&Value::Null, &Value::Null));
        assert!(told["report"]["changes_count"].as_u64().unwrap() > 0, "{verb}");
        assert_eq!(tag(&pia).await, seen, "{verb}");
    }
}

#[tokio::test]
async fn every_other_move_names_what_it_saw() {
    let app = TestApp::own();
    let pia = app.person("pia", Role::Publisher);
    let moves = [
        ("rollback", json!({ "to": "production@1" })),
        ("unpublish", json!({ "keys": ["lesson/equal-parts"] })),
        ("retire", json!({ "keys": ["lesson/equal-parts"] })),
        ("revert", json!({})),
        ("release", json!({ "keys": ["lesson/equal-parts"] })),
    ];
    for (verb, body) in &moves {
        let path = format!("{CHANNEL}/{verb}");
        assert_eq!(pia.posts(&path, &[], body).await.status, 428, "{verb}");
        let stale = pia.posts(&path, &[("if-match", "\"x\"")], body).await;
        assert_eq!((stale.status.as_u16(), &*stale.code()), (412, "stale"), "{verb}");
        assert_eq!(stale.json()["current_tag"], tag(&pia).await);
        let nowhere = path.replace("production", "nope");
        let unknown = pia.posts(&nowhere, &[("if-match", "*")], body).await;
        assert_eq!(unknown.code(), "channel-unknown", "{verb}");
    }
}

#[tokio::test]
async fn what_is_taken_off_is_held_and_released() {
    let app = TestApp::own();
    let pia = app.person("pia", Role::Publisher);
    let seen = tag(&pia).await;
    let body = json!({ "keys": ["lesson/equal-parts"], "message": "A mistake in it" });
    let off = pia.posts(&format!("{CHANNEL}/unpublish"), &[("if-match", &seen)], &body).await;
    assert_eq!(off.status, 201, "{}", off.json());
    let again = pia.posts(&format!("{CHANNEL}/unpublish"), &[("if-match", &seen)], &body).await;
    assert_eq!(again.status, 412);
    let held = pia.gets(&format!("{CHANNEL}/holds")).await.json();
    insta::assert_json_snapshot!("hold", held["rows"][0]);
    let seen = tag(&pia).await;
    let release = json!({ "keys": ["lesson/equal-parts"] });
    let released = pia.posts(&format!("{CHANNEL}/release"), &[("if-match", &seen)], &release).await;
    assert_eq!(released.json()["released"], json!(["lesson/equal-parts"]));
    let rows = pia.gets(&format!("{CHANNEL}/publications?limit=1")).await.json();
    let publication = rows["rows"][0]["publication"].as_str().unwrap().to_owned();
    let record = pia.gets(&format!("/authoring/v1/publications/{publication}")).await;
    assert_eq!(record.status, 200, "{}", record.json());
    let record = record.json();
    assert_eq!(record["report"]["released"], json!(["lesson/equal-parts"]));
    assert_eq!(
        (&record["verb"], &record["report"]["changes_count"]),
        (&json!("release"), &json!(0))
    );
    let seen = tag(&pia).await;
    let back = pia.posts(&format!("{CHANNEL}/revert"), &[("if-match", &seen)], &json!({})).await;
    assert!([200, 201].contains(&back.status.as_u16()), "{}", back.json());
    let needed = json!({ "keys": ["image/bar-two-thirds"] });
    let refused = pia.posts(&format!("{CHANNEL}/unpublish"), &[("if-match", "*")], &needed).await;
    assert_eq!((refused.status.as_u16(), &*refused.code()), (422, "publish-refused"));
    assert_eq!(refused.json()["needs"][0]["key"], "image/bar-two-thirds");
}

#[tokio::test]
async fn a_schedule_is_made_changed_and_cancelled() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    let pia = app.person("pia", Role::Publisher);
    let path = format!("{CHANNEL}/schedules");
    let body =
        json!({ "verb": "publish", "at": "2030-03-01T09:00[Europe/Berlin]", "message": "Go" });
    let nothing = pia.posts(&path, &[], &body).await;
    assert_eq!((nothing.status.as_u16(), &*nothing.code()), (409, "nothing-to-do"));
    describe(&ops, "Later").await;
    let key = [("idempotency-key", "s1")];
    let made = pia.posts(&path, &key, &body).await;
    assert_eq!(made.status, 201, "{}", made.json());
    assert_eq!(pia.posts(&path, &key, &body).await.json(), made.json());
    let place = made.header("location").to_owned();
    let shown = pia.gets(&place).await;
    insta::assert_json_snapshot!("schedule", shown.json(), {
        ".id" => "[id]", ".commit" => "[id]", ".version" => "[version]", ".made" => "[made]",
    });
    let tag = shown.header("etag").to_owned();
    let other = json!({ "at": "2030-03-02T09:00[Europe/Berlin]" });
    assert_eq!(pia.asks("PATCH", &place, &[], Some(&other)).await.status, 428);
    let moved = pia.asks("PATCH", &place, &[("if-match", &tag)], Some(&other)).await;
    assert_eq!(moved.json()["schedule"]["at"], "2030-03-02T09:00:00+01:00[Europe/Berlin]");
    assert_eq!(pia.asks("DELETE", &place, &[("if-match", &tag)], None).await.code(), "stale");
    let tag = moved.header("etag").to_owned();
    let retry = pia.asks("POST", &format!("{place}/retry"), &[("if-match", &tag)], None).await;
    assert_eq!((retry.status.as_u16(), &*retry.code()), (422, "schedule-refused"));
    assert_eq!(pia.asks("DELETE", &place, &[("if-match", &tag)], None).await.status, 200);
    assert_eq!(pia.gets("/authoring/v1/schedules").await.json()["rows"], json!([]));
    for (at, status, code) in [
        ("2026-03-29T02:30[Europe/Berlin]", 400, "request-malformed"),
        ("2020-01-01T09:00[Europe/Berlin]", 422, "schedule-refused"),
        ("2030-01-01T09:00", 400, "request-malformed"),
        ("soon", 400, "request-malformed"),
    ] {
        let body = json!({ "verb": "publish", "at": at });
        let answer = pia.posts(&path, &[], &body).await;
        assert_eq!((answer.status.as_u16(), &*answer.code()), (status, code), "{at}");
    }
}

/// The process ended between the run and the notice of it, and the person who had scheduled it was never told.
#[tokio::test]
async fn who_scheduled_something_hears_once_what_became_of_it() {
    let app = TestApp::own();
    notifier::look(&app.app).await.unwrap();
    let ops = app.person("ops", Role::Administrator);
    let pia = app.person("pia", Role::Publisher);
    describe(&ops, "Later").await;
    let body = json!({ "verb": "publish", "at": "2026-01-02T20:00:00Z" });
    let made = pia.posts(&format!("{CHANNEL}/schedules"), &[], &body).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let later = app.a_day_later();
    assert_eq!(later.run_due().ran.len(), 1);
    for _ in 0..2 {
        notifier::look(&later.app).await.unwrap();
        let told = pia.all("/authoring/v1/notices", 50).await;
        let kinds: Vec<_> = told.iter().map(|row| row["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["schedule-ran"]);
        assert!(told[0]["text"].as_str().unwrap().ends_with(" ran"), "{told:?}");
    }
}

/// It went live although another state was named, or was refused as if somebody had moved the channel.
#[tokio::test]
async fn a_plan_that_is_sent_for_something_else_is_refused_with_what_differs() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    let pia = app.person("pia", Role::Publisher);
    describe(&ops, "New words").await;
    let plan = plan(&pia).await["id"].clone();
    let other = "/authoring/v1/channels/elsewhere/publish";
    let here = format!("{CHANNEL}/publish");
    for (address, body, pointer) in [
        (other, json!({ "plan": plan }), "/plan"),
        (&*here, json!({ "plan": plan, "only": ["lesson/equal-parts"] }), "/only"),
        (&*here, json!({ "plan": plan, "target": "main~1" }), "/target"),
    ] {
        let refused = pia.posts(address, &[], &body).await;
        let told = refused.json();
        assert_eq!((refused.status.as_u16(), &*refused.code()), (400, "request-malformed"));
        assert_eq!(told["pointer"], pointer, "{told}");
    }
    let done = pia.posts(&here, &[], &json!({ "plan": plan, "target": "main" })).await;
    assert_eq!(done.status, 201, "{}", done.json());
}

#[tokio::test]
async fn what_can_never_be_meant_is_refused_by_the_verb_and_by_its_schedule() {
    let app = TestApp::own();
    let pia = app.person("pia", Role::Publisher);
    let at = "2099-01-01T00:00[Europe/Berlin]";
    let home = json!({ "keys": ["topic/root"] });
    for verb in ["unpublish", "retire"] {
        let refused = pia.posts(&format!("{CHANNEL}/{verb}"), &[("if-match", "*")], &home).await;
        assert_eq!((refused.status.as_u16(), &*refused.code()), (422, "publish-empties"), "{verb}");
        assert_eq!(refused.json()["takes"], "home");
        let body = json!({ "verb": verb, "at": at, "keys": ["topic/root"] });
        let refused = pia.posts(&format!("{CHANNEL}/schedules"), &[], &body).await;
        assert_eq!((refused.status.as_u16(), &*refused.code()), (422, "publish-empties"), "{verb}");
    }
    let lesson = "lesson/equal-parts";
    let itself = json!({ "verb": "retire", "at": at, "keys": [lesson], "replaced_by": lesson });
    let refused = pia.posts(&format!("{CHANNEL}/schedules"), &[], &itself).await;
    assert_eq!((refused.status.as_u16(), &*refused.code()), (422, "publish-refused"));
    let then = json!([{ "verb": "unpublish", "keys": ["lesson/never"] }]);
    let never = json!({ "verb": "unpublish", "at": at, "keys": [lesson], "then": then });
    let refused = pia.posts(&format!("{CHANNEL}/schedules"), &[], &never).await;
    assert_eq!((refused.status.as_u16(), &*refused.code()), (404, "entry-unknown"));
    let first = json!({ "sequence": 1 });
    let refused = pia.posts(&format!("{CHANNEL}/revert"), &[("if-match", "*")], &first).await;
    assert_eq!((refused.status.as_u16(), &*refused.code()), (409, "nothing-to-do"));
    let meant = json!({ "keys": ["topic/root"], "may_empty": true });
    let done = pia.posts(&format!("{CHANNEL}/unpublish"), &[("if-match", "*")], &meant).await;
    assert_eq!(done.status, 201, "{}", done.json());
}
