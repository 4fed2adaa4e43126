//! Row `signed_in_read`: an entry as a signed-in author reads it, next to the same server without any check.
//!
//! Both servers are in this process, over one store, each with a connection that stays open. They are asked in turns, so
//! that whatever else the machine does falls on both.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use axum::Router;
use cms_api::{
    app::{App, AppSettings},
    edge::access::{Caller, Token},
    ground::moment,
    router::{RouterSettings, router, unguarded},
    store::Store,
};
use cms_core::access::Role;

use super::house;
use crate::{
    Plan,
    figure::{Figure, Rounds, timed},
};

const ENTRY: &str = "/authoring/v1/entries/lesson/equal-parts";
const RATIO_MAX: f64 = 1.15;
/// Reads in one turn.
const TURN: usize = 50;
/// People besides the one who reads.
const OTHERS: usize = 200;

pub(super) fn run(plan: &Plan) -> Result<()> {
    let folder = plan.folder.join("signed_in_read");
    house::build(&folder)?;
    let store = house::open(&folder.join("data"))?;
    let root = house::let_in(&store, "root", Role::Administrator)?;
    for number in 0..OTHERS {
        house::let_in(&store, &format!("reader-{number}"), Role::Viewer)?;
    }
    let ana = house::let_in(&store, "ana", Role::Author)?;
    let (cookie, of_root) = (house::sign_in(&store, &ana)?, house::sign_in(&store, &root)?);
    ensure!(cookie != of_root, "two sessions are one");
    let settings = RouterSettings {
        admin: false,
        body_timeout: Duration::from_secs(5),
        request_timeout: Duration::from_secs(60),
    };
    let rules = store.repository.rules()?;
    let checked = router(app(&store), settings);
    let open = unguarded(app(&store), settings, Caller::machine(rules));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let mut checked = Asker::of(&runtime, checked, Some(&cookie))?;
    let mut open = Asker::of(&runtime, open, None)?;
    ensure!(
        Asker::of(&runtime, router(app(&store), settings), None)?.status()? == 401,
        "it is open"
    );
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    checked.turn()?;
    open.turn()?;
    for _ in 0..plan.rounds(120) {
        ours.extend(checked.turn()?);
        peers.extend(open.turn()?);
    }
    let (ours, peers) = (Rounds::given(ours), Rounds::given(peers));
    let ratio = ours.median() / peers.median();
    let mut figure = Figure::new("signed_in_read", OTHERS as u32 + 2, "us", &ours)
        .beside("the same read with the checks compiled out", Some(peers.median()))
        .against(format!("at most {RATIO_MAX}x"), Some(ratio <= RATIO_MAX));
    figure.note = format!(
        "p99 {:.0} us beside {:.0} us; {} reads of each",
        ours.at(0.99),
        peers.at(0.99),
        plan.rounds(120) * TURN
    );
    figure.print();
    Ok(())
}

fn app(store: &Store) -> App {
    let settings = AppSettings {
        check_after_s: 60,
        spool: std::env::temp_dir(),
        clock: moment::now_ms,
        attempts_per_s: None,
        proxies: Default::default(),
        fetch_allowed: Default::default(),
        requests_per_client_max: None,
        signing: Default::default(),
    };
    App::new(store.clone(), Token::new("nobody knows this one"), settings)
}

/// A connection to a server, with a request that is made again and again.
struct Asker {
    stream: BufReader<TcpStream>,
    request: String,
}

impl Asker {
    fn of(runtime: &tokio::runtime::Runtime, router: Router, cookie: Option<&str>) -> Result<Self> {
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
        let address: SocketAddr = listener.local_addr()?;
        runtime.spawn(async move { axum::serve(listener, router).await });
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let cookie = cookie.map(|value| format!("Cookie: cms_session={value}\r\n"));
        let cookie = cookie.unwrap_or_default();
        let request = format!("GET {ENTRY} HTTP/1.1\r\nHost: localhost\r\n{cookie}\r\n");
        Ok(Self { stream: BufReader::new(stream), request })
    }

    fn status(&mut self) -> Result<u16> {
        self.stream.get_mut().write_all(self.request.as_bytes())?;
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).context("no status")?.parse()?;
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            let Some((name, value)) = line.split_once(':') else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        ensure!(length > 0, "an answer without a length");
        Ok(status)
    }

    /// The times of one turn, in microseconds.
    fn turn(&mut self) -> Result<Vec<f64>> {
        (0..TURN)
            .map(|_| {
                let (status, time) = timed(|| self.status());
                let status = status?;
                ensure!(status == 200, "the entry is answered with {status}");
                Ok(time.as_secs_f64() * 1e6)
            })
            .collect()
    }
}
