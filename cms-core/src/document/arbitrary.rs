//! What fuzzers feed to differences and merges: three documents made from arbitrary bytes.

use serde_json::{Map, Value};

use super::{Choice, Shape, Sides, diff, merge, settle};

/// Deepest nesting of a generated document.
const DEPTH_MAX: usize = 6;
/// Texts that documents are made of; there are few, so that documents have much in common.
const TEXTS: [&str; 8] = [
    "a",
    "b",
    "lesson/c",
    "$x + 1$ stays, and so do the words around it",
    "One line of words that go on for a while.\n\nAnother, with $y$ in it.\n",
    "One line of words that went on for a while.\r\n\r\nAnother, with [[☃ radio 1]] in it.\r\n",
    "",
    "`code",
];
const NAMES: [&str; 5] = ["id", "a", "b/c", "~", "text"];

/// Takes bytes for a base and two sides, and checks that differences apply and that merges keep their laws.
///
/// # Panics
/// When they do not.
pub fn laws(bytes: &[u8]) {
    let mut bytes = bytes.iter().copied();
    let Sides { base, ours, theirs } = Sides::by(|_| value(&mut bytes, 0));
    let shape = Shape::Inferred;
    for (before, after) in [(&base, &ours), (&ours, &theirs)] {
        let found = diff(shape, before, after);
        assert_eq!(found.apply(before).as_ref(), Ok(after), "a difference applies to its base");
        assert!(found.json_patch(before).is_ok());
        assert_eq!(found.is_empty(), before == after);
    }
    for unchanged in [
        Sides { base: &base, ours: &ours, theirs: &base },
        Sides { base: &base, ours: &ours, theirs: &ours },
        Sides { base: &base, ours: &base, theirs: &ours },
    ] {
        let unchanged = merge(shape, unchanged.map(Some));
        assert_eq!((unchanged.document.as_ref(), unchanged.conflicts), (Some(&ours), vec![]));
    }
    let mut terms = Sides { base, ours, theirs }.map(Some);
    loop {
        let found = merge(shape, terms.as_options());
        let swapped = merge(shape, terms.as_options().swapped());
        assert_eq!(found.conflicts.len(), swapped.conflicts.len(), "the sides are treated alike");
        let Some(conflict) = found.conflicts.first() else { return };
        let settled = settle(shape, terms.as_options(), &conflict.pointer, &Choice::Theirs)
            .expect("a conflict can be settled");
        let left = merge(shape, settled.as_options()).conflicts;
        assert!(left.len() < found.conflicts.len(), "a settled conflict is gone");
        terms = settled;
    }
}

fn value(bytes: &mut impl Iterator<Item = u8>, depth: usize) -> Value {
    let Some(byte) = bytes.next() else { return Value::Null };
    let count = usize::from(byte >> 4) % 6;
    match byte % 8 {
        0 => Value::Null,
        1 => (byte > 100).into(),
        2 => (byte >> 5).into(),
        3 | 4 => TEXTS[usize::from(byte >> 3) % TEXTS.len()].into(),
        _ if depth == DEPTH_MAX => Value::Null,
        5 | 6 => (0..count).map(|_| value(bytes, depth + 1)).collect(),
        _ => {
            let mut fields = Map::new();
            for _ in 0..count {
                let name = NAMES[usize::from(bytes.next().unwrap_or(0)) % NAMES.len()];
                fields.insert(name.to_owned(), value(bytes, depth + 1));
            }
            Value::Object(fields)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn documents_of_any_bytes_keep_the_laws(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            super::laws(&bytes);
        }
    }
}
