//! What a state has that a channel does not deliver, and why not.
//!
//! It is the difference of two maps, merged with the effective entries that stand nowhere, so the cost of a page
//! follows what differs and not what exists. The models of templates stand nowhere on purpose: one is listed while a
//! change of it waits, and not afterwards.

use std::{
    cmp::Ordering,
    collections::{BTreeSet, HashMap, HashSet},
    iter::Peekable,
};

use serde::Serialize;

use super::{
    affected::Standing,
    course::Base,
    error::PublishError,
    report::Reason,
    select::{
        candidate::{Difference, decoded},
        hold_back::Examiner,
    },
};
use crate::{
    map,
    model::{alteration::Alteration, id::RevisionId, key::EntryKey, revision::Revision},
    repo::{
        channel::{
            Channel,
            holds::{HoldRow, hold_on},
        },
        content::{
            catalogue::{self, CatalogueRow},
            graph::Graph,
            kinds::Kinds,
            languages::language_key,
            state::State,
        },
        ground::{
            error::{StoreError, unless_damaged},
            repository::Repository,
        },
        publish::making::unplaced,
    },
    schema::{Place, Violation, ViolationCode},
};

/// A page of what a channel does not deliver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotPublicPage {
    /// The rows, ascending by key.
    pub rows: Vec<NotPublicRow>,
    /// Whether more rows follow.
    pub more: bool,
}

/// An entry or translation that learners do not get as the state has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotPublicRow {
    /// The entry or translation.
    pub key: EntryKey,
    /// Its title.
    pub title: Option<String>,
    /// How it differs from what learners get; `None` when it only stands nowhere.
    pub change: Option<Alteration>,
    /// The revision that is not delivered; `None` when the state has none.
    pub since: Option<Since>,
    /// Why it is not delivered; at least one reason.
    pub why: Vec<Why>,
}

/// The revision that waits to be delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Since {
    /// The revision.
    pub revision: RevisionId,
    /// Who wrote it.
    pub author: String,
    /// When they wrote it, in milliseconds since 1970-01-01T00:00:00Z.
    pub time_ms: u64,
}

/// Why learners do not get something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Why {
    /// Nobody has published it.
    NotPublished,
    /// A publish would hold it back; with `tried`, the last one did.
    HeldBack {
        /// The reasons for holding it back.
        reasons: Vec<Reason>,
        /// Whether these are the reasons of the last publish.
        tried: bool,
    },
    /// A hold keeps the entry as it is.
    OnHold {
        /// The hold.
        hold: HoldRow,
    },
    /// The entry may not be live yet.
    Embargoed {
        /// The sentence that says until when.
        message: String,
    },
    /// The entry stands nowhere, so nobody would get it.
    StandsNowhere,
    /// The entry stands nowhere on purpose: it is the model of a template, or in one.
    IsModel {
        /// The template, the first by key.
        template: EntryKey,
    },
    /// Something that would say why can't be read.
    Damaged {
        /// What the damaged object says of its damage.
        message: String,
    },
}

impl Channel {
    /// What a state has that the channel does not deliver, for keys after this one, at most `rows_max`; embargoes are
    /// judged at `now_ms`.
    ///
    /// # Errors
    /// [`PublishError`] when a channel may not have this name, or the store can't be read.
    pub fn not_public(
        &self,
        state: &State,
        after: Option<&EntryKey>,
        rows_max: usize,
        now_ms: u64,
    ) -> Result<NotPublicPage, PublishError> {
        let (repository, base) = (&self.repository, self.base()?);
        let target = repository.roots(state)?;
        let kinds = Kinds::at(repository, target.catalogue);
        let graph = Graph::new(repository, &*repository.source, target, &kinds);
        let mut page = repository.page(&base, &graph, after, rows_max)?;
        let more = page.len() > rows_max;
        page.truncate(rows_max);
        let tried = repository.tried(&base)?;
        let look = Look { repository, base: &base, graph: &graph, tried };
        Ok(NotPublicPage { rows: look.rows(page, now_ms)?, more })
    }
}

