//! The people of a repository, page by page.

use crate::{
    engine::{CellQuery, PAGE_ROWS_MAX},
    model::name::Person,
    repo::{
        ground::error::StoreError,
        people::{
            People,
            stored::{PersonRow, StoredPerson, cell},
        },
        record::{
            Record,
            account::{PERSON_PREFIX, people_group, person_cell},
        },
    },
};

/// Sorts before every account and after the cells that come before them; no cell has this name.
const BEFORE_ALL: &str = "person.";

/// Which accounts to list.
#[derive(Debug, Clone, Default)]
pub struct PeopleQuery {
    /// Only accounts after this one.
    pub after: Option<Person>,
    /// At most this many accounts.
    pub rows_max: usize,
}

/// Accounts, and whether more follow.
#[derive(Debug, Clone, Default)]
pub struct PeoplePage {
    /// The accounts, ascending by id.
    pub rows: Vec<PersonRow>,
    /// Whether more rows follow.
    pub more: bool,
}

impl People<'_> {
    /// A page of accounts, erased ones included.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn list(&self, query: &PeopleQuery) -> Result<PeoplePage, StoreError> {
        let after = query.after.as_ref().and_then(|person| person_cell(person.as_str()));
        let after = Some(after.unwrap_or_else(|| cell(BEFORE_ALL)));
        let rows_max = query.rows_max.min(PAGE_ROWS_MAX);
        let group = people_group();
        let asked = CellQuery { group_prefix: group.as_str().to_owned(), after, rows_max };
        let found = self.repository.engine.cells(&asked)?;
        let (mut rows, mut more) = (Vec::new(), found.more);
        for (name, cell) in found.rows {
            if *name.group() != group || !name.name().starts_with(PERSON_PREFIX) {
                more = false;
                break;
            }
            let record = Record::<StoredPerson>::of(name, &cell)?;
            rows.push(record.value.row(record.version));
        }
        Ok(PeoplePage { rows, more })
    }

    /// Every account.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn all(&self) -> Result<Vec<PersonRow>, StoreError> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = self.list(&PeopleQuery { after, rows_max: PAGE_ROWS_MAX })?;
            all.extend(page.rows);
            after = all.last().map(|row: &PersonRow| row.id.clone());
            if !page.more {
                return Ok(all);
            }
        }
    }
}
