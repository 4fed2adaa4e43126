//! Checks of the graph around what a commit touches: dangling links, circles, slugs, deletions.
//!
//! Each document has already passed its schema. Only new links and slugs are looked at, so a corrected typo costs
//! nothing here, whatever the size of the catalogue.

use std::{
    collections::{BTreeMap, HashMap, HashSet, hash_map::Entry},
    sync::Arc,
};

use crate::repo::{
    commit::refusal::Refusal,
    content::{
        catalogue::{RowState, decoded_key, decoded_row, with_prefix},
        facts::Facts,
        graph::Graph,
        kinds::schema_of,
        languages::language_of,
    },
    ground::error::StoreError,
};
use crate::{
    model::key::{EntryKey, Kind, Locale},
    schema::{Link, Role, Violation, ViolationCode},
};

/// What a commit does to an entry, as the graph sees it.
#[derive(Debug, Clone, Default)]
pub(in crate::repo) struct Touched {
    pub(in crate::repo) before: Option<Arc<Facts>>,
    pub(in crate::repo) after: Option<Arc<Facts>>,
}

impl Touched {
    fn new_links(&self) -> impl Iterator<Item = &Link> {
        let before = self.before.iter().flat_map(|facts| &facts.links);
        let before: HashSet<_> = before.map(|link| (&link.target, link.role)).collect();
        let after = self.after.iter().flat_map(|facts| &facts.links);
        after.filter(move |link| !before.contains(&(&link.target, link.role)))
    }

    pub(in crate::repo) fn slug_is_new(&self) -> bool {
        let slug = |facts: &Option<Arc<Facts>>| facts.as_ref().and_then(|facts| facts.slug.clone());
        self.after.is_some() && slug(&self.before) != slug(&self.after)
    }

    pub(in crate::repo) fn has_new_children(&self) -> bool {
        self.new_links().any(|link| link.role == Role::Contains)
    }
}

/// What is wrong around the touched entries; `graph` shows the state after the commit.
pub(in crate::repo) fn check(
    graph: &Graph<'_>,
    touched: &BTreeMap<EntryKey, Touched>,
) -> Result<Vec<Refusal>, StoreError> {
    let mut refusals = Vec::new();
    for (key, entry) in touched {
        let mut violations = Vec::new();
        match &entry.after {
            Some(after) => {
                check_links(graph, key, entry, &mut violations)?;
                check_canonical_parent(graph, key, entry, after, &mut violations)?;
            }
            None => check_deletion(graph, key, &mut violations)?,
        }
        if !violations.is_empty() {
            refusals.push(Refusal { key: key.clone(), violations });
        }
    }
    for clash in slug_clashes(graph, touched)? {
        let kind = graph.kinds.get(clash.loser.kind())?;
        let pointer = kind.and_then(|kind| kind.schema.slug_pointer()).unwrap_or_default();
        let message =
            format!("the slug “{}” is taken by {} in {}", clash.slug, clash.holder, clash.parent);
        let violation = Violation::new(pointer, ViolationCode::SlugTaken, message);
        match refusals.iter_mut().find(|refusal| refusal.key == clash.loser) {
            Some(refusal) => refusal.violations.push(violation),
            None => refusals.push(Refusal { key: clash.loser, violations: vec![violation] }),
        }
    }
    Ok(refusals)
}

fn check_links(
    graph: &Graph<'_>,
    key: &EntryKey,
    entry: &Touched,
    violations: &mut Vec<Violation>,
) -> Result<(), StoreError> {
    let mut ancestors: HashMap<bool, HashSet<EntryKey>> = HashMap::new();
    for Link { target, role, pointer } in entry.new_links() {
        if !graph.exists(target)? {
            let message = format!("there is no entry {target}");
            violations.push(Violation::new(pointer.as_str(), ViolationCode::DanglingLink, message));
            continue;
        }
        let roles: &[Role] = match role {
            Role::Contains | Role::Embeds => &[Role::Contains, Role::Embeds],
            Role::RefersAcyclic => &[Role::RefersAcyclic],
            Role::Refers => continue,
        };
        let leading_here = match ancestors.entry(*role == Role::RefersAcyclic) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(graph.ancestors(&key.source(), roles)?),
        };
        if leading_here.contains(target) {
            let message = if target == key {
                format!("{key} leads to itself")
            } else {
                format!("{target} leads back to {key}, so the two would form a circle")
            };
            violations.push(Violation::new(pointer.as_str(), ViolationCode::Circle, message));
        }
    }
    Ok(())
}

