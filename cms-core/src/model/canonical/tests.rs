//! What may be a document and what may not, and that canonical bytes are one per document.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn check(text: &str, canonical: &str) {
    let value = parse(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(String::from_utf8(to_bytes(&value)).unwrap(), canonical);
}

fn check_refused(text: &str, pointer: &str, reason: &str) {
    let error = parse(text.as_bytes()).expect_err(text);
    assert_eq!(error.pointer, pointer, "{error}");
    assert!(error.reason.contains(reason), "{error} should say {reason:?}");
}

#[test]
fn one_document_has_one_spelling() {
    check(r#" { "b" : 1 , "a" : [ ] } "#, r#"{"a":[],"b":1}"#);
    check("[5.0, 5e0, 5, -0.0, -0, 0.10, 1e21, 1E-7]", "[5,5,5,0,0,0.1,1e+21,1e-7]");
    check(r#""\u00e9\u20ac\ud83d\ude00\n\u001f""#, "\"é€😀\\n\\u001f\"");
    // RFC 8785 sorts names by UTF-16 code units, where an emoji stands before U+FB33.
    check("{\"\u{fb33}\":1,\"😀\":2}", "{\"😀\":2,\"\u{fb33}\":1}");
    check("9007199254740991", "9007199254740991");
}

#[test]
fn what_readers_could_disagree_on_is_refused_with_its_place() {
    check_refused(r#"{"a":1,"b":{"c":1,"c":2}}"#, "/b/c", "given twice");
    check_refused("[0,9007199254740992]", "/1", "2^53-1");
    check_refused("[-9007199254740992]", "/0", "2^53-1");
    check_refused("[9007199254740993.0]", "/0", "2^53-1");
    check_refused("[1e400]", "/0", "out of range");
    check_refused(r#"{"a":[1.00000000000000000000001]}"#, "/a/0", "exactly");
    check_refused("[123456789012345678901234]", "/0", "exactly");
    check_refused("\u{feff}{}", "", "byte-order mark");
    check_refused("[1,\u{feff}2]", "/1", "byte-order mark");
    check_refused(r#"{"a/b":["\ud800"]}"#, "/a~1b/0", "surrogate");
    check_refused("", "", "EOF");
    check_refused("{} x", "", "trailing");
    check_refused("{'a':1}", "", "key must be a string");
    check_refused("[NaN]", "/0", "expected");
    let latin = parse(b"{\"a\":\"Caf\xe9\"}").unwrap_err();
    assert!(latin.reason.contains("Latin-1"), "{latin}");
    let wide = parse(b"{\0}\0").unwrap_err();
    assert!(wide.reason.contains("UTF-16"), "{wide}");
}

#[test]
fn limits_are_named() {
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(deep(DOCUMENT_DEPTH_MAX).as_bytes()).is_ok());
    let error = parse(deep(DOCUMENT_DEPTH_MAX + 1).as_bytes()).unwrap_err();
    assert!(error.reason.contains("limit of 64"), "{error}");
    let huge = format!("\"{}\"", "x".repeat(DOCUMENT_SIZE_BYTES_MAX));
    assert!(parse(huge.as_bytes()).unwrap_err().reason.contains("more than the limit"));
}

#[test]
fn a_field_named_like_a_prototype_is_only_a_field() {
    assert_eq!(parse(br#"{"__proto__":1}"#).unwrap(), json!({"__proto__": 1}));
}

fn any_document() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (-(INTEGER_MAX as i64)..=INTEGER_MAX as i64).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::Array),
            prop::collection::btree_map(any::<String>(), inner, 0..8)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn reading_what_was_written_changes_nothing(document in any_document()) {
        let plain = serde_json::to_vec(&document).unwrap();
        if let Ok(value) = parse(&plain) {
            let bytes = to_bytes(&value);
            prop_assert_eq!(&parse(&bytes).unwrap(), &value);
            prop_assert_eq!(to_bytes(&parse(&bytes).unwrap()), bytes);
        }
    }

    #[test]
    fn writing_agrees_with_the_library_of_rfc_8785(document in any_document()) {
        let theirs = serde_json_canonicalizer::to_vec(&document).unwrap();
        prop_assert_eq!(to_bytes(&document), theirs);
    }

    #[test]
    fn no_bytes_make_reading_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes);
    }
}
