//! `cms role give`: gives a person a role, everywhere or within limits.

use clap::Args;
use cms_core::{
    access::{Limits, Role, RoleError},
    model::name::Person,
    repo::{NewGrant, PeopleError},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::{
        authorship::Authorship,
        form::{ChannelText, KindText, LocaleText, PersonText, SubtreeText},
        names,
    },
    problem::{Code, Problem},
    store::{Store, known},
    views::{people::GrantView, view, words::operation::RoleWord},
};

/// The person, the role, and how far it reaches.
#[derive(Args, Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RoleGiveCommand)]
pub struct Request {
    /// Who gets the role: their id, or the address with which they sign in
    #[arg(value_name = "PERSON")]
    #[schema(value_type = PersonText)]
    pub person: String,
    /// The role: viewer, translator, author, reviewer, publisher or administrator
    #[arg(value_name = "ROLE")]
    #[schema(value_type = RoleWord)]
    pub role: String,
    /// Only for this entry and what stands below it (`course/c1`)
    #[arg(long, value_name = "KEY")]
    #[serde(default)]
    #[schema(value_type = Option<SubtreeText>)]
    pub subtree: Option<String>,
    /// Only for entries of this kind; may be repeated
    #[arg(long = "kind", value_name = "KIND")]
    #[serde(default)]
    #[schema(value_type = Vec<KindText>)]
    pub kinds: Vec<String>,
    /// Only for translations into this language; may be repeated
    #[arg(long = "locale", value_name = "LOCALE")]
    #[serde(default)]
    #[schema(value_type = Vec<LocaleText>)]
    pub locales: Vec<String>,
    /// Only for this channel; may be repeated
    #[arg(long = "channel", value_name = "NAME")]
    #[serde(default)]
    #[schema(value_type = Vec<ChannelText>)]
    pub channels: Vec<String>,
}

/// The grant.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = RoleGiveReport)]
pub struct Report {
    /// What was given.
    pub grant: GrantView,
}

/// Gives the role.
///
/// # Errors
/// A problem when a name means nothing, or the person has the role already.
pub fn execute(store: &Store, request: Request, by: &Authorship) -> Result<Report, Problem> {
    let role: Role = request.role.parse().map_err(|error: RoleError| malformed("/role", &error))?;
    let subtree = request.subtree.as_deref().map(names::key).transpose()?;
    let limits = Limits {
        subtree,
        kinds: all(&request.kinds, "/kinds")?,
        locales: all(&request.locales, "/locales")?,
        channels: all(&request.channels, "/channels")?,
    };
    if let Some(subtree) = limits.subtree.as_ref().filter(|key| key.locale().is_some()) {
        let detail = format!("{subtree} is a translation; a subtree begins at an entry");
        return Err(malformed("/subtree", &detail));
    }
    let id: String = by.operation.0[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    let person = person_of(store, &request.person, by)?;
    known::part_must_exist(store, &limits)?;
    let new = NewGrant { id, person, role, limits, is_for_program: false };
    Ok(Report { grant: view(store.repository.give_role(&new, &by.stamp(""))?) })
}

/// The person of a name, or of the address with which they sign in. Somebody who is not there would get a role that
/// nobody has.
fn person_of(store: &Store, text: &str, by: &Authorship) -> Result<Person, Problem> {
    let people = store.repository.people();
    if text.contains('@') {
        let unknown = || PeopleError::Unknown { person: text.chars().take(80).collect() };
        return Ok(people.with_address(text)?.ok_or_else(unknown)?.id);
    }
    let person: Person = text.parse()?;
    known::one_must_exist(store, &person, "/person", by)?;
    Ok(person)
}

fn all<T>(texts: &[String], pointer: &str) -> Result<Vec<T>, Problem>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    let parsed = texts.iter().enumerate().map(|(index, text)| {
        text.parse().map_err(|error: T::Err| malformed(&format!("{pointer}/{index}"), &error))
    });
    parsed.collect()
}

fn malformed(pointer: &str, reason: &dyn std::fmt::Display) -> Problem {
    Problem::new(Code::RequestMalformed, reason.to_string()).with("pointer", pointer)
}
