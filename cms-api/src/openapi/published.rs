//! The published schemas: deliveries, events of streams, refusals and jobs, each as a JSON Schema of its own, for
//! programs that read them without the OpenAPI document. They are committed in `contract/schemas`, next to types that
//! are made from them, and served below `/schemas/`.
//!
//! Invariants:
//! 1. A schema here either is a part of the OpenAPI document and says the same, or follows from the schema of its kind.
//! 2. Everything that the fixtures deliver, and every answer that a test gets, is valid under these schemas.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::store::seeds;

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";
/// The path below which they are served.
pub const BASE: &str = "/schemas/";
/// The prefix of references to the schemas of the OpenAPI document.
const COMPONENTS: &str = "#/components/schemas/";
/// The pattern of a rubric's id.
const ID: &str = "^[0-9a-f]{64}$";
const LOCALE: &str = "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$";

/// The parts of the OpenAPI document that are published: the name of the file, and the name of the schema.
const PARTS: &[(&str, &str)] = &[
    ("delivered", "DeliveredDocument"),
    ("event", "EventData"),
    ("job", "JobView"),
    ("problem", "Problem"),
];

/// Every schema, by the name of its file; most are parts of the OpenAPI document.
pub fn schemas(document: &Value) -> BTreeMap<String, Value> {
    let components = &document["components"]["schemas"];
    let mut all = BTreeMap::new();
    for (file, name) in PARTS {
        let file = format!("{file}.schema.json");
        let schema = part(components, &file, name);
        all.insert(file, schema);
    }
    for (kind, schema) in seeds::kinds() {
        if is_delivered(&schema) {
            let file = format!("delivered/{kind}.schema.json");
            let schema = delivered(components, &file, kind.as_str(), &schema);
            all.insert(file, schema);
        }
    }
    all
}

/// A schema with all schemas that it refers to.
fn part(components: &Value, file: &str, name: &str) -> Value {
    let mut definitions = Map::new();
    let mut next = vec![name.to_owned()];
    while let Some(name) = next.pop() {
        if definitions.contains_key(&name) {
            continue;
        }
        let mut schema = components[&name].clone();
        walk(&mut schema, &mut |map| {
            // OpenAPI adds this for its own generators.
            map.remove("discriminator");
            let Some(named) = map.get("$ref").and_then(Value::as_str) else { return };
            if let Some(named) = named.strip_prefix(COMPONENTS).map(str::to_owned) {
                map.insert("$ref".to_owned(), json!(format!("#/$defs/{named}")));
                next.push(named);
            }
        });
        definitions.insert(name, schema);
    }
    // The root schema is repeated at the root, because some readers do not follow a reference there.
    let mut root = definitions[name].clone();
    if !is_referred_to(&definitions, name) {
        definitions.remove(name);
    }
    root["$schema"] = json!(DRAFT);
    root["$id"] = json!(format!("{BASE}{file}"));
    root["title"] = json!(name);
    root["$defs"] = Value::Object(definitions);
    root
}

fn is_referred_to(definitions: &Map<String, Value>, name: &str) -> bool {
    let named = json!(format!("#/$defs/{name}"));
    let mut is_found = false;
    for definition in definitions.values() {
        walk(&mut definition.clone(), &mut |map| is_found |= map.get("$ref") == Some(&named));
    }
    is_found
}

/// Whether documents of a kind are delivered: kinds that stand nowhere, such as templates, are for authors only.
fn is_delivered(schema: &Value) -> bool {
    matches!(schema["x-place"].as_str(), Some("tree" | "used" | "always"))
}

