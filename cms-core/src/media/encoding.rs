//! The encoding of a text that is not UTF-8 and has no byte-order mark.
//!
//! The crate `chardetng` always returns an encoding; it was made for web pages, where a wrong one is better than none.
//! Here it is believed only if the resulting words could belong to a language that is written in that encoding.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{
    BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, ISO_8859_2, ISO_8859_4, ISO_8859_13, MACINTOSH,
    SHIFT_JIS, WINDOWS_1250, WINDOWS_1252, WINDOWS_1254, WINDOWS_1257, WINDOWS_1258,
};

use super::{
    alphabets::{is_of_one_language, is_unlikely},
    text::is_lost,
};

/// The encodings of languages in Latin letters that the same bytes may be in.
const LATIN: [&Encoding; 9] = [
    WINDOWS_1252,
    WINDOWS_1250,
    WINDOWS_1254,
    WINDOWS_1257,
    WINDOWS_1258,
    ISO_8859_2,
    ISO_8859_4,
    ISO_8859_13,
    MACINTOSH,
];

/// Encodings whose letters stand next to Latin ones without a space.
const OF_MANY_SIGNS: [&Encoding; 6] = [GBK, GB18030, BIG5, EUC_JP, EUC_KR, SHIFT_JIS];

/// A text as it was most probably meant.
pub(super) struct Guess<'b> {
    pub text: Cow<'b, str>,
    /// The encoding's name.
    pub encoding: &'static str,
    /// Why it may well be another encoding.
    pub doubt: Option<String>,
}

pub(super) fn guess(bytes: &[u8]) -> Guess<'_> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guessed = detector.guess(None, Utf8Detection::Deny);
    let (text, had_faults) = guessed.decode_without_bom_handling(bytes);
    let is_likely = !had_faults && could_be_meant(guessed, &text);
    let others: Vec<&Encoding> = LATIN
        .into_iter()
        .filter(|other| *other != guessed)
        .filter(|other| {
            let (read, _) = other.decode_without_bom_handling(bytes);
            read != text && could_be_meant(other, &read)
        })
        .collect();
    let is_mac = others.contains(&MACINTOSH) && has_dashes_for_letters(&text);
    // Signs such as £ and ½ are letters and other signs in other encodings, and most texts that could be Western are.
    let is_western = others.contains(&WINDOWS_1252) && LATIN.contains(&guessed);
    let doubt = (!is_likely || is_mac || is_western).then(|| {
        let names: Vec<&str> =
            is_likely.then_some(guessed).into_iter().chain(others).map(Encoding::name).collect();
        let seems = match &names[..] {
            [] => format!("it does not look like {} as people write it", guessed.name()),
            names => format!("it looks like {}", names.join(" or ")),
        };
        format!("the text's encoding is not certain: {seems}. Save it as UTF-8")
    });
    Guess { text, encoding: guessed.name(), doubt }
}

/// Whether a text, read in an encoding, could be what somebody wrote.
fn could_be_meant(encoding: &'static Encoding, text: &str) -> bool {
    if text.contains(is_lost) {
        return false;
    }
    if OF_MANY_SIGNS.contains(&encoding) {
        return true;
    }
    if is_unlikely(text) {
        return false;
    }
    if LATIN.contains(&encoding) {
        return is_of_one_language(encoding, text);
    }
    // All letters of a word are in one script.
    !text.chars().zip(text.chars().skip(1)).any(|(one, next)| {
        one.is_alphabetic()
            && next.is_alphabetic()
            && one.is_ascii_alphabetic() != next.is_ascii_alphabetic()
    })
}

/// Whether dashes and apostrophes appear in words as they do when an old Macintosh's letters are read as windows-1252.
fn has_dashes_for_letters(text: &str) -> bool {
    text.split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .any(|word| word.contains(['–', '—', '’']) && !is_usual(word))
}

/// Whether a dash or an apostrophe in a word is one that people write: `don’t`, `l’eau`, `1–2`, `there—and`.
fn is_usual(word: &str) -> bool {
    const ENDS: [&str; 7] = ["s", "t", "d", "m", "ll", "re", "ve"];
    const BEGINS: [&str; 16] = [
        "o", "l", "d", "j", "m", "t", "s", "c", "n", "qu", "un", "dell", "all", "nell", "sull",
        "dall",
    ];
    /// Fewest letters of a word next to one of those signs: `d’as` is the Spanish `días`.
    const LETTERS_MIN: usize = 3;
    let is_long = |part: &str| part.chars().count() >= LETTERS_MIN;
    let mut parts = word.split(['–', '—']).peekable();
    let first = parts.next().unwrap_or_default();
    let is_one_word = parts.peek().is_none();
    std::iter::once(first).chain(parts).all(|part| match part.rsplit_once('’') {
        Some((begin, end)) => {
            ENDS.contains(&end) || (BEGINS.contains(&begin.to_lowercase().as_str()) && is_long(end))
        }
        None => is_one_word || is_long(part) || part.chars().all(|c| c.is_ascii_digit()),
    })
}
