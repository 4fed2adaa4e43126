//! Sealing: what was recorded since the last seal gets a hash and a signature.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    Audit, cell,
    chain::{Chain, Hex, Link, hash_of_rows, rows_of},
    head::{AuditHead, AuditKey},
    row::verb_of,
};
use crate::{
    engine::{AuditRecord, CellName, Expected, PAGE_ROWS_MAX, Position},
    repo::{
        ground::{error::StoreError, stamp::Stamp},
        record::{Record, put_record},
    },
};

/// The verb of a seal.
pub(super) const SEAL: &str = "audit-seal";
/// The verb of the record that says which key signs from then on.
pub(super) const KEY: &str = "audit-key";
/// Most records that one seal adds.
pub(super) const SEALED_RECORDS_MAX: usize = PAGE_ROWS_MAX;
/// How many times a lost race with another sealer is tried again; it has sealed the same records then.
const LOST_MAX: u32 = 8;

/// Which key signs.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Signing {
    key: Hex,
}

pub(super) fn seal_cell() -> CellName {
    cell("seal")
}

fn key_cell() -> CellName {
    cell("key")
}

impl Audit<'_> {
    /// A name for the repository that heads carry; it reveals nothing.
    pub(super) fn repository_name(&self) -> String {
        let salt = self.repository.header.salt.as_bytes();
        let name = blake3::derive_key("cms 2026-11-30 v1 audit repository", salt);
        super::chain::hex(&name[..16])
    }

    /// The newest head; `None` before the first seal.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn head(&self) -> Result<Option<AuditHead>, StoreError> {
        Ok(self.stored_head()?.map(|record| record.value))
    }

    pub(super) fn stored_head(&self) -> Result<Option<Record<AuditHead>>, StoreError> {
        self.repository.stored_record(seal_cell())
    }

    /// Seals everything that was recorded until now, and returns the newest head. Nothing is sealed when nothing but
    /// seals was recorded since the last one. `stamp` gives the time; each seal is a step of its operation.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read or written; what was sealed until then is sealed.
    pub fn seal(&self, key: &AuditKey, stamp: &Stamp) -> Result<Option<AuditHead>, StoreError> {
        let mut lost = 0;
        for step in 1.. {
            let last = self.stored_head()?;
            let start = self.start(last.as_ref())?;
            let after = Position(start.position);
            let records = self.repository.engine.audit(after, SEALED_RECORDS_MAX)?;
            if records.iter().all(|record| verb_of(record).as_deref() == Some(SEAL)) {
                return Ok(last.map(|record| record.value));
            }
            if self.signing_key()?.is_none_or(|signing| signing != key.public()) {
                self.announce(key, None, &Stamp { operation: stamp.step(step), ..stamp.clone() })?;
                continue;
            }
            let stamp = Stamp { operation: stamp.step(step), ..stamp.clone() };
            if self.seal_records(&start, &records, last, key, &stamp)?.is_none() {
                lost += 1;
            }
            if lost > LOST_MAX {
                break;
            }
        }
        self.head()
    }

    /// The chain at the last seal, or before the first record.
    pub(super) fn start(&self, last: Option<&Record<AuditHead>>) -> Result<Chain, StoreError> {
        let Some(record) = last else { return Ok(Chain::new(&self.repository_name())) };
        let chain = record.value.chain();
        chain.ok_or_else(|| StoreError::Row { what: "the head of the audit".to_owned() })
    }

    fn seal_records(
        &self,
        start: &Chain,
        records: &[AuditRecord],
        last: Option<Record<AuditHead>>,
        key: &AuditKey,
        stamp: &Stamp,
    ) -> Result<Option<u64>, StoreError> {
        let links: Vec<Link> = records.iter().map(Link::of).collect();
        let mut now = start.clone();
        links.iter().for_each(|link| now.push(link));
        let rows = rows_of(start.position, &links);
        let name = self.repository_name();
        let head = AuditHead::unsigned(name, start, &now, hash_of_rows(&rows), stamp.time_ms);
        let head = key.sign(head);
        let mut fields = Map::new();
        fields.insert("head".into(), serde_json::to_value(&head).expect("heads are JSON"));
        fields.insert("rows".into(), rows.into());
        let expected = last.map_or(Expected::Absent, |record| Expected::Version(record.version));
        let swap = put_record(seal_cell(), expected, &head);
        let audit = stamp.audit_of(SEAL, fields);
        self.repository.swap_records(stamp.operation, vec![swap], Some(audit))
    }

    /// The public part of the key that was announced last.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn signing_key(&self) -> Result<Option<Hex>, StoreError> {
        let found = self.repository.stored_record::<Signing>(key_cell())?;
        Ok(found.map(|record| record.value.key))
    }

    /// Records that a key signs from now on. The key before gives its word for it; without that word, whoever verifies
    /// the audit has to be told the new key.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read or written.
    pub fn announce(
        &self,
        key: &AuditKey,
        before: Option<&AuditKey>,
        stamp: &Stamp,
    ) -> Result<(), StoreError> {
        let known = self.repository.stored_record::<Signing>(key_cell())?;
        let new = Signing { key: key.public() };
        if known.as_ref().is_some_and(|record| record.value.key == new.key) {
            return Ok(());
        }
        let mut fields = Map::<String, Value>::new();
        fields.insert("after".into(), new.key.clone().into());
        if let Some(record) = &known {
            fields.insert("before".into(), record.value.key.clone().into());
        }
        if let Some(before) = before {
            fields.insert("word".into(), before.word_for(&new.key).into());
        }
        let expected = known.map_or(Expected::Absent, |record| Expected::Version(record.version));
        let swap = put_record(key_cell(), expected, &new);
        let audit = stamp.audit_of(KEY, fields);
        self.repository.swap_records(stamp.operation, vec![swap], Some(audit))?;
        Ok(())
    }
}
