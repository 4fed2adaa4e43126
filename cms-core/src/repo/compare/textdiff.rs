//! A readable difference of two documents: their lines, as a unified diff.

use std::time::Duration;

use serde_json::Value;
use similar::{Algorithm, TextDiff};

/// After so long a diff may be coarser than it could be; it is never wrong.
const DEADLINE: Duration = Duration::from_millis(200);
const CONTEXT_LINES: usize = 2;

/// The difference of two documents as people read it, without file headers; empty when they are equal.
pub(in crate::repo) fn text_diff(before: Option<&Value>, after: Option<&Value>) -> String {
    let (before, after) = (text(before), text(after));
    let diff = TextDiff::configure()
        .algorithm(Algorithm::Patience)
        .timeout(DEADLINE)
        .diff_lines(&before, &after);
    diff.unified_diff().context_radius(CONTEXT_LINES).missing_newline_hint(false).to_string()
}

fn text(document: Option<&Value>) -> String {
    let Some(document) = document else { return String::new() };
    let mut text = serde_json::to_string_pretty(document).expect("a document is JSON");
    // Long prose stands in one JSON string; its own lines read better as lines.
    text = text.replace("\\n", "\n");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_changed_line_of_prose_shows_alone() {
        let before = json!({"content": "One.\nTwo.\nThree."});
        let after = json!({"content": "One.\n2.\nThree."});
        let diff = text_diff(Some(&before), Some(&after));
        assert!(diff.contains("-Two.\n+2.\n"), "{diff}");
        assert_eq!(text_diff(Some(&before), Some(&before)), "");
    }
}
