//! Policies: what a change needs besides a right, by where the entries stand.
//!
//! There is one table. Its first row is the house; each other row is for a part of the catalogue and says only what is
//! different there. What holds at an entry is said by the nearest row above it that says anything about it. A change of
//! several entries, or of one that moves, is held to the strictest of what holds at all of its places.
//!
//! Invariants:
//! 1. The order of rows means nothing: rows are for different places, and the nearest one speaks.
//! 2. Whoever holds the data directory is held to no policy: they could write its files as well.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Assurance;
use crate::model::key::EntryKey;

/// Most approvals that a policy may ask for. A record that asks for more, from before this was a rule, is read as this many.
pub const APPROVALS_REQUIRED_MAX: u32 = 50;
/// Most parts of the catalogue with a policy of their own.
pub const SUBTREE_POLICIES_MAX: usize = 1000;

/// What holds at a place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Policy {
    /// How many people must approve each entry before it reaches `main`. With 0 a draft may be merged without a review.
    pub approvals_required: u32,
    /// Whether the approval of somebody who wrote the change counts.
    pub authors_approve: bool,
    /// Whether publishing, and putting up a schedule, needs a session with a second factor.
    pub second_factor_to_publish: bool,
    /// Whether programs may publish, with an access key, where a second factor is needed.
    pub programs_publish: bool,
}

/// What is different in a part of the catalogue; what is `None` is as above it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubtreePolicy {
    /// The entry at which the part begins.
    pub subtree: EntryKey,
    /// See [`Policy::approvals_required`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approvals_required: Option<u32>,
    /// See [`Policy::authors_approve`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authors_approve: Option<bool>,
    /// See [`Policy::second_factor_to_publish`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_factor_to_publish: Option<bool>,
    /// See [`Policy::programs_publish`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub programs_publish: Option<bool>,
}

/// The whole table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredPolicies", into = "StoredPolicies")]
pub struct Policies {
    /// What holds where no row says otherwise.
    pub house: Policy,
    /// The rows of parts of the catalogue, by key.
    pub subtrees: Vec<SubtreePolicy>,
}

/// The table as its cell has it. A table of the house alone that asks for approvals alone is stored as it was before there
/// was more.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct StoredPolicies {
    approvals_required: u32,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    authors_approve: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    second_factor_to_publish: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    programs_publish: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    subtrees: Vec<SubtreePolicy>,
}

impl From<StoredPolicies> for Policies {
    fn from(stored: StoredPolicies) -> Self {
        let house = Policy {
            approvals_required: stored.approvals_required.min(APPROVALS_REQUIRED_MAX),
            authors_approve: stored.authors_approve,
            second_factor_to_publish: stored.second_factor_to_publish,
            programs_publish: stored.programs_publish,
        };
        Self { house, subtrees: stored.subtrees }
    }
}

impl From<Policies> for StoredPolicies {
    fn from(Policies { house, subtrees }: Policies) -> Self {
        Self {
            approvals_required: house.approvals_required,
            authors_approve: house.authors_approve,
            second_factor_to_publish: house.second_factor_to_publish,
            programs_publish: house.programs_publish,
            subtrees,
        }
    }
}

/// What a policy did not allow, and where the row stands that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyDenied {
    /// The rule.
    pub rule: PolicyRule,
    /// The part of the catalogue whose row says so; `None` for the house.
    pub subtree: Option<EntryKey>,
}

/// A rule of a policy that refuses something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyRule {
    /// The change needs approvals, so it comes to `main` through a review.
    Approvals {
        /// How many.
        required: u32,
    },
    /// The session has shown no second factor.
    SecondFactor,
    /// It was asked for with an access key.
    NoPrograms,
}

/// What a row says about one thing, and which row it is; `None` for the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said<'p, T> {
    /// What it says.
    pub value: T,
    /// The row's part of the catalogue.
    pub subtree: Option<&'p EntryKey>,
}

