//! Bytes that really leave: of objects that were taken down, out of segments; and of values that cells no longer have,
//! out of sled.
//!
//! A rotation drops the journal and the checkpoint before, and with them every older value of a cell. Sled keeps old
//! values in its own log, so a rotation fills a new sled next to the old one, from the new checkpoint, and then takes
//! its place. A segment that holds what was taken down is written again without it.
//!
//! Invariants:
//! 1. The manifest says that an object is purged only when no sealed file and no journal holds it.
//! 2. A segment in which something can't be read is not written again, because nobody knows what its damaged bytes are:
//!    purging reports it, and a salvage leaves it behind.
//! 3. Filling a sled holds up no writer; taking its place holds them up for as long as the current journal takes to be
//!    read.

use std::{collections::BTreeSet, io, path::PathBuf, time::Duration};

use super::{
    super::{
        Core, Upkeep,
        cells::{self, CellIndex, CellIndexError},
        commit::{self, Writer},
        file::{FileError, FileKind},
        manifest::{Manifest, ReplaceError, SegmentEntry},
        open::remove_leftovers,
        reindex::reindex,
        segment::{self, Segment},
        view::{Sealed, fill_sealed, replay},
    },
    refused_by, unwritten,
};
use crate::{engine::CommitError, model::id::ObjectId};

/// How long to wait for the writer before looking whether it waits itself.
const WRITER_WAIT: Duration = Duration::from_millis(10);

/// A segment that is written again: the one before, and what stays of it.
struct Rewritten<'a> {
    before: u64,
    space: String,
    kept: Vec<(ObjectId, &'a [u8])>,
}

impl Core {
    /// See [`crate::engine::Engine::purge`].
    pub(in crate::engine::local) fn purge(&self) -> Result<(), CommitError> {
        self.running()?;
        {
            let mut writer = self.writer()?.lock();
            self.rotate_now(&mut writer)?;
        }
        let _alone = self.upkeep_alone.lock();
        self.upkeep().map_err(|error| unwritten(self, error))?;
        self.renew_cells().map_err(refused_by)?;
        // A file whose removal failed earlier still has its bytes.
        let sealed = self.view.read().sealed.clone();
        let (disk, directory) = (&*self.options.disk, &self.options.directory);
        remove_leftovers(disk, directory, &sealed.manifest).map_err(refused_by)?;
        disk.sync_directory(directory).map_err(commit::failed)
    }

    /// What upkeep does by itself: everything that a purge does, except that the current journal goes on.
    pub(in crate::engine::local) fn keep_order(&self) -> Result<(), ReplaceError> {
        let _alone = self.upkeep_alone.lock();
        let sealed = self.upkeep()?;
        if sealed && self.options.upkeep == Upkeep::Background {
            // The look-up of cells is as good as before if this fails, and the next rotation tries again.
            let _ = self.renew_cells();
        }
        Ok(())
    }

    /// Whether something was taken down that files may still hold.
    pub(in crate::engine::local) fn has_unpurged(&self) -> bool {
        let view = self.view.read();
        view.taken_down.len() > view.sealed.manifest.purged.len()
    }

    /// Writes the segments again that hold anything that was taken down, without it.
    pub(in crate::engine::local) fn purge_segments(&self) -> Result<(), ReplaceError> {
        if !self.has_unpurged() {
            return Ok(());
        }
        let (before, taken_down, in_journals) = {
            let view = self.view.read();
            let spaces: Vec<_> = view.journals.iter().flat_map(|j| j.spaces().cloned()).collect();
            let is_in_journal = |id: &&ObjectId| {
                view.journals.iter().any(|j| spaces.iter().any(|space| j.holds(space, **id)))
            };
            let held: BTreeSet<ObjectId> =
                view.taken_down.iter().filter(is_in_journal).copied().collect();
            (view.sealed.clone(), view.taken_down.clone(), held)
        };
        let segments: Vec<Segment> =
            before.segments.values().map(|each| each.in_order(&*self.options.disk)).collect();
        let mut rewritten = Vec::new();
        let mut damaged = None;
        for segment in &segments {
            if let Err(error) = segment.check_length() {
                damaged = Some(error);
                continue;
            }
            let holds = |id: &ObjectId| taken_down.contains(id);
            if segment.records().all(|record| record.is_ok_and(|(_, header)| !holds(&header.id))) {
                continue;
            }
            match segment.without(&taken_down) {
                Ok(kept) => rewritten.push(Rewritten {
                    before: segment.entry.number,
                    space: segment.entry.space.clone(),
                    kept,
                }),
                Err(error) => damaged = Some(error),
            }
        }
        let purged: BTreeSet<ObjectId> = match damaged {
            Some(_) => before.manifest.purged.iter().copied().collect(),
            None => taken_down.difference(&in_journals).copied().collect(),
        };
        if !rewritten.is_empty() || !purged.iter().eq(&before.manifest.purged) {
            self.replace_segments(&before, rewritten, purged)?;
        }
        damaged.map_or(Ok(()), |error| Err(ReplaceError::Kept(error)))
    }

