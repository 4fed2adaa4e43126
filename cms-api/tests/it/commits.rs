//! Writes: preconditions, and creations that are sent more than once.

use cms_core::access::Role;
use serde_json::{Value, json};

use crate::test_app::{Person, TestApp};

const COMMITS: &str = "/authoring/v1/commits";

fn video(id: &str, title: &str) -> Value {
    let document =
        json!({ "title": title, "slug": id, "youtube_id": "OVMceVL_CEQ", "duration_s": 60 });
    json!({ "message": "One more", "changes": [{ "key": format!("video/{id}"), "document": document }] })
}

async fn head(ops: &Person<'_>) -> String {
    ops.gets("/authoring/v1/states/main").await.header("etag").to_owned()
}

async fn log_len(ops: &Person<'_>) -> usize {
    ops.all(COMMITS, 500).await.len()
}

#[tokio::test]
async fn a_write_names_what_it_is_based_on() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    let base = head(&ops).await;
    let made = ops.posts(COMMITS, &[("if-match", &base)], &video("a", "A")).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let commit = made.json()["commit"].as_str().unwrap().to_owned();
    assert_eq!(made.header("location"), format!("/authoring/v1/commits/{commit}"));
    assert_eq!(made.header("etag"), head(&ops).await);
    let coded = format!("\"{commit}-gzip\"");
    let weak = format!("W/\"{commit}\"");
    let both = format!("\"x\", \"{commit}\"");
    let table = [
        (None, video("b", "B"), 428, "precondition-required"),
        (Some("7"), video("b", "B"), 400, "request-malformed"),
        (Some(&*base), video("b", "B"), 412, "stale"),
        (Some(&*weak), video("b", "B"), 412, "tag-weak"),
        (Some(&*coded), video("b", "B"), 201, ""),
        (Some(&*both), video("c", "C"), 412, "stale"),
        (Some("*"), video("c", "C"), 201, ""),
        (Some("*"), video("c", "C"), 422, "content-refused"),
        (
            Some("*"),
            json!({ "branch": "nope", "changes": [{ "key": "video/c" }] }),
            404,
            "state-unknown",
        ),
        (
            Some("\"x\""),
            json!({ "branch": "production", "changes": [{ "key": "video/c" }] }),
            404,
            "state-unknown",
        ),
        (Some("*"), json!({ "changes": [] }), 400, "request-malformed"),
        (Some("*"), json!({ "changes": [{ "key": "video" }] }), 400, "request-malformed"),
        (Some("*"), json!({ "changes": [{ "key": "video/c", "x": 1 }] }), 400, "request-malformed"),
    ];
    for (tag, body, status, code) in table {
        let headers: Vec<_> = tag.iter().map(|tag| ("if-match", *tag)).collect();
        let answer = ops.posts(COMMITS, &headers, &body).await;
        let found = (answer.status.as_u16(), answer.code());
        assert_eq!(found, (status, code.to_owned()), "{tag:?} {body}: {}", answer.json());
        if status == 412 && tag == Some(&*base) {
            assert_eq!(answer.json()["current"], commit);
        }
    }
}

#[tokio::test]
async fn what_is_refused_is_told_with_its_place() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    let body = json!({ "changes": [
        { "key": "video/a", "document": { "titel": "x" } },
        { "key": "lesson/equal-parts" },
        { "key": "nothing/x", "document": {} },
    ] });
    let answer = ops.posts(COMMITS, &[("if-match", "*")], &body).await;
    assert_eq!(answer.status, 422);
    insta::assert_json_snapshot!("refused", answer.json());
    let pointed = json!({ "changes": [{ "key": "video/a" }, { "key": "video" }] });
    let answer = ops.posts(COMMITS, &[("if-match", "*")], &pointed).await.json();
    assert_eq!(answer["pointer"], "/changes/1/key");
    let text = "{\"changes\":[{\"key\":\"video/a\",\"document\":{\"title\":1,\"title\":2}}]}";
    let request = ops.request(
        "POST",
        COMMITS,
        &[("if-match", "*"), ("content-type", "application/json")],
        None,
    );
    let answer = app.send(request.map(|_| text.into())).await;
    let violation = &answer.json()["refusals"][0]["violations"][0];
    assert_eq!(violation["code"], "not-a-document", "a repeated field is seen: {violation}");
    let request = ops.request("POST", COMMITS, &[("if-match", "*")], None);
    assert_eq!(app.send(request.map(|_| "{}".into())).await.status, 415);
}

