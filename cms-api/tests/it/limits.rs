//! Limits around the request: bodies that stall, clients that are refused while they send, or that go away.

use std::{io::Write, process::Stdio, sync::mpsc, time::Duration};

use axum::{body::Body, http::Request};
use cms_api::problem::{Code, Problem};

use crate::{
    running::{Running, is_problem, repository, rest},
    test_app::TestApp,
};

fn token(data: &std::path::Path) -> String {
    let note = std::fs::read(data.join("server.json")).unwrap();
    let note: serde_json::Value = serde_json::from_slice(&note).unwrap();
    note["token"].as_str().unwrap().to_owned()
}

#[test]
fn a_body_that_stalls_is_told_by_name_on_every_route() {
    let data = repository();
    let server = Running::start(data.path(), &["--body-timeout-s", "1"], Stdio::null());
    let bearer = format!("Authorization: Bearer {}\r\n", token(data.path()));
    std::thread::scope(|scope| {
        for (path, begin) in [
            ("/v1/score", "{"),
            ("/authoring/v1/commits", "{"),
            ("/authoring/v1/commands/stats", "{"),
            ("/authoring/v1/commands/import", ""),
            (
                "/authoring/v1/commands/import",
                "{\"cms\":\"import\",\"author\":\"a\",\"request\":{}}\n{",
            ),
            ("/authoring/v1/jobs/import", "{"),
        ] {
            let (server, bearer) = (&server, &bearer);
            scope.spawn(move || {
                let answer = server.raw(format!(
                    "POST {path} HTTP/1.1\r\nHost: a\r\n{bearer}If-Match: *\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{begin}"
                ));
                is_problem(&answer, 408, "too-slow");
            });
        }
    });
}

#[test]
fn a_refusal_reaches_a_client_that_is_still_sending() {
    let data = repository();
    let server = Running::start(data.path(), &[], Stdio::null());
    let mut stream = server.connect();
    let size_bytes = 24 << 20;
    let head = format!(
        "POST /authoring/v1/commands/import HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer wrong\r\nContent-Length: {size_bytes}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..size_bytes >> 20 {
        stream.write_all(&piece).expect("the server goes on taking");
    }
    is_problem(&rest(&mut stream), 401, "token-refused");
    // A head that is too large is refused before it is complete.
    let mut stream = server.connect();
    stream.write_all(b"GET / HTTP/1.1\r\nX: ").unwrap();
    for _ in 0..4 {
        stream.write_all(&piece).expect("the server goes on taking");
    }
    let refused = rest(&mut stream);
    is_problem(&refused, 431, "head-too-large");
    // It named no address yet; a page of another origin that asked for what is public may read why.
    assert!(refused.to_ascii_lowercase().contains("access-control-allow-origin: *"), "{refused}");
}

#[test]
fn a_body_that_announces_itself_as_too_large_is_refused_before_it_is_sent() {
    let data = repository();
    let server = Running::start(data.path(), &[], Stdio::null());
    let bearer = format!("Authorization: Bearer {}\r\n", token(data.path()));
    let draft = "/authoring/v1/drafts/00000000000000000000000000000000/entries/video/v";
    for (method, path) in [
        ("POST", "/v1/score"),
        ("POST", "/authoring/v1/commands/stats"),
        ("POST", "/authoring/v1/reviews"),
        ("POST", "/authoring/v1/commits"),
        ("PUT", draft),
    ] {
        // A client that waits to be told to continue is refused instead.
        let answer = server.raw(format!(
            "{method} {path} HTTP/1.1\r\nHost: a\r\n{bearer}If-Match: *\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n"
        ));
        assert!(answer.starts_with("HTTP/1.1 413 "), "{path}: {answer}");
        is_problem(&answer, 413, "body-too-large");
    }
}

