//! Asking a running server: the same requests and reports, but over HTTP.
//!
//! Invariants:
//! 1. When a change may have been made and no answer says so, the problem is [`Code::OutcomeUnknown`].
//! 2. A refusal is reported as the server sent it, even when the server refused before it had read everything.

mod wire;

use std::{
    io::{self, BufRead, BufReader, Read},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use cms_core::{access::Right, model::id::MediaId, repo::ImportError};
use serde_json::{Value, json};
use ureq::{
    Agent, SendBody,
    http::{Response, StatusCode, Uri},
    unversioned::resolver::DefaultResolver,
};

use crate::{
    problem::{Code, Problem},
    process::config::listen::UNIX,
    verbs::{
        Call, Command, Report, export,
        import::{self, frames::Sender},
    },
};
use wire::{Place, Wire};

/// A server, and the token that opens it.
pub struct Client {
    agent: Agent,
    /// Its name as it was typed, for messages.
    name: String,
    base: String,
    token: Option<String>,
    is_answered: Arc<AtomicBool>,
}

type Answer = Response<ureq::Body>;

/// Whether a request changes something, so that it matters whether it was carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Reads,
    Changes,
}

/// A body that is being sent: it remembers an error of reading it, and ends when the server has answered.
struct Sending<'b> {
    body: &'b mut dyn Read,
    is_answered: &'b AtomicBool,
    failed: Option<io::Error>,
    is_whole: bool,
}

impl Read for Sending<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_answered.load(Ordering::Relaxed) {
            return Ok(0);
        }
        match self.body.read(buffer) {
            Ok(0) => {
                self.is_whole = true;
                Ok(0)
            }
            Ok(count) => Ok(count),
            Err(error) => {
                let same = io::Error::new(error.kind(), error.to_string());
                self.failed = Some(error);
                Err(same)
            }
        }
    }
}

impl Client {
    /// Where the server answers.
    pub fn url(&self) -> &str {
        &self.name
    }

    /// A client of the server at this address; the server is given up when it shows no sign of life for `patience`.
    ///
    /// The server is asked directly, whatever the environment says about proxies, so the token goes to nobody else.
    ///
    /// # Errors
    /// A problem when the address is not an HTTP address, or the token is not a token.
    pub fn new(url: &str, token: Option<&str>, patience: Duration) -> Result<Self, Problem> {
        let malformed = |detail: String| Problem::new(Code::RequestMalformed, detail);
        let (place, base) = match url.strip_prefix(UNIX) {
            // The address only gives the request its form.
            Some(path) => (Place::Socket(path.into()), "http://127.0.0.1".to_owned()),
            None if is_http(url) => (Place::Network, url.trim_end_matches('/').to_owned()),
            None => {
                return Err(malformed(format!(
                    "{url:?} is not an address http://HOST:PORT (put TLS in front of the server, and reach it from inside)"
                )));
            }
        };
        let token = token.map(str::trim).filter(|token| !token.is_empty());
        if token.is_some_and(|token| !token.bytes().all(|byte| byte.is_ascii_graphic())) {
            let detail = "the token has characters that no token has; nothing was sent";
            return Err(malformed(detail.to_owned()));
        }
        let is_answered = Arc::<AtomicBool>::default();
        let wire =
            Wire { place, prefix: base.clone(), patience, is_answered: Arc::clone(&is_answered) };
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_resolve(Some(patience))
            .proxy(None)
            .max_redirects(0)
            .build();
        Ok(Self {
            agent: Agent::with_parts(config, wire, DefaultResolver::default()),
            name: url.trim_end_matches('/').to_owned(),
            base,
            token: token.map(str::to_owned),
            is_answered,
        })
    }

    fn authorization(&self) -> Option<(&'static str, String)> {
        self.token.as_ref().map(|token| ("Authorization", format!("Bearer {token}")))
    }

    fn post(
        &self,
        verb: &str,
        media_type: &str,
        body: &mut dyn Read,
        effect: Effect,
    ) -> Result<Answer, Problem> {
        self.is_answered.store(false, Ordering::Relaxed);
        let mut request = self
            .agent
            .post(format!("{}/authoring/v1/commands/{verb}", self.base))
            .header("Content-Type", media_type);
        if let Some((name, value)) = self.authorization() {
            request = request.header(name, value);
        }
        let mut sending =
            Sending { body, is_answered: &self.is_answered, failed: None, is_whole: false };
        let outcome = request.send(SendBody::from_reader(&mut sending));
        if let Some(error) = sending.failed {
            return Err(ImportError::Input(error).into());
        }
        match outcome {
            Ok(answer) => self.accepted(answer),
            Err(error) if sending.is_whole && effect == Effect::Changes => {
                let detail = format!(
                    "{}: {}; it has the request, and whether it did it is not known",
                    self.name,
                    said(&error)
                );
                Err(Problem::new(Code::OutcomeUnknown, detail))
            }
            Err(error) => Err(self.unreachable(&said(&error))),
        }
    }

    fn unreachable(&self, error: &dyn std::fmt::Display) -> Problem {
        Problem::new(Code::ServerUnavailable, format!("{}: {error}", self.name))
    }

    /// The answer, or the problem that the answer reports.
    fn accepted(&self, answer: Answer) -> Result<Answer, Problem> {
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let mut answer = answer;
        let body = answer.body_mut().with_config().limit(64 << 20).read_to_vec();
        let body: Value =
            body.ok().and_then(|body| serde_json::from_slice(&body).ok()).unwrap_or_default();
        let mut problem = Problem::from_json(&body).unwrap_or_else(|| {
            let detail = format!("{}: it answered {status} without a problem", self.name);
            Problem::new(code_of(status), detail)
        });
        if problem.code == Code::TokenRefused {
            let which = if self.token.is_some() { "refused the token" } else { "wants a token" };
            problem.detail = format!("{} {which} (--token, CMS_TOKEN)", self.name);
        }
        Err(problem)
    }

