//! What media files are: pictures, videos, sound and captions.
//!
//! A file is what its bytes are, whatever its name, its sender or the document that names it says. The crate
//! `file-format` recognises formats; pictures that are XML are recognised by reading them, and captions by their lines.
//!
//! Invariants:
//! 1. A file is taken in ([`taken_in`]) only if browsers show it: anything else is refused with what it is.
//! 2. Captions are stored as WebVTT in UTF-8, whatever they came as. Whatever in them would be lost or garbled is
//!    refused.
//! 3. A stored file is served as what it is. A file that was stored before its format was refused is served as it was
//!    then ([`served_type`]).

mod alphabets;
mod cue_text;
mod encoding;
mod intake;
mod markup;
mod subrip;
mod text;
mod webvtt;

use file_format::{FileFormat, Kind};

pub use intake::{MediaRefusal, Taken, taken_in};

/// The family that a media file belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MediaFamily {
    /// A still or moving picture without sound.
    Picture,
    /// A video file.
    Video,
    /// Sound alone.
    Sound,
    /// The lines of a video, each with its times.
    Captions,
}

impl MediaFamily {
    /// Every family.
    pub const ALL: [Self; 4] = [Self::Picture, Self::Video, Self::Sound, Self::Captions];

    /// The word for it in schemas.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Picture => "picture",
            Self::Video => "video",
            Self::Sound => "sound",
            Self::Captions => "captions",
        }
    }

    /// The family that a word in schemas stands for.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.word() == word)
    }

    /// The family with its article, for people.
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Picture => "a picture",
            Self::Video => "a video",
            Self::Sound => "a sound file",
            Self::Captions => "captions in WebVTT",
        }
    }
}

/// The exact type of a media file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MediaType {
    /// Its media type, such as `image/png`.
    pub name: &'static str,
    /// The family that the type belongs to.
    pub family: MediaFamily,
}

const fn of(name: &'static str, family: MediaFamily) -> MediaType {
    MediaType { name, family }
}

const SVG: MediaType = of("image/svg+xml", MediaFamily::Picture);
const WEBVTT: MediaType = of("text/vtt", MediaFamily::Captions);

/// The names of the formats that browsers show, each with the one name that is used here.
const SHOWN: &[(&str, MediaType)] = &[
    ("image/png", of("image/png", MediaFamily::Picture)),
    ("image/apng", of("image/png", MediaFamily::Picture)),
    ("image/jpeg", of("image/jpeg", MediaFamily::Picture)),
    ("image/jpg", of("image/jpeg", MediaFamily::Picture)),
    ("image/gif", of("image/gif", MediaFamily::Picture)),
    ("image/webp", of("image/webp", MediaFamily::Picture)),
    ("image/avif", of("image/avif", MediaFamily::Picture)),
    ("image/avif-sequence", of("image/avif", MediaFamily::Picture)),
    ("image/bmp", of("image/bmp", MediaFamily::Picture)),
    ("image/svg+xml", SVG),
    ("video/mp4", of("video/mp4", MediaFamily::Video)),
    ("application/mp4", of("video/mp4", MediaFamily::Video)),
    ("video/x-m4v", of("video/mp4", MediaFamily::Video)),
    ("video/webm", of("video/webm", MediaFamily::Video)),
    ("video/ogg", of("video/ogg", MediaFamily::Video)),
    ("application/ogg", of("video/ogg", MediaFamily::Video)),
    ("audio/mpeg", of("audio/mpeg", MediaFamily::Sound)),
    // The beginning of an MP3 file that names its piece and its artist.
    ("application/x-id3v2", of("audio/mpeg", MediaFamily::Sound)),
    ("audio/mp3", of("audio/mpeg", MediaFamily::Sound)),
    ("audio/mp4", of("audio/mp4", MediaFamily::Sound)),
    ("audio/x-m4a", of("audio/mp4", MediaFamily::Sound)),
    ("audio/ogg", of("audio/ogg", MediaFamily::Sound)),
    ("audio/opus", of("audio/ogg", MediaFamily::Sound)),
    ("audio/flac", of("audio/flac", MediaFamily::Sound)),
    ("audio/aac", of("audio/aac", MediaFamily::Sound)),
    ("audio/wav", of("audio/wav", MediaFamily::Sound)),
    ("audio/x-wav", of("audio/wav", MediaFamily::Sound)),
    ("audio/vnd.wave", of("audio/wav", MediaFamily::Sound)),
    ("text/vtt", WEBVTT),
];

