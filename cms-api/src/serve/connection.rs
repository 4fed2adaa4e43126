//! One connection from its beginning to its end.
//!
//! Invariants:
//! 1. A connection without a request ends: after the time for a head, or after the idle time once a request was
//!    answered. This holds before the version of HTTP is known, within a head, between requests, and for both versions.
//! 2. Every refusal is a problem with an id that is in the log, including refusals of heads that the HTTP library could
//!    not read.
//! 3. A refusal reaches a client that is still sending.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    body::{Bytes, HttpBody},
    http::{Request, Response},
};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
    service::TowerToHyperService,
};
use rustls::ServerConfig;
use tokio::{sync::watch, time::Instant};
use tower::ServiceExt;

use super::{
    stall::{Pace, Stallable},
    stream::Stream,
    wire::{InFlight, Patience, Talk, Wire},
};
use crate::{
    edge::{
        admission::Crowded,
        body::TooSlow,
        client::Peer,
        guard,
        request::{REQUEST_ID, fresh_id},
    },
    ground::limits::{HEAD_FIELDS_MAX, HEAD_SIZE_BYTES_MAX, HTTP2_STREAMS_MAX},
    problem::{Code, Problem},
    process::config::ServeConfig,
};

/// The library refuses a larger HTTP/2 head without a word; below this size we refuse it with a problem.
const HTTP2_HEAD_SIZE_BYTES_MAX: usize = 8 * HEAD_SIZE_BYTES_MAX;
/// How long a refused client may send nothing before the connection is closed.
const LINGER_SILENCE: Duration = Duration::from_secs(2);
/// How long a refused client may continue to send.
const LINGER_MAX: Duration = Duration::from_secs(30);

/// What all connections share.
pub(super) struct Serving {
    pub(super) router: Router,
    server: auto::Builder<TokioExecutor>,
    patience: Patience,
    body_timeout: Duration,
    write_timeout: Duration,
    tls: Option<Arc<ServerConfig>>,
    /// Becomes true when the server stops.
    pub(super) stop: watch::Sender<bool>,
}

/// One connection.
pub(super) struct Connection {
    pub(super) stream: Arc<Stream>,
    pub(super) talk: Arc<Talk>,
    /// Where it comes from.
    pub(super) peer: Peer,
    /// Whether it has one of the places that are kept for probes.
    pub(super) is_crowded: bool,
}

/// How a connection ended.
enum End {
    /// The HTTP library is done with it.
    Over(Result<(), Box<dyn std::error::Error + Send + Sync>>),
    /// It was without a request for too long.
    Late,
    /// It was asked to make room, or finally to end.
    Left,
}

impl Serving {
    pub(super) fn new(
        router: Router,
        config: &ServeConfig,
        tls: Option<Arc<ServerConfig>>,
    ) -> Self {
        let mut server = auto::Builder::new(TokioExecutor::new());
        server
            .http1()
            .timer(TokioTimer::new())
            // We wait for heads ourselves, as for every other silence.
            .header_read_timeout(None)
            .max_buf_size(HEAD_SIZE_BYTES_MAX)
            .max_headers(HEAD_FIELDS_MAX)
            .half_close(false);
        server
            .http2()
            .timer(TokioTimer::new())
            .max_header_list_size(HTTP2_HEAD_SIZE_BYTES_MAX as u32)
            .max_concurrent_streams(HTTP2_STREAMS_MAX)
            .keep_alive_interval(Some(config.header_timeout))
            .keep_alive_timeout(config.header_timeout);
        let patience = Patience { head: config.header_timeout, idle: config.idle_timeout };
        Self {
            router,
            server,
            patience,
            body_timeout: config.body_timeout,
            write_timeout: config.write_timeout,
            tls,
            stop: watch::Sender::new(false),
        }
    }

    /// The stream as requests come on it: once its handshake is done, where the server speaks TLS. `None` when there
    /// is no handshake in time, or the connection must make room for another.
    pub(super) async fn secured(&self, stream: Stream, talk: &Talk) -> Option<Stream> {
        let Some(tls) = &self.tls else { return Some(stream) };
        tokio::select! {
            secured = stream.secured(Arc::clone(tls)) => match secured {
                Ok(stream) => Some(stream),
                Err(error) => {
                    tracing::debug!(%error, "a handshake failed");
                    None
                }
            },
            () = tokio::time::sleep(self.patience.head) => None,
            () = talk.leave.notified() => None,
            () = self.stopped() => None,
        }
    }

    async fn stopped(&self) {
        // The sender is this one: it is gone only when the process ends.
        let _ = self.stop.subscribe().wait_for(|is_told| *is_told).await;
    }

    /// Serves a connection to its end.
    pub(super) async fn serve(&self, connection: Connection) {
        let Connection { stream, talk, peer, is_crowded } = connection;
        let end = self.talk(&stream, &talk, peer, is_crowded).await;
        let problem = match (&end, talk.refused()) {
            (_, Some(431)) => Some(Problem::new(
                Code::HeadTooLarge,
                "the head of a request is at most 32 KiB, with at most 100 fields",
            )),
            (_, Some(_)) => {
                Some(Problem::new(Code::RequestMalformed, "the head is not one of HTTP/1.1"))
            }
            (End::Late, None) if talk.is_in_head() => {
                Some(Problem::new(Code::TooSlow, "the head did not come in time"))
            }
            _ => None,
        };
        if let Some(problem) = problem {
            let answer = refusal(&problem, peer);
            let _ = tokio::time::timeout(self.write_timeout, stream.send(&answer)).await;
        } else if let End::Over(Err(error)) = &end {
            if talk.is_http2() && is_protocol_error(&**error) {
                let id = fresh_id();
                tracing::info!(%id, peer = peer.address.map(tracing::field::display), %error, "a connection was refused");
            } else {
                tracing::debug!(%error, "a connection ended early");
            }
        }
        stream.end();
        if talk.is_sending() && !matches!(end, End::Left) {
            stream.linger(LINGER_SILENCE, LINGER_MAX).await;
        }
    }

