//! What a schema may say, and what is reported about one that says it wrongly.

use serde_json::{Value, json};

use crate::schema::{
    kind::{KindSchema, Place},
    tests::{lecture, lecture_schema},
};

/// Merges `change` into the schema (null removes) and expects problems that begin like this.
#[track_caller]
fn check(change: Value, expected: &[&str]) {
    let mut schema = lecture_schema();
    merge(&mut schema, &change);
    let kind = "lecture".parse().expect("a kind");
    let problems = KindSchema::compile(&kind, &schema)
        .err()
        .map(|error| error.problems.iter().map(ToString::to_string).collect::<Vec<_>>())
        .unwrap_or_default();
    let fits = problems.len() == expected.len()
        && problems.iter().zip(expected).all(|(found, begin)| found.starts_with(begin));
    assert!(fits, "expected {expected:#?}\nfound {problems:#?}");
}

fn merge(into: &mut Value, change: &Value) {
    match (into, change) {
        (Value::Object(into), Value::Object(change)) => {
            for (name, change) in change {
                if change.is_null() {
                    into.remove(name);
                } else {
                    merge(into.entry(name.clone()).or_insert(Value::Null), change);
                }
            }
        }
        (into, change) => *into = change.clone(),
    }
}

#[test]
fn a_good_schema_compiles_and_tells_its_facts() {
    let kind = lecture();
    assert_eq!(kind.place(), Place::Tree);
    assert_eq!(kind.letter(), Some('l'));
    assert!(kind.is_container());
    check(json!({}), &[]);
}

#[test]
fn a_compiled_kind_is_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>(_: &T) {}
    shared(lecture());
}

#[test]
fn slips_in_annotations_are_told_with_the_nearest_name() {
    check(
        json!({"properties": {"hours": {"x-sumary": true}}}),
        &["/properties/hours/x-sumary: x-sumary is not an annotation; did you mean “x-summary”?"],
    );
    check(
        json!({"properties": {"hours": {"minimun": 1}}}),
        &[
            "/properties/hours/minimun: “minimun” is not a keyword of JSON Schema; did you mean “minimum”?",
        ],
    );
    check(
        json!({"properties": {"hours": {"x-sumary": true, "x-zzz": 1}}, "$defs": {"unused": {"x-privat": true}}}),
        &[
            "/$defs/unused/x-privat: x-privat is not an annotation; did you mean “x-private”?",
            "/properties/hours/x-sumary",
            "/properties/hours/x-zzz: x-zzz is not an annotation",
        ],
    );
}

#[test]
fn annotations_belong_where_they_mean_something() {
    check(
        json!({"properties": {"description": {"x-title": true}}}),
        &["/properties/title/x-title: x-title is already on “description”; a kind has only one"],
    );
    check(
        json!({"$defs": {"part": {"properties": {"content": {"x-slug": true}}}}}),
        &[
            "/$defs/part/properties/content/x-slug: x-slug belongs on a property of the document itself",
        ],
    );
    check(
        json!({"properties": {"hours": {"x-translatable": true}}}),
        &["/properties/hours/x-translatable: x-translatable belongs on a string"],
    );
    check(
        json!({"properties": {"hours": {"x-place": "tree"}}}),
        &["/properties/hours/x-place: x-place belongs at the root"],
    );
    check(
        json!({"properties": {"title": {"x-private": true}}}),
        &["/properties/title/x-private: x-private contradicts"],
    );
    check(
        json!({"properties": {"parts": {"x-key": null}}}),
        &["/properties/parts/x-unit: x-unit needs an x-key"],
    );
    check(
        json!({"$defs": {"hint": {"patternProperties": {"^x": {"type": "string", "x-private": true}}}}}),
        &["/$defs/hint/patternProperties/^x/x-private: x-private is below a keyword"],
    );
    check(
        json!({"$defs": {"hint": {"properties": {"content": {"x-link": {"kinds": ["video"], "contains": true}}}}}}),
        &["/$defs/hint/properties/content/x-link: x-link says contains"],
    );
    check(
        json!({"properties": {"canonical_parent": {"x-link": {"acyclic": true}}}}),
        &[
            "/properties/canonical_parent/x-canonical-parent: x-canonical-parent needs a plain x-link",
        ],
    );
    check(
        json!({"properties": {"description": {"x-template": true}}}),
        &["/properties/description/x-template: x-template needs a plain x-link"],
    );
    check(
        json!({"properties": {"canonical_parent": {"x-template": true}}}),
        &["/x-place: a kind of templates is for authors only"],
    );
}