impl Policies {
    /// The table with its rows in order, each part of the catalogue at most once: the last row of one counts.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        self.subtrees.reverse();
        self.subtrees.sort_by(|a, b| a.subtree.cmp(&b.subtree));
        self.subtrees.dedup_by(|later, kept| later.subtree == kept.subtree);
        self
    }

    /// What holds at an entry that stands below these containers, the nearest first.
    pub fn at(&self, key: &EntryKey, above: &[EntryKey]) -> Policy {
        Policy {
            approvals_required: self.approvals_at(key, above).value,
            authors_approve: self.authors_approve_at(key, above).value,
            second_factor_to_publish: self.second_factor_at(key, above).value,
            programs_publish: self.programs_at(key, above).value,
        }
    }

    /// How many approvals an entry needs.
    pub fn approvals_at(&self, key: &EntryKey, above: &[EntryKey]) -> Said<'_, u32> {
        self.said(key, above, self.house.approvals_required, |row| row.approvals_required)
    }

    /// Whether the approval of somebody who wrote it counts for an entry.
    pub fn authors_approve_at(&self, key: &EntryKey, above: &[EntryKey]) -> Said<'_, bool> {
        self.said(key, above, self.house.authors_approve, |row| row.authors_approve)
    }

    fn second_factor_at(&self, key: &EntryKey, above: &[EntryKey]) -> Said<'_, bool> {
        let house = self.house.second_factor_to_publish;
        self.said(key, above, house, |row| row.second_factor_to_publish)
    }

    fn programs_at(&self, key: &EntryKey, above: &[EntryKey]) -> Said<'_, bool> {
        self.said(key, above, self.house.programs_publish, |row| row.programs_publish)
    }

    fn said<'p, T: Copy>(
        &'p self,
        key: &EntryKey,
        above: &[EntryKey],
        house: T,
        open: impl Fn(&SubtreePolicy) -> Option<T>,
    ) -> Said<'p, T> {
        let of_house = Said { value: house, subtree: None };
        if self.subtrees.is_empty() {
            return of_house;
        }
        let own = key.source();
        let nearest = std::iter::once(&own).chain(above).find_map(|place| {
            let row = self.subtrees.iter().find(|row| row.subtree == *place)?;
            Some(Said { value: open(row)?, subtree: Some(&row.subtree) })
        });
        nearest.unwrap_or(of_house)
    }

    /// Whether approvals are asked for anywhere.
    pub fn asks_for_approvals(&self) -> bool {
        let asks = |row: &SubtreePolicy| row.approvals_required.is_some_and(|count| count > 0);
        self.house.approvals_required > 0 || self.subtrees.iter().any(asks)
    }

    /// Whether a second factor is asked for anywhere.
    pub fn asks_for_second_factor(&self) -> bool {
        let asks = |row: &SubtreePolicy| row.second_factor_to_publish == Some(true);
        self.house.second_factor_to_publish || self.subtrees.iter().any(asks)
    }

    /// Whether what holds for publishing depends on where entries stand.
    pub fn publishing_depends_on_places(&self) -> bool {
        let says = |row: &SubtreePolicy| {
            row.second_factor_to_publish.is_some() || row.programs_publish.is_some()
        };
        self.subtrees.iter().any(says)
    }

    /// Refuses to publish an entry for somebody who did not show enough of who they are.
    ///
    /// # Errors
    /// [`PolicyDenied`], which says what is missing.
    pub fn publishes(
        &self,
        assurance: Assurance,
        key: &EntryKey,
        above: &[EntryKey],
    ) -> Result<(), PolicyDenied> {
        let (factor, programs) = (self.second_factor_at(key, above), self.programs_at(key, above));
        judge(assurance, factor, programs)
    }

    /// As [`Policies::publishes`], for the house: for what names no entry.
    ///
    /// # Errors
    /// [`PolicyDenied`].
    pub fn publishes_in_house(&self, assurance: Assurance) -> Result<(), PolicyDenied> {
        let of_house = |value| Said { value, subtree: None };
        let Policy { second_factor_to_publish, programs_publish, .. } = self.house;
        judge(assurance, of_house(second_factor_to_publish), of_house(programs_publish))
    }
}

fn judge(
    assurance: Assurance,
    factor: Said<'_, bool>,
    programs: Said<'_, bool>,
) -> Result<(), PolicyDenied> {
    let (rule, subtree) = match assurance {
        _ if !factor.value => return Ok(()),
        Assurance::TwoFactors => return Ok(()),
        Assurance::Program if programs.value => return Ok(()),
        Assurance::Program => (PolicyRule::NoPrograms, programs.subtree.or(factor.subtree)),
        Assurance::OneFactor => (PolicyRule::SecondFactor, factor.subtree),
    };
    Err(PolicyDenied { rule, subtree: subtree.cloned() })
}

impl SubtreePolicy {
    /// A row that says nothing yet.
    pub const fn of(subtree: EntryKey) -> Self {
        Self {
            subtree,
            approvals_required: None,
            authors_approve: None,
            second_factor_to_publish: None,
            programs_publish: None,
        }
    }

