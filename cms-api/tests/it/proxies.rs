//! Runs the configurations of `docs/proxies`: what caches in front of the server keep, what they never keep, and what
//! learners get while the server is stopped.
//!
//! The files are used as they are, with other addresses and folders. Without the programs there is nothing to run; CI
//! does not accept that.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};

use cms_core::access::Role;
use serde_json::Value;
use ureq::{Agent, http::Response};

use crate::{
    drafts::{begin, document, save, tag_of},
    test_app::{TOKEN, TestApp, fixtures},
};

/// How long to wait for what takes time: a start, an answer that becomes stale.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// The pause between two looks at what only time brings.
const MOMENT: Duration = Duration::from_millis(100);
/// The server's address in the files.
const ORIGIN_HOST: &str = "127.0.0.1";

/// A process that ends with its test.
struct Running {
    child: Child,
}

impl Running {
    fn start(command: &mut Command) -> Self {
        let child = command.stdin(Stdio::null()).spawn();
        Self { child: child.unwrap_or_else(|error| panic!("{command:?}: {error}")) }
    }

    fn stop(&mut self) {
        let pid = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(told.is_ok_and(|status| status.success()), "kill is there");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.stop();
        }
    }
}

/// A proxy and its output.
pub(crate) struct Proxy {
    _running: Running,
    said: Receiver<String>,
}

impl Proxy {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut running = Running::start(command.stderr(Stdio::piped()));
        let lines = BufReader::new(running.child.stderr.take().expect("piped")).lines();
        let (say, said) = mpsc::channel();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| say.send(line)));
        Self { _running: running, said }
    }

    /// Waits briefly for the proxy to say something.
    ///
    /// # Panics
    /// If the proxy has ended.
    pub(crate) fn wait(&self) {
        match self.said.recv_timeout(MOMENT) {
            Ok(line) => println!("{line}"),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => panic!("the proxy ended"),
        }
    }
}

/// A server over the fixtures, and a proxy in front of it.
struct Stage {
    server: Running,
    proxy: Proxy,
    agent: Agent,
    base: String,
    _folder: tempfile::TempDir,
}

struct Got {
    status: u16,
    head: Response<()>,
    body: Vec<u8>,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        let value = self.head.headers().get(name);
        value.map_or("", |value| value.to_str().expect("ASCII"))
    }

    fn text(&self, pointer: &str) -> String {
        let body: Value = serde_json::from_slice(&self.body).expect("JSON");
        body.pointer(pointer).and_then(Value::as_str).expect(pointer).to_owned()
    }
}

impl Stage {
    fn ask(&self, path: &str, headers: &[(&str, &str)]) -> Got {
        let mut request = self.agent.get(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (head, mut body) =
            request.call().unwrap_or_else(|e| panic!("{path}: {e}")).into_parts();
        let body = body.read_to_vec().expect("a body");
        Got { status: head.status.as_u16(), head: Response::from_parts(head, ()), body }
    }

    fn get(&self, path: &str) -> Got {
        self.ask(path, &[])
    }

    /// Asks until an answer meets a condition.
    fn until(&self, path: &str, is_so: impl Fn(&Got) -> bool) -> Got {
        let start = Instant::now();
        loop {
            let got = self.get(path);
            if is_so(&got) {
                return got;
            }
            assert!(start.elapsed() < PATIENCE, "{path}: {} {:?}", got.status, got.head.headers());
            self.proxy.wait();
        }
    }
}

pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path)
        .chain(["/usr/sbin".into()])
        .map(|folder| folder.join(name))
        .find(|file| file.is_file());
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "{name} is missing");
        println!("{name} is not there: not run");
    }
    found
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind((ORIGIN_HOST, 0)).expect("a port");
    listener.local_addr().expect("an address").port()
}

fn cms(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cms"));
    command.args(["--author", "ana", "--data"]).arg(data).env("CMS_LOG", "error");
    command
}

