//! The OpenAPI document is committed, true and complete.

use std::collections::{BTreeMap, BTreeSet};

use cms_api::router::{document as openapi, document_text as text};
use serde_json::{Value, json};

use crate::test_app::{Person, TOKEN, TestApp};

mod problems;
mod published;
pub(crate) mod told;

/// Every operation: its path, its method and its description.
fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            let operations = item.as_object().unwrap().iter();
            let operations = operations.filter(|(_, of)| of["responses"].is_object());
            operations.map(|(method, of)| (path.clone(), method.clone(), of))
        })
        .collect()
}

#[test]
fn the_committed_document_is_the_handlers() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let now = format!("{}\n", text());
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == now,
        "the handlers have changed: run this test with UPDATE_OPENAPI=1, and read the difference"
    );
}

#[test]
fn every_operation_tells_its_refusals() {
    let document = openapi();
    assert_eq!(document["openapi"].as_str().unwrap().get(..3), Some("3.1"));
    for (path, _, operation) in operations(&document) {
        assert!(!path.contains('*'), "{path} is written as OpenAPI has it");
        assert!(operation["summary"].is_string(), "{path}");
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('4')), "{path}");
        for (status, response) in responses.iter().filter(|(status, _)| status.as_str() >= "400") {
            let problem = &response["content"]["application/problem+json"]["schema"]["$ref"];
            assert!(
                problem
                    .as_str()
                    .is_some_and(|of| of.ends_with("Problem") || of.contains("Problem")),
                "{path} {status}"
            );
        }
    }
}

#[test]
fn every_operation_has_a_name_of_its_own_and_one_resource() {
    let document = openapi();
    let told: BTreeSet<&str> = document["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag["name"].as_str().unwrap())
        .collect();
    let mut names = BTreeMap::new();
    let mut used = BTreeSet::new();
    for (path, method, operation) in operations(&document) {
        let name = operation["operationId"].as_str().unwrap();
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
        let other = names.insert(name, format!("{method} {path}"));
        assert_eq!(other, None, "{method} {path} has the name of another: {name}");
        let [tag] = &operation["tags"].as_array().unwrap()[..] else { panic!("{path}: one tag") };
        assert!(told.contains(tag.as_str().unwrap()), "{path}: {tag} is told");
        used.insert(tag.as_str().unwrap());
    }
    assert_eq!(used, told);
}

#[test]
fn whoever_may_write_is_told_the_version_that_was_written() {
    let document = openapi();
    for (path, method, operation) in operations(&document) {
        let takes = |name: &str| {
            operation["parameters"].as_array().into_iter().flatten().any(|of| of["name"] == name)
        };
        let Some(one) = document["paths"][&path]["get"].as_object() else { continue };
        let is_versioned = one["responses"]["200"]["headers"]["ETag"].is_object();
        if matches!(&*method, "put" | "patch") && takes("If-Match") && is_versioned {
            let written = &operation["responses"]["200"]["headers"]["ETag"];
            assert!(written.is_object(), "{method} {path} tells no ETag");
        }
    }
}

/// Operations that answer probes, which may append what they like.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];

/// An address of a path, of something that need not exist.
fn address(path: &str) -> String {
    let snapshot = "0".repeat(64);
    let filled = path.split('/').map(|part| match part {
        "{snapshot}" => snapshot.as_str(),
        part if part.starts_with('{') => "x",
        part => part,
    });
    filled.collect::<Vec<_>>().join("/")
}

/// What the document says of query parameters is what the server takes.
#[tokio::test]
async fn every_operation_refuses_an_unknown_parameter_and_names_the_documented_ones() {
    let app = TestApp::new();
    let server = Person { app: &app, token: TOKEN.to_owned() };
    let document = openapi();
    let mut others = Vec::new();
    let operations = operations(&document).into_iter();
    for (path, method, operation) in operations.filter(|(path, ..)| !PROBES.contains(&&**path)) {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let documented: BTreeSet<&str> = parameters
            .filter(|parameter| parameter["in"] == "query")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        let address = format!("{}?utm_source=x", address(&path));
        let headers: &[_] = if method == "get" { &[] } else { &[("if-match", "*")] };
        let answer = server.asks(&method.to_uppercase(), &address, headers, None).await;
        let refused: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let told = (&refused["code"], &refused["parameter"], &refused["known"]);
        let expected = (&json!("parameter-unknown"), &json!("utm_source"), &json!(documented));
        if told != expected {
            let status = answer.status;
            others.push(format!("{method} {path}: {status} {refused} and not {documented:?}"));
        }
    }
    assert!(others.is_empty(), "{others:#?}");
}

/// Places whose words are documented only in prose, and could be a list.
#[test]
fn a_list_of_words_is_a_list() {
    let document = openapi();
    let mut open = Vec::new();
    prose_lists(&document["components"]["schemas"], "", &mut open);
    assert!(open.is_empty(), "write these as an enum of `views::words`: {open:#?}");
}

fn prose_lists(value: &Value, at: &str, open: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            let is_text = value["type"] == "string" || value["type"] == json!(["string", "null"]);
            let said = value["description"].as_str().unwrap_or_default();
            // `a`, `b` or `c`: words, not examples and not names of other members.
            let is_list = said.contains("` or `") && said.starts_with('`');
            if is_text && is_list && value["enum"].is_null() && value["pattern"].is_null() {
                open.push(format!("{at}: {said}"));
            }
            for (name, value) in map {
                prose_lists(value, &format!("{at}/{name}"), open);
            }
        }
        Value::Array(rows) => rows.iter().for_each(|value| prose_lists(value, at, open)),
        _ => {}
    }
}

#[tokio::test]
async fn the_server_tells_the_same() {
    let served = TestApp::new().get("/openapi.json").await.json();
    assert_eq!(served, openapi());
}
