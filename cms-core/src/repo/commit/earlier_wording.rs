//! A source text that returns to an earlier wording takes the translation that was made for that wording.
//!
//! So everything that brings a source back (an edit, a restored revision, a revert, a merge, an import) brings its
//! translations back too, and nobody has to know that they once existed.
//!
//! Invariants:
//! 1. Only texts that a change alters are looked at, and only in translations that the change leaves alone.
//! 2. A translation that fits is never replaced.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
};

use rayon::prelude::*;
use serde_json::Value;

use super::prepared::{After, NewDocument, Prepared};
use crate::repo::{
    content::{
        catalogue::{self, CatalogueRow},
        kinds::{KindInForce, Kinds},
    },
    ground::{error::StoreError, repository::Repository},
};
use crate::{
    model::{
        commit::Commit,
        document::Document,
        id::{DocumentId, RevisionId},
        key::EntryKey,
    },
    schema::{segments::Address, translation::Translation},
};

/// Most revisions of a translation that are searched for an earlier wording.
const LOOKED_THROUGH_MAX: usize = 64;

/// Texts of a source that a change altered, by address.
type Texts = BTreeMap<Address, String>;

impl Repository {
    /// The translations that return to an earlier wording because their sources changed.
    pub(in crate::repo) fn earlier_wordings(
        &self,
        kinds: &Kinds<'_>,
        base: &Commit,
        changes: &[&Prepared],
    ) -> Result<Vec<Prepared>, StoreError> {
        let changed: HashSet<&EntryKey> = changes.iter().map(|change| &change.key).collect();
        let sources: Vec<&&Prepared> = changes
            .iter()
            .filter(|change| change.key.locale().is_none() && change.before.is_some())
            .collect();
        let brought = sources
            .par_iter()
            .map(|change| self.brought_back(kinds, base, change, &changed))
            .collect::<Result<Vec<_>, StoreError>>()?;
        Ok(brought.into_iter().flatten().collect())
    }

    fn brought_back(
        &self,
        kinds: &Kinds<'_>,
        base: &Commit,
        change: &Prepared,
        changed: &HashSet<&EntryKey>,
    ) -> Result<Vec<Prepared>, StoreError> {
        let mut rows: Vec<(EntryKey, CatalogueRow, DocumentId)> = Vec::new();
        let prefix = change.key.translations_prefix();
        for row in catalogue::with_prefix(&*self.source, base.catalogue, &prefix)? {
            let (key, value) = row?;
            let row = catalogue::decoded_row(&key, &value)?;
            let key = catalogue::decoded_key(&key)?;
            if let Some(document) = row.document().filter(|_| !changed.contains(&key)) {
                rows.push((key, row, document));
            }
        }
        let (false, Some(kind)) = (rows.is_empty(), kinds.get(change.key.kind())?) else {
            return Ok(Vec::new());
        };
        let moved = self.moved_texts(&kind, change)?;
        if moved.is_empty() {
            return Ok(Vec::new());
        }
        let mut brought = Vec::new();
        for (key, row, document) in rows {
            let Ok(translation) = Translation::parse(&self.document(document)?) else { continue };
            let mut translation = translation.renamed(&kind.schema);
            if !self.take_earlier(&kind, &mut translation, row.revision, &moved)? {
                continue;
            }
            let mut prepared = Prepared::new(key, Some(row), kind.document);
            prepared.after =
                After::Document(NewDocument::Unwritten(Document::of(translation.to_document())));
            self.know_facts(kinds, &mut prepared)?;
            brought.push(prepared);
        }
        Ok(brought)
    }

    /// The texts of an entry that a change gives another wording.
    fn moved_texts(&self, kind: &KindInForce, change: &Prepared) -> Result<Texts, StoreError> {
        let Some(after) = self.document_after(change)? else { return Ok(Texts::new()) };
        let before = match change.before {
            Some(row) => self.stand_in(&row)?.map(|id| self.stored_document(id)).transpose()?,
            None => None,
        };
        let before = before.map(|document| kind.under_its_names(document));
        let before = before.as_deref().unwrap_or(&Value::Null);
        let were: HashMap<Address, Cow<'_, str>> = kind
            .schema
            .segments(before)
            .into_iter()
            .map(|segment| (segment.address, segment.text))
            .collect();
        let now = kind.schema.segments(&after).into_iter();
        let moved = now.filter(|segment| were.get(&segment.address) != Some(&segment.text));
        Ok(moved.map(|segment| (segment.address, segment.text.into_owned())).collect())
    }

    /// Takes texts from earlier revisions of a translation where its current texts do not fit; returns whether there
    /// were any.
    fn take_earlier(
        &self,
        kind: &KindInForce,
        translation: &mut Translation,
        newest: RevisionId,
        moved: &Texts,
    ) -> Result<bool, StoreError> {
        let mut waiting: Vec<(&Address, &String)> = moved
            .iter()
            .filter(|(address, text)| translation.fitting(address, text).is_none())
            .collect();
        let (mut queue, mut seen) = (VecDeque::from([newest]), HashSet::from([newest]));
        let mut is_changed = false;
        while let Some(id) = queue.pop_front() {
            if waiting.is_empty() || seen.len() > LOOKED_THROUGH_MAX {
                break;
            }
            let revision = self.revision(id)?;
            queue.extend(revision.parents.into_iter().filter(|parent| seen.insert(*parent)));
            let Some(document) = revision.state.document() else { continue };
            let Ok(earlier) = Translation::parse(&self.document(document)?) else { continue };
            let earlier = earlier.renamed(&kind.schema);
            waiting.retain(|(address, text)| match earlier.fitting(address, text) {
                Some(translated) => {
                    translation.set((*address).clone(), text, translated);
                    is_changed = true;
                    false
                }
                None => true,
            });
        }
        Ok(is_changed)
    }
}
