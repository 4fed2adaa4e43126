//! Batch edits: the same steps over many entries, tried first and then done as one commit.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    DraftId,
    entries::{DraftEntries, EntryError},
};
use crate::{
    document::{DocumentDiff, Shape, diff},
    model::{document::Document, id::CommitId, key::EntryKey, pointer},
    repo::{branch::branch_head, draft::Drafts, ground::stamp::Stamp},
    schema::{ContentEngines, KindSchema, Violation},
};

/// Most entries of one batch.
pub const BATCH_ENTRIES_MAX: usize = 5000;

/// One step of a batch, done to each entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum BatchStep {
    /// Gives the value at a JSON pointer; the parent of the value must exist.
    Set {
        /// The JSON pointer.
        pointer: String,
        /// The new value.
        value: Value,
    },
    /// Removes the value at a JSON pointer, if there is one.
    Remove {
        /// The JSON pointer.
        pointer: String,
    },
    /// Renames a field, if it exists.
    Rename {
        /// The field's JSON pointer.
        pointer: String,
        /// The field's new name.
        to: String,
    },
    /// Replaces a text everywhere in the texts of the document.
    ReplaceText {
        /// The text to find, exactly.
        find: String,
        /// The text that replaces it.
        replace: String,
    },
    /// Brings the elements that an engine understands into today's form; their content stays as it is written.
    Migrate,
}

/// What a batch does to one entry.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BatchRow {
    /// The entry.
    pub key: EntryKey,
    /// What changes.
    pub diff: DocumentDiff,
    /// What would be wrong with the changed entry.
    pub violations: Vec<Violation>,
}

/// What a batch did, or would do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BatchReport {
    /// The draft's new commit; `None` for a trial.
    pub commit: Option<CommitId>,
    /// The entries that change.
    pub rows: Vec<BatchRow>,
    /// How many entries stay as they are.
    pub unchanged_count: u64,
}

impl BatchStep {
    /// The document of a kind after this step.
    fn apply(
        &self,
        document: &mut Value,
        kind: Option<&KindSchema>,
        engines: &ContentEngines,
    ) -> Result<(), String> {
        match self {
            Self::Migrate => {
                let places = kind.map(KindSchema::engine_places).unwrap_or_default();
                for place in places {
                    place.migrate(document, engines).map_err(|fault| fault.to_string())?;
                }
            }
            Self::Set { pointer, value } => {
                let (parent, name) = split(pointer)?;
                match document.pointer_mut(parent) {
                    Some(Value::Object(fields)) => {
                        fields.insert(name, value.clone());
                    }
                    Some(Value::Array(elements)) => {
                        let index = name.parse::<usize>().ok();
                        match index.and_then(|index| elements.get_mut(index)) {
                            Some(element) => *element = value.clone(),
                            None => return Err(format!("there is nothing at {pointer:?}")),
                        }
                    }
                    _ => return Err(format!("there is nothing at {parent:?}")),
                }
            }
            Self::Remove { pointer } => {
                let (parent, name) = split(pointer)?;
                match document.pointer_mut(parent) {
                    Some(Value::Object(fields)) => drop(fields.remove(&name)),
                    Some(Value::Array(elements)) => {
                        if let Some(index) =
                            name.parse::<usize>().ok().filter(|index| *index < elements.len())
                        {
                            elements.remove(index);
                        }
                    }
                    _ => {}
                }
            }
            Self::Rename { pointer, to } => {
                let (parent, name) = split(pointer)?;
                if let Some(Value::Object(fields)) = document.pointer_mut(parent)
                    && let Some(value) = fields.remove(&name)
                {
                    fields.insert(to.clone(), value);
                }
            }
            Self::ReplaceText { find, replace } => {
                if find.is_empty() {
                    return Err("the text to find is empty".to_owned());
                }
                replace_text(document, find, replace);
            }
        }
        Ok(())
    }
}

