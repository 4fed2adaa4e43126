//! Roles: sets of rights that have a name.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Right, Rights};

/// What a person does here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Reads everything that authors see.
    Viewer,
    /// Translates, and proposes changes of the source.
    Translator,
    /// Writes, in drafts.
    Author,
    /// Approves, and accepts into `main`.
    Reviewer,
    /// Moves channels.
    Publisher,
    /// Does all else: people, rules, imports, takedowns, the server.
    #[serde(alias = "operator")]
    Administrator,
}

impl Role {
    /// Every role, the least first.
    pub const ALL: [Self; 6] = [
        Self::Viewer,
        Self::Translator,
        Self::Author,
        Self::Reviewer,
        Self::Publisher,
        Self::Administrator,
    ];

    /// The role as one word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Translator => "translator",
            Self::Author => "author",
            Self::Reviewer => "reviewer",
            Self::Publisher => "publisher",
            Self::Administrator => "administrator",
        }
    }

    /// What the role may do.
    pub const fn rights(self) -> Rights {
        use Right::{Accept, Approve, Edit, Propose, Publish, Read, Translate};
        const VIEWER: Rights = Rights::of(&[Read]);
        const TRANSLATOR: Rights = Rights::of(&[Read, Propose, Translate]);
        const AUTHOR: Rights = Rights::of(&[Read, Propose, Edit]);
        const REVIEWER: Rights = Rights::of(&[Read, Propose, Edit, Translate, Approve, Accept]);
        const PUBLISHER: Rights = REVIEWER.or(Rights::of(&[Publish]));
        match self {
            Self::Viewer => VIEWER,
            Self::Translator => TRANSLATOR,
            Self::Author => AUTHOR,
            Self::Reviewer => REVIEWER,
            Self::Publisher => PUBLISHER,
            Self::Administrator => Rights::ALL,
        }
    }

    /// The least role that has a right.
    pub fn least_with(right: Right) -> Self {
        let found = Self::ALL.into_iter().find(|role| role.rights().has(right));
        found.unwrap_or(Self::Administrator)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The error for a text that is not a role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a role is expected: viewer, translator, author, reviewer, publisher or administrator")]
pub struct RoleError;

impl std::str::FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        // What used to be the greatest role is still understood.
        let text = if text == "operator" { "administrator" } else { text };
        Self::ALL.into_iter().find(|role| role.word() == text).ok_or(RoleError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_its_word() {
        for role in Role::ALL {
            assert_eq!(role.word().parse(), Ok(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.word());
        }
        assert_eq!("operator".parse(), Ok(Role::Administrator));
        assert_eq!(serde_json::from_str::<Role>("\"operator\"").unwrap(), Role::Administrator);
        assert_eq!("admin".parse::<Role>(), Err(RoleError));
    }

    #[test]
    fn from_author_upwards_each_role_may_what_those_before_it_may() {
        let upwards = [Role::Viewer, Role::Author, Role::Reviewer, Role::Publisher];
        let upwards = upwards.into_iter().chain([Role::Administrator]);
        let sets: Vec<Rights> = upwards.map(Role::rights).collect();
        assert!(sets.is_sorted_by(|less, more| less.is_within(*more) && less != more));
        assert!(Role::Translator.rights().is_within(Role::Reviewer.rights()));
        assert_eq!(Role::least_with(Right::Translate), Role::Translator);
        assert_eq!(Role::least_with(Right::Takedown), Role::Administrator);
    }
}
