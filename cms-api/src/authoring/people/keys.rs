//! `…/tokens`: API tokens, one's own and those of the programs that one answers for.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use cms_core::{
    access::{Bounds, Holder, Limits, Right, Rights, Role},
    model::{
        key::{EntryKey, Kind, Locale},
        name::{ChannelName, Person},
    },
    repo::{NewToken, PersonSort, SecretHash, TokenRow},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::App,
    authoring::{by, listed, people::limits_of},
    edge::{access::Caller, body::JsonBody, extract::PathOf, query::NoQuery},
    ground::{
        form::{self, some_whole},
        moment, secret,
    },
    problem::{Code, Problem, caching::Caching},
    store::{Store, known},
    views::words::operation::{RightWord, RoleWord},
};

/// The milliseconds of a day.
const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// For how many days a token is valid when nobody says.
const DAYS: u32 = 90;

/// A token to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKeyBody {
    /// What it is for.
    #[schema(min_length = 1, max_length = 200)]
    label: String,
    /// The most that it may do; never more than its person may.
    role: RoleWord,
    /// For whom it stands: a service account that you answer for; you yourself when left out.
    #[serde(default, deserialize_with = "form::some_person")]
    #[schema(value_type = Option<form::PersonText>)]
    person: Option<Person>,
    /// For how many days it is valid; 90 when left out.
    #[serde(default, deserialize_with = "some_whole")]
    #[schema(minimum = 1, maximum = 366)]
    days: Option<u32>,
    /// Only these rights of the role; all of them when left out or empty, except `people` and `takedown`, which a key
    /// has only by name, and `people` only with all others.
    #[serde(default, deserialize_with = "form::bounded::<_, _, 0, 20>")]
    #[schema(max_items = 20)]
    rights: Vec<RightWord>,
    /// Only for this entry and what stands below it.
    #[serde(default)]
    #[schema(value_type = Option<form::SubtreeText>)]
    subtree: Option<EntryKey>,
    /// Only for entries of these kinds; for all when left out or empty.
    #[serde(default, deserialize_with = "form::bounded::<_, _, 0, 50>")]
    #[schema(value_type = Vec<form::KindText>, max_items = 50)]
    kinds: Vec<Kind>,
    /// Only for translations into these languages; for all when left out or empty.
    #[serde(default, deserialize_with = "form::bounded::<_, _, 0, 50>")]
    #[schema(value_type = Vec<form::LocaleText>, max_items = 50)]
    locales: Vec<Locale>,
    /// Only for these channels; for all when left out or empty.
    #[serde(default, deserialize_with = "form::bounded::<_, _, 0, 50>")]
    #[schema(value_type = Vec<form::ChannelText>, max_items = 50)]
    channels: Vec<ChannelName>,
    /// At most this many requests a minute.
    #[serde(default, deserialize_with = "some_whole")]
    #[schema(minimum = 1, maximum = 100_000)]
    requests_per_min: Option<u32>,
}

/// A token, without its text.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyView {
    /// The token's id; it opens nothing.
    pub token: String,
    /// For whom it stands.
    pub person: String,
    /// What it is for.
    pub label: String,
    /// The most that it may do.
    pub role: RoleWord,
    /// The rights that it may use.
    pub rights: Vec<RightWord>,
    /// Only this entry and what stands below it; null for the whole catalogue.
    pub subtree: Option<String>,
    /// Only entries of these kinds; empty for all.
    pub kinds: Vec<String>,
    /// Only translations into these languages; empty for all.
    pub locales: Vec<String>,
    /// Only these channels; empty for all.
    pub channels: Vec<String>,
    /// When it was made: UTC, ISO 8601.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// Who made it.
    pub created_by: String,
    /// When it ends: UTC, ISO 8601; null for never.
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
    /// The day on which it was last used: UTC, ISO 8601; null when it never was.
    #[schema(format = DateTime)]
    pub used_at: Option<String>,
    /// At most this many requests a minute; null for no limit of its own.
    pub requests_per_min: Option<u32>,
}

/// A token that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewKeyView {
    /// The token.
    #[serde(flatten)]
    pub key: KeyView,
    /// What is sent as `Authorization: Bearer TEXT`. It is returned only here, and kept nowhere.
    pub text: String,
}

