//! Titles as people search for them, and what counts as a title at all.

use crate::model::pointer;
use unicode_normalization::{UnicodeNormalization, char::canonical_combining_class};

use super::{
    kind::KindSchema,
    violation::{Violation, ViolationCode},
};
use serde_json::Value;

impl KindSchema {
    /// A title that shows nothing is not a title.
    pub(super) fn check_title(&self, document: &Value, into: &mut Vec<Violation>) {
        let (Some(name), Some(title)) = (self.fields.title.as_deref(), self.title(document)) else {
            return;
        };
        let at = pointer::joined("", name);
        let is_told = into.iter().any(|violation| violation.pointer == at);
        if is_blank(title) && !is_told {
            let message = "this title shows nothing; people have to be able to read it".to_owned();
            into.push(Violation::new(at, ViolationCode::TooShort, message));
        }
    }
}

/// Whether a text shows nothing: it is empty, or consists only of spaces and invisible characters.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_invisible(c))
}

/// Invisible characters that are not white space to Rust.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{2800}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

/// A text as it is compared when people search: without accents, case, width and apostrophes, in any Unicode
/// composition, with one space between words.
pub fn searchable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfkd() {
        // Accents, and the points of Arabic and Hebrew; signs that are vowels in their own right have class 0 and stay.
        if canonical_combining_class(c) != 0 || is_apostrophe(c) {
            continue;
        }
        if c.is_whitespace() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !is_invisible(c) {
            // To upper case and back, because ß is SS, and both sigmas are one letter.
            for c in c.to_uppercase().flat_map(char::to_lowercase) {
                match plain(c) {
                    Some(plain) => out.push_str(plain),
                    None => out.push(c),
                }
            }
        }
    }
    out.truncate(out.trim_end().len());
    out
}

fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\'' | '`' | '\u{b4}' | '\u{2b9}'..='\u{2bd}' | '\u{2018}'..='\u{201b}' | '\u{2032}' | '\u{2035}' | '\u{a78c}'
    )
}

/// Letters with a stroke, which are separate letters to Unicode and accented ones to people; also dashes and quotes.
fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ŧ' => "t",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "-",
        '\u{201c}'..='\u{201f}' | '«' | '»' => "\"",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_found_however_it_is_typed() {
        let check = |title: &str, typed: &str| {
            let (title, typed) = (searchable(title), searchable(typed));
            assert!(title.contains(&typed), "{title:?} {typed:?}");
        };
        check("Élèves à l’école", "eleves a l'ecole");
        check("Élèves à l’école", "ELEVES A LECOLE");
        check("Cafe\u{301} noir", "café noir");
        check("Café noir", "cafe\u{301}");
        check("Größe und Maß", "grosse und mass");
        check("Ｆｒａｃｔｉｏｎｓ １／２", "fractions 1/2");
        check("Pythagoras’ theorem", "pythagoras theorem");
        check("Pythagoras theorem", "Pythagoras' theorem");
        check("ΟΔΟΣ", "οδος");
        check("Łódź, Århus, Øresund", "lodz, arhus, oresund");
        check("The ﬁrst half", "the first");
        check("Adding\u{a0} fractions", "adding fractions");
        check("Adding\u{200b} frac\u{ad}tions", "adding fractions");
        check("a – b", "a - b");
        check("हिन्दी", "हिन्दी");
        check("كَتَبَ", "كتب");
        check("分数の足し算", "足し算");
        check("İstanbul", "istanbul");
        assert_ne!(searchable("की"), searchable("का"), "vowels are no accents");
    }

    #[test]
    fn what_shows_nothing_is_blank() {
        for text in [
            "",
            " ",
            "\u{a0}\u{3000}\t\n",
            "\u{200b}",
            "\u{2060}\u{feff}\u{ad}",
            "\u{3164}",
            "\u{2800}",
        ] {
            assert!(is_blank(text), "{text:?}");
        }
        for text in ["a", " . ", "分", "👩\u{200d}🏫", "\u{200f}א"] {
            assert!(!is_blank(text), "{text:?}");
        }
    }
}
