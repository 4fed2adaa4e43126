//! Reading everything back, and reporting what takes how much space.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
    path::Path,
};

use super::{
    Core,
    cells::{self, CellIndex},
    damaged::{Known, damage_of, survey},
    file::{FileError, display_name},
    index::IndexRow,
    journal::JournalObject,
    lookup::Lookup,
    segment::Segment,
    view::{Sealed, View, compare_cells},
};
use crate::{
    engine::{Damage, Lost, ReadError, Usage, UsageRow, Verification},
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

    fn damage(&mut self, damage: Damage) {
        if !self.verification.damages.contains(&damage) {
            self.verification.damages.push(damage);
        }
    }

    fn check(&mut self, result: Result<(), FileError>) {
        if let Err(error) = result {
            self.damage(damage_of(error));
        }
    }

    /// Whether something was already found in a file, so that a wrong hash of the whole file says nothing more.
    fn has_found(&self, path: &Path) -> bool {
        let name = display_name(path);
        self.verification.damages.iter().any(|damage| damage.file == name)
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
        // The files of one moment, each held open: upkeep may go on, and remove them, while they are read.
        let (sealed, ends, objects, taken_down) = {
            let view = self.view.read();
            let journals = view.journals.iter();
            let ends = journals.map(|journal| (journal.header.number, journal.end)).collect();
            (view.sealed.clone(), ends, journal_objects(&view), view.taken_down.clone())
        };
        self.look_anew(ends, &mut findings);
        for segment in sealed.segments.values() {
            let segment = segment.in_order(&*self.options.disk);
            verify_segment(&sealed, &segment, &taken_down, &mut findings);
            if findings.is_cancelled {
                return None;
            }
        }
        for lookup in sealed.lookups.values().flatten() {
            self.verify_index(&sealed, lookup, &mut findings);
            if findings.is_cancelled {
                return None;
            }
        }
        for audit in &sealed.audits {
            if !findings.has_found(&audit.path) {
                findings.check(audit.verify());
            }
            findings.read(audit.entry.size_bytes);
        }
        if let Some(checkpoint) = &sealed.checkpoint {
            if !findings.has_found(&checkpoint.path) {
                findings.check(checkpoint.verify());
            }
            findings.read(sealed.manifest.checkpoint.map_or(0, |entry| entry.size_bytes));
        }
        verify_journal_objects(&sealed, objects, &mut findings);
        self.verify_cells(&mut findings);
        if let Some(failure) = &self.upkeep_state.lock().failure {
            let detail = format!("a full journal could not be sealed: {failure}");
            findings.damage(Damage::of("the store", None, detail));
        }
        (!findings.is_cancelled).then_some(findings.verification)
    }

    /// Reads the journals, the manifest and the checkpoint as opening would, and reports what that finds.
    fn look_anew(&self, ends: BTreeMap<u64, u64>, findings: &mut Findings<'_>) {
        findings.read(ends.values().sum());
        let is_written = self.writer().is_ok();
        let ends = if is_written { ends } else { BTreeMap::new() };
        self.damages.iter().cloned().for_each(|damage| findings.damage(damage));
        match survey(&self.options, &Known { damage: None, ask_for_end: !is_written, ends }) {
            Ok(survey) => survey.damages.into_iter().for_each(|damage| findings.damage(damage)),
            Err(error) => findings.damage(Damage::of("the store", None, error)),
        }
    }

    fn verify_index(&self, sealed: &Sealed, lookup: &Lookup, findings: &mut Findings<'_>) {
        // An index that can't be opened was reported already.
        let Ok(index) = lookup.index() else { return };
        // An index that upkeep has merged away meanwhile is still open, and is read as it is.
        let in_order = index.in_order(&*self.options.disk).ok();
        let index = in_order.as_ref().unwrap_or(index);
        findings.check(index.verify());
        for row in index.after(None) {
            let Ok(row) = row else { break };
            let segment = sealed.segments.get(&row.segment);
            let is_there = segment.is_some_and(|segment| segment.is_at(row.id, row.offset));
            let is_told = segment.is_some_and(|segment| findings.has_found(&segment.path));
            if !is_there && !is_told {
                let IndexRow { id, segment, offset } = row;
                let detail = format!("object {id} is not at offset {offset} of segment {segment}");
                findings.damage(Damage::of(display_name(&index.path), None, detail));
            }
        }
        findings.read(index.entry.size_bytes);
    }

    fn verify_cells(&self, findings: &mut Findings<'_>) {
        if self.writer().is_err() {
            // The cells were read from the files just now.
            return;
        }
        let says_cells = |damage: &Damage| {
            damage.file.starts_with("journal-") || damage.file.starts_with("checkpoint-")
        };
        if findings.verification.damages.iter().any(says_cells) {
            // What the cells should be is not known.
            return;
        }
        let view = self.view.read();
        match compare_cells(&*self.options.disk, &view) {
            Ok(None) => {}
            Ok(Some(difference)) => findings.damage(Damage::of("sled", None, difference)),
            Err(_) if !findings.verification.damages.is_empty() => {}
            Err(error) => findings.check(Err(error)),
        }
        if let CellIndex::Memory { why, .. } = &view.cells {
            let detail = format!("cells are looked up in memory: {why}");
            findings.damage(Damage::of("sled", None, detail));
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
                rows.push(row(
                    &format!("cells in memory, because {why}"),
                    cells.len() as u64,
                    size,
                ));
            }
        }
        Ok(Usage { rows })
    }
}

