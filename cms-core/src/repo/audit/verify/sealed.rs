//! One seal against the records that it covers.

use super::{
    Walk,
    compare::{Difference, differences},
    report::Tampering,
    seal_of,
};
use crate::{
    engine::AuditRecord,
    repo::{
        audit::{
            chain::{Chain, Link, hash_of_rows, hex, read_rows, unhex},
            head::AuditHead,
            row::time_of,
        },
        ground::error::StoreError,
    },
};

/// A record within the reach of a seal.
struct Seen {
    link: Link,
    time_ms: Option<u64>,
}

impl Walk<'_, '_> {
    pub(super) fn seal(&mut self, record: &AuditRecord) -> Result<(), StoreError> {
        let position = record.position.0;
        self.time_ms = time_of(record);
        let Some((head, rows)) = seal_of(record) else {
            self.find(Tampering::Changed, position, "a seal can't be read");
            return Ok(());
        };
        if !head.is_signed() || head.repository != self.audit.repository_name() {
            self.find(Tampering::BadSignature, position, "a seal is not signed as it says");
            return Ok(());
        }
        if !self.trust.believes(&head.key) {
            let detail = "a seal is signed by a key for which no earlier one gave its word";
            self.find(Tampering::StrangeKey, position, detail);
            return Ok(());
        }
        if self.report.forgotten_through.is_some_and(|floor| head.through <= floor) {
            // It is of records that were forgotten; the seal that lists this one follows.
            return Ok(());
        }
        if head.after < self.chain.position
            || head.through <= head.after
            || position <= head.through
        {
            let detail = "a seal does not follow the one before it";
            self.find(Tampering::SealMisplaced, position, detail);
            return Ok(());
        }
        if head.after > self.chain.position {
            self.pass_unproved(&head)?;
        }
        self.compare_with(&head, &rows, position)
    }

    /// Goes over records whose seal is gone.
    fn pass_unproved(&mut self, head: &AuditHead) -> Result<(), StoreError> {
        let detail = format!(
            "a seal is gone: nothing proves the records from {} to {}",
            self.chain.position + 1,
            head.after
        );
        self.find(Tampering::SealMissing, self.chain.position + 1, detail);
        'pages: loop {
            let records = self.page(self.chain.position)?;
            if records.is_empty() {
                break;
            }
            for record in &records {
                if record.position.0 > head.after {
                    break 'pages;
                }
                self.push(&Link::of(record));
            }
        }
        if let Some(hash) = unhex(&head.previous) {
            self.chain = Chain { position: head.after, count: self.chain.count, hash };
        }
        Ok(())
    }

    fn compare_with(
        &mut self,
        head: &AuditHead,
        rows: &str,
        position: u64,
    ) -> Result<(), StoreError> {
        self.report.seals_count += 1;
        let seen = self.reach_of(head)?;
        let begins_well = hex(&self.chain.hash) == head.previous;
        let before = self.report.findings_count;
        for each in &seen {
            self.time_ms = each.time_ms;
            self.push(&each.link);
        }
        let is_whole = begins_well
            && self.chain.position == head.through
            && self.chain.count == head.count
            && hex(&self.chain.hash) == head.hash;
        if !is_whole {
            let listed = Some(rows).filter(|rows| hash_of_rows(rows) == head.rows);
            match listed.and_then(|rows| read_rows(head.after, rows)) {
                Some(listed) => self.name_differences(&listed, &seen),
                None => {
                    let detail = "what a seal lists of its records was changed";
                    self.find(Tampering::Changed, position, detail);
                }
            }
            if self.report.findings_count == before {
                let detail = format!("records from {} to {} differ", head.after + 1, head.through);
                self.find(Tampering::Changed, head.after + 1, detail);
            }
        }
        // What was sealed counts from here on, so that the next change is found as well.
        if let Some(chain) = head.chain() {
            self.chain = chain;
            self.note();
        }
        Ok(())
    }

    fn reach_of(&self, head: &AuditHead) -> Result<Vec<Seen>, StoreError> {
        let (mut seen, mut after) = (Vec::new(), head.after);
        loop {
            let records = self.page(after)?;
            let Some(last) = records.last() else { return Ok(seen) };
            after = last.position.0;
            for record in &records {
                if record.position.0 > head.through {
                    return Ok(seen);
                }
                seen.push(Seen { link: Link::of(record), time_ms: time_of(record) });
            }
        }
    }

    fn name_differences(&mut self, listed: &[(u64, &str)], seen: &[Seen]) {
        let found: Vec<_> =
            seen.iter().map(|each| (each.link.position, each.link.digits())).collect();
        let time_at = |position: u64| {
            let until = seen.partition_point(|each| each.link.position <= position);
            until.checked_sub(1).and_then(|at| seen.get(at)).and_then(|each| each.time_ms)
        };
        for Difference { what, position, detail } in differences(listed, &found) {
            let time_ms = time_at(position).or(self.time_ms);
            self.report.add(what, position, time_ms, detail);
        }
    }
}
