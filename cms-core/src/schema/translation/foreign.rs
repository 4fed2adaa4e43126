//! Which parts of a delivered document are in another language than the document, which it states for eyes and for
//! screen readers.
//!
//! Invariants:
//! 1. What has no words is in no language.

use std::{collections::HashSet, convert::Infallible};

use serde_json::Value;

use super::{Translation, Untranslated, deliver::translate};
use crate::{
    model::key::Locale,
    schema::{kind::KindSchema, segments::UnitId},
};

/// The field of a delivered element that names its language when that is not the document's.
pub const LOCALE: &str = "locale";

/// Which parts of a document are in the language of its source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Foreign {
    /// Elements that are translated as a whole.
    pub units: Vec<UnitId>,
    /// Texts outside of units, as JSON pointers, in the order of the document.
    pub texts: Vec<String>,
}

impl Foreign {
    /// Everything in a source that has words, as learners of another language see it.
    pub fn all(kind: &KindSchema, source: &Value) -> Self {
        let mut none = std::iter::empty::<Result<Value, Infallible>>();
        let nothing = Translation::default();
        let Ok(delivered) = translate(kind, source, &mut none, &nothing, Untranslated::Source);
        delivered.foreign()
    }
}

impl KindSchema {
    /// Writes the language of units into them; a unit that has its own field of that name keeps it.
    pub fn name_language(&self, document: &mut Value, units: &[UnitId], language: &Locale) {
        let units: HashSet<&UnitId> = units.iter().collect();
        for field in self.fields.units.iter().filter(|_| !units.is_empty()) {
            let node = self.tree.field(self.tree.root(), field);
            let Some(key) = node.and_then(|node| node.key.as_deref()) else { continue };
            let elements = document.get_mut(&**field).and_then(Value::as_array_mut);
            for element in elements.into_iter().flatten().filter_map(Value::as_object_mut) {
                let unit = element.get(key).and_then(Value::as_str);
                let unit = unit.map(|key| UnitId::new(field, key));
                if unit.is_some_and(|unit| units.contains(&unit)) {
                    element.entry(LOCALE).or_insert_with(|| language.as_str().into());
                }
            }
        }
    }
}
