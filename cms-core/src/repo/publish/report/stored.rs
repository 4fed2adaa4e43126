//! A report in its stored form. Every field is named here, so that a field that is added or removed has to be
//! considered.

use crate::repo::publish::{
    Asked, DeliveredCounts, EntryChange, EntryFinding, HeldBack, LeftOut, MovedRoute,
    PublishReport, ShortenedRow,
};
use crate::{
    repo::{
        channel::stored_report::{
            StoredAsked, StoredChange, StoredDelivered, StoredDismissal, StoredDone, StoredFinding,
            StoredHeldBack, StoredLeftOut, StoredOldKey, StoredReason, StoredReport, StoredRoute,
            StoredShortened,
        },
        content::findings::{Dismissal, FindingRow},
        state::old_keys::OldKeyRow,
    },
    schema::{Finding, Violation},
};

fn all<F, T: From<F>>(rows: &[F]) -> Vec<T>
where
    F: Clone,
{
    rows.iter().cloned().map(T::from).collect()
}

impl From<&PublishReport> for StoredReport {
    fn from(report: &PublishReport) -> Self {
        let PublishReport {
            asked,
            commit,
            base,
            base_sequence,
            changes,
            changes_count,
            held_back,
            held_back_count,
            findings,
            findings_count,
            on_hold,
            on_hold_count,
            stands_nowhere,
            stands_nowhere_count,
            retired,
            retired_count,
            left_out,
            left_out_count,
            old_keys,
            old_keys_count,
            shortened,
            shortened_count,
            remade,
            remade_count,
            routes,
            routes_count,
            superseded,
            superseded_count,
            not_chosen_count,
            delivered,
        } = report;
        let done = StoredDone {
            commit: Some(*commit),
            base: *base,
            base_sequence: *base_sequence,
            changes: all(changes),
            changes_count: *changes_count,
            held_back: all(held_back),
            held_back_count: *held_back_count,
            findings: all(findings),
            findings_count: *findings_count,
            on_hold: on_hold.clone(),
            on_hold_count: *on_hold_count,
            stands_nowhere: stands_nowhere.clone(),
            stands_nowhere_count: *stands_nowhere_count,
            retired: retired.clone(),
            retired_count: *retired_count,
            left_out: all(left_out),
            left_out_count: *left_out_count,
            old_keys: all(old_keys),
            old_keys_count: *old_keys_count,
            shortened: all(shortened),
            shortened_count: *shortened_count,
            remade: remade.clone(),
            remade_count: *remade_count,
            routes: all(routes),
            routes_count: *routes_count,
            superseded: superseded.clone(),
            superseded_count: *superseded_count,
            not_chosen_count: *not_chosen_count,
            delivered: (*delivered).into(),
        };
        Self::new(asked.clone().into(), done)
    }
}

impl From<Asked> for StoredAsked {
    fn from(asked: Asked) -> Self {
        let Asked { verb, channel, target, only, strict, replaced_by, schedule } = asked;
        let (verb, channel) = (verb.word().to_owned(), channel.to_string());
        Self { verb, channel, target, only, strict, replaced_by, schedule }
    }
}

impl From<EntryChange> for StoredChange {
    fn from(EntryChange { key, title, change }: EntryChange) -> Self {
        Self { key, title, change: change.word().to_owned() }
    }
}

impl From<Violation> for StoredReason {
    fn from(Violation { pointer, code, message }: Violation) -> Self {
        Self { pointer, code: code.word().to_owned(), message }
    }
}

impl From<HeldBack> for StoredHeldBack {
    fn from(HeldBack { key, reasons, is_live }: HeldBack) -> Self {
        Self { key, reasons: all(&reasons), is_live }
    }
}

impl From<EntryFinding> for StoredFinding {
    fn from(EntryFinding { key, finding: row }: EntryFinding) -> Self {
        let FindingRow { id, item, finding, dismissed } = row;
        let Finding { pointer, rule, severity, message, span } = finding;
        let severity = severity.word().to_owned();
        let dismissed = dismissed.map(StoredDismissal::from);
        Self { key, id, item, pointer, rule, severity, message, span, dismissed }
    }
}

impl From<Dismissal> for StoredDismissal {
    fn from(Dismissal { author, reason, time_ms, by_reviewer }: Dismissal) -> Self {
        Self { author, reason, time_ms, by_reviewer }
    }
}

impl From<LeftOut> for StoredLeftOut {
    fn from(LeftOut { parent, child }: LeftOut) -> Self {
        Self { parent, child }
    }
}

impl From<OldKeyRow> for StoredOldKey {
    fn from(OldKeyRow { key, locale, item, pointers, held }: OldKeyRow) -> Self {
        Self { key, locale: locale.to_string(), item, pointers, held }
    }
}

impl From<ShortenedRow> for StoredShortened {
    fn from(ShortenedRow { key, locale, item }: ShortenedRow) -> Self {
        Self { key, locale: locale.to_string(), item }
    }
}

impl From<MovedRoute> for StoredRoute {
    fn from(MovedRoute { key, from, to }: MovedRoute) -> Self {
        Self { key, from, to }
    }
}

impl From<DeliveredCounts> for StoredDelivered {
    fn from(DeliveredCounts { added, changed, removed, size_bytes }: DeliveredCounts) -> Self {
        Self { added, changed, removed, size_bytes }
    }
}
