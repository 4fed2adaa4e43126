//! A person with a token who makes HTTP requests, and how long these took.

use std::{
    collections::BTreeMap,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use ureq::{Agent, http::Request};

/// The prefix of all addresses of the authoring API.
pub(crate) const AUTHORING: &str = "/authoring/v1";
/// Longest answer that is read, in bytes.
const ANSWER_SIZE_BYTES_MAX: u64 = 64 << 20;

/// How long requests took, in milliseconds, by purpose.
#[derive(Debug, Default)]
pub(crate) struct Times(Mutex<BTreeMap<&'static str, Vec<f64>>>);

impl Times {
    fn add(&self, what: &'static str, time: Duration) {
        locked(&self.0).entry(what).or_default().push(time.as_secs_f64() * 1e3);
    }

    pub(crate) fn of(&self, what: &str) -> Vec<f64> {
        locked(&self.0).get(what).cloned().unwrap_or_default()
    }

    pub(crate) fn count(&self) -> usize {
        locked(&self.0).values().map(Vec::len).sum()
    }
}

/// Rung by anyone who did something that others may wait for.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    rung: Mutex<u64>,
    heard: Condvar,
}

impl Bell {
    pub(crate) fn ring(&self) {
        *locked(&self.rung) += 1;
        self.heard.notify_all();
    }

    /// Waits for the next ring, but at most this long.
    pub(crate) fn wait(&self, longest: Duration) {
        let rung = locked(&self.rung);
        let before = *rung;
        drop(self.heard.wait_timeout_while(rung, longest, |rung| *rung == before));
    }
}

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The answer to a request.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) tag: String,
    pub(crate) body: Value,
}

impl Answer {
    /// The code of a refusal.
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    pub(crate) fn is_done(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// A person with a token.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) name: String,
    agent: Agent,
    base: String,
    token: String,
    times: Arc<Times>,
}

impl Person {
    pub(crate) fn new(name: &str, base: &str, token: &str, times: &Arc<Times>) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(120)))
            .build();
        Self {
            name: name.to_owned(),
            agent: config.into(),
            base: base.to_owned(),
            token: token.to_owned(),
            times: Arc::clone(times),
        }
    }

    /// Makes a request, and accepts any answer that is not the server's own fault.
    pub(crate) fn ask(
        &self,
        what: &'static str,
        (method, path): (&str, &str),
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Result<Answer> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("authorization", format!("Bearer {}", self.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let start = Instant::now();
        let asked = || format!("{} asks {method} {path}", self.name);
        let answer = match body {
            Some(body) => {
                let request = request.header("content-type", "application/json");
                self.agent.run(request.body(body.to_string())?)
            }
            None => self.agent.run(request.body(())?),
        };
        let mut answer = answer.with_context(asked)?;
        let text = answer.body_mut().with_config().limit(ANSWER_SIZE_BYTES_MAX).read_to_vec();
        let text = text.with_context(asked)?;
        self.times.add(what, start.elapsed());
        let tag = answer.headers().get("etag").and_then(|tag| tag.to_str().ok());
        let answer = Answer {
            status: answer.status().as_u16(),
            tag: tag.unwrap_or_default().to_owned(),
            body: serde_json::from_slice(&text).unwrap_or_default(),
        };
        ensure!(answer.status < 500, "{}: {} {}", asked(), answer.status, answer.body);
        Ok(answer)
    }

    pub(crate) fn get(&self, path: &str) -> Result<Answer> {
        self.ask("read", ("GET", path), &[], None)
    }

    pub(crate) fn post(&self, what: &'static str, path: &str, body: &Value) -> Result<Answer> {
        self.ask(what, ("POST", path), &[], Some(body))
    }

    /// Posts a request that has to be accepted.
    pub(crate) fn must(&self, what: &'static str, path: &str, body: &Value) -> Result<Answer> {
        let answer = self.post(what, path, body)?;
        ensure!(
            answer.is_done(),
            "{}: POST {path} {body}: {} {}",
            self.name,
            answer.status,
            answer.body
        );
        Ok(answer)
    }

    /// All rows of a listing.
    pub(crate) fn all(&self, path: &str) -> Result<Vec<Value>> {
        let mark = if path.contains('?') { '&' } else { '?' };
        let (mut rows, mut next) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("{AUTHORING}/{path}{mark}limit=500{next}"))?;
            let found = page.body["rows"].as_array();
            rows.extend(found.with_context(|| format!("{path}: {}", page.body))?.clone());
            match page.body["next"].as_str() {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => return Ok(rows),
            }
        }
    }
}
