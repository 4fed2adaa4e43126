//! Bodies that the program has for its whole life: the files of its pages, and the OpenAPI document.
//!
//! Their coded forms are kept equally long, by the hash of the plain ones: there is one for each file, and anybody may
//! ask for them any number of times.
//!
//! Invariant: no body is coded on a thread that serves requests. A server codes them all when it starts; a body that is
//! requested before that is done is coded once, on a thread for blocking work.

use std::{
    collections::HashMap,
    sync::{LazyLock, PoisonError, RwLock},
};

use axum::{
    body::Bytes,
    http::HeaderMap,
    response::{IntoResponse, Response},
};

use super::{
    cache::Described,
    coding::{self, Coding},
};
use crate::problem::{Problem, caching::Caching};

/// The coded bodies, by the hash of the plain ones.
static CODED: LazyLock<RwLock<HashMap<[u8; 32], Bytes>>> = LazyLock::new(RwLock::default);

/// A body that the program has for its whole life, and the headers of its answer.
#[derive(Debug, Clone)]
pub struct Prepared {
    described: Described,
    body: Bytes,
    hash: [u8; 32],
}

impl Prepared {
    /// A body with any hash that identifies its bytes.
    pub const fn new(described: Described, body: Bytes, hash: [u8; 32]) -> Self {
        Self { described, body, hash }
    }

    /// JSON whose tag is the hash of its bytes.
    pub fn json(caching: Caching, value: &impl serde::Serialize) -> Self {
        let body = Bytes::from(serde_json::to_vec(value).expect("views serialise"));
        let hash = blake3::hash(&body);
        let described = Described {
            content_type: "application/json",
            caching,
            tag: hash.to_hex()[..32].to_owned(),
            size_bytes: body.len(),
        };
        Self::new(described, body, *hash.as_bytes())
    }

    /// The answer to a request with these headers: whole, 304 when the client has it, or 412 when it wants another.
    pub async fn answer(&self, request: &HeaderMap) -> Response {
        let head = match self.described.judge(request) {
            Ok(head) => head,
            Err(done) => return *done,
        };
        match head.coding {
            Coding::Identity => head.with_coded(self.body.clone()),
            Coding::Gzip => match self.coded().await {
                Ok(coded) => head.with_coded(coded),
                Err(problem) => problem.into_response(),
            },
        }
    }

    /// Codes the body for later requests; this blocks.
    pub fn code_ahead(&self) {
        if coding::is_worth_coding(self.described.content_type, self.body.len()) {
            coded(self.hash, &self.body);
        }
    }

    async fn coded(&self) -> Result<Bytes, Problem> {
        if let Some(known) = known(&self.hash) {
            return Ok(known);
        }
        let (hash, body) = (self.hash, self.body.clone());
        tokio::task::spawn_blocking(move || coded(hash, &body)).await.map_err(Problem::internal)
    }
}

fn known(hash: &[u8; 32]) -> Option<Bytes> {
    CODED.read().unwrap_or_else(PoisonError::into_inner).get(hash).cloned()
}

fn coded(hash: [u8; 32], body: &[u8]) -> Bytes {
    if let Some(known) = known(&hash) {
        return known;
    }
    let coded = coding::gzip(body);
    let mut all = CODED.write().unwrap_or_else(PoisonError::into_inner);
    all.entry(hash).or_insert(coded).clone()
}

#[cfg(test)]
mod tests {
    use std::{
        io::Read,
        pin::pin,
        task::{Context, Poll, Waker},
    };

    use axum::http::header;

    use super::*;

    #[tokio::test]
    async fn what_is_large_is_coded_away_from_the_thread_that_serves_and_only_once() {
        let text: String = (0..400_000).map(|number| format!("line {number}\n")).collect();
        let prepared = Prepared::json(Caching::Named, &text);
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, "gzip".parse().unwrap());
        let mut context = Context::from_waker(Waker::noop());
        {
            let mut first = pin!(prepared.answer(&headers));
            assert!(first.as_mut().poll(&mut context).is_pending(), "another thread works on it");
            assert_eq!(first.await.headers()[header::CONTENT_ENCODING], "gzip");
        }
        let mut again = pin!(prepared.answer(&headers));
        let Poll::Ready(again) = again.as_mut().poll(&mut context) else {
            panic!("it was coded before")
        };
        let body = axum::body::to_bytes(again.into_body(), usize::MAX).await.unwrap();
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(&body[..]).read_to_end(&mut plain).unwrap();
        assert_eq!(plain, prepared.body);
    }

    #[tokio::test]
    async fn what_was_coded_ahead_is_there_at_once() {
        let prepared = Prepared::json(Caching::Named, &"ahead ".repeat(1000));
        prepared.code_ahead();
        assert!(known(&prepared.hash).is_some());
        let small = Prepared::json(Caching::Named, &"small");
        small.code_ahead();
        assert!(known(&small.hash).is_none(), "what is sent as it is needs no other form");
    }
}
