//! Preconditions: a write names the version that it is based on, so that nobody overwrites what they have not seen (RFC
//! 9110, 13; RFC 6585, 3).
//!
//! A tag names a version, whatever the coding of its body: the suffix of a coded body's tag is not part of the version.

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};

use super::tags::Listed;
use crate::problem::{Code, Problem};

/// `If-Match`, which the request must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IfMatch {
    tags: Tags,
}

/// The version on which a write is based that may make a thing or change it: `If-None-Match: *` or `If-Match`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Precondition {
    /// The thing does not exist yet.
    Absent,
    /// The thing has one of these versions.
    Match(IfMatch),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Tags {
    Any,
    Some(Vec<String>),
}

impl IfMatch {
    /// Whether a thing with this tag (without quotes) is the version that the writer means.
    pub fn holds(&self, tag: &str) -> bool {
        match &self.tags {
            Tags::Any => true,
            Tags::Some(tags) => tags.iter().any(|known| known == tag),
        }
    }

    /// The one tag that the writer names; none for `*` and for several.
    pub fn one(&self) -> Option<&str> {
        match &self.tags {
            Tags::Any => None,
            Tags::Some(tags) => match &tags[..] {
                [tag] => Some(tag),
                _ => None,
            },
        }
    }

    /// Whether any version matches: `*`.
    pub fn is_any(&self) -> bool {
        self.tags == Tags::Any
    }

    /// As [`Self::check`], where a tag may say after a dot what of that version its reader saw.
    ///
    /// # Errors
    /// [`Code::Stale`] with the version that it has.
    pub fn check_version(&self, version: &str) -> Result<(), Problem> {
        let is_of_it = |tag: &String| tag.split('.').next() == Some(version);
        match &self.tags {
            Tags::Some(tags) if !tags.iter().any(is_of_it) => Err(Problem::stale(version)),
            Tags::Any | Tags::Some(_) => Ok(()),
        }
    }

    /// Refuses a write to a thing that has another tag.
    ///
    /// # Errors
    /// [`Code::Stale`] with the tag that it has.
    pub fn check(&self, tag: &str) -> Result<(), Problem> {
        if self.holds(tag) { Ok(()) } else { Err(Problem::stale(tag)) }
    }
}

/// The tags of `If-Match`, without quotes and suffixes of codings.
///
/// # Errors
/// When the header is not a list of tags, or when all its tags are weak: then none can match, however many times it is
/// sent.
fn tags(headers: &HeaderMap) -> Result<Option<Tags>, Problem> {
    let listed = Listed::of(headers, &header::IF_MATCH).map_err(|_| {
        Problem::new(Code::RequestMalformed, "`If-Match` must be `*` or a list of quoted tags")
    })?;
    let listed = match listed {
        None => return Ok(None),
        Some(Listed::Any) => return Ok(Some(Tags::Any)),
        Some(Listed::Tags(listed)) => listed,
    };
    let strong: Vec<_> = listed.iter().filter(|tag| !tag.is_weak).collect();
    match listed.first() {
        Some(weak) if strong.is_empty() => Err(weakened(&weak.text)),
        _ => Ok(Some(Tags::Some(
            strong.iter().map(|tag| tag.text.trim_end_matches("-gzip").to_owned()).collect(),
        ))),
    }
}

/// The problem of a write whose tag a proxy has weakened. This server sends strong tags only.
fn weakened(tag: &str) -> Problem {
    let detail = format!(
        "`If-Match` names the weak tag `W/\"{tag}\"`, which this server never gave: a proxy on the way compresses answers \
         and weakens their tags; let it leave `/authoring` uncompressed (nginx: `gzip off;`) and read the thing again"
    );
    Problem::new(Code::TagWeak, detail)
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let needed = || {
            let detail = "send `If-Match` with the `ETag` of what you have read";
            Problem::new(Code::PreconditionRequired, detail)
        };
        let tags = tags(&parts.headers)?.ok_or_else(needed)?;
        Ok(Self { tags })
    }
}

impl<S: Sync> FromRequestParts<S> for Precondition {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        if let Some(tags) = tags(&parts.headers)? {
            return Ok(Self::Match(IfMatch { tags }));
        }
        match Listed::of(&parts.headers, &header::IF_NONE_MATCH) {
            Ok(Some(Listed::Any)) => Ok(Self::Absent),
            Ok(Some(Listed::Tags(_))) | Err(_) => {
                let detail = "of `If-None-Match` only `*` has a meaning here";
                Err(Problem::new(Code::RequestMalformed, detail))
            }
            Ok(None) => {
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
        assert_eq!(listed.one(), None, "two versions are not one");
        assert_eq!(parsed(Some("\"7-gzip\"")).await.unwrap().one(), Some("7"));
        let commas = parsed(Some("\"a,b\" ,\"7\"")).await.unwrap();
        assert!(commas.holds("a,b") && commas.holds("7") && !commas.holds("a"));
        let mixed = parsed(Some("W/\"7\", \"6\"")).await.unwrap();
        assert!(!mixed.holds("7") && mixed.holds("6"));
    }

    #[tokio::test]
    async fn a_tag_that_a_proxy_weakened_is_refused_by_name() {
        assert_eq!(parsed(Some("W/\"7\"")).await, Err(Code::TagWeak));
        assert_eq!(parsed(Some("W/\"7-gzip\", W/\"6\"")).await, Err(Code::TagWeak));
    }
}
