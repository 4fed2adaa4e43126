//! A channel that includes answers: read with a token, in a space of its own, kept by no shared cache.

use axum::http::StatusCode;
use cms_core::repo::Role;
use serde_json::json;

use super::test_app::{TOKEN, TestApp};

const CORRECT: &str = "\"correct\":true";

#[tokio::test]
async fn a_channel_with_answers_is_read_with_a_token_and_is_nowhere_else() {
    let app = TestApp::own();
    let operator = [("authorization", format!("Bearer {TOKEN}"))];
    let operator: Vec<_> = operator.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let ana = app.person("ana", Role::Operator);
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

    // None of it is public, by any of its names.
    let object = moved.header("location").trim_start_matches("/protected/offline").to_owned();
    for path in [object.as_str(), entry.as_str(), "/v1/channels/offline"] {
        assert_eq!(app.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    // And the public channel is not to be had below the protected one.
    let public = app.object("en", "exercise/compare-fractions").await;
    let below = format!("/protected/offline/v1/objects/{public}");
    assert_eq!(app.with(&below, &operator).await.status, StatusCode::NOT_FOUND);
    let below = app.with("/protected/production/v1/channels/production", &operator).await;
    assert_eq!(below.code(), "channel-unknown");
    // The page that asks for no token does not know of it; authors do.
    let told = app.get("/admin/api/channels").await.json();
    assert_eq!(told.as_array().map(Vec::len), Some(1), "{told}");
    let told = app.get("/admin/api/channels/offline/versions").await;
    assert_eq!(told.code(), "channel-unknown");
    let channels = ana.gets("/authoring/v1/channels").await.json();
    let names: Vec<_> = channels["rows"].as_array().expect("rows").iter().collect();
    assert_eq!(names.len(), 2, "{channels}");
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
