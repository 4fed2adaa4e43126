//! The report of verifying: every damage with its place, and the content that it affects.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::{
    engine::{CellName, Damage, Lost},
    model::{
        id::ObjectId,
        key::EntryKey,
        object::{ObjectKind, Space},
    },
    repo::{branch::BRANCH_GROUP, channel::head::CHANNEL_GROUP},
};

/// Most problems that are listed; the count is complete.
const PROBLEMS_MAX: usize = 1000;
/// Most damages that are listed; the count is complete.
const DAMAGES_MAX: usize = 1000;
/// Most entries, states or ranges that one damage names; the counts are complete.
const TOUCHED_MAX: usize = 100;

/// The result of verifying.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// Whether nothing is wrong.
    pub ok: bool,
    /// How many objects were read and hashed.
    pub objects_count: u64,
    /// How many bytes were read.
    pub size_bytes: u64,
    /// How many commits were walked.
    pub commits_count: u64,
    /// How many publications were walked.
    pub publications_count: u64,
    /// What is wrong, one sentence for each problem.
    pub problems: Vec<String>,
    /// How many problems there are.
    pub problems_count: u64,
    /// The places where stored bytes are missing or are not what was written, and what that affects.
    pub damages: Vec<DamageRow>,
    /// How many damages there are.
    pub damages_count: u64,
}

/// One place where stored bytes are missing or are not what was written, and the content that this affects.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DamageRow {
    /// The file's name without its directory; `None` when an object is named but exists nowhere.
    pub file: Option<String>,
    /// Where in the file, in bytes from its beginning.
    pub offset: Option<u64>,
    /// The object that can't be read.
    pub object: Option<ObjectId>,
    /// The space that lacks it: `source` is the authors', `public` the learners'.
    pub space: Option<String>,
    /// The kind of the object, if something names it: `document`, `media`, `node`, `revision`, `commit`, `snapshot` or
    /// `publication`.
    pub kind: Option<&'static str>,
    /// The cell whose value is lost, or replaced by an earlier one.
    pub cell: Option<String>,
    /// The transactions whose changes of cells are lost.
    pub transactions: Option<LostTransactions>,
    /// How the damage shows, for people.
    pub detail: String,
    /// Entries and translations that need it, ascending.
    pub entries: Vec<EntryKey>,
    /// How many entries and translations that are known by name need it.
    pub entries_count: u64,
    /// Lost rows that are not known by name, because a node of a map is lost.
    pub ranges: Vec<LostRange>,
    /// Branches that need it as they are now: `main`, `draft/…`.
    pub branches: Vec<String>,
    /// Branches of which only earlier commits need it; for shared commits one of the branches is named.
    pub history: Vec<String>,
    /// Versions of channels that need it, as delivered or for their record: `production@7`.
    pub snapshots: Vec<String>,
    /// How many versions of channels need it.
    pub snapshots_count: u64,
    /// Reviews that need it.
    pub reviews: Vec<String>,
    /// Schedules that need it.
    pub schedules: Vec<String>,
}

/// A range of transactions, by their positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LostTransactions {
    /// The position of the first.
    pub first: u64,
    /// The position of the last; `None` when nothing whole follows.
    pub last: Option<u64>,
}

/// Rows of a map below a node that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LostRange {
    /// What the rows are: `entries`, `delivered entries`, `routes`, `links`, `holds`.
    pub of: &'static str,
    /// The last key before them; `None` when there is none before them.
    pub after: Option<String>,
    /// Their last key; `None` when the whole map is lost.
    pub to: Option<String>,
    /// How many rows are lost, if that is known.
    pub count: Option<u64>,
}

