//! Mending what a salvaged store lacks: heads that lead nowhere, catalogues with holes, channels.
//!
//! The engine has saved what is whole ([`crate::engine::local::LocalEngine::salvage`]); here the repository in the new
//! store is made usable again. Nothing is invented: an entry gets its newest version that can be read, a channel its
//! newest publication, and everything that is gone is reported by name.
//!
//! Invariants:
//! 1. Afterwards each branch leads to a commit whose entries can all be read, and each channel to a publication whose
//!    snapshot can be walked.
//! 2. History stays as far as it can be read, and continues beyond what is gone; none of it is rewritten.
//! 3. A second run changes nothing.

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
    /// Makes a salvaged repository whole again, as far as what was saved allows.
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
        // Many things begin with the empty map, and it can be made from nothing.
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
