//! The laws of the room, over a kind made for the purpose, which is small enough to read and has every annotation.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::kind::KindSchema;

mod compile;
pub(super) mod extract;
mod shipped;
mod validation;

/// A kind with every annotation: a lecture has parts to translate as a whole, and notes.
pub(super) fn lecture_schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://cms.example/schemas/lecture",
        "title": "Lecture",
        "x-place": "tree",
        "x-letter": "l",
        "type": "object",
        "properties": {
            "title": {"title": "Title", "type": "string", "minLength": 1, "maxLength": 20,
                "x-title": true, "x-summary": true, "x-translatable": true},
            "slug": {"title": "Slug", "type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$",
                "x-slug": true, "x-summary": true},
            "description": {"type": "string", "x-prose": "markdown", "x-summary": true, "x-translatable": true},
            "keywords": {"type": "array", "items": {"type": "string"}, "x-translatable": true},
            "hours": {"title": "Hours", "type": "integer", "minimum": 1, "maximum": 9},
            "level": {"title": "Level", "enum": ["easy", "hard"]},
            "children": {"type": "array", "uniqueItems": true,
                "items": {"type": "string", "x-link": {"kinds": ["lecture", "video"], "contains": true}}},
            "canonical_parent": {"type": "string", "x-canonical-parent": true, "x-link": {"kinds": ["lecture"]}},
            "thumbnail": {"anyOf": [
                {"type": "string", "x-link": {"kinds": ["image"], "embeds": true}},
                {"type": "null"}
            ], "x-summary": true},
            "before": {"type": "array",
                "items": {"type": "string", "x-link": {"kinds": ["lecture"], "acyclic": true}}},
            "author_notes": {"type": "string", "x-private": true},
            "desk": {"type": "object", "x-private": true, "x-refs": ["image"], "properties": {
                "sketch": {"type": "string", "x-link": {"kinds": ["image"], "embeds": true}},
                "file": {"type": "string", "x-media": true},
                "widget": {"$ref": "#/$defs/widget"}
            }},
            "parts": {"title": "Parts", "type": "array", "x-key": "id", "x-unit": true,
                "items": {"$ref": "#/$defs/part", "x-refs": ["image"]}}
        },
        "required": ["title", "slug"],
        "additionalProperties": false,
        "$defs": {
            "part": {
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "content": {"type": "string", "x-prose": "markdown", "x-translatable": true},
                    "answer": {"type": "number"},
                    "secret": {"type": "string", "x-private": true},
                    "file": {"type": "string", "pattern": "^[0-9a-f]{64}$", "x-media": true},
                    "hints": {"type": "array", "items": {"$ref": "#/$defs/hint"}},
                    "parts": {"type": "array", "items": {"$ref": "#/$defs/part"}},
                    "widgets": {"type": "object", "additionalProperties": {"$ref": "#/$defs/widget"}}
                },
                "required": ["id"],
                "additionalProperties": false
            },
            "hint": {"type": "object", "properties": {
                "content": {"type": "string", "x-translatable": true}
            }, "additionalProperties": false},
            "widget": {
                "type": "object",
                "properties": {
                    "type": {"type": "string", "x-requires": "player-widget"},
                    "options": {"type": "object", "x-translatable-names": ["label", "choices"]}
                },
                "additionalProperties": false
            }
        }
    })
}

/// The compiled kind, shared because property tests ask for it thousands of times.
pub(super) fn lecture() -> &'static KindSchema {
    static LECTURE: LazyLock<KindSchema> = LazyLock::new(|| {
        let kind = "lecture".parse().expect("a kind");
        KindSchema::compile(&kind, &lecture_schema()).expect("it compiles")
    });
    &LECTURE
}

/// A document with something for every annotation.
pub(super) fn document() -> Value {
    json!({
        "title": "Halves", "slug": "halves", "description": "All about *halves*.",
        "keywords": ["half", "2", "pie"], "hours": 2, "level": "easy",
        "children": ["video/z", "lecture/a", "video/b"],
        "canonical_parent": "lecture/top", "thumbnail": "image/t1", "before": ["lecture/first"],
        "author_notes": "mind the pie",
        "parts": [
            {"id": "p2", "content": "Cut ![a pie](image/pie) in [[☃ radio 1]] halves.", "answer": 2,
             "secret": "said in confidence", "hints": [{"content": "One cut."}, {"content": "$2$"}],
             "widgets": {"radio 1": {"type": "radio", "options": {
                 "label": "Pick one", "choices": ["yes", "no", 3, {"label": "image/deep", "value": "kept"}],
                 "value": "42"}}}},
            {"id": "p1", "content": " ", "answer": 1, "file": "ab".repeat(32),
             "parts": [{"id": "inner", "content": "Deep down.", "secret": "deep"}]}
        ]
    })
}