    /// Whether the row says nothing.
    pub fn is_empty(&self) -> bool {
        self.approvals_required.is_none()
            && self.authors_approve.is_none()
            && self.second_factor_to_publish.is_none()
            && self.programs_publish.is_none()
    }
}

impl fmt::Display for PolicyDenied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.subtree {
            Some(subtree) => write!(f, "the policy of {subtree} ")?,
            None => f.write_str("the policy ")?,
        }
        match self.rule {
            PolicyRule::Approvals { required: 1 } => {
                f.write_str("asks for an approval: it comes to main through a review")
            }
            PolicyRule::Approvals { required } => {
                write!(f, "asks for {required} approvals: it comes to main through a review")
            }
            PolicyRule::SecondFactor => {
                f.write_str("asks for a session with a second factor to publish")
            }
            PolicyRule::NoPrograms => f.write_str(
                "lets only people publish, in a session with a second factor, and no access key",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> EntryKey {
        text.parse().unwrap()
    }

    fn row(subtree: &str) -> SubtreePolicy {
        SubtreePolicy::of(key(subtree))
    }

    #[test]
    fn the_nearest_row_that_says_anything_decides() {
        let policies = Policies {
            house: Policy { approvals_required: 1, ..Policy::default() },
            subtrees: vec![
                SubtreePolicy { approvals_required: Some(3), ..row("course/c1") },
                SubtreePolicy { authors_approve: Some(true), ..row("unit/u1") },
                SubtreePolicy { approvals_required: Some(0), ..row("unit/sandbox") },
            ],
        };
        let check = |entry: &str, above: &[&str], approvals: u32, own: bool| {
            let above: Vec<EntryKey> = above.iter().map(|text| key(text)).collect();
            let found = policies.at(&key(entry), &above);
            assert_eq!(
                (found.approvals_required, found.authors_approve),
                (approvals, own),
                "{entry}"
            );
        };
        check("video/v1", &[], 1, false);
        check("video/v1", &["unit/u9", "course/c1"], 3, false);
        check("video/v1", &["unit/u1", "course/c1"], 3, true);
        check("video/v1@es", &["unit/sandbox", "course/c1"], 0, false);
        check("course/c1", &["topic/root"], 3, false);
        check("course/c1@es", &["topic/root"], 3, false);
    }

    #[test]
    fn a_second_factor_is_asked_of_people_and_of_programs_unless_they_may() {
        let policies = Policies {
            house: Policy::default(),
            subtrees: vec![
                SubtreePolicy { second_factor_to_publish: Some(true), ..row("course/c1") },
                SubtreePolicy { programs_publish: Some(true), ..row("unit/u1") },
            ],
        };
        let video = key("video/v1");
        let check = |above: &[&str], expected: [Option<PolicyRule>; 3]| {
            let above: Vec<EntryKey> = above.iter().map(|text| key(text)).collect();
            for (assurance, expected) in Assurance::ALL.into_iter().zip(expected) {
                let found = policies.publishes(assurance, &video, &above).err();
                assert_eq!(found.map(|denied| denied.rule), expected, "{assurance:?} {above:?}");
            }
        };
        let second = Some(PolicyRule::SecondFactor);
        check(&["course/c2"], [None, None, None]);
        check(&["course/c1"], [second, Some(PolicyRule::NoPrograms), None]);
        check(&["unit/u1", "course/c1"], [second, None, None]);
        assert!(policies.publishes_in_house(Assurance::OneFactor).is_ok());
    }

    #[test]
    fn a_house_that_only_counts_approvals_is_stored_as_ever() {
        let house = Policy { approvals_required: 2, ..Policy::default() };
        let table = Policies { house, subtrees: Vec::new() };
        let text = serde_json::to_string(&table).unwrap();
        assert_eq!(text, r#"{"approvals_required":2}"#);
        assert_eq!(serde_json::from_str::<Policies>(&text).unwrap(), table);
        let greedy: Policies = serde_json::from_str(r#"{"approvals_required":99}"#).unwrap();
        assert_eq!(greedy.house.approvals_required, APPROVALS_REQUIRED_MAX);
        let twice = Policies {
            house,
            subtrees: vec![
                SubtreePolicy { approvals_required: Some(1), ..row("course/c1") },
                SubtreePolicy { approvals_required: Some(2), ..row("course/c1") },
            ],
        };
        let kept = twice.in_order().subtrees;
        assert_eq!((kept.len(), kept[0].approvals_required), (1, Some(2)));
    }
}
