//! Whether a difference may go live by itself: its schema, its media, its conflicts, its embargo, and whether its
//! questions can be answered.

pub(super) mod dangling;

use std::{collections::HashMap, sync::Arc};

use rayon::prelude::*;
use serde_json::Value;

use super::candidate::{Candidate, Difference};
use crate::{
    model::{
        document::Document,
        id::{DocumentId, MediaId},
        key::EntryKey,
        moment::Moment,
        object::{ObjectKind, Space},
    },
    repo::{
        channel::policy::Answers,
        commit::translated::Surroundings,
        content::{
            catalogue::{self, CatalogueRow, RowState},
            facts::Facts,
            findings::{FindingRow, Look, policy::FindingsPolicy},
            kinds::{KindInForce, Kinds},
        },
        ground::{error::StoreError, repository::Repository},
    },
    schema::{Violation, ViolationCode, translation::Translation},
};

/// Judges differences one by one.
pub(in crate::repo) struct Examiner<'e, 'a> {
    repository: &'e Repository,
    /// The kinds in force before the publish.
    live: &'e Kinds<'a>,
    /// The kinds in force after the publish.
    kinds: &'e Kinds<'a>,
    /// The instant for which embargoes are judged, in milliseconds since 1970-01-01T00:00:00Z; `None` lifts all
    /// embargoes.
    judged_ms: Option<u64>,
    /// Differences of sources that are not asked for, by key: their live rows are not those that are to be live.
    others: HashMap<EntryKey, Difference>,
    /// Whether what goes live has to withhold its answers.
    answers: Answers,
    /// Which findings bar an entry from going live.
    policy: FindingsPolicy,
}

type Judged = (Candidate, Vec<Violation>);

impl<'e, 'a> Examiner<'e, 'a> {
    pub(in crate::repo) fn new(
        repository: &'e Repository,
        [live, kinds]: [&'e Kinds<'a>; 2],
        judged_ms: Option<u64>,
        answers: Answers,
    ) -> Result<Self, StoreError> {
        let (policy, _) = repository.findings_policy()?;
        Ok(Self { repository, live, kinds, judged_ms, others: HashMap::new(), answers, policy })
    }

    /// Adds the differences that are not asked for.
    pub(in crate::repo) fn beside(mut self, others: Vec<Difference>) -> Self {
        let sources = others.into_iter().filter(|(key, _, _)| key.locale().is_none());
        self.others = sources.map(|difference| (difference.0.clone(), difference)).collect();
        self
    }

    /// Judges the wanted differences on all cores.
    pub(in crate::repo) fn examine(
        &self,
        wanted: Vec<Difference>,
    ) -> Result<Vec<Judged>, StoreError> {
        let (sources, translations): (Vec<_>, Vec<_>) =
            wanted.into_iter().partition(|(key, _, _)| key.locale().is_none());
        let judge = |(key, before, after)| Candidate::new(key, before, after);
        // The sources that are to go live together; whether they may is not known yet.
        let beside: HashMap<EntryKey, Option<CatalogueRow>> =
            sources.iter().map(|(key, _, after)| (key.clone(), *after)).collect();
        let mut judged: Vec<Judged> = sources
            .into_par_iter()
            .map(|difference| self.source(judge(difference), &beside))
            .collect::<Result<_, _>>()?;
        let embargoes: HashMap<&EntryKey, &Violation> = judged
            .iter()
            .filter_map(|(candidate, violations)| {
                let is_embargo = |one: &&Violation| one.code == ViolationCode::Embargoed;
                Some((&candidate.key, violations.iter().find(is_embargo)?))
            })
            .collect();
        let going: HashMap<&EntryKey, Option<CatalogueRow>> = judged
            .iter()
            .filter(|(_, violations)| violations.is_empty())
            .map(|(candidate, _)| (&candidate.key, candidate.after))
            .collect();
        let translated: Vec<Judged> = translations
            .into_par_iter()
            .map(|difference| {
                let source = difference.0.source();
                let embargo = match embargoes.get(&source) {
                    Some(embargo) => Some((*embargo).clone()),
                    None => self.embargo_of(&source)?,
                };
                self.translation(judge(difference), embargo, &going)
            })
            .collect::<Result<_, StoreError>>()?;
        judged.extend(translated);
        Ok(judged)
    }

