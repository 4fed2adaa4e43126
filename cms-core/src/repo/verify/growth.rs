//! How a store grows: what was written on each day, by purpose, as far back as the live journals reach.
//!
//! A save of a draft makes no audit record, so its day is that of the last audit record before it. Objects are written
//! before the record that reports them, so their day is that of the next audit record. Days are in UTC.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    engine::local::{LocalEngine, Recent, RecentCell, RecentObject},
    model::object::{ObjectKind, Space},
    repo::branch::branch_of,
};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// What was written on one day for one purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GrowthRow {
    /// When the day began, in milliseconds since 1970-01-01T00:00:00Z; `None` when no audit record gives the day.
    pub day_ms: Option<u64>,
    /// The purpose of what was written.
    pub what: &'static str,
    /// How many objects, cells or records were written.
    pub count: u64,
    /// How many bytes they take in the journals.
    pub size_bytes: u64,
}

type Sums = BTreeMap<&'static str, (u64, u64)>;

#[derive(Default)]
struct Growth {
    days: BTreeMap<Option<u64>, Sums>,
    /// The day of the last audit record.
    day: Option<u64>,
    /// What waits for the day of the next audit record.
    waiting: Sums,
}

/// What the live journals hold, by day and purpose, oldest first.
pub fn growth(engine: &LocalEngine) -> Vec<GrowthRow> {
    let mut growth = Growth::default();
    engine.recent(&mut |recent| growth.take(recent));
    growth.settle();
    let rows = growth.days.into_iter().flat_map(|(day_ms, sums)| {
        sums.into_iter().map(move |(what, (count, size_bytes))| GrowthRow {
            day_ms,
            what,
            count,
            size_bytes,
        })
    });
    rows.collect()
}

#[derive(Deserialize)]
struct Told {
    time_ms: u64,
}

impl Growth {
    fn take(&mut self, recent: &Recent<'_>) {
        let told = recent.audit.and_then(|audit| serde_json::from_slice::<Told>(audit).ok());
        for object in &recent.objects {
            add(&mut self.waiting, purpose_of_object(object), object.size_bytes);
        }
        if let Some(told) = told {
            self.day = Some(told.time_ms - told.time_ms % DAY_MS);
            self.settle();
        }
        // What came before the first audit record waits as well.
        let day = match self.day {
            Some(_) => self.days.entry(self.day).or_default(),
            None => &mut self.waiting,
        };
        for cell in &recent.cells {
            add(day, purpose_of_cell(cell), cell.size_bytes);
        }
        if let Some(audit) = recent.audit {
            add(day, "audit records", audit.len() as u64);
        }
    }

    fn settle(&mut self) {
        let day = self.days.entry(self.day).or_default();
        for (what, (count, size_bytes)) in std::mem::take(&mut self.waiting) {
            let sum = day.entry(what).or_default();
            *sum = (sum.0 + count, sum.1 + size_bytes);
        }
    }
}

fn add(sums: &mut Sums, what: &'static str, size_bytes: u64) {
    let sum = sums.entry(what).or_default();
    *sum = (sum.0 + 1, sum.1 + size_bytes);
}

fn purpose_of_object(object: &RecentObject) -> &'static str {
    match (&object.space, object.kind) {
        (_, ObjectKind::Media) => "media files",
        (Space::Source, ObjectKind::Document) => "documents",
        (Space::Source, ObjectKind::Publication) => "what learners get",
        (Space::Source, _) => "history: revisions, commits, maps",
        (Space::Public | Space::Channel(_) | Space::Preview, _) => "what learners get",
    }
}

fn purpose_of_cell(cell: &RecentCell) -> &'static str {
    let is_draft = branch_of(&cell.name).is_some_and(|branch| branch.draft().is_some());
    match is_draft && cell.name.name().starts_with("edit") {
        true => "saves of drafts",
        false => "pointers and records",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON_MS: u64 = DAY_MS / 2;

    fn recent<'a>(told: Option<&'a str>, objects: usize, cell: Option<(&str, &str)>) -> Recent<'a> {
        let object =
            RecentObject { space: Space::Source, kind: ObjectKind::Document, size_bytes: 10 };
        let cells = cell.map(|(group, name)| {
            let group: crate::engine::Group = group.parse().unwrap();
            RecentCell { name: group.cell(name).unwrap(), size_bytes: 3 }
        });
        Recent {
            audit: told.map(str::as_bytes),
            objects: vec![object; objects],
            cells: cells.into_iter().collect(),
        }
    }

    #[test]
    fn a_save_is_of_the_day_told_before_it_and_an_object_of_the_day_told_after_it() {
        let told = |day: u64| format!("{{\"time_ms\":{}}}", day * DAY_MS + NOON_MS);
        let (first, second) = (told(1), told(2));
        let mut growth = Growth::default();
        growth.take(&recent(None, 0, Some(("repository", "header"))));
        growth.take(&recent(Some(&first), 0, Some(("branch/main", "head"))));
        growth.take(&recent(None, 0, Some(("branch/draft/d1", "edit/video/x"))));
        growth.take(&recent(None, 2, None));
        growth.take(&recent(Some(&second), 1, None));
        growth.take(&recent(None, 1, None));
        growth.settle();
        let of = |day: u64, what| growth.days[&Some(day * DAY_MS)].get(what).copied();
        assert_eq!(of(1, "saves of drafts"), Some((1, 3)));
        assert_eq!(of(1, "pointers and records"), Some((2, 6)));
        assert_eq!(of(1, "documents"), None);
        assert_eq!(of(2, "documents"), Some((4, 40)));
        assert_eq!(of(2, "audit records").map(|(count, _)| count), Some(1));
    }
}
