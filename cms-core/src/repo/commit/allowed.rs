//! Whether somebody may change what a commit changes on a branch of accepted work.
//!
//! A change needs the right where the entry stands before it and where it stands afterwards, so nobody moves an entry
//! out of a part of the catalogue that is not theirs, nor into one. An entry that gets another main place because a
//! container changed was moved as well, though its own document stayed.

use std::collections::{BTreeMap, BTreeSet};

use super::check::Touched;
use crate::{
    access::{Holder, Right, Subject},
    model::key::EntryKey,
    repo::{
        access::places::Places,
        content::graph::Graph,
        ground::{error::StoreError, repository::Repository},
    },
};

/// The states before and after a change.
pub(in crate::repo) struct Around<'g, 'a> {
    pub(in crate::repo) before: &'g Graph<'a>,
    pub(in crate::repo) after: &'g Graph<'a>,
}

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
