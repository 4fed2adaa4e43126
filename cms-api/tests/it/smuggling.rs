//! Requests whose ends could be read in two ways, and heads that carry more than they seem to: one of HTTP's readers on
//! the way may not see what another one does.

use std::{
    io::{Read, Write},
    net::TcpStream,
    process::Stdio,
};

use crate::running::{Running, header, is_problem, repository, rest};

/// What an attacker would have another client's connection ask.
const SMUGGLED: &str = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";

#[test]
fn a_message_whose_end_is_in_doubt_ends_the_connection() {
    let data = repository();
    let server = Running::start(data.path(), &["--idle-timeout-s", "1"], Stdio::null());
    let post = |fields: &str, body: &str| {
        format!(
            "POST /v1/score HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n{fields}\r\n{body}{SMUGGLED}"
        )
    };
    let chunked = |body: &str| post("Transfer-Encoding: chunked\r\n", body);
    for request in [
        post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding: \x0bchunked\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding: chunked;a=b\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding: gzip\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding\t: chunked\r\n", "0\r\n\r\n"),
        post("Content-Length: 0x2\r\n", "{}"),
        post("Content-Length: -2\r\n", "{}"),
        post("Content-Length: 99999999999999999999999\r\n", "{}"),
        post("Content-Length: \r\n", "{}"),
        post("X: a\r\n Content-Length: 2\r\n", "{}"),
        post("X: a\0b\r\n", ""),
        post("X: a\rContent-Length: 2\r\n", "{}"),
        post("X: a\nContent-Length: 2\r\n", "{}"),
        post("X: a\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        post("Content-Length: 2\n", "{}"),
        format!("GET /healthz HTTP/1.1\nHost: a\r\n\r\n{SMUGGLED}"),
        format!("GET /healthz HTTP/1.1\r\nHost: a\n\n{SMUGGLED}"),
        format!("GET /healthz HTTP/1.1\r\nHost: a\r\n\n{SMUGGLED}"),
        post("X y: a\r\n", ""),
        post(": a\r\n", ""),
        chunked("+2\r\n{}\r\n0\r\n\r\n"),
        chunked("0x2\r\n{}\r\n0\r\n\r\n"),
        chunked("-1\r\n{}\r\n0\r\n\r\n"),
        chunked("2 2\r\n{}\r\n0\r\n\r\n"),
        chunked("ffffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
        chunked("2\r\n{}0\r\n\r\n"),
        chunked("2;a\n{}\r\n0\r\n\r\n"),
        format!("GET /healthz HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n{SMUGGLED}"),
        format!("GET /healthz HTTP/1.2\r\nHost: a\r\n\r\n{SMUGGLED}"),
        format!("GET  /healthz HTTP/1.1\r\nHost: a\r\n\r\n{SMUGGLED}"),
        format!("GET /healthz\r\nHost: a\r\n\r\n{SMUGGLED}"),
        format!("G\0T /healthz HTTP/1.1\r\nHost: a\r\n\r\n{SMUGGLED}"),
    ] {
        let answer = server.raw(&request);
        assert!(answer.starts_with("HTTP/1.1 4"), "{request:?}: {answer}");
        assert!(!answer.contains("ok\n"), "{request:?} let another request in: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{request:?}: {answer}");
    }
}

#[test]
fn nothing_in_an_address_becomes_a_line_of_a_head() {
    let data = repository();
    let server = Running::start(data.path(), &[], Stdio::null());
    for path in [
        "//v1//x%0d%0aSet-Cookie:%20a=b",
        "/v1/x%0d%0aSet-Cookie:%20a=b/",
        "/shared/x%0d%0aSet-Cookie:%20a=b",
        "/player/assets/x?%0d%0aSet-Cookie:%20a=b",
        "/learn%0d%0aSet-Cookie:%20a=b",
        "/docs/problems/%0aSet-Cookie:%20a=b",
        "/admin/%e5%98%8a%e5%98%8dSet-Cookie:%20a=b",
    ] {
        let answer = server.get(path);
        assert!(header(&answer, "set-cookie").is_empty(), "{path}: {answer}");
        assert!(
            answer.starts_with("HTTP/1.1 3") || answer.starts_with("HTTP/1.1 4"),
            "{path}: {answer}"
        );
    }
    // An id that could forge a line of the log, or of the answer, is replaced.
    let answer = server.raw(
        "GET /healthz HTTP/1.1\r\nHost: a\r\nX-Request-Id: abcdefgh\tforged: 1\r\nConnection: close\r\n\r\n",
    );
    assert!(!answer.contains("forged"), "{answer}");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[test]
fn an_address_means_what_it_says_or_is_refused() {
    let data = repository();
    let server = Running::start(data.path(), &[], Stdio::null());
    for path in [
        "/admin/..%2f..%2fserver.json",
        "/admin/%2e%2e/%2e%2e/server.json",
        "/admin/..%c0%afserver.json",
        "/admin/%c0%ae%c0%ae/server.json",
        "/admin/..%5cserver.json",
        "/admin/%uff0e%uff0e/server.json",
        "/admin/main.js%00.html",
        "/admin/\u{202e}sj.niam",
        "/ａｄｍｉｎ/",
        "/ADMIN/",
        "/authoring/v1/me;/../../healthz",
        "/authoring%2fv1%2fme",
    ] {
        let answer = server.get(path);
        assert!(answer.starts_with("HTTP/1.1 4"), "{path}: {answer}");
        assert!(answer.contains("application/problem+json"), "{path}: {answer}");
    }
    // The server is no proxy, whoever it is asked to reach.
    let answer =
        server.raw("CONNECT 169.254.169.254:80 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    let answer = server
        .raw("GET http://169.254.169.254/healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assert!(answer.ends_with("ok\n"), "it answers for itself: {answer}");
}

#[test]
fn a_head_has_only_so_many_fields_and_a_compressed_body_is_refused() {
    let data = repository();
    let server = Running::start(data.path(), &[], Stdio::null());
    let fields: String = (0..200).map(|number| format!("X-{number}: a\r\n")).collect();
    let answer = server.raw(format!("GET /healthz HTTP/1.1\r\nHost: a\r\n{fields}\r\n"));
    is_problem(&answer, 431, "head-too-large");
    // What a small compressed body would become is nobody's guess: it is refused before it is read.
    for coding in ["gzip", "zstd", "br", "deflate", "identity, gzip"] {
        let answer = server.raw(format!(
            "POST /v1/score HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Encoding: {coding}\r\nContent-Length: 9\r\nConnection: close\r\n\r\n\x1f123456789"
        ));
        is_problem(&answer, 415, "media-type-unsupported");
    }
}

/// A frame of HTTP/2.
fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let size = payload.len() as u32;
    let mut frame = size.to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags, 0, 0, 0, stream]);
    frame.extend(payload);
    frame
}

/// A field that is not in any table of HPACK, as it is.
fn field(name: &[u8], value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, name.len() as u8];
    bytes.extend(name);
    bytes.push(value.len() as u8);
    bytes.extend(value);
    bytes
}

/// Whether a request of HTTP/2 with these fields is answered with 200. What is refused ends the stream, the connection,
/// or is a 4xx.
fn is_answered(server: &Running, fields: &[Vec<u8>], body: Option<&[u8]>) -> bool {
    let mut head = vec![0x82, 0x86];
    head.extend(fields.concat());
    let mut stream: TcpStream = server.connect();
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    bytes.extend(frame(4, 0, 0, &[]));
    bytes.extend(frame(1, if body.is_some() { 4 } else { 5 }, 1, &head));
    bytes.extend(body.map(|body| frame(0, 1, 1, body)).unwrap_or_default());
    stream.write_all(&bytes).unwrap();
    let mut answered = None;
    while answered.is_none() {
        let mut begin = [0; 9];
        if stream.read_exact(&mut begin).is_err() {
            return false;
        }
        let mut payload = vec![0; u32::from_be_bytes([0, begin[0], begin[1], begin[2]]) as usize];
        stream.read_exact(&mut payload).unwrap();
        answered = match begin[3] {
            // Its first field is the status: 0x88 is 200.
            1 => Some(payload.first() == Some(&0x88)),
            3 | 7 => Some(false),
            _ => None,
        };
    }
    answered == Some(true)
}

#[test]
fn what_http_2_may_not_carry_is_refused_before_anything_could_become_http_1() {
    let data = repository();
    let server = Running::start(data.path(), &[], Stdio::null());
    let path = || field(b":path", b"/healthz");
    let host = || field(b":authority", b"a");
    assert!(is_answered(&server, &[path(), host()], None), "an honest request is answered");
    for (what, fields, body) in [
        ("transfer-encoding", vec![path(), host(), field(b"transfer-encoding", b"chunked")], None),
        ("connection", vec![path(), host(), field(b"connection", b"x")], None),
        ("upper case", vec![path(), host(), field(b"X-Upper", b"a")], None),
        ("a line end in a value", vec![path(), host(), field(b"x", b"a\r\nb: c")], None),
        ("a line end in a name", vec![path(), host(), field(b"x\r\nb", b"c")], None),
        ("a NUL", vec![path(), host(), field(b"x", b"a\0b")], None),
        (
            "a line end in the path",
            vec![field(b":path", b"/healthz HTTP/1.1\r\nx: y"), host()],
            None,
        ),
        ("two paths", vec![path(), path(), host()], None),
        ("a late pseudo field", vec![path(), field(b"x", b"a"), host()], None),
        ("an unknown pseudo field", vec![path(), host(), field(b":x", b"a")], None),
        ("another host", vec![path(), host(), field(b"host", b"b")], None),
        ("two hosts", vec![path(), host(), field(b"host", b"a"), field(b"host", b"a")], None),
        ("a user's name", vec![path(), field(b":authority", b"x@a")], None),
        ("a wrong length", vec![path(), host(), field(b"content-length", b"1")], Some(&b"{}"[..])),
        (
            "two lengths",
            vec![path(), host(), field(b"content-length", b"1"), field(b"content-length", b"2")],
            Some(&b"{}"[..]),
        ),
    ] {
        assert!(!is_answered(&server, &fields, body), "{what}");
    }
    // The server still answers others.
    let mut stream = server.connect();
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").unwrap();
    assert!(rest(&mut stream).ends_with("ok\n"));
}