/// Tokens.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeysView {
    /// The tokens, newest first.
    pub tokens: Vec<KeyView>,
}

impl KeyView {
    fn of(row: &TokenRow) -> Self {
        let bounds = row.bounds();
        let Limits { subtree, kinds, locales, channels } = &bounds.limits;
        Self {
            rights: bounds.rights.iter().map(Into::into).collect(),
            subtree: subtree.as_ref().map(ToString::to_string),
            kinds: kinds.iter().map(ToString::to_string).collect(),
            locales: locales.iter().map(ToString::to_string).collect(),
            channels: channels.iter().map(ToString::to_string).collect(),
            token: row.id.clone(),
            person: row.person.clone(),
            label: row.label.clone(),
            role: row.role.into(),
            created_at: moment::iso(row.created_ms),
            created_by: row.created_by.clone(),
            expires_at: row.expires_ms.map(moment::iso),
            used_at: row.used_ms.map(moment::iso),
            requests_per_min: row.requests_per_min,
        }
    }
}

/// The rights that a key of a role is narrowed to; all of the role but the grave ones when none is named.
fn rights_of(role: Role, named: &[RightWord]) -> Result<Rights, Problem> {
    let chosen: Vec<Right> = named.iter().map(|right| Right::from(*right)).collect();
    if chosen.is_empty() {
        return Ok(role.rights().without_grave());
    }
    let malformed = |at: usize, detail: String| {
        let pointer = format!("/rights/{at}");
        Err(Problem::new(Code::RequestMalformed, detail).with("pointer", pointer))
    };
    if let Some(at) = chosen.iter().position(|right| !role.rights().has(*right)) {
        return malformed(at, format!("the role {role} has no right {}", chosen[at]));
    }
    let rights = Rights::of(&chosen);
    match chosen.iter().position(|right| *right == Right::People) {
        // Whoever has it gives themselves the rest.
        Some(at) if !role.rights().is_within(rights) => malformed(
            at,
            "a key with the right `people` could give itself every other: name them all, or leave it out"
                .to_owned(),
        ),
        _ => Ok(rights),
    }
}

