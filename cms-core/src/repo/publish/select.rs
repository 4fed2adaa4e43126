//! What a publish changes: the difference to the target, less what may not or need not go live.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use rayon::prelude::*;

use super::{Base, Course, EntryChange, HeldBack, PublishError};
use crate::{
    map::{self, Staging},
    model::{id::NodeId, key::EntryKey, object::Space},
    repo::{
        commit::check::Touched,
        commit::prepared::link_edits,
        content::{
            backlinks,
            catalogue::{self, CatalogueRow, RowState},
            facts::Facts,
            kinds::{KindInForce, Kinds},
            objects::StoreError,
        },
        open::Repository,
        state::Roots,
    },
    schema::{Role, Violation, ViolationCode, translation::Translation},
};

/// A difference between what is live and the target.
#[derive(Clone)]
pub(in crate::repo) struct Candidate {
    pub(in crate::repo) key: EntryKey,
    pub(in crate::repo) before: Option<CatalogueRow>,
    pub(in crate::repo) after: Option<CatalogueRow>,
    /// What the graph knows of the documents; translations have none.
    pub(in crate::repo) facts: Touched,
    title: Option<String>,
}

impl Candidate {
    fn is_live_after(&self) -> bool {
        self.after.is_some_and(|row| row.document().is_some())
    }
}

/// What a publish changes, and what it does not.
pub(in crate::repo) struct Selection {
    /// The changes, ascending by key.
    pub(in crate::repo) accepted: BTreeMap<EntryKey, Candidate>,
    pub(super) held_back: Vec<HeldBack>,
    pub(super) on_hold: Vec<EntryKey>,
    pub(super) not_chosen_count: u64,
}

impl Selection {
    /// Whether the target goes live as it is.
    fn is_everything(&self) -> bool {
        self.held_back.is_empty() && self.on_hold.is_empty() && self.not_chosen_count == 0
    }

    pub(super) fn changes(&self) -> Vec<EntryChange> {
        let change = |candidate: &Candidate| {
            let live_before = candidate.before.is_some_and(|row| row.document().is_some());
            let change = match (live_before, candidate.is_live_after()) {
                (false, true) => "added",
                (true, true) => "changed",
                (true, false) => "removed",
                (false, false) => return None,
            };
            Some(EntryChange { key: candidate.key.clone(), title: candidate.title.clone(), change })
        };
        self.accepted.values().filter_map(change).collect()
    }
}

/// Finds the differences and sorts them.
pub(super) fn select(
    repository: &Repository,
    kinds: &Kinds<'_>,
    base: &Base,
    course: &Course,
) -> Result<Selection, PublishError> {
    let mut differences = Vec::new();
    for difference in map::diff(&*repository.source, base.roots.catalogue, course.target.catalogue)?
    {
        let difference = difference?;
        let row = |value: Option<bytes::Bytes>| {
            value.map(|value| catalogue::decoded_row(&difference.key, &value)).transpose()
        };
        let (before, after) = (row(difference.left.clone())?, row(difference.right.clone())?);
        let key = catalogue::decoded_key(&difference.key)?;
        differences.push((key, before, after));
    }
    let on_hold = on_hold(repository, base, course, &differences)?;
    differences.retain(|(key, _, _)| !on_hold.contains(key));
    let found_count = differences.len();
    if !course.asked.only.is_empty() {
        let chosen = chosen(repository, kinds, base, course, &differences)?;
        differences.retain(|(key, _, _)| chosen.contains(key));
    }
    let not_chosen_count = (found_count - differences.len()) as u64;
    let examined: Vec<_> = differences
        .into_par_iter()
        .map(|(key, before, after)| examine(repository, kinds, Candidate::new(key, before, after)))
        .collect::<Result<_, StoreError>>()?;
    let mut accepted = BTreeMap::new();
    let mut held = BTreeMap::new();
    for (candidate, violations) in examined {
        if violations.is_empty() {
            accepted.insert(candidate.key.clone(), candidate);
        } else {
            held.insert(candidate.key.clone(), (candidate, violations));
        }
    }
    hold_back_dangling(repository, base, &mut accepted, &mut held)?;
    let held_back = held
        .into_values()
        .map(|(candidate, reasons)| HeldBack {
            is_live: candidate.before.is_some_and(|row| row.document().is_some()),
            key: candidate.key,
            reasons,
        })
        .collect();
    Ok(Selection { accepted, held_back, on_hold: on_hold.into_iter().collect(), not_chosen_count })
}

