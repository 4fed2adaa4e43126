//! The text of a file whose encoding nobody stated.
//!
//! A wrong guess goes live as garbled words, while a refusal costs its reader one click in an editor: so a text whose
//! encoding is uncertain is not read.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};

use super::encoding::{Guess, guess};

/// A text, and the encoding that it was written in.
pub(super) struct Decoded<'b> {
    pub text: Cow<'b, str>,
    /// The encoding's name; none when the text already is UTF-8.
    pub encoding: Option<&'static str>,
    /// Why the text may not be stored as it was read here.
    pub fault: Option<TextFault>,
}

/// A place with letters that may not be what was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TextFault {
    /// The line, from 1.
    pub line: u64,
    /// The character in that line, from 1.
    pub column: u64,
    pub said: String,
}

/// The text of a file: by its byte-order mark, otherwise in UTF-8 if it is that or nearly so, otherwise in the encoding
/// in which its letters appear as they do in some language. None if the file is not text.
pub(super) fn decoded(bytes: &[u8]) -> Option<Decoded<'_>> {
    let (body, encoding) = match Encoding::for_bom(bytes) {
        Some((encoding, size)) => (&bytes[size..], Some(encoding)),
        None => (bytes, None),
    };
    if let Some(encoding) = encoding.filter(|marked| *marked != UTF_8) {
        let (text, _) = encoding.decode_without_bom_handling(body);
        return is_text(&text).then(|| checked(text, Some(encoding.name())));
    }
    if body.iter().any(|byte| is_control(*byte)) {
        return None;
    }
    if let Ok(text) = std::str::from_utf8(body) {
        return Some(checked(text.into(), None));
    }
    if encoding.is_some() || is_mostly_utf_8(body) {
        let text = String::from_utf8_lossy(body);
        return Some(Decoded { text, encoding: None, fault: Some(bad_byte(body)) });
    }
    let Guess { text, encoding, doubt } = guess(body);
    let mut decoded = checked(text, Some(encoding));
    if let Some(said) = doubt {
        let begin = body.iter().take_while(|byte| byte.is_ascii()).count();
        let (line, column) = place(&body[..begin]);
        decoded.fault = Some(TextFault { line, column, said });
    }
    Some(decoded)
}

/// A text that was garbled before it came, by a program that read it wrongly, can still be recognised as such.
fn checked<'b>(text: Cow<'b, str>, encoding: Option<&'static str>) -> Decoded<'b> {
    let fault = text.find(is_lost).map(|at| {
        let (line, column) = place(&text.as_bytes()[..at]);
        let said =
            "the letter here is lost: a program read it in a wrong encoding earlier".to_owned();
        TextFault { line, column, said }
    });
    Decoded { text, encoding, fault }
}

/// What replaced a letter that was read wrongly: the replacement character, or a control character that nobody writes.
pub(super) fn is_lost(c: char) -> bool {
    c == '\u{fffd}' || (('\u{80}'..'\u{a0}').contains(&c) && c != '\u{85}')
}

/// Whether there are at least as many letters of several bytes as places that are invalid in UTF-8. Older encodings
/// produce such letters by chance, and far less often than invalid bytes.
fn is_mostly_utf_8(bytes: &[u8]) -> bool {
    let (mut letters, mut faults) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        letters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        faults += usize::from(!chunk.invalid().is_empty());
    }
    letters > 0 && letters >= faults
}

/// The first byte that is invalid in UTF-8.
fn bad_byte(bytes: &[u8]) -> TextFault {
    let at = bytes.utf8_chunks().next().map_or(0, |chunk| chunk.valid().len());
    let (line, column) = place(&bytes[..at]);
    let byte = bytes.get(at).copied().unwrap_or_default();
    let said = format!("the text is UTF-8, and the byte {byte:#04x} here is not");
    TextFault { line, column, said }
}

/// The line and the character just after a text, both from 1.
fn place(before: &[u8]) -> (u64, u64) {
    let before = String::from_utf8_lossy(before).replace("\r\n", "\n").replace('\r', "\n");
    let (lines, last) = before.rsplit_once('\n').map_or((0, before.as_str()), |(above, last)| {
        (1 + above.bytes().filter(|byte| *byte == b'\n').count(), last)
    });
    (lines as u64 + 1, last.chars().count() as u64 + 1)
}

fn is_text(text: &str) -> bool {
    !text.bytes().any(is_control)
}

/// What no text contains: control characters other than spaces and ends of lines.
fn is_control(byte: u8) -> bool {
    byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c)
}
