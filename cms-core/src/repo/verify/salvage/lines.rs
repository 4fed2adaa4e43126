//! Lines of a salvaged repository: where a commit in the middle of a branch's history is gone, the branch is joined
//! with the newest earlier commit that can be read, so that its history continues and a draft still parts from `main`
//! somewhere.
//!
//! A commit that changes nothing joins them. An earlier place of parting is as good as the lost one: what was done on
//! `main` between the two is on both sides.

use std::collections::{BTreeSet, HashSet};

use super::branches::earlier_heads;
use crate::{
    model::{
        id::CommitId,
        name::{Branch, Holds},
    },
    repo::{
        branch::{NewCommit, branch_head},
        content::state::Roots,
        ground::{error::StoreError, repository::Repository},
        verify::salvage::{
            report::{EarlierValues, LineGap, SalvageReport},
            steps::Steps,
        },
    },
};

/// Where a line breaks off.
struct Break {
    /// The commit that can't be read.
    lost: CommitId,
    /// The generation of the commit that was made from it.
    generation: u64,
}

impl Repository {
    /// Joins each branch whose line breaks off with what came before.
    pub(super) fn settle_lines(
        &self,
        mut branches: Vec<Branch>,
        earlier: &EarlierValues<'_>,
        steps: &mut Steps<'_>,
        report: &mut SalvageReport,
    ) -> Result<(), StoreError> {
        branches.retain(|branch| branch.holds() != Holds::Records);
        // `main` comes first, because drafts part from it.
        branches.sort_by_key(|branch| *branch != Branch::Main);
        let mut walked = HashSet::new();
        let known = |branch: &Branch, steps: &Steps<'_>| {
            let mut known = earlier_heads(branch, earlier)?;
            known.extend(steps.audited.get(branch).into_iter().flatten().copied());
            Ok::<_, StoreError>(known)
        };
        let mut of_main: BTreeSet<CommitId> = known(&Branch::Main, steps)?.into_iter().collect();
        for branch in branches {
            let Some(found) = self.break_of(&branch, &mut walked)? else { continue };
            if branch == Branch::Main {
                of_main.insert(found.lost);
            }
            // A lost commit of `main` is where the branch parted from `main`, so the search goes along `main`.
            let line = if of_main.contains(&found.lost) { &Branch::Main } else { &branch };
            let before = self.newest_before(known(line, steps)?, &found);
            let head = branch_head(self, &branch)?;
            let (Some(before), Some(head)) = (before, head) else {
                let branch = branch.to_string();
                report.gaps.push(LineGap { branch, lost: found.lost, before: None });
                continue;
            };
            if self.is_ancestor(before, head.commit).unwrap_or(false) {
                continue;
            }
            let commit = self.commit_of(head.commit)?;
            let new = NewCommit {
                branch: &branch,
                head: &head,
                merged: Some(before),
                roots: Roots { catalogue: commit.catalogue, backlinks: commit.backlinks },
                conflicts: commit.conflicts,
                objects: Vec::new(),
                swaps: Vec::new(),
                typed: None,
            };
            self.advance(new, "salvage", &steps.next())?;
            let branch = branch.to_string();
            report.gaps.push(LineGap { branch, lost: found.lost, before: Some(before) });
        }
        Ok(())
    }

    /// Where a branch's own line breaks off; `None` if it reaches its beginning, or a commit that was walked before.
    fn break_of(
        &self,
        branch: &Branch,
        walked: &mut HashSet<CommitId>,
    ) -> Result<Option<Break>, StoreError> {
        let mut next = branch_head(self, branch)?.map(|head| head.commit);
        let mut generation = u64::MAX;
        while let Some(id) = next.filter(|id| walked.insert(*id)) {
            match self.commit_of(id) {
                Ok(commit) => {
                    generation = commit.generation;
                    next = commit.parents.first().copied();
                }
                Err(error) if error.is_damage() => {
                    // Other branches may break off there too.
                    walked.remove(&id);
                    return Ok(Some(Break { lost: id, generation }));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Of these commits of a line, the newest that was made before the line breaks off and can be read.
    fn newest_before(&self, line: Vec<CommitId>, found: &Break) -> Option<CommitId> {
        let earlier = line.into_iter().filter_map(|id| {
            let commit = self.commit_of(id).ok()?;
            (commit.generation < found.generation).then_some((commit.generation, id))
        });
        earlier.max().map(|(_, id)| id)
    }
}
