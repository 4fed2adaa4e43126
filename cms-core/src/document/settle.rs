//! Settling a conflict: the choice is written into every term, so that merging them again no longer shows the conflict
//! and leaves all other conflicts as they are.

use std::collections::HashMap;

use serde_json::Value;

use super::{
    budget::Budget,
    merge::{Found, Merged, Paths, Site, find},
    part::{PathStep, Shape},
    sides::Sides,
};

/// How a conflict is settled.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice {
    /// The base's value.
    Base,
    /// Our value.
    Ours,
    /// Their value.
    Theirs,
    /// Our value, then theirs: for texts and for lists whose elements nothing names.
    Both,
    /// Another value; for an order, the keys of the elements.
    Value(Value),
}

/// Why a conflict is not settled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettleError {
    /// The terms have no such conflict.
    #[error("nothing conflicts at {pointer:?}")]
    NoConflict {
        /// The pointer that the caller gave.
        pointer: String,
    },
    /// Both values can't stand at the place.
    #[error("the values at {pointer:?} can't both stand: choose one of them, or another value")]
    NotBoth {
        /// The conflict's pointer.
        pointer: String,
    },
    /// The value is not an order of the elements.
    #[error(
        "an order of the elements at {pointer:?} is expected: their keys, as an array of texts"
    )]
    NotAnOrder {
        /// The conflict's pointer.
        pointer: String,
    },
    /// The value can't stand in a text, or in a list.
    #[error("a text is expected at {pointer:?}, or elements of its list")]
    NotAStretch {
        /// The conflict's pointer.
        pointer: String,
    },
}

/// The terms after the conflict at `pointer` is settled.
///
/// The choice is written into all three, so that merging them again shows one conflict fewer. If a text or a list as a
/// whole is named, all conflicts within are settled by the choice.
///
/// # Errors
/// [`SettleError`] when there is no such conflict, or the choice does not fit it.
pub fn settle(
    shape: Shape<'_>,
    terms: Sides<Option<&Value>>,
    pointer: &str,
    choice: &Choice,
) -> Result<Sides<Option<Value>>, SettleError> {
    let Merged { document, found: mut all, .. } = find(shape, terms, &Budget::new());
    let count = all.len();
    let at = all.iter().position(|found| found.conflict.pointer == pointer);
    let Some(at) = at else { return settle_within(shape, terms, &all, pointer, choice) };
    let found = all.remove(at);
    let settled = Settled::of(&found, choice)?;
    let mut terms = terms.map(|term| term.cloned());
    settled.write(&found.site, &mut terms);
    let is_order = matches!(found.site, Site::Order(_));
    let is_settled = |terms: &Sides<Option<Value>>| {
        find(shape, terms.as_options(), &Budget::new()).found.len() < count
    };
    if !is_order && !is_settled(&terms) {
        let others = within_merged(&document, (&found, &settled), &all, at);
        let others = others.into_iter().chain(without_base(&terms, &found.site));
        terms = others.into_iter().find(is_settled).unwrap_or(terms);
    }
    Ok(terms)
}

/// Settles all conflicts within a text or a list; a given value is the whole text or list.
fn settle_within(
    shape: Shape<'_>,
    terms: Sides<Option<&Value>>,
    all: &[Found],
    pointer: &str,
    choice: &Choice,
) -> Result<Sides<Option<Value>>, SettleError> {
    let mut within = all.iter().filter(|found| found.conflict.within.as_deref() == Some(pointer));
    let no_conflict = || SettleError::NoConflict { pointer: pointer.to_owned() };
    let first = within.next().ok_or_else(no_conflict)?;
    let mut count = 1 + within.count();
    let mut terms = terms.map(|term| term.cloned());
    if let (Choice::Value(value), Site::Text { paths, .. } | Site::Stretch { paths, .. }) =
        (choice, &first.site)
    {
        write_all(&mut terms, paths, &Sides::all(Some(value.clone())));
    } else {
        let mut next = Some(first.conflict.pointer.clone());
        while let Some(pointer) = next.take().filter(|_| count > 0) {
            terms = settle(shape, terms.as_options(), &pointer, choice)?;
            count -= 1;
            let left = find(shape, terms.as_options(), &Budget::new()).found;
            let is_within = |found: &Found| found.conflict.within == first.conflict.within;
            next = left.into_iter().find(is_within).map(|found| found.conflict.pointer);
        }
    }
    Ok(terms)
}

/// A choice in the form in which it is written.
enum Settled {
    /// A value in place of the conflict.
    Value(Option<Value>),
    /// The text or list that the conflict is a stretch of, as each term has it afterwards.
    Around(Sides<Value>),
    /// An order of keys.
    Order(Vec<String>),
}

