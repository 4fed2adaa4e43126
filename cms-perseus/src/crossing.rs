//! The crossing between Rust and a context: documents as texts in, results as texts out, paths as pointers.

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::fault::Fault;

/// Largest document, as JSON text; the largest known item has 10 KB.
pub(crate) const DOCUMENT_BYTES_MAX: usize = 2 << 20;
/// Largest input of a learner, as JSON text. The time that Perseus's scorers take grows with the square of a text's
/// length.
pub(crate) const INPUT_BYTES_MAX: usize = 64 << 10;
/// Deepest nesting of a document. A result holds a document some levels down, and no result may be nested deeper than
/// 128.
pub(crate) const DEPTH_MAX: usize = 100;

/// A document or an input as the text that a context reads.
///
/// # Errors
/// [`Fault::TooDeep`] and [`Fault::TooLarge`].
pub(crate) fn text(value: &Value, size_bytes_max: usize) -> Result<String, Fault> {
    check_depth(value)?;
    let text = serde_json::to_string(value).expect("a JSON value has a text");
    match text.len() {
        size_bytes if size_bytes > size_bytes_max => {
            Err(Fault::TooLarge { size_bytes, size_bytes_max })
        }
        _ => Ok(text),
    }
}

/// A result as values.
///
/// # Errors
/// [`Fault::Threw`] when it does not have the form that the caller expects.
pub(crate) fn answer<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    serde_json::from_str(text)
        .map_err(|error| Fault::Threw { message: format!("the answer can't be read: {error}") })
}

/// Without recursion, because nesting that is too deep for a context would be too deep for us as well.
fn check_depth(document: &Value) -> Result<(), Fault> {
    let mut waiting = vec![(document, 0)];
    while let Some((value, depth)) = waiting.pop() {
        if depth > DEPTH_MAX {
            return Err(Fault::TooDeep { depth_max: DEPTH_MAX });
        }
        match value {
            Value::Array(elements) => {
                waiting.extend(elements.iter().map(|inner| (inner, depth + 1)))
            }
            Value::Object(fields) => {
                waiting.extend(fields.values().map(|inner| (inner, depth + 1)))
            }
            _ => {}
        }
    }
    Ok(())
}

/// One step of a path, as JavaScript takes it.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Segment {
    Index(u64),
    Name(String),
}

impl Segment {
    pub(crate) fn is(&self, name: &str) -> bool {
        matches!(self, Self::Name(own) if own == name)
    }
}

/// A path as an RFC 6901 pointer.
pub(crate) fn pointer(path: &[Segment]) -> String {
    let mut pointer = String::new();
    for segment in path {
        pointer.push('/');
        match segment {
            Segment::Index(index) => pointer.push_str(&index.to_string()),
            Segment::Name(name) => pointer.push_str(&name.replace('~', "~0").replace('/', "~1")),
        }
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_pointers() {
        let path: Vec<Segment> =
            serde_json::from_str(r#"["question", "widgets", "radio 1", 3, "a/b~c", ""]"#).unwrap();
        assert_eq!(pointer(&path), "/question/widgets/radio 1/3/a~1b~0c/");
        assert_eq!(pointer(&[]), "");
    }

    #[test]
    fn depth_is_counted_without_recursion() {
        let nested = |depth| (0..depth).fold(Value::Null, |inner, _| Value::Array(vec![inner]));
        assert!(text(&nested(DEPTH_MAX), 1_000).is_ok());
        assert_eq!(
            text(&nested(DEPTH_MAX + 1), 1_000),
            Err(Fault::TooDeep { depth_max: DEPTH_MAX })
        );
    }
}
