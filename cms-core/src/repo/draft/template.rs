//! Templates: entries that name another one as the model for new entries.
//!
//! A kind says by `x-template` that its entries are templates. The core knows no such kind by name.
//!
//! Invariants:
//! 1. An entry made from a template is a copy: later changes of the model or the template do not change it.
//! 2. A template is read in the draft where its copy is made, so that everything it links to exists there too.

use serde::Serialize;
use serde_json::Value;

use super::{
    DraftId,
    entries::{Copied, CopyDepth, DraftEntries, EntryError, PlaceIn},
};
use crate::{
    map,
    model::{
        document::Document,
        key::{EntryKey, Kind},
    },
    repo::{
        content::{
            catalogue::{decoded_key, decoded_row},
            kinds::Kinds,
            state::State,
        },
        draft::Drafts,
        ground::{error::StoreError, stamp::Stamp},
    },
    schema::slug,
};

/// A template in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TemplateRow {
    /// The template.
    pub key: EntryKey,
    /// Its title.
    pub title: Option<String>,
    /// What else its kind says about it in short (`x-summary`).
    pub summary: Value,
    /// The model: the entry that is copied.
    pub entry: EntryKey,
}

/// A new entry to make from a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FromTemplate {
    /// The template.
    pub template: EntryKey,
    /// Whether to copy also what the model contains.
    pub depth: CopyDepth,
    /// The new entry's title.
    pub title: String,
    /// Its slug, in any form; `None` to derive it from the title.
    pub slug: Option<String>,
    /// Where to put it; `None` for nowhere.
    pub into: Option<PlaceIn>,
}

impl Drafts<'_> {
    /// The templates of a state whose keys are above this one, ascending by key, at most `rows_max`; with a kind, only
    /// those that make entries of it.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn templates(
        &self,
        state: &State,
        makes: Option<&Kind>,
        after: Option<&EntryKey>,
        rows_max: usize,
    ) -> Result<Vec<TemplateRow>, StoreError> {
        let roots = self.repository.roots(state)?;
        let kinds = Kinds::at(self.repository, roots.catalogue);
        let mut rows = Vec::new();
        let start = after.map(EntryKey::encode).unwrap_or_default();
        for name in kinds.names()? {
            let Some(kind) = kinds.get(&name)?.filter(|kind| kind.schema.is_template()) else {
                continue;
            };
            let prefix = EntryKey::kind_prefix(&name);
            for row in
                map::entries(&*self.repository.source, roots.catalogue, (&start).max(&prefix))?
            {
                let (key, value) = row?;
                if !key.starts_with(&prefix) {
                    break;
                }
                if key == start {
                    continue;
                }
                let row = decoded_row(&key, &value)?;
                let key = decoded_key(&key)?;
                let Some(document) = row.document().filter(|_| key.locale().is_none()) else {
                    continue;
                };
                let document = self.repository.document(document)?;
                let Some(entry) = kind.schema.model(&document) else { continue };
                if makes.is_some_and(|kind| kind != entry.kind()) {
                    continue;
                }
                if rows.len() == rows_max {
                    return Ok(rows);
                }
                let title = kind.schema.title(&document).map(str::to_owned);
                let summary = Value::Object(kind.schema.summary(&document));
                rows.push(TemplateRow { key, title, summary, entry });
            }
        }
        Ok(rows)
    }

    /// What [`Self::create_from_template`] made under this stamp, in the state of its commit: the model and its copy;
    /// `None` when that state has no such template.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn made_from_template(
        &self,
        state: &State,
        template: &EntryKey,
        stamp: &Stamp,
    ) -> Result<Option<(EntryKey, EntryKey)>, StoreError> {
        let Some(shown) = self.repository.history().show(state, template)? else { return Ok(None) };
        let kinds = Kinds::at(self.repository, self.repository.roots(state)?.catalogue);
        let kind = kinds.get(template.kind())?;
        let model = shown.document.zip(kind).and_then(|(doc, kind)| kind.schema.model(&doc));
        Ok(model.map(|model| {
            let copy = self.fresh_key(model.kind(), stamp, 0);
            (model, copy)
        }))
    }

    /// Makes a new entry from a template: copies its model under a new id, alone or with everything that it contains,
    /// gives the copy its title and slug, and puts it where asked. All of this is one commit of the draft.
    ///
    /// # Errors
    /// [`EntryError`]; nothing is made.
    pub fn create_from_template(
        &self,
        draft: &DraftId,
        new: &FromTemplate,
        stamp: &Stamp,
    ) -> Result<Copied, EntryError> {
        let slug = match &new.slug {
            Some(slug) => slug::normalise(slug),
            None => slug::of_title(&new.title),
        };
        let mut made = None;
        let committed = self.edit(draft, stamp, &mut |entries| {
            let model = model(entries, &new.template)?;
            let copies = self.copies(entries, &model, new.depth, stamp)?;
            entries.put_copies(&copies)?;
            let copy = copies[&model].clone();
            if let Some(kind) = entries.kinds.get(model.kind())? {
                let document = entries.document(&copy)?;
                let document = kind.schema.with_title(&document, &new.title);
                let document = match (&slug, kind.schema.slug_pointer()) {
                    (Some(slug), _) => kind.schema.with_slug(&document, slug),
                    (None, None) => document,
                    (None, Some(_)) => {
                        let reason =
                            "no slug can be made of that: give one with a letter or a digit";
                        let reason = reason.to_owned();
                        return Err(EntryError::Refused { pointer: "/slug", key: None, reason });
                    }
                };
                entries.put(copy.clone(), Document::of(document));
            }
            let translations = entries.put_copied_translations(&copies, Some(&copy), stamp)?;
            if let Some(place) = &new.into {
                entries.put_in(&copy, place)?;
                if new.slug.is_none() {
                    entries.tell_apart(&copy, &place.parent)?;
                }
            }
            made = Some((copy, copies, translations));
            Ok(())
        })?;
        let (key, copies, translations) = made.expect("a commit comes of an edit that ended well");
        Ok(Copied { commit: committed.commit, key, copies, translations })
    }
}

/// The entry that a template of the draft names as its model.
fn model(entries: &DraftEntries<'_>, template: &EntryKey) -> Result<EntryKey, EntryError> {
    let document = entries.document(template)?;
    let kind = entries.kinds.get(template.kind())?;
    let model = kind.and_then(|kind| kind.schema.model(&document));
    model.ok_or_else(|| EntryError::Refused {
        pointer: "/template",
        key: Some(template.clone()),
        reason: format!("{template} is not a template"),
    })
}