fn check_canonical_parent(
    graph: &Graph<'_>,
    key: &EntryKey,
    entry: &Touched,
    after: &Facts,
    violations: &mut Vec<Violation>,
) -> Result<(), StoreError> {
    let before = entry.before.as_ref().and_then(|facts| facts.canonical_parent.as_ref());
    let Some(parent) = after.canonical_parent.as_ref().filter(|parent| Some(*parent) != before)
    else {
        return Ok(());
    };
    if graph.exists(parent)? && !graph.parents(key)?.contains(parent) {
        let message =
            format!("{parent} does not contain {key}, so it can't be its canonical parent");
        let kind = graph.kinds.get(key.kind())?;
        let pointer =
            kind.and_then(|kind| kind.schema.canonical_parent_pointer()).unwrap_or_default();
        violations.push(Violation::new(pointer, ViolationCode::NotAParent, message));
    }
    Ok(())
}

fn check_deletion(
    graph: &Graph<'_>,
    key: &EntryKey,
    violations: &mut Vec<Violation>,
) -> Result<(), StoreError> {
    for role in [Role::Contains, Role::Embeds, Role::RefersAcyclic, Role::Refers] {
        for source in graph.sources(key, role)? {
            // The translations of an entry in the trash show nothing.
            if source.locale().is_some() && !graph.exists(&source.source())? {
                continue;
            }
            let message = format!("{source} still uses {key}");
            violations.push(Violation::new("", ViolationCode::StillUsed, message));
        }
    }
    if let Some(kind) = schema_of(key)
        && let Some(entry) = first_of(graph, &kind)?
    {
        let message = format!("{entry} is of this kind");
        violations.push(Violation::new("", ViolationCode::StillUsed, message));
    }
    if let Some(language) = language_of(key)
        && let Some(translation) = first_translation(graph, &language)?
    {
        let message = format!("{translation} is a translation into it");
        violations.push(Violation::new("", ViolationCode::StillUsed, message));
    }
    Ok(())
}

/// The first entry of a kind that is not in the trash.
fn first_of(graph: &Graph<'_>, kind: &Kind) -> Result<Option<EntryKey>, StoreError> {
    let prefix = EntryKey::kind_prefix(kind);
    for row in with_prefix(graph.nodes, graph.roots.catalogue, &prefix)? {
        let (key, value) = row?;
        let (state, key) = (decoded_row(&key, &value)?.state, decoded_key(&key)?);
        if state != RowState::Deleted && key.locale().is_none() {
            return Ok(Some(key));
        }
    }
    Ok(None)
}

/// The first translation into a language whose source is not in the trash. It looks at all rows, because languages are
/// seldom removed.
fn first_translation(graph: &Graph<'_>, language: &Locale) -> Result<Option<EntryKey>, StoreError> {
    let mut source = None;
    for row in crate::map::entries(graph.nodes, graph.roots.catalogue, b"")? {
        let (key, value) = row?;
        if decoded_row(&key, &value)?.state == RowState::Deleted {
            continue;
        }
        let key = decoded_key(&key)?;
        match key.locale() {
            None => source = Some(key),
            Some(locale) if locale == language && source.as_ref() == Some(&key.source()) => {
                return Ok(Some(key));
            }
            Some(_) => {}
        }
    }
    Ok(None)
}

/// Two children of one parent that would have the same address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::repo) struct SlugClash {
    pub(in crate::repo) parent: EntryKey,
    pub(in crate::repo) slug: String,
    /// The sibling that keeps the slug.
    pub(in crate::repo) holder: EntryKey,
    /// The sibling that needs another slug.
    pub(in crate::repo) loser: EntryKey,
}

/// The clashes among the children of the containers that a commit touches.
///
/// The sibling that had the slug before keeps it; among new siblings, the first in reading order does.
pub(in crate::repo) fn slug_clashes(
    graph: &Graph<'_>,
    touched: &BTreeMap<EntryKey, Touched>,
) -> Result<Vec<SlugClash>, StoreError> {
    let mut parents = std::collections::BTreeSet::new();
    for (key, entry) in touched {
        if entry.has_new_children() {
            parents.insert(key.clone());
        }
        if entry.slug_is_new() {
            parents.extend(graph.parents(key)?);
        }
    }
    let mut clashes = Vec::new();
    for parent in parents {
        let Some(facts) = graph.facts(&parent)? else { continue };
        let mut holders: HashMap<(Option<char>, String), (EntryKey, bool)> = HashMap::new();
        for child in facts.children() {
            let Some(child_facts) = graph.facts(child)? else { continue };
            let Some(slug) = child_facts.slug.clone() else { continue };
            let held = touched.get(child).is_none_or(|entry| !entry.slug_is_new());
            let place = (child_facts.letter, slug.clone());
            let Some((holder, holder_held)) = holders.get(&place).cloned() else {
                holders.insert(place, (child.clone(), held));
                continue;
            };
            let (holder, loser) = if held && !holder_held {
                holders.insert(place, (child.clone(), true));
                (child.clone(), holder)
            } else {
                (holder, child.clone())
            };
            clashes.push(SlugClash { parent: parent.clone(), slug, holder, loser });
        }
    }
    Ok(clashes)
}
