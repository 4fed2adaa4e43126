//! What refusals say, whichever way a request was sent: a client that reads one of a code can read all of it.
//! Every answer here is also held against the OpenAPI document, as in all tests.

use cms_core::{access::Role, repo::ReviewPolicy};
use serde_json::{Value, json};

use crate::{
    drafts::{begin, tag_of},
    test_app::{Answer, TestApp, by_ana},
};

const BASE: &str = "/authoring/v1";
const LESSON: &str = "lesson/equal-parts";
const KEYS: &str = "exercise/missing-number";

/// A 400 that points at a place.
fn points_at(answer: &Answer, pointer: &str) {
    let said = answer.json();
    assert_eq!(
        (answer.status.as_u16(), &said["code"]),
        (400, &json!("request-malformed")),
        "{said}"
    );
    assert_eq!(said["pointer"], pointer, "{said}");
}

/// A refusal with a code at a place.
fn refused(answer: &Answer, code: &str, pointer: &str) {
    let said = answer.json();
    assert_eq!((&said["code"], &said["pointer"]), (&json!(code), &json!(pointer)), "{said}");
}

#[tokio::test]
async fn one_mistake_has_one_pointer_at_an_address_in_a_command_and_in_a_job() {
    let app = TestApp::own();
    let pia = app.person("pia", Role::Administrator);
    for (verb, request, pointer) in [
        ("unpublish", json!({ "keys": [] }), "/keys"),
        ("unpublish", json!({ "keys": ["bad key"] }), "/keys/0"),
        ("publish", json!({ "only": ["bad key"] }), "/only/0"),
        ("publish", json!({ "plan": "x" }), "/plan"),
        ("publish", json!({ "nonsense": 1 }), "/nonsense"),
        ("plan", json!({ "only": "all" }), "/only"),
        ("retire", json!([["exercise/missing-number"]]), ""),
    ] {
        let address = format!("{BASE}/channels/production/{verb}");
        points_at(&pia.posts(&address, &[("if-match", "*")], &request).await, pointer);
        let command = json!({ "request": request });
        points_at(&pia.posts(&format!("{BASE}/commands/{verb}"), &[], &command).await, pointer);
        if matches!(verb, "publish" | "plan") {
            let job = json!({ "verb": verb, "request": request });
            points_at(&pia.posts(&format!("{BASE}/jobs"), &[], &job).await, pointer);
        }
    }
    for verb in ["verify", "schema-check"] {
        let job = json!({ "verb": verb, "request": { "x": 1 } });
        points_at(&pia.posts(&format!("{BASE}/jobs"), &[], &job).await, "/x");
    }
    // Neither waits until the job runs.
    let named = json!({ "channel": "Bad Name" });
    let job = json!({ "verb": "publish", "request": named });
    points_at(&pia.posts(&format!("{BASE}/jobs"), &[], &job).await, "/channel");
    let command = json!({ "request": named });
    points_at(&pia.posts(&format!("{BASE}/commands/publish"), &[], &command).await, "/channel");
    points_at(
        &pia.posts(&format!("{BASE}/commands/export"), &[], &json!({ "request": { "x": 1 } }))
            .await,
        "/x",
    );
    points_at(
        &pia.posts(&format!("{BASE}/commands/plan"), &[], &json!({ "operation": 7 })).await,
        "/operation",
    );
}

#[tokio::test]
async fn a_body_is_an_object_and_its_fields_have_names_at_every_depth() {
    let app = TestApp::own();
    let pia = app.person("pia", Role::Administrator);
    let draft = begin(&pia, "Arrays", &[]).await;
    let production = format!("{BASE}/channels/production");
    let at = "2026-06-01T00:00Z";
    for (method, address, body, pointer) in [
        ("PUT", format!("{BASE}/review-policy"), json!([0]), ""),
        ("POST", format!("{BASE}/jobs"), json!(["verify", {}]), ""),
        ("POST", format!("{BASE}/commands/plan"), json!(["", null, {}]), ""),
        ("POST", format!("{production}/unpublish"), json!([[KEYS], null, true, ""]), ""),
        ("POST", format!("{BASE}/drafts"), json!(["A title", null, []]), ""),
        (
            "POST",
            format!("{production}/schedules"),
            json!({ "verb": "retire", "keys": [KEYS], "at": at, "then": [["publish"]] }),
            "/then/0",
        ),
        (
            "POST",
            format!("{draft}/batch"),
            json!({ "keys": [LESSON], "steps": [["remove", "/title"]] }),
            "/steps/0",
        ),
    ] {
        let answer = pia.asks(method, &address, &[("if-match", "*")], Some(&body)).await;
        points_at(&answer, pointer);
        let said = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(said.contains("expected an object"), "{said}");
        assert!(!said.contains("struct") && !said.contains("Body"), "names no type: {said}");
    }
    let attempt = app.post("/v1/score", &json!([1, 2, 3])).await;
    points_at(&attempt, "");
}

