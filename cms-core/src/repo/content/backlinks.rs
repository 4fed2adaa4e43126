//! Back-links: for every entry, who links to it and how, as one range of a map.
//!
//! A key is the target's key, a separator, the role's letter, and the source's key; values are empty.

use serde::Serialize;

use super::{
    catalogue::{decoded_key, row, with_prefix},
    facts::Facts,
    kinds::Kinds,
};
use crate::repo::{
    content::state::State,
    ground::{error::StoreError, repository::Repository},
};
use crate::{
    map::{self, ReadNodes},
    model::{id::NodeId, key::EntryKey},
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

/// A place where an entry is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Use {
    /// The entry that uses it.
    pub by: EntryKey,
    /// That entry's title.
    pub title: Option<String>,
    /// The role of the link.
    pub role: Role,
    /// The JSON pointers of the links in that entry's document; empty when the document is damaged.
    pub pointers: Vec<String>,
}

impl Repository {
    /// Where an entry is used at a state. It reads one range, then the documents of the entries that use it.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn where_used(&self, state: &State, key: &EntryKey) -> Result<Vec<Use>, StoreError> {
        self.where_used_page(state, key, None, usize::MAX)
    }

    /// Like [`Self::where_used`], for the uses that follow one use (its entry, and the word of its role) of the same
    /// state, at most `rows_max` of them. Only their documents are read.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn where_used_page(
        &self,
        state: &State,
        key: &EntryKey,
        after: Option<(&EntryKey, &str)>,
        rows_max: usize,
    ) -> Result<Vec<Use>, StoreError> {
        let roots = self.roots(state)?;
        let kinds = Kinds::at(self, roots.catalogue);
        // Nothing links to a translation.
        let sources = match key.locale() {
            None => sources(&*self.source, roots.backlinks, key, None)?,
            Some(_) => Vec::new(),
        };
        let is_after = |(by, role): &(EntryKey, Role)| after == Some((by, role.word()));
        let seen = sources.iter().position(is_after).map_or(0, |index| index + 1);
        let mut uses = Vec::new();
        for (by, role) in sources.into_iter().skip(seen) {
            if uses.len() == rows_max {
                break;
            }
            let document = row(&*self.source, roots.catalogue, &by)?.and_then(|row| row.document());
            let (Some(kind), Some(document)) = (kinds.get(by.kind())?, document) else { continue };
            let document = match self.document(document) {
                Err(error) if error.is_damage() => {
                    // The back-link still says that the entry is used.
                    let (title, role, pointers) = (None, role, Vec::new());
                    uses.push(Use { by, title, role, pointers });
                    continue;
                }
                document => document?,
            };
            if by.locale().is_some()
                && row(&*self.source, roots.catalogue, &by.source())?
                    .is_none_or(|row| row.document().is_none())
            {
                continue;
            }
            let links = match by.locale() {
                None => kind.schema.links(&document),
                Some(_) => Facts::of_translation(&kind.schema, &document).links,
            };
            let pointers = links.into_iter();
            let pointers = pointers.filter(|link| link.target == *key && link.role == role);
            uses.push(Use {
                title: kind.schema.title(&document).map(str::to_owned),
                role,
                pointers: pointers.map(|link| link.pointer).collect(),
                by,
            });
        }
        Ok(uses)
    }
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
    }
}
