//! Reading everything back, and telling what takes how much room.

use std::{collections::BTreeMap, ops::ControlFlow, path::PathBuf};

use bytes::Bytes;

use super::{
    Core,
    cells::{self, CellIndex},
    disk::Reading,
    file::{FileError, display_name},
    frame::JournalHeader,
    journal::{JournalObject, Scan, Tail, payload_of},
    segment::Segment,
    view::{Sealed, View, compare_cells},
};
use crate::{
    engine::{ReadError, Usage, UsageRow, Verification},
    model::{id::ObjectId, object::Space},
};

/// What was found so far.
struct Findings<'a> {
    verification: Verification,
    progress: &'a mut dyn FnMut(u64) -> ControlFlow<()>,
    is_cancelled: bool,
}

impl Findings<'_> {
    fn read(&mut self, size_bytes: u64) {
        self.verification.size_bytes += size_bytes;
        self.is_cancelled |= (self.progress)(self.verification.size_bytes).is_break();
    }

    fn damage(&mut self, text: impl ToString) {
        self.verification.damages.push(text.to_string());
    }

    fn check(&mut self, result: Result<(), FileError>) {
        if let Err(error) = result {
            self.damage(super::describe(&error));
        }
    }
}

impl Core {
    /// See [`crate::engine::Engine::verify`]; none when it was cancelled.
    pub(super) fn verify(
        &self,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Option<Verification> {
        let mut findings =
            Findings { verification: Verification::default(), progress, is_cancelled: false };
        // One moment's files, each held open: upkeep may go on, and remove them, while they are read.
        let (sealed, journals, objects) = {
            let view = self.view.read();
            (view.sealed.clone(), self.map_journals(&view), journal_objects(&view))
        };
        for segment in sealed.segments.values() {
            verify_segment(&sealed, &segment.in_order(&*self.options.disk), &mut findings);
            if findings.is_cancelled {
                return None;
            }
        }
        for index in sealed.indexes.values().flatten() {
            // One that upkeep has merged away meanwhile is still open, and read as it is.
            let in_order = index.in_order(&*self.options.disk).ok();
            let index = in_order.as_ref().unwrap_or(index);
            findings.check(index.verify());
            for row in index.after(None) {
                let Ok(row) = row else { break };
                let found = sealed.segments.get(&row.segment);
                if !found.is_some_and(|segment| segment.is_at(row.id, row.offset)) {
                    findings.damage(format!(
                        "object {} is not at offset {} of segment {}, where {} has it",
                        row.id,
                        row.offset,
                        row.segment,
                        display_name(&index.path)
                    ));
                }
            }
            findings.read(index.entry.size_bytes);
            if findings.is_cancelled {
                return None;
            }
        }
        for audit in &sealed.audits {
            findings.check(audit.verify());
            findings.read(audit.entry.size_bytes);
        }
        if let Some(checkpoint) = &sealed.checkpoint {
            findings.check(checkpoint.verify());
            findings.read(sealed.manifest.checkpoint.map_or(0, |entry| entry.size_bytes));
        }
        let manifest =
            super::manifest::Manifest::read(&*self.options.disk, &self.options.directory);
        findings.check(manifest.map(|_| ()));
        verify_journals(journals, &mut findings);
        verify_journal_objects(&sealed, objects, &mut findings);
        self.verify_cells(&mut findings);
        if let Some(failure) = &self.upkeep_state.lock().failure {
            findings.damage(format!("a full journal could not be sealed: {failure}"));
        }
        (!findings.is_cancelled).then_some(findings.verification)
    }

    fn map_journals(&self, view: &View) -> Vec<MappedJournal> {
        let each = view.journals.iter().map(|journal| MappedJournal {
            path: journal.path.clone(),
            header: journal.header.clone(),
            end: journal.end,
            bytes: self
                .options
                .disk
                .map(&journal.path, Reading::InOrder)
                .map_err(FileError::io(&journal.path)),
        });
        each.collect()
    }

    fn verify_cells(&self, findings: &mut Findings<'_>) {
        let view = self.view.read();
        match compare_cells(&*self.options.disk, &view) {
            Ok(None) => {}
            Ok(Some(difference)) => findings.damage(difference),
            Err(error) => findings.check(Err(error)),
        }
        if let CellIndex::Memory { why, .. } = &view.cells {
            findings.damage(format!("cells are looked up in memory: {why}"));
        }
    }

    /// See [`crate::engine::Engine::usage`].
    pub(super) fn usage(&self) -> Result<Usage, ReadError> {
        let view = self.view.read();
        let manifest = &view.sealed.manifest;
        let row = |what: &str, count: u64, size_bytes: u64| UsageRow {
            what: what.to_owned(),
            count,
            size_bytes,
        };
        let mut rows = Vec::new();
        let journals = view.journals.iter();
        let (count, size) = journals.fold((0, 0), |(count, size), journal| {
            (count + journal.objects_count(), size + journal.end)
        });
        rows.push(row("objects in the journal", count, size));
        let mut spaces = BTreeMap::<&str, (u64, u64)>::new();
        for entry in &manifest.segments {
            let space = spaces.entry(&entry.space).or_default();
            *space = (space.0 + entry.count, space.1 + entry.size_bytes);
        }
        for (space, (count, size)) in spaces {
            rows.push(row(&format!("segments of {space}"), count, size));
        }
        let indexes = manifest.indexes.iter().map(|entry| entry.size_bytes);
        rows.push(row("indexes", manifest.indexes.len() as u64, indexes.sum()));
        let checkpoint =
            manifest.checkpoint.map_or((0, 0), |entry| (entry.count, entry.size_bytes));
        rows.push(row("cells in the checkpoint", checkpoint.0, checkpoint.1));
        let audits = manifest.audits.iter();
        let audit = audits.fold((0, 0), |(count, size), e| (count + e.count, size + e.size_bytes));
        rows.push(row("sealed audit records", audit.0, audit.1));
        match &view.cells {
            CellIndex::Sled(_) => {
                let (count, size) = cells::directory_size(&self.options.cell_index_directory);
                rows.push(row("files of sled", count, size));
            }
            CellIndex::Memory { rows: cells, why } => {
                let size = cells.values().map(|cell| cell.value.len() as u64).sum();
                rows.push(row(&format!("cells in memory, since {why}"), cells.len() as u64, size));
            }
        }
        Ok(Usage { rows })
    }
}

/// A journal as it was at one moment.
struct MappedJournal {
    path: PathBuf,
    header: JournalHeader,
    end: u64,
    bytes: Result<Bytes, FileError>,
}

fn verify_journals(journals: Vec<MappedJournal>, findings: &mut Findings<'_>) {
    for MappedJournal { path, header, end, bytes } in journals {
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(error) => {
                findings.check(Err(error));
                continue;
            }
        };
        let bytes = bytes.get(..end as usize).unwrap_or(&bytes);
        if !bytes.starts_with(&header.encode()) {
            findings.check(Err(FileError::damaged(&path, 0, "the journal's header is bad")));
        }
        let mut scan = Scan::new(&header, bytes);
        for (at, frame) in scan.by_ref() {
            findings.check(payload_of(&path, at, &frame).map(|_| ()));
        }
        let short = bytes.len() < end as usize;
        if short || scan.tail() != Tail::Whole {
            let detail = format!("frame {} is bad", scan.sequence);
            findings.check(Err(FileError::damaged(&path, scan.at, detail)));
        }
        findings.read(bytes.len() as u64);
    }
}

