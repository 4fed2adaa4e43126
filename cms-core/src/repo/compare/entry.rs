//! What changed within one entry between any two states, however far apart they are.

use crate::model::pointer;
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    super::{
        branch::branch_head,
        content::{
            catalogue::{self, CatalogueRow, RowState},
            kinds::Kinds,
        },
        draft::DraftId,
        state::ResolveError,
    },
    page::{DifferenceSide, side},
};
use crate::{
    document::{DocumentDiff, Shape, diff},
    model::{
        document::Document,
        id::{NodeId, RevisionId},
        key::EntryKey,
        name::Branch,
        revision::RevisionState,
    },
    repo::{
        content::state::State,
        ground::{
            error::StoreError,
            repository::{MAIN, Repository},
        },
    },
    schema::{KindSchema, Modernised},
};

/// What changed within one entry.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EntryDifference {
    /// The entry or translation.
    pub key: EntryKey,
    /// The version before; `None` when the entry did not exist, or was in the trash.
    pub before: Option<DifferenceSide>,
    /// The version after; `None` likewise.
    pub after: Option<DifferenceSide>,
    /// Fields that have another name in the document after, because their kind renamed them; the difference treats them
    /// as if they had had the new name before.
    pub renamed: Vec<Renamed>,
    /// What changed; for an entry that was added or removed, the whole document.
    pub diff: DocumentDiff,
}

/// A field that now has another name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Renamed {
    /// The JSON pointer of the field as it was.
    pub from: String,
    /// The JSON pointer of the field as it is.
    pub pointer: String,
}

/// Gives a document's fields the names that its kind has for them now, if the newer document has them under those
/// names; returns which.
pub(in crate::repo) fn rename_for_diff(
    kind: Option<&KindSchema>,
    before: &mut Value,
    after: &Value,
) -> Vec<Renamed> {
    let (Some(kind), false) = (kind, after.is_null()) else { return Vec::new() };
    let mut newer = after.clone();
    // If the newer document is itself of the earlier version, both are compared as they are.
    if !kind.rename(&mut newer).is_empty() {
        return Vec::new();
    }
    let renamed = kind.rename(before).into_iter().filter_map(|done| match done {
        Modernised::Renamed { pointer, from } => {
            let above = pointer.rsplit_once('/').map_or("", |(above, _)| above);
            Some(Renamed { from: pointer::joined(above, &from), pointer })
        }
        Modernised::Filled { .. } | Modernised::LeftOut { .. } => None,
    });
    renamed.collect()
}

/// A version of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Version {
    /// The version that a state has.
    State(State),
    /// A revision of its history.
    Revision(RevisionId),
}

impl From<State> for Version {
    fn from(state: State) -> Self {
        Self::State(state)
    }
}

/// Fewest hex digits that may stand for a revision.
const PREFIX_DIGITS_MIN: usize = 8;
/// Most versions of a history that are searched for the beginning of an id.
const VERSIONS_LOOKED_AT_MAX: usize = 10_000;

/// Two states of one entry, with what is needed to compare them.
struct Sides {
    difference: EntryDifference,
    /// The document before; null when there was none.
    document: Value,
}

impl Repository {
    /// The version of an entry that a text names. The text may be the id of a revision, the beginning of an id in the
    /// entry's history at `main`, the bare name of a draft, or any state.
    ///
    /// # Errors
    /// [`ResolveError`] when it names none or several.
    pub fn version_of(&self, key: &EntryKey, text: &str) -> Result<Version, ResolveError> {
        if let Some(id) = self.revision_named(key, text)? {
            return Ok(Version::Revision(id));
        }
        match self.resolve(text) {
            Err(ResolveError::Unknown { text }) => {
                let draft = text.parse::<DraftId>().ok();
                let head = draft.map(|draft| branch_head(self, &draft.branch())).transpose()?;
                let head = head.flatten().ok_or(ResolveError::Unknown { text })?;
                Ok(Version::State(State::Commit(head.commit)))
            }
            other => other.map(Version::State),
        }
    }

