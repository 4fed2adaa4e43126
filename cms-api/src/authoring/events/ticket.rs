//! `POST /authoring/v1/events/ticket`: the ticket with which a browser opens a stream.

use axum::{Extension, extract::State, response::Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    authoring::listed,
    edge::{
        access::{Caller, Proof},
        query::NoQuery,
        tickets::LIFE_MS,
    },
    problem::Problem,
};

/// A ticket that opens one stream.
#[derive(Debug, Serialize, ToSchema)]
pub struct TicketView {
    /// The ticket, to be sent as `?ticket=` to `/authoring/v1/events` or `/authoring/v1/jobs/{job}/events`.
    pub ticket: String,
    /// For how many seconds it is valid.
    pub expires_in_s: u64,
}

/// Ask for a ticket to a stream
///
/// The `EventSource` of browsers sends no header. A ticket opens one stream, once, within a minute, and nothing else;
/// it stands for the token or the session with which it was requested. After a stream has ended, ask for another ticket, and name the
/// last event as `last_event_id`.
#[utoipa::path(
    post,
    path = "/authoring/v1/events/ticket",
    operation_id = "events_ticket_create",
    tag = "events",
    responses((status = 200, description = "The ticket", body = TicketView)),
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    _: NoQuery,
    proof: Option<Extension<Proof>>,
) -> Result<Response, Problem> {
    let Some(Extension(proof)) = proof else {
        return Err(Problem::internal("a caller without a proof"));
    };
    let ticket = app.tickets().give(proof, caller.person.as_str(), app.now_ms())?;
    Ok(listed(&TicketView { ticket, expires_in_s: LIFE_MS / 1000 }))
}