    async fn talk(
        &self,
        stream: &Arc<Stream>,
        talk: &Arc<Talk>,
        peer: Peer,
        is_crowded: bool,
    ) -> End {
        let wire =
            Stallable::new(Wire::new(Arc::clone(stream), Arc::clone(talk)), self.write_timeout);
        let (router, told) = (self.router.clone(), Arc::clone(talk));
        let body_timeout = self.body_timeout;
        let service = tower::service_fn(move |request| {
            answer(router.clone(), Arc::clone(&told), peer, is_crowded, body_timeout, request)
        });
        let service = TowerToHyperService::new(service);
        let mut connection = pin!(self.server.serve_connection(TokioIo::new(wire), service));
        let mut stopped = pin!(self.stopped());
        let mut leave = pin!(talk.leave.notified());
        let mut late = pin!(tokio::time::sleep(self.patience.head));
        // True once the end was announced to an HTTP/2 client, or the server stops.
        let mut is_ending = false;
        let mut cut_at: Option<Instant> = None;
        poll_fn(|context| {
            if let Poll::Ready(over) = connection.as_mut().poll(context) {
                return Poll::Ready(End::Over(over));
            }
            if leave.as_mut().poll(context).is_ready() {
                return Poll::Ready(End::Left);
            }
            if !is_ending && stopped.as_mut().poll(context).is_ready() {
                is_ending = true;
                connection.as_mut().graceful_shutdown();
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            let Some(deadline) = cut_at.or_else(|| talk.deadline(self.patience)) else {
                return Poll::Pending;
            };
            if !is_due(late.as_mut(), deadline, context) {
                return Poll::Pending;
            }
            if cut_at.is_some() || !talk.is_http2() {
                return Poll::Ready(End::Late);
            }
            // Requests on their way may still arrive: the connection is cut only after that.
            cut_at = Some(Instant::now() + self.write_timeout);
            is_ending = true;
            connection.as_mut().graceful_shutdown();
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await
    }
}

fn is_due(
    mut timer: Pin<&mut tokio::time::Sleep>,
    deadline: Instant,
    context: &mut Context<'_>,
) -> bool {
    if timer.deadline() != deadline {
        timer.as_mut().reset(deadline);
    }
    timer.poll(context).is_ready()
}

/// Whether the client violated HTTP/2, rather than going away.
fn is_protocol_error(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut source = Some(error);
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<h2::Error>() {
            return error.is_go_away() && error.is_library();
        }
        source = error.source();
    }
    false
}

/// The bytes of a refusal of something that never became a request; writes its log line.
fn refusal(problem: &Problem, peer: Peer) -> Vec<u8> {
    let (id, status) = (fresh_id(), problem.code.status());
    let code = problem.code.word();
    let peer = peer.address.map(tracing::field::display);
    tracing::info!(%id, peer, status = status.as_u16(), code, "a head was refused");
    let body = problem.outward().to_string();
    // A head that could not be read names no address. What is answered says nothing of the store, so any page may read it.
    let head = format!(
        "HTTP/1.1 {} {}\r\nContent-Type: application/problem+json\r\nCache-Control: no-store\r\nAccess-Control-Allow-Origin: *\r\nX-Content-Type-Options: nosniff\r\nContent-Security-Policy: {}\r\n{}: {id}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        status.as_u16(),
        status.canonical_reason().unwrap_or_default(),
        guard::DATA,
        REQUEST_ID,
        body.len(),
    );
    [head.into_bytes(), body.into_bytes()].concat()
}

async fn answer(
    router: Router,
    talk: Arc<Talk>,
    peer: Peer,
    is_crowded: bool,
    body_timeout: Duration,
    request: Request<Incoming>,
) -> Result<Response<Answer>, std::convert::Infallible> {
    let in_flight = talk.begins();
    let pace = Pace::new(body_timeout);
    let mut request = request.map(|body| Asked { body, talk, pace, waiting_since: None });
    request.extensions_mut().insert(peer);
    if is_crowded {
        request.extensions_mut().insert(Crowded);
    }
    let response = router.oneshot(request).await?;
    Ok(response.map(|body| Answer { body, _in_flight: in_flight }))
}

/// The body of a request. It records when nobody reads it to its end, and ends when it arrives too slowly.
struct Asked {
    body: Incoming,
    talk: Arc<Talk>,
    pace: Pace,
    waiting_since: Option<Instant>,
}

impl Drop for Asked {
    fn drop(&mut self) {
        if !self.body.is_end_stream() {
            self.talk.left_unread();
        }
    }
}

impl HttpBody for Asked {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) else {
            self.waiting_since.get_or_insert_with(Instant::now);
            return Poll::Pending;
        };
        let waited = self.waiting_since.take().map(|since| since.elapsed()).unwrap_or_default();
        let size_bytes = match &frame {
            Some(Ok(frame)) => frame.data_ref().map_or(0, Bytes::len),
            _ => return Poll::Ready(frame.map(|frame| frame.map_err(axum::Error::new))),
        };
        if self.pace.is_too_slow(waited, size_bytes) && !self.body.is_end_stream() {
            return Poll::Ready(Some(Err(axum::Error::new(TooSlow))));
        }
        Poll::Ready(frame.map(|frame| frame.map_err(axum::Error::new)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The body of an answer, which records when it was complete.
struct Answer {
    body: axum::body::Body,
    _in_flight: InFlight,
}

impl HttpBody for Answer {
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
