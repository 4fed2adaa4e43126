//! What browsers may do with answers: every address of the router is asked, and each answer is held against one table.

use std::{collections::BTreeSet, net::IpAddr};

use axum::{body::Body, http::Request};
use cms_api::{
    edge::client::{Peer, Proxies},
    process::config,
};
use serde_json::Value;

use crate::test_app::{Answer, TOKEN, TestApp};

/// What the answers below an address are; the first row that fits counts.
const TABLE: [(&str, Sort); 18] = [
    ("/admin/api/", Sort::Data),
    ("/admin/", Sort::Page { scripts: Some("'self'") }),
    ("/docs/problems/", Sort::Page { scripts: None }),
    ("/docs/", Sort::Page { scripts: Some("'self'") }),
    ("/learn/", Sort::Page { scripts: Some("'self'") }),
    ("/sign-in", Sort::Page { scripts: Some("'self'") }),
    ("/welcome", Sort::Page { scripts: Some("'self'") }),
    ("/enter/", Sort::Page { scripts: Some("'self'") }),
    ("/home/", Sort::Page { scripts: None }),
    ("/ui/", Sort::Page { scripts: None }),
    ("/schemas/", Sort::Page { scripts: None }),
    ("/player/", Sort::Player),
    ("/v1/media/", Sort::Upload),
    ("/v1/given/", Sort::Upload),
    ("/v1/", Sort::Data),
    ("/authoring/v1/media/", Sort::Upload),
    ("/authoring/", Sort::Data),
    ("/protected/", Sort::Data),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Data,
    Page { scripts: Option<&'static str> },
    Player,
    Upload,
}

/// What the answer to a request should be: a refusal and a redirect are data everywhere.
fn sort(path: &str, answer: &Answer) -> Sort {
    let is_data = !answer.status.is_success() && answer.status != 304
        || answer.header("content-type").starts_with("application/json");
    if is_data {
        return Sort::Data;
    }
    let below = path.strip_prefix("/shared/").and_then(|rest| Some(&rest[rest.find('/')?..]));
    let path = below.unwrap_or(path);
    if path == "/" {
        return Sort::Page { scripts: None };
    }
    TABLE.iter().find(|(prefix, _)| path.starts_with(prefix)).map_or(Sort::Data, |(_, sort)| *sort)
}

fn directive<'p>(policy: &'p str, name: &str) -> Option<&'p str> {
    policy.split(';').find_map(|one| one.trim().strip_prefix(name)?.strip_prefix(' '))
}

#[track_caller]
fn hold(path: &str, answer: &Answer) {
    let told = format!("{path} ({}): {:?}", answer.status, answer.headers);
    let policy = answer.header("content-security-policy");
    let is_open = path.trim_start_matches('/').starts_with("v1/")
        || ["/shared/", "/protected/"].iter().any(|prefix| {
            path.strip_prefix(prefix)
                .and_then(|rest| rest.split_once('/'))
                .is_some_and(|(_, rest)| rest.starts_with("v1/"))
        });
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{told}");
    assert_eq!(directive(policy, "default-src"), Some("'none'"), "{told}");
    let (embedding, framed) = match sort(path, answer) {
        Sort::Data => {
            assert!(policy.ends_with("sandbox") && !policy.contains("script-src"), "{told}");
            (if is_open { "cross-origin" } else { "same-origin" }, Some("'none'"))
        }
        Sort::Page { scripts } => {
            assert_eq!(directive(policy, "script-src"), scripts, "{told}");
            assert!(!policy.contains("unsafe"), "{told}");
            assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{told}");
            let is_picture = answer.header("content-type").starts_with("image/");
            (if is_picture { "cross-origin" } else { "same-origin" }, Some("'none'"))
        }
        Sort::Player => {
            assert_eq!(directive(policy, "script-src"), Some("'self'"), "{told}");
            assert_eq!(directive(policy, "sandbox"), Some("allow-scripts"), "{told}");
            ("cross-origin", Some("'self'"))
        }
        Sort::Upload => {
            assert!(policy.ends_with("sandbox") && !policy.contains("script-src"), "{told}");
            (if is_open { "cross-origin" } else { "same-origin" }, None)
        }
    };
    assert_eq!(answer.header("cross-origin-resource-policy"), embedding, "{told}");
    assert_eq!(directive(policy, "frame-ancestors"), framed, "{told}");
    if matches!(sort(path, answer), Sort::Page { .. } | Sort::Player) {
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{told}");
        assert!(answer.header("permissions-policy").contains("camera=()"), "{told}");
    }
    assert_eq!(answer.header("strict-transport-security"), "", "{told}");
}

