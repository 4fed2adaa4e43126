//! A channel that includes answers: read with a token, in a space of its own, and stored by no shared cache.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use cms_core::access::Role;
use serde_json::json;

use super::test_app::{TOKEN, TestApp};

const CORRECT: &str = "\"correct\":true";

#[tokio::test]
async fn a_channel_with_answers_is_read_with_a_token_and_is_nowhere_else() {
    let app = TestApp::own();
    let operator = [("authorization", format!("Bearer {TOKEN}"))];
    let operator: Vec<_> = operator.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let ana = app.person("ana", Role::Administrator);
    let begin = json!({"request": {"channel": "offline", "answers": "included"}});
    let begun = ana.posts("/authoring/v1/commands/begin-channel", &[], &begin).await;
    assert_eq!(begun.status, StatusCode::OK, "{}", begun.json());
    let again = ana.posts("/authoring/v1/commands/begin-channel", &[], &begin).await;
    assert_eq!((again.status, again.code()), (StatusCode::CONFLICT, "channel-begun".into()));
    let publish = json!({"request": {"channel": "offline"}});
    let published = ana.posts("/authoring/v1/commands/publish", &[], &publish).await;
    assert_eq!(published.status, StatusCode::OK, "{}", published.json());

    let at = "/protected/offline/v1/channels/offline";
    assert_eq!(app.get(at).await.status, StatusCode::UNAUTHORIZED);
    let asked = Request::options(at).body(Body::empty()).expect("a request");
    let taken = app.send(asked).await;
    assert_eq!((taken.status.as_u16(), taken.header("allow")), (204, "GET, HEAD, OPTIONS"));
    let head = app.with(at, &operator).await;
    assert_eq!(head.status, StatusCode::OK);
    let snapshot = head.json()["snapshot"].as_str().expect("a snapshot").to_owned();
    let entry = format!("/v1/snapshots/{snapshot}/en/entries/exercise/compare-fractions");
    let moved = app.with(&format!("/protected/offline{entry}"), &operator).await;
    assert_eq!(moved.status, StatusCode::TEMPORARY_REDIRECT);
    assert!(moved.header("location").starts_with("/protected/offline/v1/objects/"));
    let whole = app.with(moved.header("location"), &operator).await;
    assert!(String::from_utf8_lossy(&whole.body).contains(CORRECT));
    assert_eq!(whole.header("cache-control"), "private, max-age=31536000, immutable");

    // None of it is public, under any of its names.
    let object = moved.header("location").trim_start_matches("/protected/offline").to_owned();
    for path in [object.as_str(), entry.as_str(), "/v1/channels/offline"] {
        assert_eq!(app.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    // The public channel can't be reached below the protected one.
    let public = app.object("en", "exercise/compare-fractions").await;
    let below = format!("/protected/offline/v1/objects/{public}");
    assert_eq!(app.with(&below, &operator).await.status, StatusCode::NOT_FOUND);
    let below = app.with("/protected/production/v1/channels/production", &operator).await;
    assert_eq!(below.code(), "channel-unknown");
    // The page that requires no token does not know it; authors do.
    let told = app.get("/admin/api/channels").await.json();
    assert_eq!(told.as_array().map(Vec::len), Some(1), "{told}");
    let told = app.get("/admin/api/channels/offline/versions").await;
    assert_eq!(told.code(), "channel-unknown");
    let channels = ana.gets("/authoring/v1/channels").await.json();
    let names: Vec<_> = channels["rows"].as_array().expect("rows").iter().collect();
    assert_eq!(names.len(), 2, "{channels}");
}

#[tokio::test]
async fn a_schedule_of_a_channel_with_answers_is_made_changed_run_and_cancelled() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Administrator);
    let begin = json!({"request": {"channel": "offline", "answers": "included"}});
    ana.posts("/authoring/v1/commands/begin-channel", &[], &begin).await;
    let publish = json!({"request": {"channel": "offline"}});
    ana.posts("/authoring/v1/commands/publish", &[], &publish).await;
    let retitled = async |title: &str| {
        let path = "/authoring/v1/entries/exercise/compare-fractions?at=main";
        let mut document = ana.gets(path).await.json()["document"].clone();
        document["title"] = json!(title);
        let change =
            json!({"changes": [{"key": "exercise/compare-fractions", "document": document}]});
        let made = ana.posts("/authoring/v1/commits", &[("if-match", "*")], &change).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.json());
    };
    let schedules = "/authoring/v1/channels/offline/schedules";
    let keys = ["exercise/compare-fractions"];

    retitled("Once").await;
    let new = json!({"verb": "publish", "at": "2026-01-02T04:00:00Z", "keys": keys});
    let made = ana.posts(schedules, &[], &new).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.json());
    let place = made.header("location").to_owned();
    retitled("Twice").await;
    let tag = ana.gets(&place).await.header("etag").to_owned();
    let change = json!({"at": "2026-01-02T05:00:00Z", "target": "main"});
    let changed = ana.asks("PATCH", &place, &[("if-match", &tag)], Some(&change)).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.json());
    assert_eq!(changed.json()["would_fail"], json!(null), "{}", changed.json());
    let stale = ana.asks("PATCH", &place, &[("if-match", &tag)], Some(&change)).await;
    assert_eq!(stale.code(), "stale");

    // At its time the revision that the schedule names now is there, with its answers, and in no other space.
    let later = app.a_day_later();
    let store = later.app.store();
    let report = later.run_due();
    assert_eq!(report.ran.len(), 1, "{report:?}");
    let operator = format!("Bearer {TOKEN}");
    let operator = [("authorization", operator.as_str())];
    let head = later.with("/protected/offline/v1/channels/offline", &operator).await.json();
    let snapshot = head["snapshot"].as_str().expect("a snapshot");
    let entry = format!("/v1/snapshots/{snapshot}/en/entries/exercise/compare-fractions");
    let moved = later.with(&format!("/protected/offline{entry}"), &operator).await;
    let whole = later.with(moved.header("location"), &operator).await;
    assert_eq!(whole.json()["document"]["title"], "Twice");
    assert!(String::from_utf8_lossy(&whole.body).contains(CORRECT));
    assert_eq!(later.get(&entry).await.status, StatusCode::NOT_FOUND);
    let object = moved.header("location").trim_start_matches("/protected/offline").to_owned();
    assert_eq!(later.get(&object).await.status, StatusCode::NOT_FOUND);
    let ran = store
        .repository
        .schedules(Some(&"offline".parse().expect("a name")))
        .expect("they are read");
    assert_eq!(ran[0].done[0].sequence, Some(2));

    retitled("Thrice").await;
    let new = json!({"verb": "publish", "at": "2030-01-01T00:00:00Z", "keys": keys});
    let place = ana.posts(schedules, &[], &new).await.header("location").to_owned();
    let tag = ana.gets(&place).await.header("etag").to_owned();
    let gone = ana.asks("DELETE", &place, &[("if-match", &tag)], None).await;
    assert_eq!(gone.status, StatusCode::OK, "{}", gone.json());
    assert_eq!(ana.gets(&place).await.code(), "schedule-unknown");
}

#[tokio::test]
async fn what_perseus_makes_is_made_anew_only_when_something_comes_of_it() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Publisher);
    let remake = json!({"request": {"message": "the same version"}});
    let answer = ana.posts("/authoring/v1/commands/remake", &[], &remake).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json());
    assert_eq!(answer.json()["report"]["snapshot"], json!(null), "nothing would change");
}
