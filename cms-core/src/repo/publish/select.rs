//! What a publish changes: the difference from the target, without what may not or need not go live.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

mod by_kind;
pub(super) mod candidate;
pub(super) mod hold_back;
mod needs;
pub(in crate::repo) mod plain_links;
pub(super) mod selection;

use candidate::{Candidate, Difference, decoded};
use hold_back::{Examiner, dangling::hold_back_dangling};
use needs::Needs;
use selection::Selection;

use super::{
    course::{Base, Course, Goal, HoldsAfter, HoldsRespected},
    error::PublishError,
    report::{EntryFinding, HeldBack},
};
use crate::{
    map::{self, Staging},
    model::{id::NodeId, key::EntryKey, object::Space},
    repo::{
        channel::holds::hold_on,
        commit::prepared::link_edits,
        content::{
            backlinks,
            catalogue::{self, CatalogueRow},
            facts::Facts,
            kinds::{Kinds, schema_of},
            state::Roots,
        },
        ground::{error::StoreError, repository::Repository},
    },
    schema::{Role, Violation},
};

/// Finds the differences and sorts them. Returns also the kinds in force after the publish, by which what goes live is
/// judged and made.
pub(in crate::repo) fn select<'a>(
    repository: &'a Repository,
    base: &Base,
    course: &Course,
) -> Result<(Kinds<'a>, Selection), PublishError> {
    let all = differences(repository, base, &course.goal)?;
    let mut on_hold = on_hold(repository, base, course, &all)?;
    let (free, mut left): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|(key, _, _)| !on_hold.contains(key));
    let (mut wanted, not_chosen) = wanted(repository, base, course, free)?;
    if let Goal::Rows(rows) = &course.goal {
        let mut needs = Needs::of(repository, base, repository.asked(base, course)?);
        rows.iter().try_for_each(|(key, after)| needs.look(key, *after))?;
        let mut needed = needs.into_differences()?;
        needed.retain(|(key, _, _)| !rows.contains_key(key));
        on_hold.extend(self::on_hold(repository, base, course, &needed)?);
        wanted.extend(needed.into_iter().filter(|(key, _, _)| !on_hold.contains(key)));
    }
    let not_chosen_count = not_chosen.len() as u64;
    left.extend(not_chosen);
    let live = Kinds::at(repository, base.roots.catalogue);
    let (schemas, others): (Vec<_>, Vec<_>) =
        wanted.into_iter().partition(|(key, _, _)| schema_of(key).is_some());
    let examiner = Examiner::new(repository, [&live, &live], course.judged_ms, base.answers)?;
    let mut sorted = Sorted::default();
    sorted.take(examiner.examine(schemas)?);
    // An entry goes live under the kind that will be in force, or not at all.
    let over = sorted.accepted.iter().map(|(key, schema)| (key.clone(), schema.after)).collect();
    let kinds = Kinds::over(repository, base.roots.catalogue, over);
    let examiner = Examiner::new(repository, [&live, &kinds], course.judged_ms, base.answers)?;
    sorted.take(examiner.beside(left).examine(others)?);
    let Sorted { mut accepted, mut held } = sorted;
    hold_back_dangling(repository, &kinds, base, course, &mut accepted, &mut held)?;
    by_kind::add(repository, base, [&live, &kinds], &mut accepted, &mut held)?;
    let held_now = held.values().map(|(candidate, _)| candidate);
    let mut findings: Vec<EntryFinding> =
        accepted.values().chain(held_now).flat_map(EntryFinding::of).collect();
    findings.sort_by_key(|row| row.finding.finding.severity);
    let held_back = held
        .into_values()
        .map(|(candidate, reasons)| HeldBack {
            is_live: candidate.before.is_some_and(|row| row.document().is_some()),
            key: candidate.key,
            reasons,
        })
        .collect();
    let on_hold = on_hold.into_iter().collect();
    Ok((kinds, Selection { accepted, held_back, findings, on_hold, not_chosen_count }))
}

/// Differences, sorted by whether they may go live.
#[derive(Default)]
struct Sorted {
    accepted: BTreeMap<EntryKey, Candidate>,
    held: BTreeMap<EntryKey, (Candidate, Vec<Violation>)>,
}

