//! A connection as its owner sees it: the stream, which is shared with the HTTP library, and what happened on it.
//!
//! The library reads heads by itself and sends some refusals by itself (`400`, `431`), without a body, an id or a log
//! line; and it drops its stream when it is done. So it gets a [`Wire`], which records what passes, takes such an
//! answer back before it is sent, and leaves the stream to its owner.
//!
//! Invariants:
//! 1. When every request that the library handed on was answered completely, bytes that it writes are its own answer,
//!    because it reads the next head only after the previous answer was flushed.
//! 2. The owner of the connection decides when it is closed.
//! 3. The library reads no head in which a line ends with a line feed alone, if the head begins after the answer to the
//!    request before it, as those of proxies do.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::Notify,
    time::Instant,
};

use super::stream::Stream;

/// How an HTTP/2 connection begins.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How long a connection may be without a request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// The time for a head, from the beginning of the connection or from the head's first byte.
    pub(super) head: Duration,
    /// The time between an answer and the next request.
    pub(super) idle: Duration,
}

/// What happened on a connection, for all parts of the program that deal with it.
pub(super) struct Talk {
    facts: Mutex<Facts>,
    /// Notified when the connection must make room.
    pub(super) leave: Notify,
}

struct Facts {
    /// How many first bytes have been those of HTTP/2.
    preface_size_bytes: usize,
    is_http2: bool,
    /// How many requests were handed on.
    begun: u64,
    /// For how many of these the answer was completed, or is no longer wanted.
    ended: u64,
    /// For how many of these the answer was sent completely.
    sent: u64,
    /// Since when there has been no request.
    quiet_since: Instant,
    /// Since when a head has been arriving.
    head_since: Option<Instant>,
    /// How far that head has been looked at.
    head: Head,
    /// Whether the newest request's body was not read to its end.
    is_unread: bool,
    /// Whether the client sends no more.
    is_over: bool,
    /// The status that the library answered by itself.
    refused: Option<u16>,
}

/// A connection without a request at the moment, in the order in which such connections make room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Quiet {
    /// It never sent anything.
    Silent(Instant),
    /// It has sent a part of a head.
    InHead(Instant),
    /// It was answered and may send another request.
    Idle(Instant),
}

/// A request that is being handled; dropping this ends it.
pub(super) struct InFlight(Arc<Talk>);

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut facts = self.0.facts();
        facts.ended += 1;
        facts.quiet_since = Instant::now();
    }
}

impl Talk {
    pub(super) fn new() -> Self {
        let facts = Facts {
            preface_size_bytes: 0,
            is_http2: false,
            begun: 0,
            ended: 0,
            sent: 0,
            quiet_since: Instant::now(),
            head_since: None,
            head: Head::default(),
            is_unread: false,
            is_over: false,
            refused: None,
        };
        Self { facts: Mutex::new(facts), leave: Notify::new() }
    }

    fn facts(&self) -> MutexGuard<'_, Facts> {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records that a request has come.
    pub(super) fn begins(self: &Arc<Self>) -> InFlight {
        let mut facts = self.facts();
        facts.begun += 1;
        facts.head_since = None;
        facts.is_unread = false;
        InFlight(Arc::clone(self))
    }

    /// Records that the body of the newest request was given up before its end.
    pub(super) fn left_unread(&self) {
        self.facts().is_unread = true;
    }

    /// The status that the library answered by itself.
    pub(super) fn refused(&self) -> Option<u16> {
        self.facts().refused
    }

    /// Whether a part of a head has come, but no request.
    pub(super) fn is_in_head(&self) -> bool {
        let facts = self.facts();
        !facts.is_http2 && facts.head_since.is_some()
    }

    pub(super) fn is_http2(&self) -> bool {
        self.facts().is_http2
    }

    /// Whether the client may still be sending something that nobody reads.
    pub(super) fn is_sending(&self) -> bool {
        let facts = self.facts();
        let is_in_head = !facts.is_http2 && facts.head_since.is_some();
        !facts.is_over && (facts.is_unread || facts.refused.is_some() || is_in_head)
    }

    /// The state of a connection without a request; `None` while there is one.
    pub(super) fn quiet(&self) -> Option<Quiet> {
        let facts = self.facts();
        let is_quiet = facts.begun == facts.ended && (facts.is_http2 || facts.begun == facts.sent);
        is_quiet.then(|| match facts.head_since {
            Some(since) if !facts.is_http2 => Quiet::InHead(since),
            _ if facts.begun == 0 => Quiet::Silent(facts.quiet_since),
            _ => Quiet::Idle(facts.quiet_since),
        })
    }

    /// When the connection will have been without a request for too long.
    pub(super) fn deadline(&self, patience: Patience) -> Option<Instant> {
        Some(match self.quiet()? {
            Quiet::Silent(since) | Quiet::InHead(since) => since + patience.head,
            Quiet::Idle(since) => since + patience.idle,
        })
    }
}

impl Facts {
    fn read(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            self.is_over = true;
            return;
        }
        if self.begun == 0 && !self.is_http2 && self.head_since.is_none()
            || self.preface_size_bytes > 0
        {
            let rest = &PREFACE[self.preface_size_bytes..];
            let shown = rest.len().min(bytes.len());
            let goes_on = bytes[..shown] == rest[..shown];
            self.preface_size_bytes = if goes_on { self.preface_size_bytes + shown } else { 0 };
            if self.preface_size_bytes == PREFACE.len() {
                (self.is_http2, self.preface_size_bytes) = (true, 0);
            }
        }
        if self.begun == self.sent && self.head_since.is_none() {
            self.head_since = Some(Instant::now());
            self.head = Head::default();
        }
        if self.head_since.is_some() && !self.is_http2 && self.head.has_bare_line_end(bytes) {
            self.refused = Some(400);
        }
    }

    fn flushed(&mut self) {
        if self.begun == self.ended && self.sent != self.begun {
            self.sent = self.begun;
            self.quiet_since = Instant::now();
        }
    }
}

