//! Verifying that every byte is what was written, and that everything that is named exists.
//!
//! Damage is reported with its file and place if the engine knows them, and with the entries, branches, snapshots,
//! reviews and schedules that need what is damaged. No damage ends the walk.

pub(in crate::repo) mod growth;
mod lines;
mod links;
mod named;
mod report;
mod reviews;
mod rows;
pub(in crate::repo) mod salvage;
pub(in crate::repo) mod stats;
mod walk;

use super::{
    branch::BRANCH_GROUP,
    draft::working::{StoredContent, StoredWorking, edited_key},
};
use crate::{
    engine::cells_of,
    model::{
        name::{Branch, Holds},
        object::Space,
    },
    repo::{
        branch::branch_of,
        channel::head::{channel_head, channel_names},
        ground::{error::StoreError, repository::Repository},
    },
};
use named::{For, MapOf, Named, Need, Rows};
use std::ops::ControlFlow;
use walk::Walk;

pub use report::{DamageRow, LostRange, LostTransactions, VerifyReport};

impl Repository {
    /// Reads every stored byte, then walks every branch and channel: everything that a commit or a snapshot names
    /// exists and can be decoded, the media files that documents name exist, the back-links of each head are those of
    /// its documents, and what the reviews name exists. A problem that can be mended says how.
    ///
    /// `progress` receives the number of bytes read so far, and may end the walk.
    ///
    /// # Errors
    /// [`StoreError`] when the engine does not answer at all; damage is in the report.
    pub fn verify(
        &self,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<VerifyReport, StoreError> {
        let stored = self.engine.verify(progress)?;
        let report = VerifyReport {
            objects_count: stored.objects_count,
            size_bytes: stored.size_bytes,
            ..VerifyReport::default()
        };
        let mut walk = Walk::new(self, report);
        walk.take_damages(stored.damages)?;
        walk.branches()?;
        walk.channels()?;
        walk.working_copies()?;
        walk.schedules()?;
        Ok(walk.into_report())
    }
}

impl Walk<'_> {
    fn branches(&mut self) -> Result<(), StoreError> {
        let mut branches = self.repository.branches()?;
        // What branches share is reported for the first of them, so `main`, on which most began, comes first. The
        // reviews come last, because they name commits of the others.
        let is_main = |branch: &Branch| matches!(branch, Branch::Main);
        branches.sort_by_key(|(branch, _)| (!is_main(branch), branch.holds() == Holds::Records));
        if branches.first().is_none_or(|(branch, _)| !is_main(branch)) {
            self.report.problem(format_args!("branch {} does not exist", Branch::Main));
        }
        for (branch, head) in branches {
            let walked = self.branch(&branch, head).and_then(|()| self.head(&branch, head));
            self.told(walked, format_args!("branch {branch}"))?;
        }
        Ok(())
    }

    fn channels(&mut self) -> Result<(), StoreError> {
        for channel in channel_names(self.repository)? {
            let head = channel_head(self.repository, &channel);
            let walked = head.and_then(|head| head.map_or(Ok(()), |head| self.channel(&head)));
            self.told(walked, format_args!("channel {channel}"))?;
        }
        Ok(())
    }

    /// Makes a problem of an error that concerns only one thing.
    fn told(
        &mut self,
        walked: Result<(), StoreError>,
        of: std::fmt::Arguments<'_>,
    ) -> Result<(), StoreError> {
        match walked {
            Err(error) if walk::ends(&error) => Err(error),
            Err(error) => {
                self.report.problem(format_args!("{of}: {error}"));
                Ok(())
            }
            Ok(()) => Ok(()),
        }
    }

    /// Checks that the documents stored next to the cells of working copies exist.
    fn working_copies(&mut self) -> Result<(), StoreError> {
        for row in cells_of(&*self.repository.engine, BRANCH_GROUP) {
            let (name, cell) = row?;
            let (Some(key), Some(branch)) = (edited_key(&name), branch_of(&name)) else {
                continue;
            };
            let beside = match StoredWorking::of(&name, &cell) {
                Ok(StoredWorking { content: StoredContent::Beside(document), .. }) => document,
                Ok(_) => continue,
                Err(error) => {
                    self.report.problem(format_args!("branch {branch}: {error}"));
                    continue;
                }
            };
            for need in self.plain_document(beside.object_id(), &key)? {
                if let Need::Lost(place, _) = need {
                    let need = Need::Lost(place, For::Entry(key.clone()));
                    self.touch(&Space::Source, vec![need], Named::Branch(&branch));
                }
            }
        }
        Ok(())
    }

    /// Checks that every revision that a schedule names exists.
    fn schedules(&mut self) -> Result<(), StoreError> {
        let found = match self.repository.schedule_cells(None) {
            Ok(found) => found,
            Err(error) => return self.told(Err(error), format_args!("the schedules")),
        };
        for schedule in found {
            let of = format!("schedule {}", schedule.id);
            for root in schedule.stored.maps() {
                let map = MapOf {
                    repository: self.repository,
                    space: &Space::Source,
                    rows: Rows::Scheduled,
                    kinds: None,
                    of: &of,
                };
                let needs = self.map(&map, root)?;
                self.touch(&Space::Source, needs, Named::Schedule(&schedule.id));
            }
        }
        Ok(())
    }
}
