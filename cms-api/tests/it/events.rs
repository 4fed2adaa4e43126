//! The stream of events.

use axum::{body::Body, http::Request};
use cms_core::access::Role;
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    test_app::{EventStream, Person, TestApp},
};

const EVENTS: &str = "/authoring/v1/events";

async fn open(person: &Person<'_>, last: Option<&str>) -> EventStream {
    let headers: Vec<_> = last.iter().map(|id| ("last-event-id", *id)).collect();
    person.app.stream(person.request("GET", EVENTS, &headers, None)).await
}

async fn commit(ops: &Person<'_>, id: &str) -> String {
    let document =
        json!({ "title": id, "slug": id, "youtube_id": "OVMceVL_CEQ", "duration_s": 60 });
    let body = json!({ "changes": [{ "key": format!("video/{id}"), "document": document }] });
    let made = ops.posts("/authoring/v1/commits", &[("if-match", "*")], &body).await;
    made.json()["commit"].as_str().expect("a commit").to_owned()
}

#[tokio::test]
async fn what_happens_is_told_as_it_happens() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    let viewer = app.person("ana", Role::Viewer);
    let mut stream = open(&viewer, None).await;
    let ready = stream.next().await.unwrap();
    assert_eq!(ready.name, "ready");
    let made = commit(&ops, "a").await;
    let event = stream.next().await.unwrap();
    assert_eq!(event.name, "branch");
    assert_eq!((&event.data["branch"], &event.data["commit"]), (&json!("main"), &json!(made)));
    assert_eq!((&event.data["verb"], &event.data["author"]), (&json!("commit"), &json!("ops")));
    assert!(event.id.parse::<u64>().unwrap() > ready.id.parse::<u64>().unwrap());
    let body = json!({ "request": {} });
    ops.posts("/authoring/v1/commands/publish", &[], &body).await;
    // A video without a place: the channel still moves to the commit.
    let event = stream.next().await.unwrap();
    assert_eq!((&*event.name, &event.data["channel"]), ("channel", &json!("production")));
}

#[tokio::test]
async fn who_was_away_is_told_the_rest() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    let mut stream = open(&ops, None).await;
    stream.next().await.unwrap();
    commit(&ops, "a").await;
    let seen = stream.next().await.unwrap();
    drop(stream);
    let missed: Vec<String> = [commit(&ops, "b").await, commit(&ops, "c").await].into();
    let mut stream = open(&ops, Some(&seen.id)).await;
    let ready = stream.next().await.unwrap();
    assert_eq!((&*ready.name, ready.id), ("ready", seen.id.clone()));
    for commit in missed {
        assert_eq!(stream.next().await.unwrap().data["commit"], commit);
    }
    let restarted = TestApp::over(app.app.store().clone());
    let ops = Person { app: &restarted, token: ops.token };
    let mut stream = open(&ops, Some(&seen.id)).await;
    assert_eq!(stream.next().await.unwrap().name, "ready");
    assert_eq!(stream.next().await.unwrap().name, "branch", "a restart forgets nothing");
    let mut stream = open(&ops, Some("99999999")).await;
    assert_eq!(stream.next().await.unwrap().name, "reset", "another store's position");
    let bad = ops.asks("GET", EVENTS, &[("last-event-id", "x")], None).await;
    assert_eq!(bad.code(), "request-malformed");
}

