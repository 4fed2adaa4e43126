//! The cells of grants.

use serde::{Deserialize, Serialize};

use crate::{
    access::Grant,
    engine::{CellName, Expected, Group, Swap},
    model::name::Person,
    repo::{
        ground::{error::StoreError, repository::Repository},
        record::{Record, put_record},
    },
};

const GROUP: &str = "access";
const VERSION_CELL: &str = "version";
const GRANT_PREFIX: &str = "grant/";
const SUSPENDED_PREFIX: &str = "suspended/";

/// What the version cell holds: its own version is what counts.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Counted {
    changes: u64,
}

/// That a person is suspended, since when.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Suspended {
    pub(super) person: Person,
    pub(super) since_ms: u64,
}

/// All that the cells hold, as of one version.
#[derive(Debug, Default)]
pub(super) struct Stored {
    version: Option<Record<Counted>>,
    pub(super) grants: Vec<Record<Grant>>,
    pub(super) suspended: Vec<Record<Suspended>>,
}

fn cell(name: &str) -> CellName {
    let group: Group = GROUP.parse().expect("a group");
    group.cell(name).expect("a cell")
}

/// The cell of a grant.
pub(super) fn grant_cell(id: &str) -> CellName {
    cell(&format!("{GRANT_PREFIX}{id}"))
}

/// The cell that says that a person is suspended.
pub(super) fn suspended_cell(person: &Person) -> CellName {
    cell(&format!("{SUSPENDED_PREFIX}{person}"))
}

impl Repository {
    /// The version of all grants together; 0 before there were any.
    pub(in crate::repo) fn access_version(&self) -> Result<u64, StoreError> {
        Ok(self.engine.cell(&cell(VERSION_CELL))?.map_or(0, |cell| cell.version))
    }

    /// Everything in the cells. It is of one moment if the version is the same afterwards.
    pub(super) fn stored_access(&self) -> Result<Stored, StoreError> {
        let mut stored = Stored::default();
        for row in crate::engine::cells_of(&*self.engine, GROUP) {
            let (name, found) = row?;
            // Other groups may begin with the same word.
            if name.group().as_str() != GROUP {
                continue;
            }
            let text = name.name().to_owned();
            if text == VERSION_CELL {
                stored.version = Some(Record::of(name, &found)?);
            } else if text.starts_with(GRANT_PREFIX) {
                stored.grants.push(Record::of(name, &found)?);
            } else if text.starts_with(SUSPENDED_PREFIX) {
                stored.suspended.push(Record::of(name, &found)?);
            }
        }
        Ok(stored)
    }
}

impl Stored {
    /// The swap that makes a change the only one of its moment.
    pub(super) fn step(&self) -> Swap {
        let changes = self.version.as_ref().map_or(0, |record| record.value.changes) + 1;
        let expected = match &self.version {
            Some(record) => Expected::Version(record.version),
            None => Expected::Absent,
        };
        put_record(cell(VERSION_CELL), expected, &Counted { changes })
    }

    /// Whether a person is suspended.
    pub(super) fn is_suspended(&self, person: &Person) -> bool {
        self.suspended.iter().any(|record| record.value.person == *person)
    }
}
