//! How many requests and event streams each client and each person has at a time, so that one leaves room for others.
//!
//! Programs on the machine itself are not counted: they are the operator's.

use std::{
    collections::HashMap,
    num::NonZeroU32,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::{HeaderValue, header},
    response::Response,
};
use cms_core::model::name::Person;
use hyper::body::{Frame, SizeHint};

use crate::{
    edge::client::{Client, Network},
    ground::limits::{REQUESTS_OF_PERSON_MAX, STREAMS_PER_CLIENT_MAX},
    problem::{Code, Problem},
};

/// The requests of all clients that are being answered.
#[derive(Debug, Clone)]
pub struct Crowd {
    requests_max: Option<NonZeroU32>,
    counts: Arc<Mutex<HashMap<Who, Counts>>>,
}

/// Who is counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Who {
    Client(Network),
    Person(Person),
}

#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    requests: u32,
    streams: u32,
}

impl Counts {
    fn of(&mut self, sort: Sort) -> &mut u32 {
        match sort {
            Sort::Request => &mut self.requests,
            Sort::Stream => &mut self.streams,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Request,
    Stream,
}

/// The place of a request or of a stream; dropping it gives it back.
#[derive(Debug)]
pub(super) struct Place {
    crowd: Crowd,
    who: Who,
    sort: Sort,
}

impl Crowd {
    /// A crowd in which each client has at most this many requests; `None` for any number.
    pub fn new(requests_max: Option<NonZeroU32>) -> Self {
        Self { requests_max, counts: Arc::default() }
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<Who, Counts>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a client's request; `None` for a client that is not counted.
    ///
    /// # Errors
    /// [`Code::TooMany`] when the client has as many as it may have.
    pub(super) fn enter(&self, client: &Client) -> Result<Option<Place>, Problem> {
        let Some(max) = self.requests_max.filter(|_| !client.is_local()) else { return Ok(None) };
        let place = self.take(Who::Client(client.network()), Sort::Request, max.get());
        place.map(Some).ok_or_else(|| {
            let detail = format!("this client has {max} requests at a time already");
            Problem::new(Code::TooMany, detail).retry_after(1)
        })
    }

    /// A place for a person's request, wherever it comes from.
    ///
    /// # Errors
    /// [`Code::TooMany`] when the person has as many as a person may have.
    pub(super) fn enter_as(&self, person: &Person) -> Result<Place, Problem> {
        let place = self.take(Who::Person(person.clone()), Sort::Request, REQUESTS_OF_PERSON_MAX);
        place.ok_or_else(|| {
            let detail =
                format!("{person} has {REQUESTS_OF_PERSON_MAX} requests at a time already");
            Problem::new(Code::TooMany, detail).retry_after(1)
        })
    }

    fn take(&self, who: Who, sort: Sort, max: u32) -> Option<Place> {
        let mut counts = self.counts();
        let count = counts.entry(who.clone()).or_default().of(sort);
        if *count >= max {
            return None;
        }
        *count += 1;
        Some(Place { crowd: self.clone(), who, sort })
    }
}

impl Place {
    /// The answer, which keeps this place until it has been sent. An event stream gets a place among streams instead.
    ///
    /// # Errors
    /// [`Code::TooMany`] when the client has as many streams as it may have.
    pub(super) fn held(self, response: Response) -> Result<Response, Problem> {
        let events = HeaderValue::from_static("text/event-stream");
        let place = if response.headers().get(header::CONTENT_TYPE) == Some(&events) {
            let place = self.crowd.take(self.who.clone(), Sort::Stream, STREAMS_PER_CLIENT_MAX);
            place.ok_or_else(|| {
                let detail =
                    format!("this client follows {STREAMS_PER_CLIENT_MAX} event streams already");
                Problem::new(Code::TooMany, detail)
            })?
        } else {
            self
        };
        // What is already complete needs no place while it is written.
        if response.body().is_end_stream() {
            return Ok(response);
        }
        Ok(response.map(|body| Body::new(Held { body, _place: place })))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.crowd.counts();
        let Some(found) = counts.get_mut(&self.who) else { return };
        let count = found.of(self.sort);
        *count = count.saturating_sub(1);
        if found.requests == 0 && found.streams == 0 {
            counts.remove(&self.who);
        }
    }
}

/// A body that keeps a place until it has been sent.
struct Held {
    body: Body,
    _place: Place,
}

impl HttpBody for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_has_only_so_many_requests_until_their_answers_are_sent() {
        let crowd = Crowd::new(NonZeroU32::new(2));
        let client = |address: &str| Client { address: address.parse().ok(), is_https: false };
        let (one, other) = (client("192.0.2.1"), client("192.0.2.2"));
        let first = crowd.enter(&one).unwrap().unwrap();
        let answer = first.held(Response::new(Body::from("answer"))).unwrap();
        let _second = crowd.enter(&one).unwrap();
        assert_eq!(crowd.enter(&one).unwrap_err().code, Code::TooMany);
        assert!(crowd.enter(&other).unwrap().is_some());
        assert!((0..9).all(|_| crowd.enter(&client("127.0.0.1")).unwrap().is_none()));
        drop(answer);
        let stream = Response::builder().header(header::CONTENT_TYPE, "text/event-stream");
        let place = crowd.enter(&one).unwrap().unwrap();
        let stream = place.held(stream.body(Body::from("data: 1\n\n")).unwrap()).unwrap();
        assert!(crowd.enter(&one).unwrap().is_some(), "a stream is no request any more");
        drop((stream, _second));
        let ana: Person = "ana".parse().unwrap();
        let places: Vec<_> =
            (0..REQUESTS_OF_PERSON_MAX).map(|_| crowd.enter_as(&ana).unwrap()).collect();
        assert_eq!(crowd.enter_as(&ana).unwrap_err().code, Code::TooMany);
        assert!(crowd.enter_as(&"ben".parse().unwrap()).is_ok());
        drop(places);
        assert!(crowd.counts().is_empty(), "nobody is remembered who asks for nothing");
    }
}
