//! What one notice says, and to whom.

use cms_core::repo::NoticeKind;

/// Most entries that one notice names.
const KEYS_NAMED: usize = 5;

/// The person, the kind of notice, the address of what it is about, and its text.
pub(super) type Message = (String, NoticeKind, String, String);

/// The first of some keys, and how many more there are.
pub(super) fn named(keys: &[String]) -> String {
    let mut text = keys[..keys.len().min(KEYS_NAMED)].join(", ");
    if keys.len() > KEYS_NAMED {
        text.push_str(&format!(" and {} more", keys.len() - KEYS_NAMED));
    }
    text
}
