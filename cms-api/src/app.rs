//! What every handler is given: the store, what runs beside requests, and what the server was told
//! at its start.

mod readiness;
pub mod shelf;

use std::{num::NonZeroU32, path::PathBuf, sync::Arc, time::Duration};

use axum::{extract::FromRef, http::HeaderName};
use cms_core::repo::Repository;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    app::shelf::Shelf,
    edge::{
        access::Token,
        idempotency::Gates,
        places::Places,
        rate::{Rate, client_address::ClientAddress},
        tickets::Tickets,
    },
    jobs::Jobs,
    problem::{Code, Problem},
    store::{Store, worker::Worker},
};
use readiness::Readiness;

/// Most streams of events at a time; each holds a connection for as long as its client likes.
pub const STREAMS_MAX: usize = 2048;
/// Most streams of one person: some screens, each following what happens and a job or two.
pub const STREAMS_OF_PERSON_MAX: usize = 32;
/// Most requests that have something scored at a time: a quarter of the threads on which requests are worked.
const SCORING_MAX: usize = 16;
/// Most imports and exports that stream at a time; each keeps a thread for as long as its client likes.
const STREAMING_MAX: usize = 16;
/// So long a request waits for its turn where only some may go on at a time.
const TURN_WAIT_MAX: Duration = Duration::from_secs(5);

/// The state of a running server.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    worker: Worker,
    token: Token,
    settings: AppSettings,
    gates: Gates,
    jobs: Jobs,
    streams: Places,
    attempts: Rate,
    scoring: Arc<Semaphore>,
    shelf: Arc<Shelf>,
    streaming: Arc<Semaphore>,
    tickets: Tickets,
    readiness: Readiness,
    client_address: ClientAddress,
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
    /// Attempts and hints that a client may ask for in a second, with bursts of ten times that; none for no limit.
    pub attempts_per_s: Option<NonZeroU32>,
    /// The header in which the nearest proxy tells whom it asks for.
    pub client_address_header: Option<HeaderName>,
}

impl App {
    /// An application over an open store.
    pub fn new(store: Store, token: Token, settings: AppSettings) -> Self {
        let scoring = Arc::new(Semaphore::new(SCORING_MAX));
        Self::sharing(store, token, settings, scoring, Arc::default())
    }

    fn sharing(
        store: Store,
        token: Token,
        settings: AppSettings,
        scoring: Arc<Semaphore>,
        shelf: Arc<Shelf>,
    ) -> Self {
        let attempts = Rate::per_second(settings.attempts_per_s);
        let client_address = ClientAddress::told_in(settings.client_address_header.clone());
        Self {
            inner: Arc::new(Inner {
                attempts,
                scoring,
                shelf,
                streaming: Arc::new(Semaphore::new(STREAMING_MAX)),
                tickets: Tickets::default(),
                readiness: Readiness::default(),
                client_address,
                worker: Worker::new(store, settings.clock),
                token,
                settings,
                gates: Gates::default(),
                jobs: Jobs::default(),
                streams: Places::new(STREAMS_MAX, STREAMS_OF_PERSON_MAX),
            }),
        }
    }

    /// The same, whose repository also serves what previews made. Nothing but reading goes through it.
    #[must_use]
    pub fn previewing(&self) -> Self {
        self.reading(self.store().repository.previewing())
    }

    /// The same over another view of the repository. Nothing but reading goes through it.
    #[must_use]
    pub fn reading(&self, repository: Repository) -> Self {
        let store = Store { repository, ..self.store().clone() };
        let Inner { token, settings, scoring, shelf, .. } = &*self.inner;
        let (scoring, shelf) = (Arc::clone(scoring), Arc::clone(shelf));
        Self::sharing(store, token.clone(), settings.clone(), scoring, shelf)
    }

    /// The server's own secret, which opens everything.
    pub fn token(&self) -> &Token {
        &self.inner.token
    }

    /// What browsers open streams of events with.
    pub fn tickets(&self) -> &Tickets {
        &self.inner.tickets
    }

    /// What the server was told.
    pub fn settings(&self) -> &AppSettings {
        &self.inner.settings
    }

    /// The clock, in milliseconds since 1970.
    pub fn now_ms(&self) -> u64 {
        self.inner.worker.now_ms()
    }

    /// The store, for work that has a thread of its own.
    pub fn store(&self) -> &Store {
        self.inner.worker.store()
    }

    /// The jobs of this process.
    pub fn jobs(&self) -> &Jobs {
        &self.inner.jobs
    }

    /// How often a client may have attempts scored.
    pub fn attempts(&self) -> &Rate {
        &self.inner.attempts
    }

    /// A place among those who have something scored at this moment; to be held while it is. Scoring waits for the engine's
    /// contexts on threads that everything else needs as well, so it gets some of them and no more.
    ///
    /// # Errors
    /// [`Code::TooMany`] when none becomes free in time.
    pub async fn scoring(&self) -> Result<OwnedSemaphorePermit, Problem> {
        turn(&self.inner.scoring, "too many attempts wait to be scored").await
    }

    /// A place among imports and exports that stream; to be held while one does.
    ///
    /// # Errors
    /// [`Code::TooMany`] when none becomes free in time.
    pub async fn streaming(&self) -> Result<OwnedSemaphorePermit, Problem> {
        turn(&self.inner.streaming, "too many imports and exports are going on").await
    }

    /// Whether the store answers, whatever else is going on.
    ///
    /// # Errors
    /// [`Code::StoreUnavailable`] when it does not.
    pub async fn is_ready(&self) -> Result<(), Problem> {
        self.inner.readiness.ask(self.store()).await
    }

    /// Media files that were read and checked.
    pub fn shelf(&self) -> Arc<Shelf> {
        Arc::clone(&self.inner.shelf)
    }

    /// The places for streams of events.
    pub fn streams(&self) -> &Places {
        &self.inner.streams
    }

    /// Ends what would go on for ever: streams of events, and jobs.
    pub fn stop(&self) {
        self.store().hub.stop();
        self.inner.jobs.stop();
    }

    /// What calls the core away from the threads that serve.
    pub fn worker(&self) -> &Worker {
        &self.inner.worker
    }

    /// Calls the core, as [`Worker::call`].
    ///
    /// # Errors
    /// What the call says, or an internal problem when it panicked.
    pub async fn core<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Store) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.inner.worker.call(call).await
    }

    /// Calls the core for what only reads, as [`Worker::look`].
    ///
    /// # Errors
    /// As [`App::core`].
    pub async fn look<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Store) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.inner.worker.look(call).await
    }
}

impl FromRef<App> for Worker {
    fn from_ref(app: &App) -> Self {
        app.inner.worker.clone()
    }
}

impl FromRef<App> for Token {
    fn from_ref(app: &App) -> Self {
        app.inner.token.clone()
    }
}

impl FromRef<App> for Gates {
    fn from_ref(app: &App) -> Self {
        app.inner.gates.clone()
    }
}

impl FromRef<App> for Tickets {
    fn from_ref(app: &App) -> Self {
        app.inner.tickets.clone()
    }
}

impl FromRef<App> for ClientAddress {
    fn from_ref(app: &App) -> Self {
        app.inner.client_address.clone()
    }
}

async fn turn(places: &Arc<Semaphore>, none: &str) -> Result<OwnedSemaphorePermit, Problem> {
    match tokio::time::timeout(TURN_WAIT_MAX, Arc::clone(places).acquire_owned()).await {
        Ok(place) => place.map_err(Problem::internal),
        Err(_) => Err(Problem::new(Code::TooMany, none).retry_after(1)),
    }
}