/// A pointer's parent, and the last name in it.
fn split(pointer: &str) -> Result<(&str, String), String> {
    let (parent, name) =
        pointer.rsplit_once('/').ok_or_else(|| format!("{pointer:?} leads to no field"))?;
    let name = pointer::unescaped(name)
        .ok_or_else(|| format!("{pointer:?} has a `~` that is followed by neither 0 nor 1"))?;
    Ok((parent, name.into_owned()))
}

fn replace_text(value: &mut Value, find: &str, replace: &str) {
    match value {
        Value::String(text) if text.contains(find) => *text = text.replace(find, replace),
        Value::Array(elements) => {
            elements.iter_mut().for_each(|element| replace_text(element, find, replace));
        }
        Value::Object(fields) => {
            fields.values_mut().for_each(|field| replace_text(field, find, replace));
        }
        _ => {}
    }
}

impl Drafts<'_> {
    /// Does steps to each of the given entries of a draft, as one commit; a trial only reports what that would do.
    ///
    /// # Errors
    /// [`EntryError`]; nothing is changed.
    pub fn batch(
        &self,
        draft: &DraftId,
        keys: &[EntryKey],
        steps: &[BatchStep],
        is_trial: bool,
        stamp: &Stamp,
    ) -> Result<BatchReport, EntryError> {
        if keys.len() > BATCH_ENTRIES_MAX {
            let reason = format!("a batch has at most {BATCH_ENTRIES_MAX} entries");
            return Err(EntryError::Refused { pointer: "/keys", key: None, reason });
        }
        if is_trial {
            self.record_for(draft, &stamp.author)?;
            let head = branch_head(self.repository, &draft.branch())?;
            let head = head.ok_or_else(|| self.not_open(draft))?;
            let mut entries = self.entries(head.commit)?;
            return self.try_batch(&mut entries, Some(draft), keys, steps);
        }
        let mut report = BatchReport { commit: None, rows: Vec::new(), unchanged_count: 0 };
        let committed = self.edit(draft, stamp, &mut |entries| {
            report = self.try_batch(entries, None, keys, steps)?;
            Ok(())
        });
        match committed {
            Ok(committed) => report.commit = Some(committed.commit),
            Err(EntryError::NothingChanged) => {}
            Err(error) => return Err(error),
        }
        Ok(report)
    }

    fn try_batch(
        &self,
        entries: &mut DraftEntries<'_>,
        draft: Option<&DraftId>,
        keys: &[EntryKey],
        steps: &[BatchStep],
    ) -> Result<BatchReport, EntryError> {
        let mut report = BatchReport { commit: None, rows: Vec::new(), unchanged_count: 0 };
        for key in keys {
            // A trial commits nothing, so it reads working copies itself.
            let before = match draft {
                Some(draft) => match self.document(draft, key)? {
                    Some(document) => document,
                    None if self.is_in_trash(draft, key)? => {
                        return Err(EntryError::InTrash { key: key.clone() });
                    }
                    None => return Err(EntryError::Unknown { key: key.clone() }),
                },
                None => entries.document(key)?.into_value(),
            };
            let kind = match key.locale() {
                None => entries.kinds.get(key.kind())?,
                Some(_) => None,
            };
            let mut after = before.clone();
            for step in steps {
                let schema = kind.as_ref().map(|kind| &*kind.schema);
                step.apply(&mut after, schema, &self.repository.engines).map_err(|reason| {
                    let reason = format!("{key}: {reason}");
                    EntryError::Refused { pointer: "/steps", key: Some(key.clone()), reason }
                })?;
            }
            if before == after {
                report.unchanged_count += 1;
                continue;
            }
            let violations = self.repository.violations(&entries.kinds, key, &after)?;
            let shape = kind.as_ref().map_or(Shape::Inferred, |kind| Shape::Kind(&kind.schema));
            report.rows.push(BatchRow {
                key: key.clone(),
                diff: diff(shape, &before, &after),
                violations,
            });
            entries.put(key.clone(), Document::of(after));
        }
        Ok(report)
    }
}
