//! Verifying the audit: every record is read and hashed again, and compared with every seal and with heads that were
//! kept elsewhere.
//!
//! What is found is named by position, because each seal lists its records. After a finding the walk goes on from what
//! was sealed, so one change does not hide the next one.
//!
//! What it proves: against somebody who does not have the key, everything up to the newest seal. Against somebody who
//! has it, because they hold this machine, everything up to a head that was kept elsewhere. What was recorded since the
//! newest seal is not proved by anything yet.

mod compare;
pub(in crate::repo) mod report;
mod sealed;
mod trust;

use std::ops::ControlFlow;

use super::{
    Audit,
    chain::{Chain, Link, hex},
    forget::head_of,
    head::AuditHead,
    row::{time_of, verb_of},
    seal::{KEY, SEAL},
};
use crate::{
    engine::{AuditRecord, Damage, Lost, PAGE_ROWS_MAX, Position, ReadError},
    repo::ground::error::StoreError,
};
use report::{AuditReport, FINDINGS_MAX, KeptHead, Tampering};
use trust::Trust;

/// What the second walk needs to stop for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Seal,
    Key,
}

/// A walk that verifies.
struct Walk<'r, 'k> {
    audit: Audit<'r>,
    chain: Chain,
    trust: Trust,
    kept: &'k [AuditHead],
    /// Where the chain stood at each of the heads that were kept.
    stood: Vec<Option<(u64, String)>>,
    report: AuditReport,
    /// The time of the record that was read last.
    time_ms: Option<u64>,
}

impl Audit<'_> {
    /// Verifies the audit. `kept` are heads that were kept elsewhere; `keys` are the public keys that are believed from
    /// the beginning, in hex. Without them, the first key that the audit names is believed, and the report names it.
    /// `progress` is called with the number of records read so far, and may end the call.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read. What is wrong with the audit is no error: the report says it.
    pub fn verify(
        &self,
        kept: &[AuditHead],
        keys: &[String],
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<AuditReport, StoreError> {
        let floor = self.floor()?;
        let stored = self.head()?;
        let mut walk = Walk::begin(*self, floor.as_ref(), kept, keys)?;
        let marks = walk.marks(progress)?;
        for (position, mark) in marks {
            let record = self.record_at(position)?;
            let Some(record) = record else { continue };
            match mark {
                Mark::Key => walk.key(&record),
                Mark::Seal => walk.seal(&record)?,
            }
        }
        walk.unsealed()?;
        if self.floor()? != floor {
            // Records were forgotten meanwhile.
            return self.verify(kept, keys, progress);
        }
        walk.against_kept(stored.as_ref());
        let mut report = walk.report;
        report.keys = walk.trust.into_known();
        if !report.findings.is_empty() {
            self.tell_damage_apart(&mut report)?;
        }
        Ok(report)
    }

    fn record_at(&self, position: u64) -> Result<Option<AuditRecord>, StoreError> {
        let before = Position(position.saturating_sub(1));
        let records = self.repository.engine.audit(before, 1)?;
        Ok(records.into_iter().next().filter(|record| record.position.0 == position))
    }

    /// Marks what the engine itself reports as damaged: a bad disk explains it, so it proves no tampering.
    fn tell_damage_apart(&self, report: &mut AuditReport) -> Result<(), StoreError> {
        let found = self.repository.engine.verify(&mut |_| ControlFlow::Continue(()))?;
        let concerns = |damage: &&Damage| match &damage.lost {
            Lost::Transactions { .. } => true,
            Lost::Unnamed => damage.file.contains("audit"),
            Lost::Object(..) | Lost::Cell(_) => false,
        };
        let damages: Vec<&Damage> = found.damages.iter().filter(concerns).collect();
        report.damages = damages.iter().map(ToString::to_string).collect();
        for finding in &mut report.findings {
            let explains = |damage: &&Damage| match damage.lost {
                Lost::Transactions { first, last } => {
                    first <= finding.position && last.is_none_or(|last| finding.position <= last)
                }
                _ => true,
            };
            if finding.what == Tampering::Removed && damages.iter().any(explains) {
                finding.what = Tampering::Unreadable;
            }
        }
        Ok(())
    }
}

impl<'r, 'k> Walk<'r, 'k> {
    fn begin(
        audit: Audit<'r>,
        floor: Option<&AuditHead>,
        kept: &'k [AuditHead],
        keys: &[String],
    ) -> Result<Self, StoreError> {
        let name = audit.repository_name();
        let mut report = AuditReport::default();
        let mut trust = Trust::of(keys);
        let chain = match floor {
            None => Chain::new(&name),
            Some(head) => {
                report.forgotten_through = Some(head.through);
                if !head.is_signed() || head.repository != name || !trust.believes(&head.key) {
                    let detail = "what is said to be forgotten is not signed as a seal is";
                    report.add(Tampering::BadSignature, head.through, None, detail);
                }
                let malformed =
                    || StoreError::Row { what: "the head of what was forgotten".to_owned() };
                head.chain().ok_or_else(malformed)?
            }
        };
        let stood = vec![None; kept.len()];
        let mut walk = Self { audit, chain, trust, kept, stood, report, time_ms: None };
        walk.note();
        Ok(walk)
    }

