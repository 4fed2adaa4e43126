//! Which of the entries that a document embeds learners see, and which are shown only by its withheld parts.
//!
//! Finding this out needs an engine; the result for a document is remembered.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::Value;

use crate::{
    model::{id::DocumentId, key::EntryKey},
    repo::{
        content::{graph::Graph, kinds::KindInForce, lost::lost_document},
        ground::{error::StoreError, repository::Repository},
        publish::making::project::answers::Withholding,
    },
    schema::{Children, KindSchema, Role, Violation, translation::Translation},
};

/// Most documents whose result is remembered.
const REMEMBERED_MAX: usize = 128 * 1024;

/// The entries that a document embeds, by who sees them.
#[derive(Debug, Default)]
pub(in crate::repo) struct Embedded {
    /// Entries that everybody sees who has the delivered document.
    pub(in crate::repo) shown: BTreeSet<EntryKey>,
    /// Entries that only those see to whom a withheld part of an element is given. Other elements may show them too.
    pub(in crate::repo) kept: BTreeSet<EntryKey>,
}

impl Embedded {
    fn of(kind: &KindSchema, withheld: Withholding) -> Self {
        let embeds = kind.links(&withheld.document).into_iter();
        let shown = embeds.filter(|link| link.role == Role::Embeds).map(|link| link.target);
        let kept = withheld.kept.into_iter().flat_map(|kept| kept.hidden);
        Self { shown: shown.collect(), kept: kept.collect() }
    }
}

/// The documents of a kind, of an entry, and of its translation.
type Texts = (Option<DocumentId>, DocumentId, Option<DocumentId>);

/// The remembered results; they depend on the engines.
struct KnownEmbedded(quick_cache::sync::Cache<Texts, Arc<Embedded>>);

impl Default for KnownEmbedded {
    fn default() -> Self {
        Self(quick_cache::sync::Cache::new(REMEMBERED_MAX))
    }
}

impl Repository {
    fn known_embedded(&self) -> Arc<KnownEmbedded> {
        self.memos.of(KnownEmbedded::default)
    }

    /// What an entry or a translation embeds at a state, if its answers are withheld. `None` when that is not known,
    /// because the entry does not exist or its engine does not understand it.
    pub(in crate::repo) fn embedded(
        &self,
        graph: &Graph<'_>,
        key: &EntryKey,
    ) -> Result<Option<Arc<Embedded>>, StoreError> {
        let document =
            |key: &EntryKey| Ok::<_, StoreError>(graph.row(key)?.and_then(|row| row.document()));
        let (Some(kind), Some(source)) = (graph.kinds.get(key.kind())?, document(&key.source())?)
        else {
            return Ok(None);
        };
        // What a lost document embedded is known only from its live document.
        if source == lost_document() {
            return Ok(None);
        }
        let translation = match key.locale() {
            None => None,
            Some(_) => match document(key)? {
                Some(translation) => Some(translation),
                None => return Ok(None),
            },
        };
        let texts = (kind.document, source, translation);
        if let Some(known) = self.known_embedded().0.get(&texts) {
            return Ok(Some(known));
        }
        let source = graph.kinds.document(&kind, source)?;
        let Some(document) = self.in_words(&kind, source, translation)? else { return Ok(None) };
        let found = self.find_embedded(&kind.schema, &document)?;
        if let Some(found) = &found {
            self.known_embedded().0.insert(texts, Arc::clone(found));
        }
        Ok(found)
    }

    /// Why the answers of a document can't be withheld. What the document embeds is remembered, because that is asked
    /// for next.
    pub(in crate::repo) fn judge_withheld(
        &self,
        kind: &KindInForce,
        [source, translation]: [Option<DocumentId>; 2],
        document: &Value,
    ) -> Result<Vec<Violation>, StoreError> {
        let public = kind.schema.public(document, Children::Dropped);
        let withheld = match self.withhold(&kind.schema, public)? {
            Ok(withheld) => withheld,
            Err(violations) => return Ok(violations),
        };
        let shows_nothing = withheld.kept.iter().all(|kept| kept.is_without_pictures());
        if let Some(source) = source.filter(|_| !shows_nothing) {
            let found = Arc::new(Embedded::of(&kind.schema, withheld));
            self.known_embedded().0.insert((kind.document, source, translation), found);
        }
        Ok(Vec::new())
    }

    /// The source's document, or what a translation makes of it.
    fn in_words(
        &self,
        kind: &KindInForce,
        source: Value,
        translation: Option<DocumentId>,
    ) -> Result<Option<Value>, StoreError> {
        let Some(translation) = translation else { return Ok(Some(source)) };
        let Ok(translation) = Translation::parse(&self.document(translation)?) else {
            return Ok(None);
        };
        Ok(Some(kind.schema.applied(&source, &translation.renamed(&kind.schema)).document))
    }

    fn find_embedded(
        &self,
        kind: &KindSchema,
        document: &Value,
    ) -> Result<Option<Arc<Embedded>>, StoreError> {
        let Ok(withheld) = self.withhold(kind, kind.public(document, Children::Dropped))? else {
            return Ok(None);
        };
        Ok(Some(Arc::new(Embedded::of(kind, withheld))))
    }
}
