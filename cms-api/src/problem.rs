//! Problems: every refusal of this program, over HTTP (RFC 9457) and on the command line alike.
//!
//! One table, [`Code`], gives each its status, its title and its exit code, so that a program that
//! knows a code knows what happened whichever way it asked.
//!
//! Invariants:
//! 1. A code, once published, keeps its meaning, its `type` and its status.
//! 2. A 5xx tells the request id and never what went wrong inside: that is in the log.
//! 3. A problem is never stored by a cache longer than its handler said; by default not at all.

use std::fmt;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

pub mod answer;
pub mod caching;
mod core_errors;
pub mod exit;
pub mod pages;

use exit::Exit;

/// The member that tells what the header of the name tells.
const RETRY_AFTER_S: &str = "retry_after_s";

/// The address below which the server tells what each code means, and what every problem's `type` begins with: a reference
/// (RFC 9457, 3.1.1), for the server knows no name of its own.
pub const TYPE_BASE: &str = "/docs/problems/";
/// How long to wait before asking again for what there are too many of, in seconds, where nothing better is known.
const RETRY_AFTER_S_DEFAULT: u64 = 1;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:ident, $exit:ident, $title:literal;)*) => {
        /// What a problem is, as a stable word.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code, in the order of this file.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The word.
            pub const fn word(self) -> &'static str { match self { $(Self::$name => $text,)* } }

            /// The status that HTTP says.
            pub const fn status(self) -> StatusCode { match self { $(Self::$name => StatusCode::$status,)* } }

            /// The code that the program exits with.
            pub const fn exit(self) -> Exit { match self { $(Self::$name => Exit::$exit,)* } }

            /// What it means, in a few words.
            pub const fn title(self) -> &'static str { match self { $(Self::$name => $title,)* } }
        }
    };
}

