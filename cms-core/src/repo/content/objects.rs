//! Typed reading and writing of objects.

use std::{collections::HashSet, sync::Arc, thread::JoinHandle};

use bytes::Bytes;
use serde_json::Value;

use crate::{
    engine::{self, Engine, OperationId, PAGE_ROWS_MAX, ReadError, Transaction},
    model::{
        commit::Commit,
        document::Document,
        encode::DecodeError,
        id::{CommitId, DocumentId, ObjectId, PublicationId, RevisionId, SnapshotId},
        materialised::{Making, note},
        object::{Object, ObjectKind, Space},
        revision::Revision,
        snapshot::{Publication, Snapshot},
    },
    repo::ground::{error::StoreError, repository::Repository},
    schema::{KindSchema, Violation, ViolationCode},
};

impl Repository {
    /// What is wrong with a document, judged by itself.
    ///
    /// # Errors
    /// [`StoreError::Busy`] when an engine is busy: a verdict must not depend on how busy the machine is.
    pub(in crate::repo) fn judge(
        &self,
        kind: &KindSchema,
        document: &Value,
    ) -> Result<Vec<Violation>, StoreError> {
        note(Making::Judged, usize::MAX);
        let mut violations = kind.judge(document, &self.engines);
        if let Some(busy) =
            violations.iter().find(|violation| violation.code == ViolationCode::EngineBusy)
        {
            return Err(StoreError::Busy { detail: busy.message.clone() });
        }
        violations.extend(self.judge_media(kind, document)?);
        Ok(violations)
    }

    pub(in crate::repo) fn object(
        &self,
        space: &Space,
        id: ObjectId,
        kind: ObjectKind,
    ) -> Result<Bytes, StoreError> {
        Ok(self.object_of(space, id, kind)?.bytes().clone())
    }

    fn object_of(
        &self,
        space: &Space,
        id: ObjectId,
        kind: ObjectKind,
    ) -> Result<Object, StoreError> {
        let object = self.engine.object(space, id)?.filter(|object| object.kind() == kind);
        object.ok_or_else(|| StoreError::Missing { id, kind, space: space.clone() })
    }

    fn decoded<T>(
        &self,
        space: &Space,
        id: ObjectId,
        kind: ObjectKind,
        decode: impl Fn(&[u8]) -> Result<T, DecodeError>,
    ) -> Result<T, StoreError> {
        decode(&self.object(space, id, kind)?).map_err(|source| StoreError::Malformed {
            id,
            kind,
            source,
        })
    }

    /// A document of the authors' space.
    pub fn document(&self, id: DocumentId) -> Result<Value, StoreError> {
        self.document_in(&Space::Source, id)
    }

    /// A document of the authors' space, with its bytes and its id.
    pub(in crate::repo) fn stored_document(&self, id: DocumentId) -> Result<Document, StoreError> {
        let (id, kind) = (id.object_id(), ObjectKind::Document);
        let object = self.object_of(&Space::Source, id, kind)?;
        let source = DecodeError::Field { field: "JSON" };
        Document::stored(object).map_err(|_| StoreError::Malformed { id, kind, source })
    }

    /// The text of a document of the authors' space.
    pub(in crate::repo) fn document_text(&self, id: DocumentId) -> Result<String, StoreError> {
        let (id, kind) = (id.object_id(), ObjectKind::Document);
        let bytes = self.object(&Space::Source, id, kind)?;
        let source = DecodeError::Field { field: "JSON" };
        String::from_utf8(bytes.into()).map_err(|_| StoreError::Malformed { id, kind, source })
    }

    pub(in crate::repo) fn document_in(
        &self,
        space: &Space,
        id: DocumentId,
    ) -> Result<Value, StoreError> {
        let id = id.object_id();
        let bytes = self.object(space, id, ObjectKind::Document)?;
        note(Making::Parsed, bytes.len());
        let source = DecodeError::Field { field: "JSON" };
        serde_json::from_slice(&bytes).map_err(|_| StoreError::Malformed {
            id,
            kind: ObjectKind::Document,
            source,
        })
    }

    /// A revision.
    pub fn revision(&self, id: RevisionId) -> Result<Revision, StoreError> {
        self.decoded(&Space::Source, id.object_id(), ObjectKind::Revision, Revision::decode)
    }

