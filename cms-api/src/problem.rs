//! Problems: every refusal of this program, over HTTP (RFC 9457) and on the command line alike.
//!
//! One table, [`Code`], gives each problem its status, its title and its exit code, so that a program that knows a code
//! knows what happened, whichever way it asked.
//!
//! Invariants:
//! 1. A code, once published, keeps its meaning, its `type` and its status.
//! 2. A 5xx has the request id and never says what went wrong inside: that is in the log.
//! 3. No cache stores a problem longer than its handler said; by default no cache stores it at all.

use std::fmt;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

pub mod answer;
pub mod caching;
mod core_errors;
pub mod exit;
pub mod pages;

use exit::Exit;

/// The member with the value of the `Retry-After` header.
const RETRY_AFTER_S: &str = "retry_after_s";

/// The address below which the server says what each code means, and the prefix of every problem's `type`. It is a
/// reference (RFC 9457, 3.1.1), because the server does not know its own name.
pub const TYPE_BASE: &str = "/docs/problems/";
/// How many seconds to wait before asking again when there are too many of something and nothing better is known.
const RETRY_AFTER_S_DEFAULT: u64 = 1;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $status:ident, $exit:ident, $title:literal;)*) => {
        /// The stable code of a problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code, in the order of this file.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code as a word.
            pub const fn word(self) -> &'static str { match self { $(Self::$name => $text,)* } }

            /// Its HTTP status.
            pub const fn status(self) -> StatusCode { match self { $(Self::$name => StatusCode::$status,)* } }

            /// The exit code with which the program ends.
            pub const fn exit(self) -> Exit { match self { $(Self::$name => Exit::$exit,)* } }

            /// What it means, in a few words.
            pub const fn title(self) -> &'static str { match self { $(Self::$name => $title,)* } }
        }
    };
}

