//! Views of accounts, sessions and what people sign in with.

use cms_core::{
    access::Rules,
    repo::{LinkRow, PersonRow, SessionRow},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::words::{
    operation::RoleWord,
    people::{FactorWord, LinkPurposeWord, PersonSortWord, PersonStateWord, SessionStageWord},
};
use crate::ground::moment;

/// An account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PersonView {
    /// The person's id, which content and records name.
    pub person: String,
    /// What the account is for.
    pub sort: PersonSortWord,
    /// What became of it.
    pub state: PersonStateWord,
    /// The name by which others know the person; empty once it is erased.
    pub name: String,
    /// The address with which the person signs in; null where there is none.
    pub email: Option<String>,
    /// The language in which the person reads pages; null where they did not say.
    pub language: Option<String>,
    /// The greatest role that the person has somewhere, or with which they were invited; null when they have none.
    pub role: Option<RoleWord>,
    /// When the account was made: UTC, ISO 8601.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// Who made it; null for the first administrator.
    pub created_by: Option<String>,
    /// Who answers for a service account.
    pub responsible: Option<String>,
    /// Whether there is a picture.
    pub has_picture: bool,
}

impl PersonView {
    /// The view of an account.
    pub fn of(row: &PersonRow, rules: &Rules) -> Self {
        let role = row.invited_as.or_else(|| rules.holder(&row.id, None).role());
        Self {
            person: row.id.to_string(),
            sort: row.sort.into(),
            state: row.state.into(),
            name: row.name.clone(),
            email: row.email.clone(),
            language: row.language.clone(),
            role: role.map(RoleWord::from),
            created_at: moment::iso(row.created_ms),
            created_by: row.created_by.clone(),
            responsible: row.responsible.as_ref().map(ToString::to_string),
            has_picture: row.has_picture,
        }
    }
}

/// Somebody who was invited, and the link to hand over.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InvitedView {
    /// The account.
    #[serde(flatten)]
    pub account: PersonView,
    /// The link with which they accept; null where it was sent by mail.
    pub link: Option<LinkView>,
    /// Whether a mail with the link was sent.
    pub is_mailed: bool,
    /// Accounts whose names look like this one, because letters of different scripts are drawn alike. Check that they
    /// are other people.
    pub look_alikes: Vec<String>,
    /// Whether the name mixes letters of several scripts within a word, which names seldom do.
    pub is_mixed: bool,
}

/// A one-time link, which is returned only once.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct LinkView {
    /// The whole address. The secret stands after `#`, so that browsers send it to no server.
    pub url: String,
    /// When it ends: UTC, ISO 8601.
    #[schema(format = DateTime)]
    pub expires_at: String,
}

/// What a one-time link opens.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OpenedLinkView {
    /// What it is for.
    pub purpose: LinkPurposeWord,
    /// The name in the account; null for the first administrator.
    pub name: Option<String>,
    /// The address in the account; null for the first administrator.
    pub email: Option<String>,
    /// When the link ends: UTC, ISO 8601.
    #[schema(format = DateTime)]
    pub expires_at: String,
    /// Fewest characters of a password.
    pub password_chars_min: usize,
}

impl OpenedLinkView {
    /// The view of a link and the account that it concerns.
    pub fn of(link: &LinkRow, account: Option<&PersonRow>, password_chars_min: usize) -> Self {
        Self {
            purpose: link.purpose.into(),
            name: account.map(|row| row.name.clone()),
            email: account.and_then(|row| row.email.clone()),
            expires_at: moment::iso(link.expires_ms),
            password_chars_min,
        }
    }
}

/// The session of the browser that asks.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SessionView {
    /// The session's id in lists.
    pub session: String,
    /// Who is signed in.
    pub person: String,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Option<RoleWord>,
    /// Whether they were given a role since they signed in: it counts once the session is renewed.
    pub roles_wait: bool,
    /// The language in which they read pages; null where they did not say.
    pub language: Option<String>,
    /// What the session is good for.
    pub stage: SessionStageWord,
    /// How they showed who they are.
    pub factors: Vec<FactorWord>,
    /// What is sent as `X-CSRF-Token` with every request that may change something.
    pub csrf_token: String,
    /// When they signed in: UTC, ISO 8601.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When the session ends if it is not used: UTC, ISO 8601.
    #[schema(format = DateTime)]
    pub idle_end_at: String,
    /// When it ends however it is used: UTC, ISO 8601.
    #[schema(format = DateTime)]
    pub ends_at: String,
    /// Until when a second factor has to be set up, where one is needed and missing: UTC, ISO 8601.
    #[schema(format = DateTime)]
    pub second_factor_until: Option<String>,
    /// Whether anybody on the way could take the session, because the connection is not encrypted.
    pub insecure: bool,
}

/// A session in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ListedSessionView {
    /// The session's id.
    pub session: String,
    /// Whether it is the one that asks.
    pub is_this: bool,
    /// How its person showed who they are.
    pub factors: Vec<FactorWord>,
    /// When they signed in: UTC, ISO 8601.
    #[schema(format = DateTime)]
    pub created_at: String,
    /// When it was last used, to the minute: UTC, ISO 8601.
    #[schema(format = DateTime)]
    pub seen_at: String,
    /// When it ends however it is used: UTC, ISO 8601.
    #[schema(format = DateTime)]
    pub ends_at: String,
    /// What the browser said it is.
    pub agent: String,
    /// The network that the sign-in came from.
    pub client: String,
}

impl ListedSessionView {
    /// The view of a session, seen from another one.
    pub fn of(row: &SessionRow, this: &str) -> Self {
        Self {
            session: row.id.clone(),
            is_this: row.id == this,
            factors: row.factors.iter().map(|factor| (*factor).into()).collect(),
            created_at: moment::iso(row.created_ms),
            seen_at: moment::iso(row.seen_ms),
            ends_at: moment::iso(row.absolute_end_ms),
            agent: row.agent.clone(),
            client: row.client.clone(),
        }
    }
}
