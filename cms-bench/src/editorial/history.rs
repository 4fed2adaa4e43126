//! Row `entry_history`: the first page of an entry's history among many commits of others.

use anyhow::{Context, Result, ensure};
use cms_bench::generator::{Content, Edit};
use cms_core::model::name::Branch;

use crate::{
    Plan,
    disk::Sync,
    figure::{Figure, Rounds, ms, timed},
    store::{Edits, Place, content},
};

const REVISIONS: usize = 1_000;
const PAGE_ROWS: usize = 50;
const ENTRIES: u32 = 10_000;

pub(super) fn run(plan: &Plan) -> Result<()> {
    let commits: usize = if plan.quick { 10_000 } else { 100_000 };
    let place = Place::new(&plan.folder, &format!("history-{commits}"));
    let content: Content = content(ENTRIES, 0);
    place.build(&content)?;
    let store = place.open(Sync::None)?;
    let mut edits = Edits::new(&content);
    let entry = edits.entry();
    for number in 0..commits {
        let mut edited = edits.entry();
        if number % (commits / REVISIONS) == 0 {
            edited = entry;
        } else if edited == entry {
            edited = edits.entry();
        }
        store.commit(&Branch::Main, vec![edits.change(edited, Edit::Text)?])?;
    }
    let main = store.repository.resolve("main")?;
    let key = content.key(entry).parse()?;
    let rounds = Rounds::of(plan, 15, || {
        let (page, time) =
            timed(|| store.repository.history().entry_history(&main, &key, &[], PAGE_ROWS));
        let (rows, next) = page?.context("no history")?;
        ensure!(rows.len() == PAGE_ROWS && !next.is_empty(), "half a page");
        Ok(ms(time))
    })?;
    let mut figure = Figure::new("entry_history", commits as u32, "ms", &rounds)
        .against("first page at most 5 ms", Some(rounds.median() <= 5.0));
    figure.sync = Sync::None.word();
    figure.note =
        format!("n is commits; {REVISIONS} revisions of the entry, {PAGE_ROWS} on a page");
    figure.print();
    if !plan.keep {
        place.clear()?;
    }
    Ok(())
}
