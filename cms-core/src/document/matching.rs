//! Which elements of up to three arrays are the same.
//!
//! Invariants:
//! 1. Each element of each array is in exactly one group, and a group has at most one element of each array.
//! 2. Elements with equal keys are in one group. Keys that do not tell elements apart (missing, repeated) are not used
//!    at all: the arrays are then compared as sequences.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use serde_json::Value;

use super::{
    budget::Budget,
    likeness,
    part::Part,
    sides::{Side, Sides},
};

/// Elements of several arrays that are the same element.
#[derive(Debug, Clone)]
pub(super) struct Group<'v> {
    /// Its position in each array that has it.
    pub(super) at: Sides<Option<usize>>,
    /// Its name in addresses; no two groups have the same.
    pub(super) name: Option<Cow<'v, str>>,
}

/// How the elements of arrays correspond.
#[derive(Debug)]
pub(super) enum Matching<'v> {
    /// Each element is matched wherever it stands.
    Groups(Vec<Group<'v>>),
    /// The arrays are sets of names in an order: an element consists only of its name.
    Names(Vec<Group<'v>>),
    /// Elements are matched by position.
    Sequence,
}

/// The arrays to match; an absent one is empty.
pub(super) type Arrays<'v> = Sides<&'v [Value]>;

/// An element whose key changed is recognised when this many percent of its words stayed.
const RENAMED_PERCENT_MIN: usize = 60;
/// Longest text that counts as a name, in bytes.
const NAME_SIZE_BYTES_MAX: usize = 128;

/// Matches the elements of the arrays at one place.
pub(super) fn matching<'v>(part: Part<'_>, arrays: Arrays<'v>, budget: &Budget) -> Matching<'v> {
    let all = || arrays.each().into_iter().flatten();
    if let Some(name) = part.key()
        && let Some(keys) = keys(arrays, name)
    {
        return Matching::Groups(by_name(&keys));
    }
    if all().all(Value::is_object) {
        return match inferred_keys(arrays) {
            Some(keys) => {
                let mut groups = by_name(&keys);
                join_renamed(&mut groups, arrays, budget);
                Matching::Groups(groups)
            }
            None => put_anew(arrays, budget).map_or(Matching::Sequence, Matching::Groups),
        };
    }
    let is_link = part.element().is_link();
    let is_name = |value: &Value| value.as_str().is_some_and(|text| is_link || is_name(text));
    if all().all(is_name)
        && let Some(keys) = all_unique(arrays.map(|array| array.iter().map(scalar).collect()))
    {
        return Matching::Names(by_name(&keys));
    }
    Matching::Sequence
}

type Keys<'v> = Sides<Vec<Cow<'v, str>>>;

/// A text that is one word: an id, a link, a code.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= NAME_SIZE_BYTES_MAX
        && !text
            .contains(|letter: char| letter.is_whitespace() || "();{}<>$\\\"'`".contains(letter))
}

fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

/// The keys of all elements, when each has one and no array has one twice.
fn keys<'v>(arrays: Arrays<'v>, name: &str) -> Option<Keys<'v>> {
    all_unique(
        arrays
            .map(|array| array.iter().map(|element| element.get(name).and_then(scalar)).collect()),
    )
}

fn all_unique(keys: Sides<Option<Vec<Cow<'_, str>>>>) -> Option<Keys<'_>> {
    let keys = Sides { base: keys.base?, ours: keys.ours?, theirs: keys.theirs? };
    let is_unique = |keys: &Vec<Cow<'_, str>>| {
        let mut seen = HashSet::with_capacity(keys.len());
        keys.iter().all(|key| seen.insert(key))
    };
    let all_are = keys.as_ref().each().into_iter().all(is_unique);
    all_are.then_some(keys)
}