impl Repository {
    /// The differences merged with the entries that stand nowhere, one row more than asked for.
    fn page(
        &self,
        base: &Base,
        graph: &Graph<'_>,
        after: Option<&EntryKey>,
        rows_max: usize,
    ) -> Result<Vec<Waiting>, StoreError> {
        let start = after.map(EntryKey::encode).unwrap_or_default();
        let nodes = &*self.source;
        let differences =
            map::diff_from(nodes, base.roots.catalogue, graph.roots.catalogue, &start)?;
        let mut differences = differences.peekable();
        let mut nowhere = self.nowhere(base, &start)?.into_iter().peekable();
        let mut page = Vec::new();
        while page.len() <= rows_max {
            let Some(waiting) = next(&mut differences, &mut nowhere)? else { break };
            let is_past = after.is_some_and(|after| waiting.difference.0 <= *after);
            let (_, before, now) = &waiting.difference;
            let is_told = waiting.stands_nowhere || is_live(*before) || is_live(*now);
            if !is_told || is_past {
                continue;
            }
            if before == now && graph.template_of(&waiting.difference.0)?.is_some() {
                continue;
            }
            page.push(waiting);
        }
        Ok(page)
    }

    fn nowhere(
        &self,
        base: &Base,
        start: &[u8],
    ) -> Result<Vec<(EntryKey, CatalogueRow)>, StoreError> {
        let keys = match base.nowhere {
            None => unplaced::walk(self, base)?,
            Some(root) => map::entries(&*self.source, root, start)?
                .map(|entry| catalogue::decoded_key(&entry?.0))
                .collect::<Result<_, StoreError>>()?,
        };
        let mut rows = Vec::with_capacity(keys.len());
        for key in keys {
            if let Some(row) = catalogue::row(&*self.source, base.roots.catalogue, &key)? {
                rows.push((key, row));
            }
        }
        Ok(rows)
    }

    /// What the last publish held back, and why.
    fn tried(&self, base: &Base) -> Result<HashMap<EntryKey, Vec<Reason>>, StoreError> {
        let Some(publication) = base.publication() else { return Ok(HashMap::new()) };
        // Without a readable report the rows are judged all the same.
        let Ok(report) = unless_damaged(self.report_at(publication))? else {
            return Ok(HashMap::new());
        };
        let rows = report.done.held_back.into_iter();
        Ok(rows.map(|row| (row.key, row.reasons.into_iter().map(Reason::from).collect())).collect())
    }
}

/// A row before it is judged.
struct Waiting {
    difference: Difference,
    stands_nowhere: bool,
}

fn is_live(row: Option<CatalogueRow>) -> bool {
    row.is_some_and(|row| row.document().is_some())
}

impl Waiting {
    fn change(&self) -> Option<Alteration> {
        let (_, before, after) = self.difference;
        match (is_live(before), is_live(after)) {
            _ if before == after => None,
            (false, _) => Some(Alteration::Added),
            (true, true) => Some(Alteration::Changed),
            (true, false) => Some(Alteration::Removed),
        }
    }

    /// The row of an entry that can't be judged.
    fn damaged(&self, message: &str) -> NotPublicRow {
        let key = self.difference.0.clone();
        let why = vec![Why::Damaged { message: message.to_owned() }];
        NotPublicRow { key, title: None, change: self.change(), since: None, why }
    }
}

/// The next of the two by key; one row if both have the key.
fn next(
    differences: &mut Peekable<impl Iterator<Item = Result<map::Difference, map::MapError>>>,
    nowhere: &mut Peekable<impl Iterator<Item = (EntryKey, CatalogueRow)>>,
) -> Result<Option<Waiting>, StoreError> {
    let order = match (differences.peek(), nowhere.peek()) {
        (None, None) => return Ok(None),
        (Some(_), None) | (Some(Err(_)), _) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (Some(Ok(difference)), Some((key, _))) => difference.key.cmp(&key.encode()),
    };
    let stands_nowhere = order != Ordering::Less;
    let alone = if stands_nowhere { nowhere.next() } else { None };
    let difference = match differences.next_if(|_| order != Ordering::Greater) {
        Some(difference) => decoded(&difference?)?,
        None => {
            let Some((key, row)) = alone else { return Ok(None) };
            (key, Some(row), Some(row))
        }
    };
    Ok(Some(Waiting { difference, stands_nowhere }))
}

/// What the rows of a page are judged by.
struct Look<'l> {
    repository: &'l Repository,
    base: &'l Base,
    graph: &'l Graph<'l>,
    tried: HashMap<EntryKey, Vec<Reason>>,
}

