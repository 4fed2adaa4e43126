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
        origin: cms_core::repo::Origin::default(),
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

#[tokio::test]
async fn a_role_is_given_within_limits_explained_and_taken() {
    let app = TestApp::own();
    let root = app.person("root", Role::Administrator);
    app.person("ana", Role::Viewer);
    let body = json!({ "person": "ana", "role": "reviewer", "subtree": "unit/multiplying" });
    let mut ghost = body.clone();
    ghost["person"] = json!("zoe");
    let nobody = root.posts("/authoring/v1/grants", &[], &ghost).await;
    assert_eq!((nobody.status.as_u16(), &*nobody.code()), (422, "person-unknown"));
    let made = root.posts("/authoring/v1/grants", &[], &body).await;
    assert_eq!(made.status, 201, "{}", made.json());
    let grant = made.json()["grant"]["id"].as_str().unwrap().to_owned();
    assert_eq!(made.header("location"), format!("/authoring/v1/grants/{grant}"));
    let again = root.posts("/authoring/v1/grants", &[], &body).await;
    assert_eq!((again.status.as_u16(), &*again.code()), (409, "grant-given"));
    for (field, value, pointer) in [
        ("role", json!("king"), "/role"),
        ("subtree", json!("course/c@es"), "/subtree"),
        ("kinds", json!(["Exercise"]), "/kinds/0"),
    ] {
        let mut wrong = body.clone();
        wrong[field] = value;
        let answer = root.posts("/authoring/v1/grants", &[], &wrong).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["pointer"]), (400, &json!(pointer)));
    }
    let listed = root.gets("/authoring/v1/grants").await.json();
    assert!(listed["grants"].as_array().unwrap().iter().any(|row| row["id"] == *grant));
    app.person("dora", Role::Viewer);
    let of_dora = json!({ "person": "dora", "role": "reviewer" });
    assert_eq!(root.posts("/authoring/v1/grants", &[], &of_dora).await.status, 201);
    let asked = "/authoring/v1/who-may/accept?person=ana";
    let answer = root.gets(asked).await.json();
    assert_eq!(answer["may"], json!([]));
    let detail =
        "this needs the right accept; ana is reviewer, but not for this part of the catalogue";
    assert_eq!(answer["why_not"]["detail"], detail);
    assert_eq!(answer["why_not"]["helpers"], json!(["dora"]), "a person, and no program");
    let ben = app.person("ben", Role::Viewer);
    assert_eq!(ben.gets(asked).await.code(), "right-missing", "others are not asked about");
    assert_eq!(ben.gets("/authoring/v1/who-may/read").await.status, 200);
    assert_eq!(ben.gets("/authoring/v1/grants").await.code(), "right-missing");
    let path = format!("/authoring/v1/grants/{grant}");
    assert_eq!(root.asks("DELETE", &path, &[], None).await.status, 200);
    assert_eq!(root.asks("DELETE", &path, &[], None).await.code(), "grant-unknown");
}

#[tokio::test]
async fn every_operation_says_what_it_needs_and_asks_for_it() {
    let app = TestApp::new();
    let described = app.get("/openapi.json").await.json();
    let viewer = app.person("vic", Role::Viewer);
    let mut asked = 0;
    for (path, item) in described["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Some(needs) = operation.get("x-needs").and_then(|needs| needs.as_str()) else {
                panic!("{method} {path} does not say what it needs");
            };
            let at: String = path
                .split('/')
                .map(|part| if part.starts_with('{') { "x" } else { part })
                .collect::<Vec<_>>()
                .join("/");
            let method = method.to_uppercase();
            asked += 1;
            if needs == "nothing" {
                continue;
            }
            // Neither a body nor any other header is there: who asks is judged before anything else.
            let nobody = app.asks_bare(&method, &at, None).await;
            assert_eq!(nobody.status, 401, "{method} {path}: {needs}");
            if let Ok(right) = needs.parse::<Right>()
                && !Role::Viewer.rights().has(right)
            {
                let refused = app.asks_bare(&method, &at, Some(&viewer.token)).await;
                assert_eq!(refused.code(), "right-missing", "{method} {path}");
                assert_eq!(refused.json()["right"], needs, "{method} {path}");
            }
        }
    }
    assert!(asked > 100, "{asked}");
}
