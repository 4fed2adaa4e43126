//! Where the server listens: an address, a name that stands for some addresses, or a socket in the file system.
//!
//! Invariants:
//! 1. A socket's file on which a process still answers is never removed.
//! 2. A socket's file is only for its owner, and is removed when the server ends.

use std::{
    fs, io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    os::unix::fs::{FileTypeExt, PermissionsExt},
    path::{Path, PathBuf},
    task::{Context, Poll},
};

use tempfile::TempDir;
use tokio::net::{TcpListener, UnixListener, lookup_host};

use super::stream::Stream;
use crate::{
    problem::{Code, Problem},
    process::config::listen::{Listen, UNIX},
};

enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

/// The longest path of a socket that every system takes, with room for the name that it has at first.
const SOCKET_PATH_BYTES_MAX: usize = 80;

/// A connection that was accepted.
pub(super) struct Accepted {
    pub(super) stream: Stream,
    /// The address it comes from; none on a socket in the file system.
    pub(super) address: Option<IpAddr>,
}

/// The open listeners. Dropping this closes them and removes a socket's file.
pub(super) struct Listeners {
    all: Vec<Listener>,
    url: String,
    /// Where a program on this machine reaches the server without TLS, if not at `url`.
    inside: Option<String>,
    _files: Vec<SocketFile>,
    _folder: Option<TempDir>,
}

/// A socket's file that this process made.
struct SocketFile {
    path: PathBuf,
    inode: u64,
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        // Another server may have put its own file there meanwhile.
        if inode(&self.path).is_some_and(|inode| inode == self.inode) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn inode(path: &Path) -> Option<u64> {
    let about = fs::symlink_metadata(path).ok()?;
    about.file_type().is_socket().then(|| std::os::unix::fs::MetadataExt::ino(&about))
}

impl Listeners {
    /// Begins to listen.
    ///
    /// # Errors
    /// A problem that names the address when the server can't listen on it.
    pub(super) async fn bind(listen: &Listen) -> Result<Self, Problem> {
        let failed = |error: io::Error| Problem::io(format!("listening on {listen}"), &error);
        match listen {
            Listen::Host(host) => bind_host(host).await.map_err(failed),
            Listen::Socket(path) => bind_socket(path),
        }
    }

    /// The address at which a client on this machine reaches the server.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The address at which the command line on this machine reaches the server.
    pub(super) fn inside(&self) -> &str {
        self.inside.as_deref().unwrap_or(&self.url)
    }

    /// The same listeners for a server that speaks TLS at its addresses. The certificate is made out to a public name,
    /// so the command line on this machine gets a socket of its own, in the data directory.
    ///
    /// # Errors
    /// A problem when there is nothing to encrypt, or no place for the socket.
    pub(super) fn encrypted(mut self, data: &Path) -> Result<Self, Problem> {
        let Some(rest) = self.url.strip_prefix("http://") else {
            let detail = "--tls-cert: TLS is for addresses, and the server listens on a socket";
            return Err(Problem::new(Code::RequestMalformed, detail));
        };
        self.url = format!("https://{rest}");
        let mut path = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
        path.push("cms.sock");
        if path.as_os_str().len() > SOCKET_PATH_BYTES_MAX {
            let folder = tempfile::Builder::new().prefix("cms-").tempdir();
            let folder = folder.map_err(|error| Problem::io("a folder for a socket", &error))?;
            path = folder.path().join("cms.sock");
            self._folder = Some(folder);
        }
        let socket = bind_socket(&path)?;
        self.inside = Some(socket.url.clone());
        self.all.extend(socket.all);
        self._files.extend(socket._files);
        Ok(self)
    }

