//! Back-links: for every entry, who links to it and how, as one range of a map.
//!
//! A key is the target's key, a separator, the role's letter, and the source's key; values are empty.

use super::catalogue::{decoded_key, with_prefix};
use crate::{
    map::{self, ReadNodes},
    model::{id::NodeId, key::EntryKey},
    repo::ground::error::StoreError,
    schema::Role,
};

const SEPARATOR: u8 = 0;

pub(in crate::repo) const fn letter(role: Role) -> u8 {
    match role {
        Role::RefersAcyclic => b'a',
        Role::Contains => b'c',
        Role::Embeds => b'e',
        Role::Refers => b'r',
    }
}

const fn role(letter: u8) -> Option<Role> {
    match letter {
        b'a' => Some(Role::RefersAcyclic),
        b'c' => Some(Role::Contains),
        b'e' => Some(Role::Embeds),
        b'r' => Some(Role::Refers),
        _ => None,
    }
}

/// The key which says that `source` links to `target` in this role.
pub(in crate::repo) fn key(target: &EntryKey, role: Role, source: &EntryKey) -> Vec<u8> {
    let mut key = prefix(target, Some(role));
    key.extend_from_slice(&source.encode());
    key
}

fn prefix(target: &EntryKey, role: Option<Role>) -> Vec<u8> {
    let mut key = target.encode();
    key.push(SEPARATOR);
    key.extend(role.map(letter));
    key
}

/// The entries that link to `target` in one role, or in any role when none is given, ascending.
pub(in crate::repo) fn sources(
    nodes: &(impl ReadNodes + ?Sized),
    backlinks: NodeId,
    target: &EntryKey,
    wanted: Option<Role>,
) -> Result<Vec<(EntryKey, Role)>, StoreError> {
    let prefix = prefix(target, wanted);
    let skipped = target.encode().len() + 1;
    let mut sources = Vec::new();
    for entry in with_prefix(nodes, backlinks, &prefix)? {
        let (key, _) = entry?;
        sources.push(source(&key, skipped)?);
    }
    Ok(sources)
}

/// The entries that carry `target` in what learners get, by key within each role. One range is read, which skips those
/// that only refer to it.
pub(in crate::repo) fn carrying(
    nodes: &(impl ReadNodes + ?Sized),
    backlinks: NodeId,
    target: &EntryKey,
) -> Result<Vec<(EntryKey, Role)>, StoreError> {
    let (start, all) = (prefix(target, Some(Role::Contains)), prefix(target, None));
    let mut found = Vec::new();
    for entry in map::entries(nodes, backlinks, &start)? {
        let (key, _) = entry?;
        if !key.starts_with(&all) {
            break;
        }
        let (source, role) = source(&key, all.len())?;
        if !matches!(role, Role::Contains | Role::Embeds) {
            break;
        }
        found.push((source, role));
    }
    Ok(found)
}

/// The source and the role in a back-link's key whose target and separator take up `skipped` bytes.
fn source(key: &[u8], skipped: usize) -> Result<(EntryKey, Role), StoreError> {
    let malformed =
        || StoreError::Row { what: format!("the back-link {}", String::from_utf8_lossy(key)) };
    let (found, source) = key[skipped..].split_first().ok_or_else(malformed)?;
    Ok((decoded_key(source)?, role(*found).ok_or_else(malformed)?))
}

/// To what a source links by a back-link's key; `None` where the key is of another source.
pub(in crate::repo) fn target_of(
    key: &[u8],
    source: &EntryKey,
) -> Result<Option<(EntryKey, Role)>, StoreError> {
    let Some(rest) = key.strip_suffix(&*source.encode()) else { return Ok(None) };
    let [target @ .., SEPARATOR, letter] = rest else { return Ok(None) };
    Ok(match role(*letter) {
        Some(role) => Some((decoded_key(target)?, role)),
        None => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_back_links_of_one_entry_are_one_range() {
        let target: EntryKey = "exercise/x1".parse().unwrap();
        let source: EntryKey = "lesson/l".parse().unwrap();
        let key = key(&target, Role::Contains, &source);
        assert!(key.starts_with(&prefix(&target, None)));
        let longer: EntryKey = "exercise/x12".parse().unwrap();
        assert!(!super::key(&longer, Role::Contains, &source).starts_with(&prefix(&target, None)));
        assert_eq!(target_of(&key, &source).unwrap(), Some((target, Role::Contains)));
        assert_eq!(target_of(&key, &longer).unwrap(), None);
    }
}
