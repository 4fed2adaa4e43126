//! The steps of a takedown, one after the other. Each is recorded when it is done.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{
    ask::{TakedownError, TakedownRequest},
    find::Found,
};
use crate::{
    engine::OperationId,
    model::{id::ObjectId, key::EntryKey, name::ChannelName, object::Space},
    repo::{
        channel::head::channel_names,
        ground::{
            error::StoreError, on_branch::ATTEMPTS_MAX, repository::Repository, stamp::Stamp,
        },
        publish::PublishReport,
        record::{
            Record,
            takedown::{SharedObject, Takedown, TakedownStep},
        },
    },
};

/// What a takedown would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TakedownPlan {
    /// How many objects would be taken down, by space.
    pub counts: BTreeMap<String, u64>,
    /// Objects that would stay because other entries have them too.
    pub shared: Vec<SharedObject>,
    /// What would become of each channel that has something of it.
    pub channels: Vec<(ChannelName, PublishReport)>,
    /// The objects that learners have, each also a surrogate key for caches.
    pub revoked: Vec<ObjectId>,
}

/// The operation of one write of a takedown: what is written again has the same, and nothing else has it.
pub(super) fn operation(stamp: &Stamp, what: &str, part: &[u8]) -> OperationId {
    let length = (what.len() as u64).to_le_bytes();
    let parts = [&stamp.operation.0[..], &length, what.as_bytes(), part];
    OperationId::derive("cms 2026-11-30 v1 takedown step", parts)
}

impl Repository {
    /// What a takedown would do; nothing is written.
    ///
    /// # Errors
    /// [`TakedownError`] as [`Self::take_down`] has it.
    pub fn plan_takedown(&self, request: &TakedownRequest) -> Result<TakedownPlan, TakedownError> {
        self.must_be_takeable(request)?;
        let takedown = request.record();
        let gone = entries(&takedown);
        let found = self.find_carrying(&gone, &self.typed_of(&gone)?.beside, &named(&takedown))?;
        let mut channels = Vec::new();
        for name in channel_names(self)? {
            let report = self.channel(&name)?.plan_take_down(&gone, &request.stamp)?;
            channels.extend(report.map(|report| (name, report)));
        }
        let revoked = revoked(&found.by_space);
        Ok(TakedownPlan { counts: counts(&found), shared: found.shared, channels, revoked })
    }

    /// Takes something down, from the record of it to the last byte. The same attempt made again goes on where it was
    /// cut off.
    ///
    /// # Errors
    /// [`TakedownError`]. Before the record is written nothing is changed; after it, what is done stays done, and
    /// [`Self::finish_takedowns`] completes it.
    pub fn take_down(&self, request: &TakedownRequest) -> Result<Takedown, TakedownError> {
        let (takedown, stamp) = (request.record(), &request.stamp);
        if self.takedown_record(&takedown.id)?.is_none() {
            self.must_be_takeable(request)?;
            // Documents next to cells of drafts are found by those cells, which go before the objects do.
            let beside = self.typed_of(&entries(&takedown))?.beside;
            let known = BTreeMap::from([(Space::Source, beside)]);
            self.put_takedown_ids(&takedown.id, &known, operation(stamp, "beside", &[]))?;
            if let Some(words) = &takedown.words {
                self.put_takedown_words(&takedown.id, words, operation(stamp, "words", &[]))?;
            }
            let names = [("takedown", &*takedown.id), ("reason", takedown.reason.word())];
            let audit = Some(stamp.audit("take-down", &names));
            self.put_takedown(&takedown, None, audit, operation(stamp, "begun", &[]))?;
        }
        self.finish_takedown(&takedown.id)
    }

    /// Completes the takedowns that were cut off, the oldest first; returns them.
    ///
    /// # Errors
    /// [`TakedownError`] of the first one that can't be completed.
    pub fn finish_takedowns(&self) -> Result<Vec<Takedown>, TakedownError> {
        if !self.has_takedowns()? {
            return Ok(Vec::new());
        }
        let unfinished = self.takedowns()?.into_iter().rev().filter(|takedown| !takedown.is_done());
        unfinished.map(|takedown| self.finish_takedown(&takedown.id)).collect()
    }

