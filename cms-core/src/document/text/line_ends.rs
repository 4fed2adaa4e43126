//! A change of line ends is not an edit: texts are merged as if all had plain line feeds, and the merge has the line
//! ends that most lines have.
//!
//! An editor that rewrites every line end of a text, or those of the lines that were typed in it, does not express
//! anything by that.

use std::borrow::Cow;

use serde_json::Value;

use super::super::sides::Sides;

/// How the lines of a text end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineEnds {
    Lf,
    CrLf,
}

impl LineEnds {
    /// The line ends that most lines of three texts have; none when all texts have only line feeds.
    pub(super) fn of_most(texts: Sides<&str>) -> Option<Self> {
        let crlf = texts.map(|text| text.matches("\r\n").count()).each();
        let all = texts.map(|text| text.matches('\n').count()).each();
        let (crlf, all) = (crlf.iter().sum::<usize>(), all.iter().sum::<usize>());
        (crlf > 0).then_some(if 2 * crlf > all { Self::CrLf } else { Self::Lf })
    }

    /// A text with plain line feeds, converted to these line ends.
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

/// The stretch of a text, as it was written, whose plain form is `stretch`; the plain form if the text has no such
/// stretch.
pub(super) fn as_written(text: &str, stretch: &str) -> String {
    let whole = plain(text);
    let Some(start) = whole.find(stretch) else { return stretch.to_owned() };
    let mut written = String::with_capacity(stretch.len());
    let mut at = 0;
    for piece in text.split_inclusive("\r\n") {
        let size = piece.strip_suffix("\r\n").map_or(piece.len(), |line| line.len() + 1);
        let (from, to) = (start.max(at), (start + stretch.len()).min(at + size));
        if from < to {
            // The last byte of the plain form stands for two bytes.
            let end = if to == at + size { piece.len() } else { to - at };
            written.push_str(&piece[from - at..end]);
        }
        at += size;
    }
    written
}

/// A text whose last line ends like the others, so that a line is the same at the end of a text and before it.
pub(super) fn ended(text: &str) -> Cow<'_, str> {
    match text.is_empty() || text.ends_with('\n') {
        true => Cow::Borrowed(text),
        false => Cow::Owned(format!("{text}\n")),
    }
}

/// Whether the merge of three texts ends with a line end: decided by the side that changed the base's end. A text
/// without lines has no say.
pub(super) fn is_last_ended(texts: Sides<&str>) -> bool {
    let Sides { base, ours, theirs } =
        texts.map(|text| (!text.is_empty()).then(|| text.ends_with('\n')));
    match (ours, theirs) {
        (Some(ours), Some(theirs)) if ours == theirs => ours,
        (Some(ours), Some(theirs)) => base.map_or(ours || theirs, |base| !base),
        (one, other) => one.or(other).or(base).unwrap_or(false),
    }
}

/// A text without its last line end.
pub(super) fn without_last(mut text: String) -> String {
    text.truncate(text.strip_suffix('\n').unwrap_or(&text).len());
    text
}

/// A stretch of a text whose last line was ended, as the text itself has it.
pub(super) fn last_as_written(text: &str, stretch: String) -> String {
    match !text.ends_with('\n') && stretch.ends_with('\n') && !text.contains(&stretch) {
        true => without_last(stretch),
        false => stretch,
    }
}

/// Whether two values are the same except for the line ends of their texts.
pub(in super::super) fn same_but_ends(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::String(left), Value::String(right)) => plain(left) == plain(right),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && left.iter().zip(right).all(|(left, right)| same_but_ends(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            let same =
                |(name, value)| right.get(name).is_some_and(|other| same_but_ends(value, other));
            left.len() == right.len() && left.iter().all(same)
        }
        _ => left == right,
    }
}

/// A value with plain line feeds in all its texts, for comparing.
pub(in super::super) fn plain_value(value: &Value) -> Cow<'_, Value> {
    fn has_crlf(value: &Value) -> bool {
        match value {
            Value::String(text) => text.contains("\r\n"),
            Value::Array(elements) => elements.iter().any(has_crlf),
            Value::Object(fields) => fields.values().any(has_crlf),
            _ => false,
        }
    }
    fn plained(value: &Value) -> Value {
        match value {
            Value::String(text) => plain(text).into(),
            Value::Array(elements) => elements.iter().map(plained).collect(),
            Value::Object(fields) => {
                fields.iter().map(|(name, value)| (name.clone(), plained(value))).collect()
            }
            scalar => scalar.clone(),
        }
    }
    if has_crlf(value) { Cow::Owned(plained(value)) } else { Cow::Borrowed(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_is_found_as_it_was_written() {
        let text = "one\r\ntwo\nthree\r\n\r\nfour";
        for stretch in ["one", "one\n", "two\nthree", "three\n\nfour", "ee\n", "\nfour"] {
            let written = as_written(text, stretch);
            assert!(text.contains(&written), "{written:?}");
            assert_eq!(plain(&written), stretch);
        }
        assert_eq!(as_written(text, "five"), "five");
    }

    #[test]
    fn most_lines_say_how_all_end() {
        let of = |base, ours, theirs| LineEnds::of_most(Sides { base, ours, theirs });
        assert_eq!(of("a\nb", "a\nb", "a\nb"), None);
        assert_eq!(of("a\nb", "a\nb", "a\r\nb"), Some(LineEnds::Lf));
        assert_eq!(of("a\r\nb", "a\nb", "a\r\nb"), Some(LineEnds::CrLf));
        assert_eq!(of("a\r\nb\nc", "a\r\nb\nc", "a\r\nb\nc"), Some(LineEnds::Lf));
    }
}