type Difference = (EntryKey, Option<CatalogueRow>, Option<CatalogueRow>);

fn on_hold(
    repository: &Repository,
    base: &Base,
    course: &Course,
    differences: &[Difference],
) -> Result<BTreeSet<EntryKey>, StoreError> {
    let mut held = BTreeSet::new();
    if !course.minds_holds || map::count(&*repository.source, base.holds)? == 0 {
        return Ok(held);
    }
    for (key, _, _) in differences {
        if map::get(&*repository.source, base.holds, &key.encode())?.is_some() {
            held.insert(key.clone());
        }
    }
    Ok(held)
}

/// The chosen entries with what they need: what they carry that was never live, and where they stand
/// nowhere yet, the containers that give them a place.
fn chosen(
    repository: &Repository,
    kinds: &Kinds<'_>,
    base: &Base,
    course: &Course,
    differences: &[Difference],
) -> Result<HashSet<EntryKey>, PublishError> {
    let by_source: HashMap<EntryKey, Vec<&Difference>> =
        differences.iter().fold(HashMap::new(), |mut by_source, difference| {
            by_source.entry(difference.0.source()).or_insert_with(Vec::new).push(difference);
            by_source
        });
    let nodes = &*repository.source;
    let mut chosen = HashSet::new();
    let mut queue: Vec<EntryKey> = Vec::new();
    for key in &course.asked.only {
        let known = |root| catalogue::row(nodes, root, key);
        if known(base.roots.catalogue)?.is_none() && known(course.target.catalogue)?.is_none() {
            return Err(PublishError::UnknownEntry {
                key: key.clone(),
                target: course.asked.target.clone(),
            });
        }
        match key.locale() {
            Some(_) => {
                chosen.insert(key.clone());
            }
            None => queue.push(key.clone()),
        }
    }
    let mut seen = HashSet::new();
    while let Some(key) = queue.pop() {
        if !seen.insert(key.clone()) {
            continue;
        }
        let Some(rows) = by_source.get(&key) else { continue };
        chosen.extend(rows.iter().map(|(key, _, _)| key.clone()));
        let Some((_, before, Some(after))) = rows.iter().find(|(row, _, _)| *row == key) else {
            continue;
        };
        let (Some(document), Some(kind)) = (after.document(), kinds.get(key.kind())?) else {
            continue;
        };
        for (target, _) in Facts::of(&kind.schema, &repository.document(document)?).carried() {
            let is_live = catalogue::row(nodes, base.roots.catalogue, target)?
                .is_some_and(|row| row.document().is_some());
            if !is_live {
                queue.push(target.clone());
            }
        }
        if before.is_none() {
            let live = backlinks::sources(nodes, base.roots.backlinks, &key, Some(Role::Contains))?;
            if live.is_empty() {
                let parents =
                    backlinks::sources(nodes, course.target.backlinks, &key, Some(Role::Contains))?;
                queue.extend(parents.into_iter().map(|(parent, _)| parent));
            }
        }
    }
    Ok(chosen)
}

impl Candidate {
    fn new(key: EntryKey, before: Option<CatalogueRow>, after: Option<CatalogueRow>) -> Self {
        Self { key, before, after, facts: Touched::default(), title: None }
    }
}