#[tokio::test]
async fn the_same_key_is_answered_the_same() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    let headers = [("if-match", "*"), ("idempotency-key", "k1")];
    let first = ops.posts(COMMITS, &headers, &video("a", "A")).await;
    assert_eq!((first.status.as_u16(), first.header("idempotency-replayed")), (201, ""));
    let count = log_len(&ops).await;
    let again = ops.posts(COMMITS, &headers, &video("a", "A")).await;
    assert_eq!((again.status, again.json()), (first.status, first.json()));
    assert_eq!(again.header("location"), first.header("location"));
    assert_eq!(again.header("etag"), first.header("etag"));
    assert_eq!(again.header("idempotency-replayed"), "true");
    let other = ops.posts(COMMITS, &headers, &video("b", "B")).await;
    assert_eq!((other.status.as_u16(), &*other.code()), (422, "idempotency-key-reused"));
    let ben = app.person("ben", Role::Administrator);
    assert_eq!(
        ben.posts(COMMITS, &headers, &video("b", "B")).await.status,
        201,
        "a key is one's own"
    );
    assert_eq!(log_len(&ops).await, count + 1);
    let restarted = TestApp::over(app.app.store().clone());
    let ops = Person { app: &restarted, token: ops.token };
    let later = ops.posts(COMMITS, &headers, &video("a", "A")).await;
    assert_eq!(later.json(), first.json(), "also after a restart");
    for key in ["", " a", &"x".repeat(256)] {
        let headers = [("if-match", "*"), ("idempotency-key", key)];
        assert_eq!(
            ops.posts(COMMITS, &headers, &video("q", "Q")).await.code(),
            "request-malformed"
        );
    }
}

#[tokio::test]
async fn a_refusal_is_not_remembered() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    let stale = [("if-match", "\"x\""), ("idempotency-key", "k1")];
    assert_eq!(ops.posts(COMMITS, &stale, &video("a", "A")).await.status, 412);
    let right = [("if-match", "*"), ("idempotency-key", "k1")];
    assert_eq!(ops.posts(COMMITS, &right, &video("a", "A")).await.status, 201);
}

#[tokio::test]
async fn a_key_is_visible_text() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    let long = "k".repeat(256);
    for key in ["", " k", "a\tb", "é", &long] {
        let headers = [("if-match", "*"), ("idempotency-key", key)];
        let refused = ops.posts(COMMITS, &headers, &video("a", "A")).await;
        assert_eq!(
            (refused.status.as_u16(), &*refused.code()),
            (400, "request-malformed"),
            "{key:?}"
        );
    }
    let headers = [("if-match", "*"), ("idempotency-key", "the first ~ 1")];
    assert_eq!(ops.posts(COMMITS, &headers, &video("a", "A")).await.status, 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_under_one_key_do_it_once() {
    let app = std::sync::Arc::new(TestApp::own());
    let token = app.person("ops", Role::Administrator).token;
    let before = log_len(&Person { app: &app, token: token.clone() }).await;
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let (app, token) = (app.clone(), token.clone());
            tokio::spawn(async move {
                let ops = Person { app: &app, token };
                let headers = [("if-match", "*"), ("idempotency-key", "k1")];
                let answer = ops.posts(COMMITS, &headers, &video("a", "A")).await;
                (answer.status.as_u16(), answer.json())
            })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(answers[0].0, 201);
    assert_eq!(log_len(&Person { app: &app, token }).await, before + 1);
}

/// The answer was lost with the process that made it: its commit is durable, but its answer was never remembered.
/// When the request comes again it must get the answer; it must neither be done again nor be refused as changing
/// nothing.
#[tokio::test]
async fn an_answer_that_was_lost_is_found_again() {
    use cms_core::engine::{CellQuery, Expected, OperationId, Swap, SwapValue, Transaction};
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    let headers = [("if-match", "*"), ("idempotency-key", "k1")];
    let first = ops.posts(COMMITS, &headers, &video("a", "A")).await.json();
    let engine = app.app.store().repository.engine();
    let query = CellQuery { group_prefix: "answer/".into(), after: None, rows_max: 10 };
    let (name, cell) = engine.cells(&query).unwrap().rows.remove(0);
    let forget = Transaction {
        operation: OperationId([3; 16]),
        objects: Vec::new(),
        swaps: vec![Swap {
            cell: name,
            expected: Expected::Version(cell.version),
            value: SwapValue::Delete,
        }],
        audit: None,
    };
    engine.commit(vec![forget]).unwrap();
    let count = log_len(&ops).await;
    let again = ops.posts(COMMITS, &headers, &video("a", "A")).await;
    assert_eq!((again.status.as_u16(), again.json()), (201, first));
    assert_eq!(log_len(&ops).await, count);
}