/// The keys by `id`, or by the field, holding only names, whose values the arrays share most.
fn inferred_keys(arrays: Arrays<'_>) -> Option<Keys<'_>> {
    if let Some(keys) = keys(arrays, "id") {
        return Some(keys);
    }
    let first = arrays.each().into_iter().flatten().next()?.as_object()?;
    let mut best: Option<(usize, Keys<'_>)> = None;
    for name in first.keys().take(FIELDS_MAX) {
        let is_named =
            |element: &Value| element.get(name).and_then(Value::as_str).is_some_and(is_name);
        if !arrays.each().into_iter().flatten().all(is_named) {
            continue;
        }
        let Some(keys) = keys(arrays, name) else { continue };
        let shared = shared(&keys);
        // Names of which most changed do not identify elements.
        let fewest = keys
            .as_ref()
            .each()
            .into_iter()
            .map(Vec::len)
            .filter(|len| *len > 0)
            .min()
            .unwrap_or(0);
        if 2 * shared >= fewest && best.as_ref().is_none_or(|(most, _)| shared > *most) {
            best = Some((shared, keys));
        }
    }
    best.map(|(_, keys)| keys)
}

/// The groups for the case that both sides replaced all elements of the base, which have no such names, by elements
/// with distinguishing names: both agree that the base's elements are gone, and the new ones are matched by their
/// names.
fn put_anew<'v>(arrays: Arrays<'v>, budget: &Budget) -> Option<Vec<Group<'v>>> {
    let Sides { base, ours, theirs } = arrays;
    if base.is_empty() || ours.is_empty() || theirs.is_empty() {
        return None;
    }
    let keys = inferred_keys(Sides { base: &[], ours, theirs })?;
    let before: Vec<&Value> = base.iter().collect();
    for side in [ours, theirs] {
        let after: Vec<&Value> = side.iter().collect();
        let is_known = likeness::pairs_anywhere(&before, &after, LEFT_PERCENT_MIN, budget);
        if !is_known.is_empty() || before.len() * after.len() > likeness::PAIRS_MAX {
            return None;
        }
    }
    let mut groups = by_name(&keys);
    let gone = |at| Group { at: Sides { base: Some(at), ..Sides::default() }, name: None };
    groups.extend((0..base.len()).map(gone));
    Some(groups)
}

/// If fewer percent of the words remain of what was there, it is something else.
const LEFT_PERCENT_MIN: usize = 30;

/// Most fields that are tried as a key.
const FIELDS_MAX: usize = 16;

/// How many keys are in all arrays that are not empty.
fn shared(keys: &Keys<'_>) -> usize {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for key in keys.as_ref().each().into_iter().flatten() {
        *counts.entry(key).or_default() += 1;
    }
    let arrays = keys.as_ref().each().into_iter().filter(|keys| !keys.is_empty()).count();
    counts.values().filter(|count| **count == arrays).count()
}

/// One group for each key, in the order of ours, then theirs, then the base.
fn by_name<'v>(keys: &Keys<'v>) -> Vec<Group<'v>> {
    let mut groups: Vec<Group<'v>> = Vec::with_capacity(keys.base.len());
    let mut known: HashMap<&str, usize> = HashMap::with_capacity(keys.base.len());
    for side in [Side::Ours, Side::Theirs, Side::Base] {
        for (at, key) in keys[side].iter().enumerate() {
            let group = *known.entry(key).or_insert_with(|| {
                groups.push(Group { at: Sides::default(), name: Some(key.clone()) });
                groups.len() - 1
            });
            groups[group].at[side] = Some(at);
        }
    }
    groups
}

/// Joins groups that are one element whose key was changed by a side: inferred keys may change. If the sides disagree
/// about an element, nothing is joined, because the result would depend on which side is ours.
fn join_renamed(groups: &mut Vec<Group<'_>>, arrays: Arrays<'_>, budget: &Budget) {
    let found = Side::OPPOSED.map(|opposed| renamed(groups, arrays, opposed, budget)).concat();
    let overlap = |one: usize, two: usize| {
        let both = groups[one].at.zip(groups[two].at).each();
        both.into_iter().any(|(one, two)| one.is_some() && two.is_some())
    };
    let is_contradicted = |&(gone, new): &(usize, usize)| {
        found.iter().any(|&(other_gone, other_new)| match (gone == other_gone, new == other_new) {
            (false, true) => true,
            (true, false) => overlap(new, other_new),
            _ => false,
        })
    };
    let joined: Vec<_> = found.iter().filter(|pair| !is_contradicted(pair)).copied().collect();
    for (gone, new) in joined {
        let moved = std::mem::take(&mut groups[new].at);
        groups[gone].at = groups[gone].at.zip(moved).map(|(at, moved)| at.or(moved));
    }
    groups.retain(|group| group.at != Sides::default());
}

