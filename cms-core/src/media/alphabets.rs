//! The letters with which languages are written, besides those of ASCII: a text that was read in a wrong encoding has
//! letters that no language uses together.

use encoding_rs::{
    Encoding, ISO_8859_2, ISO_8859_4, ISO_8859_13, MACINTOSH, WINDOWS_1250, WINDOWS_1252,
    WINDOWS_1254, WINDOWS_1257, WINDOWS_1258,
};

const WESTERN: &[&Encoding] = &[WINDOWS_1252, MACINTOSH];
/// The Turkish encoding differs from the Western one in six letters that are Icelandic there.
const WESTERN_OR_TURKISH: &[&Encoding] = &[WINDOWS_1252, MACINTOSH, WINDOWS_1254];
const CENTRAL: &[&Encoding] = &[WINDOWS_1250, ISO_8859_2];
const CENTRAL_OR_WESTERN: &[&Encoding] = &[WINDOWS_1250, ISO_8859_2, WINDOWS_1252, MACINTOSH];
const BALTIC: &[&Encoding] = &[WINDOWS_1257, ISO_8859_4, ISO_8859_13];
const BALTIC_OR_WESTERN: &[&Encoding] = &[WINDOWS_1257, ISO_8859_4, ISO_8859_13, WINDOWS_1252];

/// The small letters of languages, with loanwords that are usual in them, and the encodings that they are written in.
const ALPHABETS: &[(&str, &[&Encoding])] = &[
    ("áàâçèéêëíïñóôöü", WESTERN_OR_TURKISH),      // English
    ("áéíñóúü", WESTERN_OR_TURKISH),              // Spanish, Galician
    ("àçèéíïñòóúü", WESTERN_OR_TURKISH),          // Catalan
    ("àáâãçèéêíñóôõúü", WESTERN_OR_TURKISH),      // Portuguese
    ("àâæçèéêëîïñôöùûüÿœ", WESTERN),              // French
    ("àèéìòóù", WESTERN_OR_TURKISH),              // Italian
    ("äöüßéàèçñ", CENTRAL_OR_WESTERN),            // German
    ("áàâäçèéêëíïîóòôöúùûü", WESTERN_OR_TURKISH), // Dutch, Afrikaans, Welsh
    ("åäöéàèüæø", WESTERN_OR_TURKISH),            // Swedish, Finnish
    ("åæøéèêàóòôäöü", WESTERN_OR_TURKISH),        // Danish, Norwegian
    ("áéíóúýðþæö", WESTERN),                      // Icelandic
    ("áéíóú", WESTERN_OR_TURKISH),                // Irish
    ("çë", CENTRAL_OR_WESTERN),                   // Albanian
    ("ąćęłńóśźż", CENTRAL),                       // Polish
    ("áčďéěíňóřšťúůýž", CENTRAL),                 // Czech
    ("áäčďéíĺľňóôŕšťúýž", CENTRAL),               // Slovak
    ("áéíóöőúüű", CENTRAL),                       // Hungarian
    ("âăîşţ", CENTRAL),                           // Romanian
    ("ćčđšž", CENTRAL),                           // Croatian, Slovene, Bosnian
    ("âçğıîöşûü", &[WINDOWS_1254]),               // Turkish
    ("ąčėęįšųūž", BALTIC),                        // Lithuanian
    ("āčēģīķļņšūž", BALTIC),                      // Latvian
    ("äõöüšž", BALTIC_OR_WESTERN),                // Estonian
    ("àáâãèéêìíòóôõùúýăđĩũơư", &[WINDOWS_1258]),  // Vietnamese
];

/// Whether there is a language that is written in an encoding and with the letters of a text.
pub(super) fn is_of_one_language(encoding: &'static Encoding, text: &str) -> bool {
    let mut letters: Vec<char> = text
        .chars()
        .filter(|c| !c.is_ascii() && c.is_alphabetic() && !matches!(c, 'ª' | 'º' | 'µ' | 'ˆ'))
        .filter_map(|c| c.to_lowercase().next())
        .collect();
    letters.sort_unstable();
    letters.dedup();
    ALPHABETS.iter().any(|(alphabet, encodings)| {
        encodings.contains(&encoding)
            && letters.iter().all(|letter| letter.is_ascii() || alphabet.contains(*letter))
    })
}

/// Whether signs appear where nobody writes them: a capital after a small letter, or a sign within a word.
pub(super) fn is_unlikely(text: &str) -> bool {
    let is_cased = |c: char| c.is_lowercase() || c.is_uppercase();
    let mut before = ' ';
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        let after = letters.peek().copied().unwrap_or(' ');
        let is_sign = !c.is_ascii() && !c.is_alphanumeric() && !joins_words(c);
        let is_odd_after = matches!(c, '‚' | '„' | '¡' | '¿' | '¤' | '¨' | '¸' | '¢' | '¥');
        // Diacritics without their letters.
        let is_mark = matches!(c, '\u{2c6}' | '\u{2c7}' | '\u{2d8}'..='\u{2dd}');
        let is_wrong = is_mark
            || !c.is_ascii() && c.is_uppercase() && before.is_lowercase()
            || is_sign && is_cased(before) && (is_cased(after) || is_odd_after);
        if is_wrong {
            return true;
        }
        before = c;
    }
    false
}

/// Signs that do appear between letters: apostrophes, dashes, marks of Vietnamese tones, signs of arithmetic and
/// others.
fn joins_words(c: char) -> bool {
    matches!(
        c,
        '’' | '‘'
            | '–'
            | '—'
            | '…'
            | '·'
            | '×'
            | '÷'
            | '±'
            | '\u{a0}'
            | '\u{ad}'
            | '\u{85}'
            | '\u{300}'..='\u{36f}'
    )
}
