//! What verifying tells: every damage with its place, and what of the content it touches.

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

/// Most problems that are listed; the count is whole.
const PROBLEMS_MAX: usize = 1000;
/// Most damages that are listed; the count is whole.
const DAMAGES_MAX: usize = 1000;
/// Most entries, states or ranges that one damage names; the counts are whole.
const TOUCHED_MAX: usize = 100;

/// What verifying found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// Whether nothing is wrong.
    pub ok: bool,
    /// Objects whose bytes were read and hashed.
    pub objects_count: u64,
    /// Bytes read.
    pub size_bytes: u64,
    /// Commits whose content was walked.
    pub commits_count: u64,
    /// Publications whose content was walked.
    pub publications_count: u64,
    /// What is wrong, a sentence each.
    pub problems: Vec<String>,
    /// How many problems there are.
    pub problems_count: u64,
    /// Where stored bytes are not what was written or are not there, and what that touches.
    pub damages: Vec<DamageRow>,
    /// How many damages there are.
    pub damages_count: u64,
}

/// One place where something stored is not what was written or not there, and what of the content it touches.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct DamageRow {
    /// The file's name without its directory; none where an object is named and nowhere to be found.
    pub file: Option<String>,
    /// Where in the file, in bytes from its beginning.
    pub offset: Option<u64>,
    /// The object that can't be read.
    pub object: Option<ObjectId>,
    /// The space that it is missing from: `source` is the authors', `public` the learners'.
    pub space: Option<String>,
    /// What the object is, where something names it: `document`, `media`, `node`, `revision`, `commit`, `snapshot`
    /// or `publication`.
    pub kind: Option<&'static str>,
    /// The cell whose value is lost, or is an earlier one.
    pub cell: Option<String>,
    /// The transactions whose changes of cells are lost.
    pub transactions: Option<LostTransactions>,
    /// How it shows.
    pub detail: String,
    /// Entries and translations that need it, ascending.
    pub entries: Vec<EntryKey>,
    /// How many entries and translations need it that are known by name.
    pub entries_count: u64,
    /// What is lost and not known by name, where a node of a map is.
    pub ranges: Vec<LostRange>,
    /// Branches that need it as they are now: `main`, `draft/…`.
    pub branches: Vec<String>,
    /// Branches of which only earlier commits need it; what branches share is told of one of them.
    pub history: Vec<String>,
    /// What channels delivered, and how it came to be, that needs it: `production@7`.
    pub snapshots: Vec<String>,
    /// How many of these there are.
    pub snapshots_count: u64,
    /// Reviews that need it.
    pub reviews: Vec<String>,
    /// Schedules that need it.
    pub schedules: Vec<String>,
}

/// Transactions, by their positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LostTransactions {
    /// The first.
    pub first: u64,
    /// The last; none where nothing whole lies behind.
    pub last: Option<u64>,
}

/// Rows of a map below a node that can't be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LostRange {
    /// What the rows are: `entries`, `delivered entries`, `routes`, `links`, `holds`.
    pub of: &'static str,
    /// The last name before them; none where nothing is before them.
    pub after: Option<String>,
    /// Their last name; none where all of the map is lost.
    pub to: Option<String>,
    /// How many they are, where that is known.
    pub count: Option<u64>,
}

impl VerifyReport {
    /// Notes what is wrong; what several states have in common is told once.
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

/// What an object that can't be read keeps from being whole.
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
    /// Notes a snapshot; each is noted as a whole before the next one.
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
    /// Whether it is nowhere, as opposed to damaged somewhere.
    pub(super) is_missing: bool,
    /// Whether a problem tells of something that names it.
    pub(super) is_told: bool,
    pub(super) touched: Touched,
}

impl LostObject {
    /// The row of it, without a file.
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
    /// The row of what the engine tells.
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

    /// The row with what an object that can't be read touches.
    pub(super) fn touching(self, lost: &LostObject) -> Self {
        fn some<T: Clone>(of: &BTreeSet<T>) -> Vec<T> {
            of.iter().take(TOUCHED_MAX).cloned().collect()
        }
        let touched = &lost.touched;
        // A state that needs it as it is now needs no word on its history.
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
