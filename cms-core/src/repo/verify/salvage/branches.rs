//! Branches of a salvaged repository: each leads to its newest commit that can be read, and has the newest version of
//! each entry that can be read.

use super::holes::Hole;
use crate::{
    engine::{CellName, Expected, Swap, SwapValue, cells_of},
    map,
    model::{
        commit::Commit,
        id::{CommitId, DocumentId, NodeId, RevisionId},
        key::EntryKey,
        name::{Branch, Holds},
        object::{Object, ObjectKind, Space},
        revision::{Revision, RevisionState},
    },
    repo::{
        CatalogueRow, RowState,
        branch::{
            BRANCH_GROUP, BranchHead, HEAD_CELL, NewCommit, branch_cell, branch_head, branch_swap,
            decoded_head,
        },
        content::{
            backlinks, catalogue,
            facts::Facts,
            kinds::Kinds,
            objects::{ObjectSink, objects_of_kind},
            state::Roots,
        },
        draft::working::{StoredContent, StoredWorking, edited_key},
        ground::{error::StoreError, repository::Repository},
        verify::salvage::{
            holes::Rows,
            report::{EarlierValues, LostEntry, LostNow, MovedHead, SalvageReport},
            steps::Steps,
        },
    },
};

/// A catalogue, as far as it can be read.
#[derive(Default)]
pub(super) struct Remains {
    pub(super) whole: Rows,
    /// Rows whose revision or document can't be read, each with the reason and with the document if that can be read.
    broken: Vec<(EntryKey, Option<DocumentId>, String)>,
    holes: Vec<Hole>,
}

fn head_cell(branch: &Branch) -> Result<CellName, StoreError> {
    branch_cell(branch, HEAD_CELL)
        .map_err(|_| StoreError::Row { what: format!("the name of branch {branch}") })
}

/// The commits at which a branch was in the damaged store, newest first.
pub(super) fn earlier_heads(
    branch: &Branch,
    earlier: &EarlierValues<'_>,
) -> Result<Vec<CommitId>, StoreError> {
    let cells = earlier(&head_cell(branch)?).into_iter();
    Ok(cells.filter_map(|cell| Some(decoded_head(branch, &cell).ok()?.commit)).collect())
}

impl Remains {
    pub(super) const fn is_whole(&self) -> bool {
        self.broken.is_empty() && self.holes.is_empty()
    }
}

impl Repository {
    pub(super) fn settle_branches(
        &self,
        earlier: &EarlierValues<'_>,
        steps: &mut Steps<'_>,
        report: &mut SalvageReport,
    ) -> Result<(), StoreError> {
        let mut branches: Vec<Branch> =
            self.branches()?.into_iter().map(|(branch, _)| branch).collect();
        if !branches.contains(&Branch::Main) {
            branches.push(Branch::Main);
        }
        steps.audited = self.audited_commits()?;
        for branch in &branches {
            let Some(head) = self.settle_head(branch, earlier, steps, report)? else { continue };
            // The line of the reviews is mended in its own way.
            if branch.holds() != Holds::Records {
                self.fill_holes(branch, &head, steps, report)?;
            }
        }
        self.settle_lines(branches, earlier, steps, report)
    }

