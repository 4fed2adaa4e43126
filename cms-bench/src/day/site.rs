//! The server of the day: the whole router, on a port of its own, with the scheduler running.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::{Context, Result, anyhow};
use cms_api::{
    app::{App, AppSettings},
    background::scheduler,
    edge::access::Token,
    ground::{
        authorship::{Authorship, fresh_operation},
        moment, secret,
    },
    problem::Problem,
    router::{RouterSettings, router},
    store::Store,
    verbs::import::{self, input::Input},
};
use cms_core::{
    access::Role,
    repo::{NewToken, SecretHash},
};
use tokio::{net::TcpListener, runtime::Runtime};

use super::person::{Person, Times};

/// Requests that the server works on at the same time.
const BLOCKING_THREADS: usize = 64;

/// A server that answers until this is dropped.
pub(crate) struct Site {
    base: String,
    app: App,
    times: Arc<Times>,
    /// Held for as long as the server runs.
    runtime: Option<Runtime>,
}

fn by(author: &str) -> Authorship {
    Authorship {
        author: cms_core::model::name::Person::recorded(author),
        time_ms: moment::now_ms(),
        operation: fresh_operation(),
        holder: cms_core::access::Holder::Machine,
        origin: cms_core::repo::Origin::default(),
    }
}

pub(super) fn failed(problem: Problem) -> anyhow::Error {
    anyhow!("{}: {} {:?}", problem.code.word(), problem.detail, problem.members)
}

impl Site {
    /// Serves a store.
    pub(crate) fn open(store: Store, spool: &Path) -> Result<Self> {
        let settings = AppSettings {
            check_after_s: 5,
            spool: spool.to_owned(),
            clock: moment::now_ms,
            attempts_per_s: None,
            proxies: Default::default(),
            fetch_allowed: Default::default(),
            requests_per_client_max: None,
            signing: Default::default(),
        };
        let app = App::new(store, Token::new("of-the-day"), settings);
        let settings = RouterSettings {
            admin: false,
            body_timeout: Duration::from_secs(60),
            request_timeout: Duration::from_secs(300),
        };
        let router = router(app.clone(), settings);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .max_blocking_threads(BLOCKING_THREADS)
            .build()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let base = format!("http://{}", listener.local_addr()?);
        runtime.spawn(async move { axum::serve(listener, router).await });
        runtime.spawn(scheduler::run(app.clone()));
        Ok(Self { base, app, times: Arc::default(), runtime: Some(runtime) })
    }

    /// A person with a role.
    pub(super) fn person(&self, name: &str, role: Role) -> Result<Person> {
        let token =
            secret::fresh(secret::TOKEN).map_err(|error| anyhow!("no randomness: {error}"))?;
        let new = NewToken {
            hash: SecretHash::of(token.as_bytes()),
            person: name.parse()?,
            role,
            label: String::new(),
            expires_ms: None,
            bounds: None,
            brings_role: true,
            stamp: by("day").stamp(""),
        };
        self.app.store().repository.create_token(&new).context("a token")?;
        Ok(Person::new(name, &self.base, &token, &self.times))
    }

    /// The server's base address.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(super) fn times(&self) -> &Times {
        &self.times
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.app.stop();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_secs(5));
        }
    }
}

/// Imports files into `main`.
pub(crate) fn import(store: &Store, path: &Path) -> Result<()> {
    let mut input = Input::of(&[path.to_owned()]).map_err(failed)?;
    let media = std::mem::take(&mut input.media);
    let request = import::Request {
        branch: "main".into(),
        skip_invalid: true,
        prune: false,
        prune_at_most: Default::default(),
        message: "The evening before".into(),
    };
    import::execute(store, &request, &by("day"), &mut input, &media, &mut |_| {})
        .map_err(failed)?;
    Ok(())
}
