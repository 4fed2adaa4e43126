//! Sentences that a merge joined from the words of two people. The review shows them, because nobody wrote them like
//! that.

use std::collections::{HashSet, VecDeque};

use serde_json::Value;

use crate::{
    document::{JoinedSentence, Sides},
    model::{id::RevisionId, key::EntryKey, revision::Revision},
    repo::{
        content::{catalogue::CatalogueRow, kinds::Kinds},
        ground::error::StoreError,
        review::Reviews,
    },
};

/// Most revisions that are searched for the place where two lines of an entry parted.
const REVISIONS_LOOKED_MAX: usize = 500;

impl Reviews<'_> {
    /// The sentences of an entry that merges joined since a row, and that are still in it.
    pub(super) fn joined_since(
        &self,
        kinds: &Kinds<'_>,
        key: &EntryKey,
        [before, after]: [Option<CatalogueRow>; 2],
    ) -> Result<Vec<JoinedSentence>, StoreError> {
        let Some(after) = after else { return Ok(Vec::new()) };
        let Some(now) = self.repository.drafts().revision_document(kinds, key, after.revision)?
        else {
            return Ok(Vec::new());
        };
        let mut joined = Vec::new();
        let mut next = Some(after.revision);
        for _ in 0..REVISIONS_LOOKED_MAX {
            let Some(id) = next.filter(|id| Some(*id) != before.map(|row| row.revision)) else {
                break;
            };
            let revision = self.repository.revision(id)?;
            if revision.parents.len() > 1 {
                joined.extend(self.joined_in(kinds, key, &revision)?);
            }
            next = revision.parents.first().copied();
        }
        joined.retain(|sentence| {
            let text: String = sentence.runs.iter().map(|run| run.text.as_str()).collect();
            holds(&now, text.trim())
        });
        Ok(joined)
    }

    /// The sentences that one merge joined.
    fn joined_in(
        &self,
        kinds: &Kinds<'_>,
        key: &EntryKey,
        revision: &Revision,
    ) -> Result<Vec<JoinedSentence>, StoreError> {
        let [ours, theirs, ..] = revision.parents[..] else { return Ok(Vec::new()) };
        let Some(base) = self.parted_at(ours, theirs)? else { return Ok(Vec::new()) };
        let read = |id| self.repository.drafts().revision_document(kinds, key, id);
        let sides = Sides { base, ours, theirs }.try_map(read)?;
        Ok(self.repository.merge_documents(kinds, key, sides)?.joined)
    }

    /// The newest revision from which both came.
    fn parted_at(
        &self,
        ours: RevisionId,
        theirs: RevisionId,
    ) -> Result<Option<RevisionId>, StoreError> {
        let known: HashSet<RevisionId> = self.came_from(ours)?.into_iter().collect();
        Ok(self.came_from(theirs)?.into_iter().find(|id| known.contains(id)))
    }

    /// A revision and those from which it was made, nearest first.
    fn came_from(&self, revision: RevisionId) -> Result<Vec<RevisionId>, StoreError> {
        let (mut found, mut seen) = (Vec::new(), HashSet::from([revision]));
        let mut queue = VecDeque::from([revision]);
        while let Some(id) = queue.pop_front() {
            found.push(id);
            if found.len() == REVISIONS_LOOKED_MAX {
                break;
            }
            let parents = self.repository.revision(id)?.parents;
            queue.extend(parents.into_iter().filter(|parent| seen.insert(*parent)));
        }
        Ok(found)
    }
}

/// Whether a document contains a text.
fn holds(document: &Value, text: &str) -> bool {
    match document {
        Value::String(known) => known.contains(text),
        Value::Array(elements) => elements.iter().any(|element| holds(element, text)),
        Value::Object(fields) => fields.values().any(|field| holds(field, text)),
        _ => false,
    }
}
