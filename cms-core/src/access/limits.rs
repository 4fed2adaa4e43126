//! How far a grant or an access key reaches.

use serde::{Deserialize, Serialize};

use super::{Right, Rights, Subject};
use crate::model::{
    key::{EntryKey, Kind, Locale},
    name::ChannelName,
};

/// How far something reaches. A limit that is absent or empty does not limit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Only this entry and what stands below it, by the main places on `main`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subtree: Option<EntryKey>,
    /// Only entries of these kinds, and their translations.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<Kind>,
    /// Only translations into these locales. Whoever may read these may read the source as well.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub locales: Vec<Locale>,
    /// Only these channels. It limits what moves channels and nothing else.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<ChannelName>,
}

/// The limit that a subject is outside of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missed {
    /// It does not stand in the subtree, or is the whole catalogue.
    Subtree,
    /// It is of another kind, or of all kinds.
    Kind,
    /// It is in another locale, or in all.
    Locale,
    /// It is another channel, or all channels.
    Channel,
}

impl Limits {
    /// Whether there is no limit.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Whether there is a limit that entries can be outside of.
    pub fn limits_entries(&self) -> bool {
        self.subtree.is_some() || !self.kinds.is_empty() || !self.locales.is_empty()
    }

    /// What is left of some rights within these limits: who is limited to some entries has nothing of what concerns the
    /// whole house.
    pub fn leave(&self, rights: Rights) -> Rights {
        if self.limits_entries() { rights.and(Rights::OF_ENTRIES) } else { rights }
    }

    /// The first limit that a subject is outside of; `None` when it is within all of them.
    pub fn missed(&self, right: Right, subject: &Subject<'_>) -> Option<Missed> {
        let entry = subject.entry;
        if !self.kinds.is_empty()
            && !entry.is_some_and(|entry| self.kinds.contains(entry.key.kind()))
        {
            return Some(Missed::Kind);
        }
        if !self.locales.is_empty() && !entry.is_some_and(|entry| self.reads(right, entry.key)) {
            return Some(Missed::Locale);
        }
        if right == Right::Publish
            && !self.channels.is_empty()
            && !subject.channel.is_some_and(|channel| self.channels.contains(channel))
        {
            return Some(Missed::Channel);
        }
        if let Some(subtree) = &self.subtree {
            let stands = |entry: super::Place<'_>| {
                is_at(entry.key, subtree) || entry.above.iter().any(|above| above == subtree)
            };
            if !entry.is_some_and(stands) {
                return Some(Missed::Subtree);
            }
        }
        None
    }

    /// Whether everything within the other limits is within these.
    pub fn cover(&self, other: &Self) -> bool {
        fn wider<T: PartialEq>(these: &[T], those: &[T]) -> bool {
            these.is_empty() || (!those.is_empty() && those.iter().all(|it| these.contains(it)))
        }
        (self.subtree.is_none() || self.subtree == other.subtree)
            && wider(&self.kinds, &other.kinds)
            && wider(&self.locales, &other.locales)
            && wider(&self.channels, &other.channels)
    }

    fn reads(&self, right: Right, key: &EntryKey) -> bool {
        match key.locale() {
            Some(locale) => self.locales.contains(locale),
            None => right == Right::Read,
        }
    }
}

/// Whether an entry is the root of a subtree, as itself or as a translation.
fn is_at(key: &EntryKey, root: &EntryKey) -> bool {
    key.kind() == root.kind() && key.id() == root.id()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> EntryKey {
        text.parse().unwrap()
    }

    #[test]
    fn a_subtree_is_its_root_what_stands_below_and_their_translations() {
        let limits = Limits { subtree: Some(key("course/c1")), ..Limits::default() };
        let above = [key("lesson/l1"), key("unit/u1"), key("course/c1"), key("topic/root")];
        for (entry, above, is_within) in [
            ("exercise/x1", &above[..], true),
            ("exercise/x1@es", &above[..], true),
            ("course/c1", &above[3..], true),
            ("course/c1@es", &above[3..], true),
            ("course/c2", &above[3..], false),
            ("exercise/x1", &[], false),
        ] {
            let entry = key(entry);
            let missed = limits.missed(Right::Edit, &Subject::entry(&entry, above));
            assert_eq!(missed.is_none(), is_within, "{entry}");
        }
        assert_eq!(limits.missed(Right::Edit, &Subject::WHOLE), Some(Missed::Subtree));
    }

    #[test]
    fn whoever_translates_reads_the_source_and_writes_only_their_language() {
        let limits = Limits { locales: vec!["es".parse().unwrap()], ..Limits::default() };
        let may =
            |right, entry: &str| limits.missed(right, &Subject::entry(&key(entry), &[])).is_none();
        assert!(may(Right::Read, "exercise/x1"));
        assert!(may(Right::Read, "exercise/x1@es"));
        assert!(!may(Right::Read, "exercise/x1@fr"));
        assert!(may(Right::Translate, "exercise/x1@es"));
        assert!(!may(Right::Edit, "exercise/x1"));
    }

    #[test]
    fn channels_limit_only_what_moves_them() {
        let limits = Limits { channels: vec!["staging".parse().unwrap()], ..Limits::default() };
        let (staging, production) = ("staging".parse().unwrap(), "production".parse().unwrap());
        assert_eq!(limits.missed(Right::Publish, &Subject::channel(&staging)), None);
        let other = limits.missed(Right::Publish, &Subject::channel(&production));
        assert_eq!(other, Some(Missed::Channel));
        assert_eq!(limits.missed(Right::Publish, &Subject::WHOLE), Some(Missed::Channel));
        assert_eq!(limits.missed(Right::Read, &Subject::WHOLE), None);
    }

    #[test]
    fn limits_cover_what_is_narrower() {
        let whole = Limits::default();
        let course = Limits { subtree: Some(key("course/c1")), ..Limits::default() };
        let videos = Limits { kinds: vec!["video".parse().unwrap()], ..course.clone() };
        assert!(whole.cover(&course) && course.cover(&videos) && course.cover(&course));
        assert!(!course.cover(&whole) && !videos.cover(&course));
    }
}
