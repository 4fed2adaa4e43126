//! Merging: two lines of commits become one.
//!
//! What only one side changed is taken as it is. What both changed is merged by its schema ([`crate::document`]), and
//! then the catalogue around it is checked. A conflict is a value: in a draft it lands as such and waits to be settled;
//! a branch that holds accepted work takes a merge only when no conflict is left.
//!
//! Invariants:
//! 1. No edit is lost: each side's change is in the result or in a conflict.
//! 2. Merging a line with itself, or with a line that it came from, changes nothing.
//! 3. Merging in the other direction gives the same content, with the sides of conflicts swapped.

pub(in crate::repo) mod ancestors;
pub(in crate::repo) mod apart;
pub(in crate::repo) mod documents;
pub(in crate::repo) mod parted;
pub(in crate::repo) mod rows;
pub(in crate::repo) mod triple;

use std::sync::Arc;

use serde::Serialize;

use super::{
    branch::{Tip, content_head},
    commit::{
        land::Landing,
        prepared::{After, Prepared},
    },
    content::{backlinks, catalogue::RowState, facts::Facts, kinds::Kinds},
    merge::{
        apart::moved_apart,
        parted::Parted,
        rows::{MergedRow, RowMerger, Worked},
    },
};
use crate::{
    access::Right,
    map,
    model::{
        commit::Commit,
        id::CommitId,
        key::EntryKey,
        name::{Branch, Holds},
    },
    repo::{
        commit::{conflict::CatalogueConflict, land::LandError, refusal::Refusal},
        content::kinds::schema_of,
        ground::{error::StoreError, repository::Repository, stamp::Stamp},
    },
    schema::{Link, Violation, ViolationCode},
};

/// A merge that took place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Merged {
    /// The commit that joins the two.
    pub commit: CommitId,
    /// How many entries and translations it changed on the branch.
    pub changed_count: u64,
    /// Entries that are now in conflict; empty on a branch of accepted work.
    pub conflicted: Vec<EntryKey>,
    /// What does not fit together around entries; empty on a branch of accepted work.
    pub conflicts: Vec<CatalogueConflict>,
    /// How many entries were merged document by document, in lost attempts too.
    pub computed_count: u64,
}

/// Why nothing was merged.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// There is no such branch.
    #[error("there is no branch {branch:?}")]
    UnknownBranch {
        /// The name that was asked for.
        branch: Branch,
    },
    /// The branch already has everything that was to be merged.
    #[error("there is nothing to merge: {branch} has it all")]
    NothingToMerge {
        /// The branch.
        branch: Branch,
    },
    /// The sides can't be merged without a decision.
    #[error("{}", in_conflict(.conflicted, .conflicts))]
    Conflicts {
        /// Entries that both sides changed in ways that can't be joined.
        conflicted: Vec<EntryKey>,
        /// What does not fit together around entries.
        conflicts: Vec<CatalogueConflict>,
    },
    /// Entries of the other side are not as they must be.
    #[error("{} not as they must be: {}", crate::repo::ground::counted::counted(refusals.len(), "entry is", "entries are"), crate::repo::commit::refusal::first(.refusals))]
    Refused {
        /// Which entries, and why.
        refusals: Vec<Refusal>,
    },
    /// Conflicts of an earlier merge are only partly settled, and the other side changed those entries again.
    #[error("finish the conflicts of {} first", list(.keys))]
    Unfinished {
        /// The entries.
        keys: Vec<EntryKey>,
    },
    /// Others moved the branch before every attempt.
    #[error("branch {branch:?} is too busy; try again")]
    Moved {
        /// The branch.
        branch: Branch,
    },
    /// The store could not be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn list(keys: &[EntryKey]) -> String {
    keys.iter().map(EntryKey::to_string).collect::<Vec<_>>().join(", ")
}