impl Settled {
    fn of(found: &Found, choice: &Choice) -> Result<Self, SettleError> {
        let conflict = &found.conflict;
        let pointer = || conflict.pointer.clone();
        let chosen = match choice {
            Choice::Base => conflict.base.clone(),
            Choice::Ours => conflict.ours.clone(),
            Choice::Theirs => conflict.theirs.clone(),
            Choice::Value(value) => Some(value.clone()),
            Choice::Both => {
                let error = SettleError::NotBoth { pointer: pointer() };
                Some(found.both.clone().ok_or(error)?)
            }
        };
        let not_a_stretch = || SettleError::NotAStretch { pointer: pointer() };
        Ok(match &found.site {
            Site::Value(_) | Site::Element { .. } => Self::Value(chosen),
            Site::Text { merge, number, .. } => {
                let text = match &chosen {
                    None => "",
                    Some(value) => value.as_str().ok_or_else(not_a_stretch)?,
                };
                Self::Around(merge.settled(*number, text).map(Value::from))
            }
            Site::Stretch { merge, number, .. } => {
                let is_element = merge.is_element(*number) && *choice != Choice::Both;
                let elements = match chosen {
                    None => Vec::new(),
                    Some(element) if is_element => vec![element],
                    Some(Value::Array(elements)) => elements,
                    Some(_) => return Err(not_a_stretch()),
                };
                Self::Around(merge.settled(*number, &elements).map(Value::from))
            }
            Site::Order(_) => {
                let sorted = |mut keys: Vec<String>| {
                    keys.sort_unstable();
                    keys
                };
                let wanted = conflict.ours.as_ref().and_then(as_order).unwrap_or_default();
                let wanted = sorted(wanted);
                let order = chosen.as_ref().and_then(as_order);
                let order = order.filter(|order| sorted(order.clone()) == wanted);
                Self::Order(order.ok_or_else(|| SettleError::NotAnOrder { pointer: pointer() })?)
            }
        })
    }

    fn write(&self, site: &Site, terms: &mut Sides<Option<Value>>) {
        match (site, self) {
            (Site::Value(paths), Self::Value(chosen)) => {
                write_all(terms, paths, &Sides::all(chosen.clone()));
            }
            (Site::Text { paths, .. } | Site::Stretch { paths, .. }, Self::Around(around)) => {
                write_all(terms, paths, &around.clone().map(Some));
            }
            (Site::Element { arrays, at, insert_at }, Self::Value(chosen)) => {
                let places = at.zip(*insert_at);
                let key = arrays.keys.as_ref().zip(*at);
                let key = key.each().into_iter().find_map(|(keys, at)| keys.get(at?).cloned()?);
                // With the element back in all terms, their orders might contradict each other, which they did not
                // before: so the merged order is written along with it.
                let returns = chosen.is_some() && at.each().contains(&None);
                let order = arrays.order.as_ref().filter(|_| returns);
                let of_arrays = arrays.paths.as_ref().zip(arrays.keys.as_ref()).zip(places);
                for (term, ((path, keys), place)) in terms.as_mut().zip(of_arrays).each() {
                    let Some(elements) = array_at(term, path) else { continue };
                    let mut keys = keys.clone();
                    match (chosen, place) {
                        (Some(value), (Some(at), _)) => elements[at] = value.clone(),
                        (Some(value), (None, at)) => {
                            elements.insert(at, value.clone());
                            keys.insert(at, key.clone());
                        }
                        (None, (Some(at), _)) => drop(elements.remove(at)),
                        (None, (None, _)) => {}
                    }
                    if let Some(order) = order {
                        reorder(elements, &keys, order);
                    }
                }
            }
            (Site::Order(arrays), Self::Order(order)) => {
                let of_arrays = arrays.paths.as_ref().zip(arrays.keys.as_ref());
                for (term, (path, keys)) in terms.as_mut().zip(of_arrays).each() {
                    if let Some(elements) = array_at(term, path) {
                        reorder(elements, keys, order);
                    }
                }
            }
            _ => unreachable!("a choice is made for the site that it is written to"),
        }
    }
}

fn write_all(terms: &mut Sides<Option<Value>>, paths: &Paths, values: &Sides<Option<Value>>) {
    let written = paths.as_ref().zip(values.as_ref());
    for (term, (path, value)) in terms.as_mut().zip(written).each() {
        if let Some(path) = path {
            write(term, path, value.clone());
        }
    }
}

