//! The lines that are walked: the commits of each branch, and what each channel delivered.

use std::collections::HashSet;

use super::{
    named::{For, MapOf, Named, Need, Rows},
    walk::{Standing, Walk},
};
use crate::{
    model::{
        commit::Commit,
        id::{CommitId, NodeId, ObjectId, PublicationId, SnapshotId},
        name::{Branch, ChannelName, Holds},
        object::{ObjectKind, Space},
        snapshot::{Publication, Snapshot},
    },
    repo::{
        channel::head::Head,
        commit::strictness::Strictness,
        content::state::Roots,
        ground::{error::StoreError, repository::Repository},
    },
};

/// A place in a channel's line, as far as the place after it says.
struct Place {
    publication: Option<PublicationId>,
    snapshot: Option<SnapshotId>,
    sequence: u64,
}

impl Walk<'_> {
    /// Walks the commits of a branch that no earlier branch had.
    pub(super) fn branch(&mut self, branch: &Branch, head: CommitId) -> Result<(), StoreError> {
        let mut queue = vec![head];
        let mut seen = HashSet::from([head]);
        while let Some(id) = queue.pop() {
            let state = if id == head { Named::Branch(branch) } else { Named::History(branch) };
            let of = format!("branch {branch}");
            let object = (&Space::Source, id.object_id(), ObjectKind::Commit);
            let (commit, is_new) =
                match self.look(object, &of, |repository| repository.commit_of(id))? {
                    Standing::New(commit) => (commit, true),
                    // What came before this commit was walked together with it.
                    Standing::Whole if id != head => continue,
                    Standing::Whole => (self.repository.commit_of(id)?, false),
                    Standing::Lost(place) => {
                        self.touch(&Space::Source, vec![Need::Lost(place, For::All)], state);
                        continue;
                    }
                };
            self.report.commits_count += u64::from(is_new);
            self.commit(&of, &commit, state)?;
            if is_new {
                queue.extend(commit.parents.into_iter().filter(|parent| seen.insert(*parent)));
            }
        }
        Ok(())
    }

    fn commit(&mut self, of: &str, commit: &Commit, state: Named<'_>) -> Result<(), StoreError> {
        let repository = self.repository;
        let map = |rows| MapOf {
            repository,
            space: &Space::Source,
            rows,
            kinds: Some(commit.catalogue),
            of,
        };
        let mut needs = self.map(&map(Rows::Catalogue), commit.catalogue)?;
        needs.extend(self.map(&map(Rows::Links), commit.backlinks)?);
        if let Some(conflicts) = commit.conflicts {
            needs.extend(self.plain_document(conflicts.object_id(), &of)?);
        }
        self.touch(&Space::Source, needs, state);
        Ok(())
    }

    /// Checks that the content of a branch's head fits together.
    pub(super) fn head(&mut self, branch: &Branch, head: CommitId) -> Result<(), StoreError> {
        if self.is_lost(&Space::Source, head.object_id()) {
            return Ok(());
        }
        if branch.holds() == Holds::Records {
            // On that branch the second map is the index of reviews.
            return self.reviews();
        }
        let Some(commit) = self.repository.content_commit(head)? else {
            self.report.problem(format_args!(
                "{branch} holds no content, because it was begun from a line of the store's own; discard it"
            ));
            return Ok(());
        };
        let roots = Roots { catalogue: commit.catalogue, backlinks: commit.backlinks };
        self.backlinks(roots, Strictness::of(branch))
    }

    /// Walks what a channel delivered, newest first, as far back as possible: by the publications, or by the snapshots
    /// where a publication can't be read.
    pub(super) fn channel(&mut self, head: &Head) -> Result<(), StoreError> {
        let this = self.repository.channel(&head.channel)?.repository;
        let mut next = Some(Place {
            publication: Some(head.publication),
            snapshot: Some(head.snapshot),
            sequence: head.sequence,
        });
        while let Some(place) = next {
            next = self.delivered(&this, &head.channel, place)?;
        }
        Ok(())
    }

    /// Checks one publication with its snapshot; returns the one before.
    fn delivered(
        &mut self,
        this: &Repository,
        channel: &ChannelName,
        place: Place,
    ) -> Result<Option<Place>, StoreError> {
        let name = format!("{channel}@{}", place.sequence);
        let state = Named::Snapshot(&name);
        let mut needs = Vec::new();
        let publication = match place.publication {
            Some(id) => self.publication(channel, id, &mut needs)?,
            None => None,
        };
        if let Some(publication) = &publication {
            self.publication_content(channel, publication, &mut needs)?;
        }
        self.touch(&Space::Source, needs, state);
        let snapshot = publication.as_ref().map(|publication| publication.snapshot);
        let Some(id) = snapshot.or(place.snapshot) else { return Ok(None) };
        let mut needs = Vec::new();
        let snapshot = self.snapshot(this, id, &mut needs)?;
        if let Some(snapshot) = &snapshot {
            let kinds = publication.as_ref().map(|publication| publication.effective);
            self.snapshot_content(this, channel, snapshot, kinds, &mut needs)?;
        }
        self.touch(&this.delivered, needs, state);
        let before = publication.as_ref().and_then(|publication| publication.parent);
        let parent = snapshot.as_ref().and_then(|snapshot| snapshot.parent);
        if before.is_none() && (publication.is_some() || parent.is_none()) {
            return Ok(None);
        }
        // A release moves no snapshot.
        let is_same = match before {
            Some(before) => self.repository.publication(before).is_ok_and(|it| it.snapshot == id),
            None => false,
        };
        Ok(Some(Place {
            publication: before,
            snapshot: if is_same { Some(id) } else { parent },
            sequence: if is_same { place.sequence } else { place.sequence.saturating_sub(1) },
        }))
    }

    fn publication(
        &mut self,
        channel: &ChannelName,
        id: PublicationId,
        needs: &mut Vec<Need>,
    ) -> Result<Option<Publication>, StoreError> {
        self.report.publications_count += 1;
        let object = (&Space::Source, id.object_id(), ObjectKind::Publication);
        let of = format!("channel {channel}");
        Ok(match self.look(object, &of, |repository| repository.publication(id))? {
            Standing::New(publication) => Some(publication),
            Standing::Whole => Some(self.repository.publication(id)?),
            Standing::Lost(place) => {
                needs.push(Need::Lost(place, For::All));
                None
            }
        })
    }

    fn publication_content(
        &mut self,
        channel: &ChannelName,
        publication: &Publication,
        needs: &mut Vec<Need>,
    ) -> Result<(), StoreError> {
        let of = format!("channel {channel}");
        let (repository, kinds) = (self.repository, Some(publication.effective));
        let map = |rows| MapOf { repository, space: &Space::Source, rows, kinds, of: &of };
        let maps = [
            (Rows::Catalogue, Some(publication.effective)),
            (Rows::Links, Some(publication.backlinks)),
            (Rows::Holds, Some(publication.holds)),
            (Rows::Holds, publication.nowhere),
        ];
        for (rows, root) in maps {
            if let Some(root) = root {
                needs.extend(self.map(&map(rows), root)?);
            }
        }
        needs.extend(self.plain_document(publication.report.object_id(), &of)?);
        let object = (&Space::Source, publication.commit.object_id(), ObjectKind::Commit);
        let read = |repository: &Repository| repository.commit_of(publication.commit);
        if let Standing::Lost(place) = self.look(object, &of, read)? {
            needs.push(Need::Lost(place, For::All));
        }
        Ok(())
    }

    fn snapshot(
        &mut self,
        this: &Repository,
        id: SnapshotId,
        needs: &mut Vec<Need>,
    ) -> Result<Option<Snapshot>, StoreError> {
        let id_of_object: ObjectId = id.object_id();
        let object = (&this.delivered, id_of_object, ObjectKind::Snapshot);
        let missing = || StoreError::Missing {
            id: id_of_object,
            kind: ObjectKind::Snapshot,
            space: this.delivered.clone(),
        };
        let read = || this.any_snapshot(id)?.ok_or_else(missing);
        Ok(match self.look(object, &format_args!("snapshot {id}"), |_| read())? {
            Standing::New(snapshot) => Some(snapshot),
            Standing::Whole => Some(read()?),
            Standing::Lost(place) => {
                needs.push(Need::Lost(place, For::All));
                None
            }
        })
    }

    fn snapshot_content(
        &mut self,
        this: &Repository,
        channel: &ChannelName,
        snapshot: &Snapshot,
        kinds: Option<NodeId>,
        needs: &mut Vec<Need>,
    ) -> Result<(), StoreError> {
        let of = format!("channel {channel}");
        let map = |rows| MapOf { repository: this, space: &this.delivered, rows, kinds, of: &of };
        needs.extend(self.map(&map(Rows::Delivered), snapshot.delivered)?);
        needs.extend(self.map(&map(Rows::Routes), snapshot.routes)?);
        Ok(())
    }
}
