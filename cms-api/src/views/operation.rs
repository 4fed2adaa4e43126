//! Views of what concerns the whole store.

use cms_core::repo;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{OnWire, view};

use super::words::operation::{LostRows, ObjectWord, RightWord, RoleWord};
use super::{content::CommitRow, reviews::RefusedEntry};

/// The result of verifying.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
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
    #[serde(default)]
    pub damages: Vec<DamageRow>,
    /// How many damages there are.
    #[serde(default)]
    pub damages_count: u64,
    /// How many reviews there are, if they were made whole again first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviews_mended_count: Option<u64>,
}

/// One place where stored bytes are missing or are not what was written, and the content that this affects.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DamageRow {
    /// The file's name; null when an object is named but exists nowhere.
    pub file: Option<String>,
    /// Where in the file, in bytes from its beginning.
    pub offset: Option<u64>,
    /// The object that can't be read.
    pub object: Option<String>,
    /// The space that lacks it: `source` is the authors', `public` the learners'.
    pub space: Option<String>,
    /// The kind of the object, if something names it.
    #[schema(value_type = Option<ObjectWord>)]
    pub kind: Option<String>,
    /// The cell whose value is lost, or replaced by an earlier one.
    pub cell: Option<String>,
    /// The transactions whose changes of cells are lost.
    pub transactions: Option<LostTransactions>,
    /// How the damage shows, for people.
    pub detail: String,
    /// Entries and translations that need it, at most 100.
    pub entries: Vec<String>,
    /// How many entries and translations that are known by name need it.
    pub entries_count: u64,
    /// Lost rows that are not known by name.
    pub ranges: Vec<LostRange>,
    /// Branches that need it as they are now.
    pub branches: Vec<String>,
    /// Branches of which only earlier commits need it.
    pub history: Vec<String>,
    /// Versions of channels that need it, newest first, at most 100.
    pub snapshots: Vec<String>,
    /// How many versions of channels need it.
    pub snapshots_count: u64,
    /// Reviews that need it.
    pub reviews: Vec<String>,
    /// Schedules that need it.
    pub schedules: Vec<String>,
}

/// A range of transactions, by their positions.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LostTransactions {
    /// The position of the first.
    pub first: u64,
    /// The position of the last; null when nothing whole follows.
    pub last: Option<u64>,
}

/// Rows of a map below a node that can't be read.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LostRange {
    /// What the rows are.
    #[schema(value_type = LostRows)]
    pub of: String,
    /// The last key before them; null when there is none before them.
    pub after: Option<String>,
    /// Their last key; null when the whole map is lost.
    pub to: Option<String>,
    /// How many rows are lost, if that is known.
    pub count: Option<u64>,
}

/// The space that one purpose takes.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct UsageRow {
    /// The purpose.
    pub what: String,
    /// How many files, rows or objects there are.
    pub count: u64,
    /// The space that they take, in bytes.
    pub size_bytes: u64,
}

/// What was written on one day for one purpose.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct GrowthRow {
    /// When the day began in UTC, in milliseconds since 1970-01-01T00:00:00Z; null when nothing records the day.
    pub day_ms: Option<u64>,
    /// The purpose.
    pub what: String,
    /// How many objects, cells or records were written.
    pub count: u64,
    /// How many bytes they take.
    pub size_bytes: u64,
}

/// What the repository holds, and how much space it takes.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct StatsReport {
    /// How many entries of each kind `main` has.
    pub kinds: std::collections::BTreeMap<String, u64>,
    /// How many translations into each locale `main` has.
    pub locales: std::collections::BTreeMap<String, u64>,
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
    /// What was written, by day and purpose, oldest first, as far back as the journals reach: the last 64 to 128 MiB.
    /// Null when the store has no journals.
    #[serde(default)]
    pub growth: Option<Vec<GrowthRow>>,
    /// Why something is not counted: what the damaged object says of its damage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
}

/// Entries that an export lacks.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NotExported {
    /// The entry or translation; null when it is not known which ones are missing.
    pub key: Option<String>,
    /// The last key before the missing ones, if it is not known which they are and there is one before them.
    pub after: Option<String>,
    /// The last key of the missing ones, if it is not known which they are.
    pub to: Option<String>,
    /// How many are missing.
    pub count: u64,
    /// Why they are missing, for people.
    pub detail: String,
}

/// A token, without its text.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TokenRow {
    /// The token's id: the beginning of its hash.
    pub id: String,
    /// The person for whom it stands.
    pub person: String,
    /// The role that it was made with.
    pub role: RoleWord,
    /// The rights that it may use, as far as its person has them.
    pub rights: Vec<RightWord>,
    /// What it is for, in the maker's words.
    pub label: String,
    /// When it was made, in milliseconds since 1970-01-01T00:00:00Z.
    pub created_ms: u64,
    /// Who made it.
    pub created_by: String,
    /// When it ends, in milliseconds since 1970-01-01T00:00:00Z; null for never.
    pub expires_ms: Option<u64>,
}

/// What the schemas of a draft would do to the entries of their kinds.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SchemaReport {
    /// The kinds whose schema the draft changes.
    pub kinds: Vec<String>,
    /// How many entries were checked.
    pub entries_count: u64,
    /// The first entries that would not be valid.
    pub broken: Vec<RefusedEntry>,
    /// How many entries would not be valid.
    pub broken_count: u64,
    /// Whether it was ended before all were checked.
    pub is_cancelled: bool,
}

viewed! {
    repo::NotExported => NotExported { key, after, to, count, detail }
    repo::DamageRow => DamageRow { file, offset, object, space, kind, cell, transactions, detail, entries, entries_count, ranges, branches, history, snapshots, snapshots_count, reviews, schedules }
    repo::LostTransactions => LostTransactions { first, last }
    repo::LostRange => LostRange { of, after, to, count }
    repo::UsageRow => UsageRow { what, count, size_bytes }
    repo::GrowthRow => GrowthRow { day_ms, what, count, size_bytes }
    repo::SchemaReport => SchemaReport { kinds, entries_count, broken, broken_count, is_cancelled }
}

impl OnWire<TokenRow> for repo::TokenRow {
    fn on_wire(self) -> TokenRow {
        let rights = self.bounds().rights;
        let Self { id, person, role, label, created_ms, created_by, expires_ms, .. } = self;
        TokenRow {
            rights: rights.iter().map(OnWire::on_wire).collect(),
            role: view(role),
            id,
            person,
            label,
            created_ms,
            created_by,
            expires_ms,
        }
    }
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
    /// The engine knows what was written by day; the caller that asks it adds that.
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