#[test]
fn children_are_not_private() {
    check(
        json!({"properties": {"children": {"x-private": true}}}),
        &["/properties/children/x-private: x-private contradicts contains"],
    );
}

#[test]
fn annotations_have_their_shapes() {
    check(
        json!({"x-place": "forest"}),
        &["/x-letter: x-letter has a meaning", "/x-place: x-place is expected"],
    );
    check(json!({"x-letter": "ll"}), &["/x-letter: x-letter is expected to be one letter"]);
    check(
        json!({"properties": {"title": {"x-title": "yes"}}}),
        &["/properties/title/x-title: x-title is not true"],
    );
    check(
        json!({"properties": {"canonical_parent": {"x-link": {"kinds": null, "kind": "lecture"}}}}),
        &[
            "/properties/canonical_parent/x-canonical-parent",
            "/properties/canonical_parent/x-link: x-link has the unknown field “kind”; did you mean “kinds”?",
            "/properties/canonical_parent/x-link: x-link names no kinds",
        ],
    );
    check(
        json!({"properties": {"canonical_parent": {"x-link": {"kinds": ["Big"]}}}}),
        &[
            "/properties/canonical_parent/x-canonical-parent",
            "/properties/canonical_parent/x-link: x-link names no kind",
        ],
    );
    check(
        json!({"properties": {"children": {"items": {"x-link": {"embeds": true}}}}}),
        &["/properties/children/items/x-link: x-link says more than one"],
    );
    check(
        json!({"properties": {"description": {"x-prose": "html"}}}),
        &["/properties/description/x-prose"],
    );
    check(
        json!({"properties": {"parts": {"items": {"x-refs": []}}}}),
        &["/properties/parts/items/x-refs"],
    );
    check(
        json!({"properties": {"parts": {"items": {"x-refs": ["image", "image"]}}}}),
        &["/properties/parts/items/x-refs: x-refs names something twice"],
    );
}

#[test]
fn references_stay_inside_the_schema() {
    check(
        json!({"$defs": {"hint": {"$ref": "https://example.com/other.json"}}}),
        &["/$defs/hint/$ref: “https://example.com/other.json” leads out of this schema"],
    );
    check(
        json!({"properties": {"parts": {"items": {"$ref": "#/$defs/prat"}}}}),
        &[
            "/properties/parts/items/$ref: “#/$defs/prat” leads to no subschema; did you mean “#/$defs/part”?",
        ],
    );
    check(
        json!({"$defs": {"hint": {"$anchor": "here"}}}),
        &["/$defs/hint/$anchor: $anchor is not supported"],
    );
}

#[test]
fn what_json_schema_refuses_is_told_at_its_place() {
    check(json!({"properties": {"hours": {"minimum": "1"}}}), &["/properties/hours/minimum: "]);
    check(json!({"properties": {"slug": {"pattern": "("}}}), &["/properties/slug/pattern: "]);
    check(json!({"properties": {"slug": {"pattern": "(?=a)a"}}}), &["/properties/slug/pattern: "]);
    check(json!({"properties": {"slug": {"format": "sluggy"}}}), &["/properties/slug/format: "]);
    check(json!({"type": "array"}), &["/type: a document is a JSON object"]);
    check(json!({"$schema": "http://json-schema.org/draft-07/schema#"}), &["/$schema: "]);
    check(
        json!({"properties": {"slug": {"x-slug": null}}}),
        &["/properties: a kind with x-place “tree”"],
    );
}