/// The addresses that the router's own text names, and those of the OpenAPI document, each with its methods.
fn addresses() -> BTreeSet<(String, String)> {
    let texts = [
        include_str!("../../src/router.rs"),
        include_str!("../../src/shared.rs"),
        include_str!("../../src/delivery/protected.rs"),
    ];
    let pieces = texts.iter().flat_map(|text| text.split('"').skip(1).step_by(2));
    let named = pieces.filter(|piece| piece.starts_with('/') && !piece.contains(' '));
    let mut all: BTreeSet<_> = named.map(|path| ("GET".to_owned(), path.to_owned())).collect();
    let document = cms_api::router::document();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for method in operations.as_object().expect("operations").keys() {
            let methods = ["get", "put", "post", "delete", "patch"];
            if methods.contains(&method.as_str()) {
                all.insert((method.to_uppercase(), path.clone()));
            }
        }
    }
    all
}

/// An address with something that exists in place of its parameters, as far as the stage has it.
fn filled(path: &str, known: &[(&str, &str)]) -> String {
    let mut filled = path.to_owned();
    for (name, value) in known {
        filled = filled.replace(&format!("{{{name}}}"), value);
    }
    while let (Some(begin), Some(end)) = (filled.find('{'), filled.find('}')) {
        filled.replace_range(begin..=end, "x");
    }
    filled
}

#[tokio::test]
async fn every_address_answers_with_the_headers_of_what_it_is() {
    let app = TestApp::new();
    let snapshot = app.snapshot().await;
    let object = app.object("en", "image/bar-two-thirds").await;
    let picture: Value = app.get(&format!("/v1/objects/{object}")).await.json();
    let media = picture["document"]["media"].as_str().expect("a file").to_owned();
    let known = [
        ("snapshot", &*snapshot),
        ("object", &*object),
        ("media", &*media),
        ("locale", "en"),
        ("kind", "topic"),
        ("id", "root"),
        ("channel", "production"),
        ("code", "stale"),
        ("state", "main"),
        ("*path", "main.js"),
        ("*rest", "v1/channels/x"),
    ];
    let mut found = std::collections::BTreeMap::new();
    let more = [
        "/nothing",
        "/home/home.css",
        "/docs/docs.js",
        "/player/host.js",
        "/ui/dom.js",
        "//v1//x",
        "/learn/topic",
        "/learn/icon.svg",
    ];
    let more = more.map(|path| ("GET".to_owned(), path.to_owned()));
    for (method, path) in addresses().into_iter().chain(more) {
        // An event stream has no end; its refusal stands for it.
        let credentials: &[&str] = if path.ends_with("/events") { &[""] } else { &["", TOKEN] };
        for token in credentials {
            let path = filled(&path, &known);
            let request = Request::builder()
                .method(&*method)
                .uri(&path)
                .header("authorization", format!("Bearer {token}"));
            let answer = app.send(request.body(Body::empty()).unwrap()).await;
            hold(&path, &answer);
            *found.entry(format!("{:?}", sort(&path, &answer))).or_insert(0) += 1;
        }
    }
    println!("answers by what they are: {found:?}");
    assert!(found.len() >= 4 && found.values().sum::<usize>() > 200, "{found:?}");
}

#[tokio::test]
async fn only_answers_by_https_say_that_there_is_nothing_else() {
    let trusted = vec!["10.0.0.0/8".parse().unwrap()];
    let app = TestApp::new().behind(Proxies::new(config::Proxies { trusted, header: None }));
    let ask = async |address: &str, is_encrypted: bool, scheme: &str| {
        let mut request = Request::get("/healthz").header("x-forwarded-proto", scheme);
        let address: IpAddr = address.parse().unwrap();
        let peer = Peer { address: Some(address), is_encrypted };
        request.extensions_mut().unwrap().insert(peer);
        let answer = app.send(request.body(Body::empty()).unwrap()).await;
        answer.header("strict-transport-security").to_owned()
    };
    assert_eq!(ask("192.0.2.1", true, "http").await, "max-age=31536000");
    assert_eq!(ask("10.0.0.1", false, "https").await, "max-age=31536000");
    assert_eq!(ask("10.0.0.1", false, "http").await, "");
    assert_eq!(ask("192.0.2.1", false, "https").await, "", "anybody can say so");
}
