//! Plain links, which name an entry and carry nothing of it, to entries that learners may not have yet.
//!
//! A link to an entry under embargo would give it away. Holding back the entry that has the link would keep finished
//! content from learners because of unfinished content. So the delivered document leaves the link out, and is made
//! again when the target of the link goes live.

use crate::model::pointer;
use serde_json::Value;

use super::candidate::Candidate;
use crate::{
    model::key::EntryKey,
    repo::{
        content::{
            catalogue,
            kinds::{KindInForce, Kinds},
        },
        ground::{error::StoreError, repository::Repository},
        publish::course::{Course, Goal},
    },
    schema::{Link, Role},
};

/// Whether a link only names an entry. An entry that another one builds on is more than named.
pub(in crate::repo::publish) fn is_plain(role: Role) -> bool {
    role == Role::Refers
}

/// The document without the links at these places; a value that is more than the link stays.
pub(in crate::repo) fn without(document: &Value, links: &[&Link]) -> Value {
    let mut document = document.clone();
    let mut places: Vec<(String, EntryKey)> =
        links.iter().map(|link| (link.pointer.clone(), link.target.clone())).collect();
    // From the last to the first, so that the earlier ones keep their places.
    places.sort_by(|(a, _), (b, _)| pointer::compare(b, a));
    for (place, target) in places {
        let is_link = document.pointer(&place).and_then(Value::as_str) == Some(&target.to_string());
        let Some((parent, name)) = place.rsplit_once('/').filter(|_| is_link) else { continue };
        match document.pointer_mut(parent) {
            Some(Value::Array(elements)) => {
                if let Some(index) = name.parse().ok().filter(|index| *index < elements.len()) {
                    let _: Value = elements.remove(index);
                }
            }
            Some(Value::Object(fields)) => {
                if let Some(name) = pointer::unescaped(name) {
                    fields.remove(&*name);
                }
            }
            _ => {}
        }
    }
    document
}

/// Of the links of an entry to entries that are not live, those that it can't do without. It can do without plain links
/// to entries under embargo, or to entries that the target state does not have either, if the document is still valid
/// without them.
pub(in crate::repo::publish) fn missed<'l>(
    repository: &Repository,
    kinds: &Kinds<'_>,
    course: &Course,
    candidate: &Candidate,
    dangling: Vec<&'l Link>,
) -> Result<Vec<&'l Link>, StoreError> {
    let (mut plain, mut missed) = (Vec::new(), Vec::new());
    for link in dangling {
        if is_plain(link.role) && may_miss(repository, kinds, course, &link.target)? {
            plain.push(link);
        } else {
            missed.push(link);
        }
    }
    if plain.is_empty() {
        return Ok(missed);
    }
    let document = candidate.after.and_then(|row| row.document());
    let (Some(document), Some(kind)) = (document, kinds.get(candidate.key.kind())?) else {
        return Ok(missed);
    };
    if !kind.schema.is_valid(&without(&repository.document(document)?, &plain)) {
        missed.extend(plain);
    }
    Ok(missed)
}

fn may_miss(
    repository: &Repository,
    kinds: &Kinds<'_>,
    course: &Course,
    key: &EntryKey,
) -> Result<bool, StoreError> {
    let Some(judged_ms) = course.judged_ms else { return Ok(false) };
    let row = match &course.goal {
        Goal::State(roots) => {
            let row = catalogue::row(&*repository.source, roots.catalogue, key)?;
            // Accepted work has no dangling links, so the target is what a channel delivers, where the link was left
            // out.
            let Some(row) = row else { return Ok(true) };
            Some(row)
        }
        Goal::Rows(rows) => rows.get(key).copied().flatten(),
        Goal::Anew(_) => None,
    };
    let kind: Option<KindInForce> = kinds.get(key.kind())?;
    let (Some(document), Some(kind)) = (row.and_then(|row| row.document()), kind) else {
        return Ok(false);
    };
    let until = kind.schema.not_before(&repository.document(document)?);
    Ok(until.is_some_and(|until| until.time_ms() > judged_ms))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn links_are_taken_out_and_what_is_more_than_a_link_stays() {
        let document = json!({
            "related": ["video/a", "video/b", "video/c"], "next": "video/a", "text": "see video/a",
        });
        let link = |pointer: &str, target: &str| Link {
            target: target.parse().unwrap(),
            role: Role::Refers,
            pointer: pointer.into(),
        };
        let links = [
            link("/related/0", "video/a"),
            link("/related/2", "video/c"),
            link("/next", "video/a"),
            link("/text", "video/a"),
        ];
        let found = without(&document, &links.iter().collect::<Vec<_>>());
        assert_eq!(found, json!({ "related": ["video/b"], "text": "see video/a" }));
    }
}
