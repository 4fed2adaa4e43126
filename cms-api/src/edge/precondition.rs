//! Preconditions: a write names the version that it is based on, so that nobody overwrites what they
//! have not seen (RFC 9110, 13; RFC 6585, 3).
//!
//! A tag names a version, whatever coding its body was sent in: the ending that a coded body's tag has
//! is not part of the version.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, header, request::Parts},
};

use super::problem::{Code, Problem};

/// `If-Match`, which must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IfMatch {
    tags: Tags,
}

/// What a write that may make a thing or change it is based on: `If-None-Match: *` or `If-Match`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Precondition {
    /// There is no such thing yet.
    Absent,
    /// It has one of these versions.
    Match(IfMatch),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Tags {
    Any,
    Some(Vec<String>),
}

impl IfMatch {
    /// Whether a thing with this tag (without quotes) is what the writer means.
    pub fn holds(&self, tag: &str) -> bool {
        match &self.tags {
            Tags::Any => true,
            Tags::Some(tags) => tags.iter().any(|known| known == tag),
        }
    }

    /// The one version that the writer means, as a number; none for `*`.
    ///
    /// # Errors
    /// [`Code::Stale`] when the tags name several versions or what is no version: then none holds.
    pub fn version(&self) -> Result<Option<u64>, Problem> {
        match &self.tags {
            Tags::Any => Ok(None),
            Tags::Some(tags) => match &tags[..] {
                [tag] => tag.parse().map(Some).map_err(|_| unknown_version()),
                _ => Err(unknown_version()),
            },
        }
    }

    /// The one tag that the writer means; none for `*`.
    ///
    /// # Errors
    /// [`Code::Stale`] when several are named: then none holds.
    pub fn one(&self) -> Result<Option<&str>, Problem> {
        match &self.tags {
            Tags::Any => Ok(None),
            Tags::Some(tags) => match &tags[..] {
                [tag] => Ok(Some(tag)),
                _ => Err(unknown_version()),
            },
        }
    }

    /// Whether any version will do: `*`.
    pub fn is_any(&self) -> bool {
        self.tags == Tags::Any
    }

    /// Refuses a write to a thing that has another tag.
    ///
    /// # Errors
    /// [`Code::Stale`] with the tag that it has.
    pub fn check(&self, tag: &str) -> Result<(), Problem> {
        if self.holds(tag) { Ok(()) } else { Err(stale(tag)) }
    }
}

/// The problem of a write that names no version that there is.
pub fn unknown_version() -> Problem {
    Problem::new(Code::Stale, "`If-Match` names no version that this server gave")
}

/// The problem of a write whose thing has moved on to this tag.
pub fn stale(tag: &str) -> Problem {
    Problem::new(Code::Stale, "it has changed since the version that `If-Match` names")
        .with("current_tag", format!("\"{tag}\""))
}

/// The strong tags of a list, without quotes; a weak one names no version and is left out.
fn tags(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Tags>, Problem> {
    let malformed = || {
        let detail = format!("`{name}` must be `*` or a list of quoted tags");
        Problem::new(Code::RequestMalformed, detail)
    };
    let mut found = Vec::new();
    let (mut is_there, mut is_any) = (false, false);
    for value in headers.get_all(name) {
        is_there = true;
        let value = value.to_str().map_err(|_| malformed())?;
        if value.trim() == "*" {
            return Ok(Some(Tags::Any));
        }
        let mut rest = value.trim();
        while !rest.is_empty() {
            let (is_weak, quoted) = match rest.strip_prefix("W/") {
                Some(quoted) => (true, quoted),
                None => (false, rest),
            };
            // A comma within quotes is part of the tag.
            let (inner, after) = quoted
                .strip_prefix('"')
                .and_then(|quoted| quoted.split_once('"'))
                .ok_or_else(malformed)?;
            is_any = true;
            if !is_weak {
                found.push(inner.trim_end_matches("-gzip").to_owned());
            }
            let after = after.trim_start();
            rest = match after.strip_prefix(',') {
                Some(next) => next.trim_start_matches([',', ' ', '\t']),
                None if after.is_empty() => after,
                None => return Err(malformed()),
            };
        }
    }
    match (is_there, is_any) {
        (false, _) => Ok(None),
        (true, false) => Err(malformed()),
        (true, true) => Ok(Some(Tags::Some(found))),
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let needed = || {
            let detail = "send `If-Match` with the `ETag` of what you have read";
            Problem::new(Code::PreconditionRequired, detail)
        };
        let tags = tags(&parts.headers, &header::IF_MATCH)?.ok_or_else(needed)?;
        Ok(Self { tags })
    }
}

impl<S: Sync> FromRequestParts<S> for Precondition {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        if let Some(tags) = tags(&parts.headers, &header::IF_MATCH)? {
            return Ok(Self::Match(IfMatch { tags }));
        }
        match tags(&parts.headers, &header::IF_NONE_MATCH)? {
            Some(Tags::Any) => Ok(Self::Absent),
            Some(Tags::Some(_)) => {
                let detail = "of `If-None-Match` only `*` has a meaning here";
                Err(Problem::new(Code::RequestMalformed, detail))
            }
            None => {
                let detail = "send `If-Match` with the `ETag` of what you have read, or \
                              `If-None-Match: *` where there is nothing yet";
                Err(Problem::new(Code::PreconditionRequired, detail))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn parsed(value: Option<&str>) -> Result<IfMatch, Code> {
        let mut request = axum::http::Request::new(());
        if let Some(value) = value {
            request.headers_mut().insert(header::IF_MATCH, value.parse().unwrap());
        }
        let (mut parts, ()) = request.into_parts();
        IfMatch::from_request_parts(&mut parts, &()).await.map_err(|problem| problem.code)
    }

    #[tokio::test]
    async fn a_version_must_be_named() {
        assert_eq!(parsed(None).await, Err(Code::PreconditionRequired));
        assert_eq!(parsed(Some("7")).await, Err(Code::RequestMalformed));
        assert_eq!(parsed(Some("\"a\"b\"")).await, Err(Code::RequestMalformed));
        assert!(parsed(Some("*")).await.unwrap().holds("7"));
    }

    #[tokio::test]
    async fn tags_are_compared_strongly_and_without_their_coding() {
        let listed = parsed(Some("\"6\", \"7-gzip\"")).await.unwrap();
        assert!(listed.holds("6") && listed.holds("7") && !listed.holds("8"));
        assert!(listed.version().is_err(), "two versions are not one");
        assert_eq!(parsed(Some("\"7-gzip\"")).await.unwrap().version().unwrap(), Some(7));
        let commas = parsed(Some("\"a,b\" ,\"7\"")).await.unwrap();
        assert!(commas.holds("a,b") && commas.holds("7") && !commas.holds("a"));
        let weak = parsed(Some("W/\"7\"")).await.unwrap();
        assert!(!weak.holds("7"));
        assert_eq!(weak.check("7").unwrap_err().code, Code::Stale);
    }
}
