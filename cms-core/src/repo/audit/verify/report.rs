//! What verifying the audit found.

use serde::Serialize;

/// Most findings that a report lists; it counts all of them.
pub(super) const FINDINGS_MAX: usize = 1000;

/// What became of the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Tampering {
    /// A record is not what was sealed.
    Changed,
    /// A record that was sealed is gone.
    Removed,
    /// A record that was not there when its place was sealed.
    Inserted,
    /// A record stands where another one was sealed.
    Reordered,
    /// Records are gone from the end.
    TailCut,
    /// A seal is gone, so records before the next one are proved by nothing.
    SealMissing,
    /// A seal does not follow the one before it.
    SealMisplaced,
    /// A signature is wrong.
    BadSignature,
    /// A key signs for which no earlier key gave its word.
    StrangeKey,
    /// A head that was kept elsewhere says something else.
    HeadDiffers,
    /// A head that was kept elsewhere is of another repository.
    OtherRepository,
    /// A record can't be read, and the engine reports damage: a bad disk explains that.
    Unreadable,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditFinding {
    /// What it is.
    pub what: Tampering,
    /// The position of the record.
    pub position: u64,
    /// When that record was made, or, when it is gone, the last one before it, in milliseconds since
    /// 1970-01-01T00:00:00Z.
    pub time_ms: Option<u64>,
    /// The same for people.
    pub detail: String,
}

/// A head that was kept elsewhere, compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeptHead {
    /// The position of the last record that it covers.
    pub through: u64,
    /// When it was sealed, in milliseconds since 1970-01-01T00:00:00Z.
    pub sealed_ms: u64,
    /// Whether everything that it covers, and that is still kept, is as it was.
    pub is_proved: bool,
}

/// What verifying the audit found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AuditReport {
    /// How many records were read.
    pub records_count: u64,
    /// The position of the last one.
    pub last: u64,
    /// How many seals were compared.
    pub seals_count: u64,
    /// The position up to which seals prove the records; `None` when nothing was sealed yet.
    pub sealed_through: Option<u64>,
    /// How many records were made since, seals not counted; nothing proves them yet.
    pub unsealed_count: u64,
    /// The position up to which records were forgotten, because they were old.
    pub forgotten_through: Option<u64>,
    /// The public keys that are believed, in hex, the oldest first.
    pub keys: Vec<String>,
    /// The heads that were kept elsewhere, compared.
    pub kept: Vec<KeptHead>,
    /// What is wrong, by position.
    pub findings: Vec<AuditFinding>,
    /// How much is wrong.
    pub findings_count: u64,
    /// The damage that the engine reports and that concerns the audit.
    pub damages: Vec<String>,
}

impl AuditReport {
    /// Whether nothing is wrong.
    pub const fn is_unbroken(&self) -> bool {
        self.findings_count == 0
    }

    pub(super) fn add(
        &mut self,
        what: Tampering,
        position: u64,
        time_ms: Option<u64>,
        detail: impl Into<String>,
    ) {
        self.findings_count += 1;
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(AuditFinding { what, position, time_ms, detail: detail.into() });
        }
    }
}
