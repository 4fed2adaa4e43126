//! Whether somebody may bring to a branch of accepted work what a commit changes.
//!
//! A change needs the right where the entry stands before it and where it stands afterwards, so nobody moves an entry
//! out of a part of the catalogue that is not theirs, nor into one. An entry that gets another main place because a
//! container changed was moved as well, though its own document stayed. What a policy asks for besides is judged by the
//! same places ([`Stands`]).

use std::collections::BTreeMap;

use super::{
    check::Touched,
    stands::{Around, Stands},
};
use crate::{
    access::{Holder, PolicyDenied, PolicyRule, Right},
    model::{commit::Commit, key::EntryKey},
    repo::{
        access::policies::policy_denied,
        content::{graph::Graph, state::Roots},
        ground::{error::StoreError, repository::Repository},
    },
};

/// Who brings a change, by which right, and how many approvals each of its entries has at least.
pub(in crate::repo) struct Bringer<'h> {
    pub(in crate::repo) holder: &'h Holder,
    pub(in crate::repo) right: Right,
    pub(in crate::repo) approvals: u32,
}

/// What a change does to a branch.
pub(in crate::repo) struct Brought<'c, 'g> {
    /// The commit that it builds on.
    pub(in crate::repo) base: &'c Commit,
    /// The state that it leads to.
    pub(in crate::repo) after: &'c Graph<'g>,
    /// What becomes of each entry, those included that follow by themselves, such as wordings that come along.
    pub(in crate::repo) touched: &'c BTreeMap<EntryKey, Touched>,
    /// The entries that were asked for: what follows from these by itself is approved with them.
    pub(in crate::repo) asked_for: &'c [EntryKey],
}

impl Repository {
    /// Refuses changes that somebody may not make, or that have fewer approvals than the strictest policy of their places
    /// asks for. What comes without a review has none. Nothing is looked at where neither depends on it.
    ///
    /// # Errors
    /// [`StoreError::Denied`] for the first entry by key, or for the one that needs the most approvals.
    pub(in crate::repo) fn require_landing(
        &self,
        by: &Bringer<'_>,
        brought: &Brought<'_, '_>,
    ) -> Result<(), StoreError> {
        let Bringer { holder, right, approvals } = *by;
        let (policies, _) = self.policies()?;
        let is_limited = !holder.may_everywhere(right);
        let is_held =
            !holder.is_machine() && !brought.asked_for.is_empty() && policies.asks_for_approvals();
        if !is_limited && !is_held {
            return Ok(());
        }
        let stands = self.stands_of(brought)?;
        if is_limited {
            stands.require(self, holder, right)?;
        }
        if !is_held {
            return Ok(());
        }
        let asked = stands.only(brought.asked_for).asked(&policies);
        let required = asked.approvals_required;
        if approvals >= required {
            return Ok(());
        }
        let denied =
            PolicyDenied { rule: PolicyRule::Approvals { required }, subtree: asked.by_subtree };
        Err(policy_denied(holder, right, asked.for_entry.as_ref(), None, denied))
    }

    fn stands_of(&self, brought: &Brought<'_, '_>) -> Result<Stands, StoreError> {
        let Brought { base, after, touched, .. } = *brought;
        let roots = Roots { catalogue: base.catalogue, backlinks: base.backlinks };
        let before = Graph::new(self, &*self.source, roots, after.kinds);
        for (key, entry) in touched {
            before.know(key.clone(), entry.before.clone());
        }
        Stands::around(&Around { before: &before, after }, touched.keys())
    }
}
