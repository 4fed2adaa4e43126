//! Landing: prepared changes become revisions, maps and a commit, and the branch moves.
//!
//! Invariants:
//! 1. On a branch that holds accepted work nothing lands that the graph around it does not bear.
//! 2. On a draft everything lands. What does not fit together is a list in the commit, and stays there
//!    from commit to commit until it fits.

use std::collections::BTreeMap;

use super::{
    CommitError, Committed, Strictness,
    check::{Touched, check},
    prepared::{Prepared, touched},
};
use crate::repo::{
    branch::{BranchHead, NewCommit},
    conflict::CatalogueConflict,
    content::{graph::Graph, kinds::Kinds, objects::StoreError},
    open::Repository,
    stamp::Stamp,
};
use crate::{
    engine::Swap,
    map::Staging,
    model::{
        commit::Commit,
        id::CommitId,
        key::EntryKey,
        object::{Object, Space},
    },
};

/// Where changes land.
pub(in crate::repo) struct Landing<'a> {
    branch: &'a str,
    head: &'a BranchHead,
    base: &'a Commit,
    kinds: &'a Kinds<'a>,
    verb: &'static str,
    /// The commit that is merged in, where it is a merge.
    pub(in crate::repo) merged: Option<CommitId>,
    /// Conflicts that the changes bring; drafts only.
    pub(in crate::repo) conflicts: Vec<CatalogueConflict>,
    /// The conflict that the changes settle by choice.
    pub(in crate::repo) settled: Option<&'a str>,
    /// Cells of the branch's group that change with it.
    pub(in crate::repo) swaps: Vec<Swap>,
    /// Objects beside the changes' own.
    pub(in crate::repo) objects: Vec<Object>,
}

impl<'a> Landing<'a> {
    pub(in crate::repo) const fn new(
        branch: &'a str,
        head: &'a BranchHead,
        base: &'a Commit,
        kinds: &'a Kinds<'a>,
        verb: &'static str,
    ) -> Self {
        Self {
            branch,
            head,
            base,
            kinds,
            verb,
            merged: None,
            conflicts: Vec::new(),
            settled: None,
            swaps: Vec::new(),
            objects: Vec::new(),
        }
    }
}

impl Repository {
    /// Lands changes; none when the branch moved meanwhile.
    pub(in crate::repo) fn land(
        &self,
        landing: Landing<'_>,
        mut prepared: Vec<Prepared>,
        stamp: &Stamp,
    ) -> Result<Option<Committed>, CommitError> {
        prepared.sort_by(|a, b| a.key.cmp(&b.key));
        let mut staged = Staging::over(&*self.source);
        let changes: Vec<&Prepared> = prepared.iter().collect();
        let under = self.under_new_schemas(landing.kinds, landing.base, &changes)?;
        if Strictness::of(landing.branch) == Strictness::Accepted && !under.refusals.is_empty() {
            return Err(CommitError::Refused { refusals: under.refusals });
        }
        let built = self.build(&mut staged, landing.base, &changes, &under.relinked, stamp)?;
        let conflicts = {
            let graph = Graph::new(self, &staged, built.roots, landing.kinds);
            let mut touched = touched(&changes);
            touched.extend(under.relinked);
            for (key, entry) in &touched {
                graph.know(key.clone(), entry.after.clone());
            }
            match Strictness::of(landing.branch) {
                Strictness::Accepted => {
                    refuse(&graph, &touched)?;
                    Vec::new()
                }
                Strictness::Draft => {
                    let mut new = landing.conflicts;
                    if landing.merged.is_some() {
                        new.extend(CatalogueConflict::from_refusals(&check(&graph, &touched)?));
                    }
                    let mut left = self.left(&graph, landing.base, new)?;
                    left.retain(|conflict| Some(&*conflict.id) != landing.settled);
                    left
                }
            }
        };
        let conflicts = CatalogueConflict::document(&conflicts);
        let mut objects: Vec<Object> =
            prepared.iter().flat_map(Prepared::unwritten).cloned().collect();
        objects.extend(landing.objects);
        objects.extend(built.revisions);
        objects.extend(conflicts.as_ref().and_then(|document| document.unwritten.clone()));
        let nodes = staged.into_reachable([built.roots.catalogue, built.roots.backlinks]);
        objects.extend(nodes.iter().map(|node| node.object.clone()));
        let new = NewCommit {
            branch: landing.branch,
            head: landing.head,
            merged: landing.merged,
            roots: built.roots,
            conflicts: conflicts.map(|document| document.id),
            objects: objects.into_iter().map(|object| (Space::Source, object)).collect(),
            swaps: landing.swaps,
        };
        let commit = self.advance(new, landing.verb, stamp)?;
        if commit.is_some() {
            self.source.remember(nodes);
        }
        let changed_count = prepared.len();
        Ok(commit.map(|commit| Committed { commit, changed_count }))
    }

    /// The conflicts of before that are still there, and the new ones.
    fn left(
        &self,
        graph: &Graph<'_>,
        base: &Commit,
        new: Vec<CatalogueConflict>,
    ) -> Result<Vec<CatalogueConflict>, StoreError> {
        let mut left = BTreeMap::new();
        for conflict in self.catalogue_conflicts(base)?.into_iter().chain(new) {
            if conflict.still_there(graph)? {
                left.insert(conflict.id.clone(), conflict);
            }
        }
        Ok(left.into_values().collect())
    }
}

fn refuse(graph: &Graph<'_>, touched: &BTreeMap<EntryKey, Touched>) -> Result<(), CommitError> {
    let refusals = check(graph, touched)?;
    if refusals.is_empty() { Ok(()) } else { Err(CommitError::Refused { refusals }) }
}