#[tokio::test]
async fn rules_of_reviews_that_nobody_could_meet_are_refused_and_old_ones_are_read_within_the_limit()
 {
    let app = TestApp::own();
    let pia = app.person("pia", Role::Administrator);
    let address = format!("{BASE}/review-policy");
    let set = async |count: Value| {
        let body = json!({ "approvals_required": count });
        pia.asks("PUT", &address, &[("if-match", "*")], Some(&body)).await
    };
    points_at(&set(json!(51)).await, "/approvals_required");
    assert_eq!(set(json!(50)).await.status, 200);
    // As stored before there was a limit.
    let repository = &app.app.store().repository;
    let (_, version) = repository.review_policy().unwrap();
    let stored = ReviewPolicy { approvals_required: 99 };
    assert!(repository.set_review_policy(stored, version, &by_ana().stamp("")).unwrap());
    assert_eq!(pia.gets(&address).await.json()["approvals_required"], 50);
}

#[tokio::test]
async fn a_draft_names_people_who_are_there() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    app.person("ben", Role::Author);
    app.person("ci-import", Role::Publisher);
    let body = |members: Value| json!({ "title": "Shared", "members": members });
    let drafts = format!("{BASE}/drafts");
    let answer = ana.posts(&drafts, &[], &body(json!(["ben", "bem"]))).await;
    assert_eq!(answer.status, 422);
    refused(&answer, "person-unknown", "/members/1");
    assert_eq!(answer.json()["nearest"], "ben");
    // A program is somebody, and so is whoever asks.
    let draft = begin(&ana, "Shared", &["ci-import"]).await;
    let change = async |body: Value| {
        let tag = tag_of(&ana, &draft).await;
        ana.asks("PATCH", &draft, &[("if-match", &tag)], Some(&body)).await
    };
    refused(&change(json!({ "owner": "nobody" })).await, "person-unknown", "/owner");
    refused(
        &change(json!({ "members": ["ci-import", "ben", "nobody"] })).await,
        "person-unknown",
        "/members/2",
    );
    // Whoever was a member while they were there stays one.
    let tokens = app.app.store().repository.tokens().unwrap();
    let token = tokens.iter().find(|row| row.person == "ci-import").unwrap();
    app.app.store().repository.revoke_token(&token.id, &by_ana().stamp("")).unwrap();
    assert_eq!(change(json!({ "members": ["ci-import", "ben"] })).await.status, 200);
    assert_eq!(change(json!({ "owner": "ben" })).await.status, 200);
}

#[tokio::test]
async fn schedules_links_and_dismissals_that_are_refused_name_the_field() {
    let app = TestApp::own();
    let pia = app.person("pia", Role::Administrator);
    let schedules = format!("{BASE}/channels/production/schedules");
    let (past, then) = ("2020-01-01T00:00Z", "2026-06-01T00:00Z");
    for (body, pointer) in [
        (json!({ "verb": "publish", "at": past }), "/at"),
        (json!({ "verb": "unpublish", "keys": [], "at": then }), "/keys"),
        (
            json!({ "verb": "unpublish", "keys": [KEYS], "at": then, "then": [{ "verb": "publish" }, { "verb": "retire" }] }),
            "/then/1/keys",
        ),
    ] {
        let answer = pia.posts(&schedules, &[], &body).await;
        assert_eq!(answer.status, 422);
        refused(&answer, "schedule-refused", pointer);
    }
    let command = json!({ "request": { "action": "unpublish", "at": then } });
    let answer = pia.posts(&format!("{BASE}/commands/schedule"), &[], &command).await;
    refused(&answer, "schedule-refused", "/names");

    let draft = begin(&pia, "Shared", &[]).await;
    let shares = format!("{draft}/shares");
    for (body, pointer) in [
        (json!({ "days": 91 }), "/days"),
        (json!({ "label": "x".repeat(201) }), "/label"),
        (json!({ "channel": "Bad Name" }), "/channel"),
    ] {
        let answer = pia.posts(&shares, &[], &body).await;
        assert_eq!(answer.status, 422);
        refused(&answer, "share-refused", pointer);
    }
    // A label is counted in characters, as its schema says.
    let label = json!({ "label": "é".repeat(200) });
    assert_eq!(pia.posts(&shares, &[], &label).await.status, 201);

    let finding = format!("{BASE}/entries/{KEYS}/dismissals/{}", "a".repeat(32));
    for reason in [String::new(), " \n".to_owned(), "x".repeat(2001)] {
        let body = json!({ "reason": reason });
        let answer = pia.asks("PUT", &finding, &[], Some(&body)).await;
        assert_eq!(answer.status, 422);
        refused(&answer, "content-refused", "/reason");
    }
    let long = json!({ "reason": "é".repeat(2000) });
    assert_eq!(pia.asks("PUT", &finding, &[], Some(&long)).await.status, 200);
}

