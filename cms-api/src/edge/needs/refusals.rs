//! Refusals of rights and of access keys, on record: who asked for what, and what they lack; and links that opened nothing.
//!
//! Invariants:
//! 1. A flood of refusals fills no disk: of one person, the first [`WHOLE_MAX`] of a minute are recorded one by one, and
//!    the others as one number. So are those of keys from one network ([`keys`]).
//! 2. What is not recorded is not forgotten either: a number that waits is recorded with the next round of the server's
//!    upkeep, and when it stops.

mod counting;
pub(super) mod keys;

use std::sync::Arc;

use cms_core::repo::{Origin, Stamp};
use serde_json::{Map, Value};

use counting::{Counting, More};
use keys::Shown;

use crate::{
    edge::client::Client,
    ground::authorship::{Authorship, fresh_operation},
    problem::{Code, Problem},
    store::{Store, worker::Worker},
};

/// Most refusals of one person that are recorded one by one in a minute.
pub const WHOLE_MAX: u32 = 20;
/// Most refusals of strangers that are recorded one by one in a minute: anybody can make as many as they like.
const STRANGERS_WHOLE_MAX: u32 = 2;
/// Most people whose refusals are counted at a time; others count as one.
const PEOPLE_MAX: usize = 10_000;

/// How many refusals there were lately, of rights by person and of keys by network.
#[derive(Clone)]
pub struct Refusals(Arc<Counts>);

struct Counts {
    rights: Counting,
    strangers: Counting,
    keys: Counting,
}

impl Default for Refusals {
    fn default() -> Self {
        let rights = Counting::new(WHOLE_MAX, PEOPLE_MAX);
        let strangers = Counting::new(STRANGERS_WHOLE_MAX, 1);
        Self(Arc::new(Counts { rights, strangers, keys: keys::counting() }))
    }
}

impl Refusals {
    /// Records a refusal, if there is room for it in this minute. That it could not be recorded changes nothing for the
    /// one who was refused.
    pub(super) async fn record(
        &self,
        worker: &Worker,
        by: Authorship,
        operation: String,
        problem: &Problem,
    ) {
        let counting = if by.is_of_stranger() { &self.0.strangers } else { &self.0.rights };
        let (is_whole, earlier) = counting.count(by.author.as_str(), &by);
        if !is_whole && earlier.is_none() {
            return;
        }
        let mut fields = Map::new();
        fields.insert("operation".into(), operation.into());
        fields.insert("code".into(), problem.code.word().into());
        for name in ["right", "why", "key", "channel", "subtree"] {
            if let Some(value) = problem.members.get(name) {
                fields.insert(name.into(), value.clone());
            }
        }
        let recorded = worker.call(move |store| {
            if let Some(more) = earlier {
                record_more(store, "refused-more", more)?;
            }
            if is_whole {
                store.repository.audit().record("refused", fields, &by.stamp(""))?;
            }
            Ok(())
        });
        if let Err(problem) = recorded.await {
            let (code, detail) = (problem.code.word(), &problem.detail);
            tracing::error!(code, detail, "a refusal is not on record");
        }
    }

    /// Records that a request showed a key that opens nothing, if that is why it was refused, and if there is room for
    /// it in this minute. That it could not be recorded changes nothing for the request.
    pub(super) async fn record_key(
        &self,
        worker: &Worker,
        shown: Option<Shown>,
        client: Client,
        operation: String,
        problem: &Problem,
    ) {
        if problem.code != Code::TokenRefused {
            return;
        }
        let Some(shown) = shown else { return };
        let network = client.on_record();
        let by = Authorship::of_stranger(worker.now_ms());
        let (is_whole, earlier) = self.0.keys.count(&network, &by);
        if !is_whole && earlier.is_none() {
            return;
        }
        let recorded = worker.call(move |store| {
            if let Some(more) = earlier {
                record_more(store, keys::MORE, more)?;
            }
            if is_whole {
                keys::one(store, shown, client, &operation, by)?;
            }
            Ok(())
        });
        if let Err(problem) = recorded.await {
            let (code, detail) = (problem.code.word(), &problem.detail);
            tracing::error!(code, detail, "a refused key is not on record");
        }
    }

    /// Records the numbers that wait; all of them when there is no time, because the server stops.
    ///
    /// # Errors
    /// A problem when the store can't be written.
    pub fn flush(&self, store: &Store, now_ms: Option<u64>) -> Result<(), Problem> {
        let more = |verb: &'static str| move |more| record_more(store, verb, more);
        for counting in [&self.0.rights, &self.0.strangers] {
            counting.over(now_ms).into_iter().try_for_each(more("refused-more"))?;
        }
        self.0.keys.over(now_ms).into_iter().try_for_each(more(keys::MORE))
    }
}

fn record_more(store: &Store, verb: &str, more: More) -> Result<(), Problem> {
    let fields = [("count", Value::from(more.count)), ("since_ms", more.since_ms.into())];
    let fields = fields.map(|(name, value)| (name.to_owned(), value));
    let mut fields: Map<_, _> = fields.into_iter().collect();
    if let Some(network) = more.network {
        fields.insert("client".into(), network.into());
    }
    // They may have come from anywhere.
    let stamp = Stamp { origin: Origin::default(), ..more.by.stamp("") };
    let operation = fresh_operation();
    let stamp = Stamp { operation, ..stamp };
    store.repository.audit().record(verb, fields, &stamp)?;
    Ok(())
}
