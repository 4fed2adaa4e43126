//! The id of a plan: what it was made from and what came out.
//!
//! Nothing else of a plan is kept, and the client keeps it. A publish of the plan is made again from the same, and the
//! outcome is compared with what the id says.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    map::Edit,
    model::{
        id::{ObjectId, PublicationId},
        key::EntryKey,
        name::ChannelName,
    },
    repo::content::state::Roots,
};

/// What a plan was made from and what came out: `TARGET-CHANNEL-TIME-OUTCOME-FOR`, in hex digits. The last part is
/// missing from plans of earlier versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanId {
    /// The commit, or the publication whose effective catalogue is the target.
    pub target: ObjectId,
    /// The channel's publication before; `None` when the channel is new.
    pub publication: Option<PublicationId>,
    /// The instant for which embargoes were judged, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
    pub(in crate::repo) outcome: Outcome,
    pub(in crate::repo) made_for: Option<MadeFor>,
}

/// Digests of what a plan was asked for, so that a request for something else is told from one that came too late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::repo) struct MadeFor {
    channel: u32,
    target: u32,
    only: u32,
}

/// The error for a text that is not the id of a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not the id of a plan")]
pub struct PlanIdError {
    text: String,
}

/// A digest of what a publish changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::repo) struct Outcome(u64);

/// The word in an id that stands for no publication.
const NEW_CHANNEL: &str = "new";

impl fmt::Display for PlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-", self.target)?;
        match &self.publication {
            Some(publication) => write!(f, "{publication}")?,
            None => f.write_str(NEW_CHANNEL)?,
        }
        write!(f, "-{:x}-{:016x}", self.time_ms, self.outcome.0)?;
        match self.made_for {
            Some(MadeFor { channel, target, only }) => {
                write!(f, "-{channel:08x}{target:08x}{only:08x}")
            }
            None => Ok(()),
        }
    }
}

impl FromStr for PlanId {
    type Err = PlanIdError;

    fn from_str(text: &str) -> Result<Self, PlanIdError> {
        let parse = || {
            let mut parts = text.split('-');
            let plan = Self {
                target: parts.next()?.parse().ok()?,
                publication: match parts.next()? {
                    NEW_CHANNEL => None,
                    id => Some(PublicationId::from_object_id(id.parse().ok()?)),
                },
                time_ms: u64::from_str_radix(parts.next()?, 16).ok()?,
                outcome: Outcome(u64::from_str_radix(parts.next()?, 16).ok()?),
                made_for: match parts.next() {
                    Some(digests) => Some(MadeFor::parse(digests)?),
                    None => None,
                },
            };
            // One id has only one spelling.
            (parts.next().is_none() && plan.to_string() == text).then_some(plan)
        };
        parse().ok_or_else(|| PlanIdError { text: text.chars().take(240).collect() })
    }
}

impl Serialize for PlanId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PlanId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl Outcome {
    pub(in crate::repo) fn of(effective: Roots, delivered: &[Edit], routes: &[Edit]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("cms 2026-11-22 v1 plan outcome");
        hasher.update(effective.catalogue.object_id().as_bytes());
        for (key, value) in delivered.iter().chain(routes) {
            hasher.update(&(key.len() as u64).to_le_bytes()).update(key);
            let value = value.as_deref();
            hasher.update(&value.map_or(u64::MAX, |value| value.len() as u64).to_le_bytes());
            hasher.update(value.unwrap_or_default());
        }
        let mut digest = [0; 8];
        hasher.finalize_xof().fill(&mut digest);
        Self(u64::from_be_bytes(digest))
    }
}

impl MadeFor {
    pub(in crate::repo) fn of(channel: &ChannelName, target: &str, only: &[EntryKey]) -> Self {
        Self { channel: digest([channel.as_str()]), target: digest([target]), only: of_keys(only) }
    }

    fn parse(digests: &str) -> Option<Self> {
        let digest = |from: usize| u32::from_str_radix(digests.get(from..from + 8)?, 16).ok();
        Some(Self { channel: digest(0)?, target: digest(8)?, only: digest(16)? })
    }
}

/// A digest of keys in whatever order they were named.
fn of_keys(keys: &[EntryKey]) -> u32 {
    let keys: BTreeSet<String> = keys.iter().map(EntryKey::to_string).collect();
    digest(keys.iter().map(String::as_str))
}

fn digest<'t>(texts: impl IntoIterator<Item = &'t str>) -> u32 {
    let mut hasher = blake3::Hasher::new_derive_key("cms 2026-11-30 v1 plan made for");
    for text in texts {
        hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
    }
    let mut digest = [0; 4];
    hasher.finalize_xof().fill(&mut digest);
    u32::from_be_bytes(digest)
}

impl PlanId {
    pub(in crate::repo) fn is_for_channel(&self, channel: &ChannelName) -> bool {
        self.made_for.is_none_or(|made| made.channel == digest([channel.as_str()]))
    }

    pub(in crate::repo) fn is_for_target(&self, target: &str) -> bool {
        self.made_for.is_none_or(|made| made.target == digest([target]))
    }

    pub(in crate::repo) fn is_for_only(&self, only: &[EntryKey]) -> bool {
        self.made_for.is_none_or(|made| made.only == of_keys(only))
    }

    pub(in crate::repo) fn is_outcome(&self, outcome: Outcome) -> bool {
        self.outcome == outcome
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::id::CommitId;

    #[test]
    fn an_id_has_one_spelling() {
        let target = CommitId::of(b"c").object_id();
        let made_for = MadeFor::of(&"production".parse().unwrap(), "main", &[]);
        let publications = [None, Some(PublicationId::of(b"p"))];
        for (publication, made_for) in publications.into_iter().zip([None, Some(made_for)]) {
            let time_ms = 1_767_323_045_000;
            let id = PlanId { target, publication, time_ms, outcome: Outcome(7), made_for };
            let text = id.to_string();
            assert_eq!(text.parse(), Ok(id));
            assert!(text.to_uppercase().parse::<PlanId>().is_err());
            assert!(format!("{text}-").parse::<PlanId>().is_err());
            assert!(text[..40].parse::<PlanId>().is_err());
        }
    }
}
