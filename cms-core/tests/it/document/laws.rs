//! Laws over documents of the kinds that ship.

use cms_core::document::{
    Choice, DocumentConflict, DocumentMerge, Shape, Sides, diff, merge, settle,
};
use proptest::prelude::*;
use serde_json::Value;

use super::{
    edits::{Edit, KINDS, Marks, any_edits, base, edited, kind},
    patch::patched,
};

pub(super) fn merged(shape: Shape<'_>, sides: Sides<&Value>) -> DocumentMerge {
    merge(shape, sides.map(Some))
}

/// Checks every law of the difference of two documents.
pub(super) fn check_diff(shape: Shape<'_>, before: &Value, after: &Value) {
    assert!(diff(shape, before, before).is_empty());
    let found = diff(shape, before, after);
    assert_eq!(found.apply(before).as_ref(), Ok(after));
    let patch = found.json_patch(before).expect("it applies");
    assert_eq!(&patched(before, &patch), after, "{patch}");
    assert_eq!(found.is_empty(), before == after);
    for change in &found.changes {
        let Some(words) = &change.words else { continue };
        let text = |leave: cms_core::document::RunKind| -> Value {
            let runs = words.paragraphs.iter().flat_map(|paragraph| &paragraph.runs);
            let text: String =
                runs.filter(|run| run.kind != leave).map(|run| run.text.as_str()).collect();
            text.into()
        };
        assert_eq!(change.before.as_ref(), Some(&text(cms_core::document::RunKind::Added)));
        assert_eq!(change.after.as_ref(), Some(&text(cms_core::document::RunKind::Removed)));
    }
}

/// Checks every law of the merge of any three documents.
pub(super) fn check_merge(shape: Shape<'_>, sides: Sides<&Value>) {
    let Sides { base, ours, theirs } = sides;
    let only = |sides, expected: &Value| {
        let found = merged(shape, sides);
        assert_eq!((found.document.as_ref(), found.conflicts), (Some(expected), vec![]));
    };
    only(Sides { base, ours, theirs: base }, ours);
    only(Sides { base, ours, theirs: ours }, ours);
    only(Sides { base, ours: base, theirs }, theirs);
    let found = merged(shape, sides);
    let swapped = merged(shape, sides.swapped());
    check_mirrored(&found, &swapped);
    check_settling(shape, sides, &found.conflicts);
}

/// Swapping the sides changes only their names, and which of two additions comes first.
fn check_mirrored(found: &DocumentMerge, swapped: &DocumentMerge) {
    if found.conflicts.is_empty() {
        let documents =
            [&found.document, &swapped.document].map(|document| document.as_ref().map(unordered));
        assert_eq!(documents[0], documents[1]);
    }
    let sides = |one: &DocumentConflict, swap: bool| {
        let sides = if swap { one.sides().swapped() } else { one.sides() };
        sides.map(|value| value.map(unordered))
    };
    // Positions in addresses may differ with the order of additions.
    let all = |merge: &DocumentMerge, swap: bool| {
        let mut all: Vec<String> =
            merge.conflicts.iter().map(|one| format!("{:?}", sides(one, swap))).collect();
        all.sort();
        all
    };
    assert_eq!(all(found, false), all(swapped, true));
}

/// A value with all arrays sorted.
fn unordered(value: &Value) -> Value {
    match value {
        Value::Array(elements) => {
            let mut elements: Vec<Value> = elements.iter().map(unordered).collect();
            elements.sort_by_key(Value::to_string);
            Value::Array(elements)
        }
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), unordered(value))).collect()
        }
        other => other.clone(),
    }
}