#[tokio::test]
async fn a_job_that_is_over_says_how_it_ended() {
    let app = TestApp::own();
    let pia = app.person("pia", Role::Administrator);
    let job = pia.posts(&format!("{BASE}/jobs"), &[], &json!({ "verb": "plan" })).await;
    let job = job.header("location").to_owned();
    while pia.gets(&job).await.json()["ended_ms"].is_null() {
        tokio::task::yield_now().await;
    }
    let answer = pia.asks("DELETE", &job, &[], None).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (409, "job-over"));
    assert_eq!(answer.json()["state"], "done");
}

#[tokio::test]
async fn a_name_that_can_be_no_channels_is_a_fault_of_the_address_where_a_channel_would_be_made() {
    let app = TestApp::own();
    let pia = app.person("pia", Role::Administrator);
    let at = |name: &str| format!("{BASE}/channels/{name}");
    let schedule = json!({ "verb": "publish", "at": "2026-06-01T00:00Z" });
    for (address, body) in [
        ("Bad%20Name/plan", json!({})),
        ("Bad%20Name/publish", json!({})),
        ("Bad%20Name/schedules", schedule),
    ] {
        let answer = pia.posts(&at(address), &[], &body).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (400, "path-malformed"));
    }
    assert_eq!(pia.gets(&at("UPPER")).await.code(), "channel-unknown");
}

#[tokio::test]
async fn a_language_that_is_not_there_is_told_from_those_that_are() {
    let app = TestApp::new();
    let ana = app.person("ana", Role::Author);
    for address in ["gaps", "gaps/entries"] {
        let answer = ana.gets(&format!("{BASE}/languages/xx/{address}")).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (404, "locale-unknown"));
        assert!(answer.json()["known"].as_array().unwrap().contains(&json!("es")));
    }
    // Who begins a language has its texts before there is the language.
    assert_eq!(ana.gets(&format!("{BASE}/entries/{LESSON}/segments?locale=fr")).await.status, 200);
    let used = async |key: &str| {
        let command = json!({ "request": { "key": key } });
        ana.posts(&format!("{BASE}/commands/where-used"), &[], &command).await
    };
    assert_eq!(used("lesson/none").await.code(), "entry-unknown");
    assert_eq!(used(LESSON).await.status, 200);
}

#[tokio::test]
async fn refusals_are_in_plain_words() {
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let detail =
        async |path: &str| ana.gets(path).await.json()["detail"].as_str().unwrap().to_owned();
    let said = ana.posts(&format!("{BASE}/channels/production/publish"), &[], &json!({})).await;
    assert_eq!(
        said.json()["detail"],
        "this needs the right publish; ana would need the role publisher"
    );
    let said = detail(&format!("{BASE}/events?last_event_id=zz")).await;
    assert!(said.contains("no event has this id; ids are whole numbers"), "{said}");
    let said = detail(&format!("{BASE}/events?ticket=none")).await;
    assert_eq!(said, "the ticket was used, has expired, or never existed");
}

#[tokio::test]
async fn the_published_schemas_are_listed() {
    let app = TestApp::new();
    let list = app.get("/schemas/").await.json();
    let schemas = list["schemas"].as_array().unwrap();
    assert!(schemas.contains(&json!("/schemas/problem.schema.json")), "{list}");
    for schema in schemas {
        assert_eq!(app.get(schema.as_str().unwrap()).await.status, 200, "{schema}");
    }
}
