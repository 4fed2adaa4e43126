//! More than the server can do: what it answers it answers in time, others are told to come again, and it stays up. The
//! figures are printed; whether they are good depends on the machine.

use std::{
    convert::Infallible,
    fs,
    pin::Pin,
    process::Stdio,
    sync::Arc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::Request,
};
use cms_api::{
    edge::client::Peer,
    ground::{
        limits::{AUTHORS_AT_WORK_MAX, AUTHORS_WAITING_MAX},
        queue::Lane,
    },
};
use http_body_util::{BodyExt, Empty};
use hyper::{body::Frame, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::{io::AsyncWriteExt, net::TcpStream, task::JoinSet};

use crate::{
    cli::{filled, json as report},
    running::{Running, cms, repository},
    test_app::{Person, TOKEN, TestApp},
};

/// As many clients as twenty servers could work for at a time.
const CLIENTS: usize = 20 * AUTHORS_AT_WORK_MAX;
const DURATION: Duration = Duration::from_secs(4);

/// A connection on which one request after another is made.
struct Asking {
    sender: http1::SendRequest<Empty<Bytes>>,
}

impl Asking {
    async fn of(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        Self { sender }
    }

    /// The status of an answer, and whether its client is told when to come again.
    async fn ask(&mut self, path: &str) -> (u16, bool) {
        let request = Request::get(path).header("host", "a");
        let request = request.header("authorization", format!("Bearer {TOKEN}"));
        let request = request.body(Empty::new()).unwrap();
        let answer = self.sender.send_request(request).await.unwrap();
        let (head, body) = answer.into_parts();
        body.collect().await.unwrap();
        (head.status.as_u16(), head.headers.contains_key("retry-after"))
    }
}

async fn ask(address: &str, path: &str) -> u16 {
    Asking::of(address).await.ask(path).await.0
}

fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort();
    times.get(times.len() * percent / 100).copied().unwrap_or_default()
}

/// The most memory that a process has had, in MiB.
fn memory_mib(server: &Running) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.child.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() >> 10
}

/// Asks for one thing again and again until a time has come, and returns the statuses with how long each took.
async fn hammer(address: Arc<str>, path: Arc<str>, until: Instant) -> Vec<(u16, Duration)> {
    let mut asking = Asking::of(&address).await;
    let mut heard = Vec::new();
    while Instant::now() < until {
        let begin = Instant::now();
        let (status, tells) = asking.ask(&path).await;
        assert!(status == 200 || status == 503 && tells, "{status}");
        heard.push((status, begin.elapsed()));
    }
    heard
}

#[test]
fn a_server_that_is_asked_for_twenty_times_what_it_can_do_answers_in_time_or_says_when_to_come_again()
 {
    let data = filled();
    let mut command = cms(data.path(), &["serve", "--listen", "127.0.0.1:0"]);
    let server = Running::begin(command.env("CMS_TOKEN", TOKEN), Stdio::null());
    let channels = report(data.path(), &["channels"]);
    let snapshot = channels["channels"][0]["snapshot"].as_str().expect("a snapshot");
    let learners: Arc<str> = format!("/v1/snapshots/{snapshot}/en/entries?limit=50").into();
    let authors: Arc<str> = "/authoring/v1/entries?title=a&limit=500".into();
    let address: Arc<str> = server.address().into();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let before_mib = memory_mib(&server);
    let (authors, mut learners, mut probes) = runtime.block_on(async {
        let until = Instant::now() + DURATION;
        let hammer = |path: &Arc<str>| hammer(Arc::clone(&address), Arc::clone(path), until);
        let clients: JoinSet<_> = (0..CLIENTS).map(|_| hammer(&authors)).collect();
        let beside: JoinSet<_> = (0..4).map(|_| hammer(&learners)).collect();
        let mut probes = Vec::new();
        while Instant::now() < until {
            let begin = Instant::now();
            assert_eq!(ask(&address, "/healthz").await, 200, "a probe is answered");
            probes.push(begin.elapsed());
        }
        let (authors, learners) = tokio::join!(clients.join_all(), beside.join_all());
        (authors.concat(), learners.concat(), probes)
    });
    let of = |status| authors.iter().filter(move |(got, _)| *got == status).map(|(_, time)| *time);
    let (mut answered, mut shed): (Vec<_>, Vec<_>) = (of(200).collect(), of(503).collect());
    assert!(learners.iter().all(|(status, _)| *status == 200), "learners do not wait for authors");
    let mut read: Vec<_> = learners.drain(..).map(|(_, time)| time).collect();
    println!(
        "{CLIENTS} clients of authors for {DURATION:?}: {} answered, p50 {:?}, p99 {:?}; {} shed, p99 {:?}; 4 learners: {} answered, p50 {:?}, p99 {:?}; {} probes, p99 {:?}; memory {before_mib} -> {} MiB",
        answered.len(),
        percentile(&mut answered, 50),
        percentile(&mut answered, 99),
        shed.len(),
        percentile(&mut shed, 99),
        read.len(),
        percentile(&mut read, 50),
        percentile(&mut read, 99),
        probes.len(),
        percentile(&mut probes, 99),
        memory_mib(&server),
    );
    assert!(!answered.is_empty());
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200 "), "it goes on as before");
}

