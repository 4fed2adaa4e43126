//! What concerns the store as a whole.

use cms_core::repo;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::OnWire;

use super::words::operation::{LostRows, ObjectWord, RoleWord};
use super::{content::CommitRow, reviews::RefusedEntry};

/// What verifying found.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct VerifyReport {
    /// Whether nothing is wrong.
    pub ok: bool,
    /// Objects read and hashed.
    pub objects_count: u64,
    /// Bytes read.
    pub size_bytes: u64,
    /// Commits walked.
    pub commits_count: u64,
    /// Publications walked.
    pub publications_count: u64,
    /// What is wrong, a sentence each.
    pub problems: Vec<String>,
    /// How many problems there are.
    pub problems_count: u64,
    /// Where stored bytes are not what was written or are not there, and what that touches.
    #[serde(default)]
    pub damages: Vec<DamageRow>,
    /// How many damages there are.
    #[serde(default)]
    pub damages_count: u64,
    /// Where the reviews were made whole again first, how many there are now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviews_mended_count: Option<u64>,
}

/// One place where something stored is not what was written or not there, and what of the content it touches.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DamageRow {
    /// The file's name; null where an object is named and nowhere to be found.
    pub file: Option<String>,
    /// Where in the file, in bytes.
    pub offset: Option<u64>,
    /// The object that can't be read.
    pub object: Option<String>,
    /// The space that it is missing from: `source` is the authors', `public` the learners'.
    pub space: Option<String>,
    /// What it is, where something names it.
    #[schema(value_type = Option<ObjectWord>)]
    pub kind: Option<String>,
    /// The cell whose value is lost, or is an earlier one.
    pub cell: Option<String>,
    /// The transactions whose changes of cells are lost.
    pub transactions: Option<LostTransactions>,
    /// How it shows.
    pub detail: String,
    /// Entries and translations that need it, at most 100.
    pub entries: Vec<String>,
    /// How many need it that are known by name.
    pub entries_count: u64,
    /// What is lost and not known by name.
    pub ranges: Vec<LostRange>,
    /// Branches that need it as they are now.
    pub branches: Vec<String>,
    /// Branches of which only earlier commits need it.
    pub history: Vec<String>,
    /// What channels delivered that needs it, newest first, at most 100.
    pub snapshots: Vec<String>,
    /// How many of these there are.
    pub snapshots_count: u64,
    /// Reviews that need it.
    pub reviews: Vec<String>,
    /// Schedules that need it.
    pub schedules: Vec<String>,
}

/// Transactions, by their positions.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LostTransactions {
    /// The first.
    pub first: u64,
    /// The last; null where nothing whole lies behind.
    pub last: Option<u64>,
}

/// Rows below a node that can't be read.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LostRange {
    /// Of what.
    #[schema(value_type = LostRows)]
    pub of: String,
    /// The last name before them; null where nothing is before them.
    pub after: Option<String>,
    /// Their last name; null where all are lost.
    pub to: Option<String>,
    /// How many they are, where that is known.
    pub count: Option<u64>,
}

/// Room that one purpose takes.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct UsageRow {
    /// The purpose.
    pub what: String,
    /// Files, rows or objects.
    pub count: u64,
    /// Bytes.
    pub size_bytes: u64,
}

/// What was written on one day for one purpose.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct GrowthRow {
    /// When the day began, in milliseconds since 1970; days are of UTC. Null where nothing tells the day.
    pub day_ms: Option<u64>,
    /// The purpose.
    pub what: String,
    /// Objects, cells or records.
    pub count: u64,
    /// Bytes.
    pub size_bytes: u64,
}

