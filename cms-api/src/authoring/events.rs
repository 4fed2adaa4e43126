//! `GET /authoring/v1/events`: what happens, as it happens, so that open screens can follow.
//!
//! An event's id is the engine's position of the write that it reports. Positions only grow and the audit keeps them
//! all, so a client that was away names the last one that it saw and gets the rest.
//!
//! Invariants:
//! 1. A client that resumes misses no event and gets none twice, or it gets `reset` and reads everything again.
//! 2. A stream holds at most [`EVENTS_MAX`] events and one page of the audit; a client that does not read for
//!    [`PATIENCE`] is dropped.
//! 3. A stream ends as soon as the token or session that opened it does, and after a while in any case.
//! 4. Only the person of a notice gets its event, and there are no events about tokens.

pub mod audit;
pub mod ticket;

use std::{
    convert::Infallible,
    pin::Pin,
    str::FromStr,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use cms_core::{
    access::Right,
    engine::Position,
    model::name::Branch,
    repo::{DraftId, Happening},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;
use utoipa::IntoParams;

use crate::{
    app::App,
    edge::{
        access::{Caller, Proof},
        places::{Full, Place},
        query::parsed,
        tickets::{TicketParameter, Watcher},
    },
    problem::{Code, Problem, caching::Caching},
    store::hub::Woken,
};

/// Most events that wait for a reader.
const EVENTS_MAX: usize = 32;
/// Most records that are read from the audit at a time.
const RECORDS_MAX: usize = 100;
/// How long a reader may leave an event unread.
const PATIENCE: Duration = Duration::from_secs(30);
/// The time between two signs of life.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The shortest time between two reads of the audit, because one busy writer wakes many streams.
const LOOKS_APART_MIN: Duration = Duration::from_millis(50);
/// After this time a stream ends and its client resumes: a token may have ended by the clock, which wakes nobody.
const LIFE: Duration = Duration::from_secs(15 * 60);
/// A client that is more positions behind than this is asked to read everything again.
const BEHIND_MAX: u64 = 10_000;
/// The members of an event that name no entry and quote nobody.
const TOLD_TO_ALL: [&str; 14] = [
    "author",
    "branch",
    "channel",
    "commit",
    "draft",
    "job",
    "notice",
    "person",
    "position",
    "publication",
    "review",
    "schedule",
    "time_ms",
    "verb",
];

/// The reader went away, or was too slow.
#[derive(Debug)]
pub(super) struct Gone;

/// Where a stream's events are put.
pub(super) struct Sender {
    events: mpsc::Sender<Event>,
    /// This stream's place among the server's places for streams.
    _place: Place,
}

impl Sender {
    pub(super) async fn send(&self, event: Event) -> Result<(), Gone> {
        self.events.send_timeout(event, PATIENCE).await.map_err(|_| Gone)
    }

    pub(super) async fn gone(&self) {
        self.events.closed().await;
    }
}

struct Events(mpsc::Receiver<Event>);

impl futures_core::Stream for Events {
    type Item = Result<Event, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|event| event.map(Ok))
    }
}

/// A new stream: where to put events, and the answer that sends them.
pub(super) fn stream(app: &App, person: &str) -> Result<(Sender, Response), Problem> {
    let place = app.streams().take(person).map_err(|full| {
        let detail = match full {
            Full::ForPerson(count) => format!("you have {count} streams open already; close one"),
            Full::ForAll => "too many streams of events are open; ask again later".to_owned(),
        };
        Problem::new(Code::TooMany, detail)
    })?;
    let (events, received) = mpsc::channel(EVENTS_MAX);
    let alive = KeepAlive::new().interval(HEARTBEAT).text("");
    let mut response = Sse::new(Events(received)).keep_alive(alive).into_response();
    let headers = response.headers_mut();
    Caching::NoStore.set(headers);
    // Proxies that buffer answers would hold events back.
    headers.insert("x-accel-buffering", header::HeaderValue::from_static("no"));
    Ok((Sender { events, _place: place }, response))
}

/// From where a stream goes on.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventsQuery {
    /// The same, for clients that can't send a header.
    #[serde(default, deserialize_with = "parsed")]
    #[param(value_type = Option<u64>)]
    last_event_id: Option<EventId>,
}

