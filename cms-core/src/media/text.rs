//! The text of a file whose encoding nobody told.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8};

/// A text, and what it was written in.
pub(super) struct Decoded<'b> {
    pub text: Cow<'b, str>,
    /// The encoding's name; none where the text is in UTF-8 already.
    pub encoding: Option<&'static str>,
}

/// The text that a file holds: by its mark, else in UTF-8 where it is that, else in the encoding in which letters stand
/// as they do in some language. None where it is no text, or in no encoding that is known.
pub(super) fn decoded(bytes: &[u8]) -> Option<Decoded<'_>> {
    if let Some((encoding, size)) = Encoding::for_bom(bytes) {
        let text = encoding.decode_without_bom_handling_and_without_replacement(&bytes[size..])?;
        let encoding = (encoding != UTF_8).then(|| encoding.name());
        return Some(Decoded { text, encoding }).filter(|decoded| is_text(&decoded.text));
    }
    if bytes.iter().any(|byte| is_control(*byte)) {
        return None;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some(Decoded { text: text.into(), encoding: None });
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some(Decoded { text, encoding: Some(encoding.name()) })
}

fn is_text(text: &str) -> bool {
    !text.bytes().any(is_control)
}

/// What no text has: control characters other than spaces and ends of lines.
fn is_control(byte: u8) -> bool {
    byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c)
}
