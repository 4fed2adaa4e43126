//! The home page.

use crate::model::key::EntryKey;

/// The home page: the one entry that stands without a parent.
pub(in crate::repo) fn home() -> EntryKey {
    "topic/root".parse().expect("a key")
}
