//! Whole entries in a draft: new ones, copies, moves, the trash. Each verb is one commit of the draft, so that one step
//! takes it back ([`Repository::revert`]).

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{DraftError, DraftId};
use crate::repo::{
    access::sight::Sight,
    commit::{
        error::CommitError,
        refusal::Refusal,
        request::{Action, Change, CommitRequest, Committed},
    },
    content::{
        backlinks,
        catalogue::{self, RowState},
        facts::Facts,
        kinds::Kinds,
        state::{Roots, State},
        where_used::Use,
    },
    draft::commit::error::DraftCommitError,
    ground::{error::StoreError, repository::Repository, stamp::Stamp},
};
use crate::{
    model::{
        document::Document,
        id::CommitId,
        key::{EntryKey, Kind},
    },
    repo::draft::Drafts,
    schema::{Role, slug, translation::Translation},
};

/// Most entries that one copy makes.
pub const COPIED_ENTRIES_MAX: usize = 2000;

/// Why entries of a draft were not changed.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// The draft is closed, not the writer's, or its working copies can't be committed.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// There is no such entry in the draft.
    #[error("there is no entry {key} in the draft")]
    Unknown {
        /// The entry that was asked for.
        key: EntryKey,
    },
    /// The entry is in the trash.
    #[error("{key} is in the trash: take it out of there first")]
    InTrash {
        /// The entry.
        key: EntryKey,
    },
    /// The entry is to be taken out of the trash, and is not in it.
    #[error("{key} is not in the trash")]
    NotInTrash {
        /// The entry.
        key: EntryKey,
    },
    /// Others use the entry.
    #[error("{key} is used in {}", crate::repo::ground::counted::counted(uses.len(), "place", "places"))]
    StillUsed {
        /// The entry that is used.
        key: EntryKey,
        /// The places where it is used.
        uses: Vec<Use>,
    },
    /// The container does not contain entries of that kind.
    #[error("{parent} does not contain entries such as {child}")]
    Place {
        /// The container in which it was to stand.
        parent: EntryKey,
        /// The entry that was to stand there.
        child: EntryKey,
    },
    /// What was asked for does not fit the entries.
    #[error("{reason}")]
    Refused {
        /// Where in the request, as a JSON pointer.
        pointer: &'static str,
        /// The entry that it does not fit, if it is about one.
        key: Option<EntryKey>,
        /// Why it does not fit, for people.
        reason: String,
    },
    /// The changes are not acceptable even in a draft.
    #[error("{} refused: {}", crate::repo::ground::counted::counted(refusals.len(), "of the changes is", "of the changes are"), crate::repo::commit::refusal::first(.refusals))]
    Changes {
        /// Which entries, and why.
        refusals: Vec<Refusal>,
    },
    /// Nothing would change.
    #[error("nothing would change")]
    NothingChanged,
}

impl From<DraftCommitError> for EntryError {
    fn from(error: DraftCommitError) -> Self {
        match error {
            DraftCommitError::Draft(error) => error.into(),
            DraftCommitError::Refused { refusals } => Self::Changes { refusals },
            DraftCommitError::NothingToCommit => Self::NothingChanged,
        }
    }
}

impl From<StoreError> for EntryError {
    fn from(error: StoreError) -> Self {
        Self::Draft(error.into())
    }
}

/// How far a copy goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyDepth {
    /// The entry alone; a copied container contains the same children.
    Shallow,
    /// The entry with everything that it contains; links among the copied entries lead to the copies.
    Deep,
}

/// A place in a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceIn {
    /// The container.
    pub parent: EntryKey,
    /// The index of the child to stand before; `None` for the last place.
    pub index: Option<usize>,
}

/// Copies that were made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Copied {
    /// The draft's new commit.
    pub commit: CommitId,
    /// The copy of the entry that was asked for.
    pub key: EntryKey,
    /// Every entry that was copied, and its copy.
    pub copies: BTreeMap<EntryKey, EntryKey>,
    /// The translations that were copied too, under the copies' keys.
    pub translations: Vec<EntryKey>,
}

/// A draft's entries at its newest commit, and the changes to make to them.
pub(in crate::repo) struct DraftEntries<'a> {
    pub(in crate::repo) repository: &'a Repository,
    pub(in crate::repo) kinds: Kinds<'a>,
    pub(in crate::repo) commit: CommitId,
    pub(in crate::repo) roots: Roots,
    /// The new document of each entry; `None` for the trash.
    changes: BTreeMap<EntryKey, Option<Document>>,
}

