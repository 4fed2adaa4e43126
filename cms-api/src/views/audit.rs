//! Views of the audit.

use cms_core::repo::{self, MarkedClient, Repository};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::words::audit::TamperingWord;
use crate::problem::Problem;

/// A line of the audit: who did what, on whose behalf, when and from where, and what was there before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditLine {
    /// Its position, which only grows.
    pub position: u64,
    /// When it happened, in milliseconds since 1970-01-01T00:00:00Z, by the clock of that moment.
    pub time_ms: u64,
    /// Who did it.
    pub author: String,
    /// On whose behalf, when that was somebody else.
    pub on_behalf_of: Option<String>,
    /// What they did: `publish`, `role-give`, `refused`, …
    pub verb: String,
    /// By what: `machine`, `key:ID`, `session:ID`, `job:ID` or `schedule:ID`; null where nobody recorded it.
    pub via: Option<String>,
    /// The client's address; null where it was not recorded, or is not kept any more.
    pub address: Option<String>,
    /// A mark of the client's address: for about a month, equal addresses have equal marks.
    pub client: Option<String>,
    /// What it concerned, by name: `channel`, `draft`, `review`, `person`, `key`, `commit`, …
    #[schema(value_type = Object)]
    pub on: Value,
    /// What was there before.
    #[schema(value_type = Option<serde_json::Value>)]
    pub before: Option<Value>,
    /// What is there since.
    #[schema(value_type = Option<serde_json::Value>)]
    pub after: Option<Value>,
}

impl AuditLine {
    /// A row of the audit, with the client's address if it can still be found.
    ///
    /// # Errors
    /// A problem when the store can't be read.
    pub fn of(row: repo::AuditRow, repository: &Repository) -> Result<Self, Problem> {
        let address = match &row.client {
            None => None,
            Some(mark) => match repository.audit().marked(mark)? {
                MarkedClient::Address(address) => Some(address.to_string()),
                MarkedClient::Forgotten | MarkedClient::Unreadable => None,
            },
        };
        let repo::AuditRow {
            position,
            time_ms,
            author,
            verb,
            on_behalf_of,
            via,
            client,
            on,
            before,
            after,
        } = row;
        let on = on.into();
        let line = Self {
            position,
            time_ms,
            author,
            on_behalf_of,
            verb,
            via,
            address,
            client,
            on,
            before,
            after,
        };
        Ok(line)
    }
}

/// A page of the audit. It may hold no rows although more follow: then nothing matched among the lines that were looked
/// through for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditPage {
    /// The lines.
    pub rows: Vec<AuditLine>,
    /// What to send as `cursor` for the next page; null when everything was looked through.
    pub next: Option<String>,
    /// The time of the last line that was looked at, in milliseconds since 1970-01-01T00:00:00Z.
    pub looked_to_ms: Option<u64>,
}

/// The head of the audit: what was recorded until a moment, as one hash, signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuditHead {
    /// The form of this head: 1.
    pub format: u32,
    /// The repository whose audit it is of.
    pub repository: String,
    /// The position after which the records begin that this seal added.
    pub after: u64,
    /// The hash of the chain there, in hex.
    pub previous: String,
    /// The position of the last record that it covers.
    pub through: u64,
    /// How many records it covers, from the first one on.
    pub count: u64,
    /// The hash of the chain after that record, in hex.
    pub hash: String,
    /// The hash of what the seal lists of each record that it added, in hex.
    pub rows: String,
    /// When it was sealed, in milliseconds since 1970-01-01T00:00:00Z.
    pub sealed_ms: u64,
    /// The public key that signed it, in hex.
    pub key: String,
    /// The signature of everything else, in hex.
    pub signature: String,
}

viewed! {
    repo::AuditHead => AuditHead {
        format, repository, after, previous, through, count, hash, rows, sealed_ms, key, signature,
    }
    repo::KeptHead => KeptHead { through, sealed_ms, is_proved }
    repo::AuditPolicy => AuditPolicy { records_kept_days, addresses_kept_days }
}

/// A head that was kept elsewhere, compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct KeptHead {
    /// The position of the last record that it covers.
    pub through: u64,
    /// When it was sealed, in milliseconds since 1970-01-01T00:00:00Z.
    pub sealed_ms: u64,
    /// Whether everything that it covers, and that is still kept, is as it was.
    pub is_proved: bool,
}

/// How long the audit is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditPolicy {
    /// After how many days a line may be forgotten; null keeps all of them for ever.
    pub records_kept_days: Option<u32>,
    /// After how many days nobody can find a client's address any more.
    pub addresses_kept_days: u32,
}

/// Something that is wrong with the audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditFinding {
    /// What it is.
    #[schema(value_type = TamperingWord)]
    pub what: String,
    /// The position of the record.
    pub position: u64,
    /// When that record was made, or, when it is gone, the last one before it, in milliseconds since
    /// 1970-01-01T00:00:00Z.
    pub time_ms: Option<u64>,
    /// The same for people.
    pub detail: String,
}

/// The result of verifying the audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditReport {
    /// Whether nothing is wrong.
    pub ok: bool,
    /// How many records were read.
    pub records_count: u64,
    /// How many seals were compared.
    pub seals_count: u64,
    /// The position up to which seals prove the records; null when nothing was sealed yet.
    pub sealed_through: Option<u64>,
    /// How many records were made since; nothing proves them yet.
    pub unsealed_count: u64,
    /// The position up to which records were forgotten, because they were old.
    pub forgotten_through: Option<u64>,
    /// The public keys that are believed, in hex, the oldest first.
    pub keys: Vec<String>,
    /// The heads that were kept elsewhere, compared.
    pub kept: Vec<KeptHead>,
    /// What is wrong, by position; at most 1000.
    pub findings: Vec<AuditFinding>,
    /// How much is wrong.
    pub findings_count: u64,
    /// The damage that the store reports and that concerns the audit: a bad disk, not somebody's deed.
    pub damages: Vec<String>,
}

impl From<repo::AuditReport> for AuditReport {
    fn from(report: repo::AuditReport) -> Self {
        let ok = report.is_unbroken();
        let repo::AuditReport {
            records_count,
            last: _,
            seals_count,
            sealed_through,
            unsealed_count,
            forgotten_through,
            keys,
            kept,
            findings,
            findings_count,
            damages,
        } = report;
        let findings = findings.into_iter().map(|finding| AuditFinding {
            what: TamperingWord::from(finding.what).to_string(),
            position: finding.position,
            time_ms: finding.time_ms,
            detail: finding.detail,
        });
        Self {
            ok,
            records_count,
            seals_count,
            sealed_through,
            unsealed_count,
            forgotten_through,
            keys,
            kept: super::view(kept),
            findings: findings.collect(),
            findings_count,
            damages,
        }
    }
}

impl From<AuditHead> for repo::AuditHead {
    fn from(head: AuditHead) -> Self {
        let AuditHead {
            format,
            repository,
            after,
            previous,
            through,
            count,
            hash,
            rows,
            sealed_ms,
            key,
            signature,
        } = head;
        Self {
            format,
            repository,
            after,
            previous,
            through,
            count,
            hash,
            rows,
            sealed_ms,
            key,
            signature,
        }
    }
}
