//! Which publish first showed a text.
//!
//! The search walks the channel's line from its first snapshot, by the differences between neighbours, so it reads what
//! each publish changed and nothing twice.

use rayon::prelude::*;
use serde::Serialize;
use serde_json::Value;

use super::PublishError;
use crate::{
    map,
    model::{
        canonical,
        id::{DocumentId, NodeId},
        key::{EntryKey, Locale},
        object::ObjectKind,
        pointer,
    },
    repo::{
        channel::{
            Channel,
            error::ChannelError,
            head::{Head, channel_head},
            snapshots::SnapshotRow,
        },
        content::catalogue::decoded_key,
        delivered::row::{Row, delivered_rows},
        ground::{error::StoreError, repository::Repository},
    },
};

/// Most places that are reported.
const SIGHTINGS_MAX: usize = 100;
/// Documents that are read together, on all cores.
const DOCUMENTS_AT_ONCE: usize = 1024;

/// What to look for.
#[derive(Debug, Clone)]
pub struct FirstPublishedRequest {
    /// The text, as it appears within one value of a delivered document.
    pub text: String,
    /// Only documents of this locale, which may be the source's; `None` for all.
    pub locale: Option<Locale>,
    /// Only this entry's documents; `None` for all.
    pub key: Option<EntryKey>,
}

/// Where a text first appeared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FirstPublished {
    /// The publish; `None` when no publish ever showed the text.
    pub publish: Option<SnapshotRow>,
    /// Where the text appears in that publish, ascending by key; cut at 100.
    pub sightings: Vec<Sighting>,
    /// How many documents of that publish show it.
    pub sightings_count: u64,
    /// How many snapshots were looked at.
    pub snapshots_count: u64,
    /// How many documents were read.
    pub documents_count: u64,
}

/// A place where a text appears.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sighting {
    /// The entry, with the locale if the document is not the source's.
    pub key: EntryKey,
    /// The delivered document.
    pub object: DocumentId,
    /// The JSON pointer of the value, within the document's `document`.
    pub pointer: String,
}

impl Channel {
    /// Which publish of the channel first showed a text.
    ///
    /// # Errors
    /// [`ChannelError::Unknown`], or the store can't be read.
    pub fn first_published(
        &self,
        request: &FirstPublishedRequest,
    ) -> Result<FirstPublished, PublishError> {
        let repository = &self.repository;
        let unknown = || ChannelError::Unknown { channel: self.name.clone() };
        let head = channel_head(repository, &self.name)?.ok_or_else(unknown)?;
        let mut found = FirstPublished {
            publish: None,
            sightings: Vec::new(),
            sightings_count: 0,
            snapshots_count: 0,
            documents_count: 0,
        };
        let search = Search { repository, request, needle: needle(&request.text) };
        let mut before = map::build(&mut Vec::new(), repository.header.salt(), [])?;
        for head in repository.line(head)? {
            let Some(snapshot) = repository.any_snapshot(head.snapshot)? else { continue };
            found.snapshots_count += 1;
            search.step(before, snapshot.delivered, &mut found)?;
            if found.sightings_count > 0 {
                found.publish = Some(repository.snapshot_row(&head)?);
                break;
            }
            before = snapshot.delivered;
        }
        Ok(found)
    }
}

impl Repository {
    /// The channel's line, from its first snapshot; releases made no snapshot.
    fn line(&self, head: Head) -> Result<Vec<Head>, StoreError> {
        let mut line: Vec<Head> = Vec::new();
        let mut next = Some(head);
        while let Some(head) = next {
            next = self.before(&head)?;
            match line.last_mut() {
                Some(later) if later.sequence == head.sequence => *later = head,
                _ => line.push(head),
            }
        }
        line.reverse();
        Ok(line)
    }
}

