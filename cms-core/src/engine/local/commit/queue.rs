//! Who waits to be committed, and who leads: the first writer that finds no leader does the work for all that wait.
//!
//! Invariants:
//! 1. Every waiting writer is answered or made leader, even when a leader panics.
//! 2. Batches are committed in the order in which they came.

use std::{collections::VecDeque, io, sync::Arc};

use parking_lot::{Condvar, Mutex};

use super::{Answer, Core, Writer, draft};
use crate::engine::{CommitError, Transaction, judge};

/// A frame takes in waiting batches until it is about this long.
const FRAME_SIZE_BYTES_AIM: usize = 16 << 20;

/// The writers that wait to be committed.
#[derive(Default)]
pub(in super::super) struct Queue {
    waiting: VecDeque<Arc<Ticket>>,
    /// Whether there is a leader.
    led: bool,
}

/// One call of `commit`.
pub(super) struct Ticket {
    pub(super) batch: Mutex<Vec<Transaction>>,
    pub(super) size_bytes: usize,
    turn: Mutex<Turn>,
    turned: Condvar,
}

enum Turn {
    Waits,
    Leads,
    Answered(Answer),
}

impl Core {
    /// See [`crate::engine::Engine::commit`].
    pub(in super::super) fn commit(&self, mut batch: Vec<Transaction>) -> Answer {
        judge::check(&batch)?;
        self.running().map_err(|error| super::stopped(&error))?;
        let writer = self.writer()?;
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        self.drop_known(&mut batch);
        let size_bytes = batch.iter().map(draft::size_of).sum();
        let ticket = Arc::new(Ticket {
            batch: Mutex::new(batch),
            size_bytes,
            turn: Mutex::new(Turn::Waits),
            turned: Condvar::new(),
        });
        {
            let mut queue = self.queue.lock();
            queue.waiting.push_back(ticket.clone());
            if !queue.led {
                queue.led = true;
                *ticket.turn.lock() = Turn::Leads;
            }
        }
        loop {
            let mut turn = ticket.turn.lock();
            while matches!(*turn, Turn::Waits) {
                ticket.turned.wait(&mut turn);
            }
            match std::mem::replace(&mut *turn, Turn::Waits) {
                Turn::Answered(answer) => return answer,
                Turn::Leads | Turn::Waits => {}
            }
            drop(turn);
            self.lead(writer);
        }
    }

    /// Commits one group, answers it, and hands the lead to the next in line.
    fn lead(&self, writer: &Mutex<Writer>) {
        let group = self.queue.lock().take_group();
        // If a bug makes the leader panic, the others must not wait for ever.
        let mut handover = Handover { core: self, group, answers: Vec::new() };
        let answers = {
            let mut writer = writer.lock();
            self.commit_group(&mut writer, &handover.group)
        };
        handover.answers = answers;
    }
}

impl Queue {
    /// Takes batches from the front, as many as fit into one frame.
    fn take_group(&mut self) -> Vec<Arc<Ticket>> {
        let mut group: Vec<Arc<Ticket>> = Vec::new();
        let mut size_bytes = 0;
        while let Some(next) = self.waiting.front() {
            size_bytes += next.size_bytes;
            if !group.is_empty() && size_bytes > FRAME_SIZE_BYTES_AIM {
                break;
            }
            group.extend(self.waiting.pop_front());
        }
        group
    }
}

/// Answers a group when the leader is done with it, even by a panic.
struct Handover<'a> {
    core: &'a Core,
    group: Vec<Arc<Ticket>>,
    answers: Vec<Answer>,
}

impl Drop for Handover<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.core.stop();
        }
        {
            let mut queue = self.core.queue.lock();
            match queue.waiting.front() {
                Some(next) => {
                    *next.turn.lock() = Turn::Leads;
                    next.turned.notify_one();
                }
                None => queue.led = false,
            }
        }
        let mut answers = self.answers.drain(..);
        for ticket in self.group.drain(..) {
            let lost =
                || Err(CommitError::Unknown { source: io::Error::other("the writer broke") });
            *ticket.turn.lock() = Turn::Answered(answers.next().unwrap_or_else(lost));
            ticket.turned.notify_one();
        }
    }
}
