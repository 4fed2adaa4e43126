//! `…/service-accounts`: programs, and who answers for them.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use cms_core::{
    access::Right,
    model::name::Person,
    repo::{NewService, PersonSort},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::App,
    authoring::{by, listed},
    edge::{access::Caller, body::JsonBody, query::NoQuery},
    ground::form,
    problem::{Problem, caching::Caching},
    signing::{fresh_person, names},
    views::{accounts::PersonView, words::operation::RoleWord},
};

/// A service account to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewServiceBody {
    /// What the program is called.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// What it may do.
    role: RoleWord,
    /// Who answers for it; you yourself when left out.
    #[serde(default, deserialize_with = "form::some_person")]
    #[schema(value_type = Option<form::PersonText>)]
    responsible: Option<Person>,
}

/// Service accounts.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServicesView {
    /// The accounts, by id.
    pub services: Vec<PersonView>,
}

/// Programs with an account
///
/// Those that you answer for; all of them for an administrator.
#[utoipa::path(
    get,
    path = "/authoring/v1/service-accounts",
    operation_id = "services_list",
    tag = "people",
    responses((status = 200, description = "The accounts", body = ServicesView)),
)]
pub async fn list(State(app): State<App>, caller: Caller, _: NoQuery) -> Result<Response, Problem> {
    app.core(move |store| {
        let mut rows = store.repository.people().all()?;
        rows.retain(|row| {
            row.sort == PersonSort::Service
                && (caller.may_somewhere(Right::People)
                    || row.responsible.as_ref() == Some(&caller.person))
        });
        let rules = store.repository.rules()?;
        let services = rows.iter().map(|row| PersonView::of(row, &rules)).collect();
        Ok(listed(&ServicesView { services }))
    })
    .await
}

/// Make a service account
///
/// It acts through its tokens, and a person answers for it.
#[utoipa::path(
    post,
    path = "/authoring/v1/service-accounts",
    operation_id = "service_create",
    tag = "people",
    request_body(content = NewServiceBody),
    responses(
        (status = 201, description = "The account", body = PersonView, headers(("Location" = String, description = "The account"))),
        (status = 404, description = "The person who would answer has no account"),
        (status = 409, description = "The person who would answer is not active"),
        (status = 422, description = "Refused: the name, or a program would answer"),
    ),
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    _: NoQuery,
    JsonBody { value: body, .. }: JsonBody<NewServiceBody>,
) -> Result<Response, Problem> {
    let new = NewService {
        person: fresh_person()?,
        name: names::checked(&body.name)?,
        responsible: body.responsible.unwrap_or_else(|| caller.person.clone()),
        role: body.role.into(),
        stamp: by(&app, caller).stamp(""),
    };
    let made = app.core(move |store| {
        let row = store.repository.people().create_service(&new)?;
        Ok(PersonView::of(&row, &*store.repository.rules()?))
    });
    let view = made.await?;
    let location = [(header::LOCATION, format!("/authoring/v1/people/{}", view.person))];
    Ok((StatusCode::CREATED, [Caching::NoStore.header()], location, Json(view)).into_response())
}