    /// The objects that learners had and that a takedown took from them: each is also a surrogate key for caches.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn revoked_by(&self, takedown: &Takedown) -> Result<Vec<ObjectId>, StoreError> {
        let ids = self.takedown_ids(&takedown.id)?.into_iter();
        Ok(revoked(&ids.map(|(space, ids)| (space, ids.into_iter().collect())).collect()))
    }

    fn finish_takedown(&self, id: &str) -> Result<Takedown, TakedownError> {
        let what = || StoreError::Row { what: format!("the takedown {id}") };
        let mut lost = 0;
        while lost < ATTEMPTS_MAX {
            let record = self.takedown_record(id)?.ok_or_else(what)?;
            if record.value.is_done() {
                return Ok(record.value);
            }
            if self.do_step(record)?.is_none() {
                lost += 1;
            }
        }
        Err(TakedownError::Busy)
    }

    /// Does the next step and records it; `None` when somebody else recorded one meanwhile.
    fn do_step(&self, record: Record<Takedown>) -> Result<Option<u64>, TakedownError> {
        let (mut takedown, version) = (record.value, record.version);
        let (stamp, gone) = (takedown.stamp(), entries(&takedown));
        takedown.step = match takedown.step {
            TakedownStep::Begun => {
                self.leave_main(&mut takedown, &stamp)?;
                TakedownStep::LeftMain
            }
            TakedownStep::LeftMain => {
                self.leave_drafts(&gone, &stamp)?;
                TakedownStep::LeftDrafts
            }
            TakedownStep::LeftDrafts => {
                self.leave_channels(&gone, &stamp, &mut takedown.channels)?;
                TakedownStep::LeftChannels
            }
            TakedownStep::LeftChannels => {
                self.note_found(&mut takedown, &gone, &stamp)?;
                TakedownStep::Found
            }
            TakedownStep::Found => {
                self.take_down_found(&takedown, &stamp)?;
                TakedownStep::TakenDown
            }
            TakedownStep::TakenDown | TakedownStep::Done => {
                self.take_down_late(&mut takedown, &gone, &stamp)?;
                self.engine.purge().map_err(StoreError::from)?;
                TakedownStep::Done
            }
        };
        let operation = operation(&stamp, "record", &version.to_le_bytes());
        Ok(self.put_takedown(&takedown, Some(version), None, operation)?)
    }

    fn note_found(
        &self,
        takedown: &mut Takedown,
        gone: &BTreeSet<EntryKey>,
        stamp: &Stamp,
    ) -> Result<(), TakedownError> {
        let known = self.takedown_ids(&takedown.id)?;
        let beside = known.get(&Space::Source).cloned().unwrap_or_default();
        let found = self.find_carrying(gone, &beside, &named(takedown))?;
        takedown.counts = counts(&found);
        let by_space = found.by_space.into_iter();
        let ids = by_space.map(|(space, ids)| (space, ids.into_iter().collect())).collect();
        takedown.shared = found.shared;
        // An attempt that was cut off may have written others.
        let part: Vec<u8> =
            takedown.counts.values().flat_map(|count| count.to_le_bytes()).collect();
        if !self.put_takedown_ids(&takedown.id, &ids, operation(stamp, "found", &part))? {
            return Err(TakedownError::Busy);
        }
        Ok(())
    }

    fn take_down_found(&self, takedown: &Takedown, stamp: &Stamp) -> Result<(), TakedownError> {
        let by_space = self.takedown_ids(&takedown.id)?;
        let mut ids: BTreeSet<ObjectId> = by_space.values().flatten().copied().collect();
        ids.extend(named(takedown));
        let ids: Vec<ObjectId> = ids.into_iter().collect();
        self.engine.take_down(&ids).map_err(StoreError::from)?;
        for (space, ids) in by_space.iter().filter(|(space, _)| **space != Space::Source) {
            self.revoke(space, &takedown.id, ids, stamp)?;
        }
        Ok(())
    }

    /// Takes down what others wrote while the rest was found: a publish or a save that had begun before.
    fn take_down_late(
        &self,
        takedown: &mut Takedown,
        gone: &BTreeSet<EntryKey>,
        stamp: &Stamp,
    ) -> Result<(), TakedownError> {
        let late = self.find_carrying(gone, &[], &[])?;
        let ids = late.ids();
        if ids.is_empty() {
            return Ok(());
        }
        self.engine.take_down(&ids).map_err(StoreError::from)?;
        for (space, count) in counts(&late) {
            *takedown.counts.entry(space).or_default() += count;
        }
        let name = format!("{}-late", takedown.id);
        for (space, ids) in late.by_space.iter().filter(|(space, _)| **space != Space::Source) {
            let ids: Vec<ObjectId> = ids.iter().copied().collect();
            self.revoke(space, &name, &ids, stamp)?;
        }
        Ok(())
    }
}

fn entries(takedown: &Takedown) -> BTreeSet<EntryKey> {
    takedown.entries.iter().cloned().collect()
}

fn named(takedown: &Takedown) -> Vec<ObjectId> {
    let media = takedown.media.iter().map(|id| id.object_id());
    takedown.objects.iter().copied().chain(media).collect()
}

fn counts(found: &Found) -> BTreeMap<String, u64> {
    found.by_space.iter().map(|(space, ids)| (space.to_string(), ids.len() as u64)).collect()
}

/// The ids that any audience has.
fn revoked(by_space: &BTreeMap<Space, BTreeSet<ObjectId>>) -> Vec<ObjectId> {
    let audiences = by_space.iter().filter(|(space, _)| **space != Space::Source);
    let ids: BTreeSet<ObjectId> = audiences.flat_map(|(_, ids)| ids).copied().collect();
    ids.into_iter().collect()
}
