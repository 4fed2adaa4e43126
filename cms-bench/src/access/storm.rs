//! Row `sign_in_storm`: what learners wait for while fifty clients guess passwords, 200 times a second, next to the same
//! when nobody does.
//!
//! The server is a process of its own, with hashes that cost what they cost by default, and believes a proxy on the same
//! machine. Each client comes from a network of its own, and from other ones in each round, so that limits of attempts
//! end no storm before it was measured. Half of the guesses are for somebody who has an account.
//!
//! Storms and quiet take turns, and each side's reads are counted together, so that whatever else the machine does falls
//! on both.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use cms_core::access::Role;
use parking_lot::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::house;
use crate::{
    Plan,
    figure::{Figure, Rounds, ms, say, timed},
    silence::Server,
};

const CLIENTS: usize = 50;
const GUESSES_PER_S: usize = 200;
/// How long a storm is measured. No client makes as many guesses in it as a server lets it make.
const STORM: Duration = Duration::from_secs(3);
/// Learners who read at the same time, and how long each looks at what it got.
const LEARNERS: usize = 4;
const LOOK: Duration = Duration::from_millis(4);
const RATIO_MAX: f64 = 2.0;
const POINTER: &str = "/v1/channels/production";

pub(super) fn run(plan: &Plan) -> Result<()> {
    let folder = plan.folder.join("sign_in_storm");
    house::build(&folder)?;
    let data = folder.join("data");
    {
        let store = house::open(&data)?;
        house::let_in(&store, "root", Role::Administrator)?;
    }
    let server = Server::start_behind_proxy(&data)?;
    let address: SocketAddr = server.address.parse()?;
    let (mut stormy, mut quiet) = (Vec::new(), Vec::new());
    let mut answers = BTreeMap::new();
    // Once, so that nothing is done for the first time while it is measured.
    learners(address, Duration::from_millis(500))?;
    for round in 0..plan.rounds(10) {
        quiet.extend(learners(address, STORM)?);
        let (times, said) = storm(address, round)?;
        stormy.extend(times);
        for (status, count) in said {
            *answers.entry(status).or_insert(0_usize) += count;
        }
    }
    let guesses: usize = answers.values().sum();
    ensure!(guesses > 0 && answers.contains_key(&401), "nobody guessed: {answers:?}");
    say(format_args!("the guesses were answered with {answers:?}"));
    let (stormy, quiet) = (Rounds::given(stormy), Rounds::given(quiet));
    let (p99, in_quiet) = (stormy.at(0.99), quiet.at(0.99));
    let ratio = p99 / in_quiet;
    let mut figure = Figure::new("sign_in_storm", CLIENTS as u32, "ms", &Rounds::given(vec![p99]))
        .beside("p99 of the same reads in quiet", Some(in_quiet))
        .against(format!("p99 of learners' reads at most {RATIO_MAX}x"), Some(ratio <= RATIO_MAX));
    figure.note = format!(
        "p50 {:.2} ms beside {:.2} ms; {GUESSES_PER_S} wrong passwords/s, answered with {answers:?}",
        stormy.median(),
        quiet.median()
    );
    figure.print();
    Ok(())
}

/// The times of learners' reads for a while, in milliseconds.
fn learners(address: SocketAddr, time: Duration) -> Result<Vec<f64>> {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let reading: Vec<_> =
            (0..LEARNERS).map(|_| scope.spawn(|| learner(address, &is_over))).collect();
        thread::sleep(time);
        is_over.store(true, Ordering::Relaxed);
        let mut all = Vec::new();
        for learner in reading {
            all.extend(learner.join().expect("a learner panicked")?);
        }
        Ok(all)
    })
}

fn learner(address: SocketAddr, is_over: &AtomicBool) -> Result<Vec<f64>> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut stream = BufReader::new(stream);
    let mut times = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        let (read, time) = timed(|| read(&mut stream));
        read?;
        times.push(ms(time));
        thread::sleep(LOOK);
    }
    Ok(times)
}