    fn revision_named(
        &self,
        key: &EntryKey,
        text: &str,
    ) -> Result<Option<RevisionId>, ResolveError> {
        let is_hex = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if !is_hex || text.len() < PREFIX_DIGITS_MIN {
            return Ok(None);
        }
        if let Ok(id) = text.parse::<RevisionId>() {
            return match self.revision(id) {
                Ok(revision) => Ok((revision.key == *key).then_some(id)),
                Err(StoreError::Missing { .. }) => Ok(None),
                Err(error) => Err(error.into()),
            };
        }
        let main = self.resolve(MAIN)?;
        let history =
            self.history().entry_log(&main, key, VERSIONS_LOOKED_AT_MAX)?.unwrap_or_default();
        let mut found = history.iter().filter(|row| row.revision.to_string().starts_with(text));
        match (found.next(), found.next()) {
            (Some(_), Some(_)) => Err(ResolveError::Ambiguous { text: text.to_owned() }),
            (found, _) => Ok(found.map(|row| row.revision)),
        }
    }

    /// What changed within an entry or translation between two versions, by the newer one's schema; `None` when neither
    /// has it.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn entry_difference(
        &self,
        before: &Version,
        after: &Version,
        key: &EntryKey,
    ) -> Result<Option<EntryDifference>, StoreError> {
        Ok(self.entry_sides(before, after, key)?.map(|sides| sides.difference))
    }

    /// The difference as a JSON Patch (RFC 6902) that leads from the first document to the second; a side without a
    /// document is null.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn entry_patch(
        &self,
        before: &Version,
        after: &Version,
        key: &EntryKey,
    ) -> Result<Option<Value>, StoreError> {
        let Some(sides) = self.entry_sides(before, after, key)? else { return Ok(None) };
        let patch = sides.difference.diff.json_patch(&sides.document);
        // A difference applies to the document that it was made from.
        let mut patch =
            patch.map_err(|_| StoreError::Row { what: format!("the difference of {key}") })?;
        if let Some(steps) = patch.as_array_mut() {
            let moves = sides.difference.renamed.iter().map(
                |renamed| json!({"op": "move", "from": renamed.from, "path": renamed.pointer}),
            );
            steps.splice(0..0, moves.collect::<Vec<_>>());
        }
        Ok(Some(patch))
    }

    fn entry_sides(
        &self,
        before: &Version,
        after: &Version,
        key: &EntryKey,
    ) -> Result<Option<Sides>, StoreError> {
        let (was, left) = self.version_row(before, key)?;
        let (is, right) = self.version_row(after, key)?;
        if was.is_none() && is.is_none() {
            return Ok(None);
        }
        let (before, after) = (side(was), side(is));
        // An entry in conflict is compared as it is shown: joined, with ours where the sides conflict.
        let document = |side: &Option<DifferenceSide>, root| -> Result<Value, StoreError> {
            let Some(side) = side else { return Ok(Value::Null) };
            let kinds = Kinds::at(self, root);
            let document = self.drafts().revision_document(&kinds, key, side.revision)?;
            Ok(document.map_or(Value::Null, Document::into_value))
        };
        let kind = match key.locale() {
            None => match Kinds::at(self, right).get(key.kind())? {
                Some(kind) => Some(kind),
                None => Kinds::at(self, left).get(key.kind())?,
            },
            Some(_) => None,
        };
        let shape = kind.as_ref().map_or(Shape::Inferred, |kind| Shape::Kind(&kind.schema));
        let (mut base, newer) = (document(&before, left)?, document(&after, right)?);
        let renamed = rename_for_diff(kind.as_ref().map(|kind| &*kind.schema), &mut base, &newer);
        let diff = diff(shape, &base, &newer);
        let difference = EntryDifference { key: key.clone(), before, after, renamed, diff };
        Ok(Some(Sides { difference, document: base }))
    }

    /// The entry's row in a version, and the catalogue whose kinds it is read by.
    fn version_row(
        &self,
        version: &Version,
        key: &EntryKey,
    ) -> Result<(Option<CatalogueRow>, NodeId), StoreError> {
        match version {
            Version::State(state) => {
                let catalogue = self.roots(state)?.catalogue;
                Ok((catalogue::row(&*self.source, catalogue, key)?, catalogue))
            }
            Version::Revision(id) => {
                let state = match self.revision(*id)?.state {
                    RevisionState::Resolved(document) => RowState::Resolved(document),
                    RevisionState::Conflicted(_) => RowState::Conflicted,
                    RevisionState::Deleted => RowState::Deleted,
                };
                // A revision belongs to no particular catalogue, so it is read by today's kinds.
                let main = branch_head(self, &Branch::Main)?;
                let main =
                    main.ok_or_else(|| StoreError::Row { what: "the branch main".into() })?;
                let catalogue = self.commit_of(main.commit)?.catalogue;
                Ok((Some(CatalogueRow { state, revision: *id }), catalogue))
            }
        }
    }
}
