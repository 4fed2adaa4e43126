//! The audit over HTTP and on the command line: who did what, what was refused, and that nothing was changed.

use std::net::{IpAddr, SocketAddr};

use cms_api::{edge::client::Peer, ground::secret};
use cms_core::{
    access::Role,
    repo::{NewToken, SecretHash, Stamp},
};
use serde_json::{Value, json};

use crate::{
    browser::{Browser, PASSWORD},
    test_app::{Person, TIME_MS, TestApp, by_ana},
};

async fn rows(person: &Person<'_>, query: &str) -> Vec<Value> {
    let answer = person.gets(&format!("/authoring/v1/audit?{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()["rows"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_write_is_on_record_with_its_access_key_and_the_client_and_what_was_there_before() {
    let app = TestApp::own();
    cms_api::background::sealer::begin(app.app.store(), TIME_MS).unwrap();
    let root = app.person("root", Role::Administrator);
    let known = root.gets("/authoring/v1/review-policy").await;
    let tag = known.header("etag").to_owned();
    let mut request = root.request(
        "PUT",
        "/authoring/v1/review-policy",
        &[("if-match", &tag)],
        Some(&json!({ "approvals_required": 2 })),
    );
    let peer: SocketAddr = "192.0.2.7:4711".parse().unwrap();
    let address: Option<IpAddr> = Some(peer.ip());
    request.extensions_mut().insert(Peer { address, is_encrypted: false });
    let answer = app.send(request).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    let rows = rows(&root, "verb=set-review-policy").await;
    let row = &rows[0];
    assert_eq!(row["author"], "root");
    assert_eq!(row["address"], "192.0.2.7");
    assert!(row["via"].as_str().unwrap().starts_with("key:"), "{row}");
    assert_eq!(row["before"], json!({ "approvals_required": 0 }));
    assert_eq!(row["after"], json!({ "approvals_required": 2 }));
    let text = row.to_string();
    assert!(!text.contains(&root.token), "a secret is in no record");
}

#[tokio::test]
async fn a_refusal_is_on_record_and_a_flood_of_them_is_a_number() {
    let app = TestApp::own();
    let (root, ana) = (app.person("root", Role::Administrator), app.person("ana", Role::Viewer));
    for _ in 0..25 {
        let answer = ana.posts("/authoring/v1/commands/publish", &[], &json!({})).await;
        assert_eq!(answer.status, 403);
    }
    assert_eq!(ana.gets("/authoring/v1/audit").await.status, 403, "the audit needs its right");
    let refused = rows(&root, "verb=refused&person=ana").await;
    assert_eq!(refused.len(), 20);
    assert_eq!(refused[0]["on"]["operation"], "POST /authoring/v1/commands/{verb}");
    assert_eq!(refused[0]["on"]["right"], "publish");
    app.app.refusals().flush(app.app.store(), None).unwrap();
    let more = rows(&root, "verb=refused-more").await;
    assert_eq!((more.len(), &more[0]["on"]["count"]), (1, &json!(6)));
}

/// A request that came from this address.
fn coming(
    mut request: axum::http::Request<axum::body::Body>,
) -> axum::http::Request<axum::body::Body> {
    let peer: SocketAddr = "192.0.2.7:4711".parse().unwrap();
    request.extensions_mut().insert(Peer { address: Some(peer.ip()), is_encrypted: true });
    request
}

#[tokio::test]
async fn signing_in_being_refused_and_signing_out_are_on_record_with_the_clients_address() {
    let app = TestApp::own();
    cms_api::background::sealer::begin(app.app.store(), TIME_MS).unwrap();
    let root = app.person("root", Role::Administrator);
    Browser::of_first_administrator(&app).await;
    let mut browser = Browser::secure(&app);
    for password in ["seventeen green bottlez", PASSWORD] {
        let body = json!({ "name": "ana@example.org", "password": password });
        let request = browser.request("POST", "/authoring/v1/session", &[], Some(&body));
        let answer = app.send(coming(request)).await;
        for line in answer.headers.get_all("set-cookie") {
            let (name, rest) = line.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap().to_owned();
            browser.cookies.insert(name.to_owned(), value);
        }
        if answer.status == 200 {
            browser.csrf_token = answer.json()["csrf_token"].as_str().unwrap().to_owned();
        }
    }
    let out = browser.request("DELETE", "/authoring/v1/session", &[], None);
    assert_eq!(app.send(coming(out)).await.status, 204);
    for (verb, via) in [("sign-in-refused", ""), ("session-begin", ""), ("session-end", "session:")]
    {
        let found = &rows(&root, &format!("verb={verb}")).await[0];
        assert_eq!(found["address"], "192.0.2.7", "{found}");
        assert!(found["via"].as_str().unwrap_or_default().starts_with(via), "{found}");
    }
}

#[tokio::test]
async fn refusals_of_a_stream_a_session_a_link_and_a_channel_are_on_record_as_well() {
    let app = TestApp::own();
    let root = app.person("root", Role::Administrator);
    let kim = app.person("kim", Role::Viewer);
    // A key that may do nothing here: its person's role was taken back.
    let grants = root.gets("/authoring/v1/grants").await.json();
    let grants = grants["grants"].as_array().unwrap();
    let grant = grants.iter().find(|grant| grant["person"] == "kim").unwrap()["id"].clone();
    let path = format!("/authoring/v1/grants/{}", grant.as_str().unwrap());
    assert_eq!(root.asks("DELETE", &path, &[], None).await.status, 200);
    let protected = kim.gets("/protected/classroom/v1/channels/classroom").await;
    assert_eq!(protected.status, 403, "{}", protected.json());
    let dead = app.get("/shared/share_0000/v1/channels/production").await;
    assert_eq!(dead.status, 404, "{}", dead.json());
    let own = rows(&root, "verb=refused&person=kim").await;
    assert_eq!(own.len(), 1);
    assert_eq!(own[0]["on"]["operation"], "GET /protected/{channel}/{*rest}");
    assert!(own[0]["via"].as_str().unwrap().starts_with("key:"), "{}", own[0]);
    for _ in 0..30 {
        app.get("/shared/share_0000/").await;
        app.get("/shared/share_0000/v1/channels/production").await;
    }
    let unknown = rows(&root, "verb=refused&person=unknown").await;
    assert_eq!(
        unknown.len(),
        2,
        "anybody can make as many as they like, so the others are a number"
    );
    assert_eq!(unknown[0]["on"]["code"], "share-unknown");
    assert!(!unknown[0].to_string().contains("share_0000"), "a secret is in no record");
}

#[tokio::test]
async fn a_draft_that_is_written_in_names_the_entries_of_each_editing_session() {
    let app = TestApp::own();
    let root = app.person("root", Role::Administrator);
    let ana = app.person("ana", Role::Author);
    let draft = crate::reviews::draft(&ana, "One").await;
    crate::reviews::write(&ana, &draft, "Two").await;
    crate::reviews::write(&ana, &draft, "Three").await;
    let saved = rows(&root, "verb=save-draft").await;
    assert_eq!(saved.len(), 1, "one editing session");
    assert_eq!((&saved[0]["author"], &saved[0]["on"]["draft"]), (&json!("ana"), &json!(draft)));
    assert_eq!(saved[0]["on"]["entries"], "lesson/equal-parts");
    let by_entry = rows(&root, "verb=save-draft&entry=lesson/equal-parts").await;
    assert_eq!(by_entry, saved);
}

#[tokio::test]
async fn pages_follow_each_other_and_the_export_has_every_line() {
    let app = TestApp::own();
    let root = app.person("root", Role::Administrator);
    let all = rows(&root, "limit=500").await;
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = root.gets(&format!("/authoring/v1/audit?limit=3{cursor}")).await.json();
        paged.extend(page["rows"].as_array().unwrap().clone());
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(paged, all);
    let mut oldest = rows(&root, "limit=500&order=oldest").await;
    oldest.reverse();
    assert_eq!(oldest, all);
    let export = root.gets("/authoring/v1/audit/export?order=newest").await;
    let text = String::from_utf8(export.body).unwrap();
    let mut lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = lines.pop().unwrap();
    assert_eq!(last, json!({ "cms": "report", "lines_count": all.len() }));
    assert_eq!(lines, all);
    for wrong in ["order=sideways", "from=yesterday", "cursor=AQID", "who=ana"] {
        let answer = root.gets(&format!("/authoring/v1/audit?{wrong}")).await;
        assert_eq!(answer.status, 400, "{wrong}");
    }
}

#[tokio::test]
async fn the_head_proves_later_that_nothing_was_changed() {
    let app = TestApp::own();
    let root = app.person("root", Role::Administrator);
    let head = root.gets("/authoring/v1/audit/head").await;
    assert_eq!((head.status.as_u16(), head.json()), (200, Value::Null), "nothing is sealed yet");
    let sealed = root.posts("/authoring/v1/commands/audit-head", &[], &json!({})).await.json();
    let head = root.gets("/authoring/v1/audit/head").await.json();
    assert_eq!(sealed["head"], head);
    let verify = |head: Value| {
        let call = json!({ "request": { "heads": [head] } });
        let root = &root;
        async move { root.posts("/authoring/v1/commands/audit-verify", &[], &call).await.json() }
    };
    let report = verify(head.clone()).await;
    assert_eq!((&report["ok"], &report["kept"][0]["is_proved"]), (&json!(true), &json!(true)));
    let mut forged = head;
    forged["count"] = json!(1);
    let report = verify(forged).await;
    assert_eq!(report["findings"][0]["what"], "bad-signature", "{report}");
    assert_eq!((&report["ok"], &report["kept"][0]["is_proved"]), (&json!(false), &json!(false)));
}

#[tokio::test]
async fn how_long_the_audit_is_kept_is_settled_on_record_and_kept_to() {
    let app = TestApp::own();
    let root = app.person("root", Role::Administrator);
    let keep = |request: Value| {
        let (root, call) = (&root, json!({ "request": request }));
        async move { root.posts("/authoring/v1/commands/audit-keep", &[], &call).await }
    };
    let before = keep(json!({})).await.json();
    assert_eq!(before, json!({ "records_kept_days": null, "addresses_kept_days": 90 }));
    for wrong in
        [json!({ "records": "0" }), json!({ "records": "soon" }), json!({ "addresses": 0 })]
    {
        assert_eq!(keep(wrong).await.status, 400);
    }
    let after = keep(json!({ "records": "30", "addresses": 7 })).await.json();
    assert_eq!(after, json!({ "records_kept_days": 30, "addresses_kept_days": 7 }));
    let settled = rows(&root, "verb=set-audit-policy").await;
    assert_eq!((&settled[0]["before"], &settled[0]["after"]), (&before, &after));
    root.posts("/authoring/v1/commands/audit-head", &[], &json!({})).await;
    let day_ms = 24 * 60 * 60 * 1000;
    cms_api::background::sealer::forget(app.app.store(), TIME_MS + 29 * day_ms).unwrap();
    assert!(!rows(&root, "verb=set-audit-policy").await.is_empty(), "nothing is old yet");
    cms_api::background::sealer::forget(app.app.store(), TIME_MS + 31 * day_ms).unwrap();
    let verbs: Vec<_> = rows(&root, "order=oldest").await;
    assert_eq!(verbs[0]["verb"], "audit-seal", "the seal of what is gone stays");
    let report = root.posts("/authoring/v1/commands/audit-verify", &[], &json!({})).await.json();
    assert_eq!(report["ok"], json!(true), "{report}");
    assert!(report["forgotten_through"].is_u64());
}

#[tokio::test]
async fn a_key_that_opens_nothing_is_on_record_with_from_where_and_without_the_key() {
    let app = TestApp::own();
    cms_api::background::sealer::begin(app.app.store(), TIME_MS).unwrap();
    let root = app.person("root", Role::Administrator);
    let (ben, cleo) = (app.person("ben", Role::Author), app.person("cleo", Role::Author));
    let repository = &app.app.store().repository;
    let id = |key: &str| SecretHash::of(key.as_bytes()).id();
    repository.revoke_token(&id(&ben.token), &by_ana().stamp("")).unwrap();
    let ended = secret::fresh(secret::TOKEN).unwrap();
    let new = NewToken {
        hash: SecretHash::of(ended.as_bytes()),
        person: "cleo".parse().unwrap(),
        role: Role::Viewer,
        label: String::new(),
        expires_ms: Some(TIME_MS - 1),
        bounds: None,
        brings_role: false,
        stamp: Stamp { time_ms: TIME_MS - 1000, ..by_ana().stamp("") },
    };
    repository.create_token(&new).unwrap();
    let forged = secret::fresh(secret::TOKEN).unwrap();
    let mistaken = "a password in the wrong field".to_owned();
    let shown = [&ben.token, &ended, &forged, &mistaken].map(String::clone);
    for (number, key) in shown.iter().enumerate() {
        let person = Person { app: &app, token: key.clone() };
        let mut request = person.request("GET", "/authoring/v1/me", &[], None);
        // Each from a network of its own.
        let address: IpAddr = format!("192.0.{number}.7").parse().unwrap();
        request.extensions_mut().insert(Peer { address: Some(address), is_encrypted: false });
        assert_eq!(app.send(request).await.code(), "token-refused");
    }
    let mut refused = rows(&root, "verb=token-refused").await;
    refused.sort_by_key(|row| row["on"]["client"].to_string());
    let told: Vec<_> = refused
        .iter()
        .map(|row| [&row["author"], &row["on"]["why"], &row["on"]["token"]].map(Value::clone))
        .collect();
    assert_eq!(
        told,
        [
            [json!("unknown"), json!("unknown"), json!(id(&ben.token))],
            [json!("cleo"), json!("ended"), json!(id(&ended))],
            [json!("unknown"), json!("unknown"), json!(id(&forged))],
            [json!("unknown"), json!("unknown"), Value::Null],
        ]
    );
    assert_eq!(refused[2]["address"], "192.0.2.7");
    assert_eq!(refused[2]["on"]["client"], "192.0.2.0/24");
    assert_eq!(refused[2]["on"]["operation"], "GET /authoring/v1/me");
    let revoked = rows(&root, "verb=token-revoke").await;
    assert_eq!(revoked[0]["on"]["token"], refused[0]["on"]["token"], "where it was revoked");
    let text = format!("{refused:?}");
    assert!(!shown.iter().any(|key| text.contains(key)) && !text.contains(&id(&mistaken)));
    assert_eq!(cleo.gets("/authoring/v1/me").await.status, 200, "another key of hers");
}

#[tokio::test]
async fn a_flood_of_forged_keys_is_a_number_and_no_key_at_all_is_not_on_record() {
    let app = TestApp::own();
    let root = app.person("root", Role::Administrator);
    for number in 0..30 {
        let forger = Person { app: &app, token: format!("cms_{number}") };
        assert_eq!(forger.gets("/authoring/v1/me").await.status, 401);
        assert_eq!(app.get("/authoring/v1/me").await.status, 401);
    }
    assert_eq!(rows(&root, "verb=token-refused").await.len(), 5);
    app.app.refusals().flush(app.app.store(), None).unwrap();
    let more = rows(&root, "verb=token-refused-more").await;
    assert_eq!((more.len(), &more[0]["on"]["count"]), (1, &json!(25)));
    assert_eq!(more[0]["on"]["client"], "this machine");
}
