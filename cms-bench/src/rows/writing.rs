//! Commits and imports.

use std::{
    fs::File,
    io::{self, Write},
    sync::atomic::Ordering,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use cms_bench::generator::{Content, Edit};
use cms_core::{
    engine::{Cell, Expected, Group, Outcome, Swap, SwapValue, Transaction},
    model::name::Branch,
    repo::ImportLine,
};

use super::{At, within_factor};
use crate::{
    Plan,
    disk::Sync,
    figure::{Figure, Rounds, ms, timed},
    git::Git,
    store::{Edits, Place, Store, content, size_bytes, source_lines, stamp},
};

/// Commits in one round.
const COMMITS_PER_ROUND: usize = 100;
const WRITERS_COUNT: usize = 32;
/// How long a sync takes when it is simulated.
const SLOW_SYNC: Duration = Duration::from_millis(4);

/// One-entry commits through the public API, without the sync.
pub(super) fn commit_one(
    at: &At<'_>,
    content: &Content,
    seen: &mut Option<(u32, f64)>,
) -> Result<()> {
    let store = at.place.open(Sync::None)?;
    let mut edits = Edits::new(content);
    let mut round = || -> Result<f64> {
        let mut time = Duration::ZERO;
        for _ in 0..COMMITS_PER_ROUND {
            let changes = edits.changes(1, Edit::Text)?;
            let (committed, took) = timed(|| store.commit(&Branch::Main, changes));
            committed?;
            time += took;
        }
        Ok(ms(time) / COMMITS_PER_ROUND as f64)
    };
    round()?;
    let rounds = Rounds::of(at.plan, 9, round)?;
    let ours = rounds.median();
    at.git.build(content)?;
    let peer = ms(at.git.commits(content, if at.plan.quick { 300 } else { 1000 })?);
    let flat = within_factor(seen, at.n, ours, 2.0);
    let (target, holds) = match at.n {
        1_000_000 => (
            "<= 0.4 ms, <= 2x of the smallest n, < peer",
            flat.map(|flat| flat && ours <= 0.4 && ours < peer),
        ),
        100_000 => ("<= 1.2x of peer", Some(ours <= 1.2 * peer)),
        _ => ("the base of larger n", None),
    };
    let figure = at.figure("commit_one", "ms", &rounds);
    let figure = figure.beside("git fast-import, one edit a commit", Some(peer));
    Figure { sync: Sync::None.word(), ..figure.against(target, holds) }.print();
    Ok(())
}

/// Many writers that share syncs.
pub(super) fn commit_32_writers(at: &At<'_>, content: &Content) -> Result<()> {
    let store = at.place.open(Sync::Takes(SLOW_SYNC))?;
    for writer in 0..WRITERS_COUNT {
        branch(&store, &format!("writer-{writer}"))?;
    }
    let commits_each = if at.plan.quick { 10 } else { 30 };
    let mut commits_per_s = 0.0;
    let rounds = Rounds::of(at.plan, 5, || {
        let before = store.disk.syncs_count.load(Ordering::Relaxed);
        let start = Instant::now();
        thread::scope(|scope| -> Result<()> {
            let writers: Vec<_> = (0..WRITERS_COUNT)
                .map(|writer| {
                    let store = &store;
                    scope.spawn(move || -> Result<()> {
                        let mut edits = Edits::new(content);
                        for _ in 0..commits_each {
                            let changes = edits.changes(1, Edit::Text)?;
                            store.commit(&format!("writer-{writer}").parse()?, changes)?;
                        }
                        Ok(())
                    })
                })
                .collect();
            writers.into_iter().try_for_each(|writer| writer.join().expect("a writer panicked"))
        })?;
        let commits = (WRITERS_COUNT * commits_each) as f64;
        commits_per_s = commits / start.elapsed().as_secs_f64();
        Ok((store.disk.syncs_count.load(Ordering::Relaxed) - before) as f64 / commits)
    })?;
    let holds = rounds.median() <= 1.0 / 8.0;
    let figure = at.figure("commit_32_writers", "syncs/commit", &rounds);
    Figure {
        sync: Sync::Takes(SLOW_SYNC).word(),
        note: format!("{commits_per_s:.0} commits/s in the last round"),
        ..figure.against("<= 0.125", Some(holds))
    }
    .print();
    Ok(())
}

/// Makes a branch where `main` is, unless it is there.
fn branch(store: &Store, name: &str) -> Result<()> {
    let engine = store.repository.engine();
    let cell = |branch: &str| -> Result<_> {
        Ok(format!("branch/{branch}").parse::<Group>()?.cell("head")?)
    };
    let main: Cell = engine.cell(&cell("main")?)?.context("there is no main")?;
    let transaction = Transaction {
        operation: stamp("branch").operation,
        objects: Vec::new(),
        swaps: vec![Swap {
            cell: cell(name)?,
            expected: Expected::Absent,
            value: SwapValue::Put(main.value),
        }],
        audit: None,
    };
    match engine.commit(vec![transaction])?.as_slice() {
        [Outcome::Applied(_) | Outcome::Rejected(_)] => Ok(()),
        outcomes => anyhow::bail!("{outcomes:?}"),
    }
}

/// Bulk import, validated and durable, into a new store in each round.
pub(super) fn import(plan: &Plan, n: u32) -> Result<()> {
    let content = content(n, 0);
    let lines: Vec<ImportLine> = source_lines(&content).collect::<io::Result<_>>()?;
    let place = Place::new(&plan.folder, "import");
    let rounds = Rounds::of(plan, 3, || {
        place.clear()?;
        let store = place.open(Sync::Real)?;
        let mut lines = lines.iter().cloned().map(Ok);
        let (report, time) = timed(|| store.import(&mut lines));
        anyhow::ensure!(report?.added == u64::from(n), "not every line was imported");
        Ok(f64::from(n) / time.as_secs_f64())
    })?;
    place.clear()?;
    let mut peer_rounds = || -> Result<f64> {
        let git = Git::new(&plan.folder, "import-git");
        let time = git.import(&content)?;
        std::fs::remove_dir_all(plan.folder.join("import-git"))?;
        Ok(f64::from(n) / time.as_secs_f64())
    };
    let peer = Rounds::of(&Plan { repeat: None, ..plan.clone() }, 3, &mut peer_rounds)?.median();
    let holds = rounds.median() >= 2.0 * peer;
    Figure::new("import", n, "documents/s", &rounds)
        .beside("git fast-import of the same files", Some(peer))
        .against(">= 2x of peer", Some(holds))
        .print();
    Ok(())
}

/// What one edit adds to the disk: a text changed, or one link removed and another inserted.
pub(super) fn edit_bytes(at: &At<'_>, content: &Content) -> Result<()> {
    type Numbered = fn(u64) -> Edit;
    let kinds: [(&'static str, Numbered, f64); 2] =
        [("text", Edit::Text, 20.0), ("a link changed", Edit::Link, 36.0)];
    for (what, edit, target) in kinds {
        let store = at.place.open(Sync::None)?;
        let mut edits = Edits::new(content);
        let rounds = Rounds::of(&Plan { repeat: None, ..at.plan.clone() }, 61, || {
            let entry = edits.entry();
            // Once without measuring, so that the measured edit starts with one link.
            store.commit(&Branch::Main, vec![edits.change(entry, edit)?])?;
            let (before, _) = size_bytes(&at.place.folder, "sled")?;
            store.commit(&Branch::Main, vec![edits.change(entry, edit)?])?;
            let (after, _) = size_bytes(&at.place.folder, "sled")?;
            Ok((after as f64 - before as f64) / 1000.0)
        })?;
        let holds = rounds.median() <= target;
        let figure = at.figure("edit_bytes", "KB", &rounds);
        let note = format!("{what}; without sled, which can be rebuilt");
        let figure = figure.against(format!("<= {target} KB"), Some(holds));
        Figure { sync: Sync::None.word(), note, ..figure }.print();
    }
    Ok(())
}

/// The time of the machine's own sync: the floor under every durable figure.
pub(super) fn sync(plan: &Plan) -> Result<()> {
    let path = plan.folder.join("sync");
    let mut file = File::create(&path)?;
    let rounds = Rounds::of(&Plan { repeat: None, ..plan.clone() }, 101, || {
        file.write_all(&[7; 16 << 10])?;
        let (synced, time) = timed(|| file.sync_data());
        synced?;
        Ok(ms(time))
    })?;
    std::fs::remove_file(&path)?;
    let figure = Figure::new("sync", 0, "ms", &rounds);
    Figure { note: "bare fdatasync after 16 KiB, no target".into(), ..figure }.print();
    Ok(())
}
