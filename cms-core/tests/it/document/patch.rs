//! RFC 6902, written from the RFC without any of our code, to check our patches.

use serde_json::Value;

/// The document after all operations of a patch.
pub(super) fn patched(document: &Value, patch: &Value) -> Value {
    let mut document = document.clone();
    for operation in patch.as_array().expect("a patch is an array") {
        let path = operation["path"].as_str().expect("each operation has a path");
        match operation["op"].as_str().expect("each operation has a name") {
            "add" => add(&mut document, path, operation["value"].clone()),
            "remove" => drop(remove(&mut document, path)),
            "replace" => {
                *document.pointer_mut(path).expect("what is replaced is there") =
                    operation["value"].clone();
            }
            "move" => {
                let from = operation["from"].as_str().expect("a move has a from");
                let value = remove(&mut document, from);
                add(&mut document, path, value);
            }
            other => panic!("we write no {other}"),
        }
    }
    document
}

fn split(path: &str) -> (&str, String) {
    let (parent, token) = path.rsplit_once('/').expect("a path below the root");
    (parent, token.replace("~1", "/").replace("~0", "~"))
}

fn add(document: &mut Value, path: &str, value: Value) {
    let (parent, token) = split(path);
    match document.pointer_mut(parent).expect("the parent is there") {
        Value::Object(fields) => drop(fields.insert(token, value)),
        Value::Array(elements) => {
            elements.insert(token.parse().expect("a position"), value);
        }
        other => panic!("{other} holds nothing"),
    }
}

fn remove(document: &mut Value, path: &str) -> Value {
    let (parent, token) = split(path);
    match document.pointer_mut(parent).expect("the parent is there") {
        Value::Object(fields) => fields.remove(&token).expect("what is removed is there"),
        Value::Array(elements) => elements.remove(token.parse().expect("a position")),
        other => panic!("{other} holds nothing"),
    }
}
