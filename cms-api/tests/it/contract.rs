//! The OpenAPI document: committed, true, and whole.

use cms_api::openapi::document as openapi;

use crate::test_app::TestApp;

#[test]
fn the_committed_document_is_the_handlers() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let now = format!("{}\n", openapi().to_pretty_json().unwrap());
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == now,
        "run `cms openapi > cms-api/openapi.json`: the handlers have changed"
    );
}

#[test]
fn every_operation_tells_its_refusals() {
    let document = serde_json::to_value(openapi()).unwrap();
    assert_eq!(document["openapi"].as_str().unwrap().get(..3), Some("3.1"));
    for (path, item) in document["paths"].as_object().unwrap() {
        assert!(!path.contains('*'), "{path} is written as OpenAPI has it");
        for operation in item.as_object().unwrap().values().filter(|of| of["responses"].is_object())
        {
            let responses = operation["responses"].as_object().unwrap();
            assert!(operation["summary"].is_string(), "{path}");
            assert!(
                path == "/healthz" || responses.keys().any(|status| status >= &"400".to_owned()),
                "{path}"
            );
        }
    }
}

#[tokio::test]
async fn the_server_tells_the_same() {
    let served = TestApp::new().get("/openapi.json").await.json();
    assert_eq!(served, serde_json::to_value(openapi()).unwrap());
}