/// A configuration as it is in the docs, with replacements, each of which must be found.
pub(crate) fn configuration(name: &str, changes: &[(&str, String)]) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/proxies").join(name);
    let mut text = fs::read_to_string(path).expect("a configuration");
    for (from, to) in changes {
        assert!(text.contains(from), "{name} has no {from:?}");
        text = text.replace(from, to);
    }
    text
}

fn stage(proxy: impl FnOnce(&Path, u16, u16) -> Command) -> Stage {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    for arguments in [vec!["import", fixtures().to_str().expect("text")], vec!["publish"]] {
        let done = cms(&data).args(&arguments).output().expect("the program runs");
        assert!(done.status.success(), "{arguments:?}: {done:?}");
    }
    let mut server = cms(&data);
    server.args(["--token", TOKEN, "serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped());
    let mut server = Running::start(&mut server);
    let out = server.child.stdout.take().expect("piped");
    let line = BufReader::new(out).lines().next().expect("a line").expect("text");
    let origin = line.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let port = free_port();
    let proxy = Proxy::start(&mut proxy(folder.path(), port, origin));
    let config = Agent::config_builder().http_status_as_error(false).max_redirects(0);
    let config = config.allow_non_standard_methods(true).build();
    let (agent, base): (Agent, _) = (config.into(), format!("http://127.0.0.1:{port}"));
    let start = Instant::now();
    while agent.get(format!("{base}/healthz")).call().map_or(0, |got| got.status().as_u16()) != 200
    {
        assert!(start.elapsed() < PATIENCE, "the proxy does not answer");
        proxy.wait();
    }
    Stage { server, proxy, agent, base, _folder: folder }
}

fn nginx(program: &Path, folder: &Path, port: u16, origin: u16) -> Command {
    let at = |name: &str| folder.join(name).display().to_string();
    nginx_at(
        program,
        folder,
        "nginx.conf",
        &[
            ("127.0.0.1:8080", format!("127.0.0.1:{origin}")),
            ("listen 80;", format!("listen 127.0.0.1:{port};")),
            ("/var/cache/nginx/cms", at("cache")),
            ("/var/log/nginx/cms.log", at("cms.log")),
        ],
    )
}

/// nginx with one of the configurations, in a folder of the test's own.
pub(crate) fn nginx_at(
    program: &Path,
    folder: &Path,
    name: &str,
    changes: &[(&str, String)],
) -> Command {
    let at = |name: &str| folder.join(name).display().to_string();
    // Folders in which it would write as root are replaced by folders of the test's own.
    let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {};", at(name)))
        .join(" ");
    let mut changes = changes.to_vec();
    changes.push(("http {", format!("http {{ {folders}")));
    changes.push(("worker_processes auto;", "worker_processes 1;".to_owned()));
    let text = configuration(name, &changes);
    fs::write(folder.join("nginx.conf"), text).expect("a file");
    let globals = format!("daemon off; pid {}; error_log stderr warn;", at("pid"));
    // Root's workers would be another user, who may not write here.
    let user =
        if fs::metadata("/proc/self").is_ok_and(|of| is_roots(&of)) { "user root;" } else { "" };
    let mut command = Command::new(program);
    command.arg("-p").arg(folder).arg("-c").arg(folder.join("nginx.conf"));
    command.args(["-g", &format!("{globals} {user}")]);
    command
}

fn is_roots(of: &fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::uid(of) == 0
}

fn varnish(program: &Path, folder: &Path, port: u16, origin: u16) -> Command {
    let text = configuration(
        "varnish.vcl",
        &[
            (".port = \"8080\"", format!(".port = \"{origin}\"")),
            // So that the test need not wait until the pointer is older than that.
            ("set req.grace = 30s;", "set req.grace = 1s;".to_owned()),
        ],
    );
    fs::write(folder.join("varnish.vcl"), text).expect("a file");
    let mut command = Command::new(program);
    command.arg("-F").arg("-n").arg(folder.join("v")).arg("-f").arg(folder.join("varnish.vcl"));
    command.args(["-a", &format!("127.0.0.1:{port}"), "-s", "malloc,64m", "-j", "none"]);
    command
}

const POINTER: &str = "/v1/channels/production";

/// Checks that hold for every cache in front, whichever it is.
fn holds(mut stage: Stage) {
    let first = stage.get(POINTER);
    assert_eq!((first.status, first.header("x-cache")), (200, "MISS"));
    let place = format!("/v1/snapshots/{}/en", first.text("/snapshot"));
    let hit = |path: &str| {
        let before = stage.get(path);
        let after = stage.get(path);
        assert_eq!((before.status, after.header("x-cache")), (after.status, "HIT"), "{path}");
        assert_eq!(before.body, after.body, "{path}");
        after
    };
    let object = |key: &str| {
        format!("/v1/objects/{}", hit(&format!("{place}/entries/{key}")).text("/object"))
    };
    let exercise = object("exercise/compare-fractions");
    let film = hit(&object("video/same-half")).text("/document/sources/0/media");
    let film = format!("/v1/media/{film}");
    let plain = hit(&exercise);
    let home = format!("{place}/entries/topic/root");
    hit(&home);

    // The cache itself tells a client that its copy is current, even if the tag was weakened on the way.
    let tag = plain.header("etag").to_owned();
    let weak = format!("W/{}", tag.trim_start_matches("W/"));
    for known in [&tag, &weak] {
        assert_eq!(stage.ask(&exercise, &[("if-none-match", known)]).status, 304, "{known}");
    }
    // Compressed for clients that accept it, and for nobody else; however they ask for it, it is stored once.
    stage.ask(&exercise, &[("accept-encoding", "gzip")]);
    let coded = stage.ask(&exercise, &[("accept-encoding", "gzip, deflate, br, made-up")]);
    assert_eq!((coded.header("content-encoding"), coded.header("x-cache")), ("gzip", "HIT"));
    assert!(coded.body.len() < plain.body.len());
    assert_eq!(stage.ask(&exercise, &[("accept-encoding", "gzip;q=0")]).body, plain.body);

    // A part of a film comes from the cache too.
    let whole = stage.get(&film);
    for expected in ["", "HIT"] {
        let part = stage.ask(&film, &[("range", "bytes=100-199")]);
        assert_eq!((part.status, &part.body[..]), (206, &whole.body[100..200]));
        assert_eq!(part.header("content-range"), format!("bytes 100-199/{}", whole.body.len()));
        assert!(part.header("x-cache").contains(expected), "{}", part.header("x-cache"));
    }
    // Other spellings take up no room.
    for _ in 0..2 {
        let other = stage.get(&format!("/{POINTER}"));
        assert_eq!((other.status, other.header("location")), (308, POINTER));
        assert_ne!(other.header("x-cache"), "HIT");
        assert_eq!(stage.get(&format!("{POINTER}?utm_source=x")).status, 400);
    }
    never_kept(&stage);

    // The server stops. Immutable things stay available, and so does the pointer, older than it should be.
    stage.server.stop();
    let old = stage.until(POINTER, |got| {
        got.header("age").parse().unwrap_or(0) > 7 || got.header("x-cache") == "STALE"
    });
    assert_eq!((old.status, &old.body), (200, &first.body));
    for path in [&exercise, &film, &home] {
        assert!([200, 307].contains(&stage.get(path).status), "{path}");
    }
    // What nobody asked for before is not available.
    let none = stage.get(&format!("{place}/addresses/topic/root"));
    assert!([502, 503, 504].contains(&none.status), "{}", none.status);
    assert_eq!(stage.get(POINTER).status, 200, "also after a failure");
}

/// Whatever needs a token is requested from the server each time, and is not given to a client without one.
fn never_kept(stage: &Stage) {
    let token = format!("Bearer {TOKEN}");
    for path in ["/authoring/v1/me", "/protected/offline/v1/channels/offline"] {
        for _ in 0..2 {
            let known = stage.ask(path, &[("authorization", &token)]);
            assert_ne!(known.status, 401, "{path}");
            assert_ne!(known.header("x-cache"), "HIT", "{path}");
            assert_eq!(stage.get(path).status, 401, "{path}");
        }
    }
}

#[test]
fn nginx_keeps_what_it_may_and_serves_it_while_the_server_is_stopped() {
    if let Some(program) = program("nginx") {
        holds(stage(|folder, port, origin| nginx(&program, folder, port, origin)));
    }
}

#[test]
fn varnish_keeps_what_it_may_and_serves_it_while_the_server_is_stopped() {
    if let Some(program) = program("varnishd") {
        holds(stage(|folder, port, origin| varnish(&program, folder, port, origin)));
    }
}

#[test]
fn varnish_is_purged_of_what_was_taken_down_by_its_keys() {
    let Some(program) = program("varnishd") else { return };
    let stage = stage(|folder, port, origin| varnish(&program, folder, port, origin));
    let snapshot = stage.get(POINTER).text("/snapshot");
    let entry = format!("/v1/snapshots/{snapshot}/en/entries/video/same-half");
    let object = format!("/v1/objects/{}", stage.get(&entry).text("/object"));
    let other = stage.get(&format!("/v1/snapshots/{snapshot}/en/entries/topic/root"));
    let other = format!("/v1/objects/{}", other.text("/object"));
    for path in [&entry, &object, &other] {
        stage.get(path);
        assert_eq!(stage.get(path).header("x-cache"), "HIT", "{path}");
    }
    let asked = r#"{"entries": ["video/same-half"], "reason": "rights"}"#;
    let request = ureq::http::Request::post(format!("{}/authoring/v1/takedowns", stage.base))
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("content-type", "application/json");
    let answer = stage.agent.run(request.body(asked).expect("a request")).expect("an answer");
    let taken: Value = serde_json::from_reader(answer.into_body().into_reader()).expect("a report");
    assert_eq!(stage.get(&object).header("x-cache"), "HIT", "the cache does not know yet");
    let purge = |key: &str| {
        let request = ureq::http::Request::builder().method("PURGE").uri(&stage.base);
        let request = request.header("surrogate-key", key).body(()).expect("a request");
        stage.agent.run(request).expect("an answer").status().as_u16()
    };
    assert_eq!(purge("everything"), 405, "a key is an id");
    for key in taken["takedown"]["surrogate_keys"].as_array().expect("keys") {
        assert_eq!(purge(key.as_str().expect("a key")), 204);
    }
    for path in [&entry, &object] {
        assert_eq!(
            (stage.get(path).status, stage.get(path).text("/code").as_str()),
            (410, "taken-down")
        );
    }
    assert_eq!(stage.get(&other).header("x-cache"), "HIT", "all else is kept");
}

#[tokio::test]
async fn a_save_whose_tag_a_compressing_proxy_weakened_says_what_is_wrong() {
    const LESSON: &str = "lesson/equal-parts";
    let app = TestApp::own();
    let ana = app.person("ana", Role::Author);
    let draft = begin(&ana, "Behind a proxy", &[]).await;
    let mut lesson = document(&ana, &draft, LESSON).await;
    lesson["title"] = "Equal parts, once more".into();
    let weak = format!("W/{}", tag_of(&ana, &format!("{draft}/entries/{LESSON}")).await);
    let refused = save(&ana, &draft, LESSON, Some(&weak), &lesson).await;
    assert_eq!((refused.status.as_u16(), &*refused.code()), (412, "tag-weak"));
    let told = refused.json()["detail"].as_str().expect("a detail").to_owned();
    assert!(told.contains("proxy") && told.contains("gzip off"), "{told}");
    assert!(told.contains(&weak), "{told}");
    // Read without compression, it can be saved.
    assert_eq!(save(&ana, &draft, LESSON, None, &lesson).await.status, 200);
}
