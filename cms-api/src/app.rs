//! What every handler is given: the store, and what the server was told at its start.

use std::{path::PathBuf, sync::Arc};

use tokio::sync::Notify;

use crate::{
    edge::{access::Token, problem::Problem},
    store::Store,
};

/// The state of a running server.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    token: Token,
    settings: AppSettings,
    schedules_changed: Notify,
}

/// What the server was told at its start.
#[derive(Debug, Clone)]
pub struct AppSettings {
    /// Told to apps with each channel.
    pub check_after_s: u32,
    /// Where media of an import wait.
    pub spool: PathBuf,
    /// The clock, in milliseconds since 1970.
    pub clock: fn() -> u64,
}

impl App {
    /// An application over an open store.
    pub fn new(store: Store, token: Token, settings: AppSettings) -> Self {
        let schedules_changed = Notify::new();
        Self { inner: Arc::new(Inner { store, token, settings, schedules_changed }) }
    }

    /// Tells whoever runs what is due that schedules may have changed.
    pub fn tell_schedules_changed(&self) {
        self.inner.schedules_changed.notify_one();
    }

    /// Waits until schedules may have changed.
    pub async fn schedules_changed(&self) {
        self.inner.schedules_changed.notified().await;
    }

    /// The secret that opens the authoring side.
    pub fn token(&self) -> &Token {
        &self.inner.token
    }

    /// What the server was told.
    pub fn settings(&self) -> &AppSettings {
        &self.inner.settings
    }

    /// The store, for work that has a thread of its own.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// Calls the core, which blocks, away from the threads that serve.
    ///
    /// # Errors
    /// What the call says, or an internal problem when it panicked.
    pub async fn core<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Store) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let app = self.clone();
        tokio::task::spawn_blocking(move || call(&app.inner.store))
            .await
            .unwrap_or_else(|error| Err(Problem::internal(error)))
    }
}
