//! Whether a difference may go live by itself: its schema, its media, conflicts, its embargo.

use std::{collections::HashMap, sync::Arc};

use rayon::prelude::*;
use serde_json::Value;

use super::{
    Answers,
    select::{Candidate, Difference},
};
use crate::{
    model::{
        id::DocumentId,
        key::EntryKey,
        moment::Moment,
        object::{ObjectKind, Space},
    },
    repo::{
        content::{
            catalogue::RowState,
            facts::Facts,
            kinds::{KindInForce, Kinds},
            objects::StoreError,
        },
        open::Repository,
    },
    schema::{Children, Violation, ViolationCode, translation::Translation},
};

/// Judges differences one by one.
pub(in crate::repo) struct Examiner<'e, 'a> {
    repository: &'e Repository,
    /// The kinds in force before.
    live: &'e Kinds<'a>,
    /// The kinds in force after.
    kinds: &'e Kinds<'a>,
    /// When embargoes are judged; none lifts them.
    judged_ms: Option<u64>,
    /// Differences that are not asked for, by key: what is live of them is not what is to be.
    others: HashMap<EntryKey, Difference>,
    /// Whether what goes live must do without its answers.
    answers: Answers,
}

type Judged = (Candidate, Vec<Violation>);

impl<'e, 'a> Examiner<'e, 'a> {
    pub(in crate::repo) fn new(
        repository: &'e Repository,
        [live, kinds]: [&'e Kinds<'a>; 2],
        judged_ms: Option<u64>,
        answers: Answers,
    ) -> Self {
        Self { repository, live, kinds, judged_ms, others: HashMap::new(), answers }
    }

    /// Tells the differences that are not asked for.
    pub(in crate::repo) fn beside(mut self, others: Vec<Difference>) -> Self {
        let sources = others.into_iter().filter(|(key, _, _)| key.locale().is_none());
        self.others = sources.map(|difference| (difference.0.clone(), difference)).collect();
        self
    }

    /// Judges them on all cores.
    pub(in crate::repo) fn examine(
        &self,
        wanted: Vec<Difference>,
    ) -> Result<Vec<Judged>, StoreError> {
        let (sources, translations): (Vec<_>, Vec<_>) =
            wanted.into_iter().partition(|(key, _, _)| key.locale().is_none());
        let judge = |(key, before, after)| Candidate::new(key, before, after);
        let mut judged: Vec<Judged> = sources
            .into_par_iter()
            .map(|difference| self.source(judge(difference)))
            .collect::<Result<_, _>>()?;
        let embargoes: HashMap<&EntryKey, &Violation> = judged
            .iter()
            .filter_map(|(candidate, violations)| {
                let is_embargo = |one: &&Violation| one.code == ViolationCode::Embargoed;
                Some((&candidate.key, violations.iter().find(is_embargo)?))
            })
            .collect();
        let translated: Vec<Judged> = translations
            .into_par_iter()
            .map(|difference| {
                let source = difference.0.source();
                let embargo = match embargoes.get(&source) {
                    Some(embargo) => Some((*embargo).clone()),
                    None => self.embargo_of(&source)?,
                };
                self.translation(judge(difference), embargo)
            })
            .collect::<Result<_, StoreError>>()?;
        judged.extend(translated);
        Ok(judged)
    }

    fn source(&self, mut candidate: Candidate) -> Result<Judged, StoreError> {
        let mut violations = Vec::new();
        let Some(kind) = self.kind(&candidate, &mut violations)? else {
            return Ok((candidate, violations));
        };
        let repository = self.repository;
        if let Some(document) = candidate.before.and_then(|row| row.document()) {
            let was = self.live.get(candidate.key.kind())?.unwrap_or_else(|| kind.clone());
            let document = self.live.document(&was, document)?;
            candidate.title = was.schema.title(&document).map(str::to_owned);
            candidate.facts.before = Some(Arc::new(Facts::of(&was.schema, &document)));
        }
        if let Some(document) = candidate.after.and_then(|row| row.document()) {
            let document = self.kinds.document(&kind, document)?;
            violations.extend(repository.judge(&kind.schema, &document)?);
            if violations.is_empty() && self.answers == Answers::Withheld {
                let public = kind.schema.public(&document, Children::Dropped);
                violations
                    .extend(repository.withhold(&kind.schema, public)?.err().into_iter().flatten());
            }
            violations.extend(missing_media(repository, &kind, &document)?);
            violations.extend(self.embargo(&kind, &document));
            candidate.title = kind.schema.title(&document).map(str::to_owned);
            candidate.facts.after = Some(Arc::new(Facts::of(&kind.schema, &document)));
        }
        Ok((candidate, violations))
    }

