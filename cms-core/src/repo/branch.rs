//! Branches: names that move over commits.
//!
//! A branch is a cell. Drafts are branches too; only drafts may hold content that is not valid yet ([`Branch::holds`]).
//! The store keeps some branches for itself, such as the line of the reviews: they hold no content, and no name that
//! comes from outside reaches them.

use crate::{
    engine::{
        self, CellName, Expected, Group, NameError, Outcome, Swap, SwapValue, Transaction, cells_of,
    },
    model::{
        commit::Commit,
        id::{CommitId, DocumentId, ObjectId},
        name::{Branch, Holds},
        object::{Object, ObjectKind, Space},
    },
    repo::{
        content::state::Roots,
        ground::{
            error::{StoreError, unless_damaged},
            repository::Repository,
            stamp::Stamp,
        },
    },
};

use super::content::objects::ObjectSink;

/// The prefix of the groups of all branches.
pub(super) const BRANCH_GROUP: &str = "branch/";
pub(super) const HEAD_CELL: &str = "head";

/// Where a branch points, and the cell's version to swap against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BranchHead {
    pub(super) commit: CommitId,
    pub(super) version: u64,
}

/// What a verb builds on: the commit that a branch points at, or a commit ahead of it that lands together with what the
/// verb does.
#[derive(Debug, Clone)]
pub(super) struct Tip {
    /// The commit that the branch points at, and the version of the branch's cell.
    pub(super) head: BranchHead,
    /// The commit to build on, where the branch does not point at it yet: what people had typed in a draft.
    pub(super) ahead: Option<CommitId>,
    /// Cells of the branch's group that change when the branch moves past it.
    pub(super) swaps: Vec<Swap>,
}

/// Where a branch of content points; `None` when there is no such branch, or when it is one of the store's own.
///
/// Every caller that takes the name of a branch from outside asks here.
pub(super) fn content_head(
    repository: &Repository,
    branch: &Branch,
) -> Result<Option<BranchHead>, StoreError> {
    match branch.holds() {
        Holds::Accepted | Holds::Drafted => branch_head(repository, branch),
        Holds::Records => Ok(None),
    }
}

/// A cell of a branch's group.
pub(super) fn branch_cell(branch: &Branch, name: &str) -> Result<CellName, NameError> {
    format!("{BRANCH_GROUP}{branch}").parse::<Group>()?.cell(name)
}

/// The branch to whose group a cell belongs.
pub(super) fn branch_of(cell: &CellName) -> Option<Branch> {
    cell.group().as_str().strip_prefix(BRANCH_GROUP)?.parse().ok()
}

/// The swap that moves a branch.
pub(super) fn branch_swap(
    branch: &Branch,
    expected: Expected,
    commit: CommitId,
) -> Result<Swap, NameError> {
    let value = SwapValue::Put(commit.object_id().as_bytes().to_vec().into());
    Ok(Swap { cell: branch_cell(branch, HEAD_CELL)?, expected, value })
}

pub(super) fn decoded_head(branch: &Branch, cell: &engine::Cell) -> Result<BranchHead, StoreError> {
    let bytes = cell.value.as_ref().try_into();
    let bytes =
        bytes.map_err(|_| StoreError::Row { what: format!("the head of branch {branch}") })?;
    Ok(BranchHead {
        commit: CommitId::from_object_id(ObjectId::from_bytes(bytes)),
        version: cell.version,
    })
}

/// Where a branch points; `None` when there is no such branch.
pub(super) fn branch_head(
    repository: &Repository,
    branch: &Branch,
) -> Result<Option<BranchHead>, StoreError> {
    let Ok(name) = branch_cell(branch, HEAD_CELL) else { return Ok(None) };
    repository.engine.cell(&name)?.map(|cell| decoded_head(branch, &cell)).transpose()
}

/// A new commit of a branch, ready to be written.
pub(super) struct NewCommit<'a> {
    pub(super) branch: &'a Branch,
    pub(super) head: &'a BranchHead,
    /// Another commit that this one merges, besides the branch's own.
    pub(super) merged: Option<CommitId>,
    pub(super) roots: Roots,
    /// The document that lists conflicts of the catalogue around its entries.
    pub(super) conflicts: Option<DocumentId>,
    /// The objects that the commit is made of and that are not stored yet.
    pub(super) objects: Vec<(Space, Object)>,
    /// More cells of the branch's group that change together with the branch.
    pub(super) swaps: Vec<Swap>,
    /// The commit of what people had typed, which lands together with this one.
    pub(super) typed: Option<CommitId>,
}