/// The conflicts as one sentence: the first of each kind by name, and how many there are.
fn in_conflict(conflicted: &[EntryKey], conflicts: &[CatalogueConflict]) -> String {
    let first = |rows: Vec<String>| match &*rows {
        [] => None,
        [one] => Some(one.clone()),
        [one, rest @ ..] => Some(format!("{one} and {} more", rest.len())),
    };
    let entries = first(conflicted.iter().map(EntryKey::to_string).collect());
    let around = first(conflicts.iter().map(|conflict| conflict.message.clone()).collect());
    match (entries, around) {
        (Some(entries), Some(around)) => format!("in conflict: {entries}; and {around}"),
        (Some(entries), None) => format!("in conflict: {entries}"),
        (None, Some(around)) => format!("does not fit together: {around}"),
        (None, None) => "in conflict".to_owned(),
    }
}

/// What to merge, and into what.
pub(super) struct MergeRequest<'a> {
    pub(super) into: &'a Branch,
    pub(super) from: Theirs<'a>,
    pub(super) verb: &'static str,
    /// The tip to build on; `None` for where the branch points.
    pub(super) tip: Option<&'a dyn Fn() -> Result<Tip, MergeError>>,
    /// The review of which the merge accepts a part.
    pub(super) of_review: Option<&'a str>,
    /// How many approvals each entry has at least.
    pub(super) approvals: u32,
    /// Asked in each attempt once it has read where the branch is: what it refuses is not merged.
    pub(super) only_while: Option<&'a dyn Fn() -> Result<(), MergeError>>,
    pub(super) stamp: &'a Stamp,
}

/// Whether to merge, or only to find out what a merge would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    Done,
    Tried,
}

/// The other side of a merge.
#[derive(Debug, Clone, Copy)]
pub(super) enum Theirs<'a> {
    /// A line of commits, to be joined with the branch.
    Line(CommitId),
    /// What a line of commits did to some entries; the lines are not joined.
    Part {
        /// The line.
        line: CommitId,
        /// The entries.
        keys: &'a [EntryKey],
    },
    /// The state before a commit: merging it in takes the commit back.
    Before {
        /// The commit to take back.
        commit: CommitId,
        /// The commit before it.
        before: CommitId,
    },
}

/// What a merge would change.
struct Outcome {
    changes: Vec<Prepared>,
    conflicted: Vec<EntryKey>,
    apart: Vec<CatalogueConflict>,
}

impl Repository {
    /// Merges a commit into a branch.
    pub(super) fn merge_into(&self, request: &MergeRequest<'_>) -> Result<Merged, MergeError> {
        let mut worked = Worked::default();
        let merged = self.on_branch(request.into, |_| {
            let tip = self.tip_of(request)?;
            request.only_while.map_or(Ok(()), |asked| asked())?;
            self.merge_once(request, &tip, Extent::Done, &mut worked)
        })?;
        let moved = || MergeError::Moved { branch: request.into.clone() };
        let merged = merged.ok_or_else(moved)?;
        Ok(Merged { computed_count: worked.computed_count, ..merged })
    }

    /// Finds out whether a merge would succeed; nothing is changed.
    pub(super) fn try_merge(&self, request: &MergeRequest<'_>) -> Result<(), MergeError> {
        let tip = self.tip_of(request)?;
        self.merge_once(request, &tip, Extent::Tried, &mut Worked::default()).map(drop)
    }

    fn tip_of(&self, request: &MergeRequest<'_>) -> Result<Tip, MergeError> {
        if let Some(tip) = request.tip {
            return tip();
        }
        let unknown = || MergeError::UnknownBranch { branch: request.into.clone() };
        let head = content_head(self, request.into)?.ok_or_else(unknown)?;
        Ok(Tip { head, ahead: None, swaps: Vec::new() })
    }

