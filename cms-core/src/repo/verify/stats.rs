//! Statistics: what is there, and how much room it takes.

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

/// What is there, and how much room it takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatsReport {
    /// Entries of each kind on `main`.
    pub kinds: BTreeMap<Kind, u64>,
    /// Translations to each locale on `main`.
    pub locales: BTreeMap<Locale, u64>,
    /// Entries and translations in the trash.
    pub deleted: u64,
    /// Links between entries.
    pub links: u64,
    /// Commits that led to `main`.
    pub commits: u64,
    /// The newest commits, newest first.
    pub newest: Vec<CommitRow>,
    /// Room by purpose.
    pub usage: Vec<UsageRow>,
    /// Bytes in all.
    pub size_bytes: u64,
    /// Why something is not counted: what says it is damaged.
    pub unread: Option<String>,
}

/// Room that one purpose takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UsageRow {
    /// The purpose.
    pub what: String,
    /// Files, rows or objects, as the purpose has it.
    pub count: u64,
    /// Bytes.
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
