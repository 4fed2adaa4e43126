//! Decisions, with their reasons.

use std::fmt;

use super::{Bounds, GrantId, Missed, PolicyDenied, Right, Role};
use crate::model::{key::EntryKey, name::Person};

/// Whether somebody may do something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// They may.
    Allowed(Allowed),
    /// They may not.
    Denied(Why),
}

/// By what something is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// The grant that allows it; `None` for the machine.
    pub by: Option<GrantId>,
}

/// Why something is not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The person has no grant that has not ended, or is not active.
    NoGrant,
    /// No role of theirs has the right.
    NoRole {
        /// The least role that has it.
        needed: Role,
    },
    /// A role of theirs has the right, but does not reach this far.
    OutOfReach {
        /// The role that has it.
        role: Role,
        /// The limit that the subject is outside of.
        missed: Missed,
    },
    /// The access key is not for this.
    OutOfBounds {
        /// What the key is for.
        bounds: Box<Bounds>,
    },
    /// Their role was given after they signed in, so it counts from the next sign-in on.
    SignInAgain {
        /// The grant that would allow it.
        by: GrantId,
    },
    /// They have the right, and a policy asks for more.
    Policy(Box<PolicyDenied>),
}

/// A refusal: who may not do what, why, and who could.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Denied {
    /// Who asked.
    pub person: Person,
    /// The right that they would need.
    pub right: Right,
    /// The entry for which they would need it.
    pub entry: Option<EntryKey>,
    /// The channel for which they would need it.
    pub channel: Option<String>,
    /// Why they have not.
    pub why: Why,
    /// Some people who have it, the least powerful first.
    pub helpers: Vec<Person>,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.why {
            Why::Policy(_) => write!(f, "the right {} is not enough", self.right)?,
            _ => write!(f, "this needs the right {}", self.right)?,
        }
        if let Some(entry) = &self.entry {
            write!(f, " for {entry}")?;
        }
        if let Some(channel) = &self.channel {
            write!(f, " on the channel {channel}")?;
        }
        let person = &self.person;
        match &self.why {
            Why::NoGrant => write!(f, "; {person} has no role here"),
            Why::NoRole { needed } => write!(f, "; {person} would need the role {needed}"),
            Why::OutOfReach { role, missed } => {
                let where_to = match missed {
                    Missed::Subtree => "this part of the catalogue",
                    Missed::Kind => "this kind of entry",
                    Missed::Locale => "this language",
                    Missed::Channel => "this channel",
                };
                write!(f, "; {person} is {role}, but not for {where_to}")
            }
            Why::OutOfBounds { .. } => f.write_str("; the access key is not for this"),
            Why::SignInAgain { .. } => {
                write!(f, "; {person} was given a role for it since signing in: sign in again")
            }
            Why::Policy(denied) => write!(f, "; {denied}"),
        }
    }
}
