//! Whether somebody may change what a commit changes on a branch of accepted work.
//!
//! A change needs the right where the entry stands before it and where it stands afterwards, so nobody moves an entry
//! out of a part of the catalogue that is not theirs, nor into one. An entry that gets another main place because a
//! container changed was moved as well, though its own document stayed.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    check::Touched,
    stands::{Around, Stands},
};
use crate::{
    access::{Holder, PolicyDenied, PolicyRule, Right, Subject},
    model::key::EntryKey,
    repo::{
        access::{places::Places, policies::policy_denied},
        ground::{error::StoreError, repository::Repository},
    },
};

impl Repository {
    /// Refuses changes of entries that somebody may not make.
    ///
    /// # Errors
    /// [`StoreError::Denied`] for the first entry, by key.
    pub(in crate::repo) fn require_changes(
        &self,
        holder: &Holder,
        right: Right,
        around: &Around<'_, '_>,
        touched: &BTreeMap<EntryKey, Touched>,
    ) -> Result<(), StoreError> {
        if holder.may_everywhere(right) {
            return Ok(());
        }
        let mut before = Places::of(around.before);
        let mut after = Places::of(around.after);
        for (key, change) in touched {
            let existed = around.before.row(key)?.is_some();
            if existed {
                self.require(holder, right, &Subject::entry(key, &before.above(key)?))?;
            }
            if change.after.is_some() || !existed {
                self.require(holder, right, &Subject::entry(key, &after.above(key)?))?;
            }
        }
        for child in displaced(touched) {
            if touched.contains_key(&child) || around.before.row(&child)?.is_none() {
                continue;
            }
            let place = before.above(&child)?;
            if place != after.above(&child)? {
                self.require(holder, right, &Subject::entry(&child, &place))?;
            }
        }
        Ok(())
    }
}

impl Repository {
    /// Refuses changes that have fewer approvals than the strictest policy of their places asks for. What comes without
    /// a review has none.
    ///
    /// # Errors
    /// [`StoreError::Denied`] for the entry that needs the most.
    pub(in crate::repo) fn require_approvals(
        &self,
        holder: &Holder,
        right: Right,
        approvals: u32,
        around: &Around<'_, '_>,
        keys: &[EntryKey],
    ) -> Result<(), StoreError> {
        if holder.is_machine() || keys.is_empty() {
            return Ok(());
        }
        let (policies, _) = self.policies()?;
        if !policies.asks_for_approvals() {
            return Ok(());
        }
        let asked = Stands::around(around, keys)?.asked(&policies);
        let required = asked.approvals_required;
        if approvals >= required {
            return Ok(());
        }
        let denied =
            PolicyDenied { rule: PolicyRule::Approvals { required }, subtree: asked.by_subtree };
        Err(policy_denied(holder, right, asked.for_entry.as_ref(), None, denied))
    }
}

/// The children of changed containers: any of them may have got another main place.
fn displaced(touched: &BTreeMap<EntryKey, Touched>) -> BTreeSet<EntryKey> {
    let mut displaced = BTreeSet::new();
    for change in touched.values() {
        let children = |facts: &Option<std::sync::Arc<crate::repo::content::facts::Facts>>| {
            let children = facts.iter().flat_map(|facts| facts.children());
            children.cloned().collect::<Vec<_>>()
        };
        let (before, after) = (children(&change.before), children(&change.after));
        if before != after {
            displaced.extend(before);
            displaced.extend(after);
        }
    }
    displaced
}
