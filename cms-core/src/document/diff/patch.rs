//! A difference as a JSON Patch (RFC 6902), for programs that do not know our format.

use serde_json::{Map, Value, json};

use super::{
    ChangeKind, DocumentDiff,
    apply::{ApplyError, Plan, Slot, plans, slots},
};
use crate::model::pointer;

/// Operations on one array before it is replaced as a whole: each takes time linear in the array.
const ARRAY_OPERATIONS_MAX: usize = 2_000;

impl DocumentDiff {
    /// The difference as an RFC 6902 patch: an array of operations that lead from `base` to the document
    /// after, in order.
    ///
    /// # Errors
    /// [`ApplyError`] when `base` is not the document that the difference starts from.
    pub fn json_patch(&self, base: &Value) -> Result<Value, ApplyError> {
        let target = self.apply(base)?;
        let (before, after) = plans(&self.changes)?;
        let mut patch = Patch { operations: Vec::new() };
        patch.value("", base, &target, &before, &after)?;
        Ok(Value::Array(patch.operations))
    }
}

struct Patch {
    operations: Vec<Value>,
}

impl Patch {
    /// Writes what leads from a value to its target. Everything above it already is as it will be, so that pointers are
    /// those of the document after.
    fn value(
        &mut self,
        at: &str,
        value: &Value,
        target: &Value,
        before: &Plan<'_>,
        after: &Plan<'_>,
    ) -> Result<(), ApplyError> {
        if value == target {
            return Ok(());
        }
        if after.here.is_some_and(|change| change.kind == ChangeKind::Changed) {
            self.replace(at, target);
            return Ok(());
        }
        match (value, target) {
            (Value::Object(fields), Value::Object(targets)) => {
                self.object(at, fields, targets, before, after)
            }
            (Value::Array(elements), Value::Array(targets)) => {
                self.array(at, elements, targets, before, after)
            }
            _ => {
                self.replace(at, target);
                Ok(())
            }
        }
    }

    fn replace(&mut self, at: &str, target: &Value) {
        self.operations.push(json!({"op": "replace", "path": at, "value": target}));
    }

    fn object(
        &mut self,
        at: &str,
        fields: &Map<String, Value>,
        targets: &Map<String, Value>,
        before: &Plan<'_>,
        after: &Plan<'_>,
    ) -> Result<(), ApplyError> {
        let empty = Plan::default();
        for name in fields.keys().filter(|name| !targets.contains_key(*name)) {
            self.operations.push(json!({"op": "remove", "path": pointer::joined(at, name)}));
        }
        for (name, target) in targets {
            let path = pointer::joined(at, name);
            match fields.get(name) {
                None => self.operations.push(json!({"op": "add", "path": path, "value": target})),
                Some(value) => {
                    let below = before.at(name).unwrap_or(&empty);
                    self.value(&path, value, target, below, after.at(name).unwrap_or(&empty))?;
                }
            }
        }
        Ok(())
    }

    fn array(
        &mut self,
        at: &str,
        elements: &[Value],
        targets: &[Value],
        before: &Plan<'_>,
        after: &Plan<'_>,
    ) -> Result<(), ApplyError> {
        let slots = slots(elements.len(), before, after)?;
        if self.rearrange(at, elements.len(), &slots).is_none() {
            self.replace(at, &Value::from(targets));
            return Ok(());
        }
        let empty = Plan::default();
        for (index, (slot, target)) in slots.iter().zip(targets).enumerate() {
            if let Slot::Former(former) = slot {
                let below = before.at(&former.to_string()).unwrap_or(&empty);
                let here = after.at(&index.to_string()).unwrap_or(&empty);
                self.value(&format!("{at}/{index}"), &elements[*former], target, below, here)?;
            }
        }
        Ok(())
    }

    /// Removes, moves and adds elements; returns `None`, having done nothing, when that takes too many operations.
    fn rearrange(&mut self, at: &str, len: usize, slots: &[Slot<'_>]) -> Option<()> {
        let mut is_kept = vec![false; len];
        for slot in slots {
            if let Slot::Former(former) = slot {
                is_kept[*former] = true;
            }
        }
        let mut operations = Vec::new();
        for index in (0..len).rev().filter(|index| !is_kept[*index]) {
            operations.push(json!({"op": "remove", "path": format!("{at}/{index}")}));
            if operations.len() > ARRAY_OPERATIONS_MAX {
                return None;
            }
        }
        let mut current: Vec<Option<usize>> =
            (0..len).filter(|index| is_kept[*index]).map(Some).collect();
        for (index, slot) in slots.iter().enumerate() {
            match slot {
                Slot::Former(former) if current.get(index) == Some(&Some(*former)) => continue,
                Slot::Former(former) => {
                    let from = index
                        + current[index..].iter().position(|there| *there == Some(*former))?;
                    current.remove(from);
                    current.insert(index, Some(*former));
                    operations.push(json!({
                        "op": "move", "from": format!("{at}/{from}"), "path": format!("{at}/{index}"),
                    }));
                }
                Slot::Added(change) => {
                    current.insert(index, None);
                    operations.push(json!({
                        "op": "add", "path": format!("{at}/{index}"), "value": change.after,
                    }));
                }
            }
            if operations.len() > ARRAY_OPERATIONS_MAX {
                return None;
            }
        }
        self.operations.append(&mut operations);
        Some(())
    }
}