/// The text as it is written within a string of canonical JSON, which is unique.
fn needle(text: &str) -> String {
    let quoted = String::from_utf8(canonical::to_bytes(&text.into())).expect("JSON is UTF-8");
    let inner = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.expect("a string is quoted").to_owned()
}

struct Search<'s> {
    repository: &'s Repository,
    request: &'s FirstPublishedRequest,
    needle: String,
}

impl Search<'_> {
    /// Looks at what one publish changed.
    fn step(
        &self,
        before: NodeId,
        after: NodeId,
        found: &mut FirstPublished,
    ) -> Result<(), StoreError> {
        if self.request.text.is_empty() {
            return Ok(());
        }
        let nodes = &*self.repository.public;
        if let Some(key) = &self.request.key {
            let (was, is) =
                (delivered_rows(nodes, before, key)?, delivered_rows(nodes, after, key)?);
            let changed = is.into_iter().filter(|row| !was.contains(row));
            let changed = changed.map(|(locale, row)| match locale {
                Some(locale) => (key.translated(&locale), row),
                None => (key.source(), row),
            });
            return self.look(changed.collect(), found);
        }
        let mut batch = Vec::new();
        for difference in map::diff(nodes, before, after)? {
            let difference = difference?;
            let Some(value) = difference.right else { continue };
            batch.push((decoded_key(&difference.key)?, Row::decode(&value)?));
            if batch.len() == DOCUMENTS_AT_ONCE {
                self.look(std::mem::take(&mut batch), found)?;
            }
        }
        self.look(batch, found)
    }

    fn look(
        &self,
        rows: Vec<(EntryKey, Row)>,
        found: &mut FirstPublished,
    ) -> Result<(), StoreError> {
        let source = &self.repository.header.source_locale;
        let rows: Vec<_> = rows
            .into_iter()
            .filter(|(key, row)| {
                let locale = key.locale().unwrap_or(source);
                !row.retired && self.request.locale.as_ref().is_none_or(|wanted| wanted == locale)
            })
            .collect();
        found.documents_count += rows.len() as u64;
        let sightings: Vec<Option<Sighting>> = rows
            .into_par_iter()
            .map(|(key, row)| self.sighting(key, row))
            .collect::<Result<_, _>>()?;
        for sighting in sightings.into_iter().flatten() {
            found.sightings_count += 1;
            if found.sightings.len() < SIGHTINGS_MAX {
                found.sightings.push(sighting);
            }
        }
        Ok(())
    }

    fn sighting(&self, key: EntryKey, row: Row) -> Result<Option<Sighting>, StoreError> {
        let id = row.object.object_id();
        let bytes = self.repository.object(&self.repository.delivered, id, ObjectKind::Document)?;
        // Most documents do not contain it, and searching costs less than parsing.
        if !std::str::from_utf8(&bytes).is_ok_and(|text| text.contains(&self.needle)) {
            return Ok(None);
        }
        let what = || StoreError::Row { what: format!("the delivered document {id}") };
        let document: Value = serde_json::from_slice(&bytes).map_err(|_| what())?;
        // What a container shows of its children belongs to the children.
        let own = document.get("document").unwrap_or(&Value::Null);
        let place = place_of(own, &self.request.text, &mut String::new());
        Ok(place.map(|pointer| Sighting { key, object: row.object, pointer }))
    }
}

/// The pointer of the first value that holds the text.
fn place_of(value: &Value, text: &str, at: &mut String) -> Option<String> {
    let mut below = |step: &str, child: &Value| {
        let length = at.len();
        at.push('/');
        at.push_str(&pointer::escaped(step));
        let place = place_of(child, text, at);
        at.truncate(length);
        place
    };
    match value {
        Value::String(found) => found.contains(text).then(|| at.clone()),
        Value::Array(elements) => elements
            .iter()
            .enumerate()
            .find_map(|(index, element)| below(&index.to_string(), element)),
        Value::Object(fields) => fields.iter().find_map(|(name, field)| below(name, field)),
        _ => None,
    }
}
