//! Who may do what.

use cms_core::access::{Right, Role};
use serde_json::json;

use crate::test_app::{Person, TOKEN, TestApp};

#[tokio::test]
async fn each_role_may_what_it_may_and_no_more() {
    let app = TestApp::own();
    let command = json!({ "request": {} });
    let commit = json!({ "changes": [{ "key": "video/x" }] });
    let job = json!({ "verb": "publish" });
    let verify = json!({ "verb": "verify" });
    let table = [
        ("GET", "/authoring/v1/me", None, Role::Viewer),
        ("GET", "/authoring/v1/states", None, Role::Viewer),
        ("GET", "/authoring/v1/states/main", None, Role::Viewer),
        ("GET", "/authoring/v1/entries", None, Role::Viewer),
        ("GET", "/authoring/v1/entries/topic/root", None, Role::Viewer),
        ("GET", "/authoring/v1/commits", None, Role::Viewer),
        ("GET", "/authoring/v1/diff?from=main~1&to=main", None, Role::Viewer),
        ("GET", "/authoring/v1/channels/production/holds", None, Role::Viewer),
        ("GET", "/authoring/v1/notices", None, Role::Viewer),
        ("GET", "/authoring/v1/jobs", None, Role::Viewer),
        ("POST", "/authoring/v1/commands/plan", Some(&command), Role::Viewer),
        ("POST", "/authoring/v1/commands/publish", Some(&command), Role::Publisher),
        ("POST", "/authoring/v1/commands/token-list", Some(&command), Role::Administrator),
        ("POST", "/authoring/v1/commands/verify", Some(&command), Role::Administrator),
        ("POST", "/authoring/v1/commits", Some(&commit), Role::Administrator),
        ("POST", "/authoring/v1/jobs", Some(&job), Role::Publisher),
        ("POST", "/authoring/v1/jobs", Some(&verify), Role::Administrator),
    ];
    for role in Role::ALL {
        let person = app.person(&format!("a-{role}"), role);
        for (method, path, body, needed) in &table {
            let answer = person.asks(method, path, &[("if-match", "\"x\"")], *body).await;
            if !needed.rights().is_within(role.rights()) {
                assert_eq!(answer.status, 403, "{role}: {method} {path}");
                let problem = answer.json();
                assert_eq!(
                    (&problem["code"], &problem["why"]),
                    (&json!("right-missing"), &json!("role"))
                );
                let right: Right = problem["right"].as_str().unwrap().parse().unwrap();
                assert!(needed.rights().has(right) && !role.rights().has(right), "{problem}");
            } else {
                assert!(
                    ![401, 403].contains(&answer.status.as_u16()),
                    "{role}: {method} {path}: {}",
                    answer.json()
                );
            }
        }
    }
}

#[tokio::test]
async fn without_a_token_nothing_is_told() {
    let app = TestApp::new();
    let nobody = Person { app: &app, token: "cms_wrong".into() };
    for path in ["me", "entries", "entries/topic/nope", "jobs/x", "events", "commits?x=1"] {
        let path = format!("/authoring/v1/{path}");
        let wrong = nobody.gets(&path).await;
        let missing = app.get(&path).await;
        assert_eq!((wrong.status.as_u16(), missing.status.as_u16()), (401, 401), "{path}");
        assert_eq!(wrong.json(), missing.json(), "a wrong token looks like none");
        assert_eq!(wrong.header("www-authenticate"), "Bearer realm=\"cms\"");
    }
}

#[tokio::test]
async fn a_token_is_made_shown_once_listed_and_revoked() {
    let app = TestApp::own();
    let server = Person { app: &app, token: TOKEN.into() };
    let make = json!({ "author": "ops", "request": {
        "person": "ana", "role": "author", "label": "laptop", "days": 7
    } });
    let made = server.posts("/authoring/v1/commands/token-create", &[], &make).await.json();
    let (text, id) = (made["text"].as_str().unwrap(), made["token"]["id"].as_str().unwrap());
    assert!(text.starts_with("cms_") && text.len() == 68, "{text}");
    let ana = Person { app: &app, token: text.into() };
    assert_eq!(
        ana.gets("/authoring/v1/me").await.json(),
        json!({ "person": "ana", "role": "author", "rights": ["read", "propose", "edit"] })
    );
    let all = json!({ "request": {} });
    let listed = server.posts("/authoring/v1/commands/token-list", &[], &all).await;
    let shown = String::from_utf8(listed.body.clone()).unwrap();
    assert!(shown.contains(id) && !shown.contains(text), "the text is told once");
    insta::assert_json_snapshot!("tokens", listed.json(), { ".tokens[].id" => "[id]" });
    for (key, bytes) in cells(&app) {
        assert!(!key.contains(text) && !bytes.contains(text), "the text is in {key}");
    }
    let revoke = json!({ "request": { "id": id } });
    let revoked = server.posts("/authoring/v1/commands/token-revoke", &[], &revoke).await;
    assert_eq!(revoked.status, 200);
    assert_eq!(ana.gets("/authoring/v1/me").await.status, 401);
    let again = server.posts("/authoring/v1/commands/token-revoke", &[], &revoke).await;
    assert_eq!((again.status.as_u16(), &*again.code()), (404, "token-unknown"));
    for (person, role) in [("Ana B", "author"), ("", "author"), ("ana", "admin")] {
        let bad = json!({ "request": { "person": person, "role": role } });
        let answer = server.posts("/authoring/v1/commands/token-create", &[], &bad).await;
        assert_eq!((answer.status.as_u16(), &*answer.code()), (400, "request-malformed"));
    }
}

