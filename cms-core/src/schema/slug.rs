//! Slugs: the readable last part of a page's address.
//!
//! Invariants:
//! 1. A normalised slug is `[a-z0-9]+(-[a-z0-9]+)*`, at most [`SLUG_SIZE_BYTES_MAX`] bytes.
//! 2. Normalising is idempotent: a normalised slug stays as it is.

use std::borrow::Cow;

/// Longest slug, in bytes.
pub const SLUG_SIZE_BYTES_MAX: usize = 100;

/// Most bytes of a text that are read; what follows could not reach the slug anyway.
const TEXT_SIZE_BYTES_MAX: usize = 8192;

/// The slug of a text in any form: a slug, a title, or a path or URL, of which the last path segment counts. `None`
/// when nothing is left.
pub fn normalise(text: &str) -> Option<String> {
    let text = &text[..text.floor_char_boundary(TEXT_SIZE_BYTES_MAX)];
    let text = text.trim();
    let name = if is_path(text) { last_segment(text)? } else { Cow::Borrowed(text) };
    let mut slug = String::with_capacity(name.len());
    for letter in deunicode::deunicode_with_tofu(&name, "-").chars() {
        let letter = letter.to_ascii_lowercase();
        if letter.is_ascii_lowercase() || letter.is_ascii_digit() {
            slug.push(letter);
        } else if letter != '\'' && !slug.is_empty() && !slug.ends_with('-') {
            // An apostrophe is dropped, as in “pythagoras-theorem”: it does not separate words.
            slug.push('-');
        }
    }
    let slug = cut(&slug, SLUG_SIZE_BYTES_MAX);
    (!slug.is_empty()).then(|| slug.to_owned())
}

/// The slug of a title, in which a slash is not a path separator: “3/4” becomes `3-4`. `None` when nothing is left.
pub fn of_title(title: &str) -> Option<String> {
    let title = title.trim();
    if title.contains("://") {
        normalise(title)
    } else {
        normalise(&title.replace(['/', '\\'], " "))
    }
}

/// The slug with `-NUMBER` at its end, within the limit: used to resolve a clash.
pub fn suffixed(slug: &str, number: u64) -> String {
    let suffix = format!("-{number}");
    format!("{}{suffix}", cut(slug, SLUG_SIZE_BYTES_MAX - suffix.len()))
}

/// Cuts a slug to size, between words if one fits.
fn cut(slug: &str, size_bytes_max: usize) -> &str {
    let fitting = match slug.get(..size_bytes_max) {
        None => slug,
        Some(front) if front.len() == slug.len() => front,
        Some(front) if slug[size_bytes_max..].starts_with('-') => front,
        Some(front) => match front.trim_end_matches('-').rfind('-') {
            Some(hyphen) if !front.ends_with('-') => &front[..hyphen],
            _ => front,
        },
    };
    fitting.trim_end_matches('-')
}

/// A title may hold a slash (“km/h per hour”), but then it also holds spaces, or is a number (“3/4”).
fn is_path(text: &str) -> bool {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || b"/.,:-".contains(&byte));
    text.contains("://")
        || text.starts_with('/')
        || (text.contains('/') && !text.contains(char::is_whitespace) && !is_number)
}

fn last_segment(url: &str) -> Option<Cow<'_, str>> {
    let path = match url.split_once("://") {
        Some((_, rest)) => {
            rest.split_once(['/', '?', '#']).map_or("", |(host, _)| &rest[host.len()..])
        }
        None => match url.strip_prefix("//") {
            Some(rest) => rest.split_once('/').map_or("", |(_, path)| path),
            None => url,
        },
    };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    path.rsplit('/').find(|segment| !segment.is_empty()).map(percent_decoded)
}

