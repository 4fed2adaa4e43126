//! Verifying: every byte is what was written, and everything that is named is there.

pub(in crate::repo) mod growth;
mod reviews;
pub(in crate::repo) mod salvage;
pub(in crate::repo) mod stats;

use std::{collections::HashSet, ops::ControlFlow};

use serde::Serialize;

use super::publish::project::answers::rubrics_named;
use super::{
    channel::{Head, channel_head},
    commit::Strictness,
    content::{
        backlinks,
        catalogue::{self, RowState},
        facts::Facts,
        kinds::Kinds,
        objects::StoreError,
    },
    deliver::Row,
    open::Repository,
    review::REVIEWS,
    state::Roots,
};
use crate::{
    map,
    model::{
        id::{CommitId, NodeId, ObjectId},
        key::EntryKey,
        object::{ObjectKind, Space},
    },
    schema::Role,
};

/// Most problems that are listed; the count is whole.
const PROBLEMS_MAX: usize = 1000;

/// What verifying found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// Whether nothing is wrong.
    pub ok: bool,
    /// Objects whose bytes were read and hashed.
    pub objects_count: u64,
    /// Bytes read.
    pub size_bytes: u64,
    /// Commits whose content was walked.
    pub commits_count: u64,
    /// Publications whose content was walked.
    pub publications_count: u64,
    /// What is wrong, a sentence each.
    pub problems: Vec<String>,
    /// How many problems there are.
    pub problems_count: u64,
}

impl VerifyReport {
    fn problem(&mut self, text: impl std::fmt::Display) {
        self.problems_count += 1;
        if self.problems.len() < PROBLEMS_MAX {
            self.problems.push(text.to_string());
        }
    }
}

