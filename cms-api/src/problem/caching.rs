//! The directives for caches. This is the only file that names `Cache-Control`, which `cargo xtask tidy` checks;
//! docs/API.md has the table.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// How long an answer may be kept, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caching {
    /// By everyone, for ever: the answer never changes at its address.
    Immutable,
    /// By everyone, for a minute. The answer follows from something immutable, but says that something does not exist,
    /// and strangers may ask for any number of such things.
    ForAMinute,
    /// By everyone, for an hour: the answer follows from something immutable, and old apps ask for it.
    ForAnHour,
    /// By everyone, for five seconds: the answer may become false at any moment.
    ForSeconds,
    /// Like [`Caching::ForSeconds`], and longer while it is being revalidated or can't be: a channel's pointer, the
    /// only thing that moves.
    Pointer,
    /// By everyone who revalidates it each time: files that keep their name when they change.
    Named,
    /// By the client that asked, which revalidates it each time: what authors read and has a tag.
    Revalidated,
    /// By nobody.
    NoStore,
    /// By nobody, including shared caches that respect only `private`: what is behind a link, or was given with an
    /// attempt.
    Unkept,
}

impl Caching {
    /// The value of the header.
    const fn policy(self) -> &'static str {
        match self {
            Self::Immutable => "public, max-age=31536000, immutable",
            Self::ForAMinute => "public, max-age=60",
            Self::ForAnHour => "public, max-age=3600",
            Self::ForSeconds => "public, max-age=5",
            Self::Pointer => "public, max-age=5, stale-while-revalidate=30, stale-if-error=86400",
            Self::Named => "no-cache",
            Self::Revalidated => "private, no-cache",
            Self::NoStore => "no-store",
            Self::Unkept => "private, no-store",
        }
    }

    /// The header, for an answer that is being built.
    pub const fn header(self) -> (HeaderName, &'static str) {
        (header::CACHE_CONTROL, self.policy())
    }

    /// Sets the header, in place of one that is there. This gives an answer below a link [`Caching::Unkept`], whatever
    /// its handler said.
    pub fn set(self, headers: &mut HeaderMap) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.policy()));
    }
}

/// Lets only the device that asked keep an answer of a protected channel, for as long as the answer allows otherwise.
pub fn keep_private(headers: &mut HeaderMap) {
    let policy = headers.get(header::CACHE_CONTROL).and_then(|value| value.to_str().ok());
    if let Some(policy) = policy.map(|policy| policy.replace("public", "private")) {
        let private = HeaderValue::from_str(&policy).expect("it was a header");
        headers.insert(header::CACHE_CONTROL, private);
    }
    headers.append(header::VARY, HeaderValue::from_static("Authorization"));
}
