//! Requests that no honest client sends.

use axum::{body::Body, http::Request};

use crate::test_app::{TOKEN, TestApp};

#[tokio::test]
async fn tricks_with_paths_are_refused_as_problems() {
    let app = TestApp::new();
    let snapshot = app.snapshot().await;
    let table = [
        ("/v1/objects/../../etc/passwd".to_owned(), 404),
        ("/v1/objects/%2e%2e%2fetc%2fpasswd".to_owned(), 400),
        ("/v1/objects/%ff%fe".to_owned(), 400),
        (format!("/v1/objects/{}", "A".repeat(64)), 400),
        (format!("/v1/objects/{}", "a".repeat(5000)), 400),
        ("/v1/channels/%00".to_owned(), 404),
        ("/v1/channels/..%2f..%2fmain".to_owned(), 404),
        (format!("/v1/snapshots/{snapshot}/en/entries/Exercise/x"), 400),
        (format!("/v1/snapshots/{snapshot}/en/entries/exercise/x%00"), 400),
        (format!("/v1/snapshots/{snapshot}/..%2f/entries/topic/root"), 404),
        (format!("/v1/snapshots/{snapshot}/en/routes/../../x"), 404),
        (format!("/v1/snapshots/{snapshot}/en/routes/{}", "a/".repeat(2000)), 404),
        (format!("/v1/snapshots/{snapshot}/en/entries?kind=%ff"), 400),
        (format!("/v1/snapshots/{snapshot}/en/entries?limit=0"), 400),
        (format!("/v1/snapshots/{snapshot}/en/entries?cursor=!!"), 400),
        (format!("/v1/snapshots/{snapshot}/en/entries?kind=video&kind=video"), 400),
        (format!("/v1/snapshots/{snapshot}/en/entries?kind={}", "v".repeat(20_000)), 400),
        ("/v1/channels/production?".to_owned(), 400),
        ("/admin/..%2f..%2fCargo.toml".to_owned(), 404),
        ("/learn/..%2f..%2fCargo.toml".to_owned(), 404),
        ("/player/..%2fpackage.json".to_owned(), 404),
        ("/v1/media/..%2fx".to_owned(), 400),
        ("/docs/%2e%2e/Cargo.toml".to_owned(), 404),
    ];
    for (path, status) in table {
        let answer = app.get(&path).await;
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
        assert_eq!(answer.json()["status"], status, "{path}");
    }
}

#[tokio::test]
async fn other_methods_are_refused_with_those_that_are_not() {
    let app = TestApp::new();
    for method in ["POST", "PUT", "DELETE", "PATCH", "TRACE"] {
        let request = Request::builder().method(method).uri("/v1/channels/production");
        let answer = app.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!((answer.status.as_u16(), &*answer.code()), (405, "method-not-allowed"));
        assert!(answer.header("allow").contains("GET"), "{method}");
    }
}

async fn command(app: &TestApp, verb: &str, token: &str, body: impl Into<Body>) -> (u16, String) {
    let request = Request::post(format!("/authoring/v1/commands/{verb}"))
        .header("authorization", format!("Bearer {token}"))
        .body(body.into())
        .unwrap();
    let answer = app.send(request).await;
    (answer.status.as_u16(), answer.code())
}

#[tokio::test]
async fn commands_need_the_token_and_sense() {
    let app = TestApp::new();
    let whole = r#"{"author":"ana","request":{}}"#;
    let huge = "x".repeat(2 << 20);
    let table = [
        ("stats", "wrong", whole, 401, "token-refused"),
        ("stats", "", whole, 401, "token-refused"),
        ("stats", TOKEN, whole, 200, ""),
        ("nonsense", TOKEN, whole, 404, "path-unknown"),
        ("stats", TOKEN, "", 400, "request-malformed"),
        ("stats", TOKEN, "{}", 200, ""),
        ("stats", TOKEN, r#"{"author":" "}"#, 400, "request-malformed"),
        ("stats", TOKEN, r#"{"author":"a","request":{"x":1}}"#, 400, "request-malformed"),
        ("stats", TOKEN, r#"{"author":"a","operation":"zz"}"#, 400, "request-malformed"),
        ("stats", TOKEN, &huge, 413, "body-too-large"),
        ("import", TOKEN, "", 400, "request-malformed"),
        ("import", TOKEN, "{\"key\":1}\n", 400, "request-malformed"),
        ("export", TOKEN, r#"{"author":"a","request":{"state":"nope"}}"#, 404, "state-unknown"),
        ("plan", TOKEN, r#"{"author":"a","request":{"only":["../x"]}}"#, 400, "request-malformed"),
        ("log", TOKEN, r#"{"author":"a","request":{"at":"main~99999"}}"#, 404, "state-unknown"),
    ];
    for (verb, token, body, status, code) in table {
        let shown: String = body.chars().take(60).collect();
        let got = command(&app, verb, token, body.to_owned()).await;
        assert_eq!(got, (status, code.to_owned()), "{verb} {shown}");
    }
}

#[tokio::test]
async fn an_import_that_ends_early_imports_nothing() {
    let app = TestApp::new();
    let body = "{\"cms\":\"import\",\"author\":\"a\",\"request\":{}}\n\
        {\"key\":\"video/late\",\"locale\":null,\"document\":{\"title\":\"T\",\"slug\":\"t\"}}\n";
    let got = command(&app, "import", TOKEN, body).await;
    assert_eq!(got.0, 400, "{got:?}");
    let show = r#"{"author":"a","request":{"key":"video/late"}}"#;
    assert_eq!(command(&app, "show", TOKEN, show).await, (404, "entry-unknown".to_owned()));
}

#[tokio::test]
async fn stored_script_stays_text() {
    let app = TestApp::new();
    let page = app.get("/admin/").await;
    let policy = page.header("content-security-policy");
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    let media = app.object("en", "image/bar-two-thirds").await;
    let media = app.get(&format!("/v1/objects/{media}")).await.json()["document"]["media"].clone();
    let picture = app.get(&format!("/v1/media/{}", media.as_str().unwrap())).await;
    assert_eq!(picture.header("content-type"), "image/svg+xml");
    assert!(picture.header("content-security-policy").contains("sandbox"));
}