/// Reads a candidate's documents and judges the new one by itself.
fn examine(
    repository: &Repository,
    kinds: &Kinds<'_>,
    mut candidate: Candidate,
) -> Result<(Candidate, Vec<Violation>), StoreError> {
    let mut violations = Vec::new();
    let Some(kind) = kinds.get(candidate.key.kind())? else {
        if candidate.is_live_after() {
            let message = format!("there is no kind {:?}", candidate.key.kind().as_str());
            violations.push(Violation::new("", ViolationCode::UnknownKind, message));
        }
        return Ok((candidate, violations));
    };
    if candidate.after.is_some_and(|row| row.state == RowState::Conflicted) {
        let message = "it holds a conflict that nobody has resolved";
        violations.push(Violation::new("", ViolationCode::Unresolved, message));
    }
    if candidate.key.locale().is_some() {
        if let Some(document) = candidate.after.and_then(|row| row.document()) {
            violations.extend(
                Translation::parse(&repository.document(document)?).err().unwrap_or_default(),
            );
        }
        return Ok((candidate, violations));
    }
    if let Some(document) = candidate.before.and_then(|row| row.document()) {
        let document = repository.document(document)?;
        candidate.title = kind.schema.title(&document).map(str::to_owned);
        candidate.facts.before = Some(Arc::new(Facts::of(&kind.schema, &document)));
    }
    if let Some(document) = candidate.after.and_then(|row| row.document()) {
        let document = repository.document(document)?;
        violations.extend(kind.schema.validate(&document));
        violations.extend(missing_media(repository, &kind, &document)?);
        candidate.title = kind.schema.title(&document).map(str::to_owned);
        candidate.facts.after = Some(Arc::new(Facts::of(&kind.schema, &document)));
    }
    Ok((candidate, violations))
}

fn missing_media(
    repository: &Repository,
    kind: &KindInForce,
    document: &serde_json::Value,
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

/// Holds back entries with links, other than to children, that lead to nothing live; doing so may
/// break the links of others, so it goes on until nothing more falls.
fn hold_back_dangling(
    repository: &Repository,
    base: &Base,
    accepted: &mut BTreeMap<EntryKey, Candidate>,
    held: &mut BTreeMap<EntryKey, (Candidate, Vec<Violation>)>,
) -> Result<(), StoreError> {
    loop {
        let mut fallen: Vec<(EntryKey, Vec<Violation>)> = Vec::new();
        for (key, candidate) in accepted.iter() {
            let links = candidate.facts.after.iter().flat_map(|facts| &facts.links);
            let mut violations = Vec::new();
            for link in links.filter(|link| link.role != Role::Contains) {
                let is_live = match accepted.get(&link.target) {
                    Some(target) => target.is_live_after(),
                    None => {
                        catalogue::row(&*repository.source, base.roots.catalogue, &link.target)?
                            .is_some_and(|row| row.document().is_some())
                    }
                };
                if !is_live {
                    let message = format!("{} is not published", link.target);
                    violations.push(Violation::new(
                        link.pointer.clone(),
                        ViolationCode::DanglingLink,
                        message,
                    ));
                }
            }
            if !violations.is_empty() {
                fallen.push((key.clone(), violations));
            }
        }
        if fallen.is_empty() {
            return Ok(());
        }
        for (key, violations) in fallen {
            if let Some(candidate) = accepted.remove(&key) {
                held.insert(key, (candidate, violations));
            }
        }
    }
}

/// The effective catalogue and its back-links after the publish.
pub(super) fn effective(
    repository: &Repository,
    staged: &mut Staging<'_>,
    base: &Base,
    course: &Course,
    selection: &Selection,
) -> Result<Roots, StoreError> {
    if selection.is_everything() {
        // The target as it is: its nodes are stored already.
        return Ok(course.target);
    }
    let salt = repository.header.salt();
    let rows = selection
        .accepted
        .values()
        .map(|candidate| (candidate.key.encode(), candidate.after.map(|row| row.encode())));
    let catalogue = map::edit(staged, salt, base.roots.catalogue, rows.collect::<Vec<_>>())?;
    let mut links = BTreeMap::new();
    for candidate in selection.accepted.values() {
        link_edits(&candidate.key, &candidate.facts, &mut links);
    }
    let backlinks = map::edit(staged, salt, base.roots.backlinks, links)?;
    Ok(Roots { catalogue, backlinks })
}

/// The holds after the publish: a rollback holds all that it takes back.
pub(super) fn holds(
    repository: &Repository,
    staged: &mut Staging<'_>,
    base: &Base,
    course: &Course,
    selection: &Selection,
) -> Result<NodeId, StoreError> {
    let Some(hold) = &course.holds_accepted else { return Ok(base.holds) };
    let value = crate::model::canonical::to_bytes(hold);
    let edits = selection.accepted.keys().map(|key| (key.encode(), Some(value.clone())));
    Ok(map::edit(staged, repository.header.salt(), base.holds, edits.collect::<Vec<_>>())?)
}