    /// The row of an entry after the publish, or if it has none, its row once what is not asked for goes live too.
    fn row_after(
        &self,
        key: &EntryKey,
        going: &HashMap<&EntryKey, Option<CatalogueRow>>,
    ) -> Result<Option<CatalogueRow>, StoreError> {
        if let Some(row) = going.get(key) {
            return Ok(*row);
        }
        let nodes = &*self.repository.source;
        let live = catalogue::row(nodes, self.live.catalogue(), key)?;
        let live = live.filter(|row| row.document().is_some());
        Ok(live.or_else(|| self.others.get(key).and_then(|(_, _, after)| *after)))
    }

    fn source(
        &self,
        mut candidate: Candidate,
        beside: &HashMap<EntryKey, Option<CatalogueRow>>,
    ) -> Result<Judged, StoreError> {
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
            if violations.is_empty() {
                candidate.findings = self.findings(&kind, &candidate.key, &document, beside)?;
                violations.extend(self.bars(&candidate.findings));
            }
            if violations.is_empty() && self.answers == Answers::Withheld {
                let texts = [candidate.after.and_then(|row| row.document()), None];
                violations.extend(repository.judge_withheld(&kind, texts, &document)?);
            }
            violations.extend(missing_media(repository, kind.schema.media(&document))?);
            violations.extend(self.embargo(&kind, &document));
            candidate.title = kind.schema.title(&document).map(str::to_owned);
            candidate.facts.after = Some(Arc::new(Facts::of(&kind.schema, &document)));
        }
        Ok((candidate, violations))
    }

    /// What learners would stumble over, without what was dismissed.
    fn findings(
        &self,
        kind: &KindInForce,
        key: &EntryKey,
        document: &Value,
        beside: &HashMap<EntryKey, Option<CatalogueRow>>,
    ) -> Result<Vec<FindingRow>, StoreError> {
        let repository = self.repository;
        let mut rows = repository.findings_of(&kind.schema, key, document, Look::Grave)?;
        let document_of = |key: &EntryKey| -> Result<Option<Value>, StoreError> {
            let row = match beside.get(key) {
                Some(row) => *row,
                None => catalogue::row(&*repository.source, self.live.catalogue(), key)?,
            };
            row.and_then(|row| row.document()).map(|id| repository.document(id)).transpose()
        };
        let schema = &kind.schema;
        rows.extend(repository.too_large_draws(self.kinds, schema, key, document, &document_of)?);
        rows.retain(|row| !row.is_settled());
        Ok(rows)
    }

    /// The findings that bar an entry, as violations.
    fn bars<'r>(&self, rows: &'r [FindingRow]) -> impl Iterator<Item = Violation> + use<'r> {
        let policy = self.policy;
        rows.iter().filter(move |row| policy.is_barred_by(row)).map(|row| {
            let finding = &row.finding;
            let message = finding.message.trim_end_matches('.');
            Violation::new(finding.pointer.as_str(), ViolationCode::CannotBeAnswered, message)
        })
    }

    fn translation(
        &self,
        mut candidate: Candidate,
        embargo: Option<Violation>,
        going: &HashMap<&EntryKey, Option<CatalogueRow>>,
    ) -> Result<Judged, StoreError> {
        let mut violations = Vec::new();
        let Some(kind) = self.kind(&candidate, &mut violations)? else {
            return Ok((candidate, violations));
        };
        let repository = self.repository;
        if let Some(document) = candidate.before.and_then(|row| row.document()) {
            let was = self.live.get(candidate.key.kind())?.unwrap_or_else(|| kind.clone());
            let document = repository.document(document)?;
            candidate.facts.before = Some(Arc::new(Facts::of_translation(&was.schema, &document)));
        }
        if let Some(id) = candidate.after.and_then(|row| row.document()) {
            let document = repository.document(id)?;
            candidate.facts.after = Some(Arc::new(Facts::of_translation(&kind.schema, &document)));
            let (found, findings) =
                self.beside_its_source(&candidate.key, &kind, (id, &document), going)?;
            violations.extend(found);
            violations.extend(self.bars(&findings));
            candidate.findings = findings;
            // The words of an embargoed entry must not appear in another language either.
            violations.extend(embargo);
        }
        Ok((candidate, violations))
    }

    /// What is wrong with a translation as learners would get it, and which of its findings bar it.
    fn beside_its_source(
        &self,
        key: &EntryKey,
        kind: &KindInForce,
        (document_id, document): (DocumentId, &Value),
        going: &HashMap<&EntryKey, Option<CatalogueRow>>,
    ) -> Result<(Vec<Violation>, Vec<FindingRow>), StoreError> {
        let none = Vec::new();
        let repository = self.repository;
        let over = |key: &EntryKey| -> Result<Option<Option<Document>>, StoreError> {
            let document = self.row_after(key, going)?.and_then(|row| row.document());
            Ok(Some(document.map(|id| repository.stored_document(id)).transpose()?))
        };
        let around =
            Surroundings { kinds: self.kinds, catalogue: self.live.catalogue(), over: &over };
        if let Some(violation) = repository.without_place(around, key)? {
            return Ok((vec![violation], none));
        }
        let translation = match Translation::parse(document) {
            Ok(translation) => translation.renamed(&kind.schema),
            Err(violations) => return Ok((violations, none)),
        };
        let Some(source) = over(&key.source())?.flatten() else {
            return Ok((Vec::new(), none));
        };
        let source = kind.under_its_names(source);
        let mut violations = repository.judge_texts(kind, &source, &translation)?;
        let media = kind.schema.translated_media(&translation);
        violations.extend(missing_media(repository, media)?);
        let mut findings = Vec::new();
        if violations.is_empty() {
            let both = (&*source, &translation);
            let look = Look::Grave;
            findings = repository.findings_of_translation(&kind.schema, key, both, look)?;
            findings.retain(|row| !row.is_settled());
        }
        if violations.is_empty() && self.answers == Answers::Withheld {
            let applied = kind.schema.applied(&source, &translation).document;
            let source = self.row_after(&key.source(), going)?.and_then(|row| row.document());
            violations.extend(repository.judge_withheld(
                kind,
                [source, Some(document_id)],
                &applied,
            )?);
        }
        Ok((violations, findings))
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

    /// The embargo of a source that differs but is not asked for; a live source has none.
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
        // Few documents have an embargo, and searching costs less than parsing.
        let text = std::str::from_utf8(&bytes).unwrap_or_default();
        if !text.contains(property) {
            return Ok(None);
        }
        Ok(self.embargo(kind, &self.repository.document(document)?))
    }
}

fn missing_media(
    repository: &Repository,
    media: Vec<(String, MediaId)>,
) -> Result<Vec<Violation>, StoreError> {
    if media.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = media.iter().map(|(_, id)| id.object_id()).collect();
    let held = repository.engine.holds(&Space::Source, &ids)?;
    let missing = media.into_iter().zip(held).filter(|(_, held)| !held);
    missing
        .map(|((pointer, id), _)| {
            let message = match repository.is_taken_down(&Space::Source, id.object_id())? {
                true => format!("media file {id} was taken down"),
                false => format!("there is no media file {id}"),
            };
            Ok(Violation::new(pointer, ViolationCode::UnknownMedia, message))
        })
        .collect()
}