    /// The next connection, and the address it comes from, if it has one.
    pub(super) fn poll_accept(&self, context: &mut Context<'_>) -> Poll<io::Result<Accepted>> {
        for listener in &self.all {
            let accepted = match listener {
                Listener::Tcp(listener) => listener
                    .poll_accept(context)
                    .map_ok(|(stream, peer)| (Stream::Tcp(stream), Some(peer.ip()))),
                Listener::Unix(listener) => {
                    listener.poll_accept(context).map_ok(|(stream, _)| (Stream::Unix(stream), None))
                }
            };
            let accepted = accepted.map_ok(|(stream, address)| Accepted { stream, address });
            if accepted.is_ready() {
                return accepted;
            }
        }
        Poll::Pending
    }
}

/// A name may stand for several addresses (`localhost` for one of each version): the server listens on all of them, at
/// one port.
async fn bind_host(host: &str) -> io::Result<Listeners> {
    let mut addresses: Vec<SocketAddr> = lookup_host(host).await?.collect();
    addresses.sort();
    addresses.dedup();
    let (mut all, mut first, mut refused) = (Vec::new(), None, None);
    for mut address in addresses {
        if let Some(first) = first {
            address.set_port(SocketAddr::port(&first));
        }
        match TcpListener::bind(address).await {
            Ok(listener) => {
                first = first.or(Some(listener.local_addr()?));
                all.push(Listener::Tcp(listener));
            }
            // On a machine without version 6, a name may still stand for such addresses.
            Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable => refused = Some(error),
            Err(error) => return Err(error),
        }
    }
    let Some(first) = first else {
        return Err(refused.unwrap_or_else(|| io::ErrorKind::AddrNotAvailable.into()));
    };
    let url = format!("http://{}", reachable(first));
    Ok(Listeners { all, url, inside: None, _files: Vec::new(), _folder: None })
}

fn bind_socket(path: &Path) -> Result<Listeners, Problem> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let failed =
        |error: io::Error| Problem::io(format!("listening on {UNIX}{}", path.display()), &error);
    if path.exists() || fs::symlink_metadata(&path).is_ok() {
        clear(&path)?;
    }
    // Nobody may connect before the file is closed to others, so it gets its name only then.
    let fresh = path.with_extension(format!("{}.new", std::process::id()));
    let _ = fs::remove_file(&fresh);
    let listener = UnixListener::bind(&fresh).map_err(failed)?;
    fs::set_permissions(&fresh, fs::Permissions::from_mode(0o600)).map_err(failed)?;
    fs::rename(&fresh, &path).map_err(failed)?;
    let file = inode(&path).map(|inode| SocketFile { path: path.clone(), inode });
    let url = format!("{UNIX}{}", path.display());
    let all = vec![Listener::Unix(listener)];
    Ok(Listeners { all, url, inside: None, _files: file.into_iter().collect(), _folder: None })
}

/// Makes room for a socket: removes what a killed server left, and nothing else.
fn clear(path: &Path) -> Result<(), Problem> {
    let named = |detail: &str| {
        Problem::new(Code::InputOutput, format!("listening on {UNIX}{}: {detail}", path.display()))
    };
    if inode(path).is_none() {
        return Err(named("there is a file that is not a socket"));
    }
    match std::os::unix::net::UnixStream::connect(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            fs::remove_file(path).map_err(|error| named(&error.to_string()))
        }
        Err(error) => Err(named(&error.to_string())),
        Ok(_) => Err(named("another process listens there")),
    }
}

/// The address at which a client on this machine reaches the listener.
fn reachable(address: SocketAddr) -> SocketAddr {
    let mut reachable = address;
    if address.ip().is_unspecified() {
        reachable.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    reachable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_addresses_and_sockets_are_told_apart() {
        for text in ["127.0.0.1:0", "[::1]:9000", "localhost:8080", "0.0.0.0:1"] {
            assert_eq!(text.parse(), Ok(Listen::Host(text.to_owned())));
        }
        assert_eq!("unix:/run/cms".parse(), Ok(Listen::Socket("/run/cms".into())));
        for text in ["8080", "localhost", "::1:9000", ":80", "a:b", "unix:", "localhost:70000"] {
            assert!(text.parse::<Listen>().is_err(), "{text}");
        }
    }

    #[tokio::test]
    async fn a_socket_that_a_killed_server_left_is_taken_over_and_one_in_use_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cms.sock");
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        let listen = Listen::Socket(path.clone());
        let first = Listeners::bind(&listen).await.unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(first.url(), format!("unix:{}", path.display()));
        let second = Listeners::bind(&listen).await.err().unwrap();
        assert!(second.detail.contains("another process listens there"), "{second}");
        drop(first);
        assert!(!path.exists());
        fs::write(&path, "a file").unwrap();
        assert!(Listeners::bind(&listen).await.is_err());
        assert!(path.exists(), "what is no socket stays");
    }
}
