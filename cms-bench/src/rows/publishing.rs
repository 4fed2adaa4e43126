//! Publishes.

use anyhow::Result;
use cms_bench::generator::{Content, Edit};

use super::{At, within_factor};
use crate::{
    disk::Sync,
    figure::{Figure, Rounds, ms, timed},
    store::{Edits, content},
};

/// Ten changed exercises, without the sync.
pub(super) fn publish_10(
    at: &At<'_>,
    locales_count: usize,
    seen: &mut Option<(u32, f64)>,
) -> Result<()> {
    let content = content(at.n, locales_count);
    let store = at.place.open(Sync::None)?;
    let mut edits = Edits::new(&content);
    let mut made = 0;
    let mut round = || -> Result<f64> {
        store.commit("main", edits.changes(10, Edit::Text)?)?;
        let (published, time) = timed(|| store.publish());
        let counts = published?.report.delivered;
        made = counts.added + counts.changed;
        Ok(ms(time))
    };
    round()?;
    let rounds = Rounds::of(at.plan, 15, round)?;
    let ours = rounds.median();
    let flat = within_factor(seen, at.n, ours, 2.0);
    let target_ms = if locales_count == 0 { 20.0 } else { 60.0 };
    let holds = flat.map(|flat| flat && ours <= target_ms);
    let target = format!("<= {target_ms} ms at 1000000, <= 2x of the smallest n");
    let figure = at.figure("publish_10", "ms", &rounds).against(target, holds);
    Figure {
        sync: Sync::None.word(),
        locales: locales_count,
        note: format!("{made} delivered documents made"),
        ..figure
    }
    .print();
    Ok(())
}

/// A thousand changed entries, durable.
pub(super) fn publish_1000(at: &At<'_>, content: &Content) -> Result<()> {
    let store = at.place.open(Sync::Real)?;
    let mut edits = Edits::new(content);
    let rounds = Rounds::of(at.plan, 5, || {
        store.commit("main", edits.changes(1000, Edit::Text)?)?;
        let (published, time) = timed(|| store.publish());
        published?;
        Ok(ms(time))
    })?;
    let holds = rounds.median() <= 1000.0;
    at.figure("publish_1000", "ms", &rounds)
        .beside("Payload, public figure at 10,000 (6-16 s)", Some(6000.0))
        .against("<= 1000 ms", Some(holds))
        .print();
    Ok(())
}
