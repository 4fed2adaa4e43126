//! Where the core is called from a request: away from the threads that serve, for it blocks.

use std::sync::Arc;

use crate::{ground::attention, problem::Problem, store::Store};

/// An open store and a clock, for work that blocks.
#[derive(Clone)]
pub struct Worker {
    store: Arc<Store>,
    clock: fn() -> u64,
}

impl Worker {
    /// Over an open store; the clock tells milliseconds since 1970.
    pub fn new(store: Store, clock: fn() -> u64) -> Self {
        Self { store: Arc::new(store), clock }
    }

    /// The store, for work that has a thread of its own.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The clock, in milliseconds since 1970.
    pub fn now_ms(&self) -> u64 {
        (self.clock)()
    }

    /// Calls the core. Within a request that reads by its method, as [`Worker::look`].
    ///
    /// # Errors
    /// What the call says, or an internal problem when it panicked.
    pub async fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Store) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let store = Arc::clone(&self.store);
        attention::away(move || call(&store)).await
    }

    /// Calls the core for what only reads: that ends when nobody waits for it any more.
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
