//! The text of a WebVTT cue. Browsers take everything between `<` and `>` for a tag, and everything after a `<` without
//! `>`; they show nothing of it, so `if x < 3` silently becomes `if x`.
//!
//! A tag that WebVTT does not have, such as `<font color=red>`, loses nothing: the text around it is shown.
//!
//! <https://www.w3.org/TR/webvtt1/#webvtt-cue-text-tokenizer>

use super::{intake::LineFault, webvtt::time_ms};

/// Most characters of a text that a fault quotes.
const EXCERPT_MAX: usize = 30;

/// Checks that all words of a cue are shown; takes its lines with their numbers.
pub(super) fn check(lines: &[(u64, &str)]) -> Result<(), LineFault> {
    let text = lines.iter().map(|(_, line)| *line).collect::<Vec<_>>().join("\n");
    let mut at = 0;
    while let Some(begin) = text[at..].find('<').map(|found| at + found) {
        let inner = text[begin + 1..].split_once('>').map(|(inner, _)| inner);
        match inner.filter(|inner| is_tag(inner)) {
            Some(inner) => at = begin + inner.len() + 2,
            None => {
                let above = text[..begin].matches('\n').count();
                let shown = text[begin..].lines().next().unwrap_or_default();
                let shown: String = shown.chars().take(EXCERPT_MAX).collect();
                return Err(LineFault {
                    line: lines[above].0,
                    said: format!(
                        "browsers take “{shown}” for a tag and don't show it; where < is meant, write &lt;"
                    ),
                });
            }
        }
    }
    Ok(())
}

/// Whether the text between `<` and `>` is a tag or a time, and not words.
fn is_tag(inner: &str) -> bool {
    if inner.starts_with(|c: char| c.is_ascii_digit()) {
        return time_ms(inner).is_some();
    }
    let (inner, is_end) = inner.strip_prefix('/').map_or((inner, false), |inner| (inner, true));
    let name_size = inner.find(|c: char| !is_of_name(c)).unwrap_or(inner.len());
    let (name, rest) = inner.split_at(name_size);
    let is_named = name.starts_with(char::is_alphabetic) || (name.is_empty() && is_end);
    // Classes follow the name, each after a point.
    let classes_size = if rest.starts_with('.') {
        rest.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(rest.len())
    } else {
        0
    };
    let rest = &rest[classes_size..];
    let words = rest.trim();
    let is_apart = rest.is_empty() || rest.starts_with(char::is_whitespace) || words == "/";
    let are_words_its_own = match name {
        _ if words.is_empty() || (words == "/" && !is_end) => true,
        _ if is_end => false,
        "v" | "lang" => !words.contains('<'),
        _ => begins_with_attribute(words),
    };
    is_named && is_apart && are_words_its_own
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | ':')
}

/// Whether a text begins like `color="red"`, which other formats have in their tags.
fn begins_with_attribute(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, value)| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == ':')
            && !value.contains('<')
            && !value.starts_with(['=', ' '])
    })
}