    /// Moves a branch to its newest commit that can be read; `None` when there is no such commit.
    fn settle_head(
        &self,
        branch: &Branch,
        earlier: &EarlierValues<'_>,
        steps: &mut Steps<'_>,
        report: &mut SalvageReport,
    ) -> Result<Option<BranchHead>, StoreError> {
        let head = branch_head(self, branch)?;
        let audited = steps.audited.get(branch).into_iter().flatten().rev();
        let audited = audited.copied().find(|commit| self.commit_of(*commit).is_ok());
        if let Some(head) = head
            && let Ok(commit) = self.commit_of(head.commit)
        {
            // A commit is written together with the move of its branch and the audit record of the move. The move may
            // be lost while the commit and the record are whole.
            let ahead = audited.filter(|audited| {
                *audited != head.commit
                    && self.commit_of(*audited).is_ok_and(|it| it.generation > commit.generation)
                    && self.ancestry(*audited).any(|it| it.is_ok_and(|(id, _)| id == head.commit))
            });
            let Some(ahead) = ahead else { return Ok(Some(head)) };
            return self.move_head(branch, Some(head), Some(ahead), steps, report);
        }
        let known = earlier_heads(branch, earlier)?;
        let mut found = known.into_iter().find(|commit| self.commit_of(*commit).is_ok());
        found = found.or(audited);
        if found.is_none() && *branch == Branch::Main {
            found = self.furthest_commit()?;
        }
        if found.is_none() && *branch == Branch::Main {
            let (commit, entries) = self.begin_anew(branch, steps)?;
            report.entries.extend(entries);
            found = Some(commit);
        }
        self.move_head(branch, head, found, steps, report)
    }

    fn move_head(
        &self,
        branch: &Branch,
        head: Option<BranchHead>,
        found: Option<CommitId>,
        steps: &mut Steps<'_>,
        report: &mut SalvageReport,
    ) -> Result<Option<BranchHead>, StoreError> {
        let cell = head_cell(branch)?;
        let expected = head.map_or(Expected::Absent, |head| Expected::Version(head.version));
        let swap = match found {
            Some(commit) => branch_swap(branch, expected, commit)
                .map_err(|_| StoreError::Row { what: format!("the name of branch {branch}") })?,
            None => Swap { cell, expected, value: SwapValue::Delete },
        };
        let stamp = steps.next();
        let version = self.swap_records(
            stamp.operation,
            vec![swap],
            Some(stamp.audit("salvage", &[("branch", &branch.to_string())])),
        )?;
        report.heads.push(MovedHead {
            what: branch.to_string(),
            from: head.map_or_else(|| "nothing".to_owned(), |head| head.commit.to_string()),
            to: found.map(|commit| commit.to_string()),
        });
        let version = version.unwrap_or_default();
        Ok(found.map(|commit| BranchHead { commit, version }))
    }

    /// The commit with the longest line behind it, among all that exist.
    fn furthest_commit(&self) -> Result<Option<CommitId>, StoreError> {
        let mut furthest: Option<(u64, CommitId)> = None;
        for object in objects_of_kind(&*self.engine, &Space::Source, ObjectKind::Commit) {
            let object = object?;
            let Ok(commit) = Commit::decode(object.bytes()) else { continue };
            let found = (commit.generation, CommitId::from_object_id(object.id()));
            if self.content_commit(found.1)?.is_some() {
                furthest = furthest.max(Some(found));
            }
        }
        Ok(furthest.map(|(_, commit)| commit))
    }

    /// If the head of a branch has entries that can't be read, commits what can be read of them.
    fn fill_holes(
        &self,
        branch: &Branch,
        head: &BranchHead,
        steps: &mut Steps<'_>,
        report: &mut SalvageReport,
    ) -> Result<(), StoreError> {
        let commit = self.commit_of(head.commit)?;
        let remains = self.remains(commit.catalogue);
        let has_links = map::entries(&*self.source, commit.backlinks, b"")
            .is_ok_and(|mut links| links.all(|link| link.is_ok()));
        if remains.is_whole() && has_links {
            return Ok(());
        }
        let lost =
            self.lost_entries(&branch.to_string(), &remains, &self.line_behind(&commit), steps)?;
        let mut rows = remains.whole;
        for (entry, row) in lost {
            if let (Some(key), Some(row)) = (&entry.key, row) {
                rows.insert(key.encode(), row);
            }
            report.entries.push(entry);
        }
        let new = NewCommit {
            branch,
            head,
            merged: None,
            roots: self.write_rows(rows, Vec::new())?,
            conflicts: commit.conflicts.filter(|id| self.document(*id).is_ok()),
            objects: Vec::new(),
            swaps: Vec::new(),
            typed: None,
        };
        self.advance(new, "salvage", &steps.next())?;
        Ok(())
    }

