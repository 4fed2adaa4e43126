//! Looking through the audit, page by page.
//!
//! There is no index: records are read in order, at most [`LOOKED_THROUGH_MAX`] for one page, and the page says how far
//! it looked. So a page costs the same however large the audit is, and a rare row is found after a few pages.

use super::{Audit, row::AuditRow};
use crate::{
    engine::{AuditRecord, PAGE_ROWS_MAX, Position},
    repo::ground::error::StoreError,
};

/// Most records that are looked through for one page.
const LOOKED_THROUGH_MAX: usize = 50_000;

/// What to look for; what is `None` does not narrow anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Rows by a person, on their behalf, or about them.
    pub person: Option<String>,
    /// Rows of a verb.
    pub verb: Option<String>,
    /// Rows that name an entry.
    pub entry: Option<String>,
    /// Rows that name a channel.
    pub channel: Option<String>,
    /// Rows from this time on, in milliseconds since 1970-01-01T00:00:00Z.
    pub from_ms: Option<u64>,
    /// Rows before this time, in milliseconds since 1970-01-01T00:00:00Z.
    pub to_ms: Option<u64>,
    /// Rows in which this text stands somewhere, in whatever case.
    pub text: Option<String>,
}

/// Which rows come first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AuditOrder {
    /// The newest.
    #[default]
    NewestFirst,
    /// The oldest.
    OldestFirst,
}

/// A page of the audit.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditPage {
    /// The rows.
    pub rows: Vec<AuditRow>,
    /// The position up to which was looked, when there is more to look through.
    pub next: Option<u64>,
    /// The time of the last record that was looked at, in milliseconds since 1970-01-01T00:00:00Z; `None` when there
    /// was nothing to look at.
    pub looked_to_ms: Option<u64>,
}

impl AuditQuery {
    fn names(&self) -> impl Iterator<Item = &String> {
        [&self.person, &self.verb, &self.entry, &self.channel].into_iter().flatten()
    }

    /// Whether a record may match, by its bytes alone: most records are not read any further.
    fn may_match(&self, record: &AuditRecord) -> bool {
        let Ok(text) = std::str::from_utf8(&record.bytes) else { return true };
        self.names().all(|name| {
            // What JSON writes in another way is looked at more closely.
            let is_plain = !name.contains(['"', '\\']) && !name.contains(char::is_control);
            !is_plain || text.contains(name.as_str())
        })
    }

    fn matches(&self, row: &AuditRow, record: &AuditRecord) -> bool {
        let is = |wanted: &Option<String>, found: &[Option<&str>]| {
            wanted.as_deref().is_none_or(|wanted| found.contains(&Some(wanted)))
        };
        let field = |name: &str| row.on.get(name).and_then(serde_json::Value::as_str);
        let about = [Some(&*row.author), row.on_behalf_of.as_deref(), field("person")];
        let names_entry = |entry: &String| {
            row.on.values().any(|value| match value {
                serde_json::Value::String(text) => text.split(' ').any(|word| word == entry),
                serde_json::Value::Array(all) => all.iter().any(|each| each == entry.as_str()),
                _ => false,
            })
        };
        is(&self.person, &about)
            && is(&self.verb, &[Some(&*row.verb)])
            && is(&self.channel, &[field("channel")])
            && self.entry.as_ref().is_none_or(names_entry)
            && self.from_ms.is_none_or(|from| from <= row.time_ms)
            && self.to_ms.is_none_or(|to| row.time_ms < to)
            && self.text.as_ref().is_none_or(|text| {
                let all = String::from_utf8_lossy(&record.bytes).to_lowercase();
                all.contains(&text.to_lowercase())
            })
    }
}

impl Audit<'_> {
    /// A page of the rows that match, after a position (before it, when the newest come first).
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read. A record that is not one of ours is left out.
    pub fn search(
        &self,
        query: &AuditQuery,
        order: AuditOrder,
        after: Option<u64>,
        rows_max: usize,
    ) -> Result<AuditPage, StoreError> {
        let mut page = AuditPage { rows: Vec::new(), next: None, looked_to_ms: None };
        let mut looked = 0;
        let mut walk = Walk { audit: *self, order, at: after, is_over: false };
        loop {
            let records = walk.next_records()?;
            if records.is_empty() && walk.is_over {
                page.next = None;
                return Ok(page);
            }
            for record in records {
                looked += 1;
                page.next = Some(record.position.0);
                page.looked_to_ms = super::row::time_of(&record).or(page.looked_to_ms);
                if query.may_match(&record)
                    && let Ok(row) = AuditRow::of(&record)
                    && query.matches(&row, &record)
                {
                    page.rows.push(row);
                }
                if page.rows.len() >= rows_max || looked >= LOOKED_THROUGH_MAX {
                    return Ok(page);
                }
            }
        }
    }
}

/// A walk through records, a few at a time.
struct Walk<'r> {
    audit: Audit<'r>,
    order: AuditOrder,
    /// The position of the record that was seen last; `None` before the first.
    at: Option<u64>,
    is_over: bool,
}

impl Walk<'_> {
    fn next_records(&mut self) -> Result<Vec<AuditRecord>, StoreError> {
        let repository = self.audit.repository;
        let engine = &repository.engine;
        if self.order == AuditOrder::OldestFirst {
            let records = engine.audit(Position(self.at.unwrap_or(0)), PAGE_ROWS_MAX)?;
            self.is_over = records.is_empty();
            self.at = records.last().map(|record| record.position.0).or(self.at);
            return Ok(records);
        }
        let end = match self.at {
            Some(at) => at,
            None => repository.history().newest_position()?.0.saturating_add(1),
        };
        // Most positions have a record, so this many positions are about this many records.
        let begin = end.saturating_sub(PAGE_ROWS_MAX as u64 + 1);
        let mut records = engine.audit(Position(begin), PAGE_ROWS_MAX)?;
        records.retain(|record| record.position.0 < end);
        records.reverse();
        self.is_over = begin == 0;
        self.at = Some(begin + 1);
        Ok(records)
    }
}
