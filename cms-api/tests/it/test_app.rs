//! A server without sockets, over a store in memory that holds the fixtures in two versions.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use cms_api::{
    app::{App, AppSettings},
    command::{
        By, Command, fresh_operation,
        import::{self, input::Input},
    },
    edge::access::Token,
    router::{RouterSettings, router},
    seeds,
    store::Store,
};
use cms_core::{
    engine::memory::MemoryEngine,
    repo::{NewRepository, Repository},
};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

pub(crate) const TOKEN: &str = "for-tests";
/// 2026-01-02T03:04:05Z, so that snapshots repeat themselves.
const TIME_MS: u64 = 1_767_323_045_000;

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/fractions")
}

fn by() -> By {
    By { author: "ana".into(), time_ms: TIME_MS, operation: fresh_operation() }
}

fn import_from(store: &Store, paths: &[PathBuf], prune: bool) {
    let mut input = Input::of(paths).expect("fixtures");
    let media = std::mem::take(&mut input.media);
    let request = import::Request {
        branch: "main".into(),
        skip_invalid: false,
        prune,
        message: String::new(),
    };
    import::execute(store, &request, &by(), &mut input, &media, &mut |_| {}).expect("imports");
}

fn publish(store: &Store) {
    let command = json!({ "verb": "publish", "request": {} });
    let command: Command = serde_json::from_value(command).expect("a command");
    command.execute(store, &by()).expect("publishes");
}

/// A store with the fixtures published, and then again with a title changed and a video retired.
fn filled() -> Store {
    let new = NewRepository {
        salt: [7; 32],
        source_locale: "en".parse().expect("a locale"),
        schemas: seeds::kinds(),
        stamp: by().stamp(""),
    };
    let repository = Repository::create(Arc::new(MemoryEngine::new()), new).expect("creates");
    let store = Store { repository, local: None };
    import_from(&store, &[fixtures()], false);
    publish(&store);
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
    import_from(&store, &[work.path().to_owned()], false);
    publish(&store);
    store
}

/// Stands in no lesson in the second version.
pub(crate) const RETIRED: &str = "video/introduction-to-fractions";

static STORE: LazyLock<Store> = LazyLock::new(filled);

/// The server; every test reads the same store.
pub(crate) struct TestApp {
    router: Router,
}

/// What a request was answered.
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

impl TestApp {
    pub(crate) fn new() -> Self {
        let settings = AppSettings {
            check_after_s: 60,
            spool: std::env::temp_dir(),
            clock: || TIME_MS,
        };
        let app = App::new(STORE.clone(), Token::new(TOKEN), settings);
        let settings = RouterSettings { admin: true, body_timeout: Duration::from_secs(5) };
        Self { router: router(app, settings) }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("infallible");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a whole body").to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
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
