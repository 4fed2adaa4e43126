//! The command line and a server: which server it asks, what it hears, how long it waits.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::net::UnixListener,
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    cli::{Server, cms, exit, filled, json},
    ending::{documents, program, signal},
};

/// The note that the server of a data directory leaves there.
fn note(data: &Path) -> Value {
    serde_json::from_slice(&fs::read(data.join("server.json")).unwrap()).unwrap()
}

/// A server that answers as a test wants: the function gets each request's first line, and the connection after its
/// head.
pub(crate) fn pretend(answer: impl Fn(&str, &mut TcpStream) + Send + Clone + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, answer) = (stream.unwrap(), answer.clone());
            thread::spawn(move || {
                let mut reader = BufReader::with_capacity(1, stream.try_clone().unwrap());
                let mut first = String::new();
                let _ = reader.read_line(&mut first);
                let mut line = String::new();
                while reader.read_line(&mut line).is_ok_and(|size| size > 2) {
                    line.clear();
                }
                answer(&first, &mut stream);
            });
        }
    });
    url
}

/// Writes a whole answer to a connection.
pub(crate) fn answered(stream: &mut TcpStream, status: &str, body: &str) {
    let size = body.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n");
    let _ = stream.write_all(format!("{head}{body}").as_bytes());
}

#[test]
fn no_proxy_is_shown_a_token() {
    let data = filled();
    let server = Server::start(data.path());
    let note = note(data.path());
    let (url, token) = (note["url"].as_str().unwrap(), note["token"].as_str().unwrap());
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap();
    proxy.set_nonblocking(true).unwrap();
    let address = format!("http://{}", proxy.local_addr().unwrap());
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"] {
        let by_note = ["channels", "--data", data.path().to_str().unwrap()];
        let by_name = ["channels", "--server", url, "--token", token];
        for arguments in [&by_note[..], &by_name] {
            let output = program(arguments).env(name, &address).output().unwrap();
            assert_eq!(exit(&output), 0, "{name}: {output:?}");
        }
    }
    assert!(proxy.accept().is_err(), "nobody asked the proxy");
    server.stop();
}

#[test]
fn an_empty_token_is_none() {
    let data = filled();
    let mut server = program(&["serve", "--listen", "127.0.0.1:0", "--token", "", "--data"])
        .arg(data.path())
        .env("CMS_LOG", "error")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let note = note(data.path());
    let (url, token) = (note["url"].as_str().unwrap(), note["token"].as_str().unwrap());
    assert!(token.starts_with("cms_") && token.len() == 68, "a random one: {token}");
    for empty in [&["--token", ""][..], &["--token", " "], &[]] {
        let output = program(&["channels", "--server", url])
            .args(empty)
            .env("CMS_TOKEN", "")
            .output()
            .unwrap();
        assert_eq!(exit(&output), 6, "{empty:?}");
    }
    // On this machine the server's own note holds the token.
    assert_eq!(exit(&cms(data.path(), &["--token", "", "channels"])), 0);
    let odd = program(&["channels", "--server", url, "--token", "a\nb"]).output().unwrap();
    assert_eq!(exit(&odd), 2);
    signal("TERM", server.id());
    assert!(server.wait().unwrap().success());
}

