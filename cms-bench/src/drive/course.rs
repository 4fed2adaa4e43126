//! The small course that every run begins with: few entries, so that people get in each other's way.

use serde_json::{Value, json};

/// Entries with texts; the first are those that most people write in.
pub(super) const KEYS: [&str; 9] = [
    "lesson/l1",
    "article/a1",
    "unit/u1",
    "lesson/l2",
    "video/v1",
    "article/a2",
    "video/v2",
    "unit/u2",
    "course/c1",
];
/// Entries that have a place in a lesson and contain nothing.
pub(super) const LEAVES: [&str; 4] = ["video/v1", "article/a1", "article/a2", "video/v2"];
/// The lessons in which leaves have their places.
pub(super) const LESSONS: [&str; 3] = ["lesson/l1", "lesson/l2", "lesson/l3"];

/// The lines of an import.
pub(super) fn lines() -> String {
    let entries = [
        entry("topic/root", "Home", json!({ "children": ["course/c1"] })),
        entry("course/c1", "Course", json!({ "children": ["unit/u1", "unit/u2"] })),
        entry("unit/u1", "Unit one", json!({ "children": ["lesson/l1", "lesson/l2"] })),
        entry("unit/u2", "Unit two", json!({ "children": ["lesson/l3"] })),
        entry("lesson/l1", "Lesson one", json!({ "children": ["video/v1", "article/a1"] })),
        entry("lesson/l2", "Lesson two", json!({ "children": ["article/a2", "video/v2"] })),
        entry("lesson/l3", "Lesson three", json!({ "children": ["video/v1"] })),
        entry("video/v1", "Video one", json!({ "youtube_id": "abcdefghij1", "duration_s": 61 })),
        entry("video/v2", "Video two", json!({ "youtube_id": "abcdefghij2", "duration_s": 62 })),
        entry("article/a1", "Article one", sections()),
        entry("article/a2", "Article two", sections()),
    ];
    let locale = json!({
        "key": "locale/en", "locale": null,
        "document": { "name": "English", "english_name": "English", "direction": "ltr" },
    });
    let lines = std::iter::once(locale).chain(entries);
    lines.map(|line| format!("{line}\n")).collect()
}

fn entry(key: &str, title: &str, more: Value) -> Value {
    let mut document = json!({
        "title": title,
        "slug": title.to_lowercase().replace(' ', "-"),
        "description": "It begins with a sentence. Another one follows. The last one ends it.",
    });
    if let (Some(document), Value::Object(more)) = (document.as_object_mut(), more) {
        document.extend(more);
    }
    json!({ "key": key, "locale": null, "document": document })
}

fn sections() -> Value {
    let section = |id: &str| {
        let content = "A first paragraph.\n\nThe same again.\n\nThe same again.\n\nA last one.";
        json!({ "id": id, "content": content, "images": {}, "widgets": {} })
    };
    json!({ "sections": [section("s1"), section("s2"), section("s3")] })
}
