//! Pictures that are XML. Browsers show an SVG picture only when it is well-formed, its names are declared and its root
//! is SVG's; a comment, a declaration or a DOCTYPE before the root makes no difference.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};
use roxmltree::{Document, ParsingOptions};

const SVG_NAMESPACE: &str = "http://www.w3.org/2000/svg";
/// Largest SVG picture, in bytes; it is read as a whole.
const SIZE_BYTES_MAX: usize = 16 << 20;
/// Most elements, attributes and texts of an SVG picture.
const NODES_MAX: u32 = 1_000_000;

/// What a file that begins with markup is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// A picture that browsers show.
    Svg,
    /// A file that is meant as a picture, but that browsers do not show.
    Broken { line: u64, column: u64, said: String },
    /// Something else.
    Other,
}

/// Whether the first character that is not a space is `<`.
pub(super) fn begins_as_markup(bytes: &[u8]) -> bool {
    let begin = &bytes[..bytes.len().min(512)];
    let plain = match Encoding::for_bom(begin) {
        Some((encoding, size)) if encoding != UTF_8 => {
            encoding.decode_without_bom_handling(&begin[size..]).0
        }
        Some((_, size)) => String::from_utf8_lossy(&begin[size..]),
        None => String::from_utf8_lossy(begin),
    };
    plain.trim_ascii_start().starts_with('<')
}

pub(super) fn look(bytes: &[u8]) -> Look {
    let broken = |said: String| Look::Broken { line: 1, column: 1, said };
    if bytes.len() > SIZE_BYTES_MAX {
        return broken(format!("it has {} bytes, and {SIZE_BYTES_MAX} are read", bytes.len()));
    }
    let Some(text) = decoded(bytes) else {
        return if seems_svg(&String::from_utf8_lossy(bytes)) {
            broken(
                "its bytes are not in the encoding that it names, or in UTF-8 if it names none"
                    .into(),
            )
        } else {
            Look::Other
        };
    };
    // Space before a declaration is the one thing on which XML and people disagree.
    let options = ParsingOptions { allow_dtd: true, nodes_limit: NODES_MAX, entity_resolver: None };
    match Document::parse_with_options(&text, options) {
        Ok(document) => {
            let root = document.root_element().tag_name();
            match (root.name(), root.namespace()) {
                ("svg", Some(SVG_NAMESPACE)) => Look::Svg,
                ("svg", None) => {
                    broken(format!("its root lacks the attribute xmlns=\"{SVG_NAMESPACE}\""))
                }
                _ => Look::Other,
            }
        }
        Err(error) if seems_svg(&text) => {
            let at = error.pos();
            let said = error.to_string();
            // The position is reported separately.
            let said = said.rsplit_once(" at ").map_or(said.as_str(), |(said, _)| said);
            Look::Broken { line: at.row.into(), column: at.col.into(), said: said.to_owned() }
        }
        Err(_) => Look::Other,
    }
}

/// Whether the first element of a text that can't be read whole is called `svg`.
fn seems_svg(text: &str) -> bool {
    let mut rest = text;
    loop {
        let Some((_, after)) = rest.split_once('<') else { return false };
        let end = match after {
            _ if after.starts_with("!--") => "-->",
            _ if after.starts_with('?') => "?>",
            _ if after.starts_with("!DOCTYPE") && after.contains('[') => "]",
            _ if after.starts_with('!') => ">",
            _ => return after.starts_with("svg"),
        };
        let Some((_, after)) = after.split_once(end) else { return false };
        rest = after;
    }
}

/// The text of XML: in the encoding of its byte-order mark, otherwise of its declaration, otherwise in UTF-8.
fn decoded(bytes: &[u8]) -> Option<Cow<'_, str>> {
    if let Some((encoding, size)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling_and_without_replacement(&bytes[size..]);
    }
    let declaration = bytes.strip_prefix(b"<?xml").and_then(|rest| {
        let end = rest.windows(2).take(256).position(|two| two == b"?>")?;
        std::str::from_utf8(&rest[..end]).ok()
    });
    let label = declaration.and_then(|declaration| {
        let (_, rest) = declaration.split_once("encoding")?;
        let rest = rest.trim_start().strip_prefix('=')?.trim_start();
        let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        rest[1..].split(quote).next()
    });
    let encoding = match label {
        Some(label) => Encoding::for_label(label.as_bytes())?,
        None => UTF_8,
    };
    encoding.decode_without_bom_handling_and_without_replacement(bytes)
}
