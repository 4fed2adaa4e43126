//! Landing: prepared changes become revisions, maps and a commit, and the branch moves.
//!
//! Invariants:
//! 1. On a branch that holds accepted work, nothing lands that would break the link graph.
//! 2. On a draft everything lands. What does not fit together is listed in the commit that brings it, and in every
//!    later commit until it fits.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    allowed::{Bringer, Brought},
    check::{Touched, check},
    prepared::{Prepared, touched},
};
use crate::repo::{
    branch::{BranchHead, NewCommit, Tip},
    commit::{
        conflict::CatalogueConflict, error::CommitError, refusal::Refusal, request::Committed,
        strictness::Strictness,
    },
    content::{graph::Graph, kinds::Kinds},
    ground::{
        error::StoreError,
        repository::Repository,
        stamp::{ENTRIES, Stamp},
    },
};
use crate::{
    access::Right,
    engine::Swap,
    map::{NewNode, Staging},
    model::{
        commit::Commit,
        id::CommitId,
        key::EntryKey,
        name::Branch,
        object::{Object, Space},
    },
};

/// Why changes do not land.
#[derive(Debug, thiserror::Error)]
pub(in crate::repo) enum LandError {
    /// Entries are not as they must be on a branch of accepted work.
    #[error("{} refused: {}", crate::repo::ground::counted::counted(refusals.len(), "of the changes is", "of the changes are"), super::refusal::first(.refusals))]
    Refused {
        /// Which entries, and why.
        refusals: Vec<Refusal>,
    },
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<LandError> for CommitError {
    fn from(error: LandError) -> Self {
        match error {
            LandError::Refused { refusals } => Self::Refused { refusals },
            LandError::Store(error) => Self::Store(error),
        }
    }
}

/// Most entries that the audit record of a landing names; the commit has all of them.
pub(in crate::repo) const ENTRIES_RECORDED_MAX: usize = 100;

/// Where changes land.
pub(in crate::repo) struct Landing<'a> {
    branch: &'a Branch,
    head: &'a BranchHead,
    base: &'a Commit,
    kinds: &'a Kinds<'a>,
    verb: &'static str,
    /// The right that landing on a branch of accepted work needs for each entry.
    pub(in crate::repo) right: Right,
    /// How many approvals each entry has at least, where the changes come through a review.
    pub(in crate::repo) approvals: u32,
    /// The commit that is merged in, if this is a merge.
    pub(in crate::repo) merged: Option<CommitId>,
    /// Conflicts that the changes bring; drafts only.
    pub(in crate::repo) conflicts: Vec<CatalogueConflict>,
    /// The conflict that the changes settle by a choice.
    pub(in crate::repo) settled: Option<&'a str>,
    /// Cells of the branch's group that change together with the branch.
    pub(in crate::repo) swaps: Vec<Swap>,
    /// Objects in addition to those of the changes.
    pub(in crate::repo) objects: Vec<Object>,
    /// The commit of what people had typed, which lands together with this one.
    pub(in crate::repo) typed: Option<CommitId>,
    /// The review of which the landing accepts a part.
    pub(in crate::repo) of_review: Option<&'a str>,
    /// The entries that are taken down: they are deleted whatever uses them.
    pub(in crate::repo) taken_down: BTreeSet<EntryKey>,
}

/// Changes that may land, built.
pub(in crate::repo) struct Landed<'a> {
    new: NewCommit<'a>,
    nodes: Vec<NewNode>,
    verb: &'static str,
    changed_count: usize,
    /// What does not fit together after the changes; drafts only.
    pub(in crate::repo) conflicts: Vec<CatalogueConflict>,
}

impl<'a> Landing<'a> {
    pub(in crate::repo) const fn new(
        branch: &'a Branch,
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
            right: Right::Import,
            approvals: 0,
            merged: None,
            conflicts: Vec::new(),
            settled: None,
            swaps: Vec::new(),
            objects: Vec::new(),
            typed: None,
            of_review: None,
            taken_down: BTreeSet::new(),
        }
    }
}

impl Landing<'_> {
    /// Adds what comes with the tip that the landing builds on.
    pub(in crate::repo) fn build_on(&mut self, tip: &Tip) {
        self.swaps.extend(tip.swaps.iter().cloned());
        self.typed = tip.ahead;
    }
}