#[test]
fn a_request_names_one_host() {
    let data = repository();
    let server = Running::start(data.path(), &[], Stdio::null());
    for (head, status) in [
        ("GET /healthz HTTP/1.1\r\nHost: a\r\n", 200),
        ("GET http://b/healthz HTTP/1.1\r\nHost: a\r\n", 200),
        ("GET /healthz HTTP/1.0\r\n", 200),
        ("GET /healthz HTTP/1.1\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: a\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost: a b\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nHost:\r\n", 400),
    ] {
        let answer = server.raw(format!("{head}Connection: close\r\n\r\n"));
        match status {
            400 => is_problem(&answer, 400, "request-malformed"),
            _ => assert!(
                answer.starts_with(&format!("HTTP/1.1 {status} "))
                    || answer.starts_with("HTTP/1.0 200"),
                "{head}: {answer}"
            ),
        }
    }
}

#[test]
fn a_body_has_one_end_whatever_a_request_says_of_its_length() {
    let data = repository();
    let server = Running::start(data.path(), &["--idle-timeout-s", "1"], Stdio::null());
    let smuggled = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    let head = "POST /v1/score HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";
    for lengths in [
        "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 2\r\nContent-Length: 9\r\n\r\n{}",
        "Content-Length: +2\r\n\r\n{}",
        "Content-Length: 2, 9\r\n\r\n{}",
        "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 2\r\n Content-Length: 9\r\n\r\n{}",
    ] {
        let mut stream = server.connect();
        stream.write_all(format!("{head}{lengths}{smuggled}").as_bytes()).unwrap();
        let answer = rest(&mut stream);
        assert!(answer.starts_with("HTTP/1.1 400 "), "{lengths:?}: {answer}");
        assert!(!answer.contains("HTTP/1.1 200"), "{lengths:?} let another request in: {answer}");
    }
}

#[tokio::test]
async fn reading_ends_when_nobody_waits_for_it_and_writing_goes_on() {
    let app = TestApp::own();
    let (ended, ends) = mpsc::channel();
    let reads = move |store: &cms_api::store::Store| -> Result<(), Problem> {
        loop {
            if let Err(error) = store.repository.channels() {
                let _ = ended.send(());
                return Err(error.into());
            }
        }
    };
    let looking = tokio::time::timeout(Duration::from_millis(100), app.app.look(reads));
    assert!(looking.await.is_err(), "it reads for ever");
    ends.recv_timeout(Duration::from_secs(30)).expect("it ends with its client");
    // A request that may write is not cut off.
    let (go_on, goes_on) = mpsc::channel::<()>();
    let (ended, ends) = mpsc::channel();
    let works = move |store: &cms_api::store::Store| {
        let _ = goes_on.recv();
        let _ = ended.send(store.repository.channels().is_ok());
        Ok(())
    };
    let working = tokio::time::timeout(Duration::from_millis(100), app.app.core(works));
    assert!(working.await.is_err(), "it waits");
    go_on.send(()).unwrap();
    assert!(ends.recv_timeout(Duration::from_secs(30)).expect("it ends"));
}

#[test]
fn a_probe_waits_for_nobody_elses_work() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    let app = TestApp::new();
    let (free, freed) = mpsc::channel::<()>();
    runtime.spawn_blocking(move || freed.recv());
    runtime.block_on(async {
        assert_eq!(app.get("/readyz").await.body, b"ready\n");
        let work = app.app.look(|_| Ok::<_, Problem>(()));
        let waits = tokio::time::timeout(Duration::from_millis(100), work);
        assert!(waits.await.is_err(), "all threads are taken");
        free.send(()).unwrap();
    });
}

#[tokio::test]
async fn a_head_that_is_too_large_is_a_problem_in_every_version() {
    let app = TestApp::new();
    let request = Request::get("/v1/channels/production").header("x", "x".repeat(40_000));
    let answer = app.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(
        (answer.status, answer.code()),
        (Code::HeadTooLarge.status(), "head-too-large".to_owned())
    );
}