/// Groups of the base that a side no longer has, each with the new group that it became there.
fn renamed(
    groups: &[Group<'_>],
    arrays: Arrays<'_>,
    (side, other): (Side, Side),
    budget: &Budget,
) -> Vec<(usize, usize)> {
    let of = |has: Side, lacks: Side| -> Vec<usize> {
        let is_lone = |group: &Group<'_>| group.at[has].is_some() && group.at[lacks].is_none();
        let mut lone: Vec<usize> =
            (0..groups.len()).filter(|group| is_lone(&groups[*group])).collect();
        // In their own order, so that of equal ones the first stays the first, whichever side is ours.
        lone.sort_by_key(|group| groups[*group].at[has]);
        lone
    };
    let (gone, new) = (of(Side::Base, side), of(side, Side::Base));
    let values = |numbers: &[usize], side: Side| -> Vec<&Value> {
        let value = |group: &usize| Some(&arrays[side][groups[*group].at[side]?]);
        numbers.iter().filter_map(value).collect()
    };
    let (before, after) = (values(&gone, Side::Base), values(&new, side));
    let pairs = likeness::pairs_anywhere(&before, &after, RENAMED_PERCENT_MIN, budget);
    let pairs = pairs.into_iter().map(|(left, right)| (gone[left], new[right]));
    // The other side may have chosen the same new key, or kept the old one: not both.
    let is_one = |&(gone, new): &(usize, usize)| {
        groups[gone].at[other].is_none() || groups[new].at[other].is_none()
    };
    pairs.filter(is_one).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check([base, ours, theirs]: [Value; 3], expected: &str) {
        let elements = Sides { base: &base, ours: &ours, theirs: &theirs }
            .map(|array| array.as_array().expect("an array").as_slice());
        let found = matching(Part::root(super::super::Shape::Inferred), elements, &Budget::new());
        let shown = |groups: Vec<Group<'_>>| {
            let at = |at: Option<usize>| at.map_or("-".to_owned(), |at| at.to_string());
            let group = |group: &Group<'_>| {
                format!(
                    "{}:{}",
                    group.name.as_deref().unwrap_or("?"),
                    group.at.map(at).each().concat()
                )
            };
            groups.iter().map(group).collect::<Vec<_>>().join(" ")
        };
        let shown = match found {
            Matching::Groups(groups) => shown(groups),
            Matching::Names(groups) => format!("names {}", shown(groups)),
            Matching::Sequence => "sequence".to_owned(),
        };
        assert_eq!(shown, expected);
    }

    #[test]
    fn elements_go_by_id_or_by_what_names_them() {
        let by = |name: &str, keys: &[&str]| {
            let element = |key: &&str| json!({name: key, "text": "the same in all"});
            Value::Array(keys.iter().map(element).collect())
        };
        check([by("id", &["a", "b"]), by("id", &["b", "a"]), by("id", &["a"])], "b:10- a:010");
        check(
            [by("uuid", &["a", "b"]), by("uuid", &["a", "b", "c"]), by("uuid", &["a", "b"])],
            "a:000 b:111 c:-2-",
        );
        check([by("id", &["a", "a"]), by("id", &["a"]), by("id", &["a"])], "sequence");
        check([json!(["a", "b"]), json!(["b", "c"]), json!(["b"])], "names b:100 c:-1- a:0--");
        check([json!(["a", "a"]), json!(["b"]), json!(["b"])], "sequence");
        check([json!([1, 2]), json!([2]), json!([1])], "sequence");
    }

    #[test]
    fn an_element_whose_inferred_key_changed_is_known_again() {
        let text = "a long text that stays as it is, word by word";
        let with = |id: &str| json!([{"id": id, "text": text}, {"id": "z", "text": "another"}]);
        check([with("a"), with("b"), with("a")], "z:111 a:000");
        check([with("a"), with("b"), with("c")], "z:111 a:000");
    }

    #[test]
    fn a_key_that_the_sides_gave_to_different_elements_joins_neither() {
        let [one, two] = ["a text of one that stays as it is", "what two says is quite different"];
        let z = json!({"id": "z", "text": "another"});
        let base = json!([{"id": "a", "text": one}, {"id": "b", "text": two}, z]);
        let [ours, theirs] = [one, two].map(|text| json!([{"id": "n", "text": text}, z]));
        check([base.clone(), ours.clone(), theirs.clone()], "n:-00 z:211 a:0-- b:1--");
        check([base, theirs, ours], "n:-00 z:211 a:0-- b:1--");
    }
}
