//! Leaves, and where each one was before.

use serde_json::json;

use super::kind;
use crate::document::{Shape, leaves, origins};

#[test]
fn fields_elements_and_paragraphs_are_leaves() {
    let exercise = kind("exercise");
    let document = json!({
        "title": "T",
        "description": "One.\n\nTwo\nlines.\n",
        "items": [{"id": "a", "question": {"content": "", "widgets": {}}}],
    });
    let found = leaves(Shape::Kind(&exercise), &document);
    let told: Vec<_> = found
        .iter()
        .map(|leaf| format!("{} {:?} {}", leaf.address, leaf.paragraph, leaf.value))
        .collect();
    assert_eq!(
        told,
        [
            r#"/description Some(0) "One.\n\n""#,
            r#"/description Some(1) "Two\nlines.\n""#,
            r#"/items/a/id None "a""#,
            r#"/items/a/question/content None """#,
            "/items/a/question/widgets None {}",
            r#"/title None "T""#,
        ]
    );
    assert_eq!(found[2].pointer, "/items/0/id");
}

#[test]
fn a_leaf_is_traced_through_moves_and_other_edits() {
    let exercise = kind("exercise");
    let shape = Shape::Kind(&exercise);
    let item = |id: &str, text: &str| json!({"id": id, "question": {"content": text}});
    let before = json!({"items": [item("a", "One.\n\nTwo."), item("b", "Three.")]});
    let after = json!({"items": [item("b", "Three."), item("a", "Zero.\n\nOne.\n\n2.")]});
    let old = leaves(shape, &before);
    let traced: Vec<_> = origins(shape, &before, &after)
        .into_iter()
        .map(|origin| origin.map(|origin| old[origin].value.clone()))
        .collect();
    let same = |text: &str| Some(json!(text));
    let expected = [same("b"), same("Three."), same("a"), None, same("One.\n\n"), None];
    assert_eq!(traced, expected);
    let all: Vec<_> = (0..traced.len()).map(Some).collect();
    assert_eq!(origins(shape, &after, &after), all);
}