    /// One attempt; `None` when the branch moved meanwhile, or when the merge is only tried.
    fn merge_once(
        &self,
        request: &MergeRequest<'_>,
        tip: &Tip,
        extent: Extent,
        worked: &mut Worked,
    ) -> Result<Option<Merged>, MergeError> {
        let head = &tip.head;
        let nothing = || MergeError::NothingToMerge { branch: request.into.clone() };
        let ours = self.commit_of(head.commit)?;
        let kinds = Kinds::at(self, ours.catalogue);
        let (theirs, parted) = match request.from {
            Theirs::Line(line) | Theirs::Part { line, .. } => {
                if self.is_ancestor(line, head.commit)? {
                    return Err(nothing());
                }
                let theirs = self.commit_of(line)?;
                (theirs, self.parted(&kinds, head.commit, line)?)
            }
            Theirs::Before { commit, before } => {
                (self.commit_of(before)?, Parted::at(self.commit_of(commit)?.catalogue))
            }
        };
        let only = match request.from {
            Theirs::Part { keys, .. } => Some(keys),
            Theirs::Line(_) | Theirs::Before { .. } => None,
        };
        let outcome = self.outcome(&kinds, &parted, &ours, &theirs, only, worked)?;
        let mut landing = Landing::new(request.into, head, &ours, &kinds, request.verb);
        match request.from {
            Theirs::Line(line) => landing.merged = Some(line),
            _ if outcome.changes.is_empty() => return Err(nothing()),
            Theirs::Part { .. } | Theirs::Before { .. } => {}
        }
        landing.right = Right::Accept;
        landing.approvals = request.approvals;
        landing.build_on(tip);
        landing.of_review = request.of_review;
        if request.into.holds() == Holds::Drafted {
            landing.conflicts.clone_from(&outcome.apart);
            landing.conflicts.extend(self.catalogue_conflicts(&theirs)?);
        } else {
            let mut conflicts = outcome.apart;
            if only.is_none() {
                conflicts.extend(self.catalogue_conflicts(&theirs)?);
            }
            if !outcome.conflicted.is_empty() || !conflicts.is_empty() {
                let conflicted = outcome.conflicted;
                return Err(MergeError::Conflicts { conflicted, conflicts });
            }
            self.refuse_invalid(&kinds, &ours, &outcome.changes)?;
        }
        let landed = match extent {
            Extent::Done => self.land(landing, outcome.changes, request.stamp),
            Extent::Tried => self.landing(landing, outcome.changes, request.stamp).map(|_| None),
        };
        let landed = match landed {
            Err(LandError::Refused { refusals }) => {
                let conflicts = CatalogueConflict::from_refusals(&refusals);
                if conflicts.is_empty() {
                    return Err(MergeError::Refused { refusals });
                }
                return Err(MergeError::Conflicts { conflicted: Vec::new(), conflicts });
            }
            Err(LandError::Store(error)) => return Err(error.into()),
            Ok(landed) => landed,
        };
        let Some(landed) = landed else { return Ok(None) };
        Ok(Some(Merged {
            commit: landed.commit,
            changed_count: landed.changed_count as u64,
            conflicted: outcome.conflicted,
            conflicts: self.catalogue_conflicts(&self.commit_of(landed.commit)?)?,
            computed_count: 0,
        }))
    }

    fn outcome(
        &self,
        kinds: &Kinds<'_>,
        parted: &Parted,
        ours: &Commit,
        theirs: &Commit,
        only: Option<&[EntryKey]>,
        worked: &mut Worked,
    ) -> Result<Outcome, MergeError> {
        let mut triples = parted.triples(self, ours.catalogue, theirs.catalogue)?;
        let moved = triples.iter().filter_map(|triple| schema_of(&triple.key)).collect();
        if let Some(only) = only {
            triples.retain(|triple| only.contains(&triple.key));
        }
        let mut merger = RowMerger { repository: self, kinds, parted, moved, worked };
        let (mut changes, mut conflicted, mut unfinished) = (Vec::new(), Vec::new(), Vec::new());
        // Schemas first: entries after them are merged by the kinds that the merge brings.
        let (schemas, others): (Vec<_>, Vec<_>) =
            triples.iter().partition(|triple| schema_of(&triple.key).is_some());
        for triple in schemas.into_iter().chain(others) {
            match merger.merge(triple)? {
                MergedRow::Ours => {}
                MergedRow::Unfinished => unfinished.push(triple.key.clone()),
                MergedRow::Change(mut change) => {
                    if change.state() == Some(RowState::Conflicted) {
                        conflicted.push(triple.key.clone());
                    }
                    self.take_merged_schema(kinds, &change)?;
                    match self.know_facts(kinds, &mut change) {
                        // The branch began before it was taken down.
                        Err(error) if error.is_taken_down() => {
                            let links = self.links_left(&change.key, ours, theirs)?;
                            change.facts.before =
                                Some(Arc::new(Facts { links, ..Facts::default() }));
                            self.know_facts_after(kinds, &mut change)?;
                        }
                        known => known?,
                    }
                    changes.push(*change);
                }
            }
        }
        if !unfinished.is_empty() {
            return Err(MergeError::Unfinished { keys: unfinished });
        }
        let apart = moved_apart(self, kinds, &triples)?;
        Ok(Outcome { changes, conflicted, apart })
    }

