//! Numbers cross exactly: they come back from a context unchanged to the last digit.

use cms_perseus::Form;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{ENGINE, peer::canonical};

/// The numbers after a crossing there and back. An unknown widget's options are kept as they are.
fn crossed(numbers: &Value) -> Value {
    let item = json!({"question": {
        "content": "", "widgets": {"hologram 1": {"type": "hologram", "options": {"numbers": numbers}}}
    }});
    let migrated = ENGINE.migrate(Form::Item, &item).expect("an unknown widget is no fault");
    migrated.pointer("/question/widgets/hologram 1/options/numbers").expect("kept").clone()
}

#[test]
fn numbers_at_the_edges_cross() {
    let numbers = json!([
        0.1,
        -0.0,
        5e-324,
        2.2250738585072014e-308,
        1.7976931348623157e308,
        1e21,
        1e-7,
        123456789012345680000.0,
        9007199254740991i64,
        -9007199254740991i64,
        0.30000000000000004,
        4.35,
        8.41,
        1.0,
        100.0
    ]);
    assert_eq!(canonical(&crossed(&numbers)), canonical(&numbers));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn numbers_cross(bits in prop::collection::vec(any::<u64>(), 64)) {
        let finite: Vec<f64> = bits.into_iter().map(f64::from_bits).filter(|number| number.is_finite()).collect();
        let numbers = Value::from(finite);
        prop_assert_eq!(canonical(&crossed(&numbers)), canonical(&numbers));
    }
}