/// Decodes `%C3%A9`; if the result is not valid UTF-8, the text stays as it was.
fn percent_decoded(segment: &str) -> Cow<'_, str> {
    if !segment.contains('%') {
        return Cow::Borrowed(segment);
    }
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let [first, after @ ..] = rest {
        let digits = after.get(..2).filter(|_| *first == b'%');
        let digits = digits.filter(|two| two.iter().all(u8::is_ascii_hexdigit));
        let byte = digits
            .and_then(|two| std::str::from_utf8(two).ok())
            .and_then(|two| u8::from_str_radix(two, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).map_or(Cow::Borrowed(segment), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(normalise(text).as_deref().unwrap_or("(none)"), expected, "{text:?}");
    }

    #[test]
    fn any_shape_becomes_a_slug() {
        check("adding-fractions", "adding-fractions");
        check("Adding Fractions!", "adding-fractions");
        check("  adding__fractions--2  ", "adding-fractions-2");
        check("Fracciones: ¿qué son?", "fracciones-que-son");
        check("Größe & Maß", "grosse-mass");
        check("分数", "fen-shu");
        check("Pythagoras' theorem", "pythagoras-theorem");
        check("https://www.example.org/math/early-math/v/number-grid?x=1#top", "number-grid");
        check("https://www.example.org/math/early-math/", "early-math");
        check("/math/cc-1/", "cc-1");
        check("math/arithmetic/fractions", "fractions");
        check("https://example.org/caf%C3%A9%20noir", "cafe-noir");
        check("https://example.org/100%", "100");
        check("//example.org/a/b", "b");
        check("Speed in km/h today", "speed-in-km-h-today");
        check("Why? #1", "why-1");
        check("https://example.org/", "(none)");
        check("https://example.org", "(none)");
        check("https://example.org?a/b", "(none)");
        check("---", "(none)");
        check("", "(none)");
        check("///", "(none)");
    }

    #[test]
    fn a_title_makes_an_address_that_a_person_would_have_chosen() {
        let check = |title: &str, expected: &str| {
            assert_eq!(of_title(title).as_deref(), Some(expected), "{title:?}");
        };
        check("3/4", "3-4");
        check("3/4 of a pizza", "3-4-of-a-pizza");
        check("km/h", "km-h");
        check("and/or", "and-or");
        check("½", "1-2");
        check("1/2 + 1/4", "1-2-1-4");
        check("C:\\temp", "c-temp");
        check("/ divided by", "divided-by");
        assert_eq!(normalise("3/4").as_deref(), Some("3-4"));
        assert_eq!(normalise("math/arithmetic/3").as_deref(), Some("3"));
    }

    #[test]
    fn a_long_slug_is_cut_between_words() {
        let word = "abcdefghi-".repeat(12);
        assert_eq!(normalise(&word).as_deref(), Some(&word[..99]));
        let words = format!("{}-{}", "a".repeat(60), "b".repeat(60));
        assert_eq!(normalise(&words).as_deref(), Some(&words[..60]));
        let word = "a".repeat(300);
        assert_eq!(normalise(&word).as_deref(), Some(&word[..100]));
        let exact = format!("{}-b", "a".repeat(100));
        assert_eq!(normalise(&exact).as_deref(), Some(&exact[..100]));
    }

    #[test]
    fn a_suffix_fits_too() {
        assert_eq!(suffixed("fractions", 2), "fractions-2");
        assert_eq!(suffixed(&"a".repeat(100), 12), format!("{}-12", "a".repeat(97)));
        assert!(suffixed(&"a-".repeat(60), u64::MAX).len() <= SLUG_SIZE_BYTES_MAX);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn normalising_is_idempotent_and_keeps_the_form(text in "\\PC{0,150}|([a-z]{0,9}[-/ '%.é?#:]){0,30}") {
            if let Some(slug) = normalise(&text) {
                prop_assert_eq!(normalise(&slug), Some(slug.clone()));
                prop_assert!(slug.len() <= SLUG_SIZE_BYTES_MAX);
                prop_assert!(slug.split('-').all(|word| !word.is_empty()
                    && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())));
                let next = suffixed(&slug, 2);
                prop_assert_eq!(normalise(&next), Some(next.clone()));
            }
        }
    }
}
