//! What the live journals hold, transaction by transaction: the newest that was written, and so how a store grows.
//!
//! Sealed files tell no more what came with what; journals do, and nothing is written to know it.

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

/// A transaction of a live journal, by the room that it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recent<'a> {
    /// What the audit was told.
    pub audit: Option<&'a [u8]>,
    /// Its objects.
    pub objects: Vec<RecentObject>,
    /// Its cells.
    pub cells: Vec<RecentCell>,
}

/// An object of a [`Recent`] transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentObject {
    /// Where it was put.
    pub space: Space,
    /// What it is.
    pub kind: ObjectKind,
    /// Bytes of its record.
    pub size_bytes: u64,
}

/// A cell that a [`Recent`] transaction put or deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecentCell {
    /// Its name.
    pub name: CellName,
    /// Bytes of name and value.
    pub size_bytes: u64,
}

impl LocalEngine {
    /// Walks the transactions of the live journals, oldest first: the last 64 to 128 MiB that were written, as a rule.
    ///
    /// What can't be read is left out; verifying tells of it.
    pub fn recent(&self, each: &mut dyn FnMut(&Recent<'_>)) {
        // Mapped under the lock, so that none is sealed and removed meanwhile; read without it.
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
    // A name that is no space or no cell is damage, which verifying tells.
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
