//! Everything that carries the entries. Every object of every space is looked at, because nothing else is complete: an
//! abandoned draft, a preview and an old version of a container hold words too, and nothing leads to them any more.
//!
//! Objects are looked at one after the other; what is kept in memory are the ids that were found.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use crate::{
    engine::PAGE_ROWS_MAX,
    model::{
        id::{DocumentId, MediaId, ObjectId},
        key::EntryKey,
        name::Branch,
        object::{Object, ObjectKind, Space},
        revision::{Revision, RevisionState},
    },
    repo::{
        branch::branch_head,
        channel::stored_report::StoredReport,
        delivered::{
            document::{Parts, Tombstone},
            rubric::{Rubric, rubrics_named},
        },
        ground::{error::StoreError, repository::Repository},
        record::takedown::SharedObject,
    },
};

/// The length of an id as text.
const ID_CHARS: usize = 64;

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// The ids, by the spaces that hold them.
    pub(super) by_space: BTreeMap<Space, BTreeSet<ObjectId>>,
    /// What stays, because other entries have it too.
    pub(super) shared: Vec<SharedObject>,
}

impl Found {
    /// All ids, each once.
    pub(super) fn ids(&self) -> Vec<ObjectId> {
        let ids: BTreeSet<ObjectId> = self.by_space.values().flatten().copied().collect();
        ids.into_iter().collect()
    }
}

/// What is looked for, and what was found of it.
struct Look<'l> {
    gone: &'l BTreeSet<EntryKey>,
    /// The entries' keys as text: a document without any of them carries none of them.
    texts: Vec<String>,
    /// Documents of the entries themselves, as authors have them.
    own: BTreeSet<ObjectId>,
    /// Everything else that carries them.
    carrying: BTreeSet<ObjectId>,
}

impl Repository {
    /// The objects that carry the entries, and the ones that were named. `own` are documents of theirs that are known
    /// already.
    pub(super) fn find_carrying(
        &self,
        gone: &BTreeSet<EntryKey>,
        own: &[ObjectId],
        named: &[ObjectId],
    ) -> Result<Found, StoreError> {
        let texts = gone.iter().map(ToString::to_string).collect();
        let own = own.iter().copied().collect();
        let mut look = Look { gone, texts, own, carrying: BTreeSet::new() };
        let spaces = self.engine.spaces()?;
        for space in spaces.iter().filter(|_| !gone.is_empty()) {
            self.each_object(space, &mut |object| look.object(space, object))?;
        }
        let Look { own, carrying, .. } = look;
        let media = self.media_of(&own)?;
        let mut found = Found::default();
        let kept = self.shared_with_others(gone, &own, &media, &mut found.shared)?;
        let mut ids: BTreeSet<ObjectId> = own.into_iter().chain(media).chain(carrying).collect();
        ids.retain(|id| !kept.contains(id));
        ids.extend(named);
        let ids: Vec<ObjectId> = ids.into_iter().collect();
        for space in spaces {
            let held = self.engine.holds(&space, &ids)?;
            let there = ids.iter().zip(held).filter(|(_, is_there)| *is_there);
            let there: BTreeSet<ObjectId> = there.map(|(id, _)| *id).collect();
            if !there.is_empty() {
                found.by_space.insert(space, there);
            }
        }
        Ok(found)
    }