fn cells(app: &TestApp) -> Vec<(String, String)> {
    use cms_core::engine::{CellQuery, PAGE_ROWS_MAX};
    let query = CellQuery { rows_max: PAGE_ROWS_MAX, ..CellQuery::default() };
    let page = app.app.store().repository.engine().cells(&query).unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    page.rows.iter().map(|(name, cell)| (name.to_string(), text(&cell.value))).collect()
}

#[tokio::test]
async fn a_token_ends_with_its_time() {
    use cms_core::{
        engine::OperationId,
        repo::{NewToken, SecretHash, Stamp},
    };
    let app = TestApp::own();
    let repository = &app.app.store().repository;
    let hash = SecretHash::of(b"short");
    let stamp = Stamp {
        author: "ops".parse().unwrap(),
        time_ms: 1000,
        message: String::new(),
        operation: OperationId([9; 16]),
        holder: cms_core::access::Holder::Machine,
    };
    let new = NewToken {
        hash,
        person: "ana".parse().unwrap(),
        role: Role::Viewer,
        label: String::new(),
        expires_ms: Some(2000),
        bounds: None,
        brings_role: true,
        stamp,
    };
    repository.create_token(&new).unwrap();
    assert!(repository.token(&hash, 1999).unwrap().is_some());
    assert!(repository.token(&hash, 2000).unwrap().is_none());
    assert_eq!(repository.tokens().unwrap().len(), 1, "it is still listed");
    assert!(repository.create_token(&NewToken { expires_ms: Some(1000), ..new }).is_err());
}

#[tokio::test]
async fn a_command_that_is_sent_again_under_its_operation_is_not_done_again() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    let publish = |message: &str| {
        let operation = "00112233445566778899aabbccddeeff";
        let request = json!({ "channel": "staging", "message": message });
        json!({ "operation": operation, "request": request })
    };
    let path = "/authoring/v1/commands/publish";
    let done = ops.posts(path, &[], &publish("First")).await;
    assert_eq!(done.status, 200);
    let again = ops.posts(path, &[], &publish("Once more")).await;
    assert_eq!(
        (again.status.as_u16(), again.json()["code"].as_str()),
        (409, Some("operation-done"))
    );
    assert_eq!(again.json()["happened"]["publication"], done.json()["publication"]);
    let moves = ops.gets("/authoring/v1/channels/staging/publications").await.json();
    assert_eq!(moves["rows"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_author_is_the_tokens_person() {
    let app = TestApp::own();
    let ops = app.person("ops", Role::Administrator);
    let request = json!({ "author": "somebody else", "request": { "message": "Again" } });
    assert_eq!(ops.posts("/authoring/v1/commands/publish", &[], &request).await.status, 200);
    let import = "{\"cms\":\"import\",\"author\":\"somebody else\",\"request\":{}}\n\
        {\"key\":\"video/new\",\"locale\":null,\"document\":{\"title\":\"New\",\"slug\":\"new\",\
        \"youtube_id\":\"OVMceVL_CEQ\",\"duration_s\":60}}\n{\"cms\":\"end\"}\n";
    let mut import =
        ops.request("POST", "/authoring/v1/commands/import", &[], None).map(|_| import.into());
    import.headers_mut().insert("content-type", "application/x-ndjson".parse().unwrap());
    assert_eq!(app.send(import).await.status, 200);
    let newest = ops.gets("/authoring/v1/commits?limit=1").await.json();
    assert_eq!(newest["rows"][0]["author"], "ops");
    let server = Person { app: &app, token: TOKEN.into() };
    let request = json!({ "author": "ana", "request": { "channel": "staging" } });
    server.posts("/authoring/v1/commands/publish", &[], &request).await;
    let moves = ops.gets("/authoring/v1/channels/staging/publications").await.json();
    assert_eq!(
        moves["rows"][0]["author"], "ana",
        "the machine's own command line speaks for others"
    );
}