impl Sorted {
    fn take(&mut self, examined: Vec<(Candidate, Vec<Violation>)>) {
        for (candidate, violations) in examined {
            if violations.is_empty() {
                self.accepted.insert(candidate.key.clone(), candidate);
            } else {
                self.held.insert(candidate.key.clone(), (candidate, violations));
            }
        }
    }
}

/// The entries whose live row differs from the row that is to be live, ascending by key.
pub(in crate::repo) fn differences(
    repository: &Repository,
    base: &Base,
    goal: &Goal,
) -> Result<Vec<Difference>, StoreError> {
    let mut differences = Vec::new();
    match goal {
        Goal::State(target) => {
            let nodes = &*repository.source;
            for difference in map::diff(nodes, base.roots.catalogue, target.catalogue)? {
                differences.push(decoded(&difference?)?);
            }
        }
        Goal::Anew(rows) => {
            differences.extend(rows.iter().map(|(key, row)| (key.clone(), Some(*row), Some(*row))));
        }
        Goal::Rows(rows) => {
            for (key, after) in rows {
                let before = catalogue::row(&*repository.source, base.roots.catalogue, key)?;
                if before != *after {
                    differences.push((key.clone(), before, *after));
                }
            }
        }
    }
    Ok(differences)
}

/// The differences that are asked for, either all or those of the chosen entries and what they need; then the other
/// differences.
pub(in crate::repo) fn wanted(
    repository: &Repository,
    base: &Base,
    course: &Course,
    differences: Vec<Difference>,
) -> Result<(Vec<Difference>, Vec<Difference>), PublishError> {
    let target = match &course.goal {
        Goal::State(target) if !course.asked.only.is_empty() => *target,
        _ => return Ok((differences, Vec::new())),
    };
    let chosen = chosen(repository, base, course, target, &differences)?;
    Ok(differences.into_iter().partition(|(key, _, _)| chosen.contains(key)))
}

fn on_hold(
    repository: &Repository,
    base: &Base,
    course: &Course,
    differences: &[Difference],
) -> Result<BTreeSet<EntryKey>, StoreError> {
    let mut held = taken_down(repository, differences)?;
    if course.holds_respected == HoldsRespected::None
        || map::count(&*repository.source, base.holds)? == 0
    {
        return Ok(held);
    }
    let is_taken_off = |key: &EntryKey| -> Result<bool, StoreError> {
        Ok(hold_on(repository, base.holds, key)?.is_some_and(|hold| hold.is_taken_off()))
    };
    // A translation that was taken off by itself comes back when it is chosen itself; one that was taken off with its
    // source comes back with the source.
    let is_chosen = |key: &EntryKey| -> Result<bool, StoreError> {
        let named = |key: &EntryKey| course.asked.only.contains(key);
        Ok(named(key) || (named(&key.source()) && is_taken_off(&key.source())?))
    };
    for (key, _, _) in differences {
        let is_held = match hold_on(repository, base.holds, key)? {
            None => false,
            Some(hold) => match course.holds_respected {
                HoldsRespected::None => false,
                HoldsRespected::All => true,
                HoldsRespected::TakenOff => hold.is_taken_off() && !is_chosen(key)?,
            },
        };
        if is_held {
            held.insert(key.clone());
        }
    }
    Ok(held)
}

/// The entries that would go live with a document that was taken down: no verb brings it back.
fn taken_down(
    repository: &Repository,
    differences: &[Difference],
) -> Result<BTreeSet<EntryKey>, StoreError> {
    let mut gone = BTreeSet::new();
    if !repository.has_takedowns()? {
        return Ok(gone);
    }
    for (key, _, after) in differences {
        let document = after.and_then(|row| row.document());
        if let Some(document) = document
            && repository.is_taken_down(&Space::Source, document.object_id())?
        {
            gone.insert(key.clone());
        }
    }
    Ok(gone)
}

