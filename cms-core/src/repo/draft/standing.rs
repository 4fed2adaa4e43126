//! An entry as a draft has it: its working copy, or what the draft's commits have, with the parts of it that are in
//! conflict.

use serde::Serialize;
use serde_json::Value;

use super::{
    DraftError, DraftId, READ_PREFIX,
    working::{StoredConflict, StoredContent, StoredWorking, Working},
};
use crate::repo::{
    branch::branch_head,
    content::{
        catalogue::{self, CatalogueRow, RowState},
        kinds::Kinds,
    },
    draft::working::{tag::EntryTag, trail::Trail},
    ground::{error::StoreError, repository::Repository},
    record::Record,
};
use crate::{
    document::{DocumentConflict, Sides},
    engine::CellName,
    model::{
        document::Document,
        id::{CommitId, DocumentId, RevisionId},
        key::EntryKey,
        object::{Object, ObjectKind},
        revision::RevisionState,
    },
    repo::draft::Drafts,
};

/// An entry as a draft has it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DraftEntry {
    /// The entry or translation.
    pub key: EntryKey,
    /// The tag that a save based on this document names.
    pub tag: EntryTag,
    /// Its document; it has ours where it is in conflict. `None` when it is in the trash.
    pub document: Option<Value>,
    /// The conflicts that nobody has settled.
    pub conflicts: Vec<DocumentConflict>,
    /// The working copy, with who typed it and when; `None` when this is what the draft's commits have.
    pub working: Option<Working>,
}

/// The texts that an entry had before its working copy was committed.
#[derive(Debug, Clone, Serialize, serde::Deserialize)]
pub(in crate::repo) struct StoredTrail {
    /// The document that was last committed; `None` if that was the trash.
    pub(in crate::repo) of: Option<DocumentId>,
    /// The version of the working copy that was committed.
    pub(in crate::repo) version: u64,
    /// How to get back from it to its earlier texts.
    pub(in crate::repo) trail: Trail,
}

/// What somebody had read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum WasRead {
    /// This document; `None` for no entry.
    Document(Option<Document>),
    /// It is no longer known.
    Forgotten,
}

/// What a draft has under an entry's key.
pub(in crate::repo) struct Standing<'a> {
    repository: &'a Repository,
    pub(super) key: &'a EntryKey,
    pub(in crate::repo) kinds: Kinds<'a>,
    /// The row that the draft's commits have.
    pub(in crate::repo) row: Option<CatalogueRow>,
    /// The working copy, and its version.
    pub(super) working: Option<(StoredWorking, u64)>,
}

pub(in crate::repo) fn trail_cell(draft: &DraftId, key: &EntryKey) -> Result<CellName, StoreError> {
    draft.cell(&format!("{READ_PREFIX}{key}"))
}

/// The document of a text in a trail; the empty text stands for no document.
fn document_of(text: &str) -> Option<Document> {
    let object = || Object::new(ObjectKind::Document, text.to_owned());
    (!text.is_empty()).then(|| Document::stored(object()).expect("canonical JSON is JSON"))
}

impl Standing<'_> {
    /// The tag that a save based on this names.
    pub(super) fn tag(&self) -> EntryTag {
        match (&self.working, self.row) {
            (Some((_, version)), _) => EntryTag::Working(*version),
            (None, Some(row)) => EntryTag::Committed(row.revision),
            (None, None) => EntryTag::Absent,
        }
    }

    /// The document to show: during a conflict the joined one, with ours where the two conflict.
    pub(super) fn document(&self) -> Result<Option<Document>, StoreError> {
        match (&self.working, self.row) {
            (Some((stored, _)), _) => self.repository.drafts().working_document(&stored.content),
            (None, Some(row)) => {
                self.repository.drafts().shown_document(&self.kinds, self.key, row)
            }
            (None, None) => Ok(None),
        }
    }

    /// The terms of the conflict that the entry is in.
    pub(super) fn terms(&self) -> Result<Option<Sides<Option<Document>>>, StoreError> {
        match &self.working {
            Some((stored, _)) => {
                self.repository.drafts().working_terms(&self.kinds, self.key, stored)
            }
            None => match self.row {
                Some(row) => {
                    self.repository.drafts().conflict_terms(&self.kinds, self.key, row.revision)
                }
                None => Ok(None),
            },
        }
    }

    /// Whether no entry exists under the key, not even in the trash.
    pub(super) fn is_free(&self) -> bool {
        self.working.is_none() && self.row.is_none()
    }

    /// Whether it is in the trash, and no working copy takes it out.
    pub(super) fn is_in_trash(&self) -> bool {
        self.working.is_none() && self.row.is_some_and(|row| row.state == RowState::Deleted)
    }
}