/// A head of HTTP/1 as far as it has come.
#[derive(Debug, Default)]
struct Head {
    last: u8,
    /// Bytes of the line so far, without its end.
    line_size_bytes: usize,
    /// Whether a line has come that is not empty. Empty lines before the first one are skipped.
    has_begun: bool,
    is_whole: bool,
}

impl Head {
    /// Whether a line of the head ends with a line feed alone. The library takes that for a line's end, and a proxy in
    /// front may not: then a value of one field, to the proxy, is a field of its own here, such as another length of the
    /// body.
    fn has_bare_line_end(&mut self, bytes: &[u8]) -> bool {
        for byte in bytes {
            if self.is_whole {
                return false;
            }
            match (self.last, *byte) {
                (b'\r', b'\n') => {
                    self.is_whole = self.has_begun && self.line_size_bytes == 0;
                    self.line_size_bytes = 0;
                }
                (_, b'\n') => return true,
                (_, b'\r') => {}
                _ => {
                    self.line_size_bytes += 1;
                    self.has_begun = true;
                }
            }
            self.last = *byte;
        }
        false
    }
}

/// The stream as the HTTP library has it.
pub(super) struct Wire {
    stream: Arc<Stream>,
    talk: Arc<Talk>,
}

impl Wire {
    pub(super) fn new(stream: Arc<Stream>, talk: Arc<Talk>) -> Self {
        Self { stream, talk }
    }

    /// Takes back what the library answers by itself, except for the status that it meant.
    fn taken_back(&self, slices: &[io::IoSlice<'_>]) -> Option<usize> {
        let mut facts = self.talk.facts();
        if facts.is_http2 || facts.begun != facts.sent {
            return None;
        }
        if facts.refused.is_none() {
            let first = slices.iter().find(|slice| !slice.is_empty())?;
            let status = first.get(b"HTTP/1.1 ".len()..)?.get(..3)?;
            facts.refused = Some(std::str::from_utf8(status).ok()?.parse().ok()?);
        }
        Some(slices.iter().map(|slice| slice.len()).sum())
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(self.stream.poll_read(context, buffer))?;
        let mut facts = self.talk.facts();
        facts.read(&buffer.filled()[before..]);
        if facts.refused.is_some() {
            buffer.set_filled(before);
            return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(context, &[io::IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.taken_back(slices) {
            Some(size_bytes) => Poll::Ready(Ok(size_bytes)),
            None => self.stream.poll_write(context, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.stream.poll_flush(context))?;
        self.talk.facts().flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        // The owner ends the stream.
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(reads: &[&[u8]], is_http2: bool) {
        let talk = Talk::new();
        for bytes in reads {
            talk.facts().read(bytes);
        }
        assert_eq!(talk.is_http2(), is_http2, "{reads:?}");
    }

    #[tokio::test]
    async fn the_version_is_told_by_the_first_bytes_however_they_come() {
        check(&[PREFACE], true);
        check(&[b"P", b"RI * HTTP/2.0\r\n\r\nSM", b"\r\n\r\n\0\0"], true);
        check(&[b"P", b"OST / HTTP/1.1\r\n"], false);
        check(&[b"PRI * HTTP/2.0\r\n\r\n"], false);
        check(&[b"GET / HTTP/1.1\r\n\r\n", PREFACE], false);
    }

    #[test]
    fn only_in_a_head_a_line_may_not_end_with_a_line_feed_alone() {
        let check = |text: &str, expected: bool| {
            for size_bytes in [1, 3, text.len()] {
                let mut head = Head::default();
                let found =
                    text.as_bytes().chunks(size_bytes).any(|bytes| head.has_bare_line_end(bytes));
                assert_eq!(found, expected, "{text:?} in pieces of {size_bytes}");
            }
        };
        check("GET / HTTP/1.1\r\nHost: a\r\n\r\n", false);
        check("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\na body\n\nof lines\n", false);
        check("GET / HTTP/1.1\nHost: a\r\n\r\n", true);
        check("GET / HTTP/1.1\r\nX: a\nContent-Length: 2\r\n\r\n", true);
        check("GET / HTTP/1.1\r\nHost: a\r\n\n", true);
        check("\nGET / HTTP/1.1\r\n", true);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_is_quiet_from_an_answer_to_the_next_request() {
        let patience = Patience { head: Duration::from_secs(10), idle: Duration::from_secs(60) };
        let talk = Arc::new(Talk::new());
        let begin = Instant::now();
        assert_eq!(talk.deadline(patience), Some(begin + patience.head), "it sends nothing");
        let second = Duration::from_secs(1);
        tokio::time::advance(second).await;
        talk.facts().read(b"GET /");
        tokio::time::advance(second).await;
        talk.facts().read(b" HTTP/1.1\r\n");
        assert_eq!(
            talk.deadline(patience),
            Some(begin + second + patience.head),
            "however it trickles"
        );
        let working = talk.begins();
        talk.facts().flushed();
        assert_eq!(talk.deadline(patience), None);
        drop(working);
        assert_eq!(talk.deadline(patience), None, "the answer is not sent yet");
        talk.facts().flushed();
        assert_eq!(talk.deadline(patience), Some(Instant::now() + patience.idle));
    }
}
