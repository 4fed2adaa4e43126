//! What is reported about a document that is wrong.

use serde_json::{Value, json};

use crate::schema::{
    tests::{document, lecture},
    violation::{VIOLATIONS_MAX, ViolationCode},
};

/// Puts `value` at `pointer` (null removes it) and expects these lines `pointer code: message`.
#[track_caller]
fn check(pointer: &str, value: Value, expected: &[&str]) {
    let mut document = document();
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let fields = document.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    if value.is_null() {
        fields.remove(name);
    } else {
        fields.insert(name.to_owned(), value);
    }
    let violations = lecture().validate(&document);
    let found: Vec<String> =
        violations.iter().map(|v| format!("{} {}: {}", v.pointer, v.code, v.message)).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_good_document_has_no_violations() {
    assert_eq!(lecture().validate(&document()), []);
}

#[test]
fn each_rule_speaks_editors_words() {
    check("/titel", json!("x"), &["/titel unknown-field: there is no field “titel” here"]);
    check("/title", Value::Null, &["/title missing-field: “Title” is missing"]);
    check("/title", json!(3), &["/title wrong-type: “Title” is a number, but a text is expected"]);
    check("/title", json!(""), &["/title too-short: “Title” is empty"]);
    check(
        "/title",
        json!("x".repeat(21)),
        &["/title too-long: “Title” has 21 characters; at most 20 are allowed"],
    );
    check("/hours", json!(10), &["/hours too-large: “Hours” is 10; at most 9 is allowed"]);
    check("/hours", json!(0), &["/hours too-small: “Hours” is 0; at least 1 is needed"]);
    check(
        "/hours",
        json!(1.5),
        &["/hours wrong-type: “Hours” is a number, but a whole number is expected"],
    );
    check(
        "/level",
        json!("medium"),
        &["/level not-an-option: “Level” is not one of “easy” and “hard”"],
    );
    check(
        "/slug",
        json!("A b"),
        &[
            "/slug wrong-form: “Slug” is “A b”, which is not in the expected form ^[a-z0-9]+(-[a-z0-9]+)*$",
        ],
    );
    check(
        "/children",
        json!(["video/a", "video/a"]),
        &["/children duplicate: “children” holds something twice"],
    );
    check(
        "/thumbnail",
        json!(7),
        &["/thumbnail no-alternative: “thumbnail” fits none of the forms that it can have"],
    );
}

#[test]
fn an_unknown_field_names_the_nearest_one_that_is_not_there() {
    check(
        "/parts/1/contents",
        json!("x"),
        &["/parts/1/contents unknown-field: there is no field “contents” here"],
    );
    check(
        "/parts/1/answr",
        json!(1),
        &["/parts/1/answr unknown-field: there is no field “answr” here"],
    );
    check(
        "/parts/0/fiel",
        json!("x"),
        &["/parts/0/fiel unknown-field: there is no field “fiel” here; did you mean “file”?"],
    );
    check(
        "/parts/0/hints",
        json!([{"contnt": "x", "b": 1}]),
        &[
            "/parts/0/hints/0/b unknown-field: there is no field “b” here",
            "/parts/0/hints/0/contnt unknown-field: there is no field “contnt” here; did you mean “content”?",
        ],
    );
}

#[test]
fn links_are_keys_of_allowed_kinds() {
    check(
        "/children",
        json!(["video", "image/x", "video/b@es", "video/ok"]),
        &[
            "/children/0 not-a-key: \"video\" is not an entry's key: `kind/id` or `kind/id@locale` is expected",
            "/children/1 wrong-kind: “image/x” cannot be linked here; allowed are: lecture, video",
            "/children/2 not-a-key: “video/b@es” is a translation; link to “video/b”",
        ],
    );
    check(
        "/thumbnail",
        json!("video/x"),
        &["/thumbnail wrong-kind: “video/x” cannot be linked here; allowed are: image"],
    );
}

#[test]
fn keys_are_present_and_unique() {
    check(
        "/parts",
        json!([{"id": "a"}, {"id": "b"}, {"id": "a"}, {}, {"id": 4}, "x"]),
        &[
            "/parts/2/id repeated-key: the id “a” is taken by element 1 already",
            "/parts/3/id missing-field: element 4 has no id",
            "/parts/4/id wrong-type: the id of element 5 is not a text",
            "/parts/5 wrong-type: “5” is a text, but an object is expected",
            "/parts/5/id missing-field: element 6 has no id",
        ],
    );
}

#[test]
fn everything_is_told_at_once_in_the_order_of_the_document() {
    let document =
        json!({"slug": 1, "zebra": 1, "hours": "x", "parts": [{"id": "a", "answer": "b"}]});
    let found: Vec<_> = lecture().validate(&document).into_iter().map(|v| v.pointer).collect();
    assert_eq!(found, ["/hours", "/parts/0/answer", "/slug", "/title", "/zebra"]);
}

#[test]
fn codes_are_words_of_their_own() {
    let words: std::collections::BTreeSet<&str> =
        ViolationCode::ALL.iter().map(|code| code.word()).collect();
    assert_eq!(words.len(), ViolationCode::ALL.len());
    assert!(words.iter().all(|word| word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')));
}

#[test]
fn violations_are_limited_and_say_so() {
    let mut wrong = document();
    wrong["keywords"] = (0..5000).map(Value::from).collect();
    let violations = lecture().validate(&wrong);
    assert_eq!(violations.len(), VIOLATIONS_MAX);
    assert_eq!(violations[VIOLATIONS_MAX - 2].pointer, "/keywords/998");
    let last = &violations[VIOLATIONS_MAX - 1];
    assert_eq!(
        (last.code.word(), last.message.as_str()),
        ("more", "4001 more problems are not listed")
    );
}
