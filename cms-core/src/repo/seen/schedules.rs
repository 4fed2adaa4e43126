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
        if self.is_whole() {
            return Ok(Some(row));
        }
        let state = self.repository.state_of_main()?;
        let all = |row: &ScheduleRow| -> usize {
            let then = row.then.iter().map(|step| step.keys.len());
            let done = row.done.iter().map(|step| step.keys.len());
            row.keys.len() + then.sum::<usize>() + done.sum::<usize>()
        };
        let named = all(&row);
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
        let is_unseen = named > 0 && all(&row) == 0;
        if named > 0 {
            row.revisions_count = row.revisions_count.min(row.keys.len() as u64);
        }
        Ok((!is_unseen).then_some(row))
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
    /// [`ScheduleError::Unknown`] when they do not see it, or the store can't be read.
    pub fn scheduled(&self, done: Scheduled) -> Result<Scheduled, ScheduleError> {
        if self.is_whole() {
            return Ok(done);
        }
        let Scheduled { schedule, report, would_fail } = done;
        let (channel, id) = (schedule.channel.clone(), schedule.id.clone());
        // A foreseen failure is told as one that happened is.
        let seen = self.schedule(ScheduleRow { failure: would_fail, ..schedule.clone() })?;
        let would_fail = seen.and_then(|seen| seen.failure);
        let schedule = self.schedule(schedule)?;
        let schedule = schedule.ok_or(ScheduleError::Unknown { channel, id })?;
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
