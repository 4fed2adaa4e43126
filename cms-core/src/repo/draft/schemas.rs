//! What the schemas of a draft would do to the entries of their kinds.

use rayon::prelude::*;
use serde::Serialize;

use super::{DraftError, DraftId};
use crate::{
    model::key::Kind,
    repo::{
        commit::{
            refusal::Refusal,
            schemas::{BROKEN_MAX, PIECE},
        },
        content::{
            catalogue::changed_rows,
            kinds::{Kinds, schema_of},
        },
        draft::Drafts,
        ground::error::StoreError,
    },
};

/// What the schemas of a draft would do to the entries of their kinds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SchemaReport {
    /// The kinds whose schema the draft changes.
    pub kinds: Vec<Kind>,
    /// How many entries were checked.
    pub entries_count: u64,
    /// The first entries that would not be valid.
    pub broken: Vec<Refusal>,
    /// How many entries would not be valid.
    pub broken_count: u64,
    /// Whether the caller stopped it before it had checked all.
    pub is_cancelled: bool,
}

impl Drafts<'_> {
    /// What the schemas of a draft would do to all entries of their kinds, the draft's own changes included. `progress`
    /// receives how many entries were checked, and of how many, and returns whether to continue.
    ///
    /// # Errors
    /// [`DraftError`], or the store can't be read.
    pub fn check_schemas(
        &self,
        draft: &DraftId,
        progress: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<SchemaReport, DraftError> {
        let beside = self.beside(draft)?;
        let [main, head] =
            [self.repository.commit_of(beside.main)?, self.repository.commit_of(beside.head)?];
        let kinds = Kinds::at(self.repository, main.catalogue);
        let began = self.repository.commit_of(beside.base)?;
        for (key, [_, after]) in changed_rows(self.repository, began.catalogue, head.catalogue)? {
            let (Some(kind), Some(row)) = (schema_of(&key), after) else { continue };
            if let Some(known) = self.repository.schema_in_force(&kind, &row)? {
                kinds.take(kind, known)?;
            }
        }
        let mut report = SchemaReport { kinds: kinds.taken(), ..SchemaReport::default() };
        report.kinds.sort();
        let mut entries = Vec::new();
        for kind in &report.kinds {
            entries.extend(self.repository.entries_of(head.catalogue, kind)?);
        }
        for piece in entries.chunks(PIECE) {
            if !progress(report.entries_count, entries.len() as u64) {
                report.is_cancelled = true;
                return Ok(report);
            }
            let looked = piece
                .par_iter()
                .map(|(key, row)| self.repository.judge_under(&kinds, key, row))
                .collect::<Result<Vec<_>, StoreError>>()?;
            for refusal in looked.into_iter().flatten().filter_map(|(_, refusal)| refusal) {
                report.broken_count += 1;
                if report.broken.len() < BROKEN_MAX {
                    report.broken.push(refusal);
                }
            }
            report.entries_count += piece.len() as u64;
        }
        progress(report.entries_count, entries.len() as u64);
        Ok(report)
    }
}