impl Repository {
    /// Lands changes; `None` when the branch moved meanwhile.
    pub(in crate::repo) fn land(
        &self,
        landing: Landing<'_>,
        prepared: Vec<Prepared>,
        stamp: &Stamp,
    ) -> Result<Option<Committed>, LandError> {
        let branch = landing.branch.to_string();
        let mut names = vec![("branch", &*branch)];
        names.extend(landing.of_review.map(|review| ("of_review", review)));
        let keys = prepared.iter().take(ENTRIES_RECORDED_MAX).map(|each| each.key.to_string());
        let entries = keys.collect::<Vec<_>>().join(" ");
        names.push((ENTRIES, &entries));
        let Landed { new, nodes, verb, changed_count, .. } =
            self.landing(landing, prepared, stamp)?;
        let commit = self.advance_naming(&names, new, verb, stamp)?;
        if commit.is_some() {
            self.source.remember(nodes);
        }
        Ok(commit.map(|commit| Committed { commit, changed_count }))
    }

    /// Writes changes as a commit that the branch does not point at yet.
    pub(in crate::repo) fn land_ahead(
        &self,
        landing: Landing<'_>,
        prepared: Vec<Prepared>,
        stamp: &Stamp,
    ) -> Result<CommitId, LandError> {
        let Landed { new, nodes, .. } = self.landing(landing, prepared, stamp)?;
        let commit = self.write_ahead(new, stamp)?;
        self.source.remember(nodes);
        Ok(commit)
    }

    /// The result of landing changes, or why they can't land; nothing is written.
    pub(in crate::repo) fn landing<'a>(
        &self,
        landing: Landing<'a>,
        mut prepared: Vec<Prepared>,
        stamp: &Stamp,
    ) -> Result<Landed<'a>, LandError> {
        let refusals = self.refused_as_taken_down(&prepared)?;
        if !refusals.is_empty() {
            return Err(LandError::Refused { refusals });
        }
        let asked_for: Vec<EntryKey> = prepared.iter().map(|each| each.key.clone()).collect();
        let changes: Vec<&Prepared> = prepared.iter().collect();
        let brought = self.earlier_wordings(landing.kinds, landing.base, &changes)?;
        prepared.extend(brought);
        prepared.sort_by(|a, b| a.key.cmp(&b.key));
        let mut staged = Staging::over(&*self.source);
        let changes: Vec<&Prepared> = prepared.iter().collect();
        let under = self.under_new_schemas(landing.kinds, landing.base, &changes)?;
        if Strictness::of(landing.branch) == Strictness::Accepted && !under.refusals.is_empty() {
            return Err(LandError::Refused { refusals: under.refusals });
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
                    let Landing { base, right, approvals, .. } = landing;
                    let by = Bringer { holder: &stamp.holder, right, approvals };
                    let (after, touched, asked_for) = (&graph, &touched, &*asked_for);
                    self.require_landing(&by, &Brought { base, after, touched, asked_for })?;
                    refuse(after, touched, &landing.taken_down)?;
                    Vec::new()
                }
                Strictness::Draft => {
                    let mut new = landing.conflicts;
                    new.extend(CatalogueConflict::from_refusals(&check(&graph, &touched)?));
                    let mut left = self.left(&graph, landing.base, new)?;
                    left.retain(|conflict| Some(&*conflict.id) != landing.settled);
                    left
                }
            }
        };
        let stored = CatalogueConflict::document(&conflicts);
        let mut objects: Vec<Object> =
            prepared.iter().flat_map(Prepared::unwritten).cloned().collect();
        objects.extend(landing.objects);
        objects.extend(built.revisions);
        objects.extend(stored.as_ref().map(|document| document.object().clone()));
        let nodes = staged.into_reachable([built.roots.catalogue, built.roots.backlinks]);
        objects.extend(nodes.iter().map(|node| node.object.clone()));
        let new = NewCommit {
            branch: landing.branch,
            head: landing.head,
            merged: landing.merged,
            roots: built.roots,
            conflicts: stored.map(|document| document.id()),
            objects: objects.into_iter().map(|object| (Space::Source, object)).collect(),
            swaps: landing.swaps,
            typed: landing.typed,
        };
        let (verb, changed_count) = (landing.verb, prepared.len());
        Ok(Landed { new, nodes, verb, changed_count, conflicts })
    }

    /// The earlier conflicts that still exist, and the new ones.
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

fn refuse(
    graph: &Graph<'_>,
    touched: &BTreeMap<EntryKey, Touched>,
    taken_down: &BTreeSet<EntryKey>,
) -> Result<(), LandError> {
    let mut refusals = check(graph, touched)?;
    refusals.retain(|refusal| !taken_down.contains(&refusal.key));
    if refusals.is_empty() { Ok(()) } else { Err(LandError::Refused { refusals }) }
}
