//! The audit over HTTP and on the command line: who did what, what was refused, and that nothing was changed.

use std::net::{IpAddr, SocketAddr};

use cms_api::edge::client::Peer;
use cms_core::access::Role;
use serde_json::{Value, json};

use crate::test_app::{Person, TIME_MS, TestApp};

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
