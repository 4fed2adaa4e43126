//! Line ends as a property of a whole text, so that a side whose editor changed them all has changed one
//! thing, not every line.

use std::borrow::Cow;

/// How the lines of a text end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineEnds {
    Lf,
    CrLf,
}

impl LineEnds {
    /// The line ends of a text that has some, all alike.
    pub(super) fn of(text: &str) -> Option<Self> {
        let all = text.matches('\n').count();
        match text.matches("\r\n").count() {
            _ if all == 0 => None,
            0 => Some(Self::Lf),
            crlf if crlf == all => Some(Self::CrLf),
            _ => None,
        }
    }

    /// The line ends that a merge has, when the texts differ in them and each has its own throughout.
    pub(super) fn merged(texts: [&str; 3]) -> Option<Self> {
        let [base, ours, theirs] = texts.map(Self::of);
        let (base, ours, theirs) = (base?, ours?, theirs?);
        let differ = ours != base || theirs != base;
        differ.then_some(if ours == base { theirs } else { ours })
    }

    /// A text with plain line feeds, put to these line ends.
    pub(super) fn put(self, text: String) -> String {
        match self {
            Self::Lf => text,
            Self::CrLf => text.replace('\n', "\r\n"),
        }
    }
}

/// A text with plain line feeds.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if text.contains("\r\n") { Cow::Owned(text.replace("\r\n", "\n")) } else { text.into() }
}
