//! Handing over schedules: from now on they run on behalf of somebody else, with the rights that person has then.

use crate::{
    engine::{Expected, Outcome, Swap, SwapValue, Transaction},
    model::name::Person,
    repo::{
        ground::{error::StoreError, repository::Repository, stamp::Stamp},
        schedule::{ScheduleError, cell},
    },
};

/// A schedule that changed meanwhile is read again this many times.
const TRIES_MAX: u64 = 8;

impl Repository {
    /// Makes the schedules of one person another one's; returns how many there were.
    pub(in crate::repo) fn hand_over_schedules(
        &self,
        from: &Person,
        to: &Person,
        stamp: &Stamp,
    ) -> Result<usize, ScheduleError> {
        let mut count = 0;
        for found in self.schedule_cells(None)? {
            if *from != *found.stored.author {
                continue;
            }
            let own = stamp.apart(&format!("schedule {} {}", found.channel, found.id));
            let mut attempt = 0;
            loop {
                if attempt == TRIES_MAX {
                    return Err(ScheduleError::Moved { id: found.id });
                }
                attempt += 1;
                let (mut stored, version) = match self.stored(&found.channel, &found.id, None) {
                    // It ran, or somebody took it back.
                    Err(ScheduleError::Unknown { .. }) => break,
                    read => read?,
                };
                stored.author = to.to_string();
                stored.on_behalf = std::mem::take(&mut stored.on_behalf).handed_over_to(to);
                let fields = [("channel", found.channel.as_str()), ("schedule", &found.id)];
                let transaction = Transaction {
                    operation: own.step(attempt),
                    objects: Vec::new(),
                    swaps: vec![Swap {
                        cell: cell::name(&found.channel, &found.id)?,
                        expected: Expected::Version(version),
                        value: SwapValue::Put(stored.encode()),
                    }],
                    audit: Some(own.audit("schedule-hand-over", &fields)),
                };
                let outcomes = self.engine.commit(vec![transaction]).map_err(StoreError::from)?;
                if let Some(Outcome::Applied(_)) = outcomes.first() {
                    count += 1;
                    break;
                }
            }
        }
        Ok(count)
    }
}
