//! Listing: the entries of a state by kind, beginning of the id, and words of the title.
//!
//! Invariants:
//! 1. The cost of a page is bounded by what it searches, not by what it finds: a page may be short or empty, and others
//!    may still follow.

use serde::Serialize;

use crate::repo::{
    content::{
        catalogue::{CatalogueRow, EntryState, RowState, decoded_key, decoded_row},
        kinds::Kinds,
        state::State,
    },
    ground::{error::StoreError, repository::Repository},
};
use crate::{
    map,
    model::{
        id::{DocumentId, RevisionId},
        key::{EntryKey, Kind, Locale},
    },
    schema::title::searchable,
};

/// Most entries whose titles one page searches for words.
pub const LOOKED_THROUGH_MAX: usize = 2000;

/// Which entries to list.
#[derive(Debug, Clone, Default)]
pub struct ListRequest {
    /// Only entries of this kind.
    pub kind: Option<Kind>,
    /// Only entries whose id begins with this; needs a kind.
    pub id_prefix: String,
    /// Only entries whose title contains this text, whatever the case, accents, width, apostrophes and composition.
    pub title: Option<String>,
    /// Whether to list what is in the trash instead of what is not.
    pub trash: bool,
    /// Only entries above this key.
    pub after: Option<EntryKey>,
    /// At most this many rows.
    pub rows_max: usize,
}

/// An entry in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListedEntry {
    /// The entry.
    pub key: EntryKey,
    /// Its title.
    pub title: Option<String>,
    /// What it is; `None` when its title can't be read because something of it is damaged.
    pub state: Option<EntryState>,
    /// Its newest revision there.
    pub revision: RevisionId,
    /// Its document, when there is exactly one.
    pub document: Option<DocumentId>,
    /// The locales into which it is translated.
    pub locales: Vec<Locale>,
}

/// A page of entries, ascending by key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EntryList {
    /// The rows.
    pub rows: Vec<ListedEntry>,
    /// The last entry that was looked at, if more may follow.
    pub next: Option<EntryKey>,
}

impl Repository {
    /// A page of the entries of a state; each row names the translations of its entry.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn list(&self, state: &State, request: &ListRequest) -> Result<EntryList, StoreError> {
        let roots = self.roots(state)?;
        let kinds = Kinds::at(self, roots.catalogue);
        let mut prefix = request.kind.as_ref().map(EntryKey::kind_prefix).unwrap_or_default();
        prefix.extend_from_slice(request.id_prefix.as_bytes());
        let mut start = request.after.as_ref().map(|key| key.source().encode()).unwrap_or_default();
        if !start.is_empty() {
            // Past the entry and all its translations: their keys have the separator 0 after the entry's key, and 1
            // follows 0.
            start.push(1);
        }
        let start = start.max(prefix.clone());
        let wanted = request.title.as_deref().map(searchable);
        let mut page = EntryList::default();
        let (mut looked, mut last) = (0, None);
        for entry in map::entries(&*self.source, roots.catalogue, &start)? {
            let (bytes, value) = entry?;
            if !bytes.starts_with(&prefix) {
                break;
            }
            let (key, row) = (decoded_key(&bytes)?, decoded_row(&bytes, &value)?);
            if let Some(locale) = key.locale() {
                if let Some(listed) = page.rows.last_mut()
                    && listed.key == key.source()
                    && row.state != RowState::Deleted
                {
                    listed.locales.push(locale.clone());
                }
                continue;
            }
            if page.rows.len() == request.rows_max || looked == LOOKED_THROUGH_MAX {
                page.next = last;
                break;
            }
            last = Some(key.clone());
            if (row.state == RowState::Deleted) != request.trash {
                continue;
            }
            looked += usize::from(wanted.is_some());
            page.rows.extend(self.listed(&kinds, key, row, wanted.as_deref())?);
        }
        Ok(page)
    }

    /// The row in a list; `None` when its title does not contain the text.
    fn listed(
        &self,
        kinds: &Kinds<'_>,
        key: EntryKey,
        row: CatalogueRow,
        wanted: Option<&str>,
    ) -> Result<Option<ListedEntry>, StoreError> {
        let title = || match (row.document(), kinds.get(key.kind())?) {
            (Some(document), Some(kind)) => {
                Ok(kind.schema.title(&self.document(document)?).map(str::to_owned))
            }
            _ => Ok(None),
        };
        let (title, is_damaged) = match title() {
            Err::<_, StoreError>(error) if error.is_damage() => (None, true),
            title => (title?, false),
        };
        // An entry that can't be read is listed, because its title may contain the text.
        if let Some(wanted) = wanted.filter(|_| !is_damaged)
            && !title.as_ref().is_some_and(|title| searchable(title).contains(wanted))
        {
            return Ok(None);
        }
        Ok(Some(ListedEntry {
            key,
            title,
            state: (!is_damaged).then(|| row.state.into()),
            revision: row.revision,
            document: row.document(),
            locales: Vec::new(),
        }))
    }
}
