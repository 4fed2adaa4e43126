//! Publishes.

use anyhow::Result;
use cms_bench::generator::{Content, Edit};
use cms_core::model::name::Branch;

use super::{At, within_factor};
use crate::{
    disk::Sync,
    figure::{Figure, Rounds, ms, timed},
    store::{Edits, content},
};

/// Ten changed exercises, without the sync; then the same ten once more, when everything that they are made of is in
/// the machine's memory, whatever the size of the store.
pub(super) fn publish_10(
    at: &At<'_>,
    locales_count: usize,
    seen: &mut Option<(u32, f64)>,
) -> Result<()> {
    let content = content(at.n, locales_count);
    let store = at.place.open(Sync::None)?;
    let mut edits = Edits::new(&content);
    let mut made = 0;
    let mut again = Vec::new();
    let mut round = || -> Result<f64> {
        let entries = edits.entries(10);
        let mut publish = || -> Result<f64> {
            let changes = entries.iter().map(|entry| edits.change(*entry, Edit::Text));
            store.commit(&Branch::Main, changes.collect::<Result<_>>()?)?;
            let (published, time) = timed(|| store.publish());
            let counts = published?.report.delivered;
            made = counts.added + counts.changed;
            Ok(ms(time))
        };
        let first = publish()?;
        again.push(publish()?);
        Ok(first)
    };
    round()?;
    let rounds = Rounds::of(at.plan, 15, round)?;
    let again = Rounds::given(again);
    let ours = rounds.median();
    let flat = within_factor(seen, at.n, ours, 2.0);
    let target_ms = if locales_count == 0 { 20.0 } else { 60.0 };
    let holds = flat.map(|flat| flat && ours <= target_ms);
    let target = format!("<= {target_ms} ms at 1000000, <= 2x of the smallest n");
    let figure = at.figure("publish_10", "ms", &rounds).against(target, holds);
    Figure {
        sync: Sync::None.word(),
        locales: locales_count,
        note: format!(
            "{made} delivered documents made; the same ten once more {:.1} ms",
            again.median()
        ),
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
        store.commit(&Branch::Main, edits.changes(1000, Edit::Text)?)?;
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
