//! Laws over any JSON, without a kind.

use cms_core::document::{Shape, Sides};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::laws::{check_diff, check_merge};

/// JSON from a small alphabet, so that documents have much in common.
fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "[ab]",
        Just("one two three four five six seven eight nine ten\neleven twelve\n".to_owned()),
        proptest::collection::vec(
            prop_oneof![
                Just("alpha"),
                Just("beta"),
                Just("$x$"),
                Just("\n"),
                Just("gamma delta"),
                Just("\r\n")
            ],
            0..12,
        )
        .prop_map(|words| words.join(" ")),
    ];
    let leaf = prop_oneof![
        2 => (0..4_i32).prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
        3 => text.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        let fields = proptest::collection::btree_map("[abc/~0]", inner.clone(), 0..4);
        let keyed =
            proptest::collection::vec(("[abcde]", inner.clone()), 0..5).prop_map(|elements| {
                elements
                    .into_iter()
                    .map(|(id, value)| json!({"id": id, "v": value}))
                    .collect::<Value>()
            });
        prop_oneof![
            proptest::collection::vec(inner, 0..6).prop_map(Value::from),
            proptest::collection::vec("[a-e]", 0..6).prop_map(Value::from),
            keyed,
            fields.prop_map(|fields| fields.into_iter().collect::<Value>()),
        ]
    })
}

/// Changes some values below this one, or the value itself.
fn changed(value: &Value, with: &Value, mut number: u32) -> Value {
    let here = number % 7;
    number /= 7;
    match value {
        _ if here == 0 => with.clone(),
        Value::Array(elements) if !elements.is_empty() => {
            let mut elements = elements.clone();
            let at = number as usize % elements.len();
            match here {
                1 => drop(elements.remove(at)),
                2 => elements.insert(at, with.clone()),
                3 => elements.rotate_left(at),
                _ => elements[at] = changed(&elements[at], with, number / 3),
            }
            Value::Array(elements)
        }
        Value::Object(fields) if !fields.is_empty() => {
            let mut fields = fields.clone();
            let name =
                fields.keys().nth(number as usize % fields.len()).cloned().unwrap_or_default();
            match here {
                1 => drop(fields.remove(&name)),
                2 => drop(fields.insert("n".to_owned(), with.clone())),
                _ => {
                    let below = changed(&fields[&name], with, number / 3);
                    fields.insert(name, below);
                }
            }
            Value::Object(fields)
        }
        _ => with.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_documents_keep_the_laws(
        base in any_json(),
        ours in any_json(),
        theirs in any_json(),
    ) {
        check_diff(Shape::Inferred, &base, &ours);
        check_merge(Shape::Inferred, Sides { base: &base, ours: &ours, theirs: &theirs });
    }

    #[test]
    fn documents_with_much_in_common_keep_the_laws(
        base in any_json(),
        with in [any_json(), any_json(), any_json(), any_json()],
        numbers in any::<[u32; 4]>(),
    ) {
        let change = |value: &Value, at: usize| changed(value, &with[at], numbers[at]);
        let ours = change(&change(&base, 0), 1);
        let theirs = change(&change(&base, 2), 3);
        check_diff(Shape::Inferred, &base, &ours);
        check_diff(Shape::Inferred, &ours, &theirs);
        check_merge(Shape::Inferred, Sides { base: &base, ours: &ours, theirs: &theirs });
    }
}