/// Whether somebody may make and revoke the tokens of a person: their own, those of programs that they answer for, and as
/// an administrator those of every program.
fn answers_for(store: &Store, caller: &Caller, person: &Person) -> Result<bool, Problem> {
    if caller.person == *person {
        return Ok(true);
    }
    match store.repository.people().one(person) {
        Ok(row) if row.sort == PersonSort::Service => {
            let is_responsible = row.responsible.as_ref() == Some(&caller.person);
            Ok(is_responsible || caller.may_somewhere(Right::People))
        }
        Ok(_) => Ok(false),
        Err(cms_core::repo::PeopleError::Unknown { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Tokens
///
/// Yours, and those of the programs that you answer for, without their texts.
#[utoipa::path(
    get,
    path = "/authoring/v1/tokens",
    operation_id = "tokens_list",
    tag = "account",
    responses((status = 200, description = "The tokens", body = KeysView)),
)]
pub async fn list(State(app): State<App>, caller: Caller, _: NoQuery) -> Result<Response, Problem> {
    app.core(move |store| {
        let mut rows = store.repository.tokens()?;
        rows.sort_by(|a, b| (b.created_ms, &b.id).cmp(&(a.created_ms, &a.id)));
        let mut tokens = Vec::new();
        for row in rows {
            if answers_for(store, &caller, &Person::recorded(&row.person))? {
                tokens.push(KeyView::of(&row));
            }
        }
        Ok(listed(&KeysView { tokens }))
    })
    .await
}

/// Make a token
///
/// For yourself, or for a program that you answer for. It ends with the account of its person, and never may more than
/// they may. This request takes no `Idempotency-Key`, because the answer holds a secret and is not remembered.
#[utoipa::path(
    post,
    path = "/authoring/v1/tokens",
    operation_id = "token_create",
    tag = "account",
    request_body(content = NewKeyBody),
    responses(
        (status = 201, description = "The token, with its text", body = NewKeyView, headers(("Location" = String, description = "The token"))),
        (status = 404, description = "No such account that you answer for, or the subtree begins at an entry that is not on `main`"),
        (status = 409, description = "The account is not active"),
    ),
)]
pub async fn create(
    State(app): State<App>,
    caller: Caller,
    _: NoQuery,
    JsonBody { value: body, .. }: JsonBody<NewKeyBody>,
) -> Result<Response, Problem> {
    // A key that made keys would outlive its own end, and reach further than its bounds.
    if matches!(&caller.holder, Holder::Person { bounds: Some(_), .. }) {
        let detail = "an access key makes no access keys; sign in to make one";
        return Err(Problem::new(Code::NotAllowed, detail));
    }
    let role = Role::from(body.role);
    let limits = limits_of(body.subtree, body.kinds, body.locales, body.channels)?;
    let bounds = Bounds { limits, ..Bounds::of(rights_of(role, &body.rights)?) };
    let person = body.person.unwrap_or_else(|| caller.person.clone());
    if body.requests_per_min.is_some_and(|per_min| !(1..=100_000).contains(&per_min)) {
        let detail = "`requests_per_min` is from 1 to 100000";
        return Err(
            Problem::new(Code::RequestMalformed, detail).with("pointer", "/requests_per_min")
        );
    }
    if body.days.is_some_and(|days| !(1..=366).contains(&days)) {
        let problem = Problem::new(Code::RequestMalformed, "`days` is from 1 to 366");
        return Err(problem.with("pointer", "/days"));
    }
    if body.label.is_empty() || body.label.chars().count() > 200 {
        let detail = "`label` says what the key is for, in at most 200 characters";
        return Err(Problem::new(Code::RequestMalformed, detail).with("pointer", "/label"));
    }
    // A key that is to stand for oneself asks for nothing that one has not.
    if person == caller.person {
        for right in bounds.rights.iter() {
            caller.must_somewhere(right)?;
        }
    }
    let text = secret::fresh(secret::TOKEN).map_err(Problem::internal)?;
    let stamp = by(&app, caller.clone()).stamp("");
    let days = u64::from(body.days.unwrap_or(DAYS));
    let new = NewToken {
        hash: SecretHash::of(text.as_bytes()),
        person,
        role,
        label: body.label,
        expires_ms: Some(stamp.time_ms.saturating_add(days * DAY_MS)),
        bounds: Some(bounds),
        brings_role: false,
        stamp,
    };
    let row = app
        .core(move |store| {
            if !answers_for(store, &caller, &new.person)? {
                return Err(Problem::new(Code::AccountUnknown, "there is no such account"));
            }
            if let Some(bounds) = &new.bounds {
                known::part_must_exist(store, &bounds.limits)?;
            }
            Ok(store.repository.people().create_key(&new, body.requests_per_min)?)
        })
        .await?;
    let location = [(header::LOCATION, format!("/authoring/v1/tokens/{}", row.id))];
    let view = NewKeyView { key: KeyView::of(&row), text };
    Ok((StatusCode::CREATED, [Caching::NoStore.header()], location, Json(view)).into_response())
}

/// Revoke a token
///
/// From now on it opens nothing, and the streams that it opened end.
#[utoipa::path(
    delete,
    path = "/authoring/v1/tokens/{token}",
    operation_id = "token_revoke",
    tag = "account",
    params(("token" = String, Path, description = "Its id")),
    responses(
        (status = 204, description = "It opens nothing any more"),
        (status = 404, description = "No such token that you answer for"),
        (status = 409, description = "It was changed at the same time"),
    ),
)]
pub async fn revoke(
    State(app): State<App>,
    caller: Caller,
    PathOf(token): PathOf<String>,
    _: NoQuery,
) -> Result<Response, Problem> {
    let stamp = by(&app, caller.clone()).stamp("");
    app.core(move |store| {
        let rows = store.repository.tokens()?;
        let row = rows.into_iter().find(|row| row.id == token);
        let is_own = match &row {
            Some(row) => answers_for(store, &caller, &Person::recorded(&row.person))?,
            None => false,
        };
        if !is_own {
            return Err(Problem::new(Code::TokenUnknown, "you have no such token"));
        }
        store.repository.revoke_token(&token, &stamp)?;
        Ok(())
    })
    .await?;
    Ok((StatusCode::NO_CONTENT, [Caching::NoStore.header()]).into_response())
}