    /// Puts the schema that a merge makes of a kind in force.
    pub(super) fn take_merged_schema(
        &self,
        kinds: &Kinds<'_>,
        change: &Prepared,
    ) -> Result<(), StoreError> {
        let (Some(kind), Some(document)) = (schema_of(&change.key), self.document_after(change)?)
        else {
            return Ok(());
        };
        kinds.take_document(kind, &document)
    }

    /// Fills in what the graph sees of a change.
    pub(super) fn know_facts(
        &self,
        kinds: &Kinds<'_>,
        change: &mut Prepared,
    ) -> Result<(), StoreError> {
        change.facts.before = self.facts_before(kinds, &change.key, change.before)?;
        self.know_facts_after(kinds, change)
    }

    /// The links of an entry that one state has and another has not. They stand in the map of back-links even if its
    /// document can't be read any more.
    fn links_left(
        &self,
        key: &EntryKey,
        ours: &Commit,
        theirs: &Commit,
    ) -> Result<Vec<Link>, StoreError> {
        let mut links = Vec::new();
        for difference in map::diff(&*self.source, ours.backlinks, theirs.backlinks)? {
            let difference = difference?;
            if difference.left.is_none() || difference.right.is_some() {
                continue;
            }
            if let Some((target, role)) = backlinks::target_of(&difference.key, key)? {
                links.push(Link { target, role, pointer: String::new() });
            }
        }
        Ok(links)
    }

    /// Fills in what the graph sees of an entry after a change.
    fn know_facts_after(&self, kinds: &Kinds<'_>, change: &mut Prepared) -> Result<(), StoreError> {
        let Some(kind) = kinds.get(change.key.kind())? else { return Ok(()) };
        let document = match &change.after {
            After::Document(new) => Some(self.document_of(new)?),
            After::Conflict(sides) => {
                let speaks = sides.ours.as_ref().or(sides.theirs.as_ref());
                speaks.map(|new| self.document_of(new)).transpose()?
            }
            After::Deleted | After::Taken(None) => None,
            After::Taken(Some(row)) => {
                self.stand_in(row)?.map(|id| self.stored_document(id)).transpose()?
            }
        };
        change.facts.after =
            document.map(|document| Arc::new(Facts::under(&change.key, &kind.schema, &document)));
        Ok(())
    }

    /// Refuses documents that are not valid by themselves.
    fn refuse_invalid(
        &self,
        kinds: &Kinds<'_>,
        ours: &Commit,
        changes: &[Prepared],
    ) -> Result<(), MergeError> {
        let mut refusals = self.refused_translations(kinds, ours.catalogue, changes)?;
        for change in changes {
            let violations = match change.state() {
                Some(RowState::Resolved(_)) if change.key.locale().is_some() => Vec::new(),
                Some(RowState::Resolved(_)) => match (&change.judged, self.document_after(change)?)
                {
                    (Some(violations), _) => violations.clone(),
                    (None, Some(document)) => self.violations(kinds, &change.key, &document)?,
                    (None, None) => Vec::new(),
                },
                Some(RowState::Conflicted) => {
                    let message = "it holds a conflict that nobody has settled";
                    vec![Violation::new("", ViolationCode::Unresolved, message)]
                }
                Some(RowState::Deleted) | None => Vec::new(),
            };
            if !violations.is_empty() {
                refusals.push(Refusal { key: change.key.clone(), violations });
            }
        }
        if refusals.is_empty() { Ok(()) } else { Err(MergeError::Refused { refusals }) }
    }
}
