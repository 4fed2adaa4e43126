//! Names of people: what may be in one, and which names look like somebody else's.
//!
//! Names are shown next to each other, in lists and in sentences. A name with characters that turn the direction of
//! writing changes how the text around it reads; a name that looks like another person's makes people trust the wrong
//! one. The first is refused; the second is told to whoever invites, because two people may well have similar names.

use unicode_normalization::UnicodeNormalization;
use unicode_security::{confusable_detection::skeleton, general_security_profile::IdentifierType};

use crate::problem::{Code, Problem};

/// Characters that are not seen and change what is: marks of direction, joiners at the edge, fillers.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{115f}' | '\u{1160}' | '\u{3164}'
        | '\u{ffa0}' | '\u{e0000}'..='\u{e007f}')
        || c.is_control()
}

/// A name as it is kept: in one spelling, with single blanks.
///
/// # Errors
/// [`Code::AccountRefused`] for a name with characters that are not seen.
pub fn checked(name: &str) -> Result<String, Problem> {
    let name: String = name.nfc().collect();
    if name.chars().any(is_unseen) {
        let detail =
            "the name has characters that are not seen, or that turn the direction of writing";
        return Err(Problem::new(Code::AccountRefused, detail).with("pointer", "/name"));
    }
    Ok(name.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What a name looks like: names that are drawn alike have the same.
pub fn look(name: &str) -> String {
    let name: String =
        name.nfkc().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace()).collect();
    skeleton(&name).collect()
}

/// Whether a name mixes scripts in a way that names do not: a Cyrillic letter within Latin ones.
pub fn is_mixed(name: &str) -> bool {
    use unicode_security::mixed_script::MixedScript;
    let _ = IdentifierType::Recommended;
    name.split(|c: char| !c.is_alphabetic()).any(|word| !word.is_single_script())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_turns_the_direction_of_writing_is_refused() {
        for name in ["ana\u{202e}nimda", "\u{2066}ana\u{2069}", "an\u{200b}a", "ana\n", "a\u{feff}"]
        {
            assert_eq!(checked(name).unwrap_err().code, Code::AccountRefused, "{name:?}");
        }
        for (name, kept) in [
            ("  Ana   Köhler ", "Ana Köhler"),
            ("محمد بن موسى", "محمد بن موسى"),
            ("Łukasz O’Brien-山田", "Łukasz O’Brien-山田"),
            ("Ko\u{308}hler", "Köhler"),
        ] {
            assert_eq!(checked(name).unwrap(), kept);
        }
    }

    #[test]
    fn names_that_are_drawn_alike_look_the_same() {
        assert_eq!(look("Ana Köhler"), look("ana köhler"));
        assert_eq!(look("paypal"), look("раураl"), "Cyrillic letters");
        assert_eq!(look("rn"), look("m"));
        assert_ne!(look("Ana"), look("Ben"));
        assert!(is_mixed("Аna"), "a Cyrillic capital");
        assert!(!is_mixed("Ana Köhler") && !is_mixed("山田 たろう") && !is_mixed("Анна"));
    }
}