    /// Puts segments and new indexes in place of others.
    fn replace_segments(
        &self,
        before: &Sealed,
        rewritten: Vec<Rewritten<'_>>,
        purged: BTreeSet<ObjectId>,
    ) -> Result<(), ReplaceError> {
        let (disk, directory) = (&*self.options.disk, &self.options.directory);
        let old: Vec<u64> = rewritten.iter().map(|each| each.before).collect();
        let covers = |segments: &[u64]| segments.iter().any(|number| old.contains(number));
        let indexes = before.manifest.indexes.iter().filter(|entry| covers(&entry.segments));
        let indexes: Vec<u64> = indexes.map(|entry| entry.number).collect();
        let sealed = self.replace_sealed(before, |manifest, created| {
            for each in rewritten {
                self.write_again(each, manifest, created)?;
            }
            manifest.purged = purged.into_iter().collect();
            reindex(disk, directory, manifest, created, &indexes)
        })?;
        self.view.write().sealed = sealed;
        for number in old {
            let _ = disk.remove(&self.path(FileKind::Segment, number));
        }
        for number in indexes {
            let _ = disk.remove(&self.path(FileKind::Index, number));
        }
        Ok(())
    }

    fn write_again(
        &self,
        each: Rewritten<'_>,
        manifest: &mut Manifest,
        created: &mut Vec<PathBuf>,
    ) -> Result<(), FileError> {
        let entry: Option<SegmentEntry> = if each.kept.is_empty() {
            None
        } else {
            let number = manifest.take_number();
            let path = self.path(FileKind::Segment, number);
            created.push(path.clone());
            let kept = each.kept.into_iter();
            Some(segment::write(&*self.options.disk, path, number, &each.space, kept)?.0)
        };
        for index in &mut manifest.indexes {
            let at = index.segments.iter().position(|number| *number == each.before);
            match (at, &entry) {
                (Some(at), Some(entry)) => index.segments[at] = entry.number,
                (Some(at), None) => drop(index.segments.remove(at)),
                (None, _) => {}
            }
        }
        let place = manifest.segments.iter().position(|one| one.number == each.before);
        let place = place.expect("the manifest names the segment");
        manifest.segments.splice(place..=place, entry);
        Ok(())
    }

    /// Puts a new sled in place of the current one, without what cells no longer have. The caller holds
    /// `upkeep_alone`, and not the writer.
    fn renew_cells(&self) -> Result<(), FileError> {
        let Ok(writer) = self.writer() else { return Ok(()) };
        'again: loop {
            let Some(fresh) = self.begin_cells()? else { return Ok(()) };
            loop {
                if let Some(writer) = writer.try_lock_for(WRITER_WAIT) {
                    return self.take_place(fresh, &writer);
                }
                if self.is_crowded() {
                    // The writer waits for a journal to be sealed, and nobody else seals.
                    fresh.discard();
                    self.seal_full().map_err(|error| self.upkeep_failed(error))?;
                    continue 'again;
                }
            }
        }
    }

    /// The same, for a caller that holds the writer.
    pub(in crate::engine::local) fn renew_cells_of(
        &self,
        writer: &Writer,
    ) -> Result<(), FileError> {
        match self.begin_cells()? {
            Some(fresh) => self.take_place(fresh, writer),
            None => Ok(()),
        }
    }

    /// A new sled with the cells of the checkpoint; `None` when cells are looked up in memory, which keeps nothing.
    fn begin_cells(&self) -> Result<Option<Fresh>, FileError> {
        let checkpoint = {
            let view = self.view.read();
            let CellIndex::Sled(_) = view.cells else { return Ok(None) };
            view.sealed.checkpoint.clone()
        };
        let place = cells::place::next(&self.options.cell_index_directory);
        let mut fresh = Fresh { cells: CellIndex::open_sled(&place).map_err(of_sled)?, place };
        match fill_sealed(checkpoint.as_deref(), &mut fresh.cells) {
            Ok(Ok(())) => Ok(Some(fresh)),
            Ok(Err(error)) => {
                fresh.discard();
                Err(of_sled(error))
            }
            Err(error) => {
                fresh.discard();
                Err(error)
            }
        }
    }

    fn take_place(&self, mut fresh: Fresh, writer: &Writer) -> Result<(), FileError> {
        let mut replayed = Ok(Ok(()));
        {
            let view = self.view.read();
            for journal in &view.journals {
                if let Ok(Ok(())) = replayed {
                    replayed = replay(&*self.options.disk, journal, &mut fresh.cells, 0);
                }
            }
        }
        let replayed = replayed.and_then(|replayed| {
            let applied_to = writer.applied_to();
            let mut done = || fresh.cells.apply(std::iter::empty(), Some(&applied_to));
            replayed.and_then(|()| done()).map_err(of_sled)
        });
        if let Err(error) = replayed {
            fresh.discard();
            return Err(error);
        }
        let Fresh { cells, place } = fresh;
        let old = std::mem::replace(&mut self.view.write().cells, cells);
        old.close();
        cells::place::remove_others(&self.options.cell_index_directory, &place).map_err(of_sled)
    }
}

/// A sled that has not taken its place yet.
struct Fresh {
    cells: CellIndex,
    place: PathBuf,
}

impl Fresh {
    fn discard(self) {
        self.cells.close();
        // A leftover is removed when the next one takes its place.
        let _ = cells::remove(&self.place);
    }
}

fn of_sled(error: CellIndexError) -> FileError {
    FileError::Io { file: "sled".to_owned(), source: io::Error::other(error) }
}
