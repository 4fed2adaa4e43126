//! A server without sockets, over a store in memory that holds the fixtures in two versions.

use std::{
    num::NonZeroU32,
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header::HOST},
};
use cms_api::{
    app::{App, AppSettings},
    edge::{access::Token, client::Proxies, needs::Needs},
    ground::{
        authorship::{Authorship, fresh_operation},
        fetching::allowed::Allowed,
        secret,
    },
    process::config::{
        mail::MailConfig,
        provider::Provider,
        sign_in::{HashCost, SigningConfig},
    },
    router::{RouterSettings, router},
    store::{Store, seeds},
    verbs::{
        Command,
        import::{self, input::Input, media::Media},
    },
};
use cms_core::{
    access::Role,
    engine::{
        Engine,
        local::{LocalEngine, LocalOptions},
        memory::MemoryEngine,
    },
    repo::{
        DueReport, ImportLine, NewRepository, NewToken, Repository, RepositoryOptions, SecretHash,
    },
};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::contract::told;

pub(crate) const TOKEN: &str = "for-tests";
/// 2026-01-02T03:04:05Z, so that snapshots are the same each time.
pub(crate) const TIME_MS: u64 = 1_767_323_045_000;

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/fractions")
}

pub(crate) fn by_ana() -> Authorship {
    Authorship {
        author: "ana".parse().unwrap(),
        time_ms: TIME_MS,
        operation: fresh_operation(),
        holder: cms_core::access::Holder::Machine,
        origin: cms_core::repo::Origin::default(),
    }
}

/// Imports files and directories as one commit of `main`.
pub(crate) fn import_from(store: &Store, paths: &[PathBuf], prune: bool) {
    let mut input = Input::of(paths).expect("fixtures");
    let media = std::mem::take(&mut input.media);
    let request = import::Request {
        branch: "main".into(),
        skip_invalid: false,
        prune,
        prune_at_most: Default::default(),
        message: String::new(),
    };
    import::execute(store, &request, &by_ana(), &mut input, &media, &mut |_| {}).expect("imports");
}

/// Imports documents by their keys as one commit of `main`.
pub(crate) fn import_documents<'d>(
    store: &Store,
    documents: impl IntoIterator<Item = (&'d str, &'d Value)>,
) -> import::Report {
    let lines = documents.into_iter().enumerate().map(|(index, (key, document))| {
        let text = json!({ "key": key, "document": document }).to_string();
        Ok(ImportLine { number: index as u64 + 1, source: "a test".into(), text: text.into() })
    });
    let request = import::Request {
        branch: "main".into(),
        skip_invalid: false,
        prune: false,
        prune_at_most: Default::default(),
        message: String::new(),
    };
    import::execute(
        store,
        &request,
        &by_ana(),
        &mut lines.into_iter(),
        &Media::default(),
        &mut |_| {},
    )
    .unwrap_or_else(|problem| panic!("{problem:?}"))
}

/// Publishes `main`, and returns the result.
pub(crate) fn publish(store: &Store) -> Value {
    let command = json!({ "verb": "publish", "request": {} });
    let command: Command = serde_json::from_value(command).expect("a command");
    let published = command.execute(store, &by_ana()).expect("publishes");
    serde_json::to_value(published).expect("a report is JSON")
}

/// A store with the fixtures published, and then again with a title changed and a video retired.
fn filled() -> Store {
    let engine: Arc<MemoryEngine> = Arc::new(MemoryEngine::new());
    create(&engine);
    let store = Store::over(engine, RepositoryOptions::default()).expect("opens");
    fill(&store);
    store
}

/// The same, in a directory.
pub(crate) fn filled_in(directory: &Path) -> Store {
    let store = {
        let engine = LocalEngine::open(LocalOptions::new(directory)).expect("opens");
        let engine = Arc::new(engine);
        create(&engine);
        Store::over_local(engine, RepositoryOptions::default()).expect("opens")
    };
    fill(&store);
    store
}

fn create<E: Engine>(engine: &Arc<E>) {
    let new = NewRepository {
        salt: [7; 32],
        secret: [8; 32],
        source_locale: "en".parse().expect("a locale"),
        schemas: seeds::kinds(),
        stamp: by_ana().stamp(""),
    };
    Repository::create(Arc::clone(engine) as _, new).expect("creates");
}

fn fill(store: &Store) {
    import_from(store, &[fixtures()], false);
    publish(store);
    let work = tempfile::tempdir().expect("a directory");
    let lesson = std::fs::read(fixtures().join("lesson/equal-parts.json")).expect("a fixture");
    let mut lesson: Value = serde_json::from_slice(&lesson).expect("JSON");
    lesson["title"] = json!("Parts of equal size");
    lesson["slug"] = json!("parts-of-equal-size");
    let children = lesson["children"].as_array_mut().expect("children");
    children.retain(|child| child != RETIRED);
    std::fs::create_dir(work.path().join("lesson")).expect("a directory");
    std::fs::write(work.path().join("lesson/equal-parts.json"), lesson.to_string())
        .expect("a file");
    import_from(store, &[work.path().to_owned()], false);
    publish(store);
}

