//! The published schemas are committed, and true of everything that the fixtures deliver.

use std::{collections::BTreeMap, fs, path::Path};

use cms_api::{openapi::published, router};
use serde_json::Value;

use crate::test_app::{RETIRED, TestApp};

fn schemas() -> BTreeMap<String, Value> {
    published::schemas(&router::document())
}

#[test]
fn the_published_schemas_are_those_that_are_committed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../contract/schemas");
    for (name, schema) in schemas() {
        let now = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        let path = folder.join(&name);
        if std::env::var_os("UPDATE_OPENAPI").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &now).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == now, "{name} has changed: run this test with UPDATE_OPENAPI=1");
    }
}

#[tokio::test]
async fn a_schema_is_served_where_its_id_says() {
    let app = TestApp::new();
    for (name, schema) in schemas() {
        let address = schema["$id"].as_str().unwrap();
        assert_eq!(address, format!("/schemas/{name}"));
        let served = app.get(address).await;
        assert_eq!((served.status.as_u16(), served.json()), (200, schema), "{name}");
        assert_eq!(served.header("content-type"), "application/schema+json");
    }
}

#[tokio::test]
async fn every_delivered_document_of_the_fixtures_is_as_its_schema_says() {
    let app = TestApp::new();
    let schemas = schemas();
    let validators: BTreeMap<&str, jsonschema::Validator> = schemas
        .iter()
        .map(|(name, schema)| {
            let name = name.trim_end_matches(".schema.json");
            (
                name,
                jsonschema::draft202012::new(schema)
                    .unwrap_or_else(|error| panic!("{name}: {error}")),
            )
        })
        .collect();
    let snapshot = app.snapshot().await;
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for locale in ["en", "es", "ar", "de"] {
        let mut next = String::new();
        loop {
            let page = app
                .get(&format!("/v1/snapshots/{snapshot}/{locale}/entries?limit=500{next}"))
                .await;
            if page.status == 404 {
                break;
            }
            let page = page.json();
            for row in page["entries"].as_array().unwrap() {
                let object = row["object"].as_str().unwrap();
                let document = app.get(&format!("/v1/objects/{object}")).await.json();
                let kind = row["key"].as_str().unwrap().split('/').next().unwrap();
                hold(&validators["delivered"], &document);
                let own = format!("delivered/{kind}");
                let own = validators.get(&*own).unwrap_or_else(|| panic!("{kind} has no schema"));
                hold(own, &document);
                *seen.entry(kind.to_owned()).or_default() += 1;
            }
            match page["next"].as_str() {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => break,
            }
        }
    }
    assert!(seen["exercise"] > 30 && seen.len() >= 7, "{seen:?}");
    let refused = app.get(&format!("/v1/snapshots/{snapshot}/en/entries/{RETIRED}")).await.json();
    hold(&validators["problem"], &refused);
    hold(&validators["delivered"], &refused["tombstone"]);
}

#[track_caller]
fn hold(validator: &jsonschema::Validator, value: &Value) {
    let faults: Vec<String> = validator
        .iter_errors(value)
        .map(|error| {
            let said: String = error.to_string().chars().take(300).collect();
            format!("{said} at {}", error.instance_path())
        })
        .collect();
    assert!(faults.is_empty(), "{}: {faults:#?}", value["key"]);
}
