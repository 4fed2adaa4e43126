//! What a publish would do or did.

use crate::{
    model::{alteration::Alteration, key::EntryKey},
    repo::{
        access::sight::Sight,
        content::state::State,
        ground::error::StoreError,
        publish::{DeliveredCounts, Plan, PublishReport},
    },
};

impl Sight<'_> {
    /// What they see of a plan.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn plan(&self, plan: Plan) -> Result<Plan, StoreError> {
        if self.is_whole() {
            return Ok(plan);
        }
        let state = State::Commit(plan.report.commit);
        let documents = self.seen(&state, plan.documents, |row| &row.key)?;
        let size_bytes = documents.iter().map(|row| row.size_bytes).sum();
        let report = self.report(plan.report)?;
        let delivered = DeliveredCounts { size_bytes, ..report.delivered };
        Ok(Plan {
            documents_count: documents.len() as u64,
            documents,
            report: PublishReport { delivered, ..report },
            ..plan
        })
    }

    /// What they see of a report: lists without the entries that they do not see, and the counts of what is left. What
    /// is delivered is counted by the changes that they see.
    ///
    /// # Errors
    /// [`StoreError`] when the store can't be read.
    pub fn report(&self, report: PublishReport) -> Result<PublishReport, StoreError> {
        if self.is_whole() {
            return Ok(report);
        }
        let state = State::Commit(report.commit);
        let changes = self.seen(&state, report.changes, |row| &row.key)?;
        let held_back = self.held_back(&state, report.held_back)?;
        let findings = self.seen(&state, report.findings, |row| &row.key)?;
        let on_hold = self.keys(&state, report.on_hold)?;
        let stands_nowhere = self.keys(&state, report.stands_nowhere)?;
        let retired = self.keys(&state, report.retired)?;
        let left_out = self.seen(&state, report.left_out, |row| &row.child)?;
        let left_out = self.seen(&state, left_out, |row| &row.parent)?;
        let old_keys = self.seen(&state, report.old_keys, |row| &row.key)?;
        let shortened = self.seen(&state, report.shortened, |row| &row.key)?;
        let remade = self.keys(&state, report.remade)?;
        let routes = self.seen(&state, report.routes, |row| &row.key)?;
        let superseded = self.keys(&state, report.superseded)?;
        let only = self.keys(&state, report.asked.only.clone())?;
        let replaced_by = match report.asked.replaced_by.clone() {
            Some(key) => self.keys(&state, vec![key])?.pop(),
            None => None,
        };
        let of = |change: Alteration| {
            let changes = changes.iter().filter(|row| row.change == change);
            changes.count() as u64
        };
        let delivered = DeliveredCounts {
            added: of(Alteration::Added),
            changed: of(Alteration::Changed),
            removed: of(Alteration::Removed),
            size_bytes: 0,
        };
        let count = |rows: &[EntryKey]| rows.len() as u64;
        Ok(PublishReport {
            asked: crate::repo::publish::Asked { only, replaced_by, ..report.asked },
            changes_count: changes.len() as u64,
            changes,
            held_back_count: held_back.len() as u64,
            held_back,
            findings_count: findings.len() as u64,
            findings,
            on_hold_count: count(&on_hold),
            on_hold,
            stands_nowhere_count: count(&stands_nowhere),
            stands_nowhere,
            retired_count: count(&retired),
            retired,
            left_out_count: left_out.len() as u64,
            left_out,
            old_keys_count: old_keys.len() as u64,
            old_keys,
            shortened_count: shortened.len() as u64,
            shortened,
            remade_count: count(&remade),
            remade,
            routes_count: routes.len() as u64,
            routes,
            superseded_count: count(&superseded),
            superseded,
            not_chosen_count: 0,
            delivered,
            ..report
        })
    }
}
