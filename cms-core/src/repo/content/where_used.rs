//! Where an entry is used: the entries that link to it, with the places in their documents.

use serde::Serialize;

use super::{backlinks::sources, catalogue::row, facts::Facts, kinds::Kinds};
use crate::{
    model::key::EntryKey,
    repo::{
        content::state::State,
        ground::{error::StoreError, repository::Repository},
    },
    schema::Role,
};

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