/// The schema of a delivered document of a kind, derived from the kind's own schema.
fn delivered(components: &Value, file: &str, kind: &str, schema: &Value) -> Value {
    let title = format!("Delivered{}", capital(kind));
    let mut whole = part(components, file, "Delivered");
    let mut document = public(schema);
    if let Value::Object(definitions) = document["$defs"].take() {
        for (name, definition) in definitions {
            whole["$defs"][format!("{kind}_{name}")] = definition;
        }
    }
    for name in ["$schema", "$id", "$defs"] {
        if let Some(document) = document.as_object_mut() {
            document.remove(name);
        }
    }
    let renamed = |value: &mut Value| {
        walk(value, &mut |map| {
            let named = map.get("$ref").and_then(Value::as_str);
            let own = named.and_then(|named| named.strip_prefix("#/$defs/"));
            let is_own = own.filter(|own| schema["$defs"].get(own).is_some());
            if let Some(own) = is_own.map(|own| format!("#/$defs/{kind}_{own}")) {
                map.insert("$ref".to_owned(), json!(own));
            }
        });
    };
    renamed(&mut document);
    if let Some(definitions) = whole["$defs"].as_object_mut() {
        let own = definitions.iter_mut().filter(|(name, _)| name.starts_with(&format!("{kind}_")));
        own.for_each(|(_, definition)| renamed(definition));
    }
    document["title"] = json!(capital(kind));
    whole["properties"]["document"] = document;
    whole["properties"]["key"] = json!({ "type": "string", "pattern": format!("^{kind}/") });
    whole["title"] = json!(title);
    whole
}

/// A kind's schema as its documents are delivered: without what is private and without children, and for elements that
/// an engine understands, in the form without answers.
fn public(schema: &Value) -> Value {
    let mut schema = schema.clone();
    walk(&mut schema, &mut |map| {
        let Some(Value::Object(properties)) = map.get_mut("properties") else { return };
        properties.retain(|_, of| of["x-private"] != true && !holds_children(of));
        let kept: Vec<String> = properties.keys().cloned().collect();
        for property in properties.values_mut() {
            if property["x-unit"] == true {
                element(&mut property["items"]);
            }
        }
        if let Some(Value::Array(required)) = map.get_mut("required") {
            required
                .retain(|name| name.as_str().is_some_and(|name| kept.iter().any(|of| of == name)));
        }
    });
    // Only the rules of kinds know these keywords.
    walk(&mut schema, &mut |map| map.retain(|name, _| !name.starts_with("x-")));
    schema
}

fn holds_children(property: &Value) -> bool {
    property["x-link"]["contains"] == true || property["items"]["x-link"]["contains"] == true
}

/// An element that is translated as a whole, and may be scored: it may have its own language, and what an engine
/// withholds of it is not delivered.
fn element(element: &mut Value) {
    let is_scored = element["x-engine"].is_object();
    element["properties"]["locale"] = json!({
        "type": "string",
        "pattern": LOCALE,
        "description": "Its language, if it differs from the document's.",
    });
    if !is_scored {
        return;
    }
    element["properties"]["rubric"] = json!({
        "type": "string",
        "pattern": ID,
        "description": "Names the rubric by which it is scored, if answers are withheld.",
    });
    if element["properties"]["hints"].is_object() {
        element["properties"]["hints"]["items"] = json!({
            "type": ["object", "null"],
            "additionalProperties": true,
            "description": "A hint; an empty place if answers are withheld, and then the hint has to be requested.",
        });
    }
    // An engine writes its elements in its own form, with defaults filled in for what is left out.
    walk(element, &mut |map| {
        if map.get("additionalProperties") == Some(&json!(false)) {
            map.remove("additionalProperties");
        }
    });
    if let Some(Value::Object(question)) = element["properties"].get_mut("question") {
        loosened(question);
    }
    for name in ["widgets", "images"] {
        if element["properties"].get(name).is_some() {
            element["properties"][name] = json!({ "type": "object", "additionalProperties": true });
        }
    }
}

/// The widgets of a renderer have the engine's own form.
fn loosened(renderer: &mut Map<String, Value>) {
    if let Some(Value::Object(properties)) = renderer.get_mut("properties") {
        for name in ["widgets", "images"] {
            if let Some(property) = properties.get_mut(name) {
                *property = json!({ "type": "object", "additionalProperties": true });
            }
        }
    }
}

fn capital(kind: &str) -> String {
    let (first, rest) = kind.split_at(1);
    format!("{}{rest}", first.to_ascii_uppercase())
}

/// Visits every object of a schema.
fn walk(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(map) => {
            change(map);
            map.values_mut().for_each(|value| walk(value, change));
        }
        Value::Array(rows) => rows.iter_mut().for_each(|value| walk(value, change)),
        _ => {}
    }
}