impl<'a> DraftEntries<'a> {
    /// What somebody sees who changes these entries, because they work in the draft.
    fn sight(&self, stamp: &Stamp) -> Sight<'a> {
        let sight = self.repository.sight(&stamp.holder);
        sight.works_in(self.roots.catalogue);
        sight
    }

    /// The document of an entry after the changes.
    pub(in crate::repo) fn document(&self, key: &EntryKey) -> Result<Document, EntryError> {
        let unknown = || EntryError::Unknown { key: key.clone() };
        match self.changes.get(key) {
            Some(Some(document)) => return Ok(document.clone()),
            Some(None) => return Err(EntryError::InTrash { key: key.clone() }),
            None => {}
        }
        let row = catalogue::row(&*self.repository.source, self.roots.catalogue, key)?;
        let row = row.ok_or_else(unknown)?;
        if row.state == RowState::Deleted {
            return Err(EntryError::InTrash { key: key.clone() });
        }
        if row.state == RowState::Conflicted {
            return Err(DraftError::InConflict { key: key.clone() }.into());
        }
        let document = row.document().ok_or_else(unknown)?;
        Ok(self.repository.stored_document(document)?)
    }

    pub(in crate::repo) fn put(&mut self, key: EntryKey, document: Document) {
        self.changes.insert(key, Some(document));
    }

    pub(super) fn delete(&mut self, key: EntryKey) {
        self.changes.insert(key, None);
    }

    /// Adds copies of entries; links among them lead to the copies.
    pub(super) fn put_copies(
        &mut self,
        copies: &BTreeMap<EntryKey, EntryKey>,
    ) -> Result<(), EntryError> {
        for (old, new) in copies {
            let document = self.document(old)?;
            let kind = self.kinds.get(old.kind())?;
            let copy = kind.map(|kind| kind.schema.repointed(&document, copies));
            self.put(new.clone(), copy.map_or(document, Document::of));
        }
        Ok(())
    }

    /// Adds the translations of copied entries to their copies, as the changes leave those; returns which were added. A
    /// copy that is `retitled` has no title yet in any language.
    pub(super) fn put_copied_translations(
        &mut self,
        copies: &BTreeMap<EntryKey, EntryKey>,
        retitled: Option<&EntryKey>,
        stamp: &Stamp,
    ) -> Result<Vec<EntryKey>, EntryError> {
        let (mut put, sight) = (Vec::new(), self.sight(stamp));
        for (old, new) in copies {
            let Some(kind) = self.kinds.get(old.kind())? else { continue };
            let (nodes, root) = (&*self.repository.source, self.roots.catalogue);
            let rows: Vec<_> =
                catalogue::with_prefix(nodes, root, &old.translations_prefix())?.collect();
            for row in rows {
                let (key, value) = row?;
                let row = catalogue::decoded_row(&key, &value)?;
                let key = catalogue::decoded_key(&key)?;
                let (Some(locale), Some(document)) = (key.locale(), row.document()) else {
                    continue;
                };
                let document = self.repository.document(document)?;
                let Ok(translation) = Translation::parse(&document) else { continue };
                if !sight.sees_at(self.roots, &key)? {
                    continue;
                }
                let translation = translation.renamed(&kind.schema);
                let (source, copy) = (self.document(old)?, self.document(new)?);
                let is_retitled = retitled == Some(new);
                let copied =
                    translation.copied(&kind.schema, [&source, &copy], copies, is_retitled);
                if !copied.is_empty() {
                    let key = new.translated(locale);
                    self.put(key.clone(), Document::of(copied.to_document()));
                    put.push(key);
                }
            }
        }
        put.sort();
        Ok(put)
    }

    pub(super) fn put_in(&mut self, child: &EntryKey, place: &PlaceIn) -> Result<(), EntryError> {
        let document = self.document(&place.parent)?;
        let kind = self.kinds.get(place.parent.kind())?;
        let with = kind.and_then(|kind| kind.schema.with_child(&document, child, place.index));
        let with = with.ok_or_else(|| EntryError::Place {
            parent: place.parent.clone(),
            child: child.clone(),
        })?;
        self.put(place.parent.clone(), Document::of(with));
        Ok(())
    }

    /// Gives a new entry a slug that none of its siblings has.
    pub(super) fn tell_apart(
        &mut self,
        child: &EntryKey,
        parent: &EntryKey,
    ) -> Result<(), EntryError> {
        let Some(kind) = self.kinds.get(child.kind())? else { return Ok(()) };
        let document = self.document(child)?;
        let Some(own) = kind.schema.slug(&document) else { return Ok(()) };
        let Some(parent_kind) = self.kinds.get(parent.kind())? else { return Ok(()) };
        let document_of_parent = self.document(parent)?;
        let facts = Facts::of(&parent_kind.schema, &document_of_parent);
        let mut taken = BTreeSet::new();
        for sibling in facts.children().filter(|sibling| *sibling != child) {
            let other = self.kinds.get(sibling.kind())?;
            let Some(other) = other.filter(|other| other.schema.letter() == kind.schema.letter())
            else {
                continue;
            };
            match self.document(sibling) {
                Ok(found) => taken.extend(other.schema.slug(&found).map(str::to_owned)),
                // An entry that does not exist takes no address.
                Err(EntryError::Unknown { .. } | EntryError::InTrash { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let mut numbered = (2..).map(|number| slug::suffixed(own, number));
        if taken.contains(own)
            && let Some(free) = numbered.find(|slug| !taken.contains(slug))
        {
            let document = kind.schema.with_slug(&document, &free);
            self.put(child.clone(), Document::of(document));
        }
        Ok(())
    }

    pub(super) fn take_out(
        &mut self,
        child: &EntryKey,
        parent: &EntryKey,
    ) -> Result<(), EntryError> {
        let document = self.document(parent)?;
        let Some(kind) = self.kinds.get(parent.kind())? else { return Ok(()) };
        let without = kind.schema.without_children(&document, std::slice::from_ref(child));
        self.put(parent.clone(), Document::of(without));
        Ok(())
    }

    pub(super) fn parents(&self, key: &EntryKey) -> Result<Vec<EntryKey>, StoreError> {
        let nodes = &*self.repository.source;
        let found = backlinks::sources(nodes, self.roots.backlinks, key, Some(Role::Contains))?;
        Ok(found.into_iter().map(|(parent, _)| parent).collect())
    }
}

impl Drafts<'_> {
    /// A key that no entry has: its id is derived from the attempt and a number.
    pub fn fresh_key(&self, kind: &Kind, stamp: &Stamp, number: u64) -> EntryKey {
        const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let mut hasher = blake3::Hasher::new_derive_key("cms 2026-11-22 v1 entry id");
        hasher.update(&stamp.operation.0).update(&number.to_le_bytes());
        hasher.update(kind.as_str().as_bytes());
        let hash = hasher.finalize();
        let id: String = hash.as_bytes()[..12]
            .iter()
            .map(|byte| DIGITS[usize::from(byte % 32)] as char)
            .collect();
        EntryKey::new(kind.clone(), &format!("x{id}")).expect("letters and digits are an id")
    }

    /// The entries of a commit, ready to be changed.
    pub(in crate::repo) fn entries(
        &self,
        commit: CommitId,
    ) -> Result<DraftEntries<'_>, StoreError> {
        let roots = self.repository.roots(&State::Commit(commit))?;
        let kinds = Kinds::at(self.repository, roots.catalogue);
        Ok(DraftEntries {
            repository: self.repository,
            kinds,
            commit,
            roots,
            changes: BTreeMap::new(),
        })
    }

    /// Changes entries of a draft as one commit; a lost race is retried on top of others' commits.
    pub(in crate::repo) fn edit(
        &self,
        draft: &DraftId,
        stamp: &Stamp,
        edit: &mut dyn FnMut(&mut DraftEntries<'_>) -> Result<(), EntryError>,
    ) -> Result<Committed, EntryError> {
        self.record_for(draft, &stamp.author)?;
        let branch = draft.branch();
        let committed = self.repository.on_branch(&branch, |lost| {
            let first = Stamp { operation: stamp.step(100 + lost), ..stamp.clone() };
            let typed = self.typed(draft, None, &first)?;
            let mut entries = self.entries(typed.head.commit)?;
            edit(&mut entries)?;
            let change = |(key, document): (EntryKey, Option<Document>)| Change {
                key,
                action: document.map_or(Action::Delete, |document| Action::Put(Ok(document))),
            };
            let request = CommitRequest {
                branch: branch.clone(),
                expected: None,
                changes: entries.changes.into_iter().map(change).collect(),
                stamp: stamp.clone(),
            };
            match self.repository.commit_onto(&typed.head, &request, Some(&typed)) {
                Ok(committed) => Ok(committed),
                Err(CommitError::Moved { .. }) => Ok(None),
                Err(CommitError::Refused { refusals }) => Err(EntryError::Changes { refusals }),
                Err(CommitError::UnknownBranch { .. }) => Err(self.not_open(draft).into()),
                Err(CommitError::NothingChanged) => Err(EntryError::NothingChanged),
                Err(CommitError::Store(error)) => Err(error.into()),
            }
        })?;
        committed.ok_or_else(|| DraftError::busy(draft).into())
    }

    /// Puts an entry into a container, or moves it there from others.
    ///
    /// # Errors
    /// [`EntryError`]; nothing is changed.
    pub fn place(
        &self,
        draft: &DraftId,
        key: &EntryKey,
        from: &[EntryKey],
        to: &PlaceIn,
        stamp: &Stamp,
    ) -> Result<Committed, EntryError> {
        self.edit(draft, stamp, &mut |entries| {
            entries.document(key)?;
            for parent in from {
                entries.take_out(key, parent)?;
            }
            // If it stands there already, only its place among its siblings changes.
            if entries.parents(key)?.contains(&to.parent) && !from.contains(&to.parent) {
                entries.take_out(key, &to.parent)?;
            }
            entries.put_in(key, to)
        })
    }

    /// Copies an entry under a new id, alone or with everything that it contains, and puts the copy where asked. If the
    /// two stand side by side, the copy gets another slug and title than the original.
    ///
    /// # Errors
    /// [`EntryError`]; nothing is copied.
    pub fn duplicate(
        &self,
        draft: &DraftId,
        key: &EntryKey,
        depth: CopyDepth,
        into: Option<&PlaceIn>,
        stamp: &Stamp,
    ) -> Result<Copied, EntryError> {
        let (mut copies, mut translations) = (BTreeMap::new(), Vec::new());
        let committed = self.edit(draft, stamp, &mut |entries| {
            copies = self.copies(entries, key, depth, stamp)?;
            entries.put_copies(&copies)?;
            let copy = &copies[key];
            if let Some(kind) = entries.kinds.get(key.kind())? {
                let mut document = entries.document(copy)?.into_value();
                kind.schema.mark_as_copy(&mut document);
                entries.put(copy.clone(), Document::of(document));
            }
            translations = entries.put_copied_translations(&copies, None, stamp)?;
            let Some(place) = into else { return Ok(()) };
            entries.put_in(copy, place)?;
            entries.tell_apart(copy, &place.parent)
        })?;
        let copy = copies.get(key).cloned();
        let copy = copy.ok_or_else(|| EntryError::Unknown { key: key.clone() })?;
        Ok(Copied { commit: committed.commit, key: copy, copies, translations })
    }

    /// The entries to copy, each with the key of its copy. What the one who copies may not see is linked, as the original
    /// links it.
    pub(super) fn copies(
        &self,
        entries: &DraftEntries<'_>,
        key: &EntryKey,
        depth: CopyDepth,
        stamp: &Stamp,
    ) -> Result<BTreeMap<EntryKey, EntryKey>, EntryError> {
        let sight = entries.sight(stamp);
        let unseen = |key: &EntryKey| Ok::<_, StoreError>(!sight.sees_at(entries.roots, key)?);
        if unseen(key)? {
            return Err(EntryError::Unknown { key: key.clone() });
        }
        let mut copies = BTreeMap::new();
        let mut queue = vec![key.clone()];
        let mut seen = BTreeSet::from([key.clone()]);
        while let Some(next) = queue.pop() {
            if copies.len() == COPIED_ENTRIES_MAX {
                let reason = format!("a copy has at most {COPIED_ENTRIES_MAX} entries");
                return Err(EntryError::Refused {
                    pointer: "/depth",
                    key: Some(key.clone()),
                    reason,
                });
            }
            let document = entries.document(&next)?;
            let number = copies.len() as u64;
            copies.insert(next.clone(), self.fresh_key(next.kind(), stamp, number));
            if depth == CopyDepth::Deep
                && let Some(kind) = entries.kinds.get(next.kind())?
            {
                let facts = Facts::of(&kind.schema, &document);
                for child in facts.children() {
                    if seen.insert(child.clone()) && !unseen(child)? {
                        queue.push(child.clone());
                    }
                }
            }
        }
        Ok(copies)
    }
}
