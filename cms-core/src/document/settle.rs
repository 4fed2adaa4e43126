//! Settling a conflict: the choice is written into every term, so that merging them again shows it no
//! more and leaves all other conflicts as they are.

use std::collections::HashMap;

use serde_json::Value;

use super::{
    budget::Budget,
    merge::{Found, Paths, Site, find},
    part::{PathStep, Shape},
};
use crate::schema::pointer;

/// What becomes of a conflict.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice {
    /// What was there before both.
    Base,
    /// What we have.
    Ours,
    /// What they have.
    Theirs,
    /// What we have, then what they have: of texts and of lists whose elements nothing names.
    Both,
    /// Something else; for an order the keys of the elements.
    Value(Value),
}

/// Why a conflict is not settled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettleError {
    /// The terms have no such conflict.
    #[error("nothing conflicts at {pointer:?}")]
    NoConflict {
        /// The pointer that was given.
        pointer: String,
    },
    /// Both values can't stand at the place.
    #[error("the values at {pointer:?} can't both stand: choose one of them, or another value")]
    NotBoth {
        /// The conflict's pointer.
        pointer: String,
    },
    /// The value is no order of the elements.
    #[error(
        "an order of the elements at {pointer:?} is expected: their keys, as an array of texts"
    )]
    NotAnOrder {
        /// The conflict's pointer.
        pointer: String,
    },
}

/// The terms (ours, base, theirs) after the conflict at `pointer` is settled.
///
/// The choice is written into all three, so that merging them again shows one conflict fewer.
///
/// # Errors
/// [`SettleError`] when there is no such conflict, or the choice does not fit it.
pub fn settle(
    shape: Shape<'_>,
    terms: [Option<&Value>; 3],
    pointer: &str,
    choice: &Choice,
) -> Result<[Option<Value>; 3], SettleError> {
    let [ours, base, theirs] = terms;
    let terms = [base, ours, theirs];
    let (merged, mut all) = find(shape, terms, &Budget::new());
    let count = all.len();
    let at = all.iter().position(|found| found.conflict.pointer == pointer);
    let at = at.ok_or_else(|| SettleError::NoConflict { pointer: pointer.to_owned() })?;
    let found = all.remove(at);
    let chosen = match choice {
        Choice::Base => found.conflict.base.clone(),
        Choice::Ours => found.conflict.ours.clone(),
        Choice::Theirs => found.conflict.theirs,
        Choice::Value(value) => Some(value.clone()),
        Choice::Both => {
            let error = SettleError::NotBoth { pointer: pointer.to_owned() };
            Some(found.both.ok_or(error)?)
        }
    };
    let mut terms = terms.map(|term| term.cloned());
    let is_order = matches!(found.site, Site::Order(_));
    match found.site {
        Site::Value(paths) => {
            for (term, path) in terms.iter_mut().zip(&paths) {
                if let Some(path) = path {
                    write(term, path, chosen.clone());
                }
            }
        }
        Site::Element { arrays, at, insert_at } => {
            let mut keys = arrays.keys.clone();
            let key = [0, 1, 2].into_iter().find_map(|term| keys[term].get(at[term]?).cloned()?);
            // With the element back in all terms their orders might contradict each other, which did not
            // before: the order that they merged to is written down with it.
            let returns = chosen.is_some() && at.contains(&None);
            let order = arrays.order.as_ref().filter(|_| returns);
            for (index, term) in terms.iter_mut().enumerate() {
                let Some(elements) = array_at(term, &arrays.paths, index) else { continue };
                match (&chosen, at[index]) {
                    (Some(value), Some(at)) => elements[at] = value.clone(),
                    (Some(value), None) => {
                        elements.insert(insert_at[index], value.clone());
                        keys[index].insert(insert_at[index], key.clone());
                    }
                    (None, Some(at)) => drop(elements.remove(at)),
                    (None, None) => {}
                }
                if let Some(order) = order {
                    reorder(elements, &keys[index], order);
                }
            }
        }
        Site::Order(arrays) => {
            let order = chosen.as_ref().and_then(as_order).filter(|order| {
                let wanted = found.conflict.ours.as_ref().and_then(as_order).unwrap_or_default();
                let sorted = |mut keys: Vec<String>| {
                    keys.sort_unstable();
                    keys
                };
                sorted(order.clone()) == sorted(wanted)
            });
            let error = || SettleError::NotAnOrder { pointer: pointer.to_owned() };
            let order = order.ok_or_else(error)?;
            for (index, term) in terms.iter_mut().enumerate() {
                if let Some(elements) = array_at(term, &arrays.paths, index) {
                    reorder(elements, &arrays.keys[index], &order);
                }
            }
        }
    }
    let [base, ours, theirs] = terms.each_ref().map(Option::as_ref);
    if !is_order && find(shape, [base, ours, theirs], &Budget::new()).1.len() >= count {
        terms = within_merged(&merged, pointer, chosen.as_ref(), &all).unwrap_or(terms);
    }
    let [base, ours, theirs] = terms;
    Ok([ours, base, theirs])
}

/// The terms as the merged document with the choice in it, in which the other conflicts' sides alone
/// differ: for a choice that would change how the elements of a list are told apart, so that more of it
/// conflicted than before. None where another conflict is about an order, which has no place of its own.
fn within_merged(
    merged: &Option<Value>,
    pointer: &str,
    chosen: Option<&Value>,
    others: &[Found],
) -> Option<[Option<Value>; 3]> {
    if others.iter().any(|other| matches!(other.site, Site::Order(_))) {
        return None;
    }
    let mut terms = [merged.clone(), merged.clone(), merged.clone()];
    for (index, term) in terms.iter_mut().enumerate() {
        // From the end, so that what is taken out of a list moves no place that is still to come.
        for Found { conflict, .. } in others.iter().rev() {
            let sides = [&conflict.base, &conflict.ours, &conflict.theirs];
            put(term, &conflict.pointer, sides[index].as_ref());
        }
        put(term, pointer, chosen);
    }
    Some(terms)
}

/// Writes or removes the value at a pointer, where its parent is there.
fn put(term: &mut Option<Value>, at: &str, value: Option<&Value>) {
    let Some((above, name)) = at.rsplit_once('/') else {
        *term = value.cloned();
        return;
    };
    let parent = term.as_mut().and_then(|term| term.pointer_mut(above));
    let step = match parent {
        Some(Value::Array(_)) => name.parse().ok().map(PathStep::Index),
        _ => pointer::unescaped(name).map(|name| PathStep::Field(name.into())),
    };
    let (Some(parent), Some(step)) = (parent, step) else { return };
    let mut held = Some(std::mem::take(parent));
    write(&mut held, std::slice::from_ref(&step), value.cloned());
    *parent = held.unwrap_or_default();
}

fn as_order(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|key| key.as_str().map(str::to_owned)).collect()
}

/// Writes or removes the value at a path; a term that has no parent there is left as it is.
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
    arrays: &Paths,
    index: usize,
) -> Option<&'v mut Vec<Value>> {
    value_at(term.as_mut()?, arrays[index].as_ref()?)?.as_array_mut()
}

/// Puts the elements that an order names into it; the others keep following what they followed. Each
/// element has its key at its position.
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