impl Look<'_> {
    /// The rows of a page. If something can't be read, each row is judged alone, so that the damage affects only its
    /// own rows.
    fn rows(&self, page: Vec<Waiting>, now_ms: u64) -> Result<Vec<NotPublicRow>, StoreError> {
        if let Ok(rows) = unless_damaged(self.judged(&page, now_ms))? {
            return Ok(rows);
        }
        let mut rows = Vec::new();
        for waiting in page.chunks(1) {
            match unless_damaged(self.judged(waiting, now_ms))? {
                Ok(judged) => rows.extend(judged),
                Err(message) => rows.extend(waiting.iter().map(|one| one.damaged(&message))),
            }
        }
        Ok(rows)
    }

    fn judged(&self, page: &[Waiting], now_ms: u64) -> Result<Vec<NotPublicRow>, StoreError> {
        let others = self.sources_beside(page)?;
        let wanted = page.iter().map(|waiting| waiting.difference.clone()).collect();
        let kinds = self.graph.kinds;
        let live = Kinds::at(self.repository, self.base.roots.catalogue);
        let examiner =
            Examiner::new(self.repository, [&live, kinds], Some(now_ms), self.base.answers)?;
        let judged = examiner.beside(others).examine(wanted)?;
        let mut judged: HashMap<EntryKey, (Option<String>, Vec<Violation>)> = judged
            .into_iter()
            .map(|(candidate, found)| (candidate.key.clone(), (candidate.title, found)))
            .collect();
        let standing = Standing::of(self.graph, self.base);
        let mut rows = Vec::new();
        for waiting in page {
            let (title, found) = judged.remove(&waiting.difference.0).unwrap_or_default();
            rows.push(self.row(&standing, waiting, title, &found)?);
        }
        Ok(rows)
    }

    /// The differences of sources and languages that are not on the same page as their translations.
    fn sources_beside(&self, page: &[Waiting]) -> Result<Vec<Difference>, StoreError> {
        let here: HashSet<&EntryKey> = page.iter().map(|waiting| &waiting.difference.0).collect();
        let sources: BTreeSet<EntryKey> = here
            .iter()
            .filter_map(|key| Some([Some(key.source()), language_key(key.locale()?)]))
            .flatten()
            .flatten()
            .filter(|source| !here.contains(source))
            .collect();
        let mut beside = Vec::new();
        for source in sources {
            let nodes = &*self.repository.source;
            let before = catalogue::row(nodes, self.base.roots.catalogue, &source)?;
            let after = catalogue::row(nodes, self.graph.roots.catalogue, &source)?;
            if before != after {
                beside.push((source, before, after));
            }
        }
        Ok(beside)
    }

    fn row(
        &self,
        standing: &Standing<'_, '_>,
        waiting: &Waiting,
        title: Option<String>,
        found: &[Violation],
    ) -> Result<NotPublicRow, StoreError> {
        let (key, _, after) = waiting.difference.clone();
        let change = waiting.change();
        let mut why = Vec::new();
        if let Some(hold) = hold_on(self.repository, self.base.holds, &key)? {
            why.push(Why::OnHold { hold: hold.into_row(key.clone()) });
        }
        if change.is_some() {
            why.extend(self.refused(&key, found));
        }
        let kind = self.graph.kinds.get(key.kind())?;
        let place = kind.map_or(Place::Never, |kind| kind.schema.place());
        let source = key.source();
        let reaches =
            || Ok::<_, StoreError>(standing.stands(&source)? || standing.is_given(&source)?);
        if waiting.stands_nowhere && change.is_none()
            || is_live(after) && place != Place::Never && !reaches()?
        {
            why.push(match self.graph.template_of(&key.source())? {
                Some(template) => Why::IsModel { template },
                None => Why::StandsNowhere,
            });
        }
        if why.is_empty() {
            why.push(Why::NotPublished);
        }
        let since = match after {
            None => None,
            Some(row) => {
                let revision = self.repository.revision(row.revision)?;
                let Revision { author, time_ms, .. } = revision;
                Some(Since { revision: row.revision, author, time_ms })
            }
        };
        Ok(NotPublicRow { key, title, change, since, why })
    }

    /// Why a publish would hold an entry back now, or why the last one did.
    fn refused(&self, key: &EntryKey, found: &[Violation]) -> Vec<Why> {
        let (embargoes, found): (Vec<_>, Vec<_>) =
            found.iter().partition(|one| one.code == ViolationCode::Embargoed);
        let mut why: Vec<Why> = embargoes
            .into_iter()
            .map(|one| Why::Embargoed { message: one.message.clone() })
            .collect();
        if !found.is_empty() {
            let reasons = found.into_iter().map(Reason::from).collect();
            why.push(Why::HeldBack { reasons, tried: false });
        } else if let Some(reasons) = self.tried.get(key) {
            // Some reasons depend on the live links around the entry, so only the last publish knows them.
            let is_lifted = |one: &&Reason| one.code != ViolationCode::Embargoed.word();
            let reasons: Vec<_> = reasons.iter().filter(is_lifted).cloned().collect();
            if !reasons.is_empty() {
                why.push(Why::HeldBack { reasons, tried: true });
            }
        }
        why
    }
}