impl Repository {
    /// Reads every stored byte, then walks every branch and channel: all that a commit or a snapshot
    /// names is there and decodes, the back-links of each head are those of its documents, and what the
    /// reviews name is there. What is wrong says how it is mended, where it can be.
    ///
    /// `progress` is told of the bytes read so far, and may end it.
    ///
    /// # Errors
    /// [`StoreError`] when the engine does not answer at all; what is wrong is in the report.
    pub fn verify(
        &self,
        progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<VerifyReport, StoreError> {
        let stored = self.engine.verify(progress)?;
        let mut report = VerifyReport {
            objects_count: stored.objects_count,
            size_bytes: stored.size_bytes,
            ..VerifyReport::default()
        };
        for damage in stored.damages {
            report.problem(damage);
        }
        let mut seen = Seen::default();
        for (branch, head) in self.branches()? {
            if let Err(error) = self.verify_branch(&branch, head, &mut seen, &mut report) {
                report.problem(format!("branch {branch}: {error}"));
            }
        }
        for row in self.channels()? {
            if let Some(head) = channel_head(self, &row.channel)?
                && let Err(error) = self.verify_channel(head, &mut seen, &mut report)
            {
                report.problem(format!("channel {}: {error}", row.channel));
            }
        }
        if let Err(error) = self.verify_schedules(&mut report) {
            report.problem(format!("the schedules: {error}"));
        }
        report.ok = report.problems_count == 0;
        Ok(report)
    }

    /// Every revision that a schedule names is there.
    fn verify_schedules(&self, report: &mut VerifyReport) -> Result<(), StoreError> {
        for (id, key, row) in self.scheduled_rows()? {
            if let Err(error) = self.revision(row.revision) {
                report.problem(format!("schedule {id}, {key}: {error}"));
            }
        }
        Ok(())
    }

    fn verify_branch(
        &self,
        branch: &str,
        head: CommitId,
        seen: &mut Seen,
        report: &mut VerifyReport,
    ) -> Result<(), StoreError> {
        for commit in self.ancestry(head) {
            let (id, commit) = commit?;
            if !seen.objects.insert(id.object_id()) {
                continue;
            }
            report.commits_count += 1;
            let before =
                commit.parents.first().map(|parent| self.commit_of(*parent)).transpose()?;
            let before = before
                .map(|parent| Roots { catalogue: parent.catalogue, backlinks: parent.backlinks });
            let roots = Roots { catalogue: commit.catalogue, backlinks: commit.backlinks };
            self.verify_catalogue(before, roots, seen, report)?;
            for difference in
                self.walk(&Space::Source, before.map(|roots| roots.backlinks), roots.backlinks)?
            {
                difference?;
            }
        }
        if branch == REVIEWS {
            // The second map there is an index of reviews.
            return self.verify_reviews(seen, report);
        }
        let Some(commit) = self.content_commit(head)? else {
            report.problem(format!(
                "{branch} holds no content, for it was begun from a line of the store's own; discard it"
            ));
            return Ok(());
        };
        self.verify_backlinks(
            Roots { catalogue: commit.catalogue, backlinks: commit.backlinks },
            Strictness::of(branch),
            report,
        )
    }

    /// All that the second map has and the first has not.
    fn walk(
        &self,
        space: &Space,
        before: Option<NodeId>,
        after: NodeId,
    ) -> Result<impl Iterator<Item = Result<map::Difference, map::MapError>>, StoreError> {
        let nodes = if *space == Space::Source { &*self.source } else { &*self.public };
        let before = match before {
            Some(before) => before,
            None => map::build(&mut Vec::new(), self.header.salt(), [])?,
        };
        Ok(map::diff(nodes, before, after)?)
    }

    fn verify_catalogue(
        &self,
        before: Option<Roots>,
        after: Roots,
        seen: &mut Seen,
        report: &mut VerifyReport,
    ) -> Result<(), StoreError> {
        for difference in
            self.walk(&Space::Source, before.map(|roots| roots.catalogue), after.catalogue)?
        {
            let difference = difference?;
            let Some(value) = difference.right else { continue };
            let key = catalogue::decoded_key(&difference.key)?;
            let row = catalogue::decoded_row(&difference.key, &value)?;
            if seen.objects.insert(row.revision.object_id()) {
                match self.revision(row.revision) {
                    Ok(revision) if revision.key != key => {
                        report.problem(format!("{key} stands on a revision of {}", revision.key));
                    }
                    Ok(revision) if revision.state.document() != row.document() => {
                        report.problem(format!("{key} has another document than its revision"));
                    }
                    Ok(_) => {}
                    Err(error) => report.problem(format!("{key}: {error}")),
                }
            }
            if let RowState::Resolved(document) = row.state {
                self.verify_object(
                    &Space::Source,
                    document.object_id(),
                    ObjectKind::Document,
                    &key,
                    seen,
                    report,
                );
            }
        }
        Ok(())
    }

    fn verify_object(
        &self,
        space: &Space,
        id: ObjectId,
        kind: ObjectKind,
        key: &EntryKey,
        seen: &mut Seen,
        report: &mut VerifyReport,
    ) {
        let is_new = match space {
            Space::Source => seen.objects.insert(id),
            space => seen.delivered.insert((space.clone(), id)),
        };
        if !is_new {
            return;
        }
        match self.object(space, id, kind) {
            Ok(bytes) if *space != Space::Source => {
                for id in rubrics_named(&bytes) {
                    if let Err(error) = self.rubric(id) {
                        report.problem(format!("{key}: {error}"));
                    }
                }
            }
            Ok(_) => {}
            Err(error) => report.problem(format!("{key}: {error}")),
        }
    }

    /// The back-links are exactly the links of the documents; on a draft these may lead nowhere.
    fn verify_backlinks(
        &self,
        roots: Roots,
        strictness: Strictness,
        report: &mut VerifyReport,
    ) -> Result<(), StoreError> {
        let kinds = Kinds::at(self, roots.catalogue);
        let mut expected = 0;
        for row in self.rows(roots.catalogue, b"")? {
            let (key, row) = row?;
            let (Some(document), Some(kind)) = (self.stand_in(&row)?, kinds.get(key.kind())?)
            else {
                continue;
            };
            let Ok(document) = self.document(document) else { continue };
            let facts = Facts::under(&key, &kind.schema, &document);
            for link in &facts.links {
                let backlink = backlinks::key(&link.target, link.role, &key);
                let is_noted = map::get(&*self.source, roots.backlinks, &backlink)?.is_some();
                // What translations show was not always noted, nor judged.
                if key.locale().is_some() {
                    expected += u64::from(is_noted);
                    continue;
                }
                expected += 1;
                if !is_noted {
                    report.problem(format!(
                        "{key} links to {}, and no back-link says so",
                        link.target
                    ));
                }
                if strictness == Strictness::Draft {
                    continue;
                }
                let target = catalogue::row(&*self.source, roots.catalogue, &link.target)?;
                if target.is_none_or(|row| row.state == RowState::Deleted) {
                    report.problem(format!("{key} links to {}, which is not there", link.target));
                }
                if link.role == Role::Contains && link.target == key {
                    report.problem(format!("{key} contains itself"));
                }
            }
        }
        let found = map::count(&*self.source, roots.backlinks)?;
        if found != expected {
            report.problem(format!("there are {found} back-links for {expected} links"));
        }
        Ok(())
    }

    fn verify_channel(
        &self,
        head: Head,
        seen: &mut Seen,
        report: &mut VerifyReport,
    ) -> Result<(), StoreError> {
        let this = self.at_channel(&head.channel)?;
        let space = &this.delivered;
        let mut next = Some(head);
        while let Some(head) = next {
            report.publications_count += 1;
            let publication = self.publication(head.publication)?;
            let before = publication.parent.map(|parent| self.publication(parent)).transpose()?;
            let roots =
                Roots { catalogue: publication.effective, backlinks: publication.backlinks };
            let roots_before = before
                .as_ref()
                .map(|before| Roots { catalogue: before.effective, backlinks: before.backlinks });
            self.verify_catalogue(roots_before, roots, seen, report)?;
            self.object(&Space::Source, publication.report.object_id(), ObjectKind::Document)?;
            map::count(&*self.source, publication.holds)?;
            if let Some(nowhere) = publication.nowhere {
                map::count(&*self.source, nowhere)?;
            }
            let snapshot = self.any_snapshot(publication.snapshot)?;
            let snapshot_before = match &before {
                Some(before) => self.any_snapshot(before.snapshot)?,
                None => None,
            };
            match snapshot {
                None => report.problem(format!("snapshot {} is missing", publication.snapshot)),
                Some(snapshot) => {
                    let delivered_before =
                        snapshot_before.as_ref().map(|snapshot| snapshot.delivered);
                    for difference in this.walk(space, delivered_before, snapshot.delivered)? {
                        let difference = difference?;
                        let Some(value) = difference.right else { continue };
                        let key = catalogue::decoded_key(&difference.key)?;
                        let id = Row::decode(&value)?.object.object_id();
                        this.verify_object(space, id, ObjectKind::Document, &key, seen, report);
                    }
                    let routes_before = snapshot_before.as_ref().map(|snapshot| snapshot.routes);
                    for difference in this.walk(space, routes_before, snapshot.routes)? {
                        difference?;
                    }
                }
            }
            next = self.before(&head)?;
        }
        Ok(())
    }
}

/// What was looked at already.
#[derive(Default)]
struct Seen {
    objects: HashSet<ObjectId>,
    delivered: HashSet<(Space, ObjectId)>,
}
