//! Rows `merge_100` and `contended_merge_50`: drafts merged into `main`.

use std::{sync::Barrier, thread};

use anyhow::{Result, ensure};
use cms_bench::generator::Edit;
use cms_core::repo::DraftId;

use super::stage::Stage;
use crate::{
    Plan,
    disk::Sync,
    figure::{Figure, Rounds, ms, timed},
    store::stamp,
};

/// Entries that each side changes.
const CHANGED: usize = 100;
/// Entries among them that both sides change.
const SHARED: usize = 10;
const EDITORS: usize = 50;

/// A hundred entries changed on each side, ten of them the same ones.
pub(super) fn merge_100(plan: &Plan) -> Result<()> {
    let stage = Stage::open(plan, Sync::None)?;
    let mut edits = stage.edits();
    let mut computed = 0;
    let rounds = Rounds::of(plan, 9, || {
        let [ours, theirs] = [stage.begin("Ours")?, stage.begin("Theirs")?];
        let entries: Vec<u32> = (0..2 * CHANGED - SHARED).map(|_| edits.entry()).collect();
        let texts = entries[..CHANGED].iter().map(|entry| edits.change(*entry, Edit::Text));
        stage.store.commit(&ours.branch(), texts.collect::<Result<_>>()?)?;
        let titles = entries[CHANGED - SHARED..].iter().map(|entry| stage.retitled(*entry));
        stage.store.commit(&theirs.branch(), titles.collect::<Result<_>>()?)?;
        stage.store.repository.drafts().merge(&ours, &stamp("merge"))?;
        let (merged, time) =
            timed(|| stage.store.repository.drafts().merge(&theirs, &stamp("merge")));
        let merged = merged?;
        ensure!(merged.changed_count == CHANGED as u64, "{} changed", merged.changed_count);
        computed = merged.computed_count;
        Ok(ms(time))
    })?;
    let holds = rounds.median() <= 50.0;
    let mut figure = Figure::new("merge_100", stage.n, "ms", &rounds)
        .against("<= 50 ms at 1000000", Some(holds));
    figure.sync = Sync::None.word();
    figure.note = format!("{computed} entries merged document by document");
    figure.print();
    Ok(())
}

/// Fifty editors merge into `main` at once, with one change each; each entry is changed by two of them.
pub(super) fn contended_merge_50(plan: &Plan) -> Result<()> {
    let stage = Stage::open(plan, Sync::Real)?;
    let mut edits = stage.edits();
    let mut slowest_ms: f64 = 0.0;
    let rounds = Rounds::of(plan, 5, || {
        // Two editors share an entry: one changes its text, the other its title.
        let mut entries = Vec::new();
        while entries.len() < EDITORS {
            let entry = edits.entry();
            // Two texts of one entry would conflict.
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
        let drafts: Vec<DraftId> = (0..EDITORS)
            .map(|number| {
                let draft = stage.begin(&format!("Editor {number}"))?;
                let shared = number % 2 == 1;
                let entry = entries[if shared { number - 1 } else { number }];
                let change = if shared {
                    stage.retitled(entry)?
                } else {
                    edits.change(entry, Edit::Text)?
                };
                stage.store.commit(&draft.branch(), vec![change])?;
                Ok(draft)
            })
            .collect::<Result<_>>()?;
        let start = Barrier::new(EDITORS);
        let merged = thread::scope(|scope| {
            let merging: Vec<_> = drafts
                .iter()
                .map(|draft| {
                    let (start, repository) = (&start, &stage.store.repository);
                    scope.spawn(move || {
                        start.wait();
                        timed(|| repository.drafts().merge(draft, &stamp("merge")))
                    })
                })
                .collect();
            merging
                .into_iter()
                .map(|merging| merging.join().expect("an editor panicked"))
                .collect::<Vec<_>>()
        });
        let mut computed = 0;
        for (merged, time) in merged {
            computed += merged?.computed_count;
            slowest_ms = slowest_ms.max(ms(time));
        }
        // Every second editor meets an entry that another one changed, so 25 merges have to be computed.
        Ok(computed as f64 / (EDITORS / 2) as f64)
    })?;
    let holds = rounds.median() <= 1.2;
    let mut figure = Figure::new("contended_merge_50", stage.n, "merges/accepted", &rounds)
        .against("<= 1.2, nothing lost, nobody starved", Some(holds));
    figure.note = format!("all 50 accepted in each round; the slowest waited {slowest_ms:.0} ms");
    figure.print();
    Ok(())
}
