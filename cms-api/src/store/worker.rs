//! Calls the core for requests. The core blocks, so the calls run on threads of their own.

use std::sync::Arc;

use crate::{ground::attention, problem::Problem, store::Store};

/// An open store and a clock, for calls that block.
#[derive(Clone)]
pub struct Worker {
    store: Arc<Store>,
    clock: fn() -> u64,
}

impl Worker {
    /// A worker over an open store. The clock returns milliseconds since 1970-01-01T00:00:00Z.
    pub fn new(store: Store, clock: fn() -> u64) -> Self {
        Self { store: Arc::new(store), clock }
    }

    /// The store, for work that has its own thread.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The time now, in milliseconds since 1970-01-01T00:00:00Z.
    pub fn now_ms(&self) -> u64 {
        (self.clock)()
    }

    /// Calls the core. In a request whose method only reads, this is [`Worker::look`].
    ///
    /// # Errors
    /// The call's error, or an internal problem when it panicked.
    pub async fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Store) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let store = Arc::clone(&self.store);
        attention::away(move || call(&store)).await
    }

    /// Calls the core for work that only reads: it ends when nobody waits for the answer any more.
    ///
    /// # Errors
    /// As [`Worker::call`].
    pub async fn look<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Store) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let store = Arc::clone(&self.store);
        attention::look(move || call(&store)).await
    }
}
