//! What learners see of what a document embeds, and what only the part of it shows that is kept back.
//!
//! Finding it out takes an engine; what was found of a document is remembered.

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

/// Documents of which it is remembered.
const REMEMBERED_MAX: usize = 128 * 1024;

/// The entries that a document embeds, by who sees them.
#[derive(Debug, Default)]
pub(in crate::repo) struct Embedded {
    /// Everybody who has the delivered document.
    pub(in crate::repo) shown: BTreeSet<EntryKey>,
    /// Those to whom a part of an element is given that is kept back. What another element shows may be among them.
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

/// A kind's document, an entry's, and its translation's.
type Texts = (Option<DocumentId>, DocumentId, Option<DocumentId>);

/// What is known of documents; it depends on the engines.
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

    /// What an entry or a translation embeds at a state, where its answers are kept back; none where that is not known,
    /// because it is not there or its engine does not understand it.
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
        // What a lost document embedded is known only by what is live of it.
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

    /// Why the answers of a document can't be kept back; what it embeds is remembered, for that is asked for next.
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
