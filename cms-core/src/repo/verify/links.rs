//! The links of a head: checks that the back-links are exactly the links of its documents.

use super::walk::Walk;
use crate::{
    map,
    model::key::EntryKey,
    repo::{
        commit::strictness::Strictness,
        content::{
            backlinks,
            catalogue::{self, CatalogueRow, RowState},
            facts::Facts,
            kinds::Kinds,
            state::Roots,
        },
        ground::error::StoreError,
    },
    schema::Role,
};

/// What was found about the links of a head.
#[derive(Default)]
struct Found {
    expected: u64,
    /// Whether something could not be read, so that the count means nothing.
    is_partial: bool,
}

impl Walk<'_> {
    /// Checks that the back-links are exactly the links of the documents; on a draft, links may lead nowhere.
    pub(super) fn backlinks(
        &mut self,
        roots: Roots,
        strictness: Strictness,
    ) -> Result<(), StoreError> {
        let kinds = Kinds::at(self.repository, roots.catalogue);
        let mut found = Found::default();
        let rows = match self.repository.rows(roots.catalogue, b"") {
            Err(error) if error.is_damage() => return Ok(()),
            rows => rows?,
        };
        for row in rows {
            let looked = row.and_then(|(key, row)| {
                self.links_of(roots, &kinds, (&key, row), strictness, &mut found)
            });
            match looked {
                // The walk has reported this damage already.
                Err(error) if error.is_damage() => found.is_partial = true,
                looked => looked?,
            }
        }
        if found.is_partial {
            return Ok(());
        }
        let (count, expected) =
            (map::count(&*self.repository.source, roots.backlinks), found.expected);
        match count.map_err(StoreError::from) {
            Ok(count) if count != expected => {
                self.report
                    .problem(format_args!("there are {count} back-links for {expected} links"));
            }
            Err(error) if !error.is_damage() => return Err(error),
            _ => {}
        }
        Ok(())
    }

    fn links_of(
        &mut self,
        roots: Roots,
        kinds: &Kinds<'_>,
        (key, row): (&EntryKey, CatalogueRow),
        strictness: Strictness,
        found: &mut Found,
    ) -> Result<(), StoreError> {
        let repository = self.repository;
        let nodes = &*repository.source;
        let (Some(document), Some(kind)) = (repository.stand_in(&row)?, kinds.get(key.kind())?)
        else {
            return Ok(());
        };
        let document = match repository.document(document) {
            Ok(document) => document,
            Err(error) if error.is_damage() => {
                found.is_partial = true;
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let facts = Facts::under(key, &kind.schema, &document);
        for link in &facts.links {
            let backlink = backlinks::key(&link.target, link.role, key);
            let is_noted = map::get(nodes, roots.backlinks, &backlink)?.is_some();
            // What translations show was not always recorded or judged.
            if key.locale().is_some() {
                found.expected += u64::from(is_noted);
                continue;
            }
            found.expected += 1;
            if !is_noted {
                let target = &link.target;
                self.report
                    .problem(format_args!("{key} links to {target}, and no back-link says so"));
            }
            if strictness == Strictness::Draft {
                continue;
            }
            let target = catalogue::row(nodes, roots.catalogue, &link.target)?;
            let is_gone = target.is_none_or(|row| row.state == RowState::Deleted);
            if is_gone && !self.taken_down.contains(&link.target) {
                let target = &link.target;
                self.report.problem(format_args!("{key} links to {target}, which does not exist"));
            }
            if link.role == Role::Contains && link.target == *key {
                self.report.problem(format_args!("{key} contains itself"));
            }
        }
        Ok(())
    }
}
