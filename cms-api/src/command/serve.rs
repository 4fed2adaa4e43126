//! `cms serve`: delivery, the admin page and the verbs over HTTP, until told to stop.
//!
//! Invariants:
//! 1. The data directory's note is there only while the server answers.
//! 2. Told to stop, the server takes no more connections, ends what is in flight, and closes the
//!    store; what takes longer than its time is cut.

use std::{
    io::{IsTerminal, Write},
    net::SocketAddr,
    path::Path,
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    http::{HeaderName, Request},
};
use cms_core::repo::RepositoryOptions;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    signal::unix::{Signal, SignalKind, signal},
    sync::Semaphore,
};
use tower::ServiceExt;
use tracing_subscriber::EnvFilter;

use crate::{
    app::{App, AppSettings},
    background::{scheduler, teller, upkeep},
    config::{LogFormat, ServeConfig},
    edge::{
        access::Token,
        problem::{Code, Problem},
        rate::Peer,
        stall::Stallable,
    },
    jobs, moment,
    router::{RouterSettings, router},
    store::{self, ServerNote},
};

/// Largest head of a request, in bytes.
const HEAD_SIZE_BYTES_MAX: usize = 32 << 10;
/// Most requests of one HTTP/2 connection at a time.
const STREAMS_MAX: u32 = 128;

/// Begins the log on standard error.
pub fn init_logs(verbose: u8, format: LogFormat, level: &str) {
    let level = match verbose {
        0 => level,
        1 => "debug",
        _ => "trace",
    };
    // The libraries below are quieter by a step than this program.
    let filter = EnvFilter::try_from_env("CMS_LOG")
        .unwrap_or_else(|_| EnvFilter::new(format!("warn,cms_api={level},cms_core={level}")));
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_writer(std::io::stderr);
    // A second call, in tests, changes nothing.
    let _ = match format {
        LogFormat::Text => logs.with_ansi(std::io::stderr().is_terminal()).try_init(),
        LogFormat::Json => logs.json().flatten_event(true).try_init(),
    };
}

/// Serves a data directory.
///
/// # Errors
/// A problem when the store or the address can't be had.
pub fn execute(data: &Path, config: ServeConfig, token: Option<String>) -> Result<(), Problem> {
    let options =
        RepositoryOptions { node_cache_size_bytes: config.node_cache_size_bytes as u64 / 2 };
    let store = store::open(data, options, store::WRITE).map_err(|problem| held(problem, data))?;
    let token = match token {
        Some(token) => token,
        None => Token::generate().map_err(Problem::internal)?,
    };
    let spool = data.join("spool");
    // Media of imports that a killed server left.
    let _ = std::fs::remove_dir_all(&spool);
    std::fs::create_dir_all(&spool).map_err(|error| Problem::io(spool.display(), &error))?;
    let header = config.client_address_header.as_deref().map(HeaderName::try_from).transpose();
    let client_address_header = header.map_err(|_| {
        Problem::new(Code::RequestMalformed, "client_address_header is not the name of a header")
    })?;
    let settings = AppSettings {
        check_after_s: config.check_after_s,
        spool,
        clock: moment::now_ms,
        attempts_per_s: config.attempts_per_s,
        client_address_header,
    };
    let writes = store.local.as_ref().is_none_or(|local| match local.refusal() {
        Some(why) => {
            tracing::error!(%why, "what is whole is served; nothing is written until somebody decides (cms salvage)");
            false
        }
        None => true,
    });
    let left = if writes { jobs::interrupt_left(&store.repository, moment::now_ms())? } else { 0 };
    if left > 0 {
        tracing::warn!(jobs = left, "an earlier process left jobs, which are told as interrupted");
    }
    let app = App::new(store, Token::new(&token), settings);
    let routes = RouterSettings { admin: config.admin, body_timeout: config.body_timeout };
    let router = router(app.clone(), routes);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(64)
        .build()
        .map_err(Problem::internal)?;
    runtime.block_on(async {
        let stop = Stop::listen().map_err(Problem::internal)?;
        let listener = TcpListener::bind(config.listen)
            .await
            .map_err(|error| Problem::io(format!("listening on {}", config.listen), &error))?;
        let address = listener.local_addr().map_err(Problem::internal)?;
        let url = format!("http://{}", reachable(address));
        let note = ServerNote { url: url.clone(), token, pid: std::process::id() };
        let posted = store::post_note(data, &note)
            .map_err(|error| Problem::io("the server's note", &error))?;
        tracing::info!(%url, admin = config.admin, data = %data.display(), "serving");
        // What is told begins before the first request is answered.
        if writes && let Err(problem) = teller::look(&app).await {
            tracing::warn!(code = problem.code.word(), detail = problem.detail, "notices wait");
        }
        announce(&url, config.admin);
        if writes {
            tokio::spawn(upkeep::run(app.clone()));
            tokio::spawn(scheduler::run(app.clone()));
            tokio::spawn(teller::run(app.clone()));
        }
        accept(listener, router, &config, stop, &app).await;
        drop(posted);
        Ok::<(), Problem>(())
    })?;
    // Blocking calls that are cut would hold the store open: they get a moment, then the process ends.
    runtime.shutdown_timeout(Duration::from_secs(5));
    tracing::info!("stopped");
    Ok(())
}

