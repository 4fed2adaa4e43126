//! Every limit that a client can meet, by name, in one place. docs/LIMITS.md shows them as a table, which a test keeps
//! true.
//!
//! A limit that an operator may change has its default here; its setting is named in the table. Limits of content
//! itself, such as the size and the depth of a document, are the core's.

use std::time::Duration;

use cms_core::{
    engine::OBJECT_SIZE_BYTES_MAX,
    model::canonical::{DOCUMENT_DEPTH_MAX, DOCUMENT_SIZE_BYTES_MAX},
};

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

/// Largest head of a request, in bytes.
pub const HEAD_SIZE_BYTES_MAX: usize = 32 * KIB;
/// Most header fields of a request.
pub const HEAD_FIELDS_MAX: usize = 100;
/// Longest query of an address, in bytes.
pub const QUERY_SIZE_BYTES_MAX: usize = 16 * KIB;
/// Largest body of a request, in bytes.
pub const BODY_SIZE_BYTES_MAX: usize = MIB;
/// Largest body that holds documents, in bytes: one document at its limit, with room for escapes.
pub const BODY_WITH_DOCUMENTS_SIZE_BYTES_MAX: usize = 16 * MIB;
/// Most bytes of all bodies that are held in memory at a time.
pub const BODIES_SIZE_BYTES_MAX: usize = 256 * MIB;
/// Bodies up to this size are not counted among those: every connection may hold one.
pub const BODY_UNCOUNTED_SIZE_BYTES_MAX: usize = 64 * KIB;
/// How long a body waits until there is memory for it.
pub const BODY_WAIT_MAX: Duration = Duration::from_secs(5);
/// Most rows of a page.
pub const ROWS_MAX: usize = 500;
/// Most requests of one HTTP/2 connection at a time.
pub const HTTP2_STREAMS_MAX: u32 = 128;
/// Most requests of one client at a time, unless a setting says otherwise. A school is often one address.
pub const REQUESTS_PER_CLIENT_MAX: u32 = 256;
/// Most requests of one person at a time, wherever they come from.
pub const REQUESTS_OF_PERSON_MAX: u32 = 64;
/// Most event streams at a time; each holds a connection for as long as its client likes.
pub const STREAMS_MAX: usize = 2048;
/// Most event streams of one client.
pub const STREAMS_PER_CLIENT_MAX: u32 = 512;
/// Most event streams of one person: a few screens, each following what happens and a job or two.
pub const STREAMS_OF_PERSON_MAX: usize = 32;
/// Most imports and exports that stream at a time; each holds a thread for as long as its client likes.
pub const STREAMING_MAX: usize = 16;
/// Most requests that are scored at a time.
pub const SCORING_MAX: usize = 16;
/// Longest time until an answer begins, unless a setting says otherwise.
pub const REQUEST_TIME_MAX: Duration = Duration::from_secs(300);
/// Longest time until the answer of an import, an export, a command or an upload begins.
pub const LONG_REQUEST_TIME_MAX: Duration = Duration::from_secs(3600);
/// Most threads for work that blocks: those of [`LEARNERS_AT_WORK_MAX`] and [`AUTHORS_AT_WORK_MAX`], and some for what
/// is no request's.
pub const BLOCKING_THREADS_MAX: usize = 64;
/// Most requests of learners that work at a time.
pub const LEARNERS_AT_WORK_MAX: usize = 32;
/// Most requests of authors that work at a time, imports and exports that stream included.
pub const AUTHORS_AT_WORK_MAX: usize = 24;
/// Most requests of learners that wait for their turn.
pub const LEARNERS_WAITING_MAX: usize = 512;
/// Most requests of authors that wait for their turn.
pub const AUTHORS_WAITING_MAX: usize = 128;
/// How long a request of a learner waits for its turn.
pub const LEARNERS_WAIT_MAX: Duration = Duration::from_secs(1);
/// How long a request of an author waits for its turn.
pub const AUTHORS_WAIT_MAX: Duration = Duration::from_secs(5);
/// Refused sign-ins of one account from one network before the two wait.
pub const REFUSED_OF_ACCOUNT_FREE: u32 = 5;
/// Refused sign-ins of one network, over all accounts, before it waits.
pub const REFUSED_OF_NETWORK_FREE: u32 = 30;

/// One limit, for people.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// What is limited.
    pub what: &'static str,
    /// The limit.
    pub is: Bound,
    /// What a client gets beyond it.
    pub beyond: &'static str,
    /// The setting that changes it.
    pub setting: &'static str,
}

/// How much or how long.
#[derive(Debug, Clone, Copy)]
pub enum Bound {
    /// A number of bytes.
    Bytes(usize),
    /// A number of things.
    Count(usize),
    /// A time.
    Time(Duration),
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bytes(bytes) if bytes % MIB == 0 => write!(f, "{} MiB", bytes / MIB),
            Self::Bytes(bytes) => write!(f, "{} KiB", bytes / KIB),
            Self::Count(count) => write!(f, "{count}"),
            Self::Time(time) => write!(f, "{} s", time.as_secs()),
        }
    }
}