impl Repository {
    /// A commit as a stored object.
    fn commit_object(
        &self,
        new: &NewCommit<'_>,
        stamp: &Stamp,
    ) -> Result<(CommitId, Object), StoreError> {
        let parents: Vec<CommitId> = [new.head.commit].into_iter().chain(new.merged).collect();
        let mut generation = 0;
        for parent in &parents {
            generation = generation.max(self.commit_of(*parent)?.generation + 1);
        }
        let commit = Commit {
            catalogue: new.roots.catalogue,
            backlinks: new.roots.backlinks,
            parents,
            generation,
            conflicts: new.conflicts,
            author: stamp.author.to_string(),
            time_ms: stamp.time_ms,
            message: stamp.message.clone(),
        };
        let object = Object::new(ObjectKind::Commit, commit.encode());
        Ok((CommitId::from_object_id(object.id()), object))
    }

    /// Writes a commit that no branch points at yet; a verb that builds on it moves the branch past it.
    pub(super) fn write_ahead(
        &self,
        new: NewCommit<'_>,
        stamp: &Stamp,
    ) -> Result<CommitId, StoreError> {
        let (id, object) = self.commit_object(&new, stamp)?;
        let mut sink = ObjectSink::new(self);
        for (space, object) in new.objects {
            sink.add(space, object)?;
        }
        sink.add(Space::Source, object)?;
        sink.flush()?;
        Ok(id)
    }

    /// Writes a commit and moves its branch; `None` when the branch moved meanwhile.
    pub(super) fn advance(
        &self,
        new: NewCommit<'_>,
        verb: &str,
        stamp: &Stamp,
    ) -> Result<Option<CommitId>, StoreError> {
        let branch = new.branch.to_string();
        let names = [("branch", &*branch)];
        self.advance_naming(&names, new, verb, stamp)
    }

    /// Like [`Repository::advance`]; the audit record, which followers of events read, has these names besides the
    /// commit's.
    pub(super) fn advance_naming(
        &self,
        names: &[(&str, &str)],
        new: NewCommit<'_>,
        verb: &str,
        stamp: &Stamp,
    ) -> Result<Option<CommitId>, StoreError> {
        let (id, object) = self.commit_object(&new, stamp)?;
        let mut objects = new.objects;
        objects.push((Space::Source, object));
        let swap = branch_swap(new.branch, Expected::Version(new.head.version), id)
            .map_err(|_| StoreError::Row { what: format!("the name of branch {}", new.branch) })?;
        let (commit, typed) = (id.to_string(), new.typed.map(|typed| typed.to_string()));
        let before = new.head.commit.to_string();
        let states = [("commit", &*commit), ("before", &*before), ("after", &*commit)];
        let mut fields: Vec<_> = names.iter().copied().chain(states).collect();
        fields.extend(typed.as_deref().map(|typed| ("typed", typed)));
        let audit = stamp.audit(verb, &fields);
        let transaction = Transaction {
            operation: stamp.operation,
            objects,
            swaps: [swap].into_iter().chain(new.swaps).collect(),
            audit: Some(audit),
        };
        let outcomes = self.engine.commit(vec![transaction])?;
        Ok(matches!(outcomes[..], [Outcome::Applied(_)]).then_some(id))
    }

    /// Reads what nearly every verb reads first: where `main` points, and that commit. This is two reads, however large
    /// the repository is. A damaged object counts as an answer too.
    ///
    /// # Errors
    /// [`StoreError`] when the store does not answer.
    pub fn answers(&self) -> Result<(), StoreError> {
        if let Some(head) = branch_head(self, &Branch::Main)? {
            let _ = unless_damaged(self.commit_of(head.commit))?;
        }
        Ok(())
    }

    /// The commit that `main` points at, and its maps; `None` before there is one.
    pub(super) fn main_roots(&self) -> Result<Option<(CommitId, Roots)>, StoreError> {
        let Some(head) = branch_head(self, &Branch::Main)? else { return Ok(None) };
        let commit = self.commit_of(head.commit)?;
        let roots = Roots { catalogue: commit.catalogue, backlinks: commit.backlinks };
        Ok(Some((head.commit, roots)))
    }

    /// The branches that hold content and where they point, ascending by name.
    pub(super) fn content_branches(&self) -> Result<Vec<(Branch, CommitId)>, StoreError> {
        let mut branches = self.branches()?;
        branches.retain(|(branch, _)| branch.holds() != Holds::Records);
        Ok(branches)
    }

    /// All branches, the store's own included, and where they point, ascending by name.
    pub(super) fn branches(&self) -> Result<Vec<(Branch, CommitId)>, StoreError> {
        let mut branches = Vec::new();
        for row in cells_of(&*self.engine, BRANCH_GROUP) {
            let (name, cell) = row?;
            if name.name() == HEAD_CELL
                && let Some(branch) = branch_of(&name)
            {
                let commit = decoded_head(&branch, &cell)?.commit;
                branches.push((branch, commit));
            }
        }
        Ok(branches)
    }
}
