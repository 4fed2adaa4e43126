//! Asking a running server: the same requests and reports, over HTTP.

mod socket;

use std::{
    io::{self, BufRead, BufReader, Read},
    path::PathBuf,
    time::Duration,
};

use cms_core::model::id::MediaId;
use serde_json::{Value, json};
use ureq::{Agent, SendBody, http::Response};

use crate::{
    command::{
        Call, Command, Report, export,
        import::{self, frames::Sender},
        serve::listen::UNIX,
    },
    edge::problem::{Code, Problem},
};

/// A server and what opens it.
pub struct Client {
    agent: Agent,
    base: String,
    /// The address as it was given, for people.
    shown: String,
    token: String,
}

type Answer = Response<ureq::Body>;

impl Client {
    /// A client of the server at this address.
    ///
    /// # Errors
    /// A problem when the address is not one of HTTP.
    pub fn new(url: &str, token: Option<&str>) -> Result<Self, Problem> {
        let socket = url.strip_prefix(UNIX).map(PathBuf::from);
        if socket.is_none() && !url.starts_with("http://") {
            let detail = format!(
                "{url:?} is not an http:// address, nor unix:PATH (put TLS in front of the server, and reach it from inside)"
            );
            return Err(Problem::new(Code::RequestMalformed, detail));
        }
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(Duration::from_secs(5)))
            .max_redirects(0)
            .build();
        let (agent, base) = match socket {
            // The host that is named counts for nothing there.
            Some(path) => (socket::agent(config, path), "http://localhost"),
            None => (config.into(), url.trim_end_matches('/')),
        };
        Ok(Self {
            agent,
            base: base.to_owned(),
            shown: url.to_owned(),
            token: token.unwrap_or_default().to_owned(),
        })
    }

    fn post(&self, verb: &str, media_type: &str, body: SendBody<'_>) -> Result<Answer, Problem> {
        self.agent
            .post(format!("{}/authoring/v1/commands/{verb}", self.base))
            .header("Authorization", format!("Bearer {}", self.token))
            .header("Content-Type", media_type)
            .send(body)
            .map_err(|error| self.unreachable(&error))
            .and_then(|answer| self.accepted(answer))
    }

    fn unreachable(&self, error: &dyn std::fmt::Display) -> Problem {
        Problem::new(Code::ServerUnavailable, format!("{}: {error}", self.shown))
    }

    /// The answer, or the problem that it is.
    fn accepted(&self, answer: Answer) -> Result<Answer, Problem> {
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let mut answer = answer;
        let body = answer.body_mut().with_config().limit(64 << 20).read_to_vec();
        let body: Value =
            body.ok().and_then(|body| serde_json::from_slice(&body).ok()).unwrap_or_default();
        Err(Problem::from_json(&body).unwrap_or_else(|| {
            self.unreachable(&format!("it answered {status} without a problem"))
        }))
    }

    /// Has a verb done.
    ///
    /// # Errors
    /// The problem that the server told, or that it did not answer.
    pub fn run(&self, mut call: Call, command: &Command) -> Result<Report, Problem> {
        let mut asked = serde_json::to_value(command).expect("requests serialise");
        call.request = asked["request"].take();
        let body = serde_json::to_vec(&call).expect("calls serialise");
        let mut answer =
            self.post(command.word(), "application/json", SendBody::from_reader(&mut &*body))?;
        let report: Value = answer
            .body_mut()
            .with_config()
            .limit(1 << 30)
            .read_json()
            .map_err(|error| self.unreachable(&error))?;
        serde_json::from_value(json!({ "verb": command.word(), "report": report })).map_err(
            |error| self.unreachable(&format!("its report is of another version: {error}")),
        )
    }

    /// Sends an import.
    ///
    /// # Errors
    /// The problem that the server told, or that it did not answer.
    pub fn import(&self, mut sender: Sender) -> Result<import::Report, Problem> {
        let body = SendBody::from_reader(&mut sender);
        let mut answer = self.post("import", "application/x-ndjson", body)?;
        let read = answer.body_mut().with_config().limit(1 << 30).read_json();
        read.map_err(|error| self.unreachable(&error))
    }

    /// Receives an export.
    ///
    /// # Errors
    /// The problem that the server told, or that the answer ended early.
    pub fn export(
        &self,
        mut call: Call,
        request: &export::Request,
        write: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<export::Report, Problem> {
        call.request = serde_json::to_value(request).expect("requests serialise");
        let body = serde_json::to_vec(&call).expect("calls serialise");
        let answer = self.post("export", "application/json", SendBody::from_reader(&mut &*body))?;
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
    /// The problem that the server told, or that it did not answer.
    pub fn media(&self, id: MediaId) -> Result<Vec<u8>, Problem> {
        let answer = self
            .agent
            .get(format!("{}/authoring/v1/media/{id}", self.base))
            .header("Authorization", format!("Bearer {}", self.token))
            .call()
            .map_err(|error| self.unreachable(&error))
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
