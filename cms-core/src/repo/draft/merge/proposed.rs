//! Proposals: changes by somebody who may not write the entry. A draft carries them like any other change, and somebody
//! who may approve them has to, whatever the policy asks for.
//!
//! Invariants:
//! 1. Who wrote a change is read from its revisions, so a proposal stays one whoever commits it, goes on with it or opens
//!    its review.
//! 2. Where nobody has a role, only whoever holds the data directory writes, and nothing is a proposal.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::{
    access::{Holder, Right},
    model::{
        commit::Commit,
        id::CommitId,
        key::EntryKey,
        name::{Branch, Person},
    },
    repo::{
        branch::branch_head,
        commit::stands::{Asked, Stands},
        content::{catalogue::changed_rows, state::Roots},
        draft::Drafts,
        ground::{error::StoreError, repository::Repository},
    },
};

/// Who wrote each entry of a line of commits.
pub(in crate::repo) type Writers = BTreeMap<EntryKey, BTreeSet<String>>;

/// What `main` asks of a line of commits before it takes it.
#[derive(Debug, Default)]
pub(in crate::repo) struct Demands {
    /// What the strictest policy asks for.
    pub(in crate::repo) asked: Asked,
    /// The people who proposed each entry that is proposed.
    pub(in crate::repo) proposed: Writers,
    /// Where the entries stand.
    pub(in crate::repo) stands: Stands,
    /// Who wrote what.
    pub(in crate::repo) writers: Writers,
}

impl Drafts<'_> {
    /// What `main` asks of the entries that a line of commits changes. Their places are looked at only if a policy, a role
    /// or the one who asks depends on them.
    pub(in crate::repo) fn demands(
        &self,
        line: CommitId,
        keys: &[EntryKey],
        asks: Option<&Holder>,
    ) -> Result<Demands, StoreError> {
        let repository = self.repository;
        let ((policies, _), rules) = (repository.policies()?, repository.rules()?);
        let depends = !policies.subtrees.is_empty()
            || rules.all().any(|grant| grant.limits.limits_entries())
            || asks.is_some_and(Holder::is_limited);
        let stands = match branch_head(repository, &Branch::Main)? {
            Some(main) if depends => {
                let [main, line] =
                    [repository.commit_of(main.commit)?, repository.commit_of(line)?];
                let roots =
                    |it: &Commit| Roots { catalogue: it.catalogue, backlinks: it.backlinks };
                repository.stands([roots(&main), roots(&line)], keys)?
            }
            _ => Stands::default(),
        };
        let asked = stands.asked(&policies);
        let writers = repository.writers(line)?;
        let mut proposed = Writers::new();
        if rules.all().next().is_some() {
            for key in keys {
                let right = if key.locale().is_some() { Right::Translate } else { Right::Edit };
                let may_not = |person: &&String| {
                    let holder = rules.holder(&Person::recorded(person), None);
                    !stands.allow(&holder, right, key)
                };
                let of_key = writers.get(key).into_iter().flatten();
                let by: BTreeSet<String> = of_key.filter(may_not).cloned().collect();
                if !by.is_empty() {
                    proposed.insert(key.clone(), by);
                }
            }
        }
        Ok(Demands { asked, proposed, stands, writers })
    }
}

impl Repository {
    /// Who wrote the entries of a line of commits that `main` does not have: the authors of their revisions. A commit that
    /// joins two lines brings only what others wrote before.
    fn writers(&self, line: CommitId) -> Result<Writers, StoreError> {
        let main = branch_head(self, &Branch::Main)?;
        let (mut writers, mut seen) = (Writers::new(), HashSet::from([line]));
        let mut queue = vec![line];
        while let Some(id) = queue.pop() {
            if let Some(main) = &main
                && self.is_ancestor(id, main.commit)?
            {
                continue;
            }
            let commit = self.commit_of(id)?;
            if let [parent] = commit.parents[..] {
                let before = self.commit_of(parent)?.catalogue;
                for (key, [_, after]) in changed_rows(self, before, commit.catalogue)? {
                    if let Some(row) = after {
                        let author = self.revision(row.revision)?.author;
                        writers.entry(key).or_default().insert(author);
                    }
                }
            }
            queue.extend(commit.parents.into_iter().filter(|parent| seen.insert(*parent)));
        }
        Ok(writers)
    }
}