/// The video that has a place in no lesson in the second version.
pub(crate) const RETIRED: &str = "video/introduction-to-fractions";

static STORE: LazyLock<Store> = LazyLock::new(filled);

/// The server; tests share one store, unless a test has its own.
pub(crate) struct TestApp {
    pub(crate) app: App,
    router: Router,
}

/// The answer to a request.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("ASCII"))
    }

    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

/// Signing in as it is, except that hashes cost little.
pub(crate) fn cheap() -> SigningConfig {
    SigningConfig { cost: HashCost { memory_kib: 64, passes: 1 }, ..SigningConfig::default() }
}

fn settings() -> AppSettings {
    AppSettings {
        check_after_s: 60,
        spool: std::env::temp_dir(),
        clock: || TIME_MS,
        attempts_per_s: None,
        proxies: Default::default(),
        fetch_allowed: Default::default(),
        requests_per_client_max: None,
        signing: cheap(),
    }
}

fn routes() -> RouterSettings {
    RouterSettings {
        admin: true,
        body_timeout: Duration::from_secs(5),
        request_timeout: Duration::from_secs(300),
    }
}

impl TestApp {
    pub(crate) fn new() -> Self {
        Self::over(STORE.clone())
    }

    /// A server over a store that nobody else writes to.
    pub(crate) fn own() -> Self {
        Self::over(filled())
    }

    /// A server over a store of its own that hands mail in somewhere.
    pub(crate) fn with_mail(mail: Option<MailConfig>) -> Self {
        let signing = SigningConfig { mail, ..cheap() };
        Self::with_settings(filled(), AppSettings { signing, ..settings() })
    }

    /// A server over a store of its own on which people sign in at providers of this machine as well.
    pub(crate) fn with_providers(providers: Vec<Provider>) -> Self {
        let signing = SigningConfig { providers, ..cheap() };
        let fetch_allowed = Allowed::of(["127.0.0.1"]).unwrap();
        Self::with_settings(filled(), AppSettings { signing, fetch_allowed, ..settings() })
    }

    /// Another server over a store, as after a restart.
    pub(crate) fn over(store: Store) -> Self {
        Self::with_settings(store, settings())
    }

    /// The same store, a day later.
    pub(crate) fn a_day_later(&self) -> Self {
        let clock = || TIME_MS + 24 * 60 * 60 * 1000;
        Self::with_settings(self.app.store().clone(), AppSettings { clock, ..settings() })
    }

    /// The same store, three hours later: sessions go on.
    pub(crate) fn three_hours_later(&self) -> Self {
        let clock = || TIME_MS + 3 * 60 * 60 * 1000;
        Self::with_settings(self.app.store().clone(), AppSettings { clock, ..settings() })
    }

    /// The same store, with a limit on how many attempts each client may have scored in a second.
    pub(crate) fn with_attempts_per_s(&self, count: u32) -> Self {
        let attempts_per_s = NonZeroU32::new(count);
        let settings = AppSettings { attempts_per_s, ..settings() };
        Self::with_settings(self.app.store().clone(), settings)
    }

    /// The same store, with a limit on how many requests each client has at a time.
    pub(crate) fn with_requests_per_client_max(&self, count: u32) -> Self {
        let requests_per_client_max = NonZeroU32::new(count);
        let settings = AppSettings { requests_per_client_max, ..settings() };
        Self::with_settings(self.app.store().clone(), settings)
    }

    /// The same store, whose answers begin in this time or not at all.
    pub(crate) fn with_request_timeout(&self, request_timeout: Duration) -> Self {
        let app = self.app.clone();
        let routes = RouterSettings { request_timeout, ..routes() };
        Self { router: router(app.clone(), routes), app }
    }

    /// The same store, behind proxies.
    pub(crate) fn behind(&self, proxies: Proxies) -> Self {
        Self::with_settings(self.app.store().clone(), AppSettings { proxies, ..settings() })
    }

    /// Runs the schedules that are due by this server's clock.
    pub(crate) fn run_due(&self) -> DueReport {
        let by = Authorship { time_ms: (self.app.settings().clock)(), ..by_ana() };
        self.app.store().repository.run_due(&by.stamp("")).expect("what is due runs")
    }

    fn with_settings(store: Store, settings: AppSettings) -> Self {
        let app = App::new(store, Token::new(TOKEN), settings);
        Self { router: router(app.clone(), routes()), app }
    }

