//! What answers always have. A member that has no value is present as null, except for those that are named here.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::parts::reference;

/// Members that are left out when they have no value, by schema.
const LEFT_OUT: &[(&str, &[&str])] = &[
    ("ChannelRow", &["damaged"]),
    ("Changed", &["renamed", "damaged"]),
    ("CommitRow", &["damaged"]),
    ("Delivered", &["untranslated"]),
    ("DeliveredChild", &["locale"]),
    ("DeliveredRef", &["locale"]),
    ("EntryGaps", &["damaged"]),
    ("EventHappened", EVENT_NAMES),
    ("GivenRef", &["object", "document"]),
    ("PatchOperation", &["from", "value"]),
    ("PlaceChange", &["from", "before", "after", "words"]),
    ("ReviewPage", &["damaged"]),
    ("RevisionRow", &["damaged"]),
    ("ScoredAttempt", &["refs"]),
    ("SnapshotRow", &["damaged"]),
    ("StatsReport", &["unread"]),
    ("StreamEvent", &["id", "data"]),
    ("VerifyReport", &["reviews_mended_count"]),
];

/// The names that an event may have.
const EVENT_NAMES: &[&str] = &[
    "branch",
    "channel",
    "commit",
    "draft",
    "job",
    "notice",
    "person",
    "publication",
    "review",
    "schedule",
    "snapshot",
];

/// Makes every member of schemas that only occur in answers required, and mends what trips tools up.
pub(super) fn complete(document: &mut Value) {
    pages(document);
    let asked =
        reached(document, |operation| vec![&operation["requestBody"], &operation["parameters"]]);
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    for (name, schema) in schemas {
        if !asked.contains(name.as_str()) && !name.contains("Problem") {
            let left_out = LEFT_OUT.iter().find(|(of, _)| of == name).map_or(&[][..], |(_, of)| of);
            require(schema, left_out);
        }
    }
    walk(document, &mut |schema| {
        // Some tools need an object where JSON Schema allows anything.
        if schema.get("type").is_some_and(|of| of == "null") && schema.len() > 1 {
            schema.remove("description");
        }
    });
}

/// The prefix of a page's name, which the name of its rows follows.
const PAGE: &str = "Page_";

/// Makes pages refer to the type of their rows instead of repeating it, and names them after it.
fn pages(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    let names: Vec<String> = schemas.keys().filter(|of| of.starts_with(PAGE)).cloned().collect();
    for name in &names {
        let row = &name[PAGE.len()..];
        let Some(mut page) = schemas.remove(name) else { continue };
        let told = std::mem::replace(&mut page["properties"]["rows"]["items"], reference(row));
        schemas.entry(row).or_insert(told);
        schemas.insert(format!("{row}Page"), page);
    }
    walk(document, &mut |map| {
        let Some(named) = map.get("$ref").and_then(Value::as_str) else { return };
        let Some(row) = named.rsplit('/').next().and_then(|name| name.strip_prefix(PAGE)) else {
            return;
        };
        let named = reference(&format!("{row}Page"));
        map.insert("$ref".to_owned(), named["$ref"].clone());
    });
}

fn require(schema: &mut Value, left_out: &[&str]) {
    walk(schema, &mut |schema| {
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
        let all: Vec<&String> =
            properties.keys().filter(|name| !left_out.contains(&name.as_str())).collect();
        let all = json!(all);
        schema.insert("required".to_owned(), all);
    });
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

/// The names of the schemas that a part of the operations refers to, directly or through others.
fn reached(document: &Value, part: impl Fn(&Value) -> Vec<&Value>) -> BTreeSet<String> {
    let paths = document["paths"].as_object().into_iter().flat_map(Map::values);
    let operations = paths.filter_map(Value::as_object).flat_map(Map::values);
    let uses: BTreeMap<&String, BTreeSet<String>> = document["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, schema)| (name, names(schema)))
        .collect();
    let mut found = BTreeSet::new();
    let mut next: Vec<String> = operations.flat_map(part).flat_map(names).collect();
    while let Some(name) = next.pop() {
        if let Some(used) = uses.get(&name).filter(|_| !found.contains(&name)) {
            next.extend(used.iter().cloned());
            found.insert(name);
        }
    }
    found
}

fn names(schema: &Value) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut schema = schema.clone();
    walk(&mut schema, &mut |map| {
        let name = map.get("$ref").and_then(Value::as_str).and_then(|of| of.rsplit('/').next());
        names.extend(name.map(str::to_owned));
    });
    names
}
