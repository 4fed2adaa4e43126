//! The sentences, one per row: where it is in the standard, what it says in our words, what is asked, and what is
//! right.

/// The addresses that a sentence is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum To {
    /// Everything that is read.
    #[default]
    Any,
    /// Everything that is read and has a body of its own.
    Body,
    /// Everything that is read and takes no parameters.
    Plain,
    /// A listing with parameters.
    Listing,
    /// A document that is long enough to be compressed.
    Coded,
    /// A media file.
    File,
    /// A film, which is never compressed.
    Film,
    /// An address that redirects.
    Redirect,
    /// An address with nothing there.
    Missing,
    /// An address that takes attempts.
    Asked,
}

/// How an address is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Spelled {
    /// As it is.
    #[default]
    Right,
    /// With doubled slashes.
    Doubled,
    /// With an unnecessary escape.
    Escaped,
    /// With a slash at the end.
    Ended,
    /// With a suffix.
    With(&'static str),
}

/// A sentence, and what shows that it is followed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) section: &'static str,
    pub(super) says: &'static str,
    pub(super) to: To,
    pub(super) method: &'static str,
    pub(super) spelled: Spelled,
    /// `{tag}` stands for the tag of the bytes.
    pub(super) headers: &'static [(&'static str, &'static str)],
    /// Without the token that the place requires.
    pub(super) is_anonymous: bool,
    pub(super) status: u16,
    /// `?` present, `-` absent, `=` as in a plain GET, `~x` contains x, `path` this very address; anything else is
    /// the exact value.
    pub(super) has: &'static [(&'static str, &'static str)],
    /// `=` the whole body, otherwise from one byte to another (`end` counts from the end).
    pub(super) body: Option<&'static str>,
}

impl Default for Row {
    fn default() -> Self {
        BLANK
    }
}

const BLANK: Row = Row {
    section: "",
    says: "",
    to: To::Any,
    method: "GET",
    spelled: Spelled::Right,
    headers: &[],
    is_anonymous: false,
    status: 200,
    has: &[],
    body: None,
};

const fn get(section: &'static str, says: &'static str, to: To, status: u16) -> Row {
    Row { section, says, to, status, ..BLANK }
}

impl Row {
    const fn by(self, method: &'static str) -> Self {
        Self { method, ..self }
    }

    const fn with(self, headers: &'static [(&'static str, &'static str)]) -> Self {
        Self { headers, ..self }
    }

    const fn at(self, spelled: Spelled) -> Self {
        Self { spelled, ..self }
    }

    const fn has(self, has: &'static [(&'static str, &'static str)]) -> Self {
        Self { has, ..self }
    }

    const fn bytes(self, body: &'static str) -> Self {
        Self { body: Some(body), ..self }
    }

    const fn anonymous(self) -> Self {
        Self { is_anonymous: true, ..self }
    }
}

const PAST: &str = "Mon, 01 Jan 2001 00:00:00 GMT";
const FUTURE: &str = "Fri, 01 Jan 2038 00:00:00 GMT";
const SAME: &[(&str, &str)] =
    &[("etag", "="), ("cache-control", "="), ("vary", "="), ("content-type", "=")];
const OPEN: &[(&str, &str)] = &[
    ("access-control-allow-origin", "*"),
    ("access-control-expose-headers", "~ETag"),
    ("access-control-expose-headers", "~Content-Range"),
    ("access-control-expose-headers", "~Retry-After"),
    ("access-control-expose-headers", "~X-Request-Id"),
    ("cross-origin-resource-policy", "cross-origin"),
    ("timing-allow-origin", "*"),
    ("x-content-type-options", "nosniff"),
    ("x-request-id", "?"),
];
/// What a page sends before its request.
const PREFLIGHT: &[(&str, &str)] =
    &[("origin", "https://learn.example"), ("access-control-request-method", "GET")];
const PART: &[(&str, &str)] = &[
    ("etag", "="),
    ("cache-control", "="),
    ("vary", "="),
    ("content-type", "="),
    ("accept-ranges", "bytes"),
    ("content-length", "10"),
    ("content-range", "bytes 0-9/{size}"),
    ("access-control-allow-origin", "*"),
    ("x-content-type-options", "nosniff"),
];