codes! {
    /// No such address.
    PathUnknown = "path-unknown", NOT_FOUND, NotFound, "There is nothing at this address";
    /// A part of the address cannot be what its place asks for.
    PathMalformed = "path-malformed", BAD_REQUEST, Usage, "A part of the address is malformed";
    /// The address exists, with other methods.
    MethodNotAllowed = "method-not-allowed", METHOD_NOT_ALLOWED, Usage, "This address does not take that method";
    /// A query parameter that the operation does not have.
    ParameterUnknown = "parameter-unknown", BAD_REQUEST, Usage, "The operation has no such query parameter";
    /// A query parameter's value is wrong.
    ParameterMalformed = "parameter-malformed", BAD_REQUEST, Usage, "A query parameter is malformed";
    /// A request's body, or a verb's argument, is wrong.
    RequestMalformed = "request-malformed", BAD_REQUEST, Usage, "The request is malformed";
    /// A body beyond its limit.
    BodyTooLarge = "body-too-large", PAYLOAD_TOO_LARGE, Usage, "The body is larger than the limit";
    /// A head beyond its limit.
    HeadTooLarge = "head-too-large", REQUEST_HEADER_FIELDS_TOO_LARGE, Usage, "The head of the request is larger than the limit";
    /// A client that sends too slowly.
    TooSlow = "too-slow", REQUEST_TIMEOUT, Unavailable, "The request took too long to arrive";
    /// No token, or a wrong one.
    TokenRefused = "token-refused", UNAUTHORIZED, Denied, "A valid token is needed";

    /// A token whose role does not reach.
    RoleInsufficient = "role-insufficient", FORBIDDEN, Denied, "The role does not allow this";
    /// A body of another media type than the operation takes.
    MediaTypeUnsupported = "media-type-unsupported", UNSUPPORTED_MEDIA_TYPE, Usage, "The body has a media type that this operation does not take";
    /// A write without the version that it is based on.
    PreconditionRequired = "precondition-required", PRECONDITION_REQUIRED, Usage, "The write must name the version that it is based on";
    /// A write that is based on a version that is no longer the newest.
    Stale = "stale", PRECONDITION_FAILED, Conflict, "It has changed since it was read";
    /// A write that names a version by a weak tag.
    TagWeak = "tag-weak", PRECONDITION_FAILED, Usage, "The tag is weak, and no write can rest on it";
    /// A range that lies behind the end.
    RangeUnsatisfiable = "range-unsatisfiable", RANGE_NOT_SATISFIABLE, Usage, "There are no bytes in that range";
    /// A key that would not be heeded; nothing was begun.
    IdempotencyKeyUnheeded = "idempotency-key-unheeded", BAD_REQUEST, Usage, "This operation takes no idempotency key";
    /// A key that stands for another request.
    IdempotencyKeyReused = "idempotency-key-reused", UNPROCESSABLE_ENTITY, Usage, "The idempotency key was used for another request";
    /// More of something at a time than there may be.
    TooMany = "too-many", TOO_MANY_REQUESTS, Unavailable, "There are too many of these at a time";

    /// Every connection that there may be is at work.
    ServerFull = "server-full", SERVICE_UNAVAILABLE, Unavailable, "The server has no place for another request";

    /// No such channel, or nothing was published on it.
    ChannelUnknown = "channel-unknown", NOT_FOUND, NotFound, "Nothing is published on such a channel";
    /// No such snapshot.
    SnapshotUnknown = "snapshot-unknown", NOT_FOUND, NotFound, "There is no such snapshot";
    /// The snapshot has no such locale.
    LocaleUnknown = "locale-unknown", NOT_FOUND, NotFound, "The snapshot has no such locale";
    /// No such entry there.
    EntryUnknown = "entry-unknown", NOT_FOUND, NotFound, "There is no such entry";
    /// The entry was published once and is retired.
    EntryRetired = "entry-retired", GONE, NotFound, "The entry is retired";
    /// No entry has or had this route.
    RouteUnknown = "route-unknown", NOT_FOUND, NotFound, "No entry has this route";
    /// The route's entry is retired.
    RouteRetired = "route-retired", GONE, NotFound, "The entry of this route is retired";
    /// No such link, or one that was revoked.
    ShareUnknown = "share-unknown", NOT_FOUND, NotFound, "There is no such link";
    /// A link whose time is over, or whose draft was discarded.
    ShareOver = "share-over", GONE, NotFound, "The link is over";
    /// A link that may not be so.
    ShareRefused = "share-refused", UNPROCESSABLE_ENTITY, Refused, "The link can't be so";
    /// No such public document.
    ObjectUnknown = "object-unknown", NOT_FOUND, NotFound, "There is no such public object";

    /// An entry that is to be made or saved and is in the trash.
    InTrash = "in-trash", CONFLICT, Conflict, "The entry is in the trash";
    /// No such item in a delivered document, or no such hint of it.
    ItemUnknown = "item-unknown", NOT_FOUND, NotFound, "The document has no such item or hint";
    /// No id of a finding.
    FindingUnknown = "finding-unknown", NOT_FOUND, NotFound, "There is no such finding";
    /// An answer that is not of its item's form.
    InputRefused = "input-refused", UNPROCESSABLE_ENTITY, Refused, "The input does not fit the item";
    /// An item that its engine can't score.
    NotScorable = "not-scorable", UNPROCESSABLE_ENTITY, Refused, "The item can't be scored";
    /// A channel whose policy is settled.
    ChannelBegun = "channel-begun", CONFLICT, Conflict, "What the channel delivers is settled";

    /// A name that names no state.
    StateUnknown = "state-unknown", NOT_FOUND, NotFound, "There is no such state";
    /// No such commit.
    CommitUnknown = "commit-unknown", NOT_FOUND, NotFound, "There is no such commit";
    /// No such revision.
    RevisionUnknown = "revision-unknown", NOT_FOUND, NotFound, "There is no such revision";
    /// No such record of a publish.
    PublicationUnknown = "publication-unknown", NOT_FOUND, NotFound, "There is no such publication";
    /// No such draft, or none that is open.
    DraftUnknown = "draft-unknown", NOT_FOUND, NotFound, "There is no such draft";
    /// A draft that the person is no member of.
    NotAMember = "not-a-member", FORBIDDEN, Denied, "Only members change a draft";
    /// A draft's record or step that may not be so.
    DraftRefused = "draft-refused", UNPROCESSABLE_ENTITY, Refused, "The draft can't be so";
    /// The draft is not open, or was merged.
    DraftState = "draft-state", CONFLICT, Conflict, "The draft is in another state";
    /// Changes come to `main` only through a review here.
    ReviewRequired = "review-required", CONFLICT, Conflict, "Changes come to main through a review here";
    /// The entry is in conflict; nothing else may settle that.
    InConflict = "in-conflict", CONFLICT, Conflict, "The entry is in conflict";
    /// What was typed is a version by now.
    CommittedMeanwhile = "committed-meanwhile", CONFLICT, Conflict, "What was typed was committed meanwhile";
    /// The container does not hold such entries.
    PlaceRefused = "place-refused", UNPROCESSABLE_ENTITY, Refused, "The entry can't stand there";
    /// What was asked for is so already.
    NothingToDo = "nothing-to-do", CONFLICT, Conflict, "There is nothing to do";
    /// Two sides that do not go together.
    MergeConflicts = "merge-conflicts", CONFLICT, Conflict, "The two sides are in conflict";
    /// A conflict that is not there, or was settled.
    ConflictUnknown = "conflict-unknown", CONFLICT, Conflict, "There is no such conflict";
    /// A choice that a conflict does not take.
    ChoiceRefused = "choice-refused", UNPROCESSABLE_ENTITY, Refused, "The choice does not fit the conflict";
    /// No such review.
    ReviewUnknown = "review-unknown", NOT_FOUND, NotFound, "There is no such review";
    /// A review that is not open, or not closed.
    ReviewState = "review-state", CONFLICT, Conflict, "The review is in another state";
    /// What can't be in a review.
    ReviewRefused = "review-refused", UNPROCESSABLE_ENTITY, Refused, "The review can't be so";
    /// The draft has an open review.
    UnderReview = "under-review", CONFLICT, Conflict, "The draft is under review already";
    /// The review has no such thread.
    ThreadUnknown = "thread-unknown", NOT_FOUND, NotFound, "There is no such thread";
    /// The review has no such comment.
    CommentUnknown = "comment-unknown", NOT_FOUND, NotFound, "There is no such comment";
    /// Entries that are not as they were seen.
    NotAsSeen = "not-as-seen", CONFLICT, Conflict, "Entries have changed since they were seen";
    /// A state that is to be published and that nobody approved, where approvals are required.
    NotAccepted = "not-accepted", CONFLICT, Conflict, "The state was not accepted";
    /// Entries that lack approvals.
    NotApproved = "not-approved", CONFLICT, Conflict, "Entries are not approved yet";
    /// Something that this person may not do here, whatever their role.
    NotAllowed = "not-allowed", FORBIDDEN, Denied, "This person may not do this";
    /// An entry that others use.
    StillUsed = "still-used", CONFLICT, Conflict, "Others use the entry";
    /// No such job, or not one that this person may see.
    JobUnknown = "job-unknown", NOT_FOUND, NotFound, "There is no such job";
    /// A job that ended already.
    JobOver = "job-over", CONFLICT, Conflict, "The job is over";
    /// It ran, and can't be changed any more.
    ScheduleOver = "schedule-over", CONFLICT, Conflict, "The schedule is over";
    /// No such notice of this person's.
    NoticeUnknown = "notice-unknown", NOT_FOUND, NotFound, "There is no such notice";
    /// No such token.
    TokenUnknown = "token-unknown", NOT_FOUND, NotFound, "There is no such token";
    /// Nobody has this name.
    PersonUnknown = "person-unknown", UNPROCESSABLE_ENTITY, Refused, "There is no such person";
    /// A short id that fits several.
    StateAmbiguous = "state-ambiguous", BAD_REQUEST, Usage, "The name fits several states";
    /// Content broke the rules of its kind.
    ContentRefused = "content-refused", UNPROCESSABLE_ENTITY, Refused, "The content was refused";
    /// A strict publish would have held something back.
    PublishRefused = "publish-refused", UNPROCESSABLE_ENTITY, Refused, "The publish was refused";
    /// More would be removed than the import may.
    PruneTooMuch = "prune-too-much", UNPROCESSABLE_ENTITY, Refused, "The import would remove more than it may";
    /// Learners would be left without the home page, or with nothing.
    PublishEmpties = "publish-empties", UNPROCESSABLE_ENTITY, Refused, "The publish would leave learners without the home page, or with nothing";
    /// No such schedule; perhaps it ran.
    ScheduleUnknown = "schedule-unknown", NOT_FOUND, NotFound, "There is no such schedule";
    /// The schedule makes no sense: past, or without entries.
    ScheduleRefused = "schedule-refused", UNPROCESSABLE_ENTITY, Refused, "The schedule was refused";
    /// Somebody else changed it first.
    Moved = "moved", CONFLICT, Conflict, "It changed meanwhile; look again and retry";
    /// An operation that was done before, and was not done again.
    OperationDone = "operation-done", CONFLICT, Conflict, "It was done already";
    /// There is a repository already.
    RepositoryExists = "repository-exists", CONFLICT, Conflict, "There is a repository already";
    /// There is no repository yet.
    RepositoryMissing = "repository-missing", NOT_FOUND, NotFound, "There is no repository here yet";

    /// Another process holds the data directory.
    StoreInUse = "store-in-use", SERVICE_UNAVAILABLE, Unavailable, "Another process holds the store";
    /// The store's format is newer than this program.
    StoreNewer = "store-newer", SERVICE_UNAVAILABLE, Unavailable, "The store was written by a newer version";
    /// Stored bytes are not what was written.
    StoreDamaged = "store-damaged", INTERNAL_SERVER_ERROR, Unavailable, "Something in the store is damaged";
    /// Something is damaged, or a sync failed: what is there is read, and nothing is written.
    StoreReadOnly = "store-read-only", SERVICE_UNAVAILABLE, Unavailable, "The store takes no writes until its operator decides; nothing was saved, and what is there can be read";
    /// The storage did not answer, or stopped.
    StoreUnavailable = "store-unavailable", SERVICE_UNAVAILABLE, Unavailable, "The store is not available";
    /// No room.
    StoreFull = "store-full", INSUFFICIENT_STORAGE, Unavailable, "The disk is full";
    /// It may or may not have been done.
    OutcomeUnknown = "outcome-unknown", SERVICE_UNAVAILABLE, Unavailable, "Whether the change was made is not known";
    /// A server that could not be reached or understood.
    ServerUnavailable = "server-unavailable", BAD_GATEWAY, Unavailable, "The server did not answer";
    /// A file or stream of the command line.
    InputOutput = "input-output", INTERNAL_SERVER_ERROR, InputOutput, "A file could not be read or written";
    /// Whoever read the output has seen enough.
    OutputClosed = "output-closed", INTERNAL_SERVER_ERROR, Done, "The output was closed";
    /// A verb that was told to stop.
    Stopped = "stopped", SERVICE_UNAVAILABLE, Stopped, "It was stopped before it was done";
    /// Our own bug.
    Internal = "internal", INTERNAL_SERVER_ERROR, Internal, "Something went wrong here";
}

