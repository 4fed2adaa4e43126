//! Listing: the entries of a state by kind, beginning of the id, and words of the title.
//!
//! Invariants:
//! 1. The cost of a page is bounded by what it searches, not by what it finds: a page may be short or empty, and others
//!    may still follow.

use std::{collections::BTreeSet, ops::Bound, sync::Arc};

use serde::Serialize;

use crate::repo::{
    access::sight::Sight,
    content::{
        catalogue::{self, CatalogueRow, EntryState, RowState, decoded_key, decoded_row},
        kinds::Kinds,
        state::{Roots, State},
    },
    ground::{error::StoreError, repository::Repository},
};
use crate::{
    access::Holder,
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
        self.sight(&Holder::Machine).list(state, request)
    }
}

impl Sight<'_> {
    /// A page of the entries of a state that they see; each row names the translations that they see.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn list(&self, state: &State, request: &ListRequest) -> Result<EntryList, StoreError> {
        let roots = self.repository.roots(state)?;
        let lister = Lister {
            sight: self,
            roots,
            kinds: Kinds::at(self.repository, roots.catalogue),
            request,
            wanted: request.title.as_deref().map(searchable),
        };
        // What is in the trash stands nowhere, so it is in no territory.
        match self.territory()?.filter(|_| !request.trash) {
            Some(territory) => lister.among(&territory),
            None => lister.all(),
        }
    }
}

/// A page on its way.
struct Lister<'l> {
    sight: &'l Sight<'l>,
    roots: Roots,
    kinds: Kinds<'l>,
    request: &'l ListRequest,
    wanted: Option<String>,
}

/// How far a page has come.
#[derive(Default)]
struct Course {
    page: EntryList,
    looked: usize,
    last: Option<EntryKey>,
}

impl Lister<'_> {
    /// A page out of the whole catalogue.
    fn all(&self) -> Result<EntryList, StoreError> {
        let request = self.request;
        let mut start = request.after.as_ref().map(|key| key.source().encode()).unwrap_or_default();
        if !start.is_empty() {
            // Past the entry and all its translations: their keys have the separator 0 after the entry's key, and 1
            // follows 0.
            start.push(1);
        }
        let mut course = Course::default();
        for prefix in self.prefixes() {
            let start = start.clone().max(prefix.clone());
            for entry in map::entries(&*self.sight.repository.source, self.roots.catalogue, &start)?
            {
                let (bytes, value) = entry?;
                if !bytes.starts_with(&prefix) {
                    break;
                }
                let (key, row) = (decoded_key(&bytes)?, decoded_row(&bytes, &value)?);
                if !self.take(&mut course, key, row)? {
                    return Ok(course.page);
                }
            }
        }
        Ok(course.page)
    }

    /// What the keys begin with that are looked through, ascending.
    fn prefixes(&self) -> Vec<Vec<u8>> {
        let request = self.request;
        match (&request.kind, self.sight.kinds()) {
            (Some(kind), _) => {
                let mut prefix = EntryKey::kind_prefix(kind);
                prefix.extend_from_slice(request.id_prefix.as_bytes());
                vec![prefix]
            }
            (None, Some(kinds)) => kinds.iter().map(EntryKey::kind_prefix).collect(),
            (None, None) => vec![Vec::new()],
        }
    }

    /// A page out of parts of the catalogue, and of what only this state has.
    fn among(&self, territory: &[Arc<BTreeSet<EntryKey>>]) -> Result<EntryList, StoreError> {
        let request = self.request;
        let beside = self.beside_main()?;
        let all = territory.iter().map(|part| &**part).chain([&beside]);
        let start = request.after.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let mut parts: Vec<_> =
            all.map(|part| part.range((start, Bound::Unbounded)).peekable()).collect();
        let mut course = Course::default();
        let nodes = &*self.sight.repository.source;
        while let Some(key) = parts.iter_mut().filter_map(|part| part.peek().copied()).min() {
            for part in &mut parts {
                part.next_if(|next| *next == key);
            }
            let is_asked = request.kind.as_ref().is_none_or(|kind| kind == key.kind())
                && key.id().starts_with(&request.id_prefix);
            let Some(row) = is_asked
                .then(|| catalogue::row(nodes, self.roots.catalogue, key))
                .transpose()?
                .flatten()
            else {
                continue;
            };
            if !self.take(&mut course, key.clone(), row)? {
                break;
            }
            let prefix = key.translations_prefix();
            for entry in catalogue::with_prefix(nodes, self.roots.catalogue, &prefix)? {
                let (bytes, value) = entry?;
                let (key, row) = (decoded_key(&bytes)?, decoded_row(&bytes, &value)?);
                self.take(&mut course, key, row)?;
            }
        }
        Ok(course.page)
    }

    /// What this state has and `main` has not, as far as they see it.
    fn beside_main(&self) -> Result<BTreeSet<EntryKey>, StoreError> {
        let repository = self.sight.repository;
        let mut beside = BTreeSet::new();
        let Some((_, main)) = repository.main_roots()? else { return Ok(beside) };
        for difference in map::diff(&*repository.source, main.catalogue, self.roots.catalogue)? {
            let difference = difference?;
            let is_missing = match &difference.left {
                None => true,
                Some(row) => decoded_row(&difference.key, row)?.state == RowState::Deleted,
            };
            let key = decoded_key(&difference.key)?.source();
            if is_missing && !beside.contains(&key) && self.sight.sees_at(self.roots, &key)? {
                beside.insert(key);
            }
        }
        Ok(beside)
    }

    /// Takes the next row of the catalogue into the page. Returns whether there is room for more.
    fn take(
        &self,
        course: &mut Course,
        key: EntryKey,
        row: CatalogueRow,
    ) -> Result<bool, StoreError> {
        let Course { page, looked, last } = course;
        if let Some(locale) = key.locale() {
            if let Some(listed) = page.rows.last_mut()
                && listed.key == key.source()
                && row.state != RowState::Deleted
                && self.sight.sees_at(self.roots, &key)?
            {
                listed.locales.push(locale.clone());
            }
            return Ok(true);
        }
        if page.rows.len() == self.request.rows_max || *looked == LOOKED_THROUGH_MAX {
            page.next = last.take();
            return Ok(false);
        }
        *last = Some(key.clone());
        if (row.state == RowState::Deleted) != self.request.trash {
            return Ok(true);
        }
        if !self.sight.is_whole() {
            *looked += 1;
            if !self.sight.sees_at(self.roots, &key)? {
                return Ok(true);
            }
        } else {
            *looked += usize::from(self.wanted.is_some());
        }
        let wanted = self.wanted.as_deref();
        page.rows.extend(self.sight.repository.listed(&self.kinds, key, row, wanted)?);
        Ok(true)
    }
}

impl Repository {
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
