//! An element that one side split in two, such as a hint or an item of a list.

use serde_json::Value;

use super::tokens::{Dialect, is_blank, tokens};

/// Marks the place of the split while the two are one text: a blank that texts do not have.
const PARTING: &str = "\r";

/// The two parts as one element, if together they say what the whole said and nothing else of it changed; none
/// otherwise.
pub(super) fn as_one(whole: &Value, [first, second]: [&Value; 2]) -> Option<Value> {
    match (whole, first, second) {
        (Value::String(whole), Value::String(first), Value::String(second)) => {
            parted(whole, [first, second]).map(Value::from)
        }
        (Value::Object(fields), Value::Object(of_first), Value::Object(of_second)) => {
            let mut one = of_first.clone();
            let text = |name: &String| {
                let parts = [of_first.get(name)?.as_str()?, of_second.get(name)?.as_str()?];
                Some((name.clone(), parted(fields[name].as_str()?, parts)?))
            };
            let (name, text) = fields.keys().find_map(text)?;
            one.insert(name.clone(), fields[&name].clone());
            if one != *fields {
                return None;
            }
            one.insert(name, text.into());
            Some(Value::Object(one))
        }
        _ => None,
    }
}

fn parted(whole: &str, parts: [&str; 2]) -> Option<String> {
    let said = |text| {
        let said = tokens(text, Dialect::Prose).into_iter().filter(|token| !is_blank(token));
        said.collect::<Vec<_>>()
    };
    let [first, second] = parts.map(said);
    let is_whole =
        !first.is_empty() && !second.is_empty() && [first, second].concat() == said(whole);
    let has_parting = [whole, parts[0], parts[1]].iter().any(|text| text.contains(PARTING));
    (is_whole && !has_parting).then(|| parts.join(PARTING))
}

/// Splits the resulting element again into the two parts; the second keeps everything except its text as it was.
pub(super) fn as_two(one: &Value, second: &Value) -> Option<[Value; 2]> {
    let part = |text: &str| {
        let (head, tail) = text.split_once(PARTING)?;
        (!tail.contains(PARTING)).then(|| [Value::from(head), Value::from(tail)])
    };
    match (one, second) {
        (Value::String(text), Value::String(_)) => part(text),
        (Value::Object(fields), Value::Object(of_second)) => {
            let text =
                |(name, value): (&String, &Value)| Some((name.clone(), part(value.as_str()?)?));
            let (name, [head, tail]) = fields.iter().find_map(text)?;
            let (mut first, mut second) = (fields.clone(), of_second.clone());
            first.insert(name.clone(), head);
            second.insert(name, tail);
            Some([Value::Object(first), Value::Object(second)])
        }
        _ => None,
    }
}
