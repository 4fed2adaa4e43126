//! How far a follower of what happens has come, so that it misses nothing after a restart.

use serde::{Deserialize, Serialize};

use super::put_record;
use crate::{
    engine::{CellName, Expected, Group, OperationId, Position},
    repo::ground::{error::StoreError, repository::Repository},
};

const GROUP: &str = "followed";

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Followed {
    position: u64,
}

fn cell(name: &str) -> Result<CellName, StoreError> {
    let row = |_| StoreError::Row { what: format!("the follower {name:?}") };
    GROUP.parse::<Group>().map_err(row)?.cell(name).map_err(row)
}

impl Repository {
    /// The position up to which a follower has dealt with what happened; `None` when it never did.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn followed(&self, name: &str) -> Result<Option<Position>, StoreError> {
        let record = self.stored_record::<Followed>(cell(name)?)?;
        Ok(record.map(|record| Position(record.value.position)))
    }

    /// Records that a follower has dealt with everything up to a position. A later position that another follower of
    /// the same name recorded stays.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read or written.
    pub fn follow(
        &self,
        name: &str,
        position: Position,
        operation: OperationId,
    ) -> Result<(), StoreError> {
        let known = self.stored_record::<Followed>(cell(name)?)?;
        if known.as_ref().is_some_and(|known| known.value.position >= position.0) {
            return Ok(());
        }
        let expected = known.map_or(Expected::Absent, |known| Expected::Version(known.version));
        let swap = put_record(cell(name)?, expected, &Followed { position: position.0 });
        self.swap_records(operation, vec![swap], None)?;
        Ok(())
    }
}