    /// The entries of a catalogue that can't be read, each with its newest row in some earlier catalogues that can be.
    pub(super) fn lost_entries(
        &self,
        line_of: &str,
        remains: &Remains,
        line: &[NodeId],
        steps: &mut Steps<'_>,
    ) -> Result<Vec<(LostEntry, Option<Vec<u8>>)>, StoreError> {
        let mut entries = Vec::new();
        let lost = |key, now, detail| LostEntry { branch: line_of.to_owned(), key, now, detail };
        for (key, whole, detail) in &remains.broken {
            if let Some(document) = whole {
                let now = LostNow::Unattributed;
                let row = self.unattributed(key, *document, steps)?.encode();
                entries.push((lost(Some(key.clone()), now, detail.clone()), Some(row)));
                continue;
            }
            let found = line.iter().find_map(|earlier| self.whole_row(*earlier, key));
            let now = if found.is_some() { LostNow::Earlier } else { LostNow::Gone };
            entries.push((lost(Some(key.clone()), now, detail.clone()), found));
        }
        for hole in &remains.holes {
            let tips = match steps.tips.take() {
                Some(tips) => tips,
                None => self.tips()?,
            };
            entries.extend(self.filled(line_of, hole, &tips, line));
            steps.tips = Some(tips);
        }
        Ok(entries)
    }

    /// A revision for a document whose own revision is gone: nobody knows any more who wrote it, and what it was made
    /// from.
    fn unattributed(
        &self,
        key: &EntryKey,
        document: DocumentId,
        steps: &mut Steps<'_>,
    ) -> Result<CatalogueRow, StoreError> {
        let stamp = steps.next();
        let revision = Revision {
            key: key.clone(),
            state: RevisionState::Resolved(document),
            parents: Vec::new(),
            derived_from: None,
            schema: None,
            meaning_unchanged: false,
            author: stamp.author.to_string(),
            time_ms: stamp.time_ms,
            note: stamp.message,
        };
        let object = Object::new(ObjectKind::Revision, revision.encode());
        let revision = RevisionId::from_object_id(object.id());
        let mut sink = ObjectSink::new(self);
        sink.add(Space::Source, object)?;
        sink.flush()?;
        Ok(CatalogueRow { state: RowState::Resolved(document), revision })
    }

    /// Writes a catalogue of these rows and its back-links, and what the rows name and is not stored yet.
    pub(super) fn write_rows(
        &self,
        rows: Rows,
        objects: Vec<(Space, Object)>,
    ) -> Result<Roots, StoreError> {
        let salt = self.header.salt();
        let mut sink = ObjectSink::new(self);
        for (space, object) in objects {
            sink.add(space, object)?;
        }
        let mut nodes = Vec::new();
        let catalogue = map::build(&mut nodes, salt, rows)?;
        for node in nodes.drain(..) {
            sink.add(Space::Source, node)?;
        }
        // The kinds in force are read from what was just written.
        sink.flush()?;
        let links = self.links_of(catalogue)?;
        let backlinks = map::build(&mut nodes, salt, links)?;
        for node in nodes.drain(..) {
            sink.add(Space::Source, node)?;
        }
        sink.flush()?;
        Ok(Roots { catalogue, backlinks })
    }

    /// The back-links of a catalogue.
    fn links_of(&self, catalogue: NodeId) -> Result<Rows, StoreError> {
        let kinds = Kinds::at(self, catalogue);
        let mut links = Rows::new();
        for row in self.rows(catalogue, b"")? {
            let (key, row) = row?;
            // Without its schema a kind's links are not known.
            let (Some(document), Ok(Some(kind))) = (self.stand_in(&row)?, kinds.get(key.kind()))
            else {
                continue;
            };
            let document = self.document(document)?;
            for link in &Facts::under(&key, &kind.schema, &document).links {
                links.insert(backlinks::key(&link.target, link.role, &key), Vec::new());
            }
        }
        Ok(links)
    }

