//! What the live journals hold, transaction by transaction: the most recent writes, and so how a store grows.
//!
//! Sealed files no longer record what was written together; journals do, and knowing it needs no extra writes.

use super::{Scan, payload_of};
use crate::{
    engine::{
        CellName,
        local::{
            LocalEngine, cells,
            disk::Reading,
            payload::{Payload, Written},
        },
    },
    model::object::{ObjectKind, Space},
};

/// A transaction of a live journal, with the space that each part takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recent<'a> {
    /// The audit record's bytes.
    pub audit: Option<&'a [u8]>,
    /// Its objects.
    pub objects: Vec<RecentObject>,
    /// Its cells.
    pub cells: Vec<RecentCell>,
}

/// An object of a [`Recent`] transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentObject {
    /// The space that it was added to.
    pub space: Space,
    /// The kind of the object.
    pub kind: ObjectKind,
    /// Size of its record.
    pub size_bytes: u64,
}

/// A cell that a [`Recent`] transaction put or deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentCell {
    /// The cell's name.
    pub name: CellName,
    /// Size of name and value together.
    pub size_bytes: u64,
}

impl LocalEngine {
    /// Walks the transactions of the live journals, oldest first: usually the last 64 to 128 MiB that were written.
    ///
    /// What can't be read is left out; verifying reports it.
    pub fn recent(&self, each: &mut dyn FnMut(&Recent<'_>)) {
        // Mapped under the lock, so that none is sealed and removed meanwhile; read without the lock.
        let disk = &*self.core.options.disk;
        let journals: Vec<_> = {
            let view = self.core.view.read();
            let mapped = view.journals.iter().filter_map(|journal| {
                let bytes = disk.map(&journal.path, Reading::InOrder).ok()?;
                let bytes = bytes.slice(..bytes.len().min(journal.end as usize));
                Some((journal.header.clone(), journal.path.clone(), bytes))
            });
            mapped.collect()
        };
        for (header, path, bytes) in &journals {
            for (at, frame) in Scan::known(header, bytes) {
                if let Ok(Payload::Transactions(transactions)) = payload_of(path, at, &frame) {
                    transactions.iter().for_each(|written| each(&recent(written)));
                }
            }
        }
    }
}

fn recent<'a>(written: &Written<'a>) -> Recent<'a> {
    // A name that is not a space's or a cell's is damage, which verifying reports.
    let objects = written.objects.iter().filter_map(|object| {
        let size_bytes = object.record.len() as u64;
        Some(RecentObject {
            space: object.space.parse().ok()?,
            kind: object.header.kind,
            size_bytes,
        })
    });
    let cells = written.cells.iter().filter_map(|change| {
        let size = change.key.len() + change.value.map_or(0, <[u8]>::len);
        Some(RecentCell { name: cells::name(change.key)?, size_bytes: size as u64 })
    });
    Recent {
        audit: written.audit.as_ref().map(|row| row.bytes),
        objects: objects.collect(),
        cells: cells.collect(),
    }
}
