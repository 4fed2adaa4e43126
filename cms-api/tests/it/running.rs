//! A server as a process, with requests byte by byte.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

/// Nothing here takes this long, unless it never ends.
const PATIENCE: Duration = Duration::from_secs(30);

/// An empty repository.
pub(crate) fn repository() -> tempfile::TempDir {
    let data = tempfile::tempdir().unwrap();
    let made = cms(data.path(), &["init"]).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    data
}

/// The program with arguments, without the settings of the person who runs the tests.
pub(crate) fn cms(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cms"));
    command.args(["--author", "ana", "--data"]).arg(data).args(arguments);
    command.env_remove("CMS_SERVER").env_remove("CMS_TOKEN").env_remove("CMS_LOG");
    command
}

/// The exit code and output of a program that ends by itself.
pub(crate) fn said(command: &mut Command) -> (i32, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = [stdout, stderr].concat();
    (status.code().expect("no signal"), String::from_utf8_lossy(&text).into_owned())
}

/// A server; killed when dropped.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) url: String,
}

impl Running {
    pub(crate) fn start(data: &Path, flags: &[&str], log: Stdio) -> Self {
        Self::begin(cms(data, &["serve", "--listen", "127.0.0.1:0"]).args(flags), log)
    }

    pub(crate) fn begin(command: &mut Command, log: Stdio) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let out = child.stdout.take().expect("piped");
        let line = BufReader::new(out).lines().next().expect("a line").expect("text");
        let url = line.strip_prefix("serving ").expect("it says where").to_owned();
        Self { child, url }
    }

    pub(crate) fn address(&self) -> &str {
        self.url.strip_prefix("http://").expect("an address")
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Sends these bytes, and reads until the server ends the connection.
    pub(crate) fn raw(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut stream = self.connect();
        stream.write_all(bytes.as_ref()).unwrap();
        rest(&mut stream)
    }

    pub(crate) fn get(&self, path: &str) -> String {
        self.raw(format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
    }

    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
    }

    /// Tells it to stop, and checks that it ends well.
    pub(crate) fn stop(&mut self) {
        self.signal("-TERM");
        self.ends();
    }

    pub(crate) fn ends(&mut self) {
        let status = self.child.wait().unwrap();
        assert!(status.success(), "a told stop is a clean exit: {status}");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Everything that arrives until the server ends the connection.
pub(crate) fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("the connection ends, and is not reset");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The value of a header.
pub(crate) fn header<'t>(answer: &'t str, name: &str) -> &'t str {
    let lines = answer.lines().take_while(|line| !line.is_empty());
    let found = lines
        .filter_map(|line| line.split_once(": "))
        .find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map_or("", |(_, value)| value)
}

#[track_caller]
pub(crate) fn is_problem(answer: &str, status: u16, code: &str) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    assert_eq!(header(answer, "content-type"), "application/problem+json", "{answer}");
    assert!(answer.contains(&format!("\"code\":\"{code}\"")), "{answer}");
    assert!(!header(answer, "x-request-id").is_empty(), "{answer}");
}