fn read(stream: &mut BufReader<TcpStream>) -> Result<()> {
    let request = format!("GET {POINTER} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    stream.get_mut().write_all(request.as_bytes())?;
    let mut line = String::new();
    stream.read_line(&mut line)?;
    ensure!(line.starts_with("HTTP/1.1 200 "), "a learner gets {line:?}");
    let mut length = 0;
    loop {
        line.clear();
        stream.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse()?;
        }
    }
    let mut body = vec![0; length];
    Ok(stream.read_exact(&mut body)?)
}

/// The learners' times while passwords are guessed, and how often the guesses were answered with which status.
fn storm(address: SocketAddr, round: usize) -> Result<(Vec<f64>, BTreeMap<u16, usize>)> {
    let answers = Mutex::new(BTreeMap::new());
    let end = Instant::now() + STORM;
    thread::scope(|scope| {
        let guessing = scope.spawn(|| -> Result<()> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let every = Duration::from_secs(1) * CLIENTS as u32 / GUESSES_PER_S as u32;
                let clients = (0..CLIENTS).map(|client| {
                    let answers = &answers;
                    async move {
                        tokio::time::sleep(every * client as u32 / CLIENTS as u32).await;
                        client_guesses(address, round, client, end, every, answers).await
                    }
                });
                join_all(clients).await
            })
        });
        // The first moments, in which the queue fills, belong to the storm too.
        let times = learners(address, STORM);
        guessing.join().expect("a guesser panicked")?;
        Ok((times?, answers.lock().clone()))
    })
}

/// Waits for all of some futures on one thread.
async fn join_all<F: Future<Output = Result<()>>>(futures: impl Iterator<Item = F>) -> Result<()> {
    let mut all: Vec<_> = futures.map(|future| Some(Box::pin(future))).collect();
    std::future::poll_fn(|context| {
        for slot in &mut all {
            if let Some(future) = slot
                && let std::task::Poll::Ready(done) = future.as_mut().poll(context)
            {
                *slot = None;
                if done.is_err() {
                    return std::task::Poll::Ready(done);
                }
            }
        }
        if all.iter().all(Option::is_none) {
            return std::task::Poll::Ready(Ok(()));
        }
        std::task::Poll::Pending
    })
    .await
}

/// One client: a guess at its time, whether or not the one before was answered.
async fn client_guesses(
    address: SocketAddr,
    round: usize,
    client: usize,
    end: Instant,
    every: Duration,
    answers: &Mutex<BTreeMap<u16, usize>>,
) -> Result<()> {
    let from = Ipv4Addr::new(203, round as u8, client as u8, 1);
    let mut number = 0_usize;
    let mut due = Instant::now();
    let guesses = std::iter::from_fn(|| {
        (due < end).then(|| {
            let at = due;
            due += every;
            number += 1;
            let name = if number.is_multiple_of(2) {
                "root@example.org".to_owned()
            } else {
                format!("nobody-{round}-{client}-{number}@example.org")
            };
            async move {
                tokio::time::sleep_until(at.into()).await;
                let status = guess(address, from, &name, number).await?;
                *answers.lock().entry(status).or_default() += 1;
                Ok(())
            }
        })
    });
    join_all(guesses.collect::<Vec<_>>().into_iter()).await
}

async fn guess(address: SocketAddr, from: Ipv4Addr, name: &str, number: usize) -> Result<u16> {
    let mut stream = tokio::net::TcpStream::connect(address).await?;
    let body = serde_json::json!({ "name": name, "password": format!("wrong password {number}") });
    let body = body.to_string();
    let head = format!(
        "POST /authoring/v1/session HTTP/1.1\r\nHost: localhost\r\nOrigin: https://localhost\r\nX-Forwarded-For: {from}\r\nX-Forwarded-Proto: https\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer);
    Ok(answer.split(' ').nth(1).context("no status")?.parse()?)
}
