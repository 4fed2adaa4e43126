//! The connection to a server: it is direct, listens while it sends, and distinguishes silence from long work.
//!
//! Invariants:
//! 1. Nothing between this machine and the server passes a token on: the environment's proxy settings are ignored.
//! 2. If a server answers before it has read everything, sending stops and its answer is read.
//! 3. A server that works for a long time is waited for as long as it shows signs of life; a server that shows none is
//!    given up.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    os::{
        fd::{AsFd, BorrowedFd},
        unix::net::UnixStream,
    },
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use rustix::net::{RecvFlags, recv, sockopt};
use ureq::{
    Error,
    unversioned::transport::{
        Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport,
    },
};

/// Longest time to establish a connection.
const CONNECT_TIMEOUT_MAX: Duration = Duration::from_secs(5);
/// Probes on a silent connection before the system gives it up.
const KEEPALIVE_PROBES: u32 = 4;
/// The beginning of an answer that others follow (100, 102, 103).
const INTERIM: &[u8; 10] = b"HTTP/1.1 1";
const BUFFER_SIZE_BYTES: usize = 64 << 10;

/// Where a server can be reached.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// At the addresses of a name.
    Network,
    /// At a socket in the file system.
    Socket(PathBuf),
}

/// Makes connections to one server.
#[derive(Debug, Clone)]
pub(super) struct Wire {
    /// Where the server is.
    pub(super) place: Place,
    /// The beginning of its addresses, without a slash at the end.
    pub(super) prefix: String,
    /// How long it may show no sign of life.
    pub(super) patience: Duration,
    /// Whether the server has answered the request that is being sent, so that sending more is useless.
    pub(super) is_answered: Arc<AtomicBool>,
}

impl Connector<()> for Wire {
    type Out = Connection;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<Connection>, Error> {
        let addresses: Vec<SocketAddr> = details.addrs.iter().copied().collect();
        let stream = self.dial(&addresses)?;
        let buffers = LazyBuffers::new(BUFFER_SIZE_BYTES, BUFFER_SIZE_BYTES);
        let wire = self.clone();
        Ok(Some(Connection { stream, addresses, buffers, wire, is_spoilt: false }))
    }
}

impl Wire {
    /// After half of the time the server is asked whether it lives; it has the other half to answer.
    fn half(&self) -> Duration {
        self.patience / 2
    }

    fn dial(&self, addresses: &[SocketAddr]) -> io::Result<Stream> {
        let stream = match &self.place {
            Place::Socket(path) => Stream::Unix(UnixStream::connect(path)?),
            Place::Network => Stream::Tcp(self.dial_one(addresses)?),
        };
        stream.wait_at_most(self.half())?;
        Ok(stream)
    }

    fn dial_one(&self, addresses: &[SocketAddr]) -> io::Result<TcpStream> {
        let timeout = self.patience.min(CONNECT_TIMEOUT_MAX);
        let mut refused = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for address in addresses {
            match TcpStream::connect_timeout(address, timeout) {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    // If the machine disappears with the request, that must be noticed even if its successor shows
                    // signs of life.
                    sockopt::set_socket_keepalive(&stream, true)?;
                    let pause = self.half().max(Duration::from_secs(1));
                    sockopt::set_tcp_keepidle(&stream, pause)?;
                    sockopt::set_tcp_keepintvl(&stream, pause)?;
                    sockopt::set_tcp_keepcnt(&stream, KEEPALIVE_PROBES)?;
                    return Ok(stream);
                }
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    /// Asks the server whether it lives; any answer other than a failure says so.
    fn must_live(&self, addresses: &[SocketAddr]) -> io::Result<()> {
        if self.lives(addresses).unwrap_or(false) {
            return Ok(());
        }
        let said = format!(
            "the server shows no sign of life: nothing came from it for {} s (--timeout-s), and /healthz is not answered either",
            self.patience.as_secs()
        );
        Err(io::Error::new(io::ErrorKind::TimedOut, said))
    }

    fn lives(&self, addresses: &[SocketAddr]) -> io::Result<bool> {
        let began = Instant::now();
        let mut stream = self.dial(addresses)?;
        let path = self.prefix.find("://").map_or("", |at| {
            let rest = &self.prefix[at + 3..];
            rest.find('/').map_or("", |at| &rest[at..])
        });
        let host = self.prefix.split('/').nth(2).unwrap_or("localhost");
        let question =
            format!("GET {path}/healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(question.as_bytes())?;
        // `HTTP/1.1 200`; a server that sends this a byte at a time gets no more time for it.
        let (mut answer, mut size) = ([0; 12], 0);
        while size < answer.len() && began.elapsed() <= self.half() {
            match stream.read(&mut answer[size..])? {
                0 => return Ok(false),
                count => size += count,
            }
        }
        Ok(answer.starts_with(b"HTTP/1.") && matches!(answer[9], b'2'..=b'4'))
    }
}

#[derive(Debug)]
enum Stream {
    Tcp(TcpStream),
    Unix(UnixStream),
}

impl Stream {
    fn wait_at_most(&self, timeout: Duration) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => {
                stream.set_read_timeout(Some(timeout))?;
                stream.set_write_timeout(Some(timeout))
            }
            Self::Unix(stream) => {
                stream.set_read_timeout(Some(timeout))?;
                stream.set_write_timeout(Some(timeout))
            }
        }
    }

    /// Whether there is something to read, the end included, other than an interim answer, after which the final one is
    /// still to come.
    fn has_answer(&self) -> bool {
        let mut bytes = [0; INTERIM.len()];
        match recv(self, &mut bytes, RecvFlags::PEEK | RecvFlags::DONTWAIT) {
            Ok(_) => bytes != *INTERIM,
            Err(error) => io::Error::from(error).kind() != io::ErrorKind::WouldBlock,
        }
    }
}

impl AsFd for Stream {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Tcp(stream) => stream.as_fd(),
            Self::Unix(stream) => stream.as_fd(),
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.read(buffer),
            Self::Unix(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(stream) => stream.write(bytes),
            Self::Unix(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// One connection.
pub(super) struct Connection {
    stream: Stream,
    addresses: Vec<SocketAddr>,
    buffers: LazyBuffers,
    wire: Wire,
    /// Whether a request was not sent completely.
    is_spoilt: bool,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("stream", &self.stream).finish_non_exhaustive()
    }
}

/// Whether an error only says that nothing was transferred for a while.
fn is_silence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

impl Transport for Connection {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, _: NextTimeout) -> Result<(), Error> {
        let Self { stream, addresses, buffers, wire, is_spoilt } = self;
        let output = buffers.output().get(..amount).unwrap_or_default();
        let mut sent = 0;
        while let Some(rest) = output.get(sent..).filter(|rest| !rest.is_empty()) {
            if *is_spoilt || stream.has_answer() {
                *is_spoilt = true;
                wire.is_answered.store(true, Ordering::Relaxed);
                return Ok(());
            }
            match stream.write(rest) {
                Ok(count) => sent += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if is_silence(&error) => wire.must_live(addresses)?,
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::BrokenPipe
                            | io::ErrorKind::ConnectionReset
                            | io::ErrorKind::ConnectionAborted
                    ) =>
                {
                    // What the server sent before it closed can still be read.
                    *is_spoilt = true;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, Error> {
        loop {
            match self.stream.read(self.buffers.input_append_buf()) {
                Ok(count) => {
                    self.buffers.input_appended(count);
                    return Ok(count > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if is_silence(&error) => self.wire.must_live(&self.addresses)?,
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn is_open(&mut self) -> bool {
        !self.is_spoilt && !self.stream.has_answer()
    }
}
