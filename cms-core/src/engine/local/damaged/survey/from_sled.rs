//! Cells that damaged bytes recorded, as sled has them: each of its rows carries a check. sled is copied before it is
//! opened, because opening it changes its files.

use std::collections::BTreeSet;

use super::{
    super::super::cells::{self, CellIndex},
    Surveyor,
};
use crate::engine::Lost;

/// What sled holds, if it belongs to this store.
pub(super) struct Sled {
    cells: CellIndex,
    /// The sequence of the last frame that it knows; that frame was acknowledged.
    acknowledged: u64,
    _copy: tempfile::TempDir,
}

impl Surveyor<'_> {
    /// Whether sled knows the frame that should come next.
    pub(super) fn was_acknowledged(&self) -> bool {
        !self.known.ends.is_empty()
            || self.sled().is_some_and(|sled| sled.acknowledged >= self.sequence)
    }

    fn sled(&self) -> Option<&Sled> {
        let look = || {
            let (copy, cells) = CellIndex::copy_of_sled(&self.options.cell_index_directory)?;
            let store =
                self.journals.first().map_or(self.manifest.store, |first| first.header.store);
            let applied = cells.applied_to().ok().flatten().filter(|at| at.store == store)?;
            Some(Sled { cells, acknowledged: applied.sequence, _copy: copy })
        };
        self.sled.get_or_init(look).as_ref()
    }

    /// Takes from sled the cells that damaged bytes recorded; returns whether some may be missing all the same.
    pub(super) fn ask_sled(&mut self) -> bool {
        if self.doubtful.is_empty() {
            return false;
        }
        let Some(sled) = self.sled() else { return true };
        let is_doubtful = |version: u64| self.doubtful.iter().any(|range| range.contains(&version));
        let mut known = BTreeSet::new();
        let mut taken = Vec::new();
        let read = sled.cells.for_each(|key, cell| {
            known.insert(key.to_vec());
            let is_newer = self.cells.get(key).is_none_or(|(version, _)| *version < cell.version);
            if is_newer && is_doubtful(cell.version) {
                taken.push((key.to_vec(), cell));
            }
            true
        });
        // What sled no longer has was deleted, if sled knows everything that is whole.
        let knows_all = read.is_ok() && sled.acknowledged + 1 >= self.sequence;
        if knows_all {
            let to = self.doubtful.iter().map(|range| *range.end()).max().unwrap_or(0);
            self.cells.retain(|key, (version, _)| known.contains(key) || *version > to);
        }
        for (key, cell) in taken {
            let name = cells::name(&key).map(Lost::Cell);
            self.damages.retain(|damage| Some(&damage.lost) != name.as_ref());
            self.position = self.position.max(cell.version);
            self.cells.insert(key, (cell.version, Some(cell.value)));
        }
        !knows_all
    }
}