/// The rows that go live when some entries of a state are chosen.
pub(super) fn chosen_rows(
    repository: &Repository,
    base: &Base,
    course: &Course,
) -> Result<BTreeMap<EntryKey, Option<CatalogueRow>>, PublishError> {
    let all = differences(repository, base, &course.goal)?;
    let (wanted, _) = wanted(repository, base, course, all)?;
    Ok(wanted.into_iter().map(|(key, _, after)| (key, after)).collect())
}

/// The chosen entries with what they need: what they carry that was never live, and for those that stand nowhere yet,
/// the containers that give them a place.
fn chosen(
    repository: &Repository,
    base: &Base,
    course: &Course,
    goal: Roots,
    differences: &[Difference],
) -> Result<HashSet<EntryKey>, PublishError> {
    let by_source: HashMap<EntryKey, Vec<&Difference>> =
        differences.iter().fold(HashMap::new(), |mut by_source, difference| {
            by_source.entry(difference.0.source()).or_insert_with(Vec::new).push(difference);
            by_source
        });
    let nodes = &*repository.source;
    let kinds = Kinds::at(repository, goal.catalogue);
    let mut chosen = HashSet::new();
    let mut queue: Vec<EntryKey> = Vec::new();
    for key in &course.asked.only {
        let known = |root| catalogue::row(nodes, root, key);
        if known(base.roots.catalogue)?.is_none() && known(goal.catalogue)?.is_none() {
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
        let choice = rows.iter().map(|(key, _, _)| key.clone());
        let Some((_, before, Some(after))) = rows.iter().find(|(row, _, _)| *row == key) else {
            chosen.extend(choice);
            continue;
        };
        let (Some(document), Some(kind)) = (after.document(), kinds.get(key.kind())?) else {
            chosen.extend(choice);
            continue;
        };
        let document = match repository.document(document) {
            // What carries it goes live without it.
            Err(error) if error.is_taken_down() => continue,
            document => document?,
        };
        chosen.extend(choice);
        for (target, _) in Facts::of(&kind.schema, &document).carried() {
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
                    backlinks::sources(nodes, goal.backlinks, &key, Some(Role::Contains))?;
                queue.extend(parents.into_iter().map(|(parent, _)| parent));
            }
        }
    }
    let mut needs = Needs::of(repository, base, goal.catalogue);
    for (key, _, after) in differences.iter().filter(|(key, _, _)| chosen.contains(key)) {
        needs.look(key, *after)?;
    }
    chosen.extend(needs.into_differences()?.into_iter().map(|(key, _, _)| key));
    Ok(chosen)
}

/// The effective catalogue and its back-links after the publish.
pub(super) fn effective(
    repository: &Repository,
    staged: &mut Staging<'_>,
    base: &Base,
    course: &Course,
    selection: &Selection,
) -> Result<Roots, StoreError> {
    if let (Goal::State(target), true) = (&course.goal, selection.is_everything()) {
        // The whole target goes live: its nodes are stored already.
        return Ok(*target);
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

/// The holds after the publish.
pub(super) fn holds(
    repository: &Repository,
    staged: &mut Staging<'_>,
    base: &Base,
    course: &Course,
    selection: &Selection,
) -> Result<NodeId, StoreError> {
    // Entries that are only made again are not what was asked for.
    let changes = || {
        let changes = selection.accepted.values();
        changes.filter(|change| change.before != change.after).map(|change| &change.key)
    };
    let held = |keys: &mut dyn Iterator<Item = &EntryKey>, hold: &serde_json::Value| {
        let value = crate::model::canonical::to_bytes(hold);
        keys.map(|key| (key.encode(), Some(value.clone()))).collect::<Vec<_>>()
    };
    let edits = match &course.holds {
        HoldsAfter::Unchanged => return Ok(base.holds),
        HoldsAfter::OnAccepted(hold) => held(&mut changes(), hold),
        HoldsAfter::OnLeaving(hold) => held(&mut course.leaving.iter(), hold),
        HoldsAfter::AsIn(earlier) => {
            let mut edits = Vec::new();
            for key in changes() {
                let before = map::get(&*repository.source, *earlier, &key.encode())?;
                edits.push((key.encode(), before.map(|value| value.to_vec())));
            }
            edits
        }
    };
    Ok(map::edit(staged, repository.header.salt(), base.holds, edits)?)
}
