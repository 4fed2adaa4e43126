//! The entries leave `main` and every channel. What is typed of them is `drafts`' matter.

use std::collections::BTreeSet;

use super::{ask::TakedownError, steps::operation};
use crate::{
    model::{commit::Commit, document::Document, key::EntryKey, name::Branch},
    repo::{
        branch::content_head,
        channel::head::channel_names,
        commit::{
            error::CommitError,
            land::{LandError, Landing},
            refusal::Refusal,
            request::{Action, Change},
            strictness::Strictness,
        },
        content::{
            backlinks,
            catalogue::{self, RowState},
            kinds::Kinds,
        },
        ground::{
            error::StoreError, on_branch::ATTEMPTS_MAX, repository::Repository, stamp::Stamp,
        },
        publish::{PublishError, without_links},
        record::takedown::{Takedown, TakenFrom},
    },
};

impl Repository {
    /// Deletes the entries from `main`, and takes links to them out of the entries that are valid without.
    pub(super) fn leave_main(
        &self,
        takedown: &mut Takedown,
        stamp: &Stamp,
    ) -> Result<(), TakedownError> {
        let gone: BTreeSet<EntryKey> = takedown.entries.iter().cloned().collect();
        let left = self.on_branch(&Branch::Main, |_| -> Result<_, TakedownError> {
            let Some(head) = content_head(self, &Branch::Main)? else { return Ok(Some(None)) };
            let base = self.commit_of(head.commit)?;
            let kinds = Kinds::at(self, base.catalogue);
            let mut changes = self.deletions(&base, &gone)?;
            if changes.is_empty() {
                return Ok(Some(None));
            }
            let (relinked, still_linking) = self.relinked(&base, &kinds, &gone)?;
            takedown.relinked = relinked.iter().map(|change| change.key.clone()).collect();
            takedown.still_linking = still_linking;
            changes.extend(relinked);
            let mut prepared = Vec::new();
            for change in &changes {
                match self.prepare(&kinds, &base, change, Strictness::Accepted)? {
                    Ok(change) => prepared.push(change),
                    Err(violations) => {
                        let refusals = vec![Refusal { key: change.key.clone(), violations }];
                        return Err(CommitError::Refused { refusals }.into());
                    }
                }
            }
            let mut landing = Landing::new(&Branch::Main, &head, &base, &kinds, "take-down");
            landing.taken_down.clone_from(&gone);
            let operation = operation(stamp, "main", head.commit.object_id().as_bytes());
            let stamp = Stamp { operation, ..stamp.clone() };
            let landed = self.land(landing, prepared, &stamp).map_err(|error| match error {
                LandError::Store(error) => TakedownError::Store(error),
                refused @ LandError::Refused { .. } => TakedownError::Commit(refused.into()),
            })?;
            Ok(landed.map(|committed| Some(committed.commit)))
        })?;
        takedown.commit = takedown.commit.or(left.ok_or(TakedownError::Busy)?);
        Ok(())
    }

    /// The deletions of entries with their translations, as far as a commit has them.
    pub(super) fn deletions(
        &self,
        base: &Commit,
        gone: &BTreeSet<EntryKey>,
    ) -> Result<Vec<Change>, StoreError> {
        let mut changes = Vec::new();
        let nodes = &*self.source;
        for key in gone {
            let mut rows = Vec::new();
            for row in catalogue::with_prefix(nodes, base.catalogue, &key.translations_prefix())? {
                let (key, value) = row?;
                let row = catalogue::decoded_row(&key, &value)?;
                rows.push((catalogue::decoded_key(&key)?, row));
            }
            let own = catalogue::row(nodes, base.catalogue, key)?;
            rows.extend(own.map(|row| (key.clone(), row)));
            let there = rows.into_iter().filter(|(_, row)| row.state != RowState::Deleted);
            changes.extend(there.map(|(key, _)| Change { key, action: Action::Delete }));
        }
        Ok(changes)
    }

    /// The entries that link to those that go: new versions without the links, and those that need the link.
    pub(super) fn relinked(
        &self,
        base: &Commit,
        kinds: &Kinds<'_>,
        gone: &BTreeSet<EntryKey>,
    ) -> Result<(Vec<Change>, Vec<EntryKey>), StoreError> {
        let mut users = BTreeSet::new();
        for key in gone {
            let sources = backlinks::sources(&*self.source, base.backlinks, key, None)?;
            users.extend(sources.into_iter().map(|(user, _)| user));
        }
        let (mut relinked, mut still_linking) = (Vec::new(), Vec::new());
        for user in users.into_iter().filter(|user| !gone.contains(&user.source())) {
            let row = catalogue::row(&*self.source, base.catalogue, &user)?;
            let document = row.and_then(|row| row.document());
            let (Some(id), Some(kind)) = (document, kinds.get(user.kind())?) else { continue };
            let document = self.document(id)?;
            let links = kind.schema.links(&document);
            let links: Vec<_> = links.iter().filter(|link| gone.contains(&link.target)).collect();
            let without = without_links(&document, &links);
            let left = kind.schema.links(&without);
            let is_rid =
                without != document && !left.iter().any(|link| gone.contains(&link.target));
            // What a translation shows is in its words.
            let is_valid =
                user.locale().is_none() && is_rid && self.judge(&kind.schema, &without)?.is_empty();
            match Document::parse(without.to_string().as_bytes()) {
                Ok(document) if is_valid => {
                    relinked.push(Change { key: user, action: Action::Put(Ok(document)) });
                }
                _ => still_linking.push(user),
            }
        }
        Ok((relinked, still_linking))
    }

    /// Moves every channel that has something of the entries to a snapshot without them.
    pub(super) fn leave_channels(
        &self,
        gone: &BTreeSet<EntryKey>,
        stamp: &Stamp,
        channels: &mut Vec<TakenFrom>,
    ) -> Result<(), TakedownError> {
        for name in channel_names(self)? {
            let mut attempts = 0;
            let published = loop {
                let part = [&[attempts], name.as_str().as_bytes()].concat();
                let stamp =
                    Stamp { operation: operation(stamp, "channel", &part), ..stamp.clone() };
                match self.channel(&name)?.take_down(gone, &stamp) {
                    // Somebody else moved it.
                    Err(PublishError::Channel(_)) if u64::from(attempts) < ATTEMPTS_MAX => {
                        attempts += 1;
                    }
                    Err(PublishError::Channel(_)) => return Err(TakedownError::Busy),
                    published => break published?,
                }
            };
            channels.extend(published.map(|published| TakenFrom {
                channel: name.clone(),
                sequence: published.sequence,
                snapshot: published.snapshot,
            }));
        }
        Ok(())
    }
}
