//! The verbs: one file each, with its request and its report.
//!
//! A verb runs the same whether this process holds the store or a server does: [`Command`] is what
//! is asked, on the command line and over HTTP, and [`Report`] is what is answered. Importing and
//! exporting stream, so they have a way of their own in [`import`] and [`export`].

pub mod diff;
pub mod export;
pub mod import;
pub mod log;
pub mod publishing;
pub mod show;
pub mod stats;
pub mod token;
pub mod verify;
pub mod where_used;

use cms_core::{engine::OperationId, model::name::Person, repo::Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ground::{
        authorship::{Authorship, fresh_operation},
        names,
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
    ($($name:ident = $($module:ident)::+ / $word:literal, $role:ident;)*) => {
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
            /// The words of all verbs here.
            pub const WORDS: &[&'static str] = &[$($word,)*];

            /// Passes the request and the report of each verb to a collector.
            pub fn types(to: &mut impl VerbTypes) {
                $(to.verb::<$($module)::+::Request, $($module)::+::Report>($word);)*
            }

            /// The verb's word.
            pub const fn word(&self) -> &'static str { match self { $(Self::$name(_) => $word,)* } }

            /// What whoever asks must be, where a server does it.
            pub const fn role(&self) -> Role { match self { $(Self::$name(_) => Role::$role,)* } }

            /// Does it, here.
            ///
            /// # Errors
            /// A problem; nothing was changed then, unless its code says that nobody knows.
            pub fn execute(self, store: &Store, by: &Authorship) -> Result<Report, Problem> {
                match self { $(Self::$name(request) => $($module)::+::execute(store, request, by).map(Report::$name),)* }
            }
        }

        impl Report {
            /// Whether the check that the verb made passed: only `verify` can be done and fail its own check.
            pub fn passed(&self) -> bool {
                match self { Self::Verify(report) => report.ok, _ => true }
            }

            /// The report alone.
            pub fn to_json(&self) -> serde_json::Value {
                match self { $(Self::$name(report) => serde_json::to_value(report).expect("reports serialise"),)* }
            }
        }
    };
}

impl Command {
    /// Whether it changes nothing, so that it is done on a store that can't be written as well, and ends
    /// when whoever asked a server for it has gone.
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
            | Self::TokenList(_) => true,
            Self::Verify(request) => !request.rebuild_index && !request.mend_reviews,
            Self::Unpublish(request) => request.dry_run,
            Self::Retire(request) => request.dry_run,
            Self::RevertPublish(request) => request.dry_run,
            Self::Remake(request) => request.dry_run,
            Self::Schedule(request) => matches!(request.action, schedule::Action::List),
            Self::Publish(_)
            | Self::Rollback(_)
            | Self::Release(_)
            | Self::BeginChannel(_)
            | Self::Embargoes(_)
            | Self::TokenCreate(_)
            | Self::TokenRevoke(_) => false,
        }
    }
}

verbs! {
    Plan = plan / "plan", Viewer;
    Publish = publish / "publish", Publisher;
    Rollback = rollback / "rollback", Publisher;
    Release = release / "release", Publisher;
    Unpublish = unpublish / "unpublish", Publisher;
    Retire = retire / "retire", Publisher;
    RevertPublish = revert_publish / "revert-publish", Publisher;
    Remake = remake / "remake", Publisher;
    BeginChannel = begin_channel / "begin-channel", Operator;
    Embargoes = embargoes / "embargoes", Publisher;
    Schedule = schedule / "schedule", Publisher;
    NotPublic = not_public / "not-public", Viewer;
    Bisect = bisect / "bisect", Viewer;
    Snapshots = snapshots / "snapshots", Viewer;
    Channels = channels / "channels", Viewer;
    Holds = holds / "holds", Viewer;
    Log = log / "log", Viewer;
    Show = show / "show", Viewer;
    Diff = diff / "diff", Viewer;
    WhereUsed = where_used / "where-used", Viewer;
    Verify = verify / "verify", Operator;
    Stats = stats / "stats", Viewer;
    TokenCreate = token::create / "token-create", Operator;
    TokenList = token::list / "token-list", Operator;
    TokenRevoke = token::revoke / "token-revoke", Operator;
}

/// What a client sends to have a verb done.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// Who asks. It counts only with the server's own token: any other token's person is the author.
    #[serde(default)]
    pub author: String,
    /// The attempt, 32 hex digits that nobody else uses; asked again with the same ones, what was done is not done twice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The verb's own request; nothing is asked for where it is left out.
    #[serde(default = "nothing")]
    pub request: serde_json::Value,
}

fn nothing() -> serde_json::Value {
    serde_json::json!({})
}

impl Call {
    /// Who asks, now.
    ///
    /// # Errors
    /// A problem when the operation is not 32 hex digits or the author is no person.
    pub fn by(&self, time_ms: u64) -> Result<Authorship, Problem> {
        self.by_author(names::author(&self.author)?, time_ms)
    }

    /// This author, now.
    ///
    /// # Errors
    /// As [`Call::by`].
    pub fn by_author(&self, author: Person, time_ms: u64) -> Result<Authorship, Problem> {
        let malformed = |detail: &str| Problem::new(Code::RequestMalformed, detail);
        let operation = match &self.operation {
            None => fresh_operation(),
            Some(text) if text.len() == 32 => u128::from_str_radix(text, 16)
                .map(|number| OperationId(number.to_be_bytes()))
                .map_err(|_| malformed("`operation` is not 32 hex digits"))?,
            Some(_) => return Err(malformed("`operation` is not 32 hex digits")),
        };
        Ok(Authorship { author, time_ms, operation })
    }
}