    /// A commit.
    pub fn commit_of(&self, id: CommitId) -> Result<Commit, StoreError> {
        self.decoded(&Space::Source, id.object_id(), ObjectKind::Commit, Commit::decode)
    }

    /// The authors' record of a snapshot.
    pub fn publication(&self, id: PublicationId) -> Result<Publication, StoreError> {
        self.decoded(&Space::Source, id.object_id(), ObjectKind::Publication, Publication::decode)
    }

    /// A snapshot of any channel, for authors; `None` when no snapshot has this id.
    pub fn any_snapshot(&self, id: SnapshotId) -> Result<Option<Snapshot>, StoreError> {
        let damaged = match self.snapshot(id) {
            Ok(Some(snapshot)) => return Ok(Some(snapshot)),
            Ok(None) => None,
            Err(error) if error.is_damage() => Some(error),
            Err(error) => return Err(error),
        };
        let spaces = self.engine.spaces()?;
        let own = |space: &&Space| matches!(space, Space::Channel(_));
        let found = self.snapshot_in(spaces.iter().filter(own), id)?;
        found.map_or_else(|| damaged.map_or(Ok(None), Err), |found| Ok(Some(found)))
    }

    /// A snapshot that this audience may see; `None` when no snapshot has this id.
    pub(in crate::repo) fn snapshot(&self, id: SnapshotId) -> Result<Option<Snapshot>, StoreError> {
        self.snapshot_in(self.audience.spaces_of(id.object_id()), id)
    }

    fn snapshot_in<'s>(
        &self,
        spaces: impl Iterator<Item = &'s Space>,
        id: SnapshotId,
    ) -> Result<Option<Snapshot>, StoreError> {
        let mut damaged = None;
        for space in spaces {
            match self.decoded(space, id.object_id(), ObjectKind::Snapshot, Snapshot::decode) {
                Err(StoreError::Missing { .. }) => {}
                // Another space may have it undamaged.
                Err(error) if error.is_damage() => damaged = damaged.or(Some(error)),
                other => return other.map(Some),
            }
        }
        damaged.map_or(Ok(None), Err)
    }

    /// An object that the audience may have, from whichever space has it undamaged.
    pub(in crate::repo) fn audience_object(
        &self,
        id: ObjectId,
        kind: ObjectKind,
    ) -> Result<Option<Object>, StoreError> {
        let damaged = match self.object_in(self.audience.spaces_of(id), id, kind) {
            Err(error @ ReadError::Damaged { .. }) => error,
            found => return Ok(found?),
        };
        // The authors' copy serves as well: its id proves that it is the same.
        for space in self.audience.spaces_of(id) {
            if self.engine.holds(space, &[id])? == [true]
                && let Ok(Some(object)) = self.engine.object(&Space::Source, id)
                && object.kind() == kind
            {
                return Ok(Some(object));
            }
        }
        Err(damaged.into())
    }

    /// An object from the first of several spaces that has it undamaged; damage in one space does not hide it in
    /// another.
    pub(in crate::repo) fn object_in<'s>(
        &self,
        spaces: impl Iterator<Item = &'s Space>,
        id: ObjectId,
        kind: ObjectKind,
    ) -> Result<Option<Object>, ReadError> {
        let mut damaged = None;
        for space in spaces {
            match self.engine.object(space, id) {
                Ok(Some(object)) if object.kind() == kind => return Ok(Some(object)),
                Ok(_) => {}
                Err(error @ ReadError::Damaged { .. }) => damaged = damaged.or(Some(error)),
                Err(error) => return Err(error),
            }
        }
        damaged.map_or(Ok(None), Err)
    }
}

/// Every object of a kind in a space, each read once: the only way to objects that nothing leads to any more.
pub(in crate::repo) fn objects_of_kind<'e>(
    engine: &'e dyn Engine,
    space: &'e Space,
    kind: ObjectKind,
) -> impl Iterator<Item = Result<Object, StoreError>> + 'e {
    let (mut page, mut after, mut ended) = (Vec::new().into_iter(), None, false);
    std::iter::from_fn(move || {
        loop {
            if let Some(id) = page.next() {
                match engine.object(space, id) {
                    Ok(Some(object)) if object.kind() == kind => return Some(Ok(object)),
                    Ok(_) => continue,
                    Err(error) => return Some(Err(error.into())),
                }
            }
            if ended {
                return None;
            }
            let ids = match engine.objects(space, after, PAGE_ROWS_MAX) {
                Ok(ids) => ids,
                Err(error) => {
                    ended = true;
                    return Some(Err(error.into()));
                }
            };
            (after, ended) = (ids.last().copied(), ids.is_empty());
            page = ids.into_iter();
        }
    })
}