/// What happens, as it happens
///
/// Server-sent events. First `ready`, whose id is where the stream begins; then `branch`, `draft`, `review`, `channel`,
/// `schedule`, `job`, `notice` and `change`, each with the verb, the author, the time and the names that it concerns.
/// Resume with `Last-Event-ID`; `reset` says that too much has happened since, and that the client has to read what it
/// shows again. A comment every 15 s is a sign of life.
#[utoipa::path(
    get,
    path = "/authoring/v1/events",
    operation_id = "events_stream",
    tag = "events",
    params(
        ("Last-Event-ID" = Option<u64>, Header, description = "The id of the last event that was seen"),
        EventsQuery,
        TicketParameter,
    ),
    responses(
        (status = 200, description = "The events", content_type = "text/event-stream", body = crate::views::events::StreamEvent),
        (status = 429, description = "Too many streams"),
    ),
)]
pub async fn handler(
    State(app): State<App>,
    Watcher { caller, proof, query }: Watcher<EventsQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    // A browser that reconnects by itself sends the header, which is newer than the address.
    let last = last_event_id(&headers)?.or(query.last_event_id.map(|id| id.0));
    let (sender, response) = stream(&app, caller.person.as_str())?;
    tokio::spawn(async move {
        if let Err(problem) = follow(&app, &caller, &proof, last, &sender).await {
            tracing::warn!(code = problem.code.word(), detail = problem.detail, "events");
        }
    });
    Ok(response)
}

/// The id of an event: a position of the store, which counts no further than a signed number does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct EventId(u64);

/// Text that is not the id of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no event has this id; ids are whole numbers")]
struct EventIdError;

impl FromStr for EventId {
    type Err = EventIdError;

    fn from_str(text: &str) -> Result<Self, EventIdError> {
        let id = text.parse::<i64>().ok().and_then(|id| u64::try_from(id).ok());
        id.map(Self).ok_or(EventIdError)
    }
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(value) = headers.get("last-event-id") else { return Ok(None) };
    let parsed = value.to_str().ok().and_then(|text| text.parse::<EventId>().ok());
    parsed.map(|id| Some(id.0)).ok_or_else(|| {
        let detail = "`Last-Event-ID` must be the id of an event that this server sent";
        Problem::new(Code::RequestMalformed, detail)
    })
}

async fn follow(
    app: &App,
    caller: &Caller,
    proof: &Proof,
    last: Option<u64>,
    sender: &Sender,
) -> Result<(), Problem> {
    let mut caller = caller.clone();
    // Listening begins before the newest position is read, so that no event is missed in between.
    let mut listener = app.store().hub.listen();
    let newest = app.core(|store| Ok(store.repository.history().newest_position()?)).await?.0;
    let (first, mut at) = match last {
        None => ("ready", newest),
        Some(last) if last > newest || newest - last > BEHIND_MAX => ("reset", newest),
        Some(last) => ("ready", last),
    };
    let hello = Event::default().event(first).id(at.to_string());
    if sender.send(hello.data(json!({ "position": at }).to_string())).await.is_err() {
        return Ok(());
    }
    let end = tokio::time::sleep(LIFE);
    tokio::pin!(end);
    loop {
        let after = Position(at);
        let (rows, rules) = app
            .core(move |store| {
                let rows = store.repository.history().happened(after, RECORDS_MAX)?;
                // A role that was taken is looked for after the records were read, as the end of a session is.
                Ok((rows, store.repository.rules()?))
            })
            .await?;
        // What ends a session or a token is a write, so it has woken this stream. It is looked for after the records were
        // read: what happened later than the end is not among them then.
        if !proof.holds(app, app.signing()).await? {
            return Ok(());
        }
        caller = caller.under(rules);
        if !caller.may_somewhere(Right::Read) {
            return Ok(());
        }
        let is_whole = rows.len() < RECORDS_MAX;
        for row in rows {
            at = row.position.0;
            let Some((name, data)) = as_event(row, &caller) else { continue };
            let Some(data) = seen(app, &caller, data).await? else { continue };
            let event = Event::default().event(name).id(at.to_string()).data(data.to_string());
            if sender.send(event).await.is_err() {
                return Ok(());
            }
        }
        if !is_whole && !listener.is_stopping() {
            continue;
        }
        tokio::select! {
            woken = listener.woken() => if woken == Woken::Stopping { return Ok(()) },
            () = sender.gone() => return Ok(()),
            () = &mut end => return Ok(()),
        }
        tokio::time::sleep(LOOKS_APART_MIN).await;
    }
}

