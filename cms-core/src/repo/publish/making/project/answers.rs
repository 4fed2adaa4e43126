//! Answers: what a delivered document withholds, and the rubrics that are kept for it.
//!
//! Where a channel withholds answers, an element that an engine understands is delivered without them. The whole
//! element stays among the authors' objects as a *rubric*, and the delivered element names it. An attempt is scored by
//! the rubric of exactly the revision that was delivered, whatever was published since.
//!
//! Invariants:
//! 1. A rubric's id says nothing about the answers: the rubric holds a salt made with the repository's secret, so that
//!    nobody can find the answers by trying which ones hash to the id. Other answers give another id, even where
//!    nothing else differs.
//! 2. Nothing is scored by a rubric that was not made here: its salt is checked when it is read.
//! 3. When the engine is missing or fails, nothing is delivered, and never the complete element.
//! 4. Entries that only the withheld part of an element shows (the picture of a hint) are stored with its rubric, as
//!    they were when the element was delivered, and are given with the hint.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    model::{key::EntryKey, object::Object},
    repo::{
        delivered::rubric::{RUBRIC, Rubric, salt},
        ground::{error::StoreError, repository::Repository},
    },
    schema::{ContentFault, KindSchema, Link, Role, Violation},
};

/// A document ready for delivery, and the rubrics that are kept for it.
pub(in crate::repo) struct Public {
    pub(in crate::repo) document: Value,
    pub(in crate::repo) rubrics: Vec<Object>,
}

/// A document without its answers, before its elements name their rubrics.
pub(in crate::repo) struct Withholding {
    pub(in crate::repo) document: Value,
    pub(in crate::repo) kept: Vec<KeptBack>,
}

/// What is withheld of one element.
pub(in crate::repo) struct KeptBack {
    /// The JSON pointer of the element.
    place: String,
    rubric: Rubric,
    /// The entries that the complete element shows and its delivered part does not.
    pub(in crate::repo) hidden: Vec<EntryKey>,
}

impl KeptBack {
    /// Whether the complete element shows no other entry.
    pub(in crate::repo) fn is_without_pictures(&self) -> bool {
        self.rubric.embeds.is_empty()
    }
}

/// Returns the delivered documents of some entries, and of the entries that those show.
pub(in crate::repo) type Given<'g> =
    &'g mut dyn FnMut(&[EntryKey]) -> Result<BTreeMap<EntryKey, Value>, StoreError>;

impl Withholding {
    /// The document with its rubrics named in it, and the rubrics with the entries that are given with them.
    pub(in crate::repo) fn sealed(
        self,
        secret: &[u8; 32],
        given: Given<'_>,
    ) -> Result<Public, StoreError> {
        let Self { mut document, kept } = self;
        let mut rubrics = Vec::with_capacity(kept.len());
        for KeptBack { place, mut rubric, hidden } in kept {
            if !hidden.is_empty() {
                rubric.shows = given(&hidden)?;
            }
            rubric.salt = salt(secret, &rubric.element, &rubric.shows);
            let rubric = rubric.object();
            if let Some(Value::Object(fields)) = document.pointer_mut(&place) {
                fields.insert(RUBRIC.to_owned(), json!(rubric.id().to_string()));
            }
            rubrics.push(rubric);
        }
        Ok(Public { document, rubrics })
    }
}

impl Repository {
    /// Withholds the answers of a document that is otherwise as learners get it.
    ///
    /// # Errors
    /// The inner error: the violations of the elements that can't be delivered, with pointers into the document. The
    /// outer one: [`StoreError`], also when an engine is busy.
    pub(in crate::repo) fn withhold(
        &self,
        kind: &KindSchema,
        mut document: Value,
    ) -> Result<Result<Withholding, Vec<Violation>>, StoreError> {
        let mut kept = Vec::new();
        let mut violations = Vec::new();
        if kind.engine_places().is_empty() {
            return Ok(Ok(Withholding { document, kept }));
        }
        let embedded = |links: &[Link], below: &str| -> Vec<EntryKey> {
            let embeds = links.iter().filter(|link| link.role == Role::Embeds);
            let shown = embeds.filter(|link| link.pointer.starts_with(below));
            shown.map(|link| link.target.clone()).collect()
        };
        let links = kind.links(&document);
        for place in kind.engine_places() {
            let elements = document.get_mut(&*place.property).and_then(Value::as_array_mut);
            for (position, element) in elements.into_iter().flatten().enumerate() {
                let withheld = place
                    .engine(&self.engines)
                    .and_then(|engine| engine.withhold(&place.form, element));
                let withheld = match withheld {
                    Ok(withheld) => withheld,
                    Err(ContentFault::Busy(detail)) => return Err(StoreError::Busy { detail }),
                    Err(fault) => {
                        violations.extend(place.violations(position, fault));
                        continue;
                    }
                };
                let whole = std::mem::replace(element, Value::Null);
                *element = place.keyed(withheld.element, &whole);
                if withheld.is_keyed {
                    let at = place.pointer(position);
                    let key = whole.get(&*place.key).and_then(Value::as_str);
                    let rubric = Rubric {
                        engine: place.engine.to_string(),
                        form: place.form.to_string(),
                        item: key.unwrap_or_default().to_owned(),
                        embeds: embedded(&links, &format!("{at}/")),
                        shows: BTreeMap::new(),
                        salt: String::new(),
                        element: whole,
                    };
                    kept.push(KeptBack { place: at, rubric, hidden: Vec::new() });
                }
            }
        }
        if !violations.is_empty() {
            return Ok(Err(violations));
        }
        if kept.iter().any(|kept| !kept.rubric.embeds.is_empty()) {
            let left = kind.links(&document);
            for kept in &mut kept {
                let shown = embedded(&left, &format!("{}/", kept.place));
                kept.hidden.extend(kept.rubric.embeds.iter().cloned());
                kept.hidden.retain(|key| !shown.contains(key));
                kept.hidden.sort();
                kept.hidden.dedup();
            }
        }
        Ok(Ok(Withholding { document, kept }))
    }
}
