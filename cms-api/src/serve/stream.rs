//! A stream to a client, over a network address, encrypted or not, or over a socket in the file system, which several
//! owners may share.

use std::{
    future::poll_fn,
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker, ready},
    time::Duration,
};

use rustix::net::Shutdown;
use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpStream, UnixStream},
    time::Instant,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// A stream of any kind, which several owners may share.
pub(super) enum Stream {
    /// Over a network address.
    Tcp(TcpStream),
    /// Over a network address, encrypted.
    Tls(Box<Encrypted>),
    /// Over a socket in the file system.
    Unix(UnixStream),
}

/// An encrypted stream. Its owners take turns; all of them are of one task, so nobody waits.
pub(super) struct Encrypted(Mutex<TlsStream<TcpStream>>);

impl Encrypted {
    fn locked(&self) -> MutexGuard<'_, TlsStream<TcpStream>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stream {
    /// The stream once its handshake is done.
    ///
    /// # Errors
    /// The error of a handshake that failed.
    pub(super) async fn secured(self, config: Arc<ServerConfig>) -> io::Result<Self> {
        let Self::Tcp(stream) = self else { return Ok(self) };
        let stream = TlsAcceptor::from(config).accept(stream).await?;
        Ok(Self::Tls(Box::new(Encrypted(Mutex::new(stream)))))
    }

    /// Reads what is there.
    pub(super) fn poll_read(
        &self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            let read = match self {
                Self::Tls(stream) => {
                    return Pin::new(&mut *stream.locked()).poll_read(context, buffer);
                }
                Self::Tcp(stream) => {
                    ready!(stream.poll_read_ready(context))?;
                    stream.try_read_buf(buffer)
                }
                Self::Unix(stream) => {
                    ready!(stream.poll_read_ready(context))?;
                    stream.try_read_buf(buffer)
                }
            };
            match read {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return Poll::Ready(read.map(|_| ())),
            }
        }
    }

    /// Writes as much as possible.
    pub(super) fn poll_write(
        &self,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        loop {
            let written = match self {
                Self::Tls(stream) => {
                    return Pin::new(&mut *stream.locked()).poll_write_vectored(context, slices);
                }
                Self::Tcp(stream) => {
                    ready!(stream.poll_write_ready(context))?;
                    stream.try_write_vectored(slices)
                }
                Self::Unix(stream) => {
                    ready!(stream.poll_write_ready(context))?;
                    stream.try_write_vectored(slices)
                }
            };
            match written {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => return Poll::Ready(written),
            }
        }
    }

    /// Sends on what was written and is still to be encrypted or sent.
    pub(super) fn poll_flush(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tls(stream) => Pin::new(&mut *stream.locked()).poll_flush(context),
            Self::Tcp(_) | Self::Unix(_) => Poll::Ready(Ok(())),
        }
    }

    /// Sends all the bytes.
    pub(super) async fn send(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let slices = [io::IoSlice::new(bytes)];
            let count = poll_fn(|context| self.poll_write(context, &slices)).await?;
            bytes = &bytes[count..];
        }
        poll_fn(|context| self.poll_flush(context)).await
    }

    /// Tells the other side that nothing more comes.
    pub(super) fn end(&self) {
        // A client that went away need not be told.
        let _ = match self {
            Self::Tcp(stream) => rustix::net::shutdown(stream, Shutdown::Write),
            Self::Unix(stream) => rustix::net::shutdown(stream, Shutdown::Write),
            Self::Tls(stream) => {
                let mut stream = stream.locked();
                // The words of parting go out at once or not at all: a client that does not read is not waited for.
                let mut context = Context::from_waker(Waker::noop());
                let _ = Pin::new(&mut *stream).poll_shutdown(&mut context);
                rustix::net::shutdown(stream.get_ref().0, Shutdown::Write)
            }
        };
    }

    fn poll_readable(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Tcp(stream) => stream.poll_read_ready(context),
            Self::Unix(stream) => stream.poll_read_ready(context),
            Self::Tls(stream) => stream.locked().get_ref().0.poll_read_ready(context),
        }
    }

    /// Reads bytes as they come, encrypted or not.
    fn try_read(&self, room: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.try_read(room),
            Self::Unix(stream) => stream.try_read(room),
            Self::Tls(stream) => stream.locked().get_ref().0.try_read(room),
        }
    }

    /// Reads and discards until the client ends, sends nothing for `silence`, or `at_most` is over. If a connection is
    /// closed with unread bytes, it is reset, and a reset takes from the client the answer that it has not read yet.
    pub(super) async fn linger(&self, silence: Duration, at_most: Duration) {
        let until = Instant::now() + at_most;
        let mut room = vec![0; 64 << 10];
        while Instant::now() < until {
            let wait = Instant::now() + silence;
            let ready = poll_fn(|context| self.poll_readable(context));
            if !matches!(tokio::time::timeout_at(wait.min(until), ready).await, Ok(Ok(()))) {
                return;
            }
            match self.try_read(&mut room) {
                Ok(0) => return,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return,
            }
        }
    }

    /// Makes small answers leave at once.
    pub(super) fn hurry(&self) {
        if let Self::Tcp(stream) = self {
            let _ = stream.set_nodelay(true);
        }
    }
}