    /// Calls this for every whole object of a space.
    fn each_object(&self, space: &Space, each: &mut dyn FnMut(&Object)) -> Result<(), StoreError> {
        let mut after = None;
        loop {
            let ids = self.engine.objects(space, after, PAGE_ROWS_MAX)?;
            let Some(last) = ids.last() else { return Ok(()) };
            after = Some(*last);
            for id in ids {
                match self.engine.object(space, id).map_err(StoreError::from) {
                    Ok(found) => found.iter().for_each(&mut *each),
                    // Taken down meanwhile, or damaged: nobody gets it.
                    Err(error) if error.is_damage() => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }

    /// The media files that documents name.
    fn media_of(&self, documents: &BTreeSet<ObjectId>) -> Result<BTreeSet<ObjectId>, StoreError> {
        let mut named = BTreeSet::new();
        for id in documents {
            match self.document(DocumentId::from_object_id(*id)) {
                Err(error) if error.is_damage() => {}
                document => ids_in(&document?, &mut named),
            }
        }
        let mut media = BTreeSet::new();
        for id in named {
            match self.engine.object(&Space::Source, id).map_err(StoreError::from) {
                Err(error) if error.is_damage() => {}
                object => {
                    let file = object?.filter(|object| object.kind() == ObjectKind::Media);
                    media.extend(file.map(|_| id));
                }
            }
        }
        Ok(media)
    }

    /// The documents and media files that other entries of `main` have too.
    fn shared_with_others(
        &self,
        gone: &BTreeSet<EntryKey>,
        own: &BTreeSet<ObjectId>,
        media: &BTreeSet<ObjectId>,
        shared: &mut Vec<SharedObject>,
    ) -> Result<BTreeSet<ObjectId>, StoreError> {
        let mut kept = BTreeSet::new();
        let Some(head) = branch_head(self, &Branch::Main)?.filter(|_| !own.is_empty()) else {
            return Ok(kept);
        };
        let media: Vec<(ObjectId, String)> = media.iter().map(|id| (*id, id.to_string())).collect();
        for row in self.rows(self.commit_of(head.commit)?.catalogue, b"")? {
            let (key, row) = row?;
            let Some(document) = row.document().filter(|_| !gone.contains(&key.source())) else {
                continue;
            };
            let mut keep = |object: ObjectId| {
                if kept.insert(object) {
                    shared.push(SharedObject { object, with: key.clone() });
                }
            };
            if own.contains(&document.object_id()) {
                keep(document.object_id());
            }
            if media.is_empty() {
                continue;
            }
            let text = match self.document_text(document) {
                Err(error) if error.is_damage() => continue,
                text => text?,
            };
            media.iter().filter(|(_, id)| text.contains(id.as_str())).for_each(|(id, _)| keep(*id));
        }
        Ok(kept)
    }
}

impl Look<'_> {
    fn is_gone(&self, key: &EntryKey) -> bool {
        self.gone.contains(&key.source())
    }

    fn names_gone(&self, key: &str) -> bool {
        key.parse().is_ok_and(|key: EntryKey| self.is_gone(&key))
    }

    fn object(&mut self, space: &Space, object: &Object) {
        match object.kind() {
            ObjectKind::Revision => {
                if let Ok(revision) = Revision::decode(object.bytes())
                    && self.is_gone(&revision.key)
                {
                    self.own.extend(documents_of(&revision.state));
                }
            }
            ObjectKind::Document => {
                let text = std::str::from_utf8(object.bytes()).unwrap_or_default();
                if !self.texts.iter().any(|key| text.contains(key.as_str())) {
                    return;
                }
                let carries = match space {
                    Space::Source => self.is_said_by(object.bytes()),
                    _ => self.is_delivered_by(object.bytes()),
                };
                if carries {
                    self.carrying.insert(object.id());
                }
            }
            ObjectKind::Media
            | ObjectKind::Node
            | ObjectKind::Commit
            | ObjectKind::Snapshot
            | ObjectKind::Publication => {}
        }
    }

    /// Whether a rubric shows one of the entries, or a report says something of one.
    fn is_said_by(&self, bytes: &[u8]) -> bool {
        if let Ok(rubric) = serde_json::from_slice::<Rubric>(bytes) {
            return rubric.shows.keys().any(|key| self.is_gone(key));
        }
        let Ok(report) = serde_json::from_slice::<StoredReport>(bytes) else { return false };
        let done = &report.done;
        done.changes.iter().any(|row| row.title.is_some() && self.is_gone(&row.key))
            || done.findings.iter().any(|row| self.is_gone(&row.key))
            || done.held_back.iter().any(|row| self.is_gone(&row.key))
            || done.routes.iter().any(|row| self.is_gone(&row.key))
    }

    /// Whether what learners get is one of the entries, or carries a summary of one. Its rubrics are found with it.
    fn is_delivered_by(&mut self, bytes: &[u8]) -> bool {
        #[derive(Deserialize)]
        struct Keyed {
            key: EntryKey,
        }
        let Some(parts) = Parts::parse(bytes) else {
            let keyed = serde_json::from_slice::<Keyed>(bytes).ok();
            let has_title = Tombstone::parse(bytes).is_some_and(|stone| stone.title.is_some());
            return has_title && keyed.is_some_and(|keyed| self.is_gone(&keyed.key));
        };
        let is_own = self.names_gone(&parts.key);
        if is_own {
            self.carrying.extend(rubrics_named(bytes).into_iter().map(|id| id.object_id()));
        }
        let carried = parts.children.iter().map(|(key, _)| key).chain(parts.refs.keys());
        is_own || carried.into_iter().any(|key| self.names_gone(key))
    }
}

fn documents_of(state: &RevisionState) -> Vec<ObjectId> {
    let documents: Vec<DocumentId> = match state {
        RevisionState::Resolved(id) => vec![*id],
        RevisionState::Conflicted(terms) => terms.as_slice().iter().flatten().copied().collect(),
        RevisionState::Deleted => Vec::new(),
    };
    documents.into_iter().map(|id| id.object_id()).collect()
}

/// The texts of a document that may be ids of files.
fn ids_in(value: &Value, ids: &mut BTreeSet<ObjectId>) {
    match value {
        Value::String(text) if text.len() == ID_CHARS => {
            ids.extend(text.parse::<MediaId>().ok().map(|id| id.object_id()));
        }
        Value::Array(elements) => elements.iter().for_each(|element| ids_in(element, ids)),
        Value::Object(fields) => fields.values().for_each(|field| ids_in(field, ids)),
        _ => {}
    }
}
