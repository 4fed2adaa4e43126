//! The few lines of HTTP that are needed to send a request to our own server on this machine.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

const TIMEOUT: Duration = Duration::from_secs(5);

/// The server's answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    body: String,
}

/// Requests a path; `None` when nobody answers in HTTP.
pub(crate) fn get(port: u16, path: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(TIMEOUT)).ok()?;
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).ok()?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok()?;
    Answer::parse(&String::from_utf8_lossy(&bytes))
}

impl Answer {
    fn parse(text: &str) -> Option<Self> {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some(Self { status, head: head.to_owned(), body: body.to_owned() })
    }

    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }

    /// The value of the first field with a name, if it is text without escapes.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let (_, after) = self.body.split_once(&format!("\"{name}\""))?;
        let value = after.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
        Some(value.split('"').next()?.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_taken_apart() {
        let text = "HTTP/1.1 307 Temporary Redirect\r\nLocation: /v1/objects/ab\r\n\r\n\
                    {\"sequence\": 1, \"snapshot\": \"cd\", \"previous\": null}";
        let answer = Answer::parse(text).unwrap();
        assert_eq!(answer.status, 307);
        assert_eq!(answer.header("location").as_deref(), Some("/v1/objects/ab"));
        assert_eq!(answer.header("etag"), None);
        assert_eq!(answer.field("snapshot").as_deref(), Some("cd"));
        assert_eq!(answer.field("previous"), None);
        assert_eq!(Answer::parse("not http"), None);
    }
}