/// A refusal with what a person and a program need to act on it.
#[derive(Debug, Clone)]
pub struct Problem {
    /// What it is.
    pub code: Code,
    /// This occurrence, in a sentence without a full stop.
    pub detail: String,
    /// Members beside the standard ones.
    pub members: Map<String, Value>,
    /// How long caches may keep it.
    pub cache: ProblemCache,
}

/// How long a cache may keep a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemCache {
    /// Not at all.
    Never,
    /// Seconds: it may become true at any moment (an object that another replica just wrote).
    Briefly,
    /// A minute: it follows from something immutable, but a mistake must not stay.
    AMinute,
    /// An hour: it follows from something immutable and is asked for by old apps.
    AnHour,
}

impl ProblemCache {
    const fn caching(self) -> caching::Caching {
        match self {
            Self::Never => caching::Caching::NoStore,
            Self::Briefly => caching::Caching::ForSeconds,
            Self::AMinute => caching::Caching::ForAMinute,
            Self::AnHour => caching::Caching::ForAnHour,
        }
    }
}

impl Problem {
    /// A problem of this occurrence.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        let problem =
            Self { code, detail: detail.into(), members: Map::new(), cache: ProblemCache::Never };
        match code {
            // Whoever is to wait is told how long, wherever it was found.
            Code::TooMany | Code::ServerFull => problem.retry_after(RETRY_AFTER_S_DEFAULT),
            _ => problem,
        }
    }

    /// A bug or a failure whose cause is for the log only.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::new(Code::Internal, cause.to_string())
    }

    /// A file or stream of the command line that failed.
    pub fn io(what: impl fmt::Display, error: &std::io::Error) -> Self {
        let code = match error.kind() {
            std::io::ErrorKind::BrokenPipe => Code::OutputClosed,
            _ => Code::InputOutput,
        };
        Self::new(code, format!("{what}: {error}"))
    }

    /// A write whose thing has moved on to this tag since its writer read it.
    pub fn stale(tag: &str) -> Self {
        Self::new(Code::Stale, "it has changed since the version that `If-Match` names")
            .with("current_tag", format!("\"{tag}\""))
    }

    /// The same with one more member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl serde::Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap_or(Value::Null);
        self.members.insert(name.to_owned(), value);
        self
    }

    /// The same, kept by caches for a while.
    #[must_use]
    pub const fn cached(mut self, cache: ProblemCache) -> Self {
        self.cache = cache;
        self
    }

    /// The same, for a client that may try again after so many seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.with(RETRY_AFTER_S, seconds)
    }

    /// The whole problem as the body has it.
    pub fn to_json(&self) -> Value {
        let mut body = Map::new();
        body.insert("type".into(), json!(format!("{TYPE_BASE}{}", self.code.word())));
        body.insert("code".into(), json!(self.code.word()));
        body.insert("title".into(), json!(self.code.title()));
        body.insert("status".into(), json!(self.code.status().as_u16()));
        if !self.detail.is_empty() {
            body.insert("detail".into(), json!(self.detail));
        }
        body.extend(self.members.clone());
        Value::Object(body)
    }

    /// Reads what a server said.
    pub fn from_json(body: &Value) -> Option<Self> {
        let mut members = body.as_object()?.clone();
        let word = members.remove("code")?;
        let code = *Code::ALL.iter().find(|code| Some(code.word()) == word.as_str())?;
        let detail = members.remove("detail");
        for standard in ["type", "title", "status"] {
            members.remove(standard);
        }
        let detail = detail.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(Self { code, detail, members, cache: ProblemCache::Never })
    }

    /// What may be said outside: causes inside stay in the log.
    pub fn outward(&self) -> Value {
        let hide = self.code.status().is_server_error()
            && matches!(
                self.code,
                Code::Internal
                    | Code::InputOutput
                    | Code::OutputClosed
                    | Code::StoreDamaged
                    | Code::StoreReadOnly
                    | Code::StoreUnavailable
            );
        if hide { Self::new(self.code, "").to_json() } else { self.to_json() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.detail.is_empty() {
            f.write_str(self.code.title())
        } else {
            f.write_str(&self.detail)
        }
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_said_is_read_back() {
        for code in Code::ALL {
            let problem = Problem::new(*code, "so").with("known", ["en"]);
            let back = Problem::from_json(&problem.to_json()).expect("a problem");
            assert_eq!((back.code, &*back.detail), (*code, "so"));
            assert_eq!(back.members, problem.members);
        }
    }

    #[test]
    fn causes_inside_stay_inside() {
        let body = Problem::internal("/secret/path").outward().to_string();
        assert!(!body.contains("secret"), "{body}");
    }
}
