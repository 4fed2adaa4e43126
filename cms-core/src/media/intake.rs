//! Taking a file in: it is examined once, and either refused or made into what is stored.

use std::borrow::Cow;

use super::{
    MediaFamily, MediaType, SVG, WEBVTT, described,
    markup::{self, Look},
    media_type, subrip, text, webvtt,
};

/// A file that may be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The bytes to store: those that came, except for captions that came in another format.
    pub bytes: Vec<u8>,
    /// The type of those bytes.
    pub media_type: MediaType,
    /// What they were made from, for people; none when they are stored as they came.
    pub made_from: Option<String>,
}

/// A file that is not taken in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{said}")]
pub struct MediaRefusal {
    /// Why: what the file is, or what is wrong with it.
    pub said: String,
    /// The line of the fault, from 1, in a file that has lines; 1 otherwise.
    pub line: u64,
    /// The character in that line, from 1.
    pub column: u64,
}

/// A fault in one line of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LineFault {
    pub line: u64,
    pub said: String,
}

fn refusal(said: String) -> MediaRefusal {
    MediaRefusal { said, line: 1, column: 1 }
}

fn not_media(bytes: &[u8]) -> MediaRefusal {
    let what = described(bytes);
    let families = MediaFamily::ALL.map(MediaFamily::phrase);
    let [first @ .., last] = &families;
    refusal(format!("this is {what}; a media file is {} or {last}", first.join(", ")))
}

/// Takes a file in: a picture, a video or sound as it is, captions as WebVTT in UTF-8.
///
/// # Errors
/// [`MediaRefusal`]: what the file is instead, or the line that is wrong.
pub fn taken_in(bytes: Vec<u8>) -> Result<Taken, MediaRefusal> {
    if markup::begins_as_markup(&bytes) {
        return match markup::look(&bytes) {
            Look::Svg => Ok(Taken { bytes, media_type: SVG, made_from: None }),
            Look::Broken { line, column, said } => Err(MediaRefusal {
                said: format!("browsers can't show this SVG picture: {said}"),
                line,
                column,
            }),
            Look::Other => Err(not_media(&bytes)),
        };
    }
    // A file whose first line says that it is captions is judged by the rules below.
    if let Some(media_type) = media_type(&bytes).filter(|found| *found != WEBVTT) {
        return Ok(Taken { bytes, media_type, made_from: None });
    }
    captions(bytes)
}

fn captions(bytes: Vec<u8>) -> Result<Taken, MediaRefusal> {
    let Some(decoded) = text::decoded(&bytes) else { return Err(not_media(&bytes)) };
    let text = with_one_sort_of_line_end(&decoded.text);
    let wrong = |format: &str, fault: LineFault| MediaRefusal {
        said: format!("these captions are not {format}: {}", fault.said),
        line: fault.line,
        column: 1,
    };
    // Only a file that is meant as captions gets a report of what is wrong with its letters.
    if (webvtt::is_meant(&text) || subrip::is_meant(&text))
        && let Some(text::TextFault { line, column, said }) = decoded.fault
    {
        let said = format!("the text of these captions can't be read: {said}");
        return Err(MediaRefusal { said, line, column });
    }
    let of_encoding = |format: &str| match decoded.encoding {
        None => format.to_owned(),
        Some(encoding) => format!("{format} in {encoding}"),
    };
    let (kept, made_from) = if webvtt::is_meant(&text) {
        webvtt::check(&text).map_err(|fault| wrong("WebVTT", fault))?;
        match decoded.encoding {
            None => (None, None),
            Some(_) => (Some(text.into_owned()), Some(of_encoding("WebVTT"))),
        }
    } else if subrip::is_meant(&text) {
        let made = subrip::converted(&text).map_err(|fault| wrong("SubRip (SRT)", fault))?;
        (Some(made), Some(of_encoding("SubRip (SRT)")))
    } else {
        return Err(not_media(&bytes));
    };
    let bytes = kept.map_or(bytes, String::into_bytes);
    Ok(Taken { bytes, media_type: WEBVTT, made_from })
}

fn with_one_sort_of_line_end(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n").into()
    } else {
        text.into()
    }
}
