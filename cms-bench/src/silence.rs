//! Group `silence`: how long an app waits for the channel's pointer, while the maximum number of connections are silent
//! and the log's reader has stalled, and while others request the head of a film.
//!
//! The server is a process of its own. Each question comes on a new connection, as a probe's does.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command as Process, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, anyhow, ensure};
use cms_api::{
    cli::init,
    ground::{
        authorship::{Authorship, fresh_operation},
        moment,
    },
    problem::Problem,
    process::{
        config::{ServeSettings, sign_in::SignInSettings},
        log::{self, LogFormat},
    },
    store,
    verbs::{
        Command,
        import::{self, input::Input},
    },
};
use cms_core::{
    engine::local::Access,
    model::{id::MediaId, name::Person},
    repo::RepositoryOptions,
};
use serde_json::{Value, json};

use crate::{
    Plan,
    figure::{Figure, Rounds, ms, say, timed},
};

/// Every figure's name.
pub(crate) const NAMES: [&str; 2] = ["pointer_beside_silence", "pointer_beside_heads"];

/// As many as a server accepts by default.
const CONNECTIONS: usize = 4096;
/// Requests for heads of the film that are made at the same time.
const HEADS: usize = 80;
const FILM_SIZE_BYTES: usize = 50 << 20;
/// Requests whose log lines fill a pipe and the buffer before it.
const LONG_LINES: usize = 300;
const LONG_PATH_SIZE_BYTES: usize = 24_000;
const P99_MS_MAX: f64 = 100.0;
const COURSE: &str = "fixtures/fractions";
const VIDEO: &str = "video/how-much-pizza-is-left.json";
const POINTER: &str = "/v1/channels/production";

pub(crate) fn run(plan: &Plan) -> Result<()> {
    let folder = plan.folder.join("silence");
    let film = filled(&folder)?;
    let server = Server::start(&folder.join("data"))?;
    let questions = if plan.quick { 200 } else { 2000 };
    let alone = server.pointer_ms(questions)?;
    if plan.wants(NAMES[0]) {
        server.stall_the_log()?;
        let silent: Vec<TcpStream> =
            (0..CONNECTIONS).map(|_| server.connect()).collect::<Result<_>>()?;
        say(format_args!("{} connections are silent", silent.len()));
        figure(NAMES[0], &server.pointer_ms(questions)?, &alone);
    }
    if plan.wants(NAMES[1]) {
        figure(NAMES[1], &server.beside_heads(&film, questions)?, &alone);
    }
    Ok(())
}

fn figure(name: &'static str, times_ms: &Rounds, alone: &Rounds) {
    let p99 = times_ms.at(0.99);
    Figure::new(name, 0, "ms", &Rounds::given(vec![p99]))
        .beside("the server alone", Some(alone.at(0.99)))
        .against(format!("p99 at most {P99_MS_MAX} ms"), Some(p99 <= P99_MS_MAX))
        .print();
}

/// Serves until it is killed.
pub(crate) fn serve(data: &Path, is_behind_proxy: bool) -> Result<()> {
    log::begin(0, LogFormat::Text, "info").map_err(failed)?;
    let listen = Some("127.0.0.1:0".parse().map_err(|error: String| anyhow!(error))?);
    let client_address_header = is_behind_proxy.then(|| "X-Forwarded-For".to_owned());
    let settings = ServeSettings { listen, client_address_header, ..ServeSettings::default() };
    let config = settings.complete(&SignInSettings::default()).map_err(failed)?;
    cms_api::serve::execute(data, config, None).map_err(failed)
}

pub(crate) fn failed(problem: Problem) -> anyhow::Error {
    anyhow!("{}: {} {:?}", problem.code.word(), problem.detail, problem.members)
}