/// Objects on their way into the store, written in pieces so that memory stays bounded. One piece is written in the
/// background while the next is gathered.
pub(in crate::repo) struct ObjectSink<'a> {
    repository: &'a Repository,
    pending: Vec<(Space, Object)>,
    pending_size_bytes: usize,
    writing: Option<JoinHandle<Result<(), engine::CommitError>>>,
    dry: bool,
    /// The space that public objects go to.
    public: Space,
    /// The ids of public objects, where they go to another space.
    aside: Option<HashSet<ObjectId>>,
}

/// A piece is written when this many bytes wait.
const PENDING_SIZE_BYTES_MAX: usize = 8 << 20;

impl<'a> ObjectSink<'a> {
    pub(in crate::repo) fn new(repository: &'a Repository) -> Self {
        Self {
            repository,
            pending: Vec::new(),
            pending_size_bytes: 0,
            writing: None,
            dry: false,
            public: repository.delivered.clone(),
            aside: None,
        }
    }

    /// A sink that writes public objects into another space.
    pub(in crate::repo) fn aside(repository: &'a Repository, space: Space) -> Self {
        let mut sink = Self::new(repository);
        sink.public = space;
        sink.aside = Some(HashSet::new());
        sink
    }

    /// A sink that discards what it takes, for plans.
    pub(in crate::repo) fn dry(repository: &'a Repository) -> Self {
        let mut sink = Self::new(repository);
        sink.dry = true;
        sink
    }

    pub(in crate::repo) fn add(&mut self, space: Space, object: Object) -> Result<(), StoreError> {
        if self.dry {
            return Ok(());
        }
        let is_public = space == Space::Public;
        if let Some(aside) = self.aside.as_mut().filter(|_| is_public) {
            aside.insert(object.id());
        }
        let space = if is_public { self.public.clone() } else { space };
        self.pending_size_bytes += object.bytes().len();
        self.pending.push((space, object));
        if self.pending_size_bytes < PENDING_SIZE_BYTES_MAX { Ok(()) } else { self.begin() }
    }

    /// Writes everything that waits; when it returns, every object can be read.
    pub(in crate::repo) fn flush(&mut self) -> Result<(), StoreError> {
        self.begin()?;
        self.wait()
    }

    /// The ids of the public objects that went into another space.
    pub(in crate::repo) fn into_aside(mut self) -> HashSet<ObjectId> {
        self.aside.take().unwrap_or_default()
    }

    /// The objects that still wait, for the transaction that ends the verb; the others are written.
    pub(in crate::repo) fn into_rest(mut self) -> Result<Vec<(Space, Object)>, StoreError> {
        self.wait()?;
        Ok(std::mem::take(&mut self.pending))
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.wait()?;
        if self.pending.is_empty() {
            return Ok(());
        }
        self.pending_size_bytes = 0;
        let objects = std::mem::take(&mut self.pending);
        let operation = operation_of(&objects);
        let transaction = Transaction { operation, objects, swaps: Vec::new(), audit: None };
        let engine = Arc::clone(&self.repository.engine);
        self.writing = Some(std::thread::spawn(move || engine.commit(vec![transaction]).map(drop)));
        Ok(())
    }

    fn wait(&mut self) -> Result<(), StoreError> {
        match self.writing.take().map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(written)) => Ok(written?),
            Some(Err(panic)) => std::panic::resume_unwind(panic),
        }
    }
}

/// The id of a transaction that only adds these objects. It is made of the objects and not of the attempt: a retried
/// verb writes other pieces, and a piece under the operation id of an earlier one would not be written.
fn operation_of(objects: &[(Space, Object)]) -> OperationId {
    let parts = objects.iter().map(|(space, object)| {
        let space = space.to_string();
        let length = (space.len() as u64).to_le_bytes();
        [&length[..], space.as_bytes(), object.id().as_bytes()].concat()
    });
    OperationId::derive("cms 2026-11-22 v1 objects written ahead", parts)
}

impl Drop for ObjectSink<'_> {
    /// A verb that gives up leaves no write running.
    fn drop(&mut self) {
        if let Some(writing) = self.writing.take() {
            let _ = writing.join();
        }
    }
}