impl Drafts<'_> {
    /// Whether an entry is in the trash of a draft, and nobody is about to take it out.
    ///
    /// # Errors
    /// [`DraftError`] when the draft is not open, or the store can't be read.
    pub fn is_in_trash(&self, draft: &DraftId, key: &EntryKey) -> Result<bool, DraftError> {
        Ok(self.standing(draft, key)?.is_in_trash())
    }

    /// An entry as a draft has it, working copy first; `None` when it does not exist or is in the trash.
    ///
    /// # Errors
    /// [`DraftError::Unknown`], or the store can't be read.
    pub fn entry(&self, draft: &DraftId, key: &EntryKey) -> Result<Option<DraftEntry>, DraftError> {
        self.record(draft)?;
        let standing = self.standing(draft, key)?;
        if standing.is_free() || standing.is_in_trash() {
            return Ok(None);
        }
        let conflicts = match standing.terms()? {
            Some(terms) => self.repository.merge_documents(&standing.kinds, key, terms)?.conflicts,
            None => Vec::new(),
        };
        Ok(Some(DraftEntry {
            key: key.clone(),
            tag: standing.tag(),
            document: standing.document()?.map(Document::into_value),
            conflicts,
            working: self.working(draft, key)?,
        }))
    }

    /// What a draft has under an entry's key.
    pub(in crate::repo) fn standing<'a>(
        &'a self,
        draft: &DraftId,
        key: &'a EntryKey,
    ) -> Result<Standing<'a>, DraftError> {
        // The working copy is read first: if it is committed meanwhile, the save notices.
        let working = self.stored_working(draft, key)?;
        let head = branch_head(self.repository, &draft.branch())?;
        let head = head.ok_or_else(|| self.not_open(draft))?;
        Ok(self.standing_at(head.commit, key, working)?)
    }

    fn standing_at<'a>(
        &'a self,
        head: CommitId,
        key: &'a EntryKey,
        working: Option<(StoredWorking, u64)>,
    ) -> Result<Standing<'a>, StoreError> {
        let root = self.repository.commit_of(head)?.catalogue;
        let row = catalogue::row(&*self.repository.source, root, key)?;
        Ok(Standing {
            repository: self.repository,
            key,
            kinds: Kinds::at(self.repository, root),
            row,
            working,
        })
    }

    /// The document that a row shows, joined if it is in conflict; `None` for an entry in the trash.
    pub(in crate::repo) fn shown_document(
        &self,
        kinds: &Kinds<'_>,
        key: &EntryKey,
        row: CatalogueRow,
    ) -> Result<Option<Document>, StoreError> {
        match row.state {
            RowState::Resolved(id) => self.repository.stored_document(id).map(Some),
            RowState::Conflicted => self.revision_document(kinds, key, row.revision),
            RowState::Deleted => Ok(None),
        }
    }

    /// The document that a revision shows, joined if it is in conflict.
    pub(in crate::repo) fn revision_document(
        &self,
        kinds: &Kinds<'_>,
        key: &EntryKey,
        revision: RevisionId,
    ) -> Result<Option<Document>, StoreError> {
        if let Some(terms) = self.conflict_terms(kinds, key, revision)? {
            return Ok(self.repository.merge_documents(kinds, key, terms)?.document);
        }
        self.repository
            .revision(revision)?
            .state
            .document()
            .map(|id| self.repository.stored_document(id))
            .transpose()
    }

    /// The terms of a revision that is in conflict, under the names that fields have today, so that a place has the
    /// same pointer in all terms.
    pub(in crate::repo) fn conflict_terms(
        &self,
        kinds: &Kinds<'_>,
        key: &EntryKey,
        revision: RevisionId,
    ) -> Result<Option<Sides<Option<Document>>>, StoreError> {
        let RevisionState::Conflicted(terms) = self.repository.revision(revision)?.state else {
            return Ok(None);
        };
        let Some(terms) = Sides::of_terms(&terms) else { return Ok(None) };
        let read = |id: Option<_>| {
            let document = id.map(|id| self.repository.stored_document(id)).transpose()?;
            self.repository.under_names_of_today(kinds, key, document)
        };
        terms.try_map(read).map(Some)
    }

    /// The terms of the conflict that a working copy is in; `None` when it is in none, or has settled it.
    pub(in crate::repo) fn working_terms(
        &self,
        kinds: &Kinds<'_>,
        key: &EntryKey,
        stored: &StoredWorking,
    ) -> Result<Option<Sides<Option<Document>>>, StoreError> {
        let read = |content: &StoredContent| self.working_document(content);
        match &stored.conflict {
            Some(StoredConflict::Settled) => Ok(None),
            Some(StoredConflict::Left { base, theirs }) => {
                let terms = Sides { base, ours: &stored.content, theirs };
                let read =
                    |content| self.repository.under_names_of_today(kinds, key, read(content)?);
                terms.try_map(read).map(Some)
            }
            // An earlier program saved this copy; it did not record which places of the conflict the text settles.
            None => {
                let Some(revision) = stored.base else { return Ok(None) };
                let Some(terms) = self.conflict_terms(kinds, key, revision)? else {
                    return Ok(None);
                };
                let typed = read(&stored.content)?;
                let carried = self.repository.carry_document(kinds, key, &terms, &[], typed)?;
                let carried = carried.expect("no place is named as settled");
                Ok((!carried.conflicts.is_empty()).then_some(carried.terms))
            }
        }
    }

    /// What a writer who names this tag had read.
    pub(super) fn was_read(
        &self,
        draft: &DraftId,
        standing: &Standing<'_>,
        tag: EntryTag,
    ) -> Result<WasRead, StoreError> {
        let (kinds, key) = (&standing.kinds, standing.key);
        match tag {
            EntryTag::Absent => Ok(WasRead::Document(None)),
            EntryTag::Unknown => Ok(WasRead::Forgotten),
            EntryTag::Committed(revision) => match self.repository.revision(revision) {
                Ok(known) if known.key == *key => {
                    Ok(WasRead::Document(self.revision_document(kinds, key, revision)?))
                }
                Ok(_) | Err(StoreError::Missing { .. }) => Ok(WasRead::Forgotten),
                Err(error) => Err(error),
            },
            EntryTag::Working(version) => {
                let text = match &standing.working {
                    Some((stored, now)) => {
                        let text = self.working_text(&stored.content)?;
                        if *now == version {
                            Some(text)
                        } else {
                            stored.trail.text_of(&text, version)
                        }
                    }
                    None => match self.stored_trail(draft, key)? {
                        Some(Record { value: left, .. }) => {
                            let text = self.text_left(&left)?;
                            if left.version == version {
                                Some(text)
                            } else {
                                left.trail.text_of(&text, version)
                            }
                        }
                        None => None,
                    },
                };
                Ok(text.map_or(WasRead::Forgotten, |text| WasRead::Document(document_of(&text))))
            }
        }
    }

    pub(in crate::repo) fn stored_trail(
        &self,
        draft: &DraftId,
        key: &EntryKey,
    ) -> Result<Option<Record<StoredTrail>>, StoreError> {
        self.repository.stored_record(trail_cell(draft, key)?)
    }

    /// The trail for a text that is about to be saved over what is there.
    pub(super) fn trail_to(
        &self,
        draft: &DraftId,
        standing: &Standing<'_>,
        now: Option<&Document>,
    ) -> Result<Trail, StoreError> {
        let now = now.map(Document::text).unwrap_or_default();
        if let Some((stored, version)) = &standing.working {
            let before = self.working_text(&stored.content)?;
            return Ok(stored.trail.clone().lengthened(*version, &before, now));
        }
        let Some(Record { value: left, .. }) = self.stored_trail(draft, standing.key)? else {
            return Ok(Trail::default());
        };
        let before = self.text_left(&left)?;
        Ok(left.trail.lengthened(left.version, &before, now))
    }

    fn text_left(&self, left: &StoredTrail) -> Result<String, StoreError> {
        left.of.map_or(Ok(String::new()), |id| self.repository.document_text(id))
    }
}
