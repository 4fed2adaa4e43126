//! Documents of an earlier version of their kind, converted to today's: renamed fields get their current names,
//! required fields get their defaults, and fields that the kind no longer has are left out.
//!
//! Invariants:
//! 1. What is valid today stays as it is.
//! 2. Every change and every omission is reported.

use crate::model::pointer;
use std::fmt;

use serde_json::{Map, Value};

use super::{
    KindSchema, ViolationCode,
    kind::tree::{Marks, Node},
    translation::Translation,
};

/// One change that brought a document to today's form of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Modernised {
    /// A field has another name now.
    Renamed {
        /// Where it is now, as a JSON pointer.
        pointer: String,
        /// The name that it had.
        from: String,
    },
    /// A required field was given its default.
    Filled {
        /// The field's place, as a JSON pointer.
        pointer: String,
    },
    /// A field that the kind no longer has was left out.
    LeftOut {
        /// The place where it was, as a JSON pointer.
        pointer: String,
    },
}

impl fmt::Display for Modernised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Renamed { pointer, from } => write!(f, "{pointer} was called {from}"),
            Self::Filled { pointer } => write!(f, "{pointer} has its default"),
            Self::LeftOut { pointer } => write!(f, "{pointer} is left out"),
        }
    }
}

impl KindSchema {
    /// Gives fields of an earlier version of this kind their current names, and returns which. What has no earlier name
    /// stays as it is, valid or not, so that no content is lost.
    pub fn rename(&self, document: &mut Value) -> Vec<Modernised> {
        let mut done = Vec::new();
        self.tree.walk_mut(document, Marks::BEFORE, &mut |node, value, trail| {
            let Some(fields) = value.as_object_mut() else { return };
            rename_fields(node, fields, &trail.pointer(), &mut done);
        });
        done
    }

    /// Whether fields of this kind, anywhere in its documents, once had other names or may be filled in.
    pub fn has_earlier_forms(&self) -> bool {
        self.tree.has_any(Marks::BEFORE)
    }

    /// A translation's document with its texts at their current addresses; none if all of them are there already.
    pub fn with_addresses_renamed(&self, document: &Value) -> Option<Value> {
        let translation = Translation::parse(document).ok()?;
        let renamed = translation.clone().renamed(self);
        (renamed != translation).then(|| renamed.to_document())
    }

    /// Brings a document of an earlier version of this kind to today's names, and gives it the defaults of required
    /// fields; returns whether that changed it. Unlike [`KindSchema::modernise`] it leaves nothing out.
    pub fn bring(&self, document: &mut Value) -> bool {
        let mut is_changed = !self.rename(document).is_empty();
        if is_changed || !self.is_valid(document) {
            is_changed |= !self.fill(document).is_empty();
        }
        is_changed
    }

    fn fill(&self, document: &mut Value) -> Vec<Modernised> {
        let mut done = Vec::new();
        self.tree.walk_mut(document, Marks::BEFORE, &mut |node, value, trail| {
            let Some(fields) = value.as_object_mut() else { return };
            for (name, default) in &node.defaults {
                if !fields.contains_key(&**name) {
                    fields.insert(name.to_string(), default.clone());
                    let pointer = pointer::joined(&trail.pointer(), name);
                    done.push(Modernised::Filled { pointer });
                }
            }
        });
        done
    }

    /// Brings a document of an earlier version of this kind to today's, as far as the kind says how, and returns what
    /// was done. What can't be converted is left to [`KindSchema::validate`].
    pub fn modernise(&self, document: &mut Value) -> Vec<Modernised> {
        let mut done = Vec::new();
        if self.validate(document).is_empty() {
            return done;
        }
        done.extend(self.rename(document));
        done.extend(self.fill(document));
        for violation in self.validate(document) {
            if violation.code == ViolationCode::UnknownField
                && remove(document, &violation.pointer).is_some()
            {
                done.push(Modernised::LeftOut { pointer: violation.pointer });
            }
        }
        done
    }
}

/// Gives the fields of one object their current names.
fn rename_fields(
    node: &Node,
    fields: &mut Map<String, Value>,
    at: &str,
    done: &mut Vec<Modernised>,
) {
    for (was, name) in &node.was {
        if fields.contains_key(&**name) || node.declared.contains(was) {
            continue;
        }
        let Some(value) = fields.remove(&**was) else { continue };
        fields.insert(name.to_string(), value);
        done.push(Modernised::Renamed {
            pointer: pointer::joined(at, name),
            from: was.to_string(),
        });
    }
}

/// Removes a field from its object and returns it.
fn remove(document: &mut Value, at: &str) -> Option<Value> {
    let (above, name) = at.rsplit_once('/')?;
    document.pointer_mut(above)?.as_object_mut()?.remove(&*pointer::unescaped(name)?)
}
