//! Filling in a publish's report: first with what is selected, and then with what was made of it.

use std::collections::HashSet;

use crate::model::key::EntryKey;
use crate::repo::publish::{
    affected::Affected,
    course::{Base, Course},
    making::{
        routes::RouteEdits,
        row_changes::{Made, RowChange},
    },
    report::{DeliveredCounts, PublishReport, REPORT_ROWS_MAX},
    select::selection::Selection,
};

fn cut<T>(mut rows: Vec<T>) -> (Vec<T>, u64) {
    let count = rows.len() as u64;
    rows.truncate(REPORT_ROWS_MAX);
    (rows, count)
}

pub(in crate::repo::publish) fn report_of(
    base: &Base,
    course: &Course,
    selection: &Selection,
) -> PublishReport {
    let (mut changes, changes_count) = cut(selection.changes());
    if course.takes_down {
        let gone = changes.iter_mut().filter(|row| course.leaving.contains(&row.key.source()));
        gone.for_each(|row| row.title = None);
    }
    let (held_back, held_back_count) = cut(selection.held_back.clone());
    let (findings, findings_count) = cut(selection.findings.clone());
    let (on_hold, on_hold_count) = cut(selection.on_hold.clone());
    let (superseded, superseded_count) = cut(course.superseded.clone());
    PublishReport {
        asked: course.asked.clone(),
        commit: course.commit,
        base: base.head.as_ref().map(|head| head.snapshot),
        base_sequence: base.head.as_ref().map_or(0, |head| head.sequence),
        changes,
        changes_count,
        held_back,
        held_back_count,
        findings,
        findings_count,
        on_hold,
        on_hold_count,
        stands_nowhere: Vec::new(),
        stands_nowhere_count: 0,
        retired: Vec::new(),
        retired_count: 0,
        left_out: Vec::new(),
        left_out_count: 0,
        old_keys: Vec::new(),
        old_keys_count: 0,
        shortened: Vec::new(),
        shortened_count: 0,
        remade: Vec::new(),
        remade_count: 0,
        routes: Vec::new(),
        routes_count: 0,
        superseded,
        superseded_count,
        not_chosen_count: selection.not_chosen_count,
        delivered: DeliveredCounts::default(),
    }
}

pub(in crate::repo::publish) fn fill(
    report: &mut PublishReport,
    course: &Course,
    selection: &Selection,
    affected: &Affected,
    made: &Made,
    moved: &RouteEdits,
) {
    (report.stands_nowhere, report.stands_nowhere_count) = cut(affected.unplaced.clone());
    (report.retired, report.retired_count) = cut(made.retired());
    report.held_back_count += made.kept.len() as u64;
    report.held_back.extend(made.kept.iter().cloned());
    report.held_back.truncate(REPORT_ROWS_MAX);
    (report.left_out, report.left_out_count) = cut(made.left_out.clone());
    (report.old_keys, report.old_keys_count) = cut(made.old_keys.clone());
    (report.shortened, report.shortened_count) = cut(made.shortened.clone());
    let mut routes = moved.rows.clone();
    if course.takes_down {
        // A route is made of titles.
        routes.retain(|row| !course.leaving.contains(&row.key));
    }
    (report.routes, report.routes_count) = cut(routes);
    let changes = selection.accepted.values().filter(|change| change.before != change.after);
    let own = changes.map(|change| change.key.source()).collect();
    (report.remade, report.remade_count) = cut(remade(made, &own));
    report.delivered = made.delivered_counts();
}

/// The entries that are made again because of what they carry, and not because of a change of their own.
fn remade(made: &Made, own: &HashSet<EntryKey>) -> Vec<EntryKey> {
    let live = |change: &&RowChange| {
        change.before.is_some_and(|row| !row.retired)
            && change.after.is_some_and(|row| !row.retired)
    };
    let mut remade: Vec<EntryKey> = made
        .changes
        .iter()
        .filter(live)
        .map(|change| change.key.source())
        .filter(|key| !own.contains(key))
        .collect();
    remade.sort();
    remade.dedup();
    remade
}
