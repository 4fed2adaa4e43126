//! Rights: what may be allowed, one word each.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Something that a person may be allowed to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Right {
    /// See entries as authors see them: drafts, history, reviews.
    Read,
    /// Change entries in a draft, ask for reviews and comment. Without [`Right::Edit`] there, somebody who may approve
    /// has to take the change.
    Propose,
    /// Write entries: one's own changes are an author's work and no proposal.
    Edit,
    /// Write translations of entries, as [`Right::Edit`] for the entries themselves.
    Translate,
    /// Approve changes, ask for others, and judge what checks find.
    Approve,
    /// Accept changes into `main`.
    Accept,
    /// Move a channel: publish, take off, retire, go back, hold, release, schedule.
    Publish,
    /// Write `main` without a draft: commits and imports.
    Import,
    /// Change the rules about reviews and checks.
    Configure,
    /// Invite and deactivate people, and give and take roles.
    People,
    /// Read the record of who did what.
    Audit,
    /// Take content down for good.
    Takedown,
    /// Look after the server: verify, statistics, other people's jobs.
    Operate,
}

impl Right {
    /// Every right, in the order in which they are listed.
    pub const ALL: [Self; 13] = [
        Self::Read,
        Self::Propose,
        Self::Edit,
        Self::Translate,
        Self::Approve,
        Self::Accept,
        Self::Publish,
        Self::Import,
        Self::Configure,
        Self::People,
        Self::Audit,
        Self::Takedown,
        Self::Operate,
    ];

    /// The right as one word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Propose => "propose",
            Self::Edit => "edit",
            Self::Translate => "translate",
            Self::Approve => "approve",
            Self::Accept => "accept",
            Self::Publish => "publish",
            Self::Import => "import",
            Self::Configure => "configure",
            Self::People => "people",
            Self::Audit => "audit",
            Self::Takedown => "takedown",
            Self::Operate => "operate",
        }
    }

    /// Whether the right is about entries, so that limits to a subtree, a kind or a locale make sense for it.
    pub const fn is_of_entries(self) -> bool {
        match self {
            Self::Read
            | Self::Propose
            | Self::Edit
            | Self::Translate
            | Self::Approve
            | Self::Accept
            | Self::Publish
            | Self::Import
            | Self::Takedown => true,
            Self::Configure | Self::People | Self::Audit | Self::Operate => false,
        }
    }

    /// Whether who has it could give themselves every other, or do what can't be undone. Such a right is in an access key
    /// only by name, and asks of somebody in a browser that they signed in not long ago.
    pub const fn is_grave(self) -> bool {
        matches!(self, Self::People | Self::Takedown)
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The error for a text that is not a right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a right is expected: {}", words())]
pub struct RightError;

fn words() -> String {
    Right::ALL.map(Right::word).join(", ")
}

impl std::str::FromStr for Right {
    type Err = RightError;

    fn from_str(text: &str) -> Result<Self, RightError> {
        Self::ALL.into_iter().find(|right| right.word() == text).ok_or(RightError)
    }
}

/// A set of rights.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Rights(u16);

impl Rights {
    /// No right.
    pub const NONE: Self = Self(0);
    /// Every right.
    pub const ALL: Self = Self::of(&Right::ALL);

    /// The rights that are about entries.
    pub const OF_ENTRIES: Self = Self::of_entries();

    const fn of_entries() -> Self {
        let (mut set, mut index) = (Self::NONE, 0);
        while index < Right::ALL.len() {
            if Right::ALL[index].is_of_entries() {
                set = set.or(Self::of(&[Right::ALL[index]]));
            }
            index += 1;
        }
        set
    }

    /// The same without the grave ones.
    #[must_use]
    pub fn without_grave(self) -> Self {
        let light: Vec<Right> = self.iter().filter(|right| !right.is_grave()).collect();
        Self::of(&light)
    }

    /// The set of these rights.
    pub const fn of(rights: &[Right]) -> Self {
        let (mut set, mut index) = (0, 0);
        while index < rights.len() {
            set |= 1 << rights[index] as u16;
            index += 1;
        }
        Self(set)
    }

    /// Whether a right is in the set.
    pub const fn has(self, right: Right) -> bool {
        self.0 & (1 << right as u16) != 0
    }

    /// The rights of both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The rights of either set.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether every right of this set is in the other one.
    pub const fn is_within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// The rights, in their order.
    pub fn iter(self) -> impl Iterator<Item = Right> {
        Right::ALL.into_iter().filter(move |right| self.has(*right))
    }
}

impl fmt::Debug for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl FromIterator<Right> for Rights {
    fn from_iter<I: IntoIterator<Item = Right>>(rights: I) -> Self {
        rights.into_iter().fold(Self::NONE, |set, right| set.or(Self::of(&[right])))
    }
}

impl Serialize for Rights {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Rights {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<Right>::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_is_its_word_and_a_set_lists_its_rights_in_order() {
        for right in Right::ALL {
            assert_eq!(right.word().parse(), Ok(right));
            assert_eq!(serde_json::to_value(right).unwrap(), right.word());
        }
        let set = Rights::of(&[Right::Publish, Right::Read]);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Right::Read, Right::Publish]);
        assert_eq!(Rights::ALL.iter().count(), Right::ALL.len());
    }
}
