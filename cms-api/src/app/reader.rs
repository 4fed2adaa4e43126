//! The state of every router that learners reach: the public router, those below share links and those of protected
//! channels.
//!
//! A [`Reader`] can only read. It holds a [`Delivery`] and can't reach the repository behind it, so a handler that has
//! nothing else can change nothing, and can't read what its audience may not have.

use std::{num::NonZeroU32, sync::Arc};

use cms_core::repo::Delivery;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    app::shelf::Shelf,
    edge::{places::turn, rate::Rate},
    ground::{attention, limits::SCORING_MAX},
    problem::{Code, Problem, ProblemCache},
};

/// What handlers of delivery are given.
#[derive(Clone)]
pub struct Reader {
    delivery: Arc<Delivery>,
    means: Arc<Means>,
}

/// What readers for every audience share.
struct Means {
    check_after_s: u32,
    attempts: Rate,
    scoring: Arc<Semaphore>,
    shelf: Arc<Shelf>,
    lacks_cells: Box<dyn Fn() -> bool + Send + Sync>,
}

/// The settings that a reader gets at the server's start.
pub struct ReaderSettings {
    /// After how many seconds apps should ask again where a channel is; reported with each channel.
    pub check_after_s: u32,
    /// How many attempts and hints a client may ask for in a second; `None` for no limit.
    pub attempts_per_s: Option<NonZeroU32>,
    /// Returns whether cells that say where channels are may be damaged.
    pub lacks_cells: Box<dyn Fn() -> bool + Send + Sync>,
}

impl Reader {
    /// A reader for one audience.
    pub fn new(delivery: Delivery, settings: ReaderSettings) -> Self {
        let ReaderSettings { check_after_s, attempts_per_s, lacks_cells } = settings;
        let means = Means {
            check_after_s,
            attempts: Rate::per_second(attempts_per_s),
            scoring: Arc::new(Semaphore::new(SCORING_MAX)),
            shelf: Arc::default(),
            lacks_cells,
        };
        Self { delivery: Arc::new(delivery), means: Arc::new(means) }
    }

    /// A reader for another audience, which shares the limits and the media files in memory.
    #[must_use]
    pub fn reading(&self, delivery: Delivery) -> Self {
        Self { delivery: Arc::new(delivery), means: Arc::clone(&self.means) }
    }

    /// Asks the core, which blocks, on another thread than those that serve.
    ///
    /// # Errors
    /// The call's error, or an internal problem when it panicked.
    pub async fn deliver<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Delivery) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let delivery = Arc::clone(&self.delivery);
        let told = attention::away(move || call(&delivery)).await;
        // What was taken down stays so, and old apps ask for it.
        told.map_err(|problem| match problem.code {
            Code::TakenDown => problem.cached(ProblemCache::AnHour),
            _ => problem,
        })
    }

    /// After how many seconds apps should ask again where a channel is.
    pub fn check_after_s(&self) -> u32 {
        self.means.check_after_s
    }

    /// The rate at which a client may have attempts scored.
    pub fn attempts(&self) -> &Rate {
        &self.means.attempts
    }

    /// A place among the requests that are being scored; the caller holds it while it scores. Scoring waits for the
    /// engine's contexts on threads that all other work needs too, so it gets only some of them.
    ///
    /// # Errors
    /// A problem that asks the client to try again, when no place becomes free in time.
    pub async fn scoring(&self) -> Result<OwnedSemaphorePermit, Problem> {
        turn(&self.means.scoring, "too many attempts wait to be scored").await
    }

    /// Media files that were read and checked.
    pub fn shelf(&self) -> Arc<Shelf> {
        Arc::clone(&self.means.shelf)
    }

    /// Whether cells that say where channels are may be damaged.
    pub fn lacks_cells(&self) -> bool {
        (self.means.lacks_cells)()
    }
}
