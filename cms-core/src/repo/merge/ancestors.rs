//! Where two lines of commits parted.

use std::collections::{BinaryHeap, HashMap};

use crate::{
    model::id::CommitId,
    repo::ground::{error::StoreError, repository::Repository},
};

const OURS: u8 = 1;
const THEIRS: u8 = 2;
const BOTH: u8 = OURS | THEIRS;
/// Marks a common ancestor that has a descendant which is one too.
const SURPASSED: u8 = 4;

impl Repository {
    /// The best common ancestors of two commits: those that no other common ancestor descends from.
    ///
    /// There is usually one, and several when the lines crossed. The cost follows the commits made since they parted.
    /// If a commit can't be read, an earlier common one serves instead, because both sides have what was done up to the
    /// lost one.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read, or when commits that can't be read leave no common ancestor.
    pub(in crate::repo) fn merge_bases(
        &self,
        ours: CommitId,
        theirs: CommitId,
    ) -> Result<Vec<CommitId>, StoreError> {
        let mut marks: HashMap<CommitId, u8> = HashMap::new();
        let mut queue = BinaryHeap::new();
        for (commit, mark) in [(ours, OURS), (theirs, THEIRS)] {
            *marks.entry(commit).or_default() |= mark;
            queue.push((self.commit_of(commit)?.generation, commit));
        }
        let mut found = Vec::new();
        let mut lost = None;
        // Commits wait in the order of their generation, so all descendants of a commit come before it.
        while queue.iter().any(|(_, commit)| marks[commit] & SURPASSED == 0) {
            let Some((_, id)) = queue.pop() else { break };
            while queue.peek().is_some_and(|(_, next)| *next == id) {
                queue.pop();
            }
            let mark = marks[&id];
            if mark == BOTH {
                found.push(id);
            }
            let handed_on = if mark & BOTH == BOTH { BOTH | SURPASSED } else { mark };
            for parent in self.commit_of(id)?.parents {
                let known = marks.entry(parent).or_default();
                if *known | handed_on != *known {
                    *known |= handed_on;
                    match self.commit_of(parent) {
                        Ok(commit) => queue.push((commit.generation, parent)),
                        Err(error) if error.is_damage() => lost = Some(error),
                        Err(error) => return Err(error),
                    }
                }
            }
        }
        found.retain(|id| marks[id] == BOTH);
        match lost {
            Some(error) if found.is_empty() => Err(error),
            _ => Ok(found),
        }
    }

    /// Whether a commit is `descendant` itself or one that it was made from.
    pub(in crate::repo) fn is_ancestor(
        &self,
        commit: CommitId,
        descendant: CommitId,
    ) -> Result<bool, StoreError> {
        Ok(self.merge_bases(commit, descendant)? == [commit])
    }
}
