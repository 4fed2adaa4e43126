//! What a manifest would say, as far as it can be learnt from the files themselves.

use std::path::Path;

use super::super::{
    audit::AuditFile,
    disk::{Disk, Reading},
    file::FileKind,
    frame::JournalHeader,
    manifest::{CheckpointEntry, Manifest},
    segment::Segment,
};

/// Puts a manifest together from the files of a directory. Indexes are left out, because segments themselves say what
/// they hold. Of checkpoints, the newest counts: if it was written and no manifest ever named it, its journal holds the
/// same content as well.
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
                // How many cells there are is not known, so the file is not checked against a count.
                manifest.checkpoint = Some(CheckpointEntry { number, count: 0, size_bytes });
            }
            FileKind::Journal if journal.is_none() => {
                let bytes = disk.map(&path, Reading::InOrder).ok();
                journal = bytes.and_then(|bytes| JournalHeader::decode(&bytes));
                manifest.journal = number - 1;
            }
            FileKind::Journal | FileKind::Index | FileKind::Manifest | FileKind::TakenDown => {}
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
