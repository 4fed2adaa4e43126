//! Row `autosave_50`: fifty editors on fifty drafts save what they type, next to a bare `fdatasync`.

use std::{fs::File, io::Write, thread, time::Duration};

use anyhow::{Result, ensure};
use cms_bench::generator::Edit;
use cms_core::{
    model::document::Document,
    repo::{EntryTag, SaveRequest, WorkingContent},
};

use super::stage::Stage;
use crate::{
    Plan,
    disk::Sync,
    figure::{Figure, Rounds, ms, timed},
    store::{fresh_number, stamp},
};

const EDITORS: usize = 50;
/// Time between two saves of one editor.
const PAUSE: Duration = Duration::from_millis(200);
const BARE_SYNCS: usize = 500;

pub(super) fn run(plan: &Plan) -> Result<()> {
    let stage = Stage::open(plan, Sync::Real)?;
    let saves_each = plan.rounds(60);
    let bare_ms = bare_sync_p99(plan)?;
    let mut edits = stage.edits();
    let desks: Vec<(cms_core::repo::DraftId, u32)> = (0..EDITORS)
        .map(|number| Ok((stage.begin(&format!("Editor {number}"))?, edits.entry())))
        .collect::<Result<_>>()?;
    let times = thread::scope(|scope| -> Result<Vec<f64>> {
        let typing: Vec<_> = desks
            .iter()
            .enumerate()
            .map(|(number, (draft, entry))| {
                let stage = &stage;
                scope.spawn(move || -> Result<Vec<f64>> {
                    thread::sleep(PAUSE * number as u32 / EDITORS as u32);
                    let key = stage.content.key(*entry).parse()?;
                    let read = stage.store.repository.drafts().entry(draft, &key)?;
                    let mut expected = read.map_or(EntryTag::Absent, |entry| entry.tag);
                    let mut times = Vec::with_capacity(saves_each);
                    for _ in 0..saves_each {
                        let text = stage.content.document(*entry, Edit::Text(fresh_number()));
                        let (saved, time) = timed(|| {
                            let document = Document::parse(text.as_bytes());
                            stage.store.repository.drafts().save(&SaveRequest {
                                draft: draft.clone(),
                                key: key.clone(),
                                content: WorkingContent::Document(document),
                                expected,
                                settles: Vec::new(),
                                stamp: stamp("type"),
                            })
                        });
                        expected = EntryTag::Working(saved?.version);
                        times.push(ms(time));
                        thread::sleep(PAUSE);
                    }
                    Ok(times)
                })
            })
            .collect();
        let mut all = Vec::new();
        for editor in typing {
            all.extend(editor.join().expect("an editor panicked")?);
        }
        Ok(all)
    })?;
    for (draft, _) in &desks {
        stage.store.repository.drafts().discard(draft, &stamp("done"))?;
    }
    ensure!(times.len() == EDITORS * saves_each, "a save is missing");
    let (p50, p99) = (at(&times, 0.5), at(&times, 0.99));
    let bare_ms = bare_ms.max(bare_sync_p99(plan)?);
    let target = 3.0 * bare_ms + 5.0;
    let mut figure = Figure::new("autosave_50", stage.n, "ms", &Rounds::of(plan, 1, || Ok(p99))?)
        .beside("p99 of a bare fdatasync of 4 KB", Some(bare_ms))
        .against(format!("p99 <= 3x of peer + 5 ms = {target:.2} ms"), Some(p99 <= target));
    figure.note = format!("p50 {p50:.2} ms; {} saves", times.len());
    figure.print();
    Ok(())
}

fn bare_sync_p99(plan: &Plan) -> Result<f64> {
    let path = plan.folder.join("bare-sync");
    let mut file = File::create(&path)?;
    let mut times = Vec::with_capacity(BARE_SYNCS);
    for _ in 0..BARE_SYNCS {
        file.write_all(&[7; 4096])?;
        let (synced, time) = timed(|| file.sync_data());
        synced?;
        times.push(ms(time));
    }
    std::fs::remove_file(&path)?;
    Ok(at(&times, 0.99))
}

/// The value below which a share of the values are.
fn at(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() - 1) as f64 * share) as usize]
}
