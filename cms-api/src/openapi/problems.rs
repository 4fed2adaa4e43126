//! Problems in the document: each code with its own members, and for each status the problems that it can be.
//!
//! Invariants:
//! 1. A problem has no member that is not described here; the tests check every refusal that they get against this.
//! 2. A code without members of its own is one of the codes of its status' plain problem, so that a client's union
//!    stays small.

mod members;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use self::members::{
    At, AtOfEntry, Conflicted, Denial, DoneBefore, Empties, Ended, Enrolling, Given, Held,
    InAccountState, InDraftState, InJobState, InState, Known, Last, Later, Left, Meant, Misplaced,
    MovedOn, Needed, Newer, OfDraft, OfEntries, OfEntry, OfParameter, OfReview, Pruned, Refused,
    Reported, Used, Violated, Wanting,
};
use super::{parts::Schemas, verbs::pascal};
use crate::problem::Code;

/// For each status, the schema of the problems that it can be.
pub(super) struct ByStatus {
    schemas: BTreeMap<u16, Value>,
    any: Value,
}

impl ByStatus {
    pub(super) fn of(&self, status: &str) -> &Value {
        status.parse().ok().and_then(|status: u16| self.schemas.get(&status)).unwrap_or(&self.any)
    }
}

/// A schema of members: their properties, and which of them are always present.
type Members = fn(&mut Schemas) -> Value;

