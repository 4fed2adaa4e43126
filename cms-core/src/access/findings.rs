//! What is odd about the rules: grants that change nothing.

use super::{Grant, GrantId, Right, Rights, Rules};
use crate::model::key::EntryKey;

/// A grant that does not do what its giver may think.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RuleFinding {
    /// Another grant of the same person allows all that this one allows.
    Covered {
        /// The grant that changes nothing.
        grant: GrantId,
        /// The one that covers it.
        by: GrantId,
    },
    /// Nothing can be within its limits.
    NeverMatches {
        /// The grant.
        grant: GrantId,
        /// Why, for people.
        reason: String,
    },
}

impl Rules {
    /// What is odd about the rules, by grant. `exists` says whether an entry is there.
    pub fn findings(&self, exists: impl Fn(&EntryKey) -> bool) -> Vec<RuleFinding> {
        let mut findings = Vec::new();
        for grants in self.grants.values() {
            for grant in grants.iter() {
                if let Some(reason) = never(grant, &exists) {
                    findings.push(RuleFinding::NeverMatches { grant: grant.id.clone(), reason });
                } else if let Some(by) = grants.iter().find(|other| covers(other, grant)) {
                    let (grant, by) = (grant.id.clone(), by.id.clone());
                    findings.push(RuleFinding::Covered { grant, by });
                }
            }
        }
        findings.sort_by(|a, b| a.grant().cmp(b.grant()));
        findings
    }
}

impl RuleFinding {
    /// The grant that the finding is about.
    pub fn grant(&self) -> &GrantId {
        match self {
            Self::Covered { grant, .. } | Self::NeverMatches { grant, .. } => grant,
        }
    }
}

fn covers(other: &Grant, grant: &Grant) -> bool {
    let is_wider =
        grant.role.rights().is_within(other.role.rights()) && other.limits.cover(&grant.limits);
    let is_same = other.role == grant.role && grant.limits.cover(&other.limits);
    // Of two that allow the same, the one that was given first is kept.
    is_wider
        && other.id != grant.id
        && (!is_same || (other.given_ms, &other.id) < (grant.given_ms, &grant.id))
}

fn never(grant: &Grant, exists: &impl Fn(&EntryKey) -> bool) -> Option<String> {
    let limits = &grant.limits;
    if let Some(subtree) = limits.subtree.as_ref().filter(|subtree| !exists(subtree)) {
        return Some(format!("there is no {subtree} on main"));
    }
    let writes = grant.role.rights();
    let is_translation_only = !limits.locales.is_empty();
    let source_only = Rights::of(&[Right::Edit]);
    if is_translation_only
        && writes.and(Rights::of(&[Right::Translate])) == Rights::NONE
        && writes.and(source_only) != Rights::NONE
    {
        return Some(format!(
            "the role {} does not write translations, and its languages leave nothing else",
            grant.role
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Limits, Role};

    fn grant(id: &str, role: Role, limits: Limits) -> Grant {
        let person = "ana".parse().unwrap();
        Grant {
            id: id.into(),
            person,
            role,
            limits,
            is_for_program: false,
            given_by: "root".into(),
            given_ms: 1,
        }
    }

    #[test]
    fn grants_that_change_nothing_are_pointed_out() {
        let below = |key: &str| Limits { subtree: Some(key.parse().unwrap()), ..Limits::default() };
        let spanish = Limits { locales: vec!["es".parse().unwrap()], ..Limits::default() };
        let rules = Rules::of([
            grant("g1", Role::Author, below("course/c1")),
            grant("g2", Role::Reviewer, below("course/c1")),
            grant("g3", Role::Viewer, Limits::default()),
            grant("g4", Role::Viewer, Limits::default()),
            grant("g5", Role::Author, below("course/gone")),
            grant("g6", Role::Author, spanish),
        ]);
        let findings = rules.findings(|key| key.id() != "gone");
        let grants: Vec<&str> = findings.iter().map(|finding| &**finding.grant()).collect();
        assert_eq!(grants, ["g1", "g4", "g5", "g6"]);
        let covered = RuleFinding::Covered { grant: "g1".into(), by: "g2".into() };
        assert_eq!(findings[0], covered);
        assert!(
            matches!(&findings[2], RuleFinding::NeverMatches { reason, .. } if reason.contains("course/gone"))
        );
    }
}