    /// Has the server run a verb.
    ///
    /// # Errors
    /// The problem that the server reported, or that it did not answer.
    pub fn run(&self, mut call: Call, command: &Command) -> Result<Report, Problem> {
        let mut asked = serde_json::to_value(command).expect("requests serialise");
        call.request = asked["request"].take();
        let body = serde_json::to_vec(&call).expect("calls serialise");
        let effect = effect_of(command);
        let mut answer = self.post(command.word(), "application/json", &mut &*body, effect)?;
        let report: Value = answer
            .body_mut()
            .with_config()
            .limit(1 << 30)
            .read_json()
            .map_err(|error| self.unreachable(&said(&error)))?;
        serde_json::from_value(json!({ "verb": command.word(), "report": report })).map_err(
            |error| self.unreachable(&format!("its report is of another version: {error}")),
        )
    }

    /// Sends an import.
    ///
    /// # Errors
    /// The problem that the server reported, or that it did not answer.
    pub fn import(&self, mut sender: Sender) -> Result<import::Report, Problem> {
        let mut answer =
            self.post("import", "application/x-ndjson", &mut sender, Effect::Changes)?;
        let read = answer.body_mut().with_config().limit(1 << 30).read_json();
        read.map_err(|error| self.unreachable(&said(&error)))
    }

    /// Receives an export.
    ///
    /// # Errors
    /// The problem that the server reported, or that the answer ended early.
    pub fn export(
        &self,
        mut call: Call,
        request: &export::Request,
        write: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<export::Report, Problem> {
        call.request = serde_json::to_value(request).expect("requests serialise");
        let body = serde_json::to_vec(&call).expect("calls serialise");
        let answer = self.post("export", "application/json", &mut &*body, Effect::Reads)?;
        let mut reader = BufReader::with_capacity(1 << 16, answer.into_body().into_reader());
        let mut line = Vec::new();
        loop {
            line.clear();
            let count =
                reader.read_until(b'\n', &mut line).map_err(|error| self.unreachable(&error))?;
            if count == 0 {
                return Err(self.unreachable(&"the export ended early"));
            }
            if line.starts_with(b"{\"cms\":") {
                return match serde_json::from_slice(&line) {
                    Ok(export::LastLine::Report(report)) => Ok(report),
                    Ok(export::LastLine::Problem { problem }) => Err(Problem::from_json(&problem)
                        .unwrap_or_else(|| self.unreachable(&"the export failed there"))),
                    Err(error) => Err(self.unreachable(&error)),
                };
            }
            write(&line).map_err(|error| Problem::io("the output", &error))?;
        }
    }

    /// Fetches a media file of authors.
    ///
    /// # Errors
    /// The problem that the server reported, or that it did not answer.
    pub fn media(&self, id: MediaId) -> Result<Vec<u8>, Problem> {
        let mut request = self.agent.get(format!("{}/authoring/v1/media/{id}", self.base));
        if let Some((name, value)) = self.authorization() {
            request = request.header(name, value);
        }
        let answer = request
            .call()
            .map_err(|error| self.unreachable(&said(&error)))
            .and_then(|answer| self.accepted(answer))?;
        let mut bytes = Vec::new();
        answer
            .into_body()
            .into_reader()
            .read_to_end(&mut bytes)
            .map_err(|error| self.unreachable(&error))?;
        Ok(bytes)
    }
}

fn is_http(url: &str) -> bool {
    url.parse::<Uri>().is_ok_and(|url| {
        let (host, place) = (url.host().unwrap_or_default(), url.authority());
        // The host is followed by a possible port, and no user's name precedes it.
        let place = place.map(ureq::http::uri::Authority::as_str).unwrap_or_default();
        let is_place = place == host || (url.port_u16().is_some() && !place.contains('@'));
        let has_host = !host.is_empty();
        url.scheme_str() == Some("http") && has_host && is_place && url.query().is_none()
    })
}

/// The error of a failed request, without the library's own words before it.
fn said(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Io(error) => error.to_string(),
        other => other.to_string(),
    }
}

fn effect_of(command: &Command) -> Effect {
    let reads = command.right() == Right::Read
        || matches!(command, Command::Verify(_) | Command::TokenList(_) | Command::RoleList(_));
    if reads { Effect::Reads } else { Effect::Changes }
}

/// The code of a refusal that does not have this server's form, because something in front of the server refused.
const fn code_of(status: StatusCode) -> Code {
    match status {
        StatusCode::UNAUTHORIZED => Code::TokenRefused,
        StatusCode::FORBIDDEN => Code::RightMissing,
        StatusCode::PAYLOAD_TOO_LARGE => Code::BodyTooLarge,
        StatusCode::TOO_MANY_REQUESTS => Code::TooMany,
        StatusCode::INSUFFICIENT_STORAGE => Code::StoreFull,
        _ => Code::ServerUnavailable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_none_is_refused_before_anything_is_sent() {
        let client =
            |url: &str| Client::new(url, None, Duration::from_secs(60)).map(|client| client.base);
        for url in ["http://a:1", "http://[::1]:8080/", "http://a/below/", "unix:/run/cms.sock"] {
            assert!(client(url).is_ok(), "{url}");
        }
        assert_eq!(client("http://a/below/").unwrap(), "http://a/below");
        for url in ["", "a:1", "http://", "http:///x", "https://a", "http://a:99999", "http://a/?x"]
        {
            assert_eq!(client(url).unwrap_err().code, Code::RequestMalformed, "{url}");
        }
    }
}
