//! How many elements a document draws from others: a quiz's questions from its exercises.

use serde_json::Value;

use super::kind::{KindSchema, tree::Marks};
use crate::{model::key::EntryKey, schema::role::Role};

/// Some elements that are drawn from an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draw {
    /// The entry that they are drawn from.
    pub from: EntryKey,
    /// How many elements are drawn.
    pub count: u64,
    /// The JSON pointer of the number.
    pub pointer: String,
}

impl KindSchema {
    /// What a document draws (`x-draws`): each number belongs to the entry that is embedded next to it.
    pub fn draws(&self, document: &Value) -> Vec<Draw> {
        let mut numbers = Vec::new();
        self.tree.walk(document, Marks::DRAWS, &mut |_, value, trail| {
            numbers.extend(value.as_u64().map(|count| (trail.pointer(), count)));
        });
        if numbers.is_empty() {
            return Vec::new();
        }
        let links = self.links(document);
        let beside = |pointer: &str| pointer.rsplit_once('/').map(|(above, _)| above.to_owned());
        let draw = |(pointer, count): (String, u64)| {
            let above = beside(&pointer);
            let mut links = links.iter().filter(|link| link.role == Role::Embeds);
            let link = links.find(|link| beside(&link.pointer) == above)?;
            Some(Draw { from: link.target.clone(), count, pointer })
        };
        numbers.into_iter().filter_map(draw).collect()
    }
}
