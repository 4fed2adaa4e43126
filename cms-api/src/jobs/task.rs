//! A job that waits or runs: its progress, and whether it was asked to end.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use serde::Serialize;
use tokio::sync::watch;

/// How far a job has come.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, serde::Deserialize, utoipa::ToSchema,
)]
pub struct Progress {
    /// How many objects were read so far.
    pub read_count: u64,
    /// How many objects were written so far.
    pub written_count: u64,
    /// How many bytes were read and written so far.
    pub size_bytes: u64,
    /// How many of the things that the verb itself counts are done; 0 when it counts nothing.
    pub done_count: u64,
    /// How many of these things there are in all.
    pub total_count: u64,
}

/// A job that waits or runs.
#[derive(Debug)]
pub struct Task {
    person: String,
    cancelled: watch::Sender<bool>,
    is_stopping: AtomicBool,
    read_count: AtomicU64,
    written_count: AtomicU64,
    size_bytes: AtomicU64,
    done_count: AtomicU64,
    total_count: AtomicU64,
    over: watch::Sender<bool>,
}

impl Task {
    pub(super) fn of(person: &str) -> Self {
        Self {
            person: person.to_owned(),
            cancelled: watch::Sender::new(false),
            is_stopping: AtomicBool::default(),
            read_count: AtomicU64::default(),
            written_count: AtomicU64::default(),
            size_bytes: AtomicU64::default(),
            done_count: AtomicU64::default(),
            total_count: AtomicU64::default(),
            over: watch::Sender::new(false),
        }
    }

    pub(super) fn person(&self) -> &str {
        &self.person
    }

    /// Asks the job to end because the server stops.
    pub(super) fn stop(&self) {
        self.is_stopping.store(true, Ordering::Relaxed);
        self.cancel();
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Relaxed)
    }

    /// Records that the job has ended.
    pub(super) fn end(&self) {
        self.over.send_replace(true);
    }

    /// How far the job has come.
    pub fn progress(&self) -> Progress {
        Progress {
            read_count: self.read_count.load(Ordering::Relaxed),
            written_count: self.written_count.load(Ordering::Relaxed),
            size_bytes: self.size_bytes.load(Ordering::Relaxed),
            done_count: self.done_count.load(Ordering::Relaxed),
            total_count: self.total_count.load(Ordering::Relaxed),
        }
    }

    /// Whether the job is to end without having done anything.
    pub fn is_cancelled(&self) -> bool {
        *self.cancelled.borrow()
    }

    /// Asks the job to end.
    pub fn cancel(&self) {
        self.cancelled.send_replace(true);
    }

    pub(super) async fn cancelled(&self) {
        let mut cancelled = self.cancelled.subscribe();
        let _ = cancelled.wait_for(|cancelled| *cancelled).await;
    }

    /// Waits until the job has ended.
    pub async fn over(&self) {
        let mut over = self.over.subscribe();
        // A task that is gone has ended.
        let _ = over.wait_for(|over| *over).await;
    }

    /// Reports how many of the things that the verb itself counts are done.
    pub fn tell(&self, done_count: u64, total_count: u64) {
        self.done_count.store(done_count, Ordering::Relaxed);
        self.total_count.store(total_count, Ordering::Relaxed);
    }

    pub(super) fn read(&self, size_bytes: usize) {
        self.read_count.fetch_add(1, Ordering::Relaxed);
        self.size_bytes.fetch_add(size_bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn written(&self, size_bytes: usize) {
        self.written_count.fetch_add(1, Ordering::Relaxed);
        self.size_bytes.fetch_add(size_bytes as u64, Ordering::Relaxed);
    }
}
