//! What the rows over a store share: the store, and drafts with edits in it.

use anyhow::{Context, Result};
use cms_bench::generator::{Content, Edit};
use cms_core::{
    model::document::Document,
    repo::{Action, Change, DraftId, MAIN, NewDraft, State},
};
use serde_json::Value;

use crate::{
    Plan,
    disk::Sync,
    store::{Edits, Place, Store, content, fresh_number, stamp},
};

/// A store of the largest requested size, with one locale.
pub(super) struct Stage {
    pub(super) n: u32,
    pub(super) store: Store,
    pub(super) content: &'static Content,
}

impl Stage {
    pub(super) fn open(plan: &Plan, sync: Sync) -> Result<Self> {
        let n = *plan.sizes().last().context("a size is always given")?;
        let place = Place::new(&plan.folder, &format!("store-{n}"));
        // The rows' threads share it for as long as the program runs.
        let content: &'static Content = Box::leak(Box::new(content(n, 0)));
        place.build(content)?;
        Ok(Self { n, store: place.open(sync)?, content })
    }

    pub(super) fn begin(&self, title: &str) -> Result<DraftId> {
        let new = NewDraft {
            title: title.to_owned(),
            from: None,
            members: Vec::new(),
            stamp: stamp("begin"),
        };
        Ok(self.store.repository.drafts().begin(new)?.draft)
    }

    pub(super) fn main(&self) -> Result<State> {
        Ok(self.store.repository.resolve(MAIN)?)
    }

    pub(super) fn edits(&self) -> Edits<'static> {
        Edits::new(self.content)
    }

    /// A change that gives an entry another title and leaves the rest as it was generated.
    pub(super) fn retitled(&self, entry: u32) -> Result<Change> {
        let document = self.content.document(entry, Edit::None);
        let mut document: Value = serde_json::from_str(&document)?;
        document["title"] = format!("Title {}", fresh_number()).into();
        let key = self.content.key(entry).parse()?;
        Ok(Change { key, action: Action::Put(Document::parse(document.to_string().as_bytes())) })
    }
}
