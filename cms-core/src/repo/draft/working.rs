//! Working copies: what is typed and saved but not committed yet, in one cell for each entry.

pub(in crate::repo) mod tag;
pub(in crate::repo) mod trail;
pub(in crate::repo) mod typed;

use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};

use super::{DraftError, DraftId, EDIT_PREFIX};
use crate::repo::{
    content::catalogue::changed_rows,
    draft::working::trail::Trail,
    ground::{error::StoreError, stamp::Stamp},
};
use crate::{
    engine::{
        Cell, CellName, CellQuery, Expected, Group, PAGE_ROWS_MAX, Swap, SwapValue, Transaction,
    },
    model::{
        canonical,
        document::Document,
        id::{CommitId, DocumentId, RevisionId},
        key::EntryKey,
        materialised::{Making, note},
        object::{Object, ObjectKind, Space},
    },
    repo::draft::Drafts,
};

/// Working copies larger than this are stored as objects next to their cell.
const INLINE_SIZE_BYTES_MAX: usize = 256 << 10;
const EDITING_GROUP: &str = "editing/";

/// A working copy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Working {
    /// The entry or translation.
    pub key: EntryKey,
    /// Its document; `None` when the entry is to be deleted.
    pub document: Option<Value>,
    /// The revision that it began from; `None` for a new entry.
    pub base: Option<RevisionId>,
    /// Who saved it last.
    pub author: String,
    /// When it was begun, in milliseconds since 1970-01-01T00:00:00Z.
    pub begun_ms: u64,
    /// When it was last saved, in milliseconds since 1970-01-01T00:00:00Z.
    pub saved_ms: u64,
    /// Its version, against which the next save is made.
    pub version: u64,
}

/// A working copy as it is stored. Its fields are in the order of canonical JSON, because documents are put into it as
/// they are.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::repo) struct StoredWorking {
    pub(in crate::repo) author: String,
    pub(in crate::repo) base: Option<RevisionId>,
    pub(in crate::repo) begun_ms: u64,
    /// What became of the conflict in which the entry was when the copy was begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::repo) conflict: Option<StoredConflict>,
    pub(in crate::repo) content: StoredContent,
    pub(in crate::repo) saved_ms: u64,
    /// How to get back to its earlier texts.
    #[serde(default, skip_serializing_if = "Trail::is_empty")]
    pub(in crate::repo) trail: Trail,
}

/// What a working copy leaves of a conflict.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::repo) enum StoredConflict {
    /// Nothing is left of it.
    Settled,
    /// Nobody has decided yet where the copy differs from these.
    Left {
        /// What both sides had before.
        base: StoredContent,
        /// What the other side has.
        theirs: StoredContent,
    },
}

/// What a working copy makes of its entry.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::repo) enum StoredContent {
    /// This document, as canonical JSON.
    Document(Box<RawValue>),
    /// The document with this id.
    Beside(DocumentId),
    /// The entry goes into the trash.
    Deleted,
}

/// Someone else who works on an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OtherEditor {
    /// The draft in which they work on it.
    pub draft: DraftId,
    /// The draft's title.
    pub title: String,
    /// Who began to edit the entry in that draft.
    pub author: String,
    /// When they began, in milliseconds since 1970-01-01T00:00:00Z.
    pub since_ms: u64,
}

#[derive(Serialize, Deserialize)]
struct StoredEditing {
    author: String,
    since_ms: u64,
}

impl StoredWorking {
    pub(in crate::repo) fn of(name: &CellName, cell: &Cell) -> Result<Self, StoreError> {
        serde_json::from_slice(&cell.value)
            .map_err(|_| StoreError::Row { what: format!("the working copy {name}") })
    }

    /// The cell's value, and the document that is stored next to it if it is large.
    pub(in crate::repo) fn encode(mut self) -> (SwapValue, Vec<(Space, Object)>) {
        let mut beside = Vec::new();
        let mut contents = vec![&mut self.content];
        if let Some(StoredConflict::Left { base, theirs }) = &mut self.conflict {
            contents.extend([base, theirs]);
        }
        for content in contents {
            let StoredContent::Document(text) = content else { continue };
            if text.get().len() > INLINE_SIZE_BYTES_MAX {
                let object = Object::new(ObjectKind::Document, text.get().to_owned());
                *content = StoredContent::Beside(DocumentId::from_object_id(object.id()));
                beside.push((Space::Source, object));
            }
        }
        let bytes = serde_json::to_vec(&self).expect("a working copy is JSON");
        note(Making::Written, bytes.len());
        (SwapValue::Put(bytes.into()), beside)
    }
}