    /// The records that the second walk stops for, and how many there are of all.
    fn marks(
        &mut self,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<Vec<(u64, Mark)>, StoreError> {
        let mut marks = Vec::new();
        let mut after = Position(self.chain.position);
        loop {
            let records = self.page(after.0)?;
            let Some(last) = records.last() else { return Ok(marks) };
            after = last.position;
            for record in &records {
                match verb_of(record).as_deref() {
                    Some(SEAL) => marks.push((record.position.0, Mark::Seal)),
                    Some(KEY) => marks.push((record.position.0, Mark::Key)),
                    _ => {}
                }
            }
            self.report.records_count += records.len() as u64;
            self.report.last = after.0;
            if progress(self.report.records_count).is_break() {
                return Err(ReadError::Cancelled.into());
            }
        }
    }

    fn page(&self, after: u64) -> Result<Vec<AuditRecord>, StoreError> {
        Ok(self.audit.repository.engine.audit(Position(after), PAGE_ROWS_MAX)?)
    }

    fn find(&mut self, what: Tampering, position: u64, detail: impl Into<String>) {
        let time_ms = self.time_ms;
        self.report.add(what, position, time_ms, detail);
    }

    /// Goes on along the chain by a record.
    fn push(&mut self, link: &Link) {
        self.chain.push(link);
        self.note();
    }

    /// Notes where the chain stands if a head that was kept elsewhere is of this position.
    fn note(&mut self) {
        for (head, stood) in self.kept.iter().zip(&mut self.stood) {
            if head.through == self.chain.position {
                *stood = Some((self.chain.count, hex(&self.chain.hash)));
            }
        }
    }

    fn key(&mut self, record: &AuditRecord) {
        self.time_ms = time_of(record);
        if let Err(detail) = self.trust.announced(record) {
            self.find(Tampering::StrangeKey, record.position.0, detail);
        }
    }

    /// What was recorded since the newest seal: counted and chained, and proved by nothing yet.
    fn unsealed(&mut self) -> Result<(), StoreError> {
        self.report.sealed_through = (self.report.seals_count > 0
            || self.report.forgotten_through.is_some())
        .then_some(self.chain.position);
        loop {
            let records = self.page(self.chain.position)?;
            if records.is_empty() {
                return Ok(());
            }
            for record in &records {
                if verb_of(record).as_deref() != Some(SEAL) {
                    self.report.unsealed_count += 1;
                }
                self.time_ms = time_of(record);
                self.push(&Link::of(record));
            }
        }
    }

    /// Compares with the heads that were kept elsewhere, and with the one that the store itself calls the newest.
    fn against_kept(&mut self, stored: Option<&AuditHead>) {
        if let Some(head) = stored
            && head.through > self.report.last.max(self.chain.position)
        {
            let detail = format!("the newest seal covers position {}", head.through);
            self.find(Tampering::TailCut, self.chain.position + 1, detail);
        }
        let name = self.audit.repository_name();
        for (head, stood) in self.kept.iter().zip(std::mem::take(&mut self.stood)) {
            let problem = self.kept_head(head, stood.as_ref(), &name);
            let is_before = |position| position <= head.through;
            let is_proved = problem.is_none()
                && self.report.forgotten_through.is_none_or(|floor| floor <= head.through)
                && !self.report.findings.iter().any(|finding| is_before(finding.position));
            if let Some((what, detail)) = problem {
                self.report.add(what, head.through, Some(head.sealed_ms), detail);
            }
            let (through, sealed_ms) = (head.through, head.sealed_ms);
            self.report.kept.push(KeptHead { through, sealed_ms, is_proved });
        }
        self.report.findings.sort_by_key(|finding| finding.position);
        self.report.findings.truncate(FINDINGS_MAX);
    }

    fn kept_head(
        &self,
        head: &AuditHead,
        stood: Option<&(u64, String)>,
        name: &str,
    ) -> Option<(Tampering, String)> {
        if head.repository != name {
            let detail = "the head that was kept is of another repository";
            return Some((Tampering::OtherRepository, detail.to_owned()));
        }
        if !head.is_signed() || !self.trust.knows(&head.key) {
            let detail = "the head that was kept is not signed by a key of this audit";
            return Some((Tampering::BadSignature, detail.to_owned()));
        }
        match stood {
            Some((count, hash)) if *count == head.count && *hash == head.hash => None,
            Some(_) => {
                let detail = "what was recorded until here is not what the head that was kept says";
                Some((Tampering::HeadDiffers, detail.to_owned()))
            }
            None if head.through > self.chain.position => {
                let detail = format!(
                    "the records end at position {}, and the head that was kept covers {}",
                    self.chain.position, head.through
                );
                Some((Tampering::TailCut, detail))
            }
            None if self.report.forgotten_through.is_some_and(|floor| head.through < floor) => None,
            None => {
                let detail = "the record that the head that was kept ends with is gone";
                Some((Tampering::Removed, detail.to_owned()))
            }
        }
    }
}

/// The rows of a seal's record.
fn rows_of(record: &AuditRecord) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Rows {
        rows: String,
    }
    serde_json::from_slice::<Rows>(&record.bytes).ok().map(|found| found.rows)
}

/// What a seal's record holds: its head and its rows.
fn seal_of(record: &AuditRecord) -> Option<(AuditHead, String)> {
    Some((head_of(record)?, rows_of(record)?))
}
