//! Where an item's question holds answers, or what reveals them. Tests in `cms-api` use the same list.

use serde_json::Value;

/// Fields of options that hold or reveal answers, wherever they are in an item's question.
const TELLING: [&str; 19] = [
    "value",
    "maxError",
    "message",
    "correct",
    "correctX",
    "correctRel",
    "rationale",
    "values",
    "considered",
    "strict",
    "inexact",
    "coords",
    "coord",
    "center",
    "radius",
    "asymptote",
    "match",
    "hint",
    "clue",
];

/// Fields that everybody sees drawn: figures, and where a graph begins.
const DRAWN: [&str; 2] = ["lockedFigures", "startCoords"];

/// Every place in an item's question with a scalar of an answer, or of what reveals one.
pub(crate) fn telling(item: &Value) -> Vec<String> {
    let mut found = Vec::new();
    gather(&item["question"], "/question", false, &mut found);
    found
}

/// Every place below a value with a scalar of an answer, or of what reveals one.
fn gather(value: &Value, pointer: &str, is_telling: bool, found: &mut Vec<String>) {
    let mut descend = |name: &str, inner: &Value, is_telling: bool| {
        let place = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
        match inner {
            Value::Object(_) | Value::Array(_) => gather(inner, &place, is_telling, found),
            _ if is_telling => found.push(place),
            _ => {}
        }
    };
    match value {
        Value::Object(_) if is_picture(value) => {}
        Value::Object(fields) => {
            for (name, inner) in fields.iter().filter(|(name, _)| !DRAWN.contains(&name.as_str())) {
                // A sorter's field `correct` holds its cards, which are shown.
                let is_cards = name == "correct" && pointer.contains("sorter");
                descend(name, inner, is_telling || (TELLING.contains(&name.as_str()) && !is_cards));
            }
        }
        Value::Array(elements) => {
            for (index, inner) in elements.iter().enumerate() {
                descend(&index.to_string(), inner, is_telling);
            }
        }
        _ => {}
    }
}

/// A widget that asks nothing: all of it is shown.
fn is_picture(widget: &Value) -> bool {
    let pictures = ["interaction", "cs-program", "image", "measurer"];
    widget["static"] == true || widget["type"].as_str().is_some_and(|kind| pictures.contains(&kind))
}

/// Another scalar of the same type.
pub(crate) fn changed(value: &Value) -> Value {
    match value {
        Value::Bool(is_so) => (!is_so).into(),
        Value::Number(number) => (number.as_f64().unwrap_or_default() + 1.5).into(),
        Value::String(text) => format!("{text}7").into(),
        _ => Value::Null,
    }
}
