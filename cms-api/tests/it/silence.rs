//! Connections that send nothing, or not enough: they end, and hold nobody up.

use std::{
    io::{Read, Write},
    process::Stdio,
    thread,
};

use crate::running::{Running, is_problem, repository, rest};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// An empty frame of settings.
const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];

#[test]
fn a_connection_that_asks_for_nothing_ends_whatever_it_sent() {
    let data = repository();
    let flags = ["--header-timeout-s", "1", "--write-timeout-s", "1"];
    let server = Running::start(data.path(), &flags, Stdio::null());
    let begins: [&[u8]; 7] =
        [b"", b"G", b"P", &PREFACE[..10], &PREFACE[..23], PREFACE, &[PREFACE, SETTINGS].concat()];
    thread::scope(|scope| {
        for begin in begins {
            let server = &server;
            scope.spawn(move || server.raw(begin));
        }
    });
}

#[test]
fn a_connection_that_was_answered_ends_when_nothing_more_is_asked() {
    let data = repository();
    let server = Running::start(data.path(), &["--idle-timeout-s", "1"], Stdio::null());
    let answer = server.raw("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("ok\n"), "{answer}");
}

#[test]
fn silent_connections_make_room_for_requests() {
    let data = repository();
    let mut server = Running::start(data.path(), &["--connections-max", "20"], Stdio::null());
    let silent: Vec<_> = (0..60)
        .map(|number| {
            let mut stream = server.connect();
            stream.write_all(&b"GET / HTTP/1.1\r\n"[..number % 10]).unwrap();
            stream
        })
        .collect();
    for path in ["/healthz", "/readyz", "/v1/channels/production"] {
        assert!(server.get(path).starts_with("HTTP/1.1 "), "{path}");
    }
    server.stop();
    drop(silent);
}

#[test]
fn where_every_connection_is_at_work_probes_are_answered_and_others_are_told() {
    let data = repository();
    let mut server = Running::start(data.path(), &["--connections-max", "2"], Stdio::null());
    // A client that was told to continue is at work, and the server waits for the rest.
    let head = "POST /v1/score HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 8\r\nConnection: close\r\nExpect: 100-continue\r\n\r\n";
    let mut working: Vec<_> = (0..2)
        .map(|_| {
            let mut stream = server.connect();
            stream.write_all(head.as_bytes()).unwrap();
            let mut answer = [0; 25];
            stream.read_exact(&mut answer).unwrap();
            assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
            stream
        })
        .collect();
    is_problem(&server.get("/v1/channels/production"), 503, "server-full");
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200 "));
    assert!(server.get("/readyz").starts_with("HTTP/1.1 200 "));
    for stream in &mut working {
        stream.write_all(b"{\"a\":1}x").unwrap();
        assert!(rest(stream).starts_with("HTTP/1.1 400 "));
    }
    server.stop();
}
