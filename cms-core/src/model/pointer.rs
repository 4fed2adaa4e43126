//! JSON pointers (RFC 6901): how a place in a document is named to people and in stored reports.

use std::{borrow::Cow, cmp::Ordering};

/// One token, escaped for a pointer: `~` is `~0` and `/` is `~1`.
pub fn escaped(token: &str) -> Cow<'_, str> {
    if token.contains(['~', '/']) {
        Cow::Owned(token.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(token)
    }
}

/// The token that an escaped one stands for; `None` when a `~` is followed by neither 0 nor 1.
pub fn unescaped(token: &str) -> Option<Cow<'_, str>> {
    if !token.contains('~') {
        return Some(Cow::Borrowed(token));
    }
    let is_escape = |rest: &str| rest.starts_with(['0', '1']);
    if !token.split('~').skip(1).all(is_escape) {
        return None;
    }
    Some(Cow::Owned(token.replace("~1", "/").replace("~0", "~")))
}

/// `pointer` with one more token at its end.
pub fn joined(pointer: &str, token: &str) -> String {
    format!("{pointer}/{}", escaped(token))
}

/// Orders pointers as people read a document: token by token, numbers by value, a parent before its children.
pub fn compare(left: &str, right: &str) -> Ordering {
    let number = |token: &str| {
        let digits = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_digit());
        if digits { token.parse::<u64>().ok() } else { None }
    };
    let mut lefts = left.split('/');
    let mut rights = right.split('/');
    loop {
        let ordering = match (lefts.next(), rights.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => match (number(a), number(b)) {
                (Some(x), Some(y)) => x.cmp(&y).then_with(|| a.cmp(b)),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => a.cmp(b),
            },
        };
        if ordering != Ordering::Equal {
            return ordering;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_survive_escaping() {
        for token in ["", "a", "a/b", "~", "~1", "a~b/c", "~~//01"] {
            assert_eq!(unescaped(&escaped(token)).as_deref(), Some(token));
        }
        assert_eq!(unescaped("a~2"), None);
        assert_eq!(unescaped("a~"), None);
    }

    #[test]
    fn pointers_sort_as_a_document_reads() {
        let sorted = ["", "/a", "/a/2", "/a/2/x", "/a/10", "/a/b", "/b"];
        for (i, left) in sorted.iter().enumerate() {
            for (j, right) in sorted.iter().enumerate() {
                assert_eq!(compare(left, right), i.cmp(&j), "{left} {right}");
            }
        }
    }
}