fn held(problem: Problem, data: &Path) -> Problem {
    if problem.code != Code::StoreInUse {
        return problem;
    }
    let holder = problem.members.get("holder").and_then(serde_json::Value::as_str);
    match store::server_note(data, holder.unwrap_or_default()) {
        Some(note) => {
            let detail = format!(
                "{} is served already by process {} at {}",
                data.display(),
                note.pid,
                note.url
            );
            Problem::new(Code::StoreInUse, detail)
        }
        None => problem,
    }
}

/// Where a client on this machine reaches the listener.
fn reachable(address: SocketAddr) -> SocketAddr {
    let mut reachable = address;
    if address.ip().is_unspecified() {
        reachable.set_ip(match address {
            SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    reachable
}

fn announce(url: &str, admin: bool) {
    let page = if admin { format!("  what is published   {url}/admin/\n") } else { String::new() };
    let text = format!("serving {url}\n{page}  the API             {url}/docs/\n");
    // Nobody may be reading; the log has it too.
    let mut out = std::io::stdout();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// The signals that end the server. Listened for before anyone is told that it is there, so that
/// being told to stop at once is a clean stop too.
struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn told(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

async fn accept(
    listener: TcpListener,
    router: Router,
    config: &ServeConfig,
    mut stop: Stop,
    app: &App,
) {
    let mut server = auto::Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(config.header_timeout)
        .max_buf_size(HEAD_SIZE_BYTES_MAX)
        .half_close(false);
    server
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(HEAD_SIZE_BYTES_MAX as u32)
        .max_concurrent_streams(STREAMS_MAX)
        .keep_alive_interval(Some(config.header_timeout))
        .keep_alive_timeout(config.header_timeout);
    let (server, graceful) = (Arc::new(server), GracefulShutdown::new());
    let places = Arc::new(Semaphore::new(config.connections_max));
    loop {
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place.expect("never closed"),
            () = stop.told() => break,
        };
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    // Out of file descriptors, most likely: others must end first.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = stop.told() => break,
        };
        let _ = stream.set_nodelay(true);
        let told = move |mut request: Request<_>| {
            request.extensions_mut().insert(Peer(peer.ip()));
            request
        };
        let service = TowerToHyperService::new(router.clone().map_request(told));
        let stream: TokioIo<Stallable<TcpStream>> =
            TokioIo::new(Stallable::new(stream, config.write_timeout));
        let connection = server.serve_connection(stream, service).into_owned();
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    tracing::info!("stopping: requests in flight may end");
    app.stop();
    let drained = async { tokio::join!(graceful.shutdown(), app.jobs().drained()) };
    if tokio::time::timeout(config.drain_timeout, drained).await.is_err() {
        tracing::warn!("some requests took too long and were cut");
    }
}
