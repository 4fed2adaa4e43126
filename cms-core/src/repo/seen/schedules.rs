//! Schedules: one that names entries is seen by whoever sees one of them.

use crate::{
    model::{key::EntryKey, name::ChannelName},
    repo::{
        access::sight::Sight,
        content::state::State,
        ground::error::StoreError,
        schedule::{ScheduleError, ScheduleRow, Scheduled},
    },
};

impl Sight<'_> {
    /// What they see of a schedule; `None` when it names entries and they see none of them.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn schedule(&self, row: ScheduleRow) -> Result<Option<ScheduleRow>, StoreError> {
        let named = named_count(&row);
        let row = self.schedule_done(row)?;
        let is_unseen = named > 0 && named_count(&row) == 0;
        Ok((!is_unseen).then_some(row))
    }

    /// What they see of a schedule to which they have just written: that it is there they know, even if they see none of
    /// the entries that it names.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn schedule_done(&self, row: ScheduleRow) -> Result<ScheduleRow, StoreError> {
        if self.is_whole() {
            return Ok(row);
        }
        let state = self.repository.state_of_main()?;
        let named = named_count(&row);
        let mut row = row;
        row.keys = self.keys(&state, row.keys)?;
        for step in &mut row.then {
            step.keys = self.keys(&state, std::mem::take(&mut step.keys))?;
            step.replaced_by = self.key(&state, step.replaced_by.take())?;
        }
        for step in &mut row.done {
            step.keys = self.keys(&state, std::mem::take(&mut step.keys))?;
        }
        row.replaced_by = self.key(&state, row.replaced_by)?;
        if let Some(failure) = &mut row.failure {
            let reasons = std::mem::take(&mut failure.reasons);
            let are_all = reasons.len() as u64 == failure.reasons_count;
            let count = reasons.len();
            failure.reasons = self.seen(&state, reasons, |reason| &reason.key)?;
            failure.reasons_count = failure.reasons.len() as u64;
            if !are_all || failure.reasons.len() < count {
                // The sentence may name an entry.
                failure.message = "it could not run".to_owned();
            }
        }
        if named > 0 {
            row.revisions_count = row.revisions_count.min(row.keys.len() as u64);
        }
        Ok(row)
    }

    /// A schedule that is there for them.
    ///
    /// # Errors
    /// [`ScheduleError::Unknown`] when they do not see it, or the store can't be read.
    pub fn schedule_of(
        &self,
        channel: &ChannelName,
        id: &str,
    ) -> Result<ScheduleRow, ScheduleError> {
        let row = self.schedule(self.repository.schedule_of(channel, id)?)?;
        row.ok_or_else(|| ScheduleError::Unknown { channel: channel.clone(), id: id.to_owned() })
    }

    /// What they see of a schedule that was made or changed.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn scheduled(&self, done: Scheduled) -> Result<Scheduled, StoreError> {
        if self.is_whole() {
            return Ok(done);
        }
        let Scheduled { schedule, report, would_fail } = done;
        // A foreseen failure is told as one that happened is.
        let foreseen = ScheduleRow { failure: would_fail, ..schedule.clone() };
        let would_fail = self.schedule_done(foreseen)?.failure;
        let schedule = self.schedule_done(schedule)?;
        let report = report.map(|report| self.report(report)).transpose()?;
        Ok(Scheduled { schedule, report, would_fail })
    }

    fn key(&self, state: &State, key: Option<EntryKey>) -> Result<Option<EntryKey>, StoreError> {
        Ok(match key {
            Some(key) if self.sees(state, &key)? => Some(key),
            _ => None,
        })
    }
}

/// How many entries a schedule names, in all its steps.
fn named_count(row: &ScheduleRow) -> usize {
    let then = row.then.iter().map(|step| step.keys.len());
    let done = row.done.iter().map(|step| step.keys.len());
    row.keys.len() + then.sum::<usize>() + done.sum::<usize>()
}
