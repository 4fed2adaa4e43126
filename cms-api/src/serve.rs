//! `cms serve`: delivery, the admin page and the verbs over HTTP, until told to stop.
//!
//! Invariants:
//! 1. The note in the data directory exists only while the server answers.
//! 2. When it is told to stop, the server takes no more connections, ends what is in flight, and closes the store; what
//!    takes too long is cut.

pub mod listen;

mod connection;
mod room;
mod stall;
mod stream;
mod tls;
mod wire;

use std::{future::poll_fn, path::Path, sync::Arc, time::Duration};

use cms_core::{engine::local::Access, model::name::Person, repo::RepositoryOptions};
use serde_json::json;
use signal_hook::consts::SIGHUP;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::{
    app::{App, AppSettings},
    background::{notifier, scheduler, sealer, upkeep},
    edge::{
        access::Token,
        client::{Peer, Proxies},
    },
    ground::{authorship::Authorship, limits::BLOCKING_THREADS_MAX, moment, secret},
    jobs,
    problem::{Code, Problem},
    process::{
        config::{ServeConfig, listen::UNIX},
        stdout, stop,
    },
    router::{RouterSettings, code_ahead, router},
    store::{self, ServerNote},
    verbs::admin::link,
};
use connection::{Connection, Serving};
use listen::{Accepted, Listeners};
use room::Room;
use stream::Stream;
use tls::Tls;
use wire::Talk;

/// Serves a data directory.
///
/// # Errors
/// A problem when the store or the address can't be opened.
pub fn execute(data: &Path, config: ServeConfig, token: Option<String>) -> Result<(), Problem> {
    let connections_max = room::connections_max(&config)?;
    let tls = config.tls.clone().map(Tls::of).transpose()?;
    let options =
        RepositoryOptions { node_cache_size_bytes: config.node_cache_size_bytes as u64 / 2 };
    let store = store::open(data, options, Access::Write).map_err(|problem| held(problem, data))?;
    let token = match token {
        Some(token) => token,
        None => secret::fresh(secret::TOKEN).map_err(Problem::internal)?,
    };
    let spool = data.join("spool");
    // A killed server may have left media of imports.
    let _ = std::fs::remove_dir_all(&spool);
    std::fs::create_dir_all(&spool).map_err(|error| Problem::io(spool.display(), &error))?;
    let settings = AppSettings {
        check_after_s: config.check_after_s,
        spool,
        clock: moment::now_ms,
        attempts_per_s: config.attempts_per_s,
        proxies: Proxies::new(config.proxies.clone()),
        fetch_allowed: config.fetch_allowed.clone(),
        requests_per_client_max: config.requests_per_client_max,
        signing: config.signing.clone(),
    };
    let writes = store.local.as_ref().is_none_or(|local| match local.refusal() {
        Some(why) => {
            tracing::error!(%why, "what is whole is served; nothing is written until somebody decides (cms salvage)");
            false
        }
        None => true,
    });
    let left = if writes { jobs::interrupt_left(&store.repository, moment::now_ms())? } else { 0 };
    if writes {
        sealer::begin(&store, moment::now_ms())?;
    }
    if left > 0 {
        tracing::warn!(
            jobs = left,
            "an earlier process left jobs, which are marked as interrupted"
        );
    }
    let app = App::new(store, Token::new(&token), settings);
    let routes = RouterSettings {
        admin: config.admin,
        body_timeout: config.body_timeout,
        request_timeout: config.request_timeout,
    };
    let router = router(app.clone(), routes);
    // Nobody waits for this; a body that is requested before it is coded is coded then.
    std::thread::Builder::new()
        .name("coding".to_owned())
        .spawn(code_ahead)
        .map_err(|error| Problem::io("a thread", &error))?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(BLOCKING_THREADS_MAX)
        .build()
        .map_err(Problem::internal)?;
    runtime.block_on(async {
        let stop = Stop::listen().map_err(Problem::internal)?;
        let mut listeners = Listeners::bind(&config.listen).await?;
        if tls.is_some() {
            listeners = listeners.encrypted(data)?;
        }
        let url = listeners.url().to_owned();
        let inside = listeners.inside().to_owned();
        let note = ServerNote { url: inside, token, pid: std::process::id() };
        let posted = store::post_note(data, &note)
            .map_err(|error| Problem::io("the server's note", &error))?;
        tracing::info!(%url, admin = config.admin, data = %data.display(), "serving");
        // Notices begin before the first request is answered.
        if writes && let Err(problem) = notifier::look(&app).await {
            tracing::warn!(code = problem.code.word(), detail = problem.detail, "notices wait");
        }
        app.signing().heard_at(&url);
        let welcome = if writes { welcome(&app)? } else { None };
        announce(&url, config.admin, welcome.as_deref());
        if writes {
            tokio::spawn(upkeep::run(app.clone()));
            tokio::spawn(scheduler::run(app.clone()));
            tokio::spawn(sealer::run(app.clone()));
            tokio::spawn(notifier::run(app.clone()));
        }
        let serving = Serving::new(router, &config, tls.as_ref().map(Tls::config));
        if let Some(tls) = tls {
            tokio::spawn(tls.watch());
        }
        accept(listeners, connections_max, serving, &config, stop, &app).await;
        if writes {
            sealer::end(&app).await;
        }
        drop(posted);
        Ok::<(), Problem>(())
    })?;
    // Blocking calls would hold the store open: they get a moment, and then the process ends.
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

/// The one-time link that makes the first administrator, where there is none. Nobody else can make one from outside, so it
/// is printed where only whoever started the server reads it.
fn welcome(app: &App) -> Result<Option<String>, Problem> {
    let store = app.store();
    let by = Authorship::own(Person::recorded("cms"), app.now_ms());
    // What a crash left pending may be about the first administrator.
    let settled = store.repository.people().settle_all(&by.stamp(""))?;
    if settled > 0 {
        tracing::warn!(
            accounts = settled,
            "an earlier process left changes of accounts, which are settled"
        );
    }
    if store.repository.has_administrator()? {
        return Ok(None);
    }
    let public_url = Some(app.signing().public_url().to_owned());
    let by = Authorship::own(Person::recorded("cms"), app.now_ms());
    let report = link::execute(store, link::Request { public_url }, &by)?;
    let url = report.url.unwrap_or(report.path);
    // The link is a secret, so it is printed and not logged.
    tracing::warn!(
        until = report.expires_at,
        "nobody is administrator yet: a link that makes one was printed; `cms admin link` prints another"
    );
    Ok(Some(url))
}

fn announce(url: &str, admin: bool, welcome: Option<&str>) {
    let is_page = !url.starts_with(UNIX);
    let text = if stdout::is_json() {
        let at = |path: &str| is_page.then(|| format!("{url}{path}"));
        let page = at("/admin/").filter(|_| admin);
        let pid = std::process::id();
        let mut said = json!({ "url": url, "admin": page, "docs": at("/docs/"), "pid": pid });
        if let Some(welcome) = welcome {
            said["welcome"] = welcome.into();
        }
        format!("{said}\n")
    } else if is_page {
        let page = if admin { "  what is published   URL/admin/\n" } else { "" };
        let made = welcome.map_or_else(String::new, |link| {
            format!("  the first administrator (once, within ten minutes)\n    {link}\n")
        });
        let said =
            format!("serving URL\n{page}  the API             URL/docs/\n").replace("URL", url);
        format!("{said}{made}")
    } else {
        format!("serving {url}\n")
    };
    // Nobody may be reading, or the reader may have stopped; the log has it too.
    stdout::take();
    let _ = std::thread::Builder::new().name("announcing".to_owned()).spawn(move || {
        let _ = stdout::put(&text);
    });
}

/// The signals that end the server. It listens for them before it announces itself, so that an immediate stop is a
/// clean stop too.
///
/// A closed terminal ends it like any other signal. SIGHUP reloads nothing, because settings that change during
/// requests would have to stay the same for each whole request. Where SIGHUP is ignored, as under `nohup`, it stays
/// ignored.
struct Stop {
    terminate: Signal,
    interrupt: Signal,
    hangup: Option<Signal>,
}

impl Stop {
    fn listen() -> std::io::Result<Self> {
        let is_heeded = !stop::is_ignored(SIGHUP);
        let hangup = is_heeded.then(|| signal(SignalKind::hangup())).transpose()?;
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hangup,
        })
    }

    async fn signalled(&mut self) {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
            _ = hangup => {}
        }
    }
}

