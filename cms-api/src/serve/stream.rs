//! A stream to a client, over a network address or over a socket in the file system, which several owners may share.

use std::{
    future::poll_fn,
    io,
    task::{Context, Poll, ready},
    time::Duration,
};

use rustix::net::Shutdown;
use tokio::{
    io::ReadBuf,
    net::{TcpStream, UnixStream},
    time::Instant,
};

/// A stream of either kind, which several owners may share.
pub(super) enum Stream {
    /// Over a network address.
    Tcp(TcpStream),
    /// Over a socket in the file system.
    Unix(UnixStream),
}

macro_rules! either {
    ($stream:expr, $name:ident => $does:expr) => {
        match $stream {
            Stream::Tcp($name) => $does,
            Stream::Unix($name) => $does,
        }
    };
}

impl Stream {
    /// Reads what is there.
    pub(super) fn poll_read(
        &self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<usize>> {
        loop {
            ready!(either!(self, stream => stream.poll_read_ready(context)))?;
            match either!(self, stream => stream.try_read_buf(buffer)) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return Poll::Ready(read),
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
            ready!(either!(self, stream => stream.poll_write_ready(context)))?;
            match either!(self, stream => stream.try_write_vectored(slices)) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => return Poll::Ready(written),
            }
        }
    }

    /// Sends all the bytes.
    pub(super) async fn send(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let slices = [io::IoSlice::new(bytes)];
            let count = poll_fn(|context| self.poll_write(context, &slices)).await?;
            bytes = &bytes[count..];
        }
        Ok(())
    }

    /// Tells the other side that nothing more comes.
    pub(super) fn end(&self) {
        // A client that went away need not be told.
        let _ = either!(self, stream => rustix::net::shutdown(stream, Shutdown::Write));
    }

    /// Reads and discards until the client ends, sends nothing for `silence`, or `at_most` is over. If a connection is
    /// closed with unread bytes, it is reset, and a reset takes from the client the answer that it has not read yet.
    pub(super) async fn linger(&self, silence: Duration, at_most: Duration) {
        let until = Instant::now() + at_most;
        let mut room = vec![0; 64 << 10];
        while Instant::now() < until {
            let wait = Instant::now() + silence;
            let ready = poll_fn(|context| either!(self, stream => stream.poll_read_ready(context)));
            if !matches!(tokio::time::timeout_at(wait.min(until), ready).await, Ok(Ok(()))) {
                return;
            }
            match either!(self, stream => stream.try_read(&mut room)) {
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
