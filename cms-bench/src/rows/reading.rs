//! Reading what is published, and what has changed in it.

use anyhow::{Context, Result, ensure};
use cms_bench::generator::{Content, Edit};
use cms_core::{
    model::name::Branch,
    repo::{Repository, RepositoryOptions},
    schema::ContentEngines,
};

use super::At;
use crate::{
    disk::Sync,
    figure::{Figure, Rounds, ms, timed},
    store::{Edits, snapshot},
};

const READS_PER_ROUND: usize = 2000;

/// A delivered entry by key, with nothing in our caches.
pub(super) fn read_entry(at: &At<'_>, content: &Content) -> Result<()> {
    let store = at.place.open(Sync::None)?;
    let options = RepositoryOptions { node_cache_size_bytes: 0 };
    let uncached = Repository::open(store.repository.engine().clone(), options)?
        .with_content_engines(ContentEngines::unjudged("perseus"));
    let snapshot = store.snapshot()?;
    let mut edits = Edits::new(content);
    let mut worst = 0.0;
    let mut round = || -> Result<f64> {
        let mut times = Vec::with_capacity(READS_PER_ROUND);
        for _ in 0..READS_PER_ROUND {
            let key = edits.key()?;
            let (object, time) = timed(|| -> Result<_> {
                let row = uncached
                    .delivery()
                    .delivered(&snapshot, &key, None)?
                    .context("not delivered")?;
                Ok(uncached.delivery().object(row.object.object_id())?)
            });
            object?.context("no object")?;
            times.push(time.as_secs_f64() * 1e6);
        }
        times.sort_by(f64::total_cmp);
        worst = times[READS_PER_ROUND * 99 / 100];
        Ok(times[READS_PER_ROUND / 2])
    };
    round()?;
    let rounds = Rounds::of(at.plan, 7, round)?;
    let holds = rounds.median() <= 50.0;
    let figure = at.figure("read_entry", "us", &rounds).against("<= 50 us (p50)", Some(holds));
    Figure { note: format!("p99 {worst:.0} us; pages warm"), ..figure }.print();
    Ok(())
}

/// The difference of two snapshots with 50 changes between them.
pub(super) fn snapshot_diff_50(at: &At<'_>, content: &Content) -> Result<()> {
    let store = at.place.open(Sync::None)?;
    let mut edits = Edits::new(content);
    let entries: Vec<u32> = (0..50).map(|_| edits.entry()).collect();
    // What other rows committed is published first, so that there are 50 changes between the two.
    store.commit(&Branch::Main, edits.changes(1, Edit::Text)?)?;
    store.publish()?;
    let changes = edits.changes(50, Edit::Text)?;
    let left = store.snapshot()?;
    store.commit(&Branch::Main, changes)?;
    store.publish()?;
    let right = store.snapshot()?;
    let mut found = 0;
    let rounds = Rounds::of(at.plan, 15, || {
        // Reopened, so that no node is in our cache.
        let engine = store.repository.engine().clone();
        let repository = Repository::open(engine, RepositoryOptions::default())?
            .with_content_engines(ContentEngines::unjudged("perseus"));
        let (rows, time) =
            timed(|| repository.delivery().compare_delivered(&left, &right, None, 10_000));
        found = rows?.len();
        Ok(ms(time))
    })?;
    ensure!(found >= 50, "{found} differences of 50");
    ensure!(snapshot(&store.repository)? == right, "the channel moved meanwhile");
    at.git.build(content)?;
    at.git.change(content, &entries)?;
    let quiet = crate::Plan { repeat: None, ..at.plan.clone() };
    let whole = Rounds::of(&quiet, 15, || Ok(ms(at.git.diff()?)))?.median();
    let start = Rounds::of(&quiet, 15, || Ok(ms(at.git.start()?)))?.median();
    let peer = (whole - start).max(0.0);
    let holds = rounds.median() <= 5.0 && rounds.median() < peer;
    let figure = at.figure("snapshot_diff_50", "ms", &rounds);
    let figure = figure.beside("git diff-tree -r, less the start of git", Some(peer));
    Figure {
        note: format!(
            "{found} rows, containers of what changed among them; git's start {start:.1} ms"
        ),
        ..figure.against("<= 5 ms, < peer", Some(holds))
    }
    .print();
    Ok(())
}