pub(in crate::repo) fn edit_cell(draft: &DraftId, key: &EntryKey) -> Result<CellName, StoreError> {
    draft.cell(&format!("{EDIT_PREFIX}{key}"))
}

pub(in crate::repo) fn edited_key(name: &CellName) -> Option<EntryKey> {
    name.name().strip_prefix(EDIT_PREFIX)?.parse().ok()
}

fn editing_group(key: &EntryKey) -> Result<Group, StoreError> {
    format!("{EDITING_GROUP}{key}")
        .parse()
        .map_err(|_| StoreError::Row { what: format!("the editors of {key}") })
}

fn editing_cell(key: &EntryKey, draft: &DraftId) -> Result<CellName, StoreError> {
    editing_group(key)?
        .cell(draft.as_str())
        .map_err(|_| StoreError::Row { what: format!("the editors of {key}") })
}

impl StoredContent {
    pub(in crate::repo) fn of_document(document: Option<&Document>) -> Self {
        let raw = |document: &Document| {
            RawValue::from_string(document.text().to_owned()).expect("canonical JSON is JSON")
        };
        document.map_or(Self::Deleted, |document| Self::Document(raw(document)))
    }
}

impl Drafts<'_> {
    pub(in crate::repo) fn working_document(
        &self,
        content: &StoredContent,
    ) -> Result<Option<Document>, StoreError> {
        match content {
            StoredContent::Document(text) => {
                let object = Object::new(ObjectKind::Document, text.get().to_owned());
                let malformed = |_| StoreError::Row { what: "a working copy".to_owned() };
                Document::stored(object).map(Some).map_err(malformed)
            }
            StoredContent::Beside(id) => self.repository.stored_document(*id).map(Some),
            StoredContent::Deleted => Ok(None),
        }
    }

    /// The text of a working copy's content; empty for the trash.
    pub(in crate::repo) fn working_text(
        &self,
        content: &StoredContent,
    ) -> Result<String, StoreError> {
        match content {
            StoredContent::Document(text) => Ok(text.get().to_owned()),
            StoredContent::Beside(id) => self.repository.document_text(*id),
            StoredContent::Deleted => Ok(String::new()),
        }
    }

    pub(in crate::repo) fn stored_working(
        &self,
        draft: &DraftId,
        key: &EntryKey,
    ) -> Result<Option<(StoredWorking, u64)>, StoreError> {
        let name = edit_cell(draft, key)?;
        let Some(cell) = self.repository.engine.cell(&name)? else { return Ok(None) };
        Ok(Some((StoredWorking::of(&name, &cell)?, cell.version)))
    }

    /// The working copy of an entry in a draft; `None` when nobody has saved one since the last commit.
    ///
    /// # Errors
    /// [`DraftError::Unknown`], or the store can't be read.
    pub fn working(&self, draft: &DraftId, key: &EntryKey) -> Result<Option<Working>, DraftError> {
        self.record(draft)?;
        let Some((stored, version)) = self.stored_working(draft, key)? else { return Ok(None) };
        Ok(Some(Working {
            key: key.clone(),
            document: self.working_document(&stored.content)?.map(Document::into_value),
            base: stored.base,
            author: stored.author,
            begun_ms: stored.begun_ms,
            saved_ms: stored.saved_ms,
            version,
        }))
    }

    /// An entry's document as a draft has it, working copy first; `None` when it does not exist or is in the trash.
    ///
    /// # Errors
    /// [`DraftError::Unknown`], or the store can't be read.
    pub fn document(&self, draft: &DraftId, key: &EntryKey) -> Result<Option<Value>, DraftError> {
        self.record(draft)?;
        Ok(self.standing(draft, key)?.document()?.map(Document::into_value))
    }

    /// The people who work on an entry in other open drafts.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn editors(
        &self,
        key: &EntryKey,
        except: Option<&DraftId>,
    ) -> Result<Vec<OtherEditor>, StoreError> {
        let group = editing_group(key)?;
        let mut editors = Vec::new();
        let query = CellQuery {
            group_prefix: group.as_str().to_owned(),
            after: None,
            rows_max: PAGE_ROWS_MAX,
        };
        // Groups whose names are longer follow the entry's own.
        for (name, cell) in self.repository.engine.cells(&query)?.rows {
            if *name.group() != group {
                break;
            }
            let Ok(draft) = name.name().parse::<DraftId>() else { continue };
            if except == Some(&draft) {
                continue;
            }
            let Ok(record) = self.record(&draft) else { continue };
            let stored: StoredEditing = serde_json::from_slice(&cell.value)
                .map_err(|_| StoreError::Row { what: format!("the editor {name}") })?;
            editors.push(OtherEditor {
                draft,
                title: record.value.title,
                author: stored.author,
                since_ms: stored.since_ms,
            });
        }
        Ok(editors)
    }

    /// The transaction that lets others know that this draft edits an entry; `None` when it is recorded already.
    pub(in crate::repo) fn tell_editing(
        &self,
        draft: &DraftId,
        key: &EntryKey,
        stamp: &Stamp,
    ) -> Result<Option<Transaction>, StoreError> {
        let cell = editing_cell(key, draft)?;
        if self.repository.engine.cell(&cell)?.is_some() {
            return Ok(None);
        }
        let stored = StoredEditing { author: stamp.author.to_string(), since_ms: stamp.time_ms };
        let value = serde_json::to_value(&stored).expect("an editor is JSON");
        let value = SwapValue::Put(canonical::to_bytes(&value).into());
        Ok(Some(Transaction {
            operation: stamp.step(1 << 32),
            objects: Vec::new(),
            swaps: vec![Swap { cell, expected: Expected::Absent, value }],
            audit: None,
        }))
    }

    /// Lets others know that a draft no longer edits the entries that changed between two commits: the one where it was
    /// begun, and the one where it was closed.
    pub(in crate::repo) fn forget_editing(
        &self,
        draft: &DraftId,
        [begun_from, closed_at]: [CommitId; 2],
        stamp: &Stamp,
    ) -> Result<(), StoreError> {
        let root = |commit| self.repository.commit_of(commit).map(|commit| commit.catalogue);
        let keys = changed_rows(self.repository, root(begun_from)?, root(closed_at)?)?.into_keys();
        let mut batch = Vec::new();
        for (number, key) in keys.enumerate() {
            let key = &key;
            let cell = editing_cell(key, draft)?;
            let Some(known) = self.repository.engine.cell(&cell)? else { continue };
            let expected = Expected::Version(known.version);
            batch.push(Transaction {
                operation: stamp.step((2 << 32) + number as u64),
                objects: Vec::new(),
                swaps: vec![Swap { cell, expected, value: SwapValue::Delete }],
                audit: None,
            });
        }
        for piece in batch.chunks(1000) {
            self.repository.engine.commit(piece.to_vec())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_working_copy_is_stored_as_canonical_json_with_its_documents_as_they_are() {
        let document = |text: &str| Document::parse(text.as_bytes()).unwrap();
        let content = |text: &str| StoredContent::of_document(Some(&document(text)));
        let trail = Trail::default().lengthened(4, r#"{"a":"\u0007é"}"#, r#"{"a":1}"#);
        let typed = r#"{"b": [1.50, "\u000b\u2028/"], "a": {"\ud83d\ude00": null}}"#;
        let left = StoredConflict::Left { base: StoredContent::Deleted, theirs: content("{}") };
        for conflict in [None, Some(StoredConflict::Settled), Some(left)] {
            let stored = StoredWorking {
                author: "ana \"the\" first\n".to_owned(),
                base: Some(RevisionId::of(b"r")),
                begun_ms: 1,
                conflict,
                content: content(typed),
                saved_ms: 1_700_000_000_000,
                trail: trail.clone(),
            };
            let (SwapValue::Put(bytes), beside) = stored.encode() else { panic!("it is put") };
            assert!(beside.is_empty());
            let value = canonical::parse(&bytes).unwrap();
            assert_eq!(canonical::to_bytes(&value), bytes);
            assert_eq!(value["content"]["document"], *document(typed).value());
        }
    }
}