    pub(super) fn remains(&self, root: NodeId) -> Remains {
        let mut remains = Remains::default();
        let mut after = None;
        let hole = |after: &Option<Vec<u8>>, error: &dyn std::fmt::Display| Hole {
            after: after.clone(),
            before: None,
            detail: error.to_string(),
        };
        let entries = match map::entries(&*self.source, root, b"") {
            Ok(entries) => entries,
            Err(error) => {
                remains.holes.push(hole(&None, &error));
                return remains;
            }
        };
        for entry in entries {
            let (encoded, value) = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    remains.holes.push(hole(&after, &error));
                    continue;
                }
            };
            for open in remains.holes.iter_mut().filter(|hole| hole.before.is_none()) {
                open.before = Some(encoded.clone());
            }
            after = Some(encoded.clone());
            let Ok(key) = catalogue::decoded_key(&encoded) else { continue };
            match self.check_row(&encoded, &value) {
                Ok(()) => drop(remains.whole.insert(encoded, value.to_vec())),
                Err(error) => {
                    let row = catalogue::decoded_row(&encoded, &value).ok();
                    let document = row.and_then(|row| row.document());
                    let whole = document.filter(|document| self.document(*document).is_ok());
                    remains.broken.push((key, whole, error.to_string()));
                }
            }
        }
        remains
    }

    /// Whether what a row names can be read.
    pub(super) fn check_row(&self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        let row = catalogue::decoded_row(key, value)?;
        self.revision(row.revision)?;
        match self.stand_in(&row)? {
            Some(document) => self.document(document).map(|_| ()),
            None => Ok(()),
        }
    }

    /// The catalogues of the commits behind one, along its first parents, as far as they can be read.
    fn line_behind(&self, commit: &Commit) -> Vec<NodeId> {
        let first = commit.parents.first().copied();
        let line =
            std::iter::successors(first.and_then(|parent| self.commit_of(parent).ok()), |commit| {
                self.commit_of(*commit.parents.first()?).ok()
            });
        line.map(|commit| commit.catalogue).collect()
    }

    /// The row of an entry in an earlier catalogue, if everything that it names can be read.
    fn whole_row(&self, root: NodeId, key: &EntryKey) -> Option<Vec<u8>> {
        let encoded = key.encode();
        let value = map::get(&*self.source, root, &encoded).ok()??;
        self.check_row(&encoded, &value).ok()?;
        Some(value.to_vec())
    }

    /// Removes working copies whose documents are gone.
    pub(super) fn settle_working(
        &self,
        steps: &mut Steps<'_>,
        report: &mut SalvageReport,
    ) -> Result<(), StoreError> {
        for row in cells_of(&*self.engine, BRANCH_GROUP) {
            let (name, cell) = row?;
            let Some(key) = edited_key(&name) else { continue };
            let readable =
                StoredWorking::of(&name, &cell).and_then(|working| match working.content {
                    StoredContent::Beside(document) => self.document(document).map(|_| ()),
                    StoredContent::Document(_) | StoredContent::Deleted => Ok(()),
                });
            let Err(error) = readable else { continue };
            let expected = Expected::Version(cell.version);
            let swap = Swap { cell: name.clone(), expected, value: SwapValue::Delete };
            self.swap_records(steps.next().operation, vec![swap], None)?;
            let branch = name.group().as_str().trim_start_matches(BRANCH_GROUP).to_owned();
            let now = LostNow::Untyped;
            report.entries.push(LostEntry {
                branch,
                key: Some(key),
                now,
                detail: error.to_string(),
            });
        }
        Ok(())
    }
}