const fn limit(what: &'static str, is: Bound, beyond: &'static str) -> Limit {
    Limit { what, is, beyond, setting: "" }
}

const fn set(what: &'static str, is: Bound, beyond: &'static str, setting: &'static str) -> Limit {
    Limit { what, is, beyond, setting }
}

use Bound::{Bytes, Count, Time};

/// All of them, in the order in which a request meets them.
pub const TABLE: &[Limit] = &[
    set(
        "connections",
        Count(4096),
        "503 `server-full`; those without a request make room",
        "connections_max",
    ),
    set(
        "time for a head, and for a handshake",
        Time(Duration::from_secs(10)),
        "408 `too-slow`",
        "header_timeout_s",
    ),
    set(
        "time between requests",
        Time(Duration::from_secs(75)),
        "the connection ends",
        "idle_timeout_s",
    ),
    limit("a head", Bytes(HEAD_SIZE_BYTES_MAX), "431 `head-too-large`"),
    limit("header fields", Count(HEAD_FIELDS_MAX), "431 `head-too-large`"),
    limit("a query", Bytes(QUERY_SIZE_BYTES_MAX), "400 `parameter-malformed`"),
    limit(
        "requests of an HTTP/2 connection at a time",
        Count(HTTP2_STREAMS_MAX as usize),
        "the client waits",
    ),
    set(
        "requests of a client at a time",
        Count(REQUESTS_PER_CLIENT_MAX as usize),
        "429 `too-many`",
        "requests_per_client_max",
    ),
    limit(
        "requests of a person at a time",
        Count(REQUESTS_OF_PERSON_MAX as usize),
        "429 `too-many`",
    ),
    limit("event streams of a client", Count(STREAMS_PER_CLIENT_MAX as usize), "429 `too-many`"),
    limit("event streams of a person", Count(STREAMS_OF_PERSON_MAX), "429 `too-many`"),
    limit("event streams", Count(STREAMS_MAX), "429 `too-many`"),
    limit("a body", Bytes(BODY_SIZE_BYTES_MAX), "413 `body-too-large`"),
    limit(
        "a body with documents",
        Bytes(BODY_WITH_DOCUMENTS_SIZE_BYTES_MAX),
        "413 `body-too-large`",
    ),
    limit(
        "a compressed body",
        Count(0),
        "415 `media-type-unsupported`; imports take files that are compressed themselves",
    ),
    limit(
        "bodies in memory, of those above 64 KiB",
        Bytes(BODIES_SIZE_BYTES_MAX),
        "503 `server-full` after 5 s",
    ),
    set(
        "time without a byte of a body",
        Time(Duration::from_secs(30)),
        "408 `too-slow`; also below 100 bytes a second",
        "body_timeout_s",
    ),
    limit("a document", Bytes(DOCUMENT_SIZE_BYTES_MAX), "422 `content-refused`"),
    limit("levels of a document", Count(DOCUMENT_DEPTH_MAX), "400 `request-malformed`"),
    limit("a media file", Bytes(OBJECT_SIZE_BYTES_MAX), "the file is left out of the import"),
    limit("rows of a page", Count(ROWS_MAX), "400 `parameter-malformed`"),
    set(
        "attempts and hints of a client in a second",
        Count(100),
        "429 `too-many`; bursts may have ten times that",
        "attempts_per_s",
    ),
    limit(
        "refused sign-ins of an account from one network (IPv4 /24, IPv6 /48)",
        Count(REFUSED_OF_ACCOUNT_FREE as usize),
        "429 `too-many-attempts`, twice as long after each, up to 900 s; not in browsers that the account has signed in with",
    ),
    limit(
        "refused sign-ins of a network, over all accounts",
        Count(REFUSED_OF_NETWORK_FREE as usize),
        "429 `too-many-attempts`, up to 60 s; one is forgotten every 30 s, and one a minute for each person who signs in there",
    ),
    limit("attempts that are scored at a time", Count(SCORING_MAX), "429 `too-many` after 5 s"),
    limit("imports and exports at a time", Count(STREAMING_MAX), "429 `too-many` after 5 s"),
    limit("requests of learners at work", Count(LEARNERS_AT_WORK_MAX), "they wait"),
    limit("requests of learners that wait", Count(LEARNERS_WAITING_MAX), "503 `server-full`"),
    limit("time that a learner's request waits", Time(LEARNERS_WAIT_MAX), "503 `server-full`"),
    limit("requests of authors at work", Count(AUTHORS_AT_WORK_MAX), "they wait"),
    limit("requests of authors that wait", Count(AUTHORS_WAITING_MAX), "503 `server-full`"),
    limit("time that an author's request waits", Time(AUTHORS_WAIT_MAX), "503 `server-full`"),
    set(
        "time until an answer begins",
        Time(REQUEST_TIME_MAX),
        "503 `server-full`, or `outcome-unknown` for a write",
        "request_timeout_s",
    ),
    limit(
        "the same for imports, exports, commands and uploads",
        Time(LONG_REQUEST_TIME_MAX),
        "the same",
    ),
    set(
        "time without the client reading",
        Time(Duration::from_secs(30)),
        "the connection ends; also below 100 bytes a second",
        "write_timeout_s",
    ),
];