/// Every object of the journals, each once.
fn journal_objects(view: &View) -> BTreeMap<(Space, ObjectId), JournalObject> {
    let mut objects = BTreeMap::new();
    for journal in &view.journals {
        for space in journal.spaces() {
            for id in journal.ids(space, None) {
                if let Some(object) = journal.object(space, id) {
                    objects.entry((space.clone(), id)).or_insert(object);
                }
            }
        }
    }
    objects
}

fn verify_journal_objects(
    sealed: &Sealed,
    objects: BTreeMap<(Space, ObjectId), JournalObject>,
    findings: &mut Findings<'_>,
) {
    for ((space, id), object) in objects {
        match object.read() {
            // Counted with its segment.
            Ok(_) if sealed.holds(&space, id).unwrap_or(false) => {}
            Ok(_) => findings.verification.objects_count += 1,
            Err(error) => findings.damage(format!("object {id}: {}", super::describe(&error))),
        }
    }
}

/// Checks every object of a segment; behind a record that can't be read, those that the indexes know.
fn verify_segment(sealed: &Sealed, segment: &Segment, findings: &mut Findings<'_>) {
    findings.check(segment.check_whole());
    let Some(space) = segment.space() else {
        return findings.damage(format!("{} names no space", display_name(&segment.path)));
    };
    let indexes = sealed.indexes.get(&space).map(Vec::as_slice).unwrap_or_default();
    let find = |id| indexes.iter().find_map(|index| index.find(id).ok().flatten());
    let mut broken_at = None;
    match segment.records() {
        Ok(records) => {
            for record in records {
                match record {
                    Ok((offset, header)) => {
                        verify_object(segment, header.id, offset, findings);
                        match find(header.id) {
                            Some(row)
                                if (row.segment, row.offset) == (segment.entry.number, offset) =>
                            {
                                findings.verification.objects_count += 1;
                            }
                            Some(_) => {}
                            None => findings.damage(format!(
                                "object {} in {} is in no index",
                                header.id,
                                display_name(&segment.path)
                            )),
                        }
                        findings.read(header.record_size_bytes() as u64);
                        if findings.is_cancelled {
                            return;
                        }
                    }
                    Err(FileError::Damaged { offset, .. }) => broken_at = Some(offset),
                    Err(error) => findings.check(Err(error)),
                }
            }
        }
        Err(error) => {
            findings.check(Err(error));
            broken_at = Some(0);
        }
    }
    let Some(broken_at) = broken_at else { return };
    for row in indexes.iter().flat_map(|index| index.after(None)).flatten() {
        if row.segment == segment.entry.number && row.offset >= broken_at {
            verify_object(segment, row.id, row.offset, findings);
        }
    }
}

fn verify_object(segment: &Segment, id: ObjectId, offset: u64, findings: &mut Findings<'_>) {
    if let Err(error) = segment.object(id, offset) {
        findings.damage(format!("object {id}: {}", super::describe(&error)));
    }
}