/// The media type that a document means by what it writes; parameters such as codecs do not belong to the type.
pub fn declared_type(written: &str) -> Option<MediaType> {
    let name = written.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    SHOWN.iter().find(|(known, _)| *known == name).map(|(_, media_type)| *media_type)
}

/// The type of a file; none when browsers do not show it.
pub fn media_type(bytes: &[u8]) -> Option<MediaType> {
    if markup::begins_as_markup(bytes) {
        return (markup::look(bytes) == markup::Look::Svg).then_some(SVG);
    }
    if webvtt::has_header(bytes) {
        return Some(WEBVTT);
    }
    let format = FileFormat::from_bytes(bytes);
    declared_type(format.media_type()).filter(|known| *known != SVG && *known != WEBVTT)
}

/// The content type that a stored file is served under.
///
/// Files that were stored when more formats were taken in keep the type that they had.
pub fn served_type(bytes: &[u8]) -> &'static str {
    let format = FileFormat::from_bytes(bytes);
    // Looking at the first bytes is enough for formats that are shown, even for a picture that no browser could read.
    if format == FileFormat::ScalableVectorGraphics {
        return SVG.name;
    }
    match media_type(bytes) {
        Some(WEBVTT) => "text/vtt; charset=utf-8",
        Some(media_type) => media_type.name,
        None => match format.media_type() {
            "video/quicktime" | "video/3gpp" | "video/3gpp2" => "video/mp4",
            "video/matroska" | "audio/matroska" => "video/webm",
            _ if format.kind() == Kind::Image && bytes.get(4..8) == Some(b"ftyp") => "image/avif",
            _ if bytes.starts_with(b"ID3") => "audio/mpeg",
            _ => "application/octet-stream",
        },
    }
}

/// What a file is, for people, with its article: `a PDF document`.
pub fn described(bytes: &[u8]) -> String {
    let format = FileFormat::from_bytes(bytes);
    let what = match format {
        FileFormat::Empty => return "an empty file".to_owned(),
        FileFormat::ArbitraryBinaryData => return "a file of no known format".to_owned(),
        FileFormat::PlainText => return "a plain text".to_owned(),
        _ => match format.kind() {
            Kind::Archive | Kind::Package => "archive",
            Kind::Compressed => "compressed file",
            Kind::Audio => "sound file",
            Kind::Document => "document",
            Kind::Ebook => "e-book",
            Kind::Executable => "program",
            Kind::Font => "font",
            Kind::Image => "picture",
            Kind::Presentation => "presentation",
            Kind::Spreadsheet => "spreadsheet",
            Kind::Subtitle => "subtitle file",
            Kind::Video => "video",
            _ => "file",
        },
    };
    let name = format.short_name().unwrap_or_else(|| format.name());
    let article = if sounds_like_a_vowel(name) { "an" } else { "a" };
    format!("{article} {name} {what}")
}

/// Whether the spoken name begins with a vowel; a name in capitals is spoken letter by letter.
fn sounds_like_a_vowel(name: &str) -> bool {
    let is_spelt = name.chars().all(|c| !c.is_ascii_lowercase());
    let vowels = if is_spelt { "AEFHILMNORSX" } else { "AEIOaeio" };
    name.chars().next().is_some_and(|first| vowels.contains(first))
}

#[cfg(test)]
mod tests;
