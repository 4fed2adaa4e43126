//! Texts of a document that Perseus compares with each other, word for word.
//!
//! A learner puts cards in order, and Perseus compares the cards' texts with those of the right order. So equal texts
//! of one widget stand for one thing, and have to stay equal when they are translated.

use std::collections::BTreeMap;

use serde_json::Value;

/// The places in a widget's options of texts that are compared with each other; `*` is every element.
type Compared = &'static [&'static [&'static str]];

/// By the type of widget, the lists of texts that are compared with each other.
const WIDGETS: [(&str, &[Compared]); 4] = [
    (
        "orderer",
        &[&[
            &["options", "*", "content"],
            &["correctOptions", "*", "content"],
            &["otherOptions", "*", "content"],
        ]],
    ),
    ("label-image", &[&[&["choices", "*"], &["markers", "*", "answers", "*"]]]),
    ("matcher", &[&[&["left", "*"]], &[&["right", "*"]]]),
    ("sorter", &[&[&["correct", "*"]]]),
];

/// The texts of a document that stand for one another: groups of JSON pointers, each of at least two equal texts of one
/// widget, including widgets inside other widgets. It does not check whether the document is valid.
pub fn coupled(document: &Value) -> Vec<Vec<String>> {
    let mut groups = Vec::new();
    look(document, "", &mut groups);
    groups
}

fn look(value: &Value, at: &str, groups: &mut Vec<Vec<String>>) {
    match value {
        Value::Object(fields) => {
            let of = fields.get("type").and_then(Value::as_str);
            let known = WIDGETS.iter().find(|(name, _)| Some(*name) == of);
            if let (Some((_, lists)), Some(options)) = (known, fields.get("options")) {
                for list in *lists {
                    groups.extend(equal(options, &format!("{at}/options"), list));
                }
            }
            for (name, field) in fields {
                look(field, &below(at, name), groups);
            }
        }
        Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                look(element, &below(at, &index.to_string()), groups);
            }
        }
        _ => {}
    }
}

/// The texts at these places that occur more than once.
fn equal(options: &Value, at: &str, places: Compared) -> Vec<Vec<String>> {
    let mut by_text: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for place in places {
        gather(options, at, place, &mut by_text);
    }
    by_text.into_values().filter(|pointers| pointers.len() > 1).collect()
}

fn gather<'v>(
    value: &'v Value,
    at: &str,
    place: &[&str],
    into: &mut BTreeMap<&'v str, Vec<String>>,
) {
    let Some((step, rest)) = place.split_first() else {
        if let Some(text) = value.as_str() {
            into.entry(text).or_default().push(at.to_owned());
        }
        return;
    };
    if *step == "*" {
        for (index, element) in value.as_array().into_iter().flatten().enumerate() {
            gather(element, &below(at, &index.to_string()), rest, into);
        }
    } else if let Some(field) = value.get(step) {
        gather(field, &below(at, step), rest, into);
    }
}

fn below(at: &str, token: &str) -> String {
    format!("{at}/{}", token.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn cards_and_their_right_order_are_one_text_wherever_the_widget_stands() {
        let card = |text: &str| json!({"content": text});
        let orderer = json!({"type": "orderer", "options": {
            "options": [card("a"), card("b"), card("c")],
            "correctOptions": [card("b"), card("a")],
            "otherOptions": [card("c")],
        }});
        let within = json!({"type": "group", "options": {"widgets": {"orderer 1": orderer}}});
        let at = "/question/widgets/group 1/options/widgets/orderer 1/options";
        let pair =
            |a: &str, b: &str| vec![format!("{at}/{a}/content"), format!("{at}/{b}/content")];
        assert_eq!(
            coupled(&json!({"question": {"widgets": {"group 1": within}}})),
            [
                pair("options/0", "correctOptions/1"),
                pair("options/1", "correctOptions/0"),
                pair("options/2", "otherOptions/0"),
            ]
        );
    }

    #[test]
    fn labels_are_compared_with_their_answers_and_columns_only_with_themselves() {
        let label = json!({"type": "label-image", "options": {
            "choices": ["cat", "dog"], "markers": [{"answers": ["dog"]}, {"answers": []}],
        }});
        assert_eq!(coupled(&label), [["/options/choices/1", "/options/markers/0/answers/0"]]);
        let matcher = json!({"type": "matcher", "options": {
            "left": ["1", "2", "3"], "right": ["odd", "even", "odd"], "labels": ["1", "odd"],
        }});
        assert_eq!(coupled(&matcher), [["/options/right/0", "/options/right/2"]]);
        let radio =
            json!({"type": "radio", "options": {"choices": [{"content": "a"}, {"content": "a"}]}});
        assert_eq!(coupled(&radio), Vec::<Vec<String>>::new());
        assert_eq!(coupled(&json!([1, {"type": "sorter"}, null])), Vec::<Vec<String>>::new());
    }
}
