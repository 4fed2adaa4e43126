//! What a manifest would say, as far as the files themselves tell.

use std::path::Path;

use super::super::{
    audit::AuditFile,
    disk::{Disk, Reading},
    file::FileKind,
    frame::JournalHeader,
    manifest::{CheckpointEntry, Manifest},
    segment::Segment,
};

/// Puts a manifest together from the files of a directory. Indexes are left out, for segments tell what they hold.
/// Of checkpoints the newest counts: one that was written and never named holds what its journal says as well.
pub(super) fn manifest(disk: &dyn Disk, directory: &Path, names: &[String]) -> Manifest {
    let mut files: Vec<_> = names.iter().filter_map(|name| FileKind::parse(name)).collect();
    files.sort_by_key(|(_, number)| *number);
    let mut manifest = Manifest { generation: 1, ..Manifest::default() };
    let mut journal = None;
    for (kind, number) in files {
        let path = directory.join(kind.name(number));
        match kind {
            FileKind::Segment => manifest.segments.extend(Segment::entry_of(disk, &path, number)),
            FileKind::Audit => manifest.audits.extend(AuditFile::entry_of(disk, &path, number)),
            FileKind::Checkpoint => {
                let size_bytes = disk.size_bytes(&path).unwrap_or(0);
                // How many cells there are is not known: it is not held against the file.
                manifest.checkpoint = Some(CheckpointEntry { number, count: 0, size_bytes });
            }
            FileKind::Journal if journal.is_none() => {
                let bytes = disk.map(&path, Reading::InOrder).ok();
                journal = bytes.and_then(|bytes| JournalHeader::decode(&bytes));
                manifest.journal = number - 1;
            }
            FileKind::Journal | FileKind::Index | FileKind::Manifest => {}
        }
    }
    if let Some(header) = journal {
        manifest.store = header.store;
        manifest.sequence = header.first_sequence.saturating_sub(1);
        manifest.position = header.position;
        manifest.chain = header.previous;
    }
    manifest.audits.sort_by_key(|entry| entry.last);
    manifest
}
