//! Rows `audit_append` and `audit_page`: recording in an audit of a million records next to recording in an empty one,
//! and the newest page of what one person did among them.

use std::time::Duration;

use anyhow::{Result, ensure};
use cms_api::ground::authorship::Authorship;
use cms_core::{
    access::Holder,
    model::name::Person,
    repo::{AuditOrder, AuditQuery},
};
use serde_json::{Map, Value};

use crate::{
    Plan,
    disk::Sync,
    figure::{Figure, Rounds, say, timed},
    store::{Place, Store},
};

const RECORDS: u32 = 1_000_000;
/// Records in one round.
const ROUND: u32 = 2000;
const ROWS: usize = 50;
/// Every so many records are of the person who is looked for.
const EVERY: u32 = 500;
const APPEND_RATIO_MAX: f64 = 1.5;
const PAGE_MS_MAX: f64 = 100.0;

pub(super) fn append(plan: &Plan) -> Result<()> {
    measure(plan)
}

pub(super) fn page(plan: &Plan) -> Result<()> {
    // The row before this one built the same store, and printed both.
    if plan.wants("audit_append") { Ok(()) } else { measure(plan) }
}

fn measure(plan: &Plan) -> Result<()> {
    let records = if plan.quick { RECORDS / 10 } else { RECORDS };
    let place = Place::new(&plan.folder, "audit");
    place.clear()?;
    let store = place.open(Sync::None)?;
    let mut number = 0;
    let few = rounds(plan, &store, &mut number)?;
    say(format_args!("recording {records} times"));
    while number < records {
        record(&store, number)?;
        number += 1;
    }
    let many = rounds(plan, &store, &mut number)?;
    if plan.wants("audit_append") {
        let ratio = many.median() / few.median();
        let mut figure = Figure::new("audit_append", records, "us", &many)
            .beside("the same in an empty audit", Some(few.median()))
            .against(format!("at most {APPEND_RATIO_MAX}x"), Some(ratio <= APPEND_RATIO_MAX));
        figure.sync = Sync::None.word();
        figure.print();
    }
    if plan.wants("audit_page") {
        let query = AuditQuery { person: Some(name(0).to_string()), ..AuditQuery::default() };
        let times = Rounds::of(plan, 15, || {
            let (found, time) = timed(|| {
                store.repository.audit().search(&query, AuditOrder::NewestFirst, None, ROWS)
            });
            let found = found?.rows.len();
            ensure!(found == ROWS, "{found} rows");
            Ok(time.as_secs_f64() * 1e3)
        })?;
        let mut figure = Figure::new("audit_page", records, "ms", &times)
            .against(format!("at most {PAGE_MS_MAX} ms"), Some(times.median() <= PAGE_MS_MAX));
        figure.note = format!("{ROWS} rows of one person, whose is one record in {EVERY}");
        figure.print();
    }
    drop(store);
    place.clear()
}

/// The times of one record, in microseconds.
fn rounds(plan: &Plan, store: &Store, number: &mut u32) -> Result<Rounds> {
    Rounds::of(plan, 9, || {
        let (done, time): (Result<()>, Duration) = timed(|| {
            for _ in 0..ROUND {
                record(store, *number)?;
                *number += 1;
            }
            Ok(())
        });
        done?;
        Ok(time.as_secs_f64() * 1e6 / f64::from(ROUND))
    })
}

fn name(number: u32) -> Person {
    Person::recorded(&format!("p-{:012}", number % EVERY))
}

fn record(store: &Store, number: u32) -> Result<()> {
    let mut fields = Map::new();
    fields.insert("key".into(), format!("exercise/x{}", number % 10_000).into());
    fields.insert("right".into(), Value::from("publish"));
    let by =
        Authorship::fresh(name(number), Holder::Machine, 1_700_000_000_000 + u64::from(number));
    Ok(store.repository.audit().record("refused", fields, &by.stamp(""))?)
}
