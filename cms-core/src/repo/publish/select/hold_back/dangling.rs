//! Holding back because of links: entries with links to entries that are not live, and removals of entries that are
//! still used.

use std::collections::BTreeMap;

use crate::{
    model::key::EntryKey,
    repo::{
        content::{backlinks, catalogue, kinds::Kinds},
        ground::{error::StoreError, repository::Repository},
        publish::{
            course::{Base, Course},
            select::{candidate::Candidate, plain_links},
        },
    },
    schema::{Role, Violation, ViolationCode},
};

/// Holds back entries with a link, other than to a child, to an entry that is not live. Holding one back may break the
/// links of others, so this repeats until no more entries are affected. A plain link to an entry under embargo is left
/// out instead.
pub(in crate::repo::publish) fn hold_back_dangling(
    repository: &Repository,
    kinds: &Kinds<'_>,
    base: &Base,
    course: &Course,
    accepted: &mut BTreeMap<EntryKey, Candidate>,
    held: &mut BTreeMap<EntryKey, (Candidate, Vec<Violation>)>,
) -> Result<(), StoreError> {
    loop {
        let mut fallen: Vec<(EntryKey, Vec<Violation>)> = Vec::new();
        for (key, candidate) in accepted.iter() {
            let links = candidate.facts.after.iter().flat_map(|facts| &facts.links);
            let mut dangling = Vec::new();
            for link in links.filter(|link| link.role != Role::Contains) {
                let is_live = match accepted.get(&link.target) {
                    Some(target) => target.is_live_after(),
                    None => {
                        catalogue::row(&*repository.source, base.roots.catalogue, &link.target)?
                            .is_some_and(|row| row.document().is_some())
                    }
                };
                if !is_live {
                    dangling.push(link);
                }
            }
            if dangling.is_empty() {
                continue;
            }
            let missed = plain_links::missed(repository, kinds, course, candidate, dangling)?;
            let violations: Vec<Violation> = missed
                .into_iter()
                .map(|link| {
                    let message = format!("{} is not published", link.target);
                    Violation::new(link.pointer.clone(), ViolationCode::DanglingLink, message)
                })
                .collect();
            if !violations.is_empty() {
                fallen.push((key.clone(), violations));
            }
        }
        if !course.takes_down {
            fallen.extend(still_used(repository, base, accepted)?);
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

/// The removals of entries to which live entries, which stay as they are, link other than as children.
fn still_used(
    repository: &Repository,
    base: &Base,
    accepted: &BTreeMap<EntryKey, Candidate>,
) -> Result<Vec<(EntryKey, Vec<Violation>)>, StoreError> {
    let mut kept = Vec::new();
    let goes = |candidate: &&Candidate| {
        candidate.key.locale().is_none()
            && candidate.before.is_some_and(|row| row.document().is_some())
            && !candidate.is_live_after()
    };
    for candidate in accepted.values().filter(goes) {
        let nodes = &*repository.source;
        let users = backlinks::sources(nodes, base.roots.backlinks, &candidate.key, None)?;
        let violations: Vec<_> = users
            .into_iter()
            .filter(|(user, role)| {
                let goes = accepted.get(&user.source()).is_some_and(|user| !user.is_live_after());
                *role != Role::Contains && !accepted.contains_key(user) && !goes
            })
            .map(|(user, _)| {
                let message = format!("{user} still needs it");
                Violation::new("", ViolationCode::StillUsed, message)
            })
            .collect();
        if !violations.is_empty() {
            kept.push((candidate.key.clone(), violations));
        }
    }
    Ok(kept)
}