#[test]
fn what_a_media_file_has_to_be_is_said_in_words_that_are_known() {
    let file = |rule: Value| json!({"properties": {"title": {"x-media": rule}}});
    check(file(json!({"is": ["picture", "captions"], "type": "mime"})), &[]);
    check(
        file(json!({"is": ["pictures"], "typ": "mime"})),
        &[
            "/properties/title/x-media: x-media has the unknown field “typ”; did you mean “type”?",
            "/properties/title/x-media: x-media says “pictures”, and files are picture, video, sound, captions; did you mean “picture”?",
        ],
    );
    check(
        file(json!("picture")),
        &["/properties/title/x-media: x-media is neither true nor an object"],
    );
}

#[test]
fn one_value_has_one_meaning() {
    let other = json!({"properties": {"thumbnail": {"x-link": {"kinds": ["video"]}}}});
    check(
        other,
        &["/properties/thumbnail/anyOf/0: an x-key, x-link, x-media or x-requires here differs"],
    );
}

#[test]
fn hostile_schemas_are_refused_and_never_hang() {
    for schema in
        [json!(null), json!([]), json!(true), json!({"properties": 1, "items": 2, "$ref": 3})]
    {
        let kind = "lecture".parse().expect("a kind");
        assert!(KindSchema::compile(&kind, &schema).is_err(), "{schema}");
    }
}

#[test]
fn a_circle_must_go_through_the_document() {
    let told = "this leads back to itself";
    check(json!({"$defs": {"a": {"$ref": "#/$defs/a"}}}), &[&format!("/$defs/a: {told}")]);
    check(
        json!({"$defs": {"a": {"allOf": [{"$ref": "#/$defs/b"}]}, "b": {"not": {"$ref": "#/$defs/a"}}}}),
        &[&format!("/$defs/a: {told}")],
    );
    check(json!({"anyOf": [{"$ref": "#"}]}), &[&format!("/: {told}")]);
    // The same subschema twice is not a circle, and a list of itself goes deeper each time.
    let twice =
        json!({"allOf": [{"$ref": "#/$defs/b"}, {"$ref": "#/$defs/b"}], "$ref": "#/$defs/b"});
    check(json!({"$defs": {"a": twice, "b": {"items": {"$ref": "#/$defs/a"}}}}), &[]);
}

#[test]
fn joined_branches_that_explode_are_refused() {
    // “The twentieth name from the end is an a” needs 2^20 sets of these twenty objects.
    let object = |index: usize| {
        let to = |at: usize| json!({"$ref": format!("#/$defs/o{at}")});
        let (a, b) = match index {
            0 => (json!({"allOf": [to(0), to(1)]}), to(0)),
            19 => (json!(true), json!(true)),
            _ => (to(index + 1), to(index + 1)),
        };
        (format!("o{index}"), json!({"type": "object", "properties": {"a": a, "b": b}}))
    };
    let definitions: serde_json::Map<String, Value> = (0..20).map(object).collect();
    let change = json!({"$defs": definitions, "properties": {"hours": {"$ref": "#/$defs/o0"}}});
    let mut schema = lecture_schema();
    merge(&mut schema, &change);
    let error =
        KindSchema::compile(&"lecture".parse().expect("a kind"), &schema).expect_err("refused");
    assert!(error.to_string().contains("different places"), "{error}");
}

#[test]
fn a_schema_is_a_document_of_the_built_in_kind() {
    let kinds = KindSchema::of_schemas();
    assert_eq!(kinds.place(), Place::Never);
    let good = lecture_schema();
    assert_eq!(kinds.validate(&good), []);
    assert_eq!(kinds.title(&good), Some("Lecture"));
    let mut bad = good;
    bad["properties"]["title"]["x-titel"] = json!(true);
    bad.as_object_mut().expect("an object").remove("title");
    let found: Vec<_> =
        kinds.validate(&bad).into_iter().map(|v| (v.pointer, v.code.word())).collect();
    assert_eq!(
        found,
        [
            ("/properties/title/x-titel".to_owned(), "bad-schema"),
            ("/title".to_owned(), "missing-field"),
        ]
    );
    assert_eq!(kinds.validate(kinds.schema()), [], "the built-in kind describes itself");
}