    /// A person in a role.
    pub(crate) fn person(&self, person: &str, role: Role) -> Person<'_> {
        let text = secret::fresh(secret::TOKEN).expect("randomness");
        let new = NewToken {
            hash: SecretHash::of(text.as_bytes()),
            person: person.parse().unwrap(),
            role,
            label: String::new(),
            expires_ms: None,
            bounds: None,
            brings_role: true,
            stamp: by_ana().stamp(""),
        };
        self.app.store().repository.create_token(&new).expect("a token");
        Person { app: self, token: text }
    }

    /// A stream of events, read as it comes.
    pub(crate) async fn stream(&self, request: Request<Body>) -> EventStream {
        let response = self.router.clone().oneshot(with_host(request)).await.expect("infallible");
        assert_eq!(response.status(), StatusCode::OK);
        EventStream { body: response.into_body(), text: String::new() }
    }

    /// The beginning of the server's answer, whose body may never end.
    pub(crate) async fn begins(&self, request: Request<Body>) -> Response<Body> {
        self.router.clone().oneshot(with_host(request)).await.expect("infallible")
    }

    /// What every address needs, as the router knows it.
    pub(crate) fn needs(&self) -> Needs {
        cms_api::router::needs(routes())
    }

    /// The server's answer, which is compared with the OpenAPI document.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.router.clone().oneshot(with_host(request)).await.expect("infallible");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes().to_vec();
        let answer = Answer { status: parts.status, headers: parts.headers, body };
        told::hold(method.as_str(), &path, &answer);
        answer
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    pub(crate) async fn with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::empty()).expect("a request")).await
    }

    /// Posts JSON without a token.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = Request::post(path).header("content-type", "application/json");
        self.send(request.body(Body::from(body.to_string())).expect("a request")).await
    }

    /// Asks without a body or any header but the token's.
    pub(crate) async fn asks_bare(&self, method: &str, path: &str, token: Option<&str>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        self.send(request.body(Body::empty()).expect("a request")).await
    }

    /// The newest snapshot.
    pub(crate) async fn snapshot(&self) -> String {
        let head = self.get("/v1/channels/production").await.json();
        head["snapshot"].as_str().expect("a snapshot").to_owned()
    }

    /// The object of an entry.
    pub(crate) async fn object(&self, locale: &str, key: &str) -> String {
        let path = format!("/v1/snapshots/{}/{locale}/entries/{key}", self.snapshot().await);
        self.get(&path).await.json()["object"].as_str().expect("an object").to_owned()
    }
}

/// The request as clients send it, with a host.
fn with_host(mut request: Request<Body>) -> Request<Body> {
    request.headers_mut().entry(HOST).or_insert(HeaderValue::from_static("test"));
    request
}

/// A person with a token.
pub(crate) struct Person<'a> {
    pub(crate) app: &'a TestApp,
    pub(crate) token: String,
}

impl Person<'_> {
    pub(crate) fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Request<Body> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", self.token));
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = body.map_or_else(Body::empty, |body| body.to_string().into());
        request.body(body).expect("a request")
    }

    pub(crate) async fn asks(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        self.app.send(self.request(method, path, headers, body)).await
    }

    pub(crate) async fn gets(&self, path: &str) -> Answer {
        self.asks("GET", path, &[], None).await
    }

    pub(crate) async fn posts(&self, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        self.asks("POST", path, headers, Some(body)).await
    }

    /// All rows of a listing, read a few at a time.
    pub(crate) async fn all(&self, path: &str, limit: usize) -> Vec<Value> {
        let (mut rows, mut next) = (Vec::new(), String::new());
        let mark = if path.contains('?') { '&' } else { '?' };
        loop {
            let answer = self.gets(&format!("{path}{mark}limit={limit}{next}")).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.json());
            let page = answer.json();
            rows.extend(page["rows"].as_array().expect("rows").clone());
            match page["next"].as_str() {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => return rows,
            }
        }
    }
}

/// Server-sent events as they come.
pub(crate) struct EventStream {
    body: Body,
    text: String,
}

/// One event.
#[derive(Debug)]
pub(crate) struct ReadEvent {
    pub(crate) name: String,
    pub(crate) id: String,
    pub(crate) data: Value,
}

impl EventStream {
    /// The next event; none once the stream has ended.
    pub(crate) async fn next(&mut self) -> Option<ReadEvent> {
        loop {
            while let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| {
                    let lines = block.lines();
                    let mut found = lines.filter_map(|line| line.strip_prefix(name));
                    found.next().map(|value| value.trim().to_owned()).unwrap_or_default()
                };
                if !field("event:").is_empty() {
                    let data = serde_json::from_str(&field("data:")).expect("data is JSON");
                    told::valid_event(&field("event:"), &data);
                    return Some(ReadEvent { name: field("event:"), id: field("id:"), data });
                }
            }
            let frame = self.body.frame().await?.expect("a frame");
            let data = frame.into_data().expect("data");
            self.text.push_str(std::str::from_utf8(&data).expect("text"));
        }
    }
}
