//! What streams of events tell.

use serde::Serialize;
use utoipa::ToSchema;

use super::words::operation::EventName;

/// One server-sent event, as a stream has it.
#[derive(Serialize, ToSchema)]
pub struct StreamEvent {
    /// What it is.
    event: EventName,
    /// Where it stands in the order; of streams that can be resumed.
    id: Option<String>,
    /// JSON, as `EventData` says.
    data: Option<String>,
}

/// What the data of an event says.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum EventData {
    /// Of `ready` and `reset`.
    Position(EventPosition),
    /// Of what happened.
    Happened(EventHappened),
    /// Of `progress` and `over`: the job.
    Job(crate::views::jobs::JobView),
}

/// Where a stream begins.
#[derive(Serialize, ToSchema)]
pub struct EventPosition {
    /// The position of what was written last.
    position: u64,
}

/// Something that happened, and the names that it concerns: those of these that do, and others.
#[derive(Serialize, ToSchema)]
pub struct EventHappened {
    /// Its place in the order of all that happens.
    position: u64,
    /// What was done.
    verb: String,
    /// Who did it.
    author: String,
    /// When, in milliseconds since 1970.
    time_ms: u64,
    /// The branch.
    branch: Option<String>,
    /// The channel.
    channel: Option<String>,
    /// The commit.
    commit: Option<String>,
    /// The draft.
    draft: Option<String>,
    /// The job.
    job: Option<String>,
    /// The notice.
    notice: Option<String>,
    /// The person.
    person: Option<String>,
    /// The publication.
    publication: Option<String>,
    /// The review.
    review: Option<String>,
    /// The schedule.
    schedule: Option<String>,
    /// The snapshot.
    snapshot: Option<String>,
}