codes! {
    /// There is no such address.
    PathUnknown = "path-unknown", NOT_FOUND, NotFound, "There is nothing at this address";
    /// A part of the address does not have the form that its place requires.
    PathMalformed = "path-malformed", BAD_REQUEST, Usage, "A part of the address is malformed";
    /// The address exists, but supports other methods only.
    MethodNotAllowed = "method-not-allowed", METHOD_NOT_ALLOWED, Usage, "This address does not support that method";
    /// A query parameter that the operation does not have.
    ParameterUnknown = "parameter-unknown", BAD_REQUEST, Usage, "The operation has no such query parameter";
    /// A query parameter's value is wrong.
    ParameterMalformed = "parameter-malformed", BAD_REQUEST, Usage, "A query parameter is malformed";
    /// A request's body, or a verb's argument, is wrong.
    RequestMalformed = "request-malformed", BAD_REQUEST, Usage, "The request is malformed";
    /// A body is larger than its limit.
    BodyTooLarge = "body-too-large", PAYLOAD_TOO_LARGE, Usage, "The body is larger than the limit";
    /// A head is larger than its limit.
    HeadTooLarge = "head-too-large", REQUEST_HEADER_FIELDS_TOO_LARGE, Usage, "The head of the request is larger than the limit";
    /// A client sends too slowly.
    TooSlow = "too-slow", REQUEST_TIMEOUT, Unavailable, "The request took too long to arrive";
    /// There is no token, or a wrong one.
    TokenRefused = "token-refused", UNAUTHORIZED, Denied, "A valid token is needed";

    /// The cookie's session has ended.
    SessionEnded = "session-ended", UNAUTHORIZED, Denied, "The session has ended";
    /// A sign-in was refused, whatever was wrong with it.
    SignInRefused = "sign-in-refused", UNAUTHORIZED, Denied, "Signing in was refused";
    /// The session needs a second factor first.
    SecondFactorNeeded = "second-factor-needed", UNAUTHORIZED, Denied, "A second factor is needed";
    /// The sign-in was too long ago for what was asked.
    SignInAgain = "sign-in-again", FORBIDDEN, Denied, "This needs a sign-in of the last minutes";
    /// A page of another server may have made the request.
    CsrfRefused = "csrf-refused", FORBIDDEN, Denied, "The request did not come from a page of this server";
    /// The connection can be overheard.
    HttpsNeeded = "https-needed", FORBIDDEN, Denied, "Signing in needs an encrypted connection";
    /// Too many attempts to sign in were refused, or wait.
    TooManyAttempts = "too-many-attempts", TOO_MANY_REQUESTS, Denied, "Too many attempts to sign in";
    /// Browsers know no passkeys of a server at this address.
    PasskeysUnavailable = "passkeys-unavailable", CONFLICT, Conflict, "Passkeys can't be used here";
    /// A provider of identities does not answer.
    ProviderUnavailable = "provider-unavailable", SERVICE_UNAVAILABLE, Unavailable, "The provider of identities does not answer";
    /// The one-time link was used, has ended, or never existed.
    LinkSpent = "link-spent", GONE, NotFound, "The link can no longer be used";
    /// There is no such account.
    AccountUnknown = "account-unknown", NOT_FOUND, NotFound, "There is no such account";
    /// The account is in another state.
    AccountState = "account-state", CONFLICT, Conflict, "The account is in another state";
    /// The account or what it signs in with is not allowed as it was sent.
    AccountRefused = "account-refused", UNPROCESSABLE_ENTITY, Refused, "The account is not allowed as it was sent";
    /// Somebody has an account with this address, or with this identity.
    AddressTaken = "address-taken", CONFLICT, Conflict, "Another account has this address or identity";

    /// The token's role is not sufficient.
    RightMissing = "right-missing", FORBIDDEN, Denied, "You may not do this";
    /// A body of another media type than the operation takes.
    MediaTypeUnsupported = "media-type-unsupported", UNSUPPORTED_MEDIA_TYPE, Usage, "The body has a media type that this operation does not take";
    /// A write does not name the version on which it is based.
    PreconditionRequired = "precondition-required", PRECONDITION_REQUIRED, Usage, "The write must name the version that it is based on";
    /// A write is based on a version that is no longer the newest.
    Stale = "stale", PRECONDITION_FAILED, Conflict, "It has changed since it was read";
    /// A write names a version by a weak tag.
    TagWeak = "tag-weak", PRECONDITION_FAILED, Usage, "The tag is weak, so no write can be based on it";
    /// A range is past the end.
    RangeUnsatisfiable = "range-unsatisfiable", RANGE_NOT_SATISFIABLE, Usage, "There are no bytes in that range";
    /// The operation does not support a key; nothing was begun.
    IdempotencyKeyUnheeded = "idempotency-key-unheeded", BAD_REQUEST, Usage, "This operation takes no idempotency key";
    /// The key stands for another request.
    IdempotencyKeyReused = "idempotency-key-reused", UNPROCESSABLE_ENTITY, Usage, "The idempotency key was used for another request";
    /// There are more of something at once than are allowed.
    TooMany = "too-many", TOO_MANY_REQUESTS, Unavailable, "There are too many of these at once";

    /// Every connection that the server may have is in use.
    ServerFull = "server-full", SERVICE_UNAVAILABLE, Unavailable, "The server has no room for another request";

    /// There is no such channel, or nothing was published on it.
    ChannelUnknown = "channel-unknown", NOT_FOUND, NotFound, "Nothing is published on a channel of this name";
    /// There is no such snapshot.
    SnapshotUnknown = "snapshot-unknown", NOT_FOUND, NotFound, "There is no such snapshot";
    /// The snapshot has no such locale.
    LocaleUnknown = "locale-unknown", NOT_FOUND, NotFound, "The snapshot has no such locale";
    /// The snapshot has no such entry.
    EntryUnknown = "entry-unknown", NOT_FOUND, NotFound, "There is no such entry";
    /// The entry was published once and is retired.
    EntryRetired = "entry-retired", GONE, NotFound, "The entry is retired";
    /// No entry has or had this route.
    RouteUnknown = "route-unknown", NOT_FOUND, NotFound, "No entry has this route";
    /// The route's entry is retired.
    RouteRetired = "route-retired", GONE, NotFound, "The entry of this route is retired";
    /// It was taken down, by law or for a person's sake.
    TakenDown = "taken-down", GONE, NotFound, "It was taken down";
    /// What was named is no content, or is needed as it is.
    TakedownRefused = "takedown-refused", UNPROCESSABLE_ENTITY, Refused, "It can't be taken down";
    /// There is no such takedown.
    TakedownUnknown = "takedown-unknown", NOT_FOUND, NotFound, "There is no such takedown";
    /// There is no such link, or it was revoked.
    ShareUnknown = "share-unknown", NOT_FOUND, NotFound, "There is no such link";
    /// The link has ended, or its draft was discarded.
    ShareOver = "share-over", GONE, NotFound, "The link is no longer valid";
    /// The link's channel name, label or days are not allowed.
    ShareRefused = "share-refused", UNPROCESSABLE_ENTITY, Refused, "The link is not allowed as it was sent";
    /// There is no such public document.
    ObjectUnknown = "object-unknown", NOT_FOUND, NotFound, "There is no such public object";

    /// An entry that is to be created or saved is in the trash.
    InTrash = "in-trash", CONFLICT, Conflict, "The entry is in the trash";
    /// The delivered document has no such item, or the item no such hint.
    ItemUnknown = "item-unknown", NOT_FOUND, NotFound, "The document has no such item or hint";
    /// The text is not the id of a finding.
    FindingUnknown = "finding-unknown", NOT_FOUND, NotFound, "There is no such finding";
    /// The answer does not have the form of its item.
    InputRefused = "input-refused", UNPROCESSABLE_ENTITY, Refused, "The input does not fit the item";
    /// The item's engine can't score it.
    NotScorable = "not-scorable", UNPROCESSABLE_ENTITY, Refused, "The item can't be scored";
    /// The channel has begun, so its policy can no longer be changed.
    ChannelBegun = "channel-begun", CONFLICT, Conflict, "What the channel delivers can no longer be changed";

    /// The name does not name a state.
    StateUnknown = "state-unknown", NOT_FOUND, NotFound, "There is no such state";
    /// There is no such commit.
    CommitUnknown = "commit-unknown", NOT_FOUND, NotFound, "There is no such commit";
    /// There is no such revision.
    RevisionUnknown = "revision-unknown", NOT_FOUND, NotFound, "There is no such revision";
    /// There is no such record of a publish.
    PublicationUnknown = "publication-unknown", NOT_FOUND, NotFound, "There is no such publication";
    /// There is no such draft, or it is not open.
    DraftUnknown = "draft-unknown", NOT_FOUND, NotFound, "There is no such draft";
    /// The person is not a member of the draft.
    NotAMember = "not-a-member", FORBIDDEN, Denied, "Only its members may change a draft";
    /// A draft's record or a step of it is not allowed as it was sent.
    DraftRefused = "draft-refused", UNPROCESSABLE_ENTITY, Refused, "The draft or the step is not allowed as it was sent";
    /// The draft is not open, or was merged.
    DraftState = "draft-state", CONFLICT, Conflict, "The draft is in another state";
    /// Changes come to `main` only through a review on this server.
    ReviewRequired = "review-required", CONFLICT, Conflict, "Changes come to main only through a review here";
    /// The entry is in conflict, and only a choice may settle that.
    InConflict = "in-conflict", CONFLICT, Conflict, "The entry is in conflict";
    /// What was typed has already been committed as a version.
    CommittedMeanwhile = "committed-meanwhile", CONFLICT, Conflict, "What was typed has already been committed";
    /// The container does not contain entries of that kind.
    PlaceRefused = "place-refused", UNPROCESSABLE_ENTITY, Refused, "The entry can't be placed there";
    /// What was asked for is already done.
    NothingToDo = "nothing-to-do", CONFLICT, Conflict, "There is nothing to do";
    /// The two sides can't be joined.
    MergeConflicts = "merge-conflicts", CONFLICT, Conflict, "The two sides are in conflict";
    /// The conflict does not exist, or is settled.
    ConflictUnknown = "conflict-unknown", CONFLICT, Conflict, "There is no such conflict";
    /// The conflict does not take this choice.
    ChoiceRefused = "choice-refused", UNPROCESSABLE_ENTITY, Refused, "The choice does not fit the conflict";
    /// There is no such review.
    ReviewUnknown = "review-unknown", NOT_FOUND, NotFound, "There is no such review";
    /// The review is not open, or not closed.
    ReviewState = "review-state", CONFLICT, Conflict, "The review is in another state";
    /// The review is not allowed as it was sent.
    ReviewRefused = "review-refused", UNPROCESSABLE_ENTITY, Refused, "The review is not allowed as it was sent";
    /// The draft has an open review.
    UnderReview = "under-review", CONFLICT, Conflict, "The draft is already under review";
    /// The review has no such thread.
    ThreadUnknown = "thread-unknown", NOT_FOUND, NotFound, "There is no such thread";
    /// The review has no such comment.
    CommentUnknown = "comment-unknown", NOT_FOUND, NotFound, "There is no such comment";
    /// Entries are not as they were seen.
    NotAsSeen = "not-as-seen", CONFLICT, Conflict, "Entries have changed since they were seen";
    /// Nobody approved the state that is to be published, and approvals are required.
    NotAccepted = "not-accepted", CONFLICT, Conflict, "The state was not accepted";
    /// Entries lack approvals.
    NotApproved = "not-approved", CONFLICT, Conflict, "Entries are not approved yet";
    /// This person may not do this here, whatever their role.
    NotAllowed = "not-allowed", FORBIDDEN, Denied, "This person may not do this";
    /// Others use the entry.
    StillUsed = "still-used", CONFLICT, Conflict, "Others use the entry";
    /// There is no such job, or this person may not see it.
    JobUnknown = "job-unknown", NOT_FOUND, NotFound, "There is no such job";
    /// The job has already ended.
    JobOver = "job-over", CONFLICT, Conflict, "The job has already ended";
    /// The schedule has run and can no longer be changed.
    ScheduleOver = "schedule-over", CONFLICT, Conflict, "The schedule has already run";
    /// This person has no such notice.
    NoticeUnknown = "notice-unknown", NOT_FOUND, NotFound, "There is no such notice";
    /// There is no such token.
    GrantUnknown = "grant-unknown", NOT_FOUND, NotFound, "There is no such grant";
    /// The person has the role already.
    GrantGiven = "grant-given", CONFLICT, Conflict, "The person has this role already";
    /// A row of the table of policies means nothing.
    PolicyRefused = "policy-refused", UNPROCESSABLE_ENTITY, Refused, "The policies are not allowed as they were sent";
    /// Nobody could let people in any more.
    LastAdministrator = "last-administrator", CONFLICT, Conflict, "The last administrator stays";
    /// There is no such token.
    TokenUnknown = "token-unknown", NOT_FOUND, NotFound, "There is no such token";
    /// Nobody has this name.
    PersonUnknown = "person-unknown", UNPROCESSABLE_ENTITY, Refused, "There is no such person";
    /// The short id fits several states.
    StateAmbiguous = "state-ambiguous", BAD_REQUEST, Usage, "The name fits several states";
    /// Content breaks the rules of its kind.
    ContentRefused = "content-refused", UNPROCESSABLE_ENTITY, Refused, "The content was refused";
    /// A strict publish would have held something back.
    PublishRefused = "publish-refused", UNPROCESSABLE_ENTITY, Refused, "The publish was refused";
    /// More would be removed than the import may remove.
    PruneTooMuch = "prune-too-much", UNPROCESSABLE_ENTITY, Refused, "The import would remove more than it may";
    /// Learners would be left without the home page, or with nothing.
    PublishEmpties = "publish-empties", UNPROCESSABLE_ENTITY, Refused, "The publish would leave learners without the home page, or with nothing";
    /// There is no such schedule; it may have run.
    ScheduleUnknown = "schedule-unknown", NOT_FOUND, NotFound, "There is no such schedule";
    /// The schedule is not allowed: it is in the past, or names no entries.
    ScheduleRefused = "schedule-refused", UNPROCESSABLE_ENTITY, Refused, "The schedule was refused";
    /// Somebody else changed it first.
    Moved = "moved", CONFLICT, Conflict, "Somebody else changed it first; look again and retry";
    /// The operation was done before, and was not done again.
    OperationDone = "operation-done", CONFLICT, Conflict, "It was already done";
    /// There is already a repository.
    RepositoryExists = "repository-exists", CONFLICT, Conflict, "There is already a repository here";
    /// There is no repository yet.
    RepositoryMissing = "repository-missing", NOT_FOUND, NotFound, "There is no repository here yet";

    /// Another process holds the data directory.
    StoreInUse = "store-in-use", SERVICE_UNAVAILABLE, Unavailable, "Another process holds the store";
    /// The store's format is newer than this program.
    StoreNewer = "store-newer", SERVICE_UNAVAILABLE, Unavailable, "The store was written by a newer version";
    /// Stored bytes are not what was written.
    StoreDamaged = "store-damaged", INTERNAL_SERVER_ERROR, Unavailable, "Something in the store is damaged";
    /// Something is damaged, or a sync failed: the store can be read, but not written.
    StoreReadOnly = "store-read-only", SERVICE_UNAVAILABLE, Unavailable, "The store takes no writes until its operator decides; nothing was saved, and what is there can be read";
    /// The storage did not answer, or stopped.
    StoreUnavailable = "store-unavailable", SERVICE_UNAVAILABLE, Unavailable, "The store is not available";
    /// The disk is full.
    StoreFull = "store-full", INSUFFICIENT_STORAGE, Unavailable, "The disk is full";
    /// It is not known whether it was done.
    OutcomeUnknown = "outcome-unknown", SERVICE_UNAVAILABLE, Unavailable, "It is not known whether the change was made";
    /// A server could not be reached or understood.
    ServerUnavailable = "server-unavailable", BAD_GATEWAY, Unavailable, "The server did not answer";
    /// A file or stream of the command line could not be read or written.
    InputOutput = "input-output", INTERNAL_SERVER_ERROR, InputOutput, "A file could not be read or written";
    /// The program that reads the output has closed it.
    OutputClosed = "output-closed", INTERNAL_SERVER_ERROR, Done, "The output was closed";
    /// A verb was told to stop.
    Stopped = "stopped", SERVICE_UNAVAILABLE, Stopped, "It was stopped before it had finished";
    /// A bug of this program.
    Internal = "internal", INTERNAL_SERVER_ERROR, Internal, "Something went wrong here";
}