#[tokio::test]
async fn every_act_of_a_review_is_an_event_that_names_the_review() {
    let app = TestApp::own();
    let (ana, rob) = (app.person("ana", Role::Author), app.person("rob", Role::Reviewer));
    let draft = ana.posts("/authoring/v1/drafts", &[], &json!({ "title": "Words" })).await;
    let draft = draft.json()["draft"].as_str().unwrap().to_owned();
    let path = format!("/authoring/v1/drafts/{draft}/entries/lesson/equal-parts");
    let shown = ana.gets(&path).await;
    let mut lesson = shown.json()["document"].clone();
    lesson["title"] = json!("Parts alike");
    let tag = [("if-match", shown.header("etag"))];
    assert_eq!(ana.asks("PUT", &path, &tag, Some(&lesson)).await.status, 200);
    let body = json!({ "draft": draft, "title": "Please look", "reviewers": ["rob"] });
    let mut stream = open(&ana, None).await;
    stream.next().await.unwrap();
    let review = ana.posts("/authoring/v1/reviews", &[], &body).await.json()["review"].clone();
    let path = format!("/authoring/v1/reviews/{}", review.as_str().unwrap());
    rob.posts(&format!("{path}/comments"), &[], &json!({ "text": "Which parts?" })).await;
    ana.posts(&format!("{path}/close"), &[("if-match", "*")], &json!({})).await;
    let mut told = Vec::new();
    while told.last().is_none_or(|verb| verb != "close-review") {
        let event = stream.next().await.unwrap();
        assert_ne!(event.data["branch"], "reviews", "{event:?}");
        if event.name == "review" {
            assert_eq!((&event.data["review"], &event.data["draft"]), (&review, &json!(draft)));
            told.push(event.data["verb"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(told, ["open-review", "comment", "close-review"]);
}

#[tokio::test]
async fn one_persons_streams_take_no_place_from_anothers() {
    let app = TestApp::own();
    let (ana, ben) = (app.person("ana", Role::Viewer), app.person("ben", Role::Viewer));
    let mut streams = Vec::new();
    for _ in 0..cms_api::ground::limits::STREAMS_OF_PERSON_MAX {
        streams.push(open(&ana, None).await);
    }
    let full = ana.gets(EVENTS).await;
    assert_eq!((full.status.as_u16(), &*full.code()), (429, "too-many"));
    open(&ben, None).await;
}

#[tokio::test]
async fn a_server_that_stops_ends_its_streams() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Viewer);
    let mut stream = open(&ana, None).await;
    stream.next().await.unwrap();
    app.app.stop();
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn streams_have_a_limit_and_give_their_place_back() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Viewer);
    let taken = app
        .app
        .streams()
        .all()
        .clone()
        .acquire_many_owned(cms_api::ground::limits::STREAMS_MAX as u32)
        .await;
    let full = ana.gets(EVENTS).await;
    assert_eq!((full.status.as_u16(), &*full.code()), (429, "too-many"));
    drop(taken);
    let stream = open(&ana, None).await;
    assert_eq!(
        app.app.streams().all().available_permits(),
        cms_api::ground::limits::STREAMS_MAX - 1
    );
    drop(stream);
    // The place is free again as soon as the stream's task has noticed that its reader is gone.
    let all = app.app.streams().all().acquire_many(cms_api::ground::limits::STREAMS_MAX as u32);
    drop(all.await.unwrap());
}

#[tokio::test]
async fn a_browser_opens_a_stream_with_a_ticket_that_is_good_once_and_for_nothing_else() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Viewer);
    let given = ana.posts("/authoring/v1/events/ticket", &[], &serde_json::json!({})).await;
    assert_eq!((given.status.as_u16(), given.header("cache-control")), (200, "no-store"));
    let ticket = given.json()["ticket"].as_str().unwrap().to_owned();
    assert!(ticket.starts_with("ticket_"));
    let elsewhere = app.get(&format!("/authoring/v1/me?ticket={ticket}")).await;
    assert_eq!(elsewhere.code(), "token-refused");
    let as_token = format!("Bearer {ticket}");
    let as_token = app.with("/authoring/v1/me", &[("authorization", as_token.as_str())]).await;
    assert_eq!(as_token.code(), "token-refused");
    let address = format!("/authoring/v1/events?ticket={ticket}");
    let open = || Request::get(&address).body(Body::empty()).unwrap();
    let mut stream = app.stream(open()).await;
    assert_eq!(stream.next().await.unwrap().name, "ready");
    assert_eq!(app.send(open()).await.code(), "token-refused", "it was used");
}

#[tokio::test]
async fn a_ticket_of_a_token_that_was_revoked_opens_nothing() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Viewer);
    let given = ana.posts("/authoring/v1/events/ticket", &[], &serde_json::json!({})).await;
    let ticket = given.json()["ticket"].as_str().unwrap().to_owned();
    let tokens = app.app.store().repository.tokens().unwrap();
    let id = tokens.iter().find(|row| row.person == "ana").unwrap().id.clone();
    let stamp = crate::test_app::by_ana().stamp("");
    app.app.store().repository.revoke_token(&id, &stamp).unwrap();
    let answer = app.get(&format!("/authoring/v1/events?ticket={ticket}")).await;
    assert_eq!(answer.code(), "token-refused");
}

#[tokio::test]
async fn who_opens_a_new_stream_names_the_last_event_in_the_address() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let seen = app.app.store().repository.history().newest_position().unwrap().0;
    ana.posts("/authoring/v1/drafts", &[], &serde_json::json!({ "title": "Missed" })).await;
    let given = ana.posts("/authoring/v1/events/ticket", &[], &serde_json::json!({})).await;
    let ticket = given.json()["ticket"].as_str().unwrap().to_owned();
    let address = format!("/authoring/v1/events?last_event_id={seen}&ticket={ticket}");
    let mut stream = app.stream(Request::get(&address).body(Body::empty()).unwrap()).await;
    assert_eq!(stream.next().await.unwrap().name, "ready");
    assert_eq!(stream.next().await.unwrap().name, "draft");
}

#[tokio::test]
async fn a_ticket_of_a_browser_stands_for_its_session_and_is_worth_nothing_after_it() {
    let app = TestApp::own();
    let mut ana = Browser::of_first_administrator(&app).await;
    let path = "/authoring/v1/events/ticket";
    let given = ana.posts(path, &json!({})).await;
    assert_eq!(given.status, 200, "{}", given.json());
    let with = |ticket: &Value| {
        let ticket = ticket["ticket"].as_str().expect("a ticket");
        let at = format!("/authoring/v1/events?ticket={ticket}");
        Request::get(at).body(Body::empty()).expect("a request")
    };
    let mut stream = app.stream(with(&given.json())).await;
    assert_eq!(stream.next().await.expect("an event").name, "ready");
    let late = ana.posts(path, &json!({})).await.json();
    ana.asks("DELETE", "/authoring/v1/session", &[], None).await;
    assert!(stream.next().await.is_none(), "the stream ends with the session");
    let refused = app.send(with(&late)).await;
    assert_eq!((refused.status.as_u16(), &*refused.code()), (401, "session-ended"));
}
