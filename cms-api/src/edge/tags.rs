//! Entity tags as a request lists them (RFC 9110, 8.8.3 and 13.1): one parser for everything that compares them.

use axum::http::{HeaderMap, HeaderName};

/// A tag in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityTag {
    /// Whether it is marked as weak: `W/"…"`.
    pub is_weak: bool,
    /// The text between its quotes.
    pub text: String,
}

/// What a header lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// `*`: any version.
    Any,
    /// These tags.
    Tags(Vec<EntityTag>),
}

/// A header that is neither `*` nor a list of quoted tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

impl Listed {
    /// What all lines of a header list; `None` when there is no such header.
    ///
    /// # Errors
    /// [`Malformed`] when it is not a list of tags.
    pub fn of(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Self>, Malformed> {
        let (mut is_there, mut tags) = (false, Vec::new());
        for value in headers.get_all(name) {
            is_there = true;
            let value = value.to_str().map_err(|_| Malformed)?;
            if value.trim() == "*" {
                return Ok(Some(Self::Any));
            }
            read(value, &mut tags)?;
        }
        match (is_there, tags.is_empty()) {
            (false, _) => Ok(None),
            (true, true) => Err(Malformed),
            (true, false) => Ok(Some(Self::Tags(tags))),
        }
    }

    /// Whether it names this tag by strong comparison (RFC 9110, 8.8.3.2).
    pub fn names_strongly(&self, tag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Tags(tags) => tags.iter().any(|known| !known.is_weak && known.text == tag),
        }
    }

    /// Whether it names this tag, weak or strong.
    pub fn names_weakly(&self, tag: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Tags(tags) => tags.iter().any(|known| known.text == tag),
        }
    }
}

/// Adds the tags of one line.
fn read(line: &str, tags: &mut Vec<EntityTag>) -> Result<(), Malformed> {
    const BETWEEN: [char; 3] = [',', ' ', '\t'];
    let mut rest = line.trim_matches(BETWEEN);
    while !rest.is_empty() {
        let (is_weak, quoted) = match rest.strip_prefix("W/") {
            Some(quoted) => (true, quoted),
            None => (false, rest),
        };
        // A comma within quotes is part of the tag.
        let (text, after) =
            quoted.strip_prefix('"').and_then(|quoted| quoted.split_once('"')).ok_or(Malformed)?;
        tags.push(EntityTag { is_weak, text: text.to_owned() });
        let after = after.trim_start();
        rest = match after.strip_prefix(',') {
            Some(next) => next.trim_start_matches(BETWEEN),
            None if after.is_empty() => after,
            None => return Err(Malformed),
        };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(value: &str) -> Result<Option<Listed>, Malformed> {
        let mut headers = HeaderMap::new();
        headers.insert("if-match", value.parse().unwrap());
        Listed::of(&headers, &HeaderName::from_static("if-match"))
    }

    #[test]
    fn lists_are_read_with_their_commas_and_quotes() {
        let found = listed(", \"a,b\" ,W/\"c\",,").unwrap().unwrap();
        assert!(found.names_strongly("a,b") && found.names_weakly("c"));
        assert!(!found.names_strongly("c"), "a weak tag is no proof of its bytes");
        assert!(!found.names_weakly("a"));
        assert_eq!(listed("*"), Ok(Some(Listed::Any)));
        for wrong in ["a", "\"a", "\"a\" \"b\"", "w/\"a\"", ","] {
            assert_eq!(listed(wrong), Err(Malformed), "{wrong}");
        }
        assert_eq!(Listed::of(&HeaderMap::new(), &HeaderName::from_static("if-match")), Ok(None));
    }
}
