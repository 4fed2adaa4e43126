//! A branch of content without any commit left: it begins again from the newest revision of every entry that exists.

use serde::Deserialize;

use crate::repo::verify::salvage::{
    holes::Rows,
    report::{LostEntry, LostNow},
    steps::{Audited, Steps},
};
use crate::{
    engine::{PAGE_ROWS_MAX, Position},
    model::{
        commit::Commit,
        id::CommitId,
        key::EntryKey,
        name::Branch,
        object::{Object, ObjectKind, Space},
    },
    repo::{
        content::objects::ObjectSink,
        ground::{error::StoreError, repository::Repository},
    },
};

/// What an audit record says about a branch that moved.
#[derive(Deserialize)]
struct Moved {
    branch: Branch,
    commit: String,
}

impl Repository {
    /// The commits to which each branch moved, according to the audit.
    pub(super) fn audited_commits(&self) -> Result<Audited, StoreError> {
        let (mut after, mut found) = (Position(0), Audited::new());
        loop {
            let page = self.engine.audit(after, PAGE_ROWS_MAX)?;
            let Some(last) = page.last() else { return Ok(found) };
            after = last.position;
            for record in &page {
                let Ok(moved) = serde_json::from_slice::<Moved>(&record.bytes) else { continue };
                let Ok(id) = moved.commit.parse::<CommitId>() else { continue };
                found.entry(moved.branch).or_default().push(id);
            }
        }
    }

    /// Writes a commit without parents, of every entry whose newest revision and document exist; returns it and its
    /// entries.
    pub(super) fn begin_anew(
        &self,
        branch: &Branch,
        steps: &mut Steps<'_>,
    ) -> Result<(CommitId, Vec<LostEntry>), StoreError> {
        let tips = self.tips()?;
        let mut rows = Rows::new();
        let mut entries = Vec::new();
        for (key, mut newest) in tips.rows() {
            let Some(row) = newest.find(|row| self.check_row(key, &row.encode()).is_ok()) else {
                continue;
            };
            rows.insert(key.to_vec(), row.encode());
            entries.push(LostEntry {
                branch: branch.to_string(),
                key: EntryKey::decode(key).ok(),
                now: LostNow::Newest,
                detail: "no commit is left that says which version it had".to_owned(),
            });
        }
        steps.tips = Some(tips);
        let roots = self.write_rows(rows, Vec::new())?;
        let stamp = steps.next();
        let commit = Commit {
            catalogue: roots.catalogue,
            backlinks: roots.backlinks,
            parents: Vec::new(),
            generation: 0,
            conflicts: None,
            author: stamp.author.to_string(),
            time_ms: stamp.time_ms,
            message: stamp.message,
        };
        let object = Object::new(ObjectKind::Commit, commit.encode());
        let id = CommitId::from_object_id(object.id());
        let mut sink = ObjectSink::new(self);
        sink.add(Space::Source, object)?;
        sink.flush()?;
        Ok((id, entries))
    }
}