#[test]
fn a_refusal_is_heard_while_much_is_still_to_be_sent() {
    let data = filled();
    let server = Server::start(data.path());
    let url = note(data.path())["url"].as_str().unwrap().to_owned();
    let work = tempfile::tempdir().unwrap();
    let lines = work.path().join("many.ndjson");
    let line = format!("{{\"key\":\"video/x\",\"document\":\"{}\"}}\n", "x".repeat(1 << 16));
    fs::write(&lines, line.repeat(500)).unwrap();
    let lines = lines.to_str().unwrap();
    for _ in 0..3 {
        let wrong = ["--json", "import", "--server", &url, "--token", "wrong", lines];
        let output = program(&wrong).output().unwrap();
        assert_eq!(exit(&output), 6, "{output:?}");
        assert_eq!(documents(&output.stdout)[0]["code"], "token-refused");
    }
    server.stop();
    // Servers and what is in front of them refuse in other ways too, and hang up on clients that are still sending.
    for (status, body, code, word) in [
        ("507 Insufficient Storage", r#"{"code":"store-full"}"#, 5, "store-full"),
        ("507 Insufficient Storage", "<html>", 5, "store-full"),
        ("401 Unauthorized", "<html>", 6, "token-refused"),
        ("413 Content Too Large", "<html>", 2, "body-too-large"),
        ("502 Bad Gateway", "<html>", 5, "server-unavailable"),
    ] {
        let url = pretend(move |_, stream| {
            let mut some = [0; 4096];
            let _ = stream.read(&mut some);
            answered(stream, status, body);
        });
        let output = program(&["--json", "import", "--server", &url, lines]).output().unwrap();
        assert_eq!(exit(&output), code, "{status}: {output:?}");
        assert_eq!(documents(&output.stdout)[0]["code"], word, "{status}");
    }
}

#[test]
fn an_input_that_can_not_be_read_is_no_fault_of_the_server() {
    let data = filled();
    let server = Server::start(data.path());
    let work = tempfile::tempdir().unwrap();
    let cut = work.path().join("cut.ndjson.gz");
    let whole = cms(data.path(), &["export", "-o", cut.to_str().unwrap()]);
    assert_eq!(exit(&whole), 0);
    let bytes = fs::read(&cut).unwrap();
    fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let there = cms(data.path(), &["import", cut.to_str().unwrap()]);
    server.stop();
    let here = cms(data.path(), &["import", cut.to_str().unwrap()]);
    assert_eq!((exit(&there), exit(&here)), (7, 7), "{there:?} {here:?}");
}

#[test]
fn a_frozen_server_is_told_after_the_time_that_was_set() {
    let data = filled();
    let server = Server::start(data.path());
    signal("STOP", server.child.id());
    let began = Instant::now();
    let output = cms(data.path(), &["--json", "--timeout-s", "2", "channels"]);
    assert_eq!(exit(&output), 5, "{output:?}");
    let problem = &documents(&output.stdout)[0];
    assert_eq!(problem["code"], "server-unavailable");
    assert!(problem["detail"].as_str().unwrap().contains("no sign of life"), "{problem}");
    // A change may have been made by the time at which the server goes on.
    let output = cms(data.path(), &["--json", "--timeout-s", "2", "publish"]);
    assert_eq!(exit(&output), 5, "{output:?}");
    assert_eq!(documents(&output.stdout)[0]["code"], "outcome-unknown");
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    signal("CONT", server.child.id());
    assert!(json(data.path(), &["channels"])["channels"].is_array());
    server.stop();
}

#[test]
fn a_server_at_a_socket_of_the_file_system_is_asked_there() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("cms.sock");
    let listener = UnixListener::bind(&path).unwrap();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut first = String::new();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        reader.read_line(&mut first).unwrap();
        let body = r#"{"channels":[]}"#;
        let size = body.len();
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n");
        stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        first
    });
    let url = format!("unix:{}", path.display());
    let output = program(&["--json", "channels", "--server", &url]).output().unwrap();
    assert_eq!(exit(&output), 0, "{output:?}");
    let asked = server.join().unwrap();
    assert!(asked.starts_with("POST /authoring/v1/commands/channels "), "{asked}");
}

#[test]
fn a_server_that_works_for_long_is_waited_for_as_long_as_it_lives() {
    // It answers once it has been asked three times whether it lives: after one and a half times the limit.
    let (asked, lives) = mpsc::channel();
    let lives = Arc::new(Mutex::new(lives));
    let url = pretend(move |first, stream| {
        if first.starts_with("GET /healthz") {
            asked.send(()).unwrap();
            return answered(stream, "200 OK", "ok\n");
        }
        for () in lives.lock().unwrap().iter().take(3) {}
        answered(stream, "200 OK", r#"{"channels":[]}"#);
    });
    let began = Instant::now();
    let output =
        program(&["--json", "--timeout-s", "2", "channels", "--server", &url]).output().unwrap();
    assert_eq!(exit(&output), 0, "{output:?}");
    assert!(began.elapsed() > Duration::from_secs(2), "{:?}", began.elapsed());
}