/// A refusal, with what a person and a program need to act on it.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Its code.
    pub code: Code,
    /// What happened this time, as a sentence without a full stop.
    pub detail: String,
    /// The members besides the standard ones.
    pub members: Map<String, Value>,
    /// How long caches may keep it.
    pub cache: ProblemCache,
}

/// How long a cache may keep a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemCache {
    /// It is not kept at all.
    Never,
    /// A few seconds: the thing may come to exist at any moment, for example an object that another replica just wrote.
    Briefly,
    /// A minute: the answer follows from something immutable, but a mistake must not stay.
    AMinute,
    /// An hour: the answer follows from something immutable, and old apps ask for it.
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
    /// A problem with this code and detail.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        let problem =
            Self { code, detail: detail.into(), members: Map::new(), cache: ProblemCache::Never };
        match code {
            // Every client that has to wait learns how long, wherever the problem was found.
            Code::TooMany | Code::ServerFull | Code::TooManyAttempts => {
                problem.retry_after(RETRY_AFTER_S_DEFAULT)
            }
            _ => problem,
        }
    }

    /// A bug, or a failure whose cause only the log may have.
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

    /// A write to something that has had this tag since its writer read it.
    pub fn stale(tag: &str) -> Self {
        Self::new(Code::Stale, "it has changed since the version that `If-Match` names")
            .with("current_tag", format!("\"{tag}\""))
    }

    /// The same problem with one more member.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl serde::Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap_or(Value::Null);
        self.members.insert(name.to_owned(), value);
        self
    }

    /// The same problem, which caches may keep for a while.
    #[must_use]
    pub const fn cached(mut self, cache: ProblemCache) -> Self {
        self.cache = cache;
        self
    }

    /// The same problem, for a client that may try again after this many seconds.
    #[must_use]
    pub fn retry_after(self, seconds: u64) -> Self {
        self.with(RETRY_AFTER_S, seconds)
    }

    /// The whole problem as its body has it.
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

    /// Reads a problem that a server sent.
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

    /// The problem as others may see it: causes inside the server stay in the log.
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
