//! Revocations: for each audience, the ids of objects that it had and that were taken down, in the order in which that
//! happened. A client that keeps objects remembers how many revocations it knows, and asks for those that follow.
//!
//! Invariants:
//! 1. A list only grows, so a place in it stays what it is.
//! 2. A page of it that is full never changes.

use serde::{Deserialize, Serialize};

use super::put_record;
use crate::{
    engine::{CellName, Expected, Group, OperationId},
    model::{id::ObjectId, object::Space},
    repo::ground::{error::StoreError, repository::Repository, stamp::Stamp},
};

const GROUP_PREFIX: &str = "revoked/";
const HEAD_CELL: &str = "head";
/// How many ids one cell holds.
const PAGE_IDS: u64 = 1000;

/// Some revocations, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Revocations {
    /// How many revocations there are.
    pub count: u64,
    /// The place in the list of the first of these ids, counted from 0.
    pub from: u64,
    /// The ids of these objects, in the order in which they were taken down.
    pub ids: Vec<ObjectId>,
}

#[derive(Default, Serialize, Deserialize)]
struct StoredHead {
    count: u64,
    /// The takedown that added the last ones, so that it adds them once.
    last: String,
}

#[derive(Default, Serialize, Deserialize)]
struct StoredPage {
    ids: Vec<ObjectId>,
}

fn cell(space: &Space, name: &str) -> Result<CellName, StoreError> {
    let row = |_| StoreError::Row { what: format!("the revocations of {space}") };
    let group = format!("{GROUP_PREFIX}{space}").parse::<Group>().map_err(row)?;
    group.cell(name).map_err(row)
}

fn page_cell(space: &Space, page: u64) -> Result<CellName, StoreError> {
    cell(space, &format!("page/{page:08}"))
}

impl Repository {
    /// The revocations of an audience from a place on, at most `rows_max`.
    pub(in crate::repo) fn revocations(
        &self,
        space: &Space,
        from: u64,
        rows_max: usize,
    ) -> Result<Revocations, StoreError> {
        let head = self.stored_record::<StoredHead>(cell(space, HEAD_CELL)?)?;
        let count = head.map_or(0, |head| head.value.count);
        let from = from.min(count);
        let mut found = Revocations { count, from, ids: Vec::new() };
        while found.ids.len() < rows_max && from + (found.ids.len() as u64) < count {
            let at = from + found.ids.len() as u64;
            let page = self.stored_record::<StoredPage>(page_cell(space, at / PAGE_IDS)?)?;
            let what = || StoreError::Row { what: format!("the revocations of {space}") };
            let ids = page.ok_or_else(what)?.value.ids;
            let rest = ids.get((at % PAGE_IDS) as usize..).filter(|rest| !rest.is_empty());
            let wanted = rows_max - found.ids.len();
            found.ids.extend(rest.ok_or_else(what)?.iter().take(wanted));
        }
        Ok(found)
    }

    /// The newest revocations of an audience, at most `rows_max`.
    pub(in crate::repo) fn newest_revocations(
        &self,
        space: &Space,
        rows_max: usize,
    ) -> Result<Revocations, StoreError> {
        let count = self.revocations(space, u64::MAX, 0)?.count;
        self.revocations(space, count.saturating_sub(rows_max as u64), rows_max)
    }

    /// Adds what a takedown took from an audience; twice is once.
    pub(in crate::repo) fn revoke(
        &self,
        space: &Space,
        takedown: &str,
        ids: &[ObjectId],
        stamp: &Stamp,
    ) -> Result<(), StoreError> {
        loop {
            let head = self.stored_record::<StoredHead>(cell(space, HEAD_CELL)?)?;
            let known = head.as_ref().map_or("", |head| head.value.last.as_str());
            if known == takedown || ids.is_empty() {
                return Ok(());
            }
            let (mut count, expected) = match &head {
                Some(head) => (head.value.count, Expected::Version(head.version)),
                None => (0, Expected::Absent),
            };
            let mut swaps = Vec::new();
            let mut rest = ids;
            while !rest.is_empty() {
                let name = page_cell(space, count / PAGE_IDS)?;
                let page = self.stored_record::<StoredPage>(name.clone())?;
                let (mut value, expected) = match page {
                    Some(page) => (page.value, Expected::Version(page.version)),
                    None => (StoredPage::default(), Expected::Absent),
                };
                let room = (PAGE_IDS - count % PAGE_IDS) as usize;
                let (now, later) = rest.split_at(room.min(rest.len()));
                value.ids.extend_from_slice(now);
                count += now.len() as u64;
                rest = later;
                swaps.push(put_record(name, expected, &value));
            }
            let value = StoredHead { count, last: takedown.to_owned() };
            swaps.push(put_record(cell(space, HEAD_CELL)?, expected, &value));
            let place = [space.to_string().as_bytes(), &count.to_le_bytes()].concat();
            let parts = [&stamp.operation.0[..], takedown.as_bytes(), &place];
            let operation = OperationId::derive("cms 2026-11-30 v1 revocations", parts);
            if self.swap_records(operation, swaps, None)?.is_some() {
                return Ok(());
            }
        }
    }
}
