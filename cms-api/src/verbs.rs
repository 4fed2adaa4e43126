//! The verbs: one file each, with its request and its report.
//!
//! A verb runs the same way, whether this process holds the store or a server does: [`Command`] is the request, on the
//! command line and over HTTP, and [`Report`] is the answer. Importing and exporting stream, so they are separate, in
//! [`import`] and [`export`].

pub mod admin;
pub mod audit;
pub mod diff;
pub mod export;
pub mod import;
pub mod log;
pub mod policy;
pub mod publishing;
pub mod role;
pub mod show;
pub mod stats;
pub mod takedown;
pub mod token;
pub mod verify;
pub mod where_used;
pub mod who_may;

use cms_core::{
    access::{Holder, Right},
    engine::OperationId,
    model::name::Person,
    repo::{Origin, Via},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::{
        authorship::{Authorship, fresh_operation},
        names, reading,
    },
    problem::{Code, Problem},
    store::Store,
};
use publishing::{
    begin_channel, bisect, channels, embargoes, holds, not_public, plan, publish, release, remake,
    retire, revert_publish, rollback, schedule, snapshots, unpublish,
};

/// Collects the types of every verb, for the description of the server.
pub trait VerbTypes {
    /// Called once for each verb, with its request and its report.
    fn verb<Request: ToSchema, Report: ToSchema>(&mut self, word: &'static str);
}

macro_rules! verbs {
    ($($name:ident = $($module:ident)::+ / $word:literal, $right:ident;)*) => {
        /// A verb that is answered with one report.
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[serde(tag = "verb", content = "request", rename_all = "kebab-case")]
        pub enum Command { $(
            #[doc = concat!("`cms ", $word, "`")]
            $name($($module)::+::Request),
        )* }

        /// What a verb answers.
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[serde(tag = "verb", content = "report", rename_all = "kebab-case")]
        pub enum Report { $(
            #[doc = concat!("of `cms ", $word, "`")]
            $name($($module)::+::Report),
        )* }

        impl Command {
            /// The words of all these verbs.
            pub const WORDS: &[&'static str] = &[$($word,)*];

            /// Passes the request and the report of each verb to a collector.
            pub fn types(to: &mut impl VerbTypes) {
                $(to.verb::<$($module)::+::Request, $($module)::+::Report>($word);)*
            }

            /// The verb's word.
            pub const fn word(&self) -> &'static str { match self { $(Self::$name(_) => $word,)* } }

            /// The right that the caller of a server needs.
            pub const fn right(&self) -> Right { match self { $(Self::$name(_) => Right::$right,)* } }

            /// The right that the caller of a server needs for the verb with this word; none where there is no such verb.
            pub fn right_of(word: &str) -> Option<Right> {
                match word { $($word => Some(Right::$right),)* _ => None }
            }

            /// The request of a verb as a client sent it; none where there is no such verb.
            ///
            /// # Errors
            /// [`Code::RequestMalformed`] with the place in the request that does not fit.
            pub fn read(word: &str, request: serde_json::Value) -> Result<Option<Self>, Problem> {
                Ok(match word {
                    $($word => Some(Self::$name(reading::request(request)?)),)*
                    _ => None,
                })
            }

            /// Runs the verb in this process.
            ///
            /// # Errors
            /// A problem; nothing was changed, unless its code says that this is not known.
            pub fn execute(self, store: &Store, by: &Authorship) -> Result<Report, Problem> {
                match self { $(Self::$name(request) => $($module)::+::execute(store, request, by).map(Report::$name),)* }
            }
        }

        impl Report {
            /// Whether the verb's own check passed: only what verifies can be done and fail its check.
            pub fn passed(&self) -> bool {
                match self {
                    Self::Verify(report) => report.ok,
                    Self::AuditVerify(report) => report.ok,
                    _ => true,
                }
            }

            /// The report without the verb's word.
            pub fn to_json(&self) -> serde_json::Value {
                match self { $(Self::$name(report) => serde_json::to_value(report).expect("reports serialise"),)* }
            }
        }
    };
}

impl Command {
    /// Whether a verb that needs this right tells of the whole catalogue at once, so that only somebody who may read all
    /// of it may ask for it. What concerns the house is no part of the catalogue.
    pub const fn tells_of_everything(right: Right) -> bool {
        right.is_of_entries()
    }

    /// Whether only whoever has the machine may ask for the verb with this word: its report lets somebody in.
    pub fn is_of_machine(word: &str) -> bool {
        matches!(word, "admin-link" | "admin-reset")
    }

    /// Whether the verb changes nothing. Such a verb also runs on a store that can't be written, and ends when the
    /// client that asked a server for it has gone.
    pub const fn only_reads(&self) -> bool {
        match self {
            Self::Plan(_)
            | Self::NotPublic(_)
            | Self::Bisect(_)
            | Self::Snapshots(_)
            | Self::Channels(_)
            | Self::Holds(_)
            | Self::Log(_)
            | Self::Show(_)
            | Self::Diff(_)
            | Self::WhereUsed(_)
            | Self::Stats(_)
            | Self::RoleList(_)
            | Self::PolicyShow(_)
            | Self::WhoMay(_)
            | Self::TakedownList(_)
            | Self::TakedownShow(_)
            | Self::TokenList(_)
            | Self::AuditLog(_)
            | Self::AuditVerify(_) => true,
            Self::AuditKeep(request) => request.only_asks(),
            Self::Verify(request) => !request.rebuild_index && !request.mend_reviews,
            Self::Unpublish(request) => request.dry_run,
            Self::Retire(request) => request.dry_run,
            Self::RevertPublish(request) => request.dry_run,
            Self::Remake(request) => request.dry_run,
            Self::TakedownMake(request) => request.dry_run,
            Self::Schedule(request) => matches!(request.action, schedule::Action::List),
            Self::Publish(_)
            | Self::Rollback(_)
            | Self::Release(_)
            | Self::BeginChannel(_)
            | Self::Embargoes(_)
            | Self::PolicySet(_)
            | Self::RoleGive(_)
            | Self::RoleTake(_)
            | Self::AdminLink(_)
            | Self::AdminReset(_)
            | Self::TokenCreate(_)
            | Self::TokenRevoke(_)
            | Self::AuditHead(_)
            | Self::AuditKey(_) => false,
        }
    }
}

verbs! {
    Plan = plan / "plan", Read;
    Publish = publish / "publish", Publish;
    Rollback = rollback / "rollback", Publish;
    Release = release / "release", Publish;
    Unpublish = unpublish / "unpublish", Publish;
    Retire = retire / "retire", Publish;
    RevertPublish = revert_publish / "revert-publish", Publish;
    Remake = remake / "remake", Publish;
    BeginChannel = begin_channel / "begin-channel", Configure;
    Embargoes = embargoes / "embargoes", Publish;
    Schedule = schedule / "schedule", Publish;
    NotPublic = not_public / "not-public", Read;
    Bisect = bisect / "bisect", Read;
    Snapshots = snapshots / "snapshots", Read;
    Channels = channels / "channels", Read;
    Holds = holds / "holds", Read;
    Log = log / "log", Read;
    Show = show / "show", Read;
    Diff = diff / "diff", Read;
    WhereUsed = where_used / "where-used", Read;
    Verify = verify / "verify", Operate;
    Stats = stats / "stats", Read;
    RoleGive = role::give / "role-give", People;
    RoleList = role::list / "role-list", People;
    RoleTake = role::take / "role-take", People;
    PolicyShow = policy::show / "policy-show", Read;
    PolicySet = policy::set / "policy-set", Configure;
    WhoMay = who_may / "who-may", Read;
    TakedownMake = takedown::make / "takedown-make", Takedown;
    TakedownList = takedown::list / "takedown-list", Takedown;
    TakedownShow = takedown::show / "takedown-show", Takedown;
    TokenCreate = token::create / "token-create", People;
    TokenList = token::list / "token-list", People;
    TokenRevoke = token::revoke / "token-revoke", People;
    AdminLink = admin::link / "admin-link", People;
    AdminReset = admin::reset / "admin-reset", People;
    AuditLog = audit::log / "audit-log", Audit;
    AuditHead = audit::head / "audit-head", Audit;
    AuditVerify = audit::verify / "audit-verify", Audit;
    AuditKey = audit::key / "audit-key", Operate;
    AuditKeep = audit::keep / "audit-keep", Operate;
}

/// What a client sends to have a verb run.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// The author. It counts only with the server's own token; with any other token, the token's person is the author.
    #[serde(default)]
    pub author: String,
    /// The attempt: 32 hex digits that nobody else uses. A repeated request with the same digits does nothing twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The verb's own request; may be left out when nothing is asked for.
    #[serde(default = "nothing")]
    pub request: serde_json::Value,
}

fn nothing() -> serde_json::Value {
    serde_json::json!({})
}

impl Call {
    /// The authorship of this call on the machine itself, at a time.
    ///
    /// # Errors
    /// A problem when the operation is not 32 hex digits or the author is not a person's name.
    pub fn by(&self, time_ms: u64) -> Result<Authorship, Problem> {
        let by = self.by_author(names::author(&self.author)?, Holder::Machine, time_ms)?;
        Ok(by.coming(Origin::by(Via::Machine)))
    }

    /// The authorship of this call by another author, at a time.
    ///
    /// # Errors
    /// As [`Call::by`].
    pub fn by_author(
        &self,
        author: Person,
        holder: Holder,
        time_ms: u64,
    ) -> Result<Authorship, Problem> {
        let malformed = |detail: &str| Problem::new(Code::RequestMalformed, detail);
        let operation = match &self.operation {
            None => fresh_operation(),
            Some(text) if text.len() == 32 => u128::from_str_radix(text, 16)
                .map(|number| OperationId(number.to_be_bytes()))
                .map_err(|_| malformed("`operation` is not 32 hex digits"))?,
            Some(_) => return Err(malformed("`operation` is not 32 hex digits")),
        };
        Ok(Authorship { author, time_ms, operation, holder, origin: Origin::default() })
    }
}
