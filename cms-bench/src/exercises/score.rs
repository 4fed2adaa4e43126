//! `POST /v1/score` over HTTP: the course of `fixtures/`, published without its answers, and attempts at its items.
//!
//! Client and server share the machine's cores. The client sends requests that were made beforehand and reads only the
//! length of an answer, so that little of the time is its own.

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use cms_api::{
    ground::{authorship::fresh_operation, moment},
    store::{Store, seeds},
};
use cms_core::{
    engine::memory::MemoryEngine,
    model::{
        key::{EntryKey, Kind},
        name::Person,
    },
    repo::{NewRepository, PublishRequest, Repository, RepositoryOptions, Stamp},
};
use serde_json::{Value, json};

use super::at;
use crate::{
    Plan,
    day::site::{self, Site},
    figure::{Figure, Rounds, ms},
};

const COURSE: &str = "fixtures/fractions";
const CONNECTIONS: usize = 8;
const ROUND: Duration = Duration::from_secs(2);

/// Time per attempt, one after the other, and attempts per second over several connections.
pub(super) fn run(plan: &Plan) -> Result<()> {
    let spool = std::env::temp_dir();
    let store = course()?;
    let requests = Arc::new(requests(&store)?);
    let site = Site::open(store, &spool)?;
    let address = site.base().trim_start_matches("http://").to_owned();
    let mut alone = Connection::open(&address)?;
    // Contexts of Perseus are made during the first calls.
    for request in requests.iter().cycle().take(4 * requests.len()) {
        alone.ask(request)?;
    }
    let p50 = Rounds::of(plan, 5, || {
        let mut times_ms = Vec::new();
        for request in requests.iter() {
            let start = Instant::now();
            alone.ask(request)?;
            times_ms.push(ms(start.elapsed()));
        }
        Ok(at(&mut times_ms, 0.5))
    })?;
    let rates = Rounds::of(plan, 5, || rate(&address, &requests))?;
    let (time_ms, per_s) = (p50.median(), rates.median());
    let figure = Figure::new("score", requests.len() as u32, "ms", &p50);
    let target = "p50 at most 2 ms, at least 2,000 requests/s on 2 cores";
    let figure = figure.against(target.to_owned(), Some(time_ms <= 2.0 && per_s >= 2_000.0));
    let note = format!(
        "{per_s:.0} requests/s over {CONNECTIONS} connections, the client on the same cores"
    );
    Figure { note, sync: "none", ..figure }.print();
    Ok(())
}

/// The course, published without its answers.
fn course() -> Result<Store> {
    let stamp = || Stamp {
        author: Person::recorded("bench"),
        time_ms: moment::now_ms(),
        message: String::new(),
        operation: fresh_operation(),
        holder: cms_core::access::Holder::Machine,
        origin: cms_core::repo::Origin::default(),
    };
    let new = NewRepository {
        salt: [7; 32],
        secret: [8; 32],
        source_locale: "en".parse()?,
        schemas: seeds::kinds(),
        stamp: stamp(),
    };
    let engine: Arc<MemoryEngine> = Arc::new(MemoryEngine::new());
    Repository::create(Arc::clone(&engine) as _, new)?;
    let store = Store::over(engine, RepositoryOptions::default())?;
    site::import(&store, Path::new(COURSE))?;
    store.repository.channel(&"production".parse()?)?.publish(&PublishRequest {
        target: None,
        only: Vec::new(),
        strict: true,
        may_empty: false,
        plan: None,
        stamp: stamp(),
    })?;
    Ok(store)
}

/// An attempt at every item of the course, as the bytes of a request.
fn requests(store: &Store) -> Result<Vec<Vec<u8>>> {
    let repository = &store.repository;
    let head =
        repository.delivery().channel_head(&"production".parse()?)?.context("it was published")?;
    let snapshot = repository.delivery().snapshot(head.snapshot)?.context("it is there")?;
    let kind: Kind = "exercise".parse()?;
    let page = repository.delivery().delivered_page(&snapshot, None, Some(&kind), None, 500)?;
    let mut requests = Vec::new();
    for (key, row) in page.rows {
        let key: EntryKey = key;
        let object =
            repository.delivery().object(row.object.object_id())?.context("it is there")?;
        let document: Value = serde_json::from_slice(object.bytes())?;
        for item in document["document"]["items"].as_array().context(key.to_string())? {
            let attempt = json!({
                "object": row.object, "item": item["id"], "input": input(&item["question"]),
            });
            let body = attempt.to_string();
            requests.push(
                format!(
                    "POST /v1/score HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                    body.len()
                )
                .into_bytes(),
            );
        }
    }
    ensure!(!requests.is_empty(), "the course has no items");
    Ok(requests)
}

/// An input into the widgets whose inputs are plain; the others stay empty.
fn input(question: &Value) -> Value {
    let widgets = question["widgets"].as_object();
    let entered = widgets.into_iter().flatten().filter_map(|(name, widget)| {
        let entered = match widget["type"].as_str()? {
            "numeric-input" | "input-number" => json!({"currentValue": "3/4"}),
            "expression" => json!("x+1"),
            "dropdown" => json!({"value": 1}),
            "radio" => json!({"selectedChoiceIds": [widget["options"]["choices"][0]["id"]]}),
            _ => return None,
        };
        Some((name.clone(), entered))
    });
    Value::Object(entered.collect())
}

fn rate(address: &str, requests: &Arc<Vec<Vec<u8>>>) -> Result<f64> {
    let over = Arc::new(AtomicBool::new(false));
    let threads: Vec<_> = (0..CONNECTIONS)
        .map(|number| {
            let (over, requests) = (Arc::clone(&over), Arc::clone(requests));
            let mut connection = Connection::open(address)?;
            Ok(thread::spawn(move || -> Result<u64> {
                let mut count = 0;
                let from = number * requests.len() / CONNECTIONS;
                for request in requests.iter().cycle().skip(from) {
                    if over.load(Ordering::Relaxed) {
                        break;
                    }
                    connection.ask(request)?;
                    count += 1;
                }
                Ok(count)
            }))
        })
        .collect::<Result<_>>()?;
    let start = Instant::now();
    thread::sleep(ROUND);
    over.store(true, Ordering::Relaxed);
    let mut count = 0;
    for thread in threads {
        count += thread.join().expect("a client does not panic")?;
    }
    Ok(count as f64 / start.elapsed().as_secs_f64())
}

/// A connection that stays open.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; 64 << 10] })
    }

    /// Sends a request and waits for the whole answer, which must be a score.
    fn ask(&mut self, request: &[u8]) -> Result<()> {
        self.stream.write_all(request)?;
        let mut filled = 0;
        loop {
            let count = self.stream.read(&mut self.buffer[filled..])?;
            ensure!(count > 0, "the server closed the connection");
            filled += count;
            let answer = std::str::from_utf8(&self.buffer[..filled])?;
            let Some((head, body)) = answer.split_once("\r\n\r\n") else { continue };
            ensure!(head.starts_with("HTTP/1.1 200"), "{answer}");
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.context("an answer tells its length")?.parse::<usize>()? {
                return Ok(());
            }
        }
    }
}