/// Every conflict can be settled each way, one after the other, until none is left.
fn check_settling(shape: Shape<'_>, sides: Sides<&Value>, conflicts: &[DocumentConflict]) {
    for choice in ["ours", "theirs", "both", "other"] {
        let mut terms = sides.map(|side| Some(side.clone()));
        let mut left: Vec<DocumentConflict> = conflicts.to_vec();
        while let Some(conflict) = left.first() {
            let count = left.len();
            let given = terms.as_options();
            let other = conflict.base.clone().unwrap_or_else(|| "another value".into());
            let chosen = match choice {
                "ours" => Choice::Ours,
                "theirs" => Choice::Theirs,
                "both" => Choice::Both,
                _ => Choice::Value(other),
            };
            let settled = settle(shape, given, &conflict.pointer, &chosen)
                // If both sides can't be taken, or the choice is not an order, ours is taken.
                .or_else(|_| settle(shape, given, &conflict.pointer, &Choice::Ours));
            terms = settled.expect("each conflict can be settled as ours");
            let found = merge(shape, terms.as_options());
            assert!(
                found.conflicts.len() < count,
                "{choice} at {:?} leaves {:#?}",
                conflict.pointer,
                found.conflicts
            );
            left = found.conflicts;
        }
    }
}

/// Everything that a side wrote is in the merge or in a conflict; everything that it removed is gone, or in a
/// conflict.
fn check_kept(found: &DocumentMerge, marks: &Marks, side: fn(&DocumentConflict) -> &Option<Value>) {
    let document = found.document.as_ref().map(Value::to_string).unwrap_or_default();
    let in_conflict = |mark: &str| {
        found.conflicts.iter().any(|one| {
            one.pointer.contains(mark)
                || side(one).as_ref().is_some_and(|value| value.to_string().contains(mark))
        })
    };
    for mark in &marks.written {
        assert!(document.contains(mark.as_str()) || in_conflict(mark), "{mark} is lost");
    }
    for id in &marks.removed {
        let quoted = format!("\"{id}\"");
        let conflicts = found.conflicts.iter().any(|one| {
            let holds = |value: &Option<Value>| {
                value.as_ref().is_some_and(|value| value.to_string().contains(&quoted))
            };
            one.pointer.contains(id.as_str()) || holds(&one.base)
        });
        assert!(!document.contains(&quoted) || conflicts, "{id} is back");
    }
}

/// The order of any two elements that all versions have is that of the side that changed it.
fn check_order(found: &DocumentMerge, sides: Sides<&Value>, field: &str) {
    if found.conflicts.iter().any(|one| one.pointer == format!("/{field}")) {
        return;
    }
    let ids = |document: &Value| -> Vec<String> {
        let elements = document[field].as_array().expect("elements").iter();
        elements.map(|element| element["id"].as_str().expect("an id").to_owned()).collect()
    };
    let document = found.document.as_ref().expect("it is there");
    let (orders, merged) = (sides.map(ids), ids(document));
    let first = |order: &[String], one: &String, two: &String| {
        let at = |id| order.iter().position(|other| other == id);
        at(one).zip(at(two)).map(|(one, two)| one < two)
    };
    for one in &merged {
        for two in &merged {
            let said = orders.as_ref().map(|order| first(order, one, two));
            let Sides { base: Some(base), ours: Some(ours), theirs: Some(theirs) } = said else {
                continue;
            };
            let expected = if ours == base { theirs } else { ours };
            assert_eq!(
                first(&merged, one, two),
                Some(expected),
                "{one} {two} of {orders:?}, {merged:?}"
            );
        }
    }
}

fn check_documents(of: usize, elements: usize, edits: [&[Edit]; 2]) {
    let kind = kind(KINDS[of].0);
    let shape = Shape::Kind(&kind);
    let base = base(of, elements);
    let (ours, our_marks) = edited(of, &base, edits[0], 'o');
    let (theirs, their_marks) = edited(of, &base, edits[1], 't');
    for [before, after] in [[&base, &ours], [&ours, &theirs]] {
        check_diff(shape, before, after);
    }
    let sides = Sides { base: &base, ours: &ours, theirs: &theirs };
    check_merge(shape, sides);
    let found = merged(shape, sides);
    check_kept(&found, &our_marks, |one| &one.ours);
    check_kept(&found, &their_marks, |one| &one.theirs);
    check_order(&found, sides, KINDS[of].1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn documents_of_kinds_keep_the_laws(
        of in 0..KINDS.len(),
        elements in 0..6_usize,
        ours in any_edits(),
        theirs in any_edits(),
    ) {
        check_documents(of, elements, [&ours, &theirs]);
    }
}
