//! What concerns the store as a whole.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::content::CommitRow;

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
    /// Where the reviews were made whole again first, how many there are now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviews_mended_count: Option<u64>,
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
}

/// A token, without its text.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TokenRow {
    /// The beginning of its hash.
    pub id: String,
    /// Whose it is.
    pub person: String,
    /// `viewer`, `author`, `reviewer`, `publisher` or `operator`.
    pub role: String,
    /// What it is for.
    pub label: String,
    /// When it was made.
    pub created_ms: u64,
    /// Who made it.
    pub created_by: String,
    /// When it ends; never when null.
    pub expires_ms: Option<u64>,
}