async fn accept(
    listeners: Listeners,
    connections_max: usize,
    serving: Serving,
    config: &ServeConfig,
    mut stop: Stop,
    app: &App,
) {
    let serving = Arc::new(serving);
    let room = Room::new(connections_max);
    let taking = async {
        loop {
            take(&listeners, &room, &serving).await;
        }
    };
    tokio::select! {
        () = taking => {}
        () = stop.signalled() => {}
    }
    drop(listeners);
    tracing::info!("stopping: requests in flight may end");
    app.stop();
    serving.stop.send_replace(true);
    let drained = async { tokio::join!(room.empty(), app.jobs().drained()) };
    if tokio::time::timeout(config.drain_timeout, drained).await.is_err() {
        tracing::warn!("some requests took too long and were cut");
    }
}

/// Takes the next connection.
async fn take(listeners: &Listeners, room: &Room, serving: &Arc<Serving>) {
    let Accepted { stream, address } = match poll_fn(|context| listeners.poll_accept(context)).await
    {
        Ok(accepted) => accepted,
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            // The process is probably out of file descriptors: other connections must end first.
            tokio::time::sleep(Duration::from_millis(50)).await;
            return;
        }
    };
    stream.hurry();
    let talk = Arc::new(Talk::new());
    let place = room.place(&talk).await;
    let serving = Arc::clone(serving);
    tokio::spawn(async move {
        if let Some(stream) = serving.secured(stream, &talk).await {
            let peer = Peer { address, is_encrypted: matches!(stream, Stream::Tls(_)) };
            let is_crowded = place.is_kept;
            let stream = Arc::new(stream);
            serving.serve(Connection { stream, talk, peer, is_crowded }).await;
        }
        drop(place);
    });
}
