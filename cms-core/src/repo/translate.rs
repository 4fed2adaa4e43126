//! What translators work with: the texts of an entry beside their translations, and what of a language is not done.
//!
//! Invariant: an entry counts once, at the first place in reading order where it stands.

pub(in crate::repo) mod gaps;
pub(in crate::repo) mod texts;
