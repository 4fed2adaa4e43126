//! Remembered answers: what a writer was answered, so that a repeated request under the same name gets the same answer
//! and is carried out only once.
//!
//! The core does not read them. A name is the hash of whatever identifies an attempt for the caller.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::put_record;
use crate::{
    engine::{CellName, Expected, Group, OperationId},
    repo::ground::{error::StoreError, repository::Repository},
};

/// The largest answer that is remembered, in bytes.
pub const REMEMBERED_SIZE_BYTES_MAX: usize = 512 << 10;

const GROUP_PREFIX: &str = "answer/";
const CELL: &str = "answer";

/// An answer that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// When the answer was given, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    /// The answer, as the caller has it.
    pub value: Value,
}

fn cell(name: &[u8; 32]) -> CellName {
    let name = blake3::Hash::from_bytes(*name).to_hex();
    let group: Group = format!("{GROUP_PREFIX}{name}").parse().expect("a group");
    group.cell(CELL).expect("a cell")
}

impl Repository {
    /// The answer under a name.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn recall(&self, name: &[u8; 32]) -> Result<Option<Remembered>, StoreError> {
        Ok(self.stored_record(cell(name))?.map(|record| record.value))
    }

    /// Remembers an answer of at most [`REMEMBERED_SIZE_BYTES_MAX`]; the first one under a name stays. Returns whether
    /// the answer is small enough.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be written.
    pub fn remember(
        &self,
        name: &[u8; 32],
        answer: &Remembered,
        operation: OperationId,
    ) -> Result<bool, StoreError> {
        let size_bytes = serde_json::to_vec(&answer.value).map_or(usize::MAX, |text| text.len());
        if size_bytes > REMEMBERED_SIZE_BYTES_MAX {
            return Ok(false);
        }
        let swap = put_record(cell(name), Expected::Absent, answer);
        self.swap_records(operation, vec![swap], None)?;
        Ok(true)
    }

    /// Forgets the answers given before a time; returns how many.
    ///
    /// `operation` returns an id for each that nobody else uses.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read or written.
    pub fn forget_answers(
        &self,
        before_ms: u64,
        operation: &mut dyn FnMut() -> OperationId,
    ) -> Result<usize, StoreError> {
        let is_old = |answer: &Remembered| answer.time_ms < before_ms;
        self.forget_records(GROUP_PREFIX, is_old, operation)
    }
}