    fn translation(
        &self,
        candidate: Candidate,
        embargo: Option<Violation>,
    ) -> Result<Judged, StoreError> {
        let mut violations = Vec::new();
        if self.kind(&candidate, &mut violations)?.is_some()
            && let Some(document) = candidate.after.and_then(|row| row.document())
        {
            let document = self.repository.document(document)?;
            violations.extend(Translation::parse(&document).err().unwrap_or_default());
            // The words of what is embargoed must not show in another language either.
            violations.extend(embargo);
        }
        Ok((candidate, violations))
    }

    fn kind(
        &self,
        candidate: &Candidate,
        violations: &mut Vec<Violation>,
    ) -> Result<Option<KindInForce>, StoreError> {
        let kind = self.kinds.get(candidate.key.kind())?;
        if kind.is_none() && candidate.is_live_after() {
            let message = format!("there is no kind {:?}", candidate.key.kind().as_str());
            violations.push(Violation::new("", ViolationCode::UnknownKind, message));
        }
        if kind.is_some() && candidate.after.is_some_and(|row| row.state == RowState::Conflicted) {
            let message = "it holds a conflict that nobody has resolved";
            violations.push(Violation::new("", ViolationCode::Unresolved, message));
        }
        Ok(kind)
    }

    fn embargo(&self, kind: &KindInForce, document: &Value) -> Option<Violation> {
        let until: Moment = kind.schema.not_before(document)?;
        (until.time_ms() > self.judged_ms?).then(|| kind.schema.embargoed(&until))
    }

    /// The embargo of a source that is not asked for, but differs: what is live already has none.
    fn embargo_of(&self, source: &EntryKey) -> Result<Option<Violation>, StoreError> {
        if self.judged_ms.is_none() {
            return Ok(None);
        }
        let after = self.others.get(source).and_then(|(_, _, after)| *after);
        let (Some(document), Some(kind)) =
            (after.and_then(|row| row.document()), self.kinds.get(source.kind())?)
        else {
            return Ok(None);
        };
        self.embargo_in(&kind, document)
    }

    fn embargo_in(
        &self,
        kind: &KindInForce,
        document: DocumentId,
    ) -> Result<Option<Violation>, StoreError> {
        let Some(property) = kind.schema.embargo_property() else { return Ok(None) };
        let id = document.object_id();
        let bytes = self.repository.object(&Space::Source, id, ObjectKind::Document)?;
        // Few documents have one, and parsing costs more than looking.
        let text = std::str::from_utf8(&bytes).unwrap_or_default();
        if !text.contains(property) {
            return Ok(None);
        }
        Ok(self.embargo(kind, &self.repository.document(document)?))
    }
}

fn missing_media(
    repository: &Repository,
    kind: &KindInForce,
    document: &Value,
) -> Result<Vec<Violation>, StoreError> {
    let media = kind.schema.media(document);
    if media.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = media.iter().map(|(_, id)| id.object_id()).collect();
    let held = repository.engine.holds(&Space::Source, &ids)?;
    let missing = media.into_iter().zip(held).filter(|(_, held)| !held);
    Ok(missing
        .map(|((pointer, id), _)| {
            Violation::new(
                pointer,
                ViolationCode::UnknownMedia,
                format!("there is no media file {id}"),
            )
        })
        .collect())
}
