//! Hints in messages: the known name that an unknown one was probably meant to be.

/// At most this many known names are compared: a hint must not cost more than the mistake is worth.
const KNOWN_MAX: usize = 500;

/// The name of `known` that is close enough to `unknown` to be worth suggesting; of equally close ones, the first.
pub fn nearest<'k>(unknown: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    // A third of the letters may differ, as in compilers' hints, and at least one.
    let distance_max = (unknown.chars().count() / 3).clamp(1, 4);
    // Long names are somebody's data and not a typo, and the distance is quadratic.
    if unknown.len() > 200 {
        return None;
    }
    known
        .into_iter()
        .take(KNOWN_MAX)
        .filter(|name| name.len() <= 200)
        .map(|name| {
            (strsim::damerau_levenshtein(&unknown.to_lowercase(), &name.to_lowercase()), name)
        })
        .filter(|(distance, name)| *distance <= distance_max && *distance < name.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// `; did you mean “NAME”?`, or nothing when no name is near.
pub(super) fn hint<'k>(unknown: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    nearest(unknown, known).map_or_else(String::new, |name| format!("; did you mean “{name}”?"))
}

/// The beginning of somebody's text, short enough for a message.
pub(crate) fn excerpt(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_the_name_and_a_stranger_finds_none() {
        let known = ["title", "slug", "description", "youtube_id"];
        for (unknown, expected) in [
            ("titel", Some("title")),
            ("Title", Some("title")),
            ("youtubeId", Some("youtube_id")),
            ("descripton", Some("description")),
            ("slugg", Some("slug")),
            ("colour", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(unknown, known), expected, "{unknown}");
        }
    }
}
