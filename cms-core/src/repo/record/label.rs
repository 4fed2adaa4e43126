//! Labels: what people write about the tokens and links that they make. They may say who somebody is, so they go with the
//! person, while the records stay.

use serde_json::{Map, Value};

use super::{Record, put_record};
use crate::{
    engine::{Expected, Swap},
    model::name::Person,
    repo::ground::{error::StoreError, repository::Repository, stamp::Stamp},
};

/// The beginning of the names of the groups of tokens.
pub(in crate::repo) const TOKENS: &str = "token/";
/// The beginning of the names of the groups of links that show a draft.
pub(in crate::repo) const SHARES: &str = "share/";

/// The member of a record that holds its label.
const LABEL: &str = "label";
/// The members of a record that name the person for whom it stands, and the one who made it.
const PEOPLE: [&str; 2] = ["person", "created_by"];

impl Repository {
    /// Empties the labels of the tokens and links that stand for a person or that they made. It may be done twice.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read or written.
    pub(in crate::repo) fn forget_labels(
        &self,
        person: &Person,
        stamp: &Stamp,
    ) -> Result<(), StoreError> {
        for prefix in [TOKENS, SHARES] {
            for record in self.stored_records::<Map<String, Value>>(prefix)? {
                self.forget_label(record, person, stamp)?;
            }
        }
        Ok(())
    }

    /// Empties one label; a record that was changed meanwhile is read again.
    fn forget_label(
        &self,
        mut record: Record<Map<String, Value>>,
        person: &Person,
        stamp: &Stamp,
    ) -> Result<(), StoreError> {
        while let Some(swap) = without_label(&record, person) {
            let own = stamp.apart(&format!("{} {}", record.cell, record.version));
            if self.swap_records(own.operation, vec![swap], None)?.is_some() {
                return Ok(());
            }
            match self.stored_record(record.cell)? {
                Some(newer) => record = newer,
                None => return Ok(()),
            }
        }
        Ok(())
    }
}

/// The swap that empties a label; `None` when it is empty or another person's.
fn without_label(record: &Record<Map<String, Value>>, person: &Person) -> Option<Swap> {
    let text = |name: &str| record.value.get(name).and_then(Value::as_str).unwrap_or_default();
    let is_theirs = PEOPLE.iter().any(|name| *person == *text(name));
    if !is_theirs || text(LABEL).is_empty() {
        return None;
    }
    let mut value = record.value.clone();
    value.insert(LABEL.to_owned(), Value::String(String::new()));
    Some(put_record(record.cell.clone(), Expected::Version(record.version), &value))
}