/// Whether a record is about accounts and what opens them, which is nobody's business who follows content.
fn is_of_accounts(verb: &str) -> bool {
    let of = |word: &str| {
        verb.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    ["token", "person", "session", "sign-in", "link", "credential", "password", "passkey", "totp"]
        .into_iter()
        .chain(["second-factor", "recovery-codes", "identity", "service"])
        .chain(["role", "suspend", "reinstate"])
        .any(of)
}

/// What an event tells somebody who sees only a part of the catalogue: where something happened, and not to which
/// entries; nothing of drafts, reviews and schedules that they do not see.
async fn seen(app: &App, caller: &Caller, data: Value) -> Result<Option<Value>, Problem> {
    if caller.holder.may_everywhere(Right::Read) {
        return Ok(Some(data));
    }
    let Value::Object(mut data) = data else { return Ok(None) };
    data.retain(|name, _| TOLD_TO_ALL.contains(&&**name));
    let caller = caller.clone();
    let seen = app.core(move |store| {
        let sight = caller.sight(store);
        let named = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
        let is_seen = (|| {
            if let Ok(review) = named("review").parse() {
                sight.must_see_review(&review)?;
            }
            if let Ok(draft) = named("draft").parse() {
                sight.draft(&draft)?;
            }
            if let Ok(channel) = named("channel").parse()
                && data.contains_key("schedule")
            {
                sight.schedule_of(&channel, named("schedule"))?;
            }
            Ok(())
        })();
        match is_seen {
            Ok(()) => Ok(Some(Value::Object(data))),
            Err::<(), Problem>(problem) if problem.code.status() == StatusCode::NOT_FOUND => {
                Ok(None)
            }
            Err(problem) => Err(problem),
        }
    });
    seen.await
}

/// The event that a person gets for something that happened: its name and its data.
fn as_event(row: Happening, caller: &Caller) -> Option<(&'static str, Value)> {
    let names = |name: &str| row.fields.contains_key(name);
    let own = row.fields.get("person").and_then(Value::as_str) == Some(caller.person.as_str());
    let branch = row.fields.get("branch").and_then(Value::as_str);
    // Records from before reviews were recorded by name have the store's own branch.
    let branch = branch.and_then(|branch| branch.parse::<Branch>().ok());
    let is_of_reviews = branch == Some(Branch::Reviews) || row.verb == "mend-reviews";
    let draft = branch.as_ref().and_then(Branch::draft).map(DraftId::to_string);
    let event = match row.verb.as_str() {
        // Who has an account and which role is for those who look after people.
        verb if is_of_accounts(verb) => return None,
        // What is of the audit alone is read there.
        "audit-seal" | "audit-key" | "audit-forget" | "set-audit-policy" | "refused"
        | "refused-more" => return None,
        // Saves of working copies are no events.
        "save-draft" => return None,
        "notice" if own => "notice",
        "notice" => return None,
        "job" if own || caller.may_somewhere(Right::Operate) => "job",
        "job" => return None,
        _ if names("review") || is_of_reviews => "review",
        _ if names("schedule") => "schedule",
        _ if names("channel") => "channel",
        _ if names("draft") || draft.is_some() => "draft",
        _ if names("branch") => "branch",
        _ => "change",
    };
    let mut data: Map<String, Value> = row.fields;
    if event == "review" {
        // The commit and the branch are the store's own, and lead clients nowhere.
        data.retain(|name, _| name != "branch" && name != "commit");
    }
    if let Some(draft) = draft {
        data.insert("draft".into(), draft.into());
    }
    data.insert("position".into(), row.position.0.into());
    data.insert("verb".into(), row.verb.into());
    data.insert("author".into(), row.author.into());
    data.insert("time_ms".into(), row.time_ms.into());
    Some((event, data.into()))
}

#[cfg(test)]
mod tests {
    use cms_core::access::Role;

    use super::*;
    use crate::edge::access::role_of;

    fn check(verb: &str, fields: Value, role: Role, expected: Option<&str>) {
        let Value::Object(fields) = fields else { panic!("fields are an object") };
        let row = Happening {
            position: Position(7),
            verb: verb.into(),
            author: "ben".into(),
            time_ms: 1,
            fields: fields.clone(),
        };
        let rules = std::sync::Arc::new(role_of("ana", role));
        let caller = Caller::known("ana".parse().unwrap(), None, rules);
        let found = as_event(row, &caller);
        assert_eq!(found.as_ref().map(|(name, _)| *name), expected, "{verb} {fields:?}");
    }

    #[test]
    fn each_is_told_what_concerns_them() {
        check("commit", json!({ "branch": "main" }), Role::Viewer, Some("branch"));
        check("commit", json!({ "branch": "draft/x1" }), Role::Viewer, Some("draft"));
        check("approve", json!({ "review": "r1", "draft": "x1" }), Role::Viewer, Some("review"));
        check("approve", json!({ "branch": "reviews" }), Role::Viewer, Some("review"));
        check("publish", json!({ "channel": "production" }), Role::Viewer, Some("channel"));
        check("notice", json!({ "person": "ana" }), Role::Viewer, Some("notice"));
        check("notice", json!({ "person": "ben" }), Role::Administrator, None);
        check("job", json!({ "person": "ben", "job": "1" }), Role::Publisher, None);
        check("job", json!({ "person": "ben", "job": "1" }), Role::Administrator, Some("job"));
        check("save-draft", json!({ "draft": "x1" }), Role::Administrator, None);
        check("token-create", json!({ "person": "ana" }), Role::Administrator, None);
        for verb in ["role-give", "role-take-all", "suspend", "reinstate"] {
            check(verb, json!({ "person": "ana" }), Role::Administrator, None);
        }
        check("something", json!({}), Role::Viewer, Some("change"));
    }
}