/// Adds the schemas of all problems.
pub(super) fn schemas(schemas: &mut Schemas) -> ByStatus {
    let mut by_status: BTreeMap<u16, Vec<(Vec<&'static str>, Value)>> = BTreeMap::new();
    let mut plain: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in Code::ALL {
        let status = code.status().as_u16();
        match members(*code) {
            None => plain.entry(status).or_default().push(*code),
            Some(members) => {
                let own = members(schemas);
                let schema = problem(status, &[*code], own);
                let named = schemas.add(&format!("{}Problem", pascal(code.word())), schema);
                by_status.entry(status).or_default().push((vec![code.word()], named));
            }
        }
    }
    for (status, codes) in plain {
        let schema = problem(status, &codes, json!({}));
        let named = schemas.add(&format!("Plain{status}Problem"), schema);
        let words = codes.iter().map(|code| code.word()).collect();
        by_status.entry(status).or_default().push((words, named));
    }
    let all: Vec<_> = by_status.values().flatten().cloned().collect();
    let any = schemas.add("Problem", union("Why a request was refused.", &all));
    let schemas = by_status
        .into_iter()
        .map(|(status, of)| {
            let schema = match &of[..] {
                [(_, only)] => only.clone(),
                of => schemas.add(
                    &format!("Problem{status}"),
                    union(&format!("Why a request was refused with {status}."), of),
                ),
            };
            (status, schema)
        })
        .collect();
    ByStatus { schemas, any }
}

fn union(description: &str, of: &[(Vec<&'static str>, Value)]) -> Value {
    let all: Vec<&Value> = of.iter().map(|(_, schema)| schema).collect();
    let mapping: Map<String, Value> = of
        .iter()
        .flat_map(|(words, schema)| {
            words.iter().map(|word| ((*word).to_owned(), schema["$ref"].clone()))
        })
        .collect();
    json!({
        "description": description,
        "oneOf": all,
        "discriminator": { "propertyName": "code", "mapping": mapping },
    })
}

/// The standard members, and a code's own.
fn problem(status: u16, codes: &[Code], own: Value) -> Value {
    let words: Vec<_> = codes.iter().map(|code| code.word()).collect();
    let description = match codes {
        [code] => format!("{}.", code.title()),
        _ => format!("A refusal with {status} that has no members of its own."),
    };
    let mut properties = json!({
        "type": { "type": "string", "format": "uri-reference", "description": "Leads to a page that says what it means and what to do: `/docs/problems/{code}`." },
        "code": { "type": "string", "enum": words, "description": "What it is, for programs." },
        "title": { "type": "string", "description": "What the code means." },
        "status": { "type": "integer", "enum": [status], "description": "The status of the answer." },
        "detail": { "type": "string", "description": "This occurrence." },
    });
    let mut required = vec![json!("type"), json!("code"), json!("title"), json!("status")];
    if let (Some(all), Some(own)) = (properties.as_object_mut(), own["properties"].as_object()) {
        all.extend(own.clone());
    }
    required.extend(own["required"].as_array().into_iter().flatten().cloned());
    json!({
        "type": "object",
        "description": description,
        "properties": properties,
        "required": required,
    })
}

/// The members that a code has of its own. Every code is named, so that a new one can't be added without considering
/// them.
fn members(code: Code) -> Option<Members> {
    let members: Members = match code {
        Code::PathUnknown | Code::LocaleUnknown => Schemas::inline::<Known>,
        Code::ParameterUnknown | Code::ParameterMalformed => Schemas::inline::<OfParameter>,
        Code::RequestMalformed
        | Code::ReviewRefused
        | Code::ChoiceRefused
        | Code::ScheduleRefused
        | Code::ShareRefused
        | Code::AccountRefused
        | Code::EntryUnknown
        | Code::PolicyRefused => Schemas::inline::<At>,
        Code::GrantGiven | Code::LastAdministrator => return members_of_access(code),
        Code::RightMissing | Code::SessionEnded => return members_of_access(code),
        Code::SecondFactorNeeded | Code::AccountState => return members_of_access(code),
        Code::Stale => Schemas::inline::<Newer>,
        Code::TooMany | Code::ServerFull | Code::TooManyAttempts | Code::ProviderUnavailable => {
            Schemas::inline::<Later>
        }
        Code::EntryRetired | Code::RouteRetired => Schemas::inline::<Left>,
        Code::InTrash | Code::InConflict | Code::CommittedMeanwhile => Schemas::inline::<OfEntry>,
        Code::DraftRefused => Schemas::inline::<AtOfEntry>,
        Code::DraftState => Schemas::inline::<InDraftState>,
        Code::ReviewRequired => Schemas::inline::<OfDraft>,
        Code::UnderReview => Schemas::inline::<OfReview>,
        Code::PlaceRefused => Schemas::inline::<Misplaced>,
        Code::InputRefused => Schemas::inline::<Violated>,
        Code::MergeConflicts => Schemas::inline::<Conflicted>,
        Code::JobOver => Schemas::inline::<InJobState>,
        Code::ReviewState => Schemas::inline::<InState>,
        Code::NotAsSeen => Schemas::inline::<OfEntries>,
        Code::NotApproved => Schemas::inline::<Wanting>,
        Code::StillUsed => Schemas::inline::<Used>,
        Code::NothingToDo => Schemas::inline::<Reported>,
        Code::PersonUnknown => Schemas::inline::<Meant>,
        Code::ContentRefused => Schemas::inline::<Refused>,
        Code::PublishRefused => Schemas::inline::<Needed>,
        Code::PublishEmpties => Schemas::inline::<Empties>,
        Code::PruneTooMuch => Schemas::inline::<Pruned>,
        Code::Moved => Schemas::inline::<MovedOn>,
        Code::OperationDone => Schemas::inline::<DoneBefore>,
        Code::StoreInUse => Schemas::inline::<Held>,
        Code::PathMalformed
        | Code::MethodNotAllowed
        | Code::BodyTooLarge
        | Code::HeadTooLarge
        | Code::TooSlow
        | Code::TokenRefused
        | Code::SignInRefused
        | Code::SignInAgain
        | Code::CsrfRefused
        | Code::HttpsNeeded
        | Code::LinkSpent
        | Code::PasskeysUnavailable
        | Code::AccountUnknown
        | Code::AddressTaken
        | Code::MediaTypeUnsupported
        | Code::PreconditionRequired
        | Code::TagWeak
        | Code::RangeUnsatisfiable
        | Code::IdempotencyKeyUnheeded
        | Code::IdempotencyKeyReused
        | Code::ChannelUnknown
        | Code::SnapshotUnknown
        | Code::RouteUnknown
        | Code::TakenDown
        | Code::TakedownRefused
        | Code::TakedownUnknown
        | Code::ShareUnknown
        | Code::ShareOver
        | Code::ObjectUnknown
        | Code::ItemUnknown
        | Code::FindingUnknown
        | Code::NotScorable
        | Code::ChannelBegun
        | Code::StateUnknown
        | Code::CommitUnknown
        | Code::RevisionUnknown
        | Code::PublicationUnknown
        | Code::DraftUnknown
        | Code::NotAMember
        | Code::ConflictUnknown
        | Code::ReviewUnknown
        | Code::ThreadUnknown
        | Code::CommentUnknown
        | Code::NotAccepted
        | Code::NotAllowed
        | Code::JobUnknown
        | Code::ScheduleOver
        | Code::NoticeUnknown
        | Code::GrantUnknown
        | Code::TokenUnknown
        | Code::StateAmbiguous
        | Code::ScheduleUnknown
        | Code::RepositoryExists
        | Code::RepositoryMissing
        | Code::StoreNewer
        | Code::StoreDamaged
        | Code::StoreReadOnly
        | Code::StoreUnavailable
        | Code::StoreFull
        | Code::OutcomeUnknown
        | Code::ServerUnavailable
        | Code::InputOutput
        | Code::OutputClosed
        | Code::Stopped
        | Code::Internal => return None,
    };
    Some(members)
}

/// The members of codes that say who somebody is and what they may do.
fn members_of_access(code: Code) -> Option<Members> {
    Some(match code {
        Code::GrantGiven => Schemas::inline::<Given>,
        Code::LastAdministrator => Schemas::inline::<Last>,
        Code::RightMissing => Schemas::inline::<Denial>,
        Code::SessionEnded => Schemas::inline::<Ended>,
        Code::SecondFactorNeeded => Schemas::inline::<Enrolling>,
        Code::AccountState => Schemas::inline::<InAccountState>,
        _ => return None,
    })
}