// One row per line, so that the table can be read as one.
#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    // Answers and their heads.
    get("9110 8.6", "the length is that of the body", To::Body, 200).has(&[("content-length", "{size}")]).bytes("="),
    get("9110 8.8.2", "without a date of a change there is none in the head", To::Body, 200).has(&[("last-modified", "-")]),
    get("9110 12.5.5", "what is the same for everybody varies by no coding", To::Film, 200).has(&[("vary", "="), ("content-encoding", "-")]),
    get("9111 4.2.2", "who says for how long leaves nothing to guess", To::Body, 200).has(&[("cache-control", "?")]),
    get("9111 4.2.2", "a redirect too", To::Redirect, 307).has(&[("cache-control", "?"), ("location", "?"), ("vary", "=")]),
    get("9111 4.2.2", "a refusal too", To::Missing, 404).has(&[("cache-control", "?"), ("content-type", "application/problem+json")]),
    // Methods.
    get("9110 9.3.2", "HEAD tells what GET would, without the body", To::Body, 200).by("HEAD").has(SAME).bytes(""),
    get("9110 9.3.2", "its length too", To::Body, 200).by("HEAD").has(&[("content-length", "{size}")]),
    get("9110 9.3.2", "a redirect is one for HEAD", To::Redirect, 307).by("HEAD").has(&[("location", "="), ("etag", "=")]).bytes(""),
    get("9110 9.3.2", "what is not there is not there for HEAD", To::Missing, 404).by("HEAD").has(&[("cache-control", "=")]).bytes(""),
    get("9110 9.3.7", "OPTIONS tells the methods", To::Any, 204).by("OPTIONS").has(&[("allow", "GET, HEAD, OPTIONS"), ("content-length", "-")]).bytes(""),
    get("9110 9.3.7", "those of what is asked too", To::Asked, 204).by("OPTIONS").has(&[("allow", "POST, OPTIONS"), ("content-length", "-")]).bytes(""),
    get("9110 15.5.6", "another method is refused with those that are not", To::Any, 405).by("POST").has(&[("allow", "GET, HEAD, OPTIONS")]),
    get("9110 15.5.6", "PUT", To::Any, 405).by("PUT").has(&[("allow", "~GET")]),
    get("9110 15.5.6", "DELETE", To::Any, 405).by("DELETE").has(&[("allow", "~HEAD"), ("cache-control", "~no-store")]),
    get("9110 15.5.6", "PATCH", To::Any, 405).by("PATCH").has(&[("allow", "~GET")]),
    get("9110 9.3.8", "TRACE shows nobody what was sent", To::Any, 405).by("TRACE").has(&[("allow", "~GET")]),
    get("9110 15.5.6", "what is asked is not read", To::Asked, 405).has(&[("allow", "POST, OPTIONS")]),
    get("9110 15.5.6", "nor is its head", To::Asked, 405).by("HEAD").has(&[("allow", "POST, OPTIONS")]).bytes(""),
    // Codings.
    get("9110 8.8.3.3", "a coded body has a tag of its own", To::Coded, 200).with(&[("accept-encoding", "gzip")]).has(&[("content-encoding", "gzip"), ("vary", "=")]),
    get("9110 12.5.3", "a weight of 0 is a no", To::Coded, 200).with(&[("accept-encoding", "gzip;q=0")]).has(&[("content-encoding", "-")]).bytes("="),
    get("9110 12.5.3", "a coding that is not had is not sent", To::Coded, 200).with(&[("accept-encoding", "br, zstd")]).has(&[("content-encoding", "-")]).bytes("="),
    get("9110 12.5.3", "names of codings have no case", To::Coded, 200).with(&[("accept-encoding", "GZIP")]).has(&[("content-encoding", "gzip")]),
    get("9110 12.5.3", "who asks for nothing is sent the bytes", To::Coded, 200).has(&[("content-encoding", "-")]).bytes("="),
    get("9110 8.4", "what is packed already is not packed again", To::Film, 200).with(&[("accept-encoding", "gzip")]).has(&[("content-encoding", "-"), ("content-length", "{size}")]).bytes("="),
    get("9110 8.4", "for HEAD neither", To::Film, 200).by("HEAD").with(&[("accept-encoding", "gzip")]).has(&[("content-encoding", "-"), ("content-length", "{size}")]),
    get("9110 13.1.2", "a coded body's tag is known as such", To::Coded, 304).with(&[("accept-encoding", "gzip"), ("if-none-match", "\"{tag}-gzip\"")]),
    get("9110 8.8.3.3", "the plain body's tag is not the coded one's", To::Coded, 200).with(&[("accept-encoding", "gzip"), ("if-none-match", "\"{tag}\"")]),
    get("9110 8.8.3.3", "nor the other way round", To::Coded, 200).with(&[("if-none-match", "\"{tag}-gzip\"")]),
    get("9110 13.1.1", "nor for If-Match", To::Coded, 412).with(&[("accept-encoding", "gzip"), ("if-match", "\"{tag}\"")]),
    // If-Match.
    get("9110 13.1.1", "If-Match that names what is here", To::Body, 200).with(&[("if-match", "\"{tag}\"")]).bytes("="),
    get("9110 13.1.1", "that names something else", To::Body, 412).with(&[("if-match", "\"other\"")]).has(&[("cache-control", "~no-store"), ("content-type", "application/problem+json")]),
    get("9110 13.1.1", "for HEAD too", To::Body, 412).by("HEAD").with(&[("if-match", "\"other\"")]).bytes(""),
    get("9110 13.1.1", "any will do, and there is one", To::Body, 200).with(&[("if-match", "*")]).bytes("="),
    get("9110 13.1.1", "one of several", To::Body, 200).with(&[("if-match", "\"a\", \"{tag}\"")]),
    get("9110 5.3", "lines of one list are one list", To::Body, 200).with(&[("if-match", "\"a\""), ("if-match", "\"{tag}\"")]),
    get("9110 13.1.1", "tags are compared strongly", To::Body, 412).with(&[("if-match", "W/\"{tag}\"")]),
    get("9110 13.1.1", "what can't be read names nothing", To::Body, 412).with(&[("if-match", "{tag}")]),
    // If-None-Match.
    get("9110 13.1.2", "If-None-Match that names what is here", To::Body, 304).with(&[("if-none-match", "\"{tag}\"")]).bytes(""),
    get("9110 13.1.2", "tags are compared weakly", To::Body, 304).with(&[("if-none-match", "W/\"{tag}\"")]),
    get("9110 13.1.2", "one of several", To::Body, 304).with(&[("if-none-match", "\"a\", W/\"{tag}\" ,\"b\"")]),
    get("9110 5.6.1", "a list may have empty places", To::Body, 304).with(&[("if-none-match", ", \"{tag}\",,")]),
    get("9110 5.3", "lines of one list are one list", To::Body, 304).with(&[("if-none-match", "\"a\""), ("if-none-match", "\"{tag}\"")]),
    get("9110 13.1.2", "there is one", To::Body, 304).with(&[("if-none-match", "*")]),
    get("9110 13.1.2", "for HEAD it is 304 as well", To::Body, 304).by("HEAD").with(&[("if-none-match", "\"{tag}\"")]).has(&[("etag", "=")]),
    get("9110 13.1.2", "something else", To::Body, 200).with(&[("if-none-match", "\"other\"")]).bytes("="),
    get("9110 8.8.3", "a comma in a tag divides nothing", To::Body, 200).with(&[("if-none-match", "\"a,{tag},b\"")]),
    get("9110 8.8.3", "tags have quotes", To::Body, 200).with(&[("if-none-match", "{tag}")]),
    get("9110 15.4.5", "304 has what a cache needs of the 200", To::Body, 304).with(&[("if-none-match", "*")]).has(&[("etag", "="), ("cache-control", "="), ("vary", "=")]),
    get("9110 15.4.5", "and nothing of a body that is not sent", To::Body, 304).with(&[("if-none-match", "*")]).has(&[("content-type", "-"), ("content-length", "-"), ("content-encoding", "-")]).bytes(""),
    // Dates.
    get("9110 13.1.3", "without a date of a change If-Modified-Since is ignored", To::Body, 200).with(&[("if-modified-since", FUTURE)]).bytes("="),
    get("9110 13.1.3", "it is ignored beside If-None-Match", To::Body, 200).with(&[("if-none-match", "\"other\""), ("if-modified-since", FUTURE)]),
    get("9110 13.1.3", "and helps no other", To::Body, 304).with(&[("if-none-match", "\"{tag}\""), ("if-modified-since", PAST)]),
    get("9110 13.1.4", "without a date of a change If-Unmodified-Since is ignored", To::Body, 200).with(&[("if-unmodified-since", PAST)]).bytes("="),
    get("9110 13.1.4", "it is ignored beside If-Match", To::Body, 200).with(&[("if-match", "\"{tag}\""), ("if-unmodified-since", PAST)]),
    // Their order.
    get("9110 13.2.1", "what would not be a 200 has no preconditions", To::Redirect, 307).with(&[("if-match", "\"other\"")]).has(&[("location", "=")]),
    get("9110 13.2.1", "nor one of the other sort", To::Redirect, 307).with(&[("if-none-match", "*")]).has(&[("location", "=")]),
    get("9110 13.2.1", "what is not there is not there", To::Missing, 404).with(&[("if-match", "*")]),
    get("9110 13.2.1", "whatever is asked", To::Missing, 404).with(&[("if-none-match", "*")]),
    get("9110 13.2.1", "or how much of it", To::Missing, 404).with(&[("range", "bytes=0-9")]),
    get("9110 13.2.2", "If-Match goes before If-None-Match", To::Body, 412).with(&[("if-match", "\"other\""), ("if-none-match", "\"{tag}\"")]),
    get("9110 13.2.2", "which is next", To::Body, 304).with(&[("if-match", "\"{tag}\""), ("if-none-match", "\"{tag}\"")]),
    get("9110 13.2.2", "If-Match goes before Range", To::Body, 412).with(&[("if-match", "\"other\""), ("range", "bytes=0-9")]),
    get("9110 13.2.2", "so does If-None-Match", To::File, 304).with(&[("if-none-match", "\"{tag}\""), ("range", "bytes=0-9")]),
    get("9110 13.2.2", "and before what can't be had", To::File, 304).with(&[("if-none-match", "\"{tag}\""), ("range", "bytes=99999999-")]),
    get("9110 13.2.2", "all hold", To::File, 206).with(&[("if-match", "\"{tag}\""), ("if-none-match", "\"other\""), ("if-range", "\"{tag}\""), ("range", "bytes=0-9")]).has(PART).bytes("0-10"),
    // If-Range.
    get("9110 13.1.5", "If-Range that names these bytes", To::File, 206).with(&[("if-range", "\"{tag}\""), ("range", "bytes=0-9")]).has(PART).bytes("0-10"),
    get("9110 13.1.5", "that names others", To::File, 200).with(&[("if-range", "\"other\""), ("range", "bytes=0-9")]).has(SAME).bytes("="),
    get("9110 13.1.5", "tags are compared strongly", To::File, 200).with(&[("if-range", "W/\"{tag}\""), ("range", "bytes=0-9")]).bytes("="),
    get("9110 13.1.5", "a date is of nothing here", To::File, 200).with(&[("if-range", FUTURE), ("range", "bytes=0-9")]).bytes("="),
    get("9110 13.1.5", "without Range it is ignored", To::File, 200).with(&[("if-range", "\"other\"")]).bytes("="),
    get("9110 13.1.5", "a range of others is ignored even where it can't be had", To::File, 200).with(&[("if-range", "\"other\""), ("range", "bytes=99999999-")]).bytes("="),
    // Ranges.
    get("9110 14.3", "what takes ranges says so", To::File, 200).has(&[("accept-ranges", "bytes")]),
    get("9110 14.3", "for HEAD too", To::File, 200).by("HEAD").has(&[("accept-ranges", "bytes")]),
    get("9110 15.3.7", "a part has all that the whole has, for joining", To::File, 206).with(&[("range", "bytes=0-9")]).has(PART).bytes("0-10"),
    get("9110 14.1.2", "from a byte on", To::File, 206).with(&[("range", "bytes=10-")]).has(&[("content-range", "~bytes 10-")]).bytes("10-end"),
    get("9110 14.1.2", "one byte", To::File, 206).with(&[("range", "bytes=5-5")]).has(&[("content-range", "bytes 5-5/{size}")]).bytes("5-6"),
    get("9110 14.1.2", "the last ones", To::File, 206).with(&[("range", "bytes=-7")]).has(&[("content-length", "7")]).bytes("end.7-end"),
    get("9110 14.1.2", "more than there are from the end is all", To::File, 206).with(&[("range", "bytes=-99999999")]).has(&[("content-length", "{size}")]).bytes("0-end"),
    get("9110 14.1.2", "a last byte behind the end is the end", To::File, 206).with(&[("range", "bytes=10-99999999")]).bytes("10-end"),
    get("9110 14.1.2", "a number beyond numbers too", To::File, 206).with(&[("range", "bytes=10-99999999999999999999999999")]).bytes("10-end"),
    get("9110 14.1", "units have no case", To::File, 206).with(&[("range", "BYTES=0-9")]).bytes("0-10"),
    get("9110 14.2", "a unit that is not known is ignored", To::File, 200).with(&[("range", "lines=0-9")]).bytes("="),
    get("9110 14.1.1", "so is what is no range", To::File, 200).with(&[("range", "bytes=9-0")]).bytes("="),
    get("9110 14.1.1", "letters", To::File, 200).with(&[("range", "bytes=a-b")]).bytes("="),
    get("9110 14.1.1", "nothing", To::File, 200).with(&[("range", "bytes=")]).bytes("="),
    get("9110 14.2", "several ranges may be answered with the whole, and are", To::File, 200).with(&[("range", "bytes=0-1,5-6")]).has(SAME).bytes("="),
    get("9110 14.2", "many that overlap too", To::File, 200).with(&[("range", "bytes=0-,0-,0-,0-,0-")]).bytes("="),
    get("9110 14.2", "only GET has ranges", To::File, 200).by("HEAD").with(&[("range", "bytes=0-9")]).has(&[("content-length", "{size}"), ("content-range", "-"), ("etag", "=")]).bytes(""),
    get("9110 14.2", "HEAD none that can't be had either", To::File, 200).by("HEAD").with(&[("range", "bytes=99999999-")]).has(&[("content-range", "-")]),
    get("9110 14.2", "where there are none, Range is ignored", To::Coded, 200).with(&[("range", "bytes=0-9")]).has(&[("content-range", "-"), ("accept-ranges", "-")]).bytes("="),
    get("9110 15.5.17", "a range behind the end is refused with the size", To::File, 416).with(&[("range", "bytes=99999999-")]).has(&[("content-range", "bytes */{size}"), ("cache-control", "~no-store"), ("accept-ranges", "bytes")]),
    get("9110 15.5.17", "so is one that begins at the end and has an end", To::File, 416).with(&[("range", "bytes=99999998-99999999")]).has(&[("content-range", "bytes */{size}")]),
    get("9110 14.1.2", "the last none are none", To::File, 416).with(&[("range", "bytes=-0")]).has(&[("content-range", "bytes */{size}")]),
    get("9110 14.1.2", "beyond all numbers", To::File, 416).with(&[("range", "bytes=99999999999999999999999999-")]).has(&[("content-range", "bytes */{size}")]),
    // One address for each thing.
    get("9110 4.2.3", "slashes more than once lead to the one", To::Any, 308).at(Spelled::Doubled).has(&[("location", "path"), ("cache-control", "~no-store")]),
    get("3986 6.2.2.2", "so does an escape that is not needed", To::Any, 308).at(Spelled::Escaped).has(&[("location", "path"), ("cache-control", "~no-store")]),
    get("3986 6.2.2.2", "for HEAD too", To::Any, 308).by("HEAD").at(Spelled::Escaped).has(&[("location", "path")]).bytes(""),
    get("9110 15.4.9", "with the method that it was", To::Asked, 308).by("POST").at(Spelled::Doubled).has(&[("location", "path")]),
    get("9110 4.2.3", "so does a slash at the end", To::Plain, 308).at(Spelled::Ended).has(&[("location", "path"), ("cache-control", "~no-store")]),
    get("9111 2", "the address is what an answer is kept under: an empty query", To::Plain, 400).at(Spelled::With("?")).has(&[("cache-control", "~no-store")]),
    get("9111 2", "one of nothing but a mark", To::Plain, 400).at(Spelled::With("?&")).has(&[("cache-control", "~no-store")]),
    get("9111 2", "a parameter that there is not", To::Plain, 400).at(Spelled::With("?utm_source=x")).has(&[("cache-control", "~no-store")]),
    get("9111 2", "in a listing too", To::Listing, 400).at(Spelled::With("?utm_source=x")).has(&[("cache-control", "~no-store")]),
    get("9111 2", "one that is repeated", To::Listing, 400).at(Spelled::With("?kind=video&kind=video")).has(&[("cache-control", "~no-store")]),
    get("9111 2", "an empty query leads to none", To::Listing, 308).at(Spelled::With("?")).has(&[("location", "path"), ("cache-control", "~no-store")]),
    get("9111 2", "so does a mark", To::Listing, 308).at(Spelled::With("?&")).has(&[("location", "path")]),
    get("9111 2", "and what holds anyway", To::Listing, 308).at(Spelled::With("?limit=100")).has(&[("location", "path")]),
    get("9111 2", "parameters have one order", To::Listing, 308).at(Spelled::With("?limit=7&kind=video")).has(&[("location", "~/entries?kind=video&limit=7")]),
    get("9111 2", "and one spelling", To::Listing, 308).at(Spelled::With("?kind=vid%65o")).has(&[("location", "~/entries?kind=video"), ("cache-control", "~no-store")]),
    get("9111 2", "keys too", To::Listing, 308).at(Spelled::With("?key=topic/root")).has(&[("location", "~/entries?key=topic%2Froot")]),
    get("9111 2", "a number has one spelling", To::Listing, 400).at(Spelled::With("?limit=007")).has(&[("cache-control", "~no-store")]),
    get("9111 2", "a cursor that was made up is none", To::Listing, 400).at(Spelled::With("?cursor=dmlkZW8vbm9uZQ")).has(&[("cache-control", "~no-store")]),
    // Other origins (the Fetch standard).
    get("Fetch: HTTP responses", "any page may read", To::Body, 200).with(&[("origin", "https://learn.example")]).has(OPEN),
    get("Fetch: HTTP responses", "what leads elsewhere", To::Redirect, 307).with(&[("origin", "https://learn.example")]).has(OPEN),
    get("Fetch: HTTP responses", "what it has", To::Body, 304).with(&[("if-none-match", "*")]).has(OPEN),
    get("Fetch: HTTP responses", "a part", To::File, 206).with(&[("range", "bytes=0-9")]).has(OPEN),
    get("Fetch: HTTP responses", "that it asks for too much", To::File, 416).with(&[("range", "bytes=99999999-")]).has(OPEN),
    get("Fetch: HTTP responses", "that it wants another", To::Body, 412).with(&[("if-match", "\"other\"")]).has(OPEN),
    get("Fetch: HTTP responses", "that there is nothing", To::Missing, 404).has(OPEN),
    get("Fetch: HTTP responses", "that it may not", To::Any, 405).by("DELETE").has(OPEN),
    get("Fetch: HTTP responses", "where the address is", To::Any, 308).at(Spelled::Doubled).has(OPEN),
    get("Fetch: HTTP responses", "what it asked wrongly", To::Plain, 400).at(Spelled::With("?x=1")).has(OPEN),
    get("Fetch: CORS-preflight", "a page asks before it asks for a range", To::Any, 204).by("OPTIONS").with(PREFLIGHT).has(&[("access-control-allow-methods", "GET, HEAD"), ("access-control-allow-headers", "~Range"), ("access-control-allow-headers", "~If-None-Match"), ("access-control-max-age", "86400")]),
    get("Fetch: CORS-preflight", "or with conditions and a token", To::Any, 204).by("OPTIONS").with(PREFLIGHT).has(&[("access-control-allow-headers", "~If-Match"), ("access-control-allow-headers", "~If-Range"), ("access-control-allow-headers", "~Authorization")]),
    get("Fetch: CORS-preflight", "or sends an attempt", To::Asked, 204).by("OPTIONS").with(PREFLIGHT).has(&[("access-control-allow-methods", "POST"), ("access-control-allow-headers", "~Content-Type")]),
    get("Fetch: CORS-preflight", "it asks without a token", To::Any, 204).by("OPTIONS").with(PREFLIGHT).anonymous().has(&[("access-control-allow-headers", "~Authorization")]),
    // Authentication.
    get("9110 15.5.2", "without a token one is told what is needed", To::Any, 401).anonymous().has(&[("www-authenticate", "?"), ("access-control-allow-origin", "*"), ("cache-control", "~no-store")]),
    get("9111 3.5", "what needs a token is kept by nobody for others", To::Body, 401).anonymous().with(&[("if-none-match", "*")]).has(&[("etag", "-")]),
];
