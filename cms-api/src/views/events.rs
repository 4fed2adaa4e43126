//! The form of event streams.

use serde::Serialize;
use utoipa::ToSchema;

use super::words::operation::EventName;

/// One server-sent event, as a stream has it.
#[derive(Serialize, ToSchema)]
pub struct StreamEvent {
    /// The event's name.
    event: EventName,
    /// The event's position; only in streams that can be resumed.
    id: Option<String>,
    /// JSON text, as `EventData` describes.
    data: Option<String>,
}

/// The data of an event.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum EventData {
    /// The data of `ready` and `reset`.
    Position(EventPosition),
    /// The data of an event about something that happened.
    Happened(EventHappened),
    /// The data of `progress` and `over`: the job.
    Job(crate::views::jobs::JobView),
}

/// Where a stream begins.
#[derive(Serialize, ToSchema)]
pub struct EventPosition {
    /// The position of the last write.
    position: u64,
}

/// Something that happened, with those of these names that it concerns, and possibly others.
#[derive(Serialize, ToSchema)]
pub struct EventHappened {
    /// Its position in the order of everything that happens.
    position: u64,
    /// The verb that was done.
    verb: String,
    /// Who did it.
    author: String,
    /// When they did it, in milliseconds since 1970-01-01T00:00:00Z.
    time_ms: u64,
    /// The branch that it concerns.
    branch: Option<String>,
    /// The channel that it concerns.
    channel: Option<String>,
    /// The commit that it made.
    commit: Option<String>,
    /// The draft that it concerns.
    draft: Option<String>,
    /// The job that it concerns.
    job: Option<String>,
    /// The notice that it concerns.
    notice: Option<String>,
    /// The person that it concerns.
    person: Option<String>,
    /// The publication that it made.
    publication: Option<String>,
    /// The review that it concerns.
    review: Option<String>,
    /// The schedule that it concerns.
    schedule: Option<String>,
    /// The snapshot that it made.
    snapshot: Option<String>,
}