/// The merged document with the choice in it, as terms that differ only in the sides of the other conflicts: for a
/// choice that would change how the elements of a list are told apart, so that more of it would conflict than before.
/// None if another conflict is about an order, which has no place of its own, or belongs to a list that contains the
/// settled one.
fn within_merged(
    merged: &Option<Value>,
    settled: (&Found, &Settled),
    others: &[Found],
    at: usize,
) -> Option<Sides<Option<Value>>> {
    let (found, choice) = settled;
    let is_of_list = |other: &Found| {
        matches!(other.site, Site::Stretch { .. })
            && found.merged_path.len() > other.merged_path.len()
            && found.merged_path.starts_with(&other.merged_path)
    };
    if others.iter().any(|other| matches!(other.site, Site::Order(_)) || is_of_list(other)) {
        return None;
    }
    let mut terms = Sides::all(merged.clone());
    let mut around: Vec<&[PathStep]> = Vec::new();
    // From the end, so that inserting into a list or removing from it moves no place that is still to come.
    let (before, after) = others.split_at(at);
    let all = before.iter().chain([found]).chain(after).collect::<Vec<_>>();
    for one in all.into_iter().rev() {
        let path = &one.merged_path;
        let is_settled = std::ptr::eq(one, found);
        if around.iter().any(|around| path.starts_with(around)) {
            continue;
        }
        let values = match (&one.site, choice) {
            (_, Settled::Value(chosen)) if is_settled => Sides::all(chosen.clone()),
            (_, Settled::Around(values))
                if is_settled
                    || one.conflict.within.is_some() && one.merged_path == found.merged_path =>
            {
                values.clone().map(Some)
            }
            (Site::Text { merge, .. }, _) => merge.terms().map(Value::from).map(Some),
            (Site::Stretch { merge, .. }, _) => merge.terms().map(Value::from).map(Some),
            _ => one.conflict.sides().map(|side| side.cloned()),
        };
        let is_absent = matches!(one.site, Site::Element { .. }) && one.conflict.ours.is_none();
        for (term, value) in terms.as_mut().zip(values).each() {
            if is_absent { insert(term, path, value) } else { write(term, path, value) }
        }
        if one.conflict.within.is_some() {
            around.push(path);
        }
    }
    Some(terms)
}

/// Puts an element into a list, if there is one.
fn insert(term: &mut Option<Value>, path: &[PathStep], value: Option<Value>) {
    let (Some(value), Some((PathStep::Index(at), above))) = (value, path.split_last()) else {
        return;
    };
    let Some(Value::Array(elements)) = term.as_mut().and_then(|term| value_at(term, above)) else {
        return;
    };
    elements.insert((*at).min(elements.len()), value);
}

/// The terms without a base for the text that a conflict is a stretch of: for a text so repetitive that other stretches
/// of it would conflict once this one is settled. What is left is one conflict of the two texts.
fn without_base(terms: &Sides<Option<Value>>, site: &Site) -> Option<Sides<Option<Value>>> {
    let Site::Text { paths, .. } = site else { return None };
    let mut terms = terms.clone();
    write(&mut terms.base, paths.base.as_ref()?, None);
    Some(terms)
}

fn as_order(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|key| key.as_str().map(str::to_owned)).collect()
}

/// Writes or removes the value at a path; a term without the parent is left as it is.
fn write(term: &mut Option<Value>, path: &[PathStep], value: Option<Value>) {
    let Some((last, above)) = path.split_last() else {
        *term = value;
        return;
    };
    let Some(parent) = term.as_mut().and_then(|term| value_at(term, above)) else { return };
    match (parent, last, value) {
        (Value::Object(fields), PathStep::Field(name), Some(value)) => {
            fields.insert(name.clone(), value);
        }
        (Value::Object(fields), PathStep::Field(name), None) => {
            fields.remove(name);
        }
        (Value::Array(elements), PathStep::Index(at), Some(value)) if *at < elements.len() => {
            elements[*at] = value;
        }
        (Value::Array(elements), PathStep::Index(at), None) if *at < elements.len() => {
            elements.remove(*at);
        }
        _ => {}
    }
}

fn value_at<'v>(mut value: &'v mut Value, path: &[PathStep]) -> Option<&'v mut Value> {
    for step in path {
        value = match (value, step) {
            (Value::Object(fields), PathStep::Field(name)) => fields.get_mut(name)?,
            (Value::Array(elements), PathStep::Index(at)) => elements.get_mut(*at)?,
            _ => return None,
        };
    }
    Some(value)
}

fn array_at<'v>(
    term: &'v mut Option<Value>,
    path: &Option<Vec<PathStep>>,
) -> Option<&'v mut Vec<Value>> {
    value_at(term.as_mut()?, path.as_ref()?)?.as_array_mut()
}

/// Puts the elements that an order names into that order; the others still follow what they followed. Each element has
/// its key at its position.
fn reorder(elements: &mut Vec<Value>, keys: &[Option<String>], order: &[String]) {
    let places: HashMap<&String, usize> =
        order.iter().enumerate().map(|(place, key)| (key, place)).collect();
    let mut heads: Vec<Value> = Vec::new();
    let mut runs: Vec<(usize, Vec<Value>)> = Vec::new();
    for (element, key) in std::mem::take(elements).into_iter().zip(keys) {
        let place = key.as_ref().and_then(|key| places.get(key).copied());
        match (place, runs.last_mut()) {
            (Some(place), _) => runs.push((place, vec![element])),
            (None, Some((_, run))) => run.push(element),
            (None, None) => heads.push(element),
        }
    }
    runs.sort_by_key(|(place, _)| *place);
    elements.extend(heads);
    elements.extend(runs.into_iter().flat_map(|(_, run)| run));
}