/// A course with a film, published; returns the film's id.
pub(crate) fn filled(folder: &Path) -> Result<String> {
    let (data, more) = (folder.join("data"), folder.join("more"));
    for part in ["media", "video"] {
        fs::create_dir_all(more.join(part))?;
    }
    // Only the first bytes of an MP4 file are examined.
    let mut film = vec![0x5a; FILM_SIZE_BYTES];
    film[..16].copy_from_slice(b"\0\0\0\x10ftypmp42\0\0\0\0");
    fs::write(more.join("media/film.mp4"), &film)?;
    // A video that a lesson shows, because otherwise it would not be published.
    let video = fs::read(Path::new(COURSE).join(VIDEO))?;
    let mut video: Value = serde_json::from_slice(&video)?;
    video["sources"] = json!([{ "media": "media/film.mp4", "mime": "video/mp4" }]);
    fs::write(more.join(VIDEO), video.to_string())?;
    let by = || Authorship {
        author: Person::recorded("bench"),
        time_ms: moment::now_ms(),
        operation: fresh_operation(),
        holder: cms_core::access::Holder::Machine,
        origin: cms_core::repo::Origin::default(),
    };
    init::execute(&data, &init::Request { source_locale: "en".to_owned() }, &by())
        .map_err(failed)?;
    let store = store::open(&data, RepositoryOptions::default(), Access::Write).map_err(failed)?;
    for path in [PathBuf::from(COURSE), more] {
        let mut input = Input::of(&[path]).map_err(failed)?;
        let media = std::mem::take(&mut input.media);
        let request = json!({ "branch": "main", "message": "" });
        let request: import::Request = serde_json::from_value(request)?;
        import::execute(&store, &request, &by(), &mut input, &media, &mut |_| {})
            .map_err(failed)?;
    }
    let publish = json!({ "verb": "publish", "request": {} });
    let publish: Command = serde_json::from_value(publish)?;
    publish.execute(&store, &by()).map_err(failed)?;
    Ok(MediaId::of(&film).to_string())
}

/// A server whose log nobody reads; killed when dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    pub(crate) fn start(data: &Path) -> Result<Self> {
        Self::start_with(data, &[])
    }

    /// A server that believes what a proxy on this machine says about clients.
    pub(crate) fn start_behind_proxy(data: &Path) -> Result<Self> {
        Self::start_with(data, &["--behind-proxy"])
    }

    fn start_with(data: &Path, flags: &[&str]) -> Result<Self> {
        let mut child = Process::new(std::env::current_exe()?)
            .arg("serve")
            .arg(data)
            .args(flags)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let out = child.stdout.take().context("piped")?;
        let line = BufReader::new(out).lines().next().context("it ended")??;
        let address = line.strip_prefix("serving http://").context("no address")?.to_owned();
        Ok(Self { child, address })
    }

    fn connect(&self) -> Result<TcpStream> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        Ok(stream)
    }

    fn ask(&self, method: &str, path: &str) -> Result<String> {
        let mut stream = self.connect()?;
        let head = format!("{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    fn pointer_ms(&self, questions: usize) -> Result<Rounds> {
        let mut times_ms = Vec::with_capacity(questions);
        for _ in 0..questions {
            let (answer, time) = timed(|| self.ask("GET", POINTER));
            ensure!(answer?.starts_with("HTTP/1.1 200 "), "the pointer is not answered");
            times_ms.push(ms(time));
        }
        Ok(Rounds::given(times_ms))
    }

    fn stall_the_log(&self) -> Result<()> {
        let path = format!("/{}", "x".repeat(LONG_PATH_SIZE_BYTES));
        for _ in 0..LONG_LINES {
            self.ask("GET", &path)?;
        }
        ensure!(self.ask("GET", "/readyz")?.contains("log lines lost"), "the log takes lines");
        Ok(())
    }

    /// The pointer's times, while heads of the film are requested without a pause.
    fn beside_heads(&self, film: &str, questions: usize) -> Result<Rounds> {
        let path = format!("/v1/media/{film}");
        let head = self.ask("HEAD", &path)?;
        ensure!(head.starts_with("HTTP/1.1 200 "), "the film is not there: {head}");
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..HEADS {
                scope.spawn(|| {
                    loop {
                        if is_over.load(Ordering::Relaxed) || self.ask("HEAD", &path).is_err() {
                            break;
                        }
                    }
                });
            }
            let times_ms = self.pointer_ms(questions);
            is_over.store(true, Ordering::Relaxed);
            times_ms
        })
    }
}