#[tokio::test]
async fn authors_who_come_when_too_many_wait_are_told_so_at_once_and_learners_are_answered() {
    let app = TestApp::new();
    let queue = app.app.queue().clone();
    let mut turns = Vec::new();
    for _ in 0..AUTHORS_AT_WORK_MAX {
        turns.push(queue.first(Lane::Authors).await.expect("a turn"));
    }
    let mut waiting = JoinSet::new();
    for _ in 0..AUTHORS_WAITING_MAX {
        let queue = queue.clone();
        waiting.spawn(async move { queue.first(Lane::Authors).await.map(|_| ()) });
        tokio::task::yield_now().await;
    }
    let ana = Person { app: &app, token: TOKEN.to_owned() };
    let refused = ana.gets("/authoring/v1/entries").await;
    assert_eq!((refused.status.as_u16(), &*refused.code()), (503, "server-full"));
    assert!((1..=4).contains(&refused.header("retry-after").parse::<u64>().unwrap()));
    assert_eq!(app.get("/v1/channels/production").await.status, 200);
    assert_eq!(app.get("/readyz").await.status, 200);
    drop(turns);
    assert!(waiting.join_all().await.iter().all(Result::is_ok), "those who waited had their turns");
    assert_eq!(ana.gets("/authoring/v1/entries").await.status, 200);
}

#[test]
fn stalled_connections_of_every_kind_take_nothing_from_those_that_ask() {
    let data = repository();
    let server = Running::start(data.path(), &[], Stdio::null());
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let address = server.address().to_owned();
    let asking = async |count: usize| {
        let mut times = Vec::new();
        for _ in 0..count {
            let begin = Instant::now();
            assert_eq!(ask(&address, "/v1/channels/production").await, 404);
            times.push(begin.elapsed());
        }
        times
    };
    runtime.block_on(async {
        let mut quiet = asking(300).await;
        let begins: [&[u8]; 6] = [
            b"",
            b"GET /",
            b"GET / HTTP/1.1\r\nHost: a\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"POST /v1/score HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n{",
            // A client that asks for much and reads nothing.
            b"GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\nGET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\nGET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n",
        ];
        let mut stalled = Vec::new();
        for number in 0..600 {
            let mut stream = TcpStream::connect(&address).await.unwrap();
            stream.write_all(begins[number % begins.len()]).await.unwrap();
            stalled.push(stream);
        }
        let mut beside = asking(300).await;
        println!(
            "alone p50 {:?} p99 {:?}; beside {} stalled connections p50 {:?} p99 {:?}",
            percentile(&mut quiet, 50),
            percentile(&mut quiet, 99),
            stalled.len(),
            percentile(&mut beside, 50),
            percentile(&mut beside, 99),
        );
    });
}

/// A body of which nothing more comes.
struct Stalled;

impl HttpBody for Stalled {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Pending
    }
}

#[tokio::test]
async fn a_client_has_only_so_many_requests_at_a_time_and_others_are_not_kept_waiting() {
    let app = TestApp::new().with_requests_per_client_max(2);
    let from = |address: &str, body: Body| {
        let mut request = Request::post("/v1/score")
            .header("content-type", "application/json")
            .body(body)
            .unwrap();
        let peer = Peer { address: Some(address.parse().unwrap()), is_encrypted: false };
        request.extensions_mut().insert(peer);
        app.send(request)
    };
    let stalled = || from("192.0.2.1", Body::new(Stalled));
    let others = async {
        let refused = from("192.0.2.1", Body::from("{}")).await;
        assert_eq!((refused.status.as_u16(), &*refused.code()), (429, "too-many"));
        assert_eq!(refused.header("retry-after"), "1");
        assert_eq!(from("192.0.2.2", Body::from("{}")).await.status, 400);
        // The machine's own programs are not counted.
        assert_eq!(from("127.0.0.1", Body::from("{}")).await.status, 400);
    };
    tokio::select! {
        biased;
        _ = async { tokio::join!(stalled(), stalled()) } => panic!("they are answered"),
        () = others => {}
    }
    assert_eq!(
        from("192.0.2.1", Body::from("{}")).await.status,
        400,
        "their places are free again"
    );
}

#[tokio::test]
async fn an_answer_that_does_not_begin_in_time_is_given_up() {
    let app = TestApp::new().with_request_timeout(Duration::from_millis(50));
    let request = Request::post("/v1/score").header("content-type", "application/json");
    let late = app.send(request.body(Body::new(Stalled)).unwrap()).await;
    assert_eq!((late.status.as_u16(), &*late.code()), (503, "outcome-unknown"));
    assert_eq!(app.get("/healthz").await.status, 200);
}
