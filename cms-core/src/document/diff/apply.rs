//! Applying a difference to the document that it starts from.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Change, ChangeKind, DocumentDiff};
use crate::model::pointer;

/// Why a difference does not apply: the document is not the one that it starts from.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the document is not the one that was compared: it has something else at {pointer:?}")]
pub struct ApplyError {
    /// Where it differs, by the pointer of the change.
    pub pointer: String,
}

impl DocumentDiff {
    /// The document that this difference leads to from `base`.
    ///
    /// # Errors
    /// [`ApplyError`] when `base` is not the document that the difference starts from, as far as the changes show.
    pub fn apply(&self, base: &Value) -> Result<Value, ApplyError> {
        let (before, after) = plans(&self.changes)?;
        apply(base, Some(&before), Some(&after))
    }
}

/// The changes at and below one place, in terms of one document.
#[derive(Debug, Default)]
pub(super) struct Plan<'c> {
    pub(super) here: Option<&'c Change>,
    pub(super) below: BTreeMap<String, Plan<'c>>,
}

/// What the changes say about places before, and about places after.
pub(super) fn plans(changes: &[Change]) -> Result<(Plan<'_>, Plan<'_>), ApplyError> {
    let (mut before, mut after) = (Plan::default(), Plan::default());
    for change in changes {
        let is_gone = matches!(change.kind, ChangeKind::Removed | ChangeKind::ElementRemoved);
        let plan = if is_gone { &mut before } else { &mut after };
        plan.add(&change.pointer, change)?;
        if let Some(from) = &change.from {
            before.add(from, change)?;
        }
    }
    Ok((before, after))
}

impl<'c> Plan<'c> {
    fn add(&mut self, at: &str, change: &'c Change) -> Result<(), ApplyError> {
        let mut plan = self;
        for token in at.split('/').skip(1) {
            let token = pointer::unescaped(token).ok_or_else(|| mismatch(change))?;
            plan = plan.below.entry(token.into_owned()).or_default();
        }
        plan.here = Some(change);
        Ok(())
    }

    pub(super) fn at(&self, token: &str) -> Option<&Self> {
        self.below.get(token)
    }

    fn elements(&self) -> impl Iterator<Item = (usize, &Self)> {
        self.below.iter().filter_map(|(token, plan)| Some((token.parse().ok()?, plan)))
    }
}

fn mismatch(change: &Change) -> ApplyError {
    ApplyError { pointer: change.pointer.clone() }
}

fn apply(
    value: &Value,
    before: Option<&Plan<'_>>,
    after: Option<&Plan<'_>>,
) -> Result<Value, ApplyError> {
    if let Some(change) = after.and_then(|plan| plan.here)
        && change.kind == ChangeKind::Changed
    {
        let is_same = change.before.as_ref() == Some(value);
        return change.after.clone().filter(|_| is_same).ok_or_else(|| mismatch(change));
    }
    let nothing_below = |plan: Option<&Plan<'_>>| plan.is_none_or(|plan| plan.below.is_empty());
    if nothing_below(before) && nothing_below(after) {
        return Ok(value.clone());
    }
    let empty = Plan::default();
    let (before, after) = (before.unwrap_or(&empty), after.unwrap_or(&empty));
    match value {
        Value::Object(fields) => apply_object(fields, before, after),
        Value::Array(elements) => apply_array(elements, before, after),
        _ => Err(first_mismatch(before, after)),
    }
}

fn first_mismatch(before: &Plan<'_>, after: &Plan<'_>) -> ApplyError {
    fn first<'c>(plan: &Plan<'c>) -> Option<&'c Change> {
        plan.here.or_else(|| plan.below.values().find_map(first))
    }
    let pointer = first(before).or_else(|| first(after)).map(|change| change.pointer.clone());
    ApplyError { pointer: pointer.unwrap_or_default() }
}