/// Every object of the journals, each once.
fn journal_objects(view: &View) -> BTreeMap<(Space, ObjectId), JournalObject> {
    let mut objects = BTreeMap::new();
    for journal in &view.journals {
        for space in journal.spaces() {
            for id in journal.ids(space, None).filter(|id| !view.taken_down.contains(id)) {
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
            Ok(_) if sealed.holds(&space, id) => {}
            Ok(_) => findings.verification.objects_count += 1,
            Err(error) => findings.damage(damage_of(error).losing(Lost::Object(space, id))),
        }
    }
}

/// Checks every object of a segment; where no record can be read, those that the indexes place there.
fn verify_segment(
    sealed: &Sealed,
    segment: &Segment,
    taken_down: &BTreeSet<ObjectId>,
    findings: &mut Findings<'_>,
) {
    let name = display_name(&segment.path);
    let Some(space) = segment.space() else {
        return findings.damage(Damage::of(name, None, "it names no space"));
    };
    let lookups = sealed.lookups.get(&space).map(Vec::as_slice).unwrap_or_default();
    for record in segment.records() {
        match record {
            // Nobody gets it any more, and a rotation removes it.
            Ok((_, header)) if taken_down.contains(&header.id) => {}
            Ok((offset, header)) => {
                verify_object(segment, &space, header.id, offset, findings);
                let row = lookups.iter().find_map(|lookup| lookup.find(header.id));
                let Some(row) = row else {
                    let lost = Lost::Object(space.clone(), header.id);
                    findings
                        .damage(Damage::of(&name, Some(offset), "it is in no index").losing(lost));
                    continue;
                };
                let is_this = (row.segment, row.offset) == (segment.entry.number, offset);
                findings.verification.objects_count += u64::from(is_this);
                findings.read(header.record_size_bytes() as u64);
                if findings.is_cancelled {
                    return;
                }
            }
            Err(stretch) => {
                let damage = Damage::of(&name, Some(stretch.bytes.start as u64), stretch.detail);
                let rows = lookups.iter().flat_map(|lookup| lookup.after(None));
                let within = rows.filter(|row| {
                    row.segment == segment.entry.number
                        && stretch.bytes.contains(&(row.offset as usize))
                });
                let lost: Vec<_> = within.map(|row| Lost::Object(space.clone(), row.id)).collect();
                if lost.is_empty() {
                    findings.damage(damage);
                } else {
                    lost.into_iter().for_each(|lost| findings.damage(damage.clone().losing(lost)));
                }
            }
        }
    }
    let is_there = segment.check_length().is_ok();
    if !is_there {
        // Objects that the indexes place after its end.
        let rows = lookups.iter().flat_map(|lookup| lookup.after(None));
        for row in rows.filter(|row| row.segment == segment.entry.number) {
            verify_object(segment, &space, row.id, row.offset, findings);
        }
    }
    if !findings.has_found(&segment.path) {
        findings.check(segment.check_whole());
    }
}

fn verify_object(
    segment: &Segment,
    space: &Space,
    id: ObjectId,
    offset: u64,
    findings: &mut Findings<'_>,
) {
    if let Err(error) = segment.object(id, offset) {
        findings.damage(damage_of(error).losing(Lost::Object(space.clone(), id)));
    }
}