/// What is there, and how much room it takes.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct StatsReport {
    /// Entries of each kind on `main`.
    pub kinds: std::collections::BTreeMap<String, u64>,
    /// Translations to each locale on `main`.
    pub locales: std::collections::BTreeMap<String, u64>,
    /// Entries and translations in the trash.
    pub deleted: u64,
    /// Links between entries.
    pub links: u64,
    /// Commits that led to `main`.
    pub commits: u64,
    /// The newest commits.
    pub newest: Vec<CommitRow>,
    /// Room by purpose.
    pub usage: Vec<UsageRow>,
    /// Bytes in all.
    pub size_bytes: u64,
    /// What was written by day and purpose, oldest first, as far as the journals reach back: the last 64 to 128 MiB.
    /// Null where the store has no journals.
    #[serde(default)]
    pub growth: Option<Vec<GrowthRow>>,
    /// Why something is not counted: what says it is damaged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
}

/// Entries that an export lacks.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NotExported {
    /// The entry or translation; null where it is not known which they are.
    pub key: Option<String>,
    /// The last key before them, where it is not known which they are and something is before them.
    pub after: Option<String>,
    /// Their last key, where it is not known which they are.
    pub to: Option<String>,
    /// How many they are.
    pub count: u64,
    /// Why.
    pub detail: String,
}

/// A token, without its text.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TokenRow {
    /// The beginning of its hash.
    pub id: String,
    /// Whose it is.
    pub person: String,
    /// What it may.
    pub role: RoleWord,
    /// What it is for.
    pub label: String,
    /// When it was made.
    pub created_ms: u64,
    /// Who made it.
    pub created_by: String,
    /// When it ends; never when null.
    pub expires_ms: Option<u64>,
}

/// What the schemas of a draft would do to the entries of their kinds.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SchemaReport {
    /// The kinds whose schema the draft changes.
    pub kinds: Vec<String>,
    /// How many entries were looked at.
    pub entries_count: u64,
    /// Those that would not be valid, the first ones.
    pub broken: Vec<RefusedEntry>,
    /// How many those are.
    pub broken_count: u64,
    /// Whether it was ended before all were looked at.
    pub is_cancelled: bool,
}

viewed! {
    repo::NotExported => NotExported { key, after, to, count, detail }
    repo::DamageRow => DamageRow { file, offset, object, space, kind, cell, transactions, detail, entries, entries_count, ranges, branches, history, snapshots, snapshots_count, reviews, schedules }
    repo::LostTransactions => LostTransactions { first, last }
    repo::LostRange => LostRange { of, after, to, count }
    repo::UsageRow => UsageRow { what, count, size_bytes }
    repo::GrowthRow => GrowthRow { day_ms, what, count, size_bytes }
    repo::TokenRow => TokenRow { id, person, role, label, created_ms, created_by, expires_ms }
    repo::SchemaReport => SchemaReport { kinds, entries_count, broken, broken_count, is_cancelled }
}

impl From<repo::VerifyReport> for VerifyReport {
    fn from(report: repo::VerifyReport) -> Self {
        let repo::VerifyReport {
            ok,
            objects_count,
            size_bytes,
            commits_count,
            publications_count,
            problems,
            problems_count,
            damages,
            damages_count,
        } = report;
        Self {
            ok,
            objects_count,
            size_bytes,
            commits_count,
            publications_count,
            problems,
            problems_count,
            damages: damages.on_wire(),
            damages_count,
            reviews_mended_count: None,
        }
    }
}

impl OnWire<VerifyReport> for repo::VerifyReport {
    fn on_wire(self) -> VerifyReport {
        self.into()
    }
}

impl From<repo::StatsReport> for StatsReport {
    /// What was written by day is known to the engine, and told by whoever asks it.
    fn from(report: repo::StatsReport) -> Self {
        let repo::StatsReport {
            kinds,
            locales,
            deleted,
            links,
            commits,
            newest,
            usage,
            size_bytes,
            unread,
        } = report;
        Self {
            kinds: kinds.on_wire(),
            locales: locales.on_wire(),
            deleted,
            links,
            commits,
            newest: newest.on_wire(),
            usage: usage.on_wire(),
            size_bytes,
            growth: None,
            unread,
        }
    }
}

impl OnWire<StatsReport> for repo::StatsReport {
    fn on_wire(self) -> StatsReport {
        self.into()
    }
}
