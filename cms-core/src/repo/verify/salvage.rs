//! Making whole again what a salvaged store lacks: heads that lead nowhere, catalogues with holes, channels.
//!
//! The engine has saved what is whole ([`crate::engine::local::LocalEngine::salvage`]); here the repository in the new
//! store is made one that can be worked on. Nothing is invented: an entry stands at the newest version of it that can be
//! read, a channel at the newest publication, and what is gone is told by name.
//!
//! Invariants:
//! 1. Afterwards each branch leads to a commit all of whose entries can be read, and each channel to a publication whose
//!    snapshot can be walked.
//! 2. History stays as far as it can be read, and goes on behind what is gone; nothing of it is written anew.
//! 3. Done again, it changes nothing.

mod anew;
mod branches;
mod channels;
mod holes;
mod lines;
mod report;
mod steps;

use crate::{
    map,
    model::object::Space,
    repo::{
        content::objects::ObjectSink,
        ground::{error::StoreError, repository::Repository, stamp::Stamp},
    },
};

pub use report::{EarlierValues, LineGap, LostEntry, LostNow, MovedHead, SalvageReport};
use steps::{Audited, Steps};

impl Repository {
    /// Makes a salvaged repository whole again, as far as what was saved goes.
    ///
    /// # Errors
    /// [`StoreError`] when the new store can't be written.
    pub fn settle_salvaged(
        &self,
        earlier: &EarlierValues<'_>,
        stamp: &Stamp,
    ) -> Result<SalvageReport, StoreError> {
        let mut report = SalvageReport::default();
        let mut steps = Steps { stamp, number: 0, tips: None, audited: Audited::new() };
        // The map of nothing is what many begin with, and needs nothing to be made of.
        let mut sink = ObjectSink::new(self);
        let mut empty = Vec::new();
        map::build(&mut empty, self.header.salt(), [])?;
        for node in empty {
            sink.add(Space::Source, node.clone())?;
            sink.add(Space::Public, node)?;
        }
        sink.flush()?;
        self.settle_branches(earlier, &mut steps, &mut report)?;
        self.settle_working(&mut steps, &mut report)?;
        report.reviews_mended = self.mend_reviews(&steps.next())?.is_some();
        self.settle_channels(earlier, &mut steps, &mut report)?;
        Ok(report)
    }
}
