//! The log of a running server: whatever happens to the log, requests are not affected.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    process::Stdio,
};

use crate::running::{Running, cms, header, is_problem, repository, rest, said};

#[test]
fn a_log_whose_reader_ended_costs_lines_and_no_answers() {
    let data = repository();
    let mut server = Running::start(data.path(), &[], Stdio::piped());
    drop(server.child.stderr.take());
    for _ in 0..20 {
        assert!(server.get("/v1/channels/production").starts_with("HTTP/1.1 404 "));
    }
    // The log is written by a thread of its own, which may not have got that far.
    assert!((0..1000).any(|_| server.get("/readyz").contains("log lines lost: ")));
    server.stop();
}

#[test]
fn a_log_whose_reader_stalls_costs_lines_and_no_answers_and_says_how_many_later() {
    let data = repository();
    let mut server = Running::start(data.path(), &[], Stdio::piped());
    let log = server.child.stderr.take().unwrap();
    assert!(!server.get("/readyz").contains("lost"));
    // Long lines fill the pipe and the buffer before it after some MiB.
    let path = format!("/{}", "x".repeat(24_000));
    for _ in 0..300 {
        assert!(server.get(&path).starts_with("HTTP/1.1 404 "));
    }
    assert!(server.get("/readyz").contains("log lines lost: "));
    let (told, tells) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(log).lines() {
            let _ = told.send(line.unwrap());
        }
    });
    let wait = std::time::Duration::from_secs(30);
    let mut lines = std::iter::from_fn(|| tells.recv_timeout(wait).ok());
    assert!(lines.any(|line| line.contains("lines of the log were lost")), "it is told");
    server.stop();
}

/// Everybody behind such a proxy would be one client, and wait for each other's guesses.
#[test]
fn a_proxy_that_nobody_declared_is_told_of_once_a_minute() {
    let data = repository();
    let mut server = Running::start(data.path(), &[], Stdio::piped());
    for _ in 0..3 {
        let request = "GET /readyz HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.1\r\nConnection: close\r\n\r\n";
        assert!(server.raw(request).starts_with("HTTP/1.1 200 "));
    }
    let mut log = server.child.stderr.take().unwrap();
    server.stop();
    let mut text = String::new();
    log.read_to_string(&mut text).unwrap();
    assert_eq!(text.matches("--trusted-proxy").count(), 1, "{text}");
}

#[test]
fn a_log_that_stalls_keeps_the_server_from_stopping_no_more_than_from_serving() {
    let data = repository();
    let mut server = Running::start(data.path(), &[], Stdio::piped());
    let path = format!("/{}", "x".repeat(24_000));
    for _ in 0..10 {
        server.get(&path);
    }
    server.stop();
}

#[test]
fn a_log_on_a_disk_without_room_costs_lines_and_no_answers() {
    let data = repository();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let mut server = Running::start(data.path(), &[], full.into());
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200 "));
    assert!(server.get("/readyz").contains("log lines lost: "));
    server.stop();
}

#[test]
fn every_refusal_has_a_line_and_an_id_though_no_request_could_be_read() {
    let data = repository();
    let mut server = Running::start(data.path(), &["--header-timeout-s", "1"], Stdio::piped());
    let long = format!("GET /{} HTTP/1.1\r\nHost: a\r\n", "x".repeat(40_000));
    let table = [
        ("nonsense\r\n\r\n".to_owned(), 400, "request-malformed"),
        ("\u{16}\u{3}\u{1}\u{2}\0\u{1}\0".to_owned(), 400, "request-malformed"),
        ("GET / HTTP/1.1\r\nHost: a\r\nno header\r\n\r\n".to_owned(), 400, "request-malformed"),
        (
            "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n".to_owned(),
            400,
            "request-malformed",
        ),
        (long, 431, "head-too-large"),
        ("GET / HTTP/1.1\r\nHost: a\r\n".to_owned(), 408, "too-slow"),
        ("GET / HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(), 400, "request-malformed"),
    ];
    let mut ids = Vec::new();
    for (bytes, status, code) in table {
        let mut stream = server.connect();
        stream.write_all(bytes.as_bytes()).unwrap();
        let answer = rest(&mut stream);
        is_problem(&answer, status, code);
        ids.push(header(&answer, "x-request-id").to_owned());
    }
    // After a good request on the same connection too, and only there.
    let two = server.raw("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n");
    assert_eq!(two.matches("HTTP/1.1 ").count(), 2, "{two}");
    let refused = &two[two.rfind("HTTP/1.1 ").unwrap()..];
    is_problem(refused, 400, "request-malformed");
    ids.push(header(refused, "x-request-id").to_owned());
    server.stop();
    let mut log = String::new();
    server.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    for id in ids {
        assert!(log.contains(&id), "{id}: {log}");
    }
}

#[test]
fn a_filter_that_is_misspelt_is_refused_by_name() {
    let data = repository();
    for filter in ["debgu", "cms_api=debgu", "cms_apy=debug"] {
        let serve = &["serve", "--listen", "127.0.0.1:0"];
        let (exit, text) = said(cms(data.path(), serve).env("CMS_LOG", filter));
        assert_eq!(exit, 2, "{filter}: {text}");
        assert!(text.contains("CMS_LOG"), "{filter}: {text}");
    }
}
