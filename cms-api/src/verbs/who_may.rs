//! `cms who-may`: who may do something to an entry, by which grant, and why somebody may not.

use clap::Args;
use cms_core::{
    access::{Right, RightError},
    repo::Question,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::{
        authorship::Authorship,
        names::{channel_of, key},
    },
    problem::{Code, Problem},
    store::Store,
    views::{
        people::{GrantView, PolicyView},
        view,
    },
};

/// The right, and what it is asked for.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WhoMayCommand)]
pub struct Request {
    /// The right: read, propose, edit, translate, approve, accept, publish, import, configure, people, audit, takedown or operate
    #[arg(value_name = "RIGHT")]
    pub right: String,
    /// The entry; the whole catalogue when left out
    #[arg(value_name = "KEY")]
    #[serde(default)]
    pub key: Option<String>,
    /// The channel; all channels when left out
    #[arg(long, value_name = "NAME")]
    #[serde(default)]
    pub channel: Option<String>,
    /// The person about whom is asked; everybody when left out
    #[arg(long, value_name = "PERSON")]
    #[serde(default)]
    pub person: Option<String>,
}

/// Who may.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = WhoMayReport)]
pub struct Report {
    /// The right.
    pub right: String,
    /// The containers by which a role for a part of the catalogue is judged, the nearest first.
    pub above: Vec<String>,
    /// The people who may, each with the grant that allows it. Of one person, at most one.
    pub may: Vec<GrantView>,
    /// What holds there besides rights.
    pub policy: PolicyView,
    /// What a policy asks of the person besides the right, for people; null when nothing, or when it was asked about
    /// everybody.
    pub besides: Option<String>,
    /// Why the person may not; null when they may, or when it was asked about everybody.
    pub why_not: Option<WhyNot>,
}

/// Why somebody may not.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct WhyNot {
    /// The reason, for people.
    pub detail: String,
    /// Some people who may, those with the least power first.
    pub helpers: Vec<String>,
}

/// Finds out who may.
///
/// # Errors
/// A problem when a name means nothing.
pub fn execute(store: &Store, request: Request, _: &Authorship) -> Result<Report, Problem> {
    let right: Right = request.right.parse().map_err(|error: RightError| {
        Problem::new(Code::RequestMalformed, error.to_string()).with("pointer", "/right")
    })?;
    let question = Question {
        right,
        key: request.key.as_deref().map(key).transpose()?,
        channel: request.channel.as_deref().map(channel_of).transpose()?,
    };
    let repository = &store.repository;
    let who = repository.who_may(&question)?;
    let above = who.above.iter().map(ToString::to_string).collect();
    let mut besides = None;
    let (may, why_not) = match request.person {
        None => (who.may, None),
        Some(person) => match repository.may_they(&person.parse()?, &question)? {
            Ok(may) => {
                besides = may.and.map(|denied| denied.to_string());
                (vec![may.by], None)
            }
            Err(denied) => {
                let helpers = denied.helpers.iter().map(ToString::to_string).collect();
                (Vec::new(), Some(WhyNot { detail: denied.to_string(), helpers }))
            }
        },
    };
    let (right, policy) = (right.to_string(), view(who.policy));
    Ok(Report { right, above, may: view(may), policy, besides, why_not })
}