fn apply_object(
    fields: &Map<String, Value>,
    before: &Plan<'_>,
    after: &Plan<'_>,
) -> Result<Value, ApplyError> {
    let mut applied = Map::new();
    for (name, value) in fields {
        let (gone, here) = (before.at(name), after.at(name));
        match gone.and_then(|plan| plan.here).filter(|change| change.kind == ChangeKind::Removed) {
            Some(change) if change.before.as_ref() == Some(value) => {}
            Some(change) => return Err(mismatch(change)),
            None => {
                applied.insert(name.clone(), apply(value, gone, here)?);
            }
        }
    }
    for (name, plan) in &before.below {
        if !fields.contains_key(name) {
            return Err(first_mismatch(plan, &Plan::default()));
        }
    }
    for (name, plan) in &after.below {
        match plan.here.filter(|change| change.kind == ChangeKind::Set) {
            Some(change) => {
                let there = applied.insert(name.clone(), change.after.clone().unwrap_or_default());
                if there.is_some() {
                    return Err(mismatch(change));
                }
            }
            None if applied.contains_key(name) => {}
            None => return Err(first_mismatch(plan, &Plan::default())),
        }
    }
    Ok(Value::Object(applied))
}

/// For each element after: its former position, or the change that adds it.
pub(super) enum Slot<'c> {
    Former(usize),
    Added(&'c Change),
}

/// How the elements of an array are arranged, according to its changes.
pub(super) fn slots<'c>(
    len: usize,
    before: &Plan<'c>,
    after: &Plan<'c>,
) -> Result<Vec<Slot<'c>>, ApplyError> {
    let fails = || first_mismatch(before, after);
    // For each former element, whether it stays and is not moved.
    let mut stays = vec![true; len];
    for (at, plan) in before.elements() {
        let kind = plan.here.map(|change| change.kind);
        if matches!(kind, Some(ChangeKind::ElementRemoved | ChangeKind::ElementMoved)) {
            *stays.get_mut(at).ok_or_else(fails)? = false;
        }
    }
    let mut placed: BTreeMap<usize, Slot<'c>> = BTreeMap::new();
    for (at, plan) in after.elements() {
        let Some(change) = plan.here else { continue };
        match change.kind {
            ChangeKind::ElementAdded => drop(placed.insert(at, Slot::Added(change))),
            ChangeKind::ElementMoved => {
                let from = change.from.as_deref().and_then(|from| from.rsplit('/').next());
                let from = from.and_then(|from| from.parse().ok()).filter(|from| *from < len);
                placed.insert(at, Slot::Former(from.ok_or_else(fails)?));
            }
            _ => {}
        }
    }
    let mut rest = (0..len).filter(|at| stays[*at]);
    let count = stays.iter().filter(|stays| **stays).count() + placed.len();
    (0..count)
        .map(|at| match placed.remove(&at) {
            Some(slot) => Ok(slot),
            None => rest.next().map(Slot::Former).ok_or_else(fails),
        })
        .collect()
}

fn apply_array(
    elements: &[Value],
    before: &Plan<'_>,
    after: &Plan<'_>,
) -> Result<Value, ApplyError> {
    let is_position = |token: &String| token.parse::<usize>().is_ok();
    let is_former = |token: &String| token.parse::<usize>().is_ok_and(|at| at < elements.len());
    if !before.below.keys().all(is_former) || !after.below.keys().all(is_position) {
        return Err(first_mismatch(before, after));
    }
    for (at, plan) in before.elements() {
        if let Some(change) = plan.here.filter(|change| change.kind == ChangeKind::ElementRemoved)
            && change.before.as_ref() != elements.get(at)
        {
            return Err(mismatch(change));
        }
    }
    let slots = slots(elements.len(), before, after)?;
    let count = slots.len();
    let applied = slots.into_iter().enumerate().map(|(at, slot)| match slot {
        Slot::Added(change) => Ok(change.after.clone().unwrap_or_default()),
        Slot::Former(former) => {
            let plan = before.at(&former.to_string());
            apply(&elements[former], plan, after.at(&at.to_string()))
        }
    });
    let applied = applied.collect::<Result<Vec<_>, _>>()?;
    match after.elements().find(|(at, _)| *at >= count) {
        Some((_, plan)) => Err(first_mismatch(plan, &Plan::default())),
        None => Ok(Value::Array(applied)),
    }
}
