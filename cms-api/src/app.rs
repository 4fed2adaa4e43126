//! What every handler is given: the store, what runs besides requests, and the settings from the server's start.

pub mod reader;
mod readiness;
pub mod shelf;

use std::{num::NonZeroU32, path::PathBuf, sync::Arc};

use axum::extract::FromRef;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    edge::{
        access::Token,
        admission::crowd::Crowd,
        client::Proxies,
        idempotency::Gates,
        needs::refusals::Refusals,
        places::{Places, turn},
        tickets::Tickets,
    },
    ground::{
        fetching::{Fetcher, allowed::Allowed, terms::FetchLimits},
        limits::{STREAMING_MAX, STREAMS_MAX, STREAMS_OF_PERSON_MAX},
        queue::Queue,
    },
    jobs::Jobs,
    problem::Problem,
    process::config::sign_in::SigningConfig,
    signing::Signing,
    store::{Store, worker::Worker},
};
use reader::{Reader, ReaderSettings};
use readiness::Readiness;

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
    reader: Reader,
    streaming: Arc<Semaphore>,
    tickets: Tickets,
    readiness: Readiness,
    fetcher: Fetcher,
    queue: Queue,
    crowd: Crowd,
    signing: Signing,
    refusals: Refusals,
}

/// The settings that the server got at its start.
#[derive(Clone)]
pub struct AppSettings {
    /// After how many seconds apps should ask again where a channel is; reported with each channel.
    pub check_after_s: u32,
    /// The folder where the media of an import wait.
    pub spool: PathBuf,
    /// The clock, in milliseconds since 1970-01-01T00:00:00Z.
    pub clock: fn() -> u64,
    /// How many attempts and hints a client may ask for in a second, with bursts of ten times that many; `None` for no
    /// limit.
    pub attempts_per_s: Option<NonZeroU32>,
    /// The proxies that are believed when they say who asks.
    pub proxies: Proxies,
    /// What may be fetched although it is not public.
    pub fetch_allowed: Allowed,
    /// Most requests of one client at a time; `None` for no limit.
    pub requests_per_client_max: Option<NonZeroU32>,
    /// How people sign in.
    pub signing: SigningConfig,
}

impl App {
    /// An application over an open store.
    pub fn new(store: Store, token: Token, settings: AppSettings) -> Self {
        let local = store.local.clone();
        let lacks_cells = move || local.as_ref().is_some_and(|local| local.lacks_cells());
        let reading = ReaderSettings {
            check_after_s: settings.check_after_s,
            attempts_per_s: settings.attempts_per_s,
            lacks_cells: Box::new(lacks_cells),
        };
        let reader = Reader::new(store.repository.delivery(), reading);
        Self {
            inner: Arc::new(Inner {
                reader,
                streaming: Arc::new(Semaphore::new(STREAMING_MAX)),
                tickets: Tickets::default(),
                readiness: Readiness::default(),
                queue: Queue::default(),
                crowd: Crowd::new(settings.requests_per_client_max),
                refusals: Refusals::default(),
                fetcher: Fetcher::new(settings.fetch_allowed.clone(), FetchLimits::default()),
                signing: Signing::over(&store.repository, settings.signing.clone()),
                worker: Worker::new(store, settings.clock),
                token,
                settings,
                gates: Gates::default(),
                jobs: Jobs::default(),
                streams: Places::new(STREAMS_MAX, STREAMS_OF_PERSON_MAX),
            }),
        }
    }

    /// What answers learners: it can only read.
    pub fn reader(&self) -> &Reader {
        &self.inner.reader
    }

    /// The server's own secret, which opens everything.
    pub fn token(&self) -> &Token {
        &self.inner.token
    }

    /// The tickets with which browsers open event streams.
    pub fn tickets(&self) -> &Tickets {
        &self.inner.tickets
    }

    /// The turns of requests.
    pub fn queue(&self) -> &Queue {
        &self.inner.queue
    }

    /// How many requests each client has.
    pub fn crowd(&self) -> &Crowd {
        &self.inner.crowd
    }

    /// What fetches addresses that a person or a setting names: nothing else in the server may.
    pub fn fetcher(&self) -> &Fetcher {
        &self.inner.fetcher
    }

    /// What signs people in.
    pub fn signing(&self) -> &Signing {
        &self.inner.signing
    }

    /// What was refused lately, to be recorded.
    pub fn refusals(&self) -> &Refusals {
        &self.inner.refusals
    }

    /// The settings that the server got at its start.
    pub fn settings(&self) -> &AppSettings {
        &self.inner.settings
    }

    /// The time now, in milliseconds since 1970-01-01T00:00:00Z.
    pub fn now_ms(&self) -> u64 {
        self.inner.worker.now_ms()
    }

    /// The store, for work that has its own thread.
    pub fn store(&self) -> &Store {
        self.inner.worker.store()
    }

    /// The jobs of this process.
    pub fn jobs(&self) -> &Jobs {
        &self.inner.jobs
    }

    /// A place among the imports and exports that stream; the caller holds it while it streams.
    ///
    /// # Errors
    /// [`crate::problem::Code::TooMany`] when no place becomes free in time.
    pub async fn streaming(&self) -> Result<OwnedSemaphorePermit, Problem> {
        turn(&self.inner.streaming, "too many imports and exports are going on").await
    }

    /// Whether the store answers, whatever else is going on.
    ///
    /// # Errors
    /// [`crate::problem::Code::StoreUnavailable`] when it does not.
    pub async fn is_ready(&self) -> Result<(), Problem> {
        self.inner.readiness.ask(self.store()).await
    }

    /// The places for event streams.
    pub fn streams(&self) -> &Places {
        &self.inner.streams
    }

    /// Ends what would continue for ever: event streams and jobs.
    pub fn stop(&self) {
        self.store().hub.stop();
        self.inner.jobs.stop();
    }

    /// What calls the core on threads other than those that serve.
    pub fn worker(&self) -> &Worker {
        &self.inner.worker
    }

    /// Calls the core, like [`Worker::call`].
    ///
    /// # Errors
    /// The call's error, or an internal problem when it panicked.
    pub async fn core<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Store) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        self.inner.worker.call(call).await
    }

    /// Calls the core for work that only reads, like [`Worker::look`].
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

impl FromRef<App> for Reader {
    fn from_ref(app: &App) -> Self {
        app.reader().clone()
    }
}
