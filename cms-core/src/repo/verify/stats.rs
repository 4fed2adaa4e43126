//! Statistics: what the repository holds, and how much space it takes.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::repo::{
    content::{catalogue::RowState, state::State},
    ground::{error::StoreError, repository::Repository},
    history::CommitRow,
};
use crate::{
    map,
    model::{
        key::{Kind, Locale},
        name::Branch,
    },
};

/// What the repository holds, and how much space it takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatsReport {
    /// How many entries of each kind `main` has.
    pub kinds: BTreeMap<Kind, u64>,
    /// How many translations into each locale `main` has.
    pub locales: BTreeMap<Locale, u64>,
    /// How many entries and translations are in the trash.
    pub deleted: u64,
    /// How many links there are between entries.
    pub links: u64,
    /// How many commits led to `main`.
    pub commits: u64,
    /// The newest commits, newest first.
    pub newest: Vec<CommitRow>,
    /// The space that each purpose takes.
    pub usage: Vec<UsageRow>,
    /// The space that everything takes, in bytes.
    pub size_bytes: u64,
    /// Why something is not counted: what the damaged object says of its damage.
    pub unread: Option<String>,
}

/// The space that one purpose takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UsageRow {
    /// The purpose.
    pub what: String,
    /// How many files, rows or objects there are, depending on the purpose.
    pub count: u64,
    /// The space that they take, in bytes.
    pub size_bytes: u64,
}

const NEWEST_MAX: usize = 10;

impl Repository {
    /// Counts what `main` holds and what the engine stores.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn stats(&self) -> Result<StatsReport, StoreError> {
        let usage = self.engine.usage()?;
        let mut report = StatsReport {
            kinds: BTreeMap::new(),
            locales: BTreeMap::new(),
            deleted: 0,
            links: 0,
            commits: 0,
            newest: Vec::new(),
            unread: None,
            size_bytes: usage.rows.iter().map(|row| row.size_bytes).sum(),
            usage: usage
                .rows
                .into_iter()
                .map(|row| UsageRow {
                    what: row.what,
                    count: row.count,
                    size_bytes: row.size_bytes,
                })
                .collect(),
        };
        let Some(head) = crate::repo::branch::branch_head(self, &Branch::Main)? else {
            return Ok(report);
        };
        let state = State::Commit(head.commit);
        let roots = self.roots(&state)?;
        for row in self.rows(roots.catalogue, b"")? {
            let (key, row) = match row {
                Err(error) if error.is_damage() => {
                    report.unread.get_or_insert_with(|| error.to_string());
                    continue;
                }
                row => row?,
            };
            if row.state == RowState::Deleted {
                report.deleted += 1;
                continue;
            }
            match key.locale() {
                Some(locale) => *report.locales.entry(locale.clone()).or_default() += 1,
                None => *report.kinds.entry(key.kind().clone()).or_default() += 1,
            }
        }
        match map::count(&*self.source, roots.backlinks).map_err(StoreError::from) {
            Err(error) if error.is_damage() => {
                report.unread.get_or_insert_with(|| error.to_string());
            }
            links => report.links = links?,
        }
        for commit in self.ancestry(head.commit) {
            match commit {
                Err(error) if error.is_damage() => {
                    report.unread.get_or_insert_with(|| error.to_string());
                }
                commit => report.commits += u64::from(commit.map(|_| true)?),
            }
        }
        report.newest = self.history().log(&state, NEWEST_MAX, None)?;
        Ok(report)
    }
}
