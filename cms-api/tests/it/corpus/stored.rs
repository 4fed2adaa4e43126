//! The input of a learner who knows the answers that an item stores, like
//! `cms-perseus/bundle/peer/stored-answers.mjs`.

use serde_json::{Map, Value, json};

/// The answers by the names of a renderer's widgets, in today's form.
pub(super) fn stored_answers(renderer: &Value) -> Value {
    let widgets = renderer["widgets"].as_object().into_iter().flatten();
    let entered = widgets.filter_map(|(name, widget)| Some((name.clone(), entered(widget)?)));
    Value::Object(entered.collect::<Map<_, _>>())
}

fn entered(widget: &Value) -> Option<Value> {
    let options = &widget["options"];
    let list = |name: &str| options[name].as_array().map_or(&[][..], Vec::as_slice);
    let is_correct = |one: &&Value| one["correct"] == true;
    Some(match widget["type"].as_str()? {
        "categorizer" => json!({"values": options["values"]}),
        "dropdown" => {
            let position = list("choices").iter().position(|choice| choice["correct"] == true);
            json!({"value": position.map_or(0, |position| position + 1)})
        }
        "expression" => {
            let form = list("answerForms").iter().find(|form| form["considered"] == "correct");
            form.map_or(json!(""), |form| form["value"].clone())
        }
        "free-response" => json!({"currentValue": "Some words."}),
        "grapher" | "interactive-graph" | "plotter" => options["correct"].clone(),
        "group" => stored_answers(options),
        "input-number" => json!({"currentValue": text(&options["value"])}),
        "label-image" => {
            let marker =
                |marker: &Value| json!({"label": marker["label"], "selected": marker["answers"]});
            json!({"markers": list("markers").iter().map(marker).collect::<Vec<_>>()})
        }
        "matcher" => json!({"left": options["left"], "right": options["right"]}),
        "matrix" => {
            let row = |row: &Value| row.as_array().into_iter().flatten().map(text).collect();
            json!({"answers": list("answers").iter().map(row).collect::<Vec<Vec<String>>>()})
        }
        "number-line" => {
            let or =
                |value: &Value, other: Value| if value.is_null() { other } else { value.clone() };
            json!({
                "numLinePosition": or(&options["correctX"], json!(0)),
                "rel": or(&options["correctRel"], json!("eq")),
                "numDivisions": or(&options["numDivisions"], json!(1)),
            })
        }
        "numeric-input" => {
            let answer = list("answers").iter().find(|answer| answer["status"] == "correct");
            json!({"currentValue": answer.map_or_else(String::new, |answer| text(&answer["value"]))})
        }
        "orderer" => {
            let card = |card: &Value| card["content"].clone();
            json!({"current": list("correctOptions").iter().map(card).collect::<Vec<_>>()})
        }
        "radio" => {
            let id = |choice: &Value| choice["id"].clone();
            let chosen = list("choices").iter().filter(is_correct).map(id);
            json!({"selectedChoiceIds": chosen.collect::<Vec<_>>()})
        }
        "sorter" => json!({"options": options["correct"], "changed": true}),
        "table" => options["answers"].clone(),
        _ => return None,
    })
}

/// A scalar as somebody would type it.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
