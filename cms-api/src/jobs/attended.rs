//! The engine of one job: it counts what goes through it, and refuses everything once the job is cancelled.

use std::sync::Arc;

use cms_core::{
    engine::{CommitError, Engine, Layer, Outcome, ReadError, Transaction},
    repo::{Repository, RepositoryOptions},
};

use super::task::Task;
use crate::{problem::Problem, store::Store};

/// Memory for the map nodes of one job, in bytes; a job reads much, but each thing once.
const NODE_CACHE_SIZE_BYTES: u64 = 16 << 20;

/// The store that a job works on.
pub(super) fn store(store: &Store, task: &Arc<Task>) -> Result<Store, Problem> {
    let inner = Arc::clone(store.repository.engine());
    let engine = Arc::new(Attended { inner, task: Arc::clone(task) });
    let options = RepositoryOptions { node_cache_size_bytes: NODE_CACHE_SIZE_BYTES };
    let repository = Repository::open(engine, options)?
        .with_content_engines(store.repository.content_engines().clone());
    Ok(Store { repository, ..store.clone() })
}

struct Attended {
    inner: Arc<dyn Engine>,
    task: Arc<Task>,
}

impl Layer for Attended {
    fn beneath(&self) -> &dyn Engine {
        &*self.inner
    }

    fn go_on(&self) -> Result<(), ReadError> {
        if self.task.is_cancelled() { Err(ReadError::Cancelled) } else { Ok(()) }
    }

    fn read(&self, size_bytes: u64) {
        self.task.read(usize::try_from(size_bytes).unwrap_or(usize::MAX));
    }

    fn commit(&self, batch: Vec<Transaction>) -> Result<Vec<Outcome>, CommitError> {
        self.go_on()?;
        for (_, object) in batch.iter().flat_map(|each| &each.objects) {
            self.task.written(object.bytes().len());
        }
        self.inner.commit(batch)
    }
}