impl VerifyReport {
    /// Records a problem; one that several states share is recorded once.
    pub(super) fn problem(&mut self, text: impl std::fmt::Display) {
        let text = text.to_string();
        if self.problems.contains(&text) {
            return;
        }
        self.problems_count += 1;
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(text);
        }
    }

    pub(super) fn damage(&mut self, row: impl FnOnce() -> DamageRow) {
        self.damages_count += 1;
        if self.damages.len() < DAMAGES_MAX {
            self.damages.push(row());
        }
    }
}

/// What an object that can't be read affects.
#[derive(Debug, Default)]
pub(super) struct Touched {
    pub(super) entries: BTreeSet<EntryKey>,
    pub(super) ranges: BTreeSet<LostRange>,
    pub(super) branches: BTreeSet<String>,
    pub(super) history: BTreeSet<String>,
    snapshots: Vec<String>,
    snapshots_count: u64,
    pub(super) reviews: BTreeSet<String>,
    pub(super) schedules: BTreeSet<String>,
}

impl Touched {
    /// Records a snapshot; each is recorded completely before the next one.
    pub(super) fn snapshot(&mut self, name: &str) {
        if self.snapshots.last().is_some_and(|last| last == name) {
            return;
        }
        self.snapshots_count += 1;
        if self.snapshots.len() < TOUCHED_MAX {
            self.snapshots.push(name.to_owned());
        }
    }
}

/// An object that can't be read.
#[derive(Debug)]
pub(super) struct LostObject {
    pub(super) space: Space,
    pub(super) id: ObjectId,
    pub(super) kind: Option<ObjectKind>,
    pub(super) detail: String,
    /// Whether it exists nowhere; otherwise it is damaged somewhere.
    pub(super) is_missing: bool,
    /// Whether a problem already reports something that names it.
    pub(super) is_told: bool,
    pub(super) touched: Touched,
}

impl LostObject {
    /// Its row, without a file.
    pub(super) fn row(&self) -> DamageRow {
        let row = DamageRow {
            object: Some(self.id),
            space: Some(self.space.to_string()),
            detail: self.detail.clone(),
            ..DamageRow::default()
        };
        row.touching(self)
    }
}

impl DamageRow {
    /// The row of a damage that the engine reports.
    pub(super) fn of(damage: &Damage) -> Self {
        let mut row = Self {
            file: Some(damage.file.clone()),
            offset: damage.offset,
            detail: damage.detail.clone(),
            ..Self::default()
        };
        match &damage.lost {
            Lost::Unnamed => {}
            Lost::Object(space, id) => {
                (row.object, row.space) = (Some(*id), Some(space.to_string()));
            }
            Lost::Cell(name) => row.losing_cell(name),
            Lost::Transactions { first, last } => {
                row.transactions = Some(LostTransactions { first: *first, last: *last });
            }
        }
        row
    }

    fn losing_cell(&mut self, name: &CellName) {
        let group = name.group().as_str();
        self.cell = Some(name.to_string());
        self.branches.extend(group.strip_prefix(BRANCH_GROUP).map(str::to_owned));
        self.snapshots.extend(group.strip_prefix(CHANNEL_GROUP).map(str::to_owned));
        self.snapshots_count = self.snapshots.len() as u64;
    }

    /// This row with what a lost object affects.
    pub(super) fn touching(self, lost: &LostObject) -> Self {
        fn some<T: Clone>(of: &BTreeSet<T>) -> Vec<T> {
            of.iter().take(TOUCHED_MAX).cloned().collect()
        }
        let touched = &lost.touched;
        // A branch whose present state needs it is not also listed for its history.
        let history = touched.history.difference(&touched.branches).cloned().collect();
        Self {
            kind: lost.kind.map(ObjectKind::word),
            entries: some(&touched.entries),
            entries_count: touched.entries.len() as u64,
            ranges: some(&touched.ranges),
            branches: some(&touched.branches),
            history: some(&history),
            snapshots: touched.snapshots.clone(),
            snapshots_count: touched.snapshots_count,
            reviews: some(&touched.reviews),
            schedules: some(&touched.schedules),
            ..self
        }
    }
}
